"""Loading trained networks: bundled ones by name, a file, or a run folder."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import nn

from ..bundled import DEFAULT, SETS, bundled_names, read_card, resolve, split_set
from ..errors import DiffvizError
from ..reading import sha256_of
from . import build
from .files import load_strictly, read_tensors


@dataclass(frozen=True, eq=False)
class Weights:
    """A network with trained weights, and where they come from."""

    name: str
    """As shown to the user: ``reference``, ``default``, or a path."""
    set: str
    """``raw`` or ``ema``."""
    architecture: str
    model: nn.Module
    metadata: dict[str, Any]


def check_bundled(path: Path, name: str) -> None:
    """Compare a file that came with diffviz with its card.

    Raises:
        DiffvizError: if its SHA-256 is another.
    """
    if sha256_of(path) != read_card(name).get("sha256"):
        raise DiffvizError(
            f"{path} is not the file its card describes (another SHA-256): install diffviz again"
        )


def load_weights(spec: str = DEFAULT) -> Weights:
    """Load the weights ``spec`` names.

    ``spec`` is a bundled name, a ``.safetensors`` file, or a run folder with an optional
    ``@epoch``; each may end in ``:raw`` or ``:ema``. Without that ending, the set its recipe
    was made for is taken (``reference``: raw).

    Raises:
        DiffvizError: if nothing has that name, or the file is damaged or doesn't fit.
    """
    name, wanted = split_set(spec)
    path = resolve(name)
    if name in bundled_names():
        check_bundled(path, name)
    file = read_tensors(path)
    set_name = wanted or file.metadata.get("default_set")
    architecture = file.metadata.get("architecture")
    if set_name not in SETS or not isinstance(architecture, str):
        raise DiffvizError(f"{path} doesn't say which architecture its weights are for")
    tensors = file.group(set_name)
    if not tensors:
        raise DiffvizError(f"{path} has no {set_name} weights")
    model = build(architecture)
    load_strictly(model, tensors, path)
    return Weights(name, set_name, architecture, model, file.metadata)
