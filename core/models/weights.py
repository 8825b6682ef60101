"""Loading trained networks: bundled ones by name, a file, or a run folder."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import DiffvizError
from ..files.reading import sha256_of
from ..names import MAX_CLASS_NAME, MAX_CLASSES
from .arrays import Floats, check_shapes, read_arrays
from .catalog import DEFAULT, SETS, bundled_names, read_card, resolve, split_set
from .few_steps import steps_of_config
from .shapes import tensor_shapes

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True, eq=False)
class Weights:
    """A network with trained weights, and where they come from."""

    name: str
    """As shown to the user: ``reference``, ``default``, or a path."""
    set: str
    """``raw`` or ``ema``."""
    architecture: str
    tensors: dict[str, Floats]
    """float32 by the names of the PyTorch module's ``state_dict``."""
    metadata: dict[str, Any]
    classes: tuple[str, ...] = ()
    """Names of the classes that the network takes as labels; empty: it takes none."""

    @cached_property
    def model(self) -> "nn.Module":
        """The network in PyTorch; asking for it imports torch."""
        import torch

        from .architectures import build

        model = build(self.architecture, len(self.classes))
        state = {name: torch.from_numpy(array) for name, array in self.tensors.items()}
        model.load_state_dict(state, strict=True)
        return model

    @property
    def distilled_steps(self) -> int:
        """The number of steps that they were distilled for; 0: they weren't."""
        return steps_of_config(self.metadata.get("config"))

    @property
    def parameters(self) -> int:
        """The number of trained numbers."""
        return sum(array.size for array in self.tensors.values())


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
    file = read_arrays(path)
    set_name = wanted or file.metadata.get("default_set")
    architecture = file.metadata.get("architecture")
    if set_name not in SETS or not isinstance(architecture, str):
        raise DiffvizError(f"{path} doesn't say which architecture its weights are for")
    classes = _class_names(path, file.metadata)
    tensors = file.group(set_name)
    if not tensors:
        raise DiffvizError(f"{path} has no {set_name} weights")
    given = {tensor: array.shape for tensor, array in tensors.items()}
    check_shapes(path, tensor_shapes(architecture, len(classes)), given)
    tensors = {tensor: array.astype(np.float32, copy=False) for tensor, array in tensors.items()}
    return Weights(name, set_name, architecture, tensors, file.metadata, classes)


def _class_names(path: Path, metadata: dict[str, Any]) -> tuple[str, ...]:
    """Return the names of the classes that a file's metadata list.

    Raises:
        DiffvizError: if they are no list of 2 to 62 different names.
    """
    names = metadata.get("classes")
    if names is None:
        return ()
    if isinstance(names, list) and all(isinstance(name, str) for name in names):
        whole = all(name.isprintable() and 0 < len(name) <= MAX_CLASS_NAME for name in names)
        if whole and 2 <= len(set(names)) == len(names) <= MAX_CLASSES:
            return tuple(names)
    raise DiffvizError(f"{path} doesn't name the classes of its labels as diffviz does")
