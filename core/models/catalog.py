"""Names of weights, their files and cards. Loads no torch, so that a screen appears at once."""

import json
import os
from math import isfinite
from pathlib import Path
from typing import Any

from ..errors import DiffvizError
from ..names import find_name, suggestion

DEFAULT = "default"
LABELLED = "labelled"
"""Bundled weights with labels."""
SETS = ("raw", "ema")
CLASSIFIER = "classifier"
"""Stem of the bundled digit classifier, in the folder of the weights."""
FOLDER = Path(__file__).parents[2] / "weights"
"""The folder of the bundled weights, in the checkout or in the installed package."""


def bundled_names() -> list[str]:
    """Return the names of the weights that come with diffviz."""
    stems = {path.stem for path in FOLDER.glob("*.safetensors")}
    return sorted(stems - {CLASSIFIER})


def default_weights(*, labelled: bool) -> str:
    """Return the name of the weights to take where none are named."""
    return LABELLED if labelled and LABELLED in bundled_names() else DEFAULT


def read_card(name: str) -> dict[str, Any]:
    """Return the card of bundled weights: recipe, losses per epoch, data, versions."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def split_set(spec: str) -> tuple[str, str | None]:
    """Split ``name:raw`` or ``name:ema``; without such an ending the second part is None.

    A bundled name may be given in any case, unless a file or folder has that name.
    A file or folder that is called like the whole ``spec`` is that, and has no second part.

    Raises:
        DiffvizError: if a bundled name is followed by anything else.
    """
    if os.path.lexists(spec):
        return spec, None
    name, colon, ending = spec.rpartition(":")
    if colon and ending.lower() in SETS:
        return _bundled_or_given(name), ending.lower()
    if colon and _bundled_or_given(name) in bundled_names():
        raise DiffvizError(f"weights '{spec}': the part after ':' must be raw or ema")
    return _bundled_or_given(spec), None


def _bundled_or_given(name: str) -> str:
    return name if os.path.exists(name) else find_name(name, bundled_names()) or name


def resolve(name: str) -> Path:
    """Return the file that ``name`` (without ``:raw`` or ``:ema``) stands for.

    Raises:
        DiffvizError: if there is none.
    """
    if name in bundled_names():
        return FOLDER / f"{name}.safetensors"
    from ..runs.files import CHECKPOINT, WEIGHTS, epoch_weights

    path = Path(name)
    folder, epoch = _split_epoch(name)
    if epoch is not None:
        file = epoch_weights(Path(folder), epoch)
        if not file.is_file():
            raise DiffvizError(_missing_epoch(folder, epoch, file))
        return file
    if path.is_dir():
        for candidate in (WEIGHTS, CHECKPOINT):
            if (path / candidate).is_file():
                return path / candidate
        raise DiffvizError(f"{path} holds no weights yet")
    if path.suffix == ".safetensors" or path.is_file():
        return path
    near = suggestion(name, bundled_names())
    if not near.startswith("did you mean"):
        bundled = ", ".join(bundled_names()) or "none"
        near = f"give a bundled name ({bundled}), a .safetensors file or a run folder"
    raise DiffvizError(f"no weights '{name}': {near}")


def run_of(spec: str) -> Path | None:
    """Return the run folder whose newest weights ``spec`` names; None if it names others."""
    name, _ = split_set(spec)
    if name in bundled_names():
        return None
    from ..runs.files import CONFIG

    path = Path(name)
    return path if (path / CONFIG).is_file() else None


def training_losses(spec: str) -> list[float]:
    """Return the loss of each epoch these weights were trained for, as far as it is known.

    Bundled weights have it in their card, and in the card of those they began with; a run folder
    has it in its log; a lone file has none. That of few-step training isn't among them: it was
    measured at a few timesteps only, and compares with no other.
    """
    name, _ = split_set(spec)
    if name in bundled_names():
        card = read_card(name)
        before = card["recipe"].get("init")  # weights trained on from others went through both
        earlier = training_losses(before) if before else []
        if card["recipe"].get("distilled_steps"):
            return earlier
        return [*earlier, *(float(loss) for loss in card["losses"])]
    from ..records import EpochDone
    from ..runs import LOG, read_log

    folder, epoch = _split_epoch(name)
    log = Path(folder) / LOG
    if not log.is_file():
        return []
    epochs = (event for event in read_log(log) if isinstance(event, EpochDone))
    return [event.loss for event in epochs if isfinite(event.loss)][:epoch]


def _split_epoch(name: str) -> tuple[str, int | None]:
    """Split ``RUN@epoch``; the second part is None without an epoch, or if ``name`` is a path."""
    folder, at, epoch = name.rpartition("@")
    is_epoch = at and epoch.isascii() and epoch.isdigit() and len(epoch) < 10
    return (folder, int(epoch)) if is_epoch and not os.path.lexists(name) else (name, None)


def _missing_epoch(run: str, epoch: int, file: Path) -> str:
    from ..runs.files import kept_epochs

    kept = kept_epochs(Path(run))
    message = f"run {run} has no weights of epoch {epoch} ({file})"
    if not kept:
        return message
    return f"{message}; the nearest is {run}@{min(kept, key=lambda other: abs(other - epoch))}"
