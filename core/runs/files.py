"""The files of a run folder, by name. No torch."""

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

CONFIG = "config.json"
LOG = "log.jsonl"
LOCK = "lock"
COMMANDS = "commands.jsonl"
CHECKPOINT = "checkpoint.safetensors"
WEIGHTS = "weights.safetensors"
EPOCHS = "epochs"
PREVIEWS = "previews"
MAX_LINE = 1 << 20  # bytes of the log; diffviz writes nothing longer

_DENSE_EPOCHS = 15  # of the usual recipe
_EPOCH = re.compile(r"([0-9]{4,9})\.safetensors")
# What core/files/atomic.py writes into; a run folder may hold files of other programs too.
_LEFTOVER = re.compile(
    r"\.(config\.json|log\.jsonl|checkpoint\.safetensors|weights\.safetensors|[0-9]{4,9}\.safetensors"
    r"|[0-9]{8,20}\.npy)\.[a-z0-9_]{8}\.tmp"
)


def epoch_weights(run: Path, epoch: int) -> Path:
    """Return the file of the weights after ``epoch``."""
    return run / EPOCHS / f"{epoch:04d}.safetensors"


def kept_epochs(run: Path) -> list[int]:
    """Return the epochs whose weights are in the run folder, in order."""
    with suppress(OSError):
        names = [_EPOCH.fullmatch(path.name) for path in (run / EPOCHS).iterdir()]
        return sorted(int(name[1]) for name in names if name)
    return []


def is_kept(epoch: int, newest: int, keep: int | None) -> bool:
    """Return whether the weights of ``epoch`` are kept when ``newest`` is done.

    ``keep`` is a number of the newest epochs, 0 for all, or None: the newest, the first 15, and
    after these every second until 30, every fourth until 60, and so on, twice as sparse each time
    that the number of epochs doubles.
    """
    if epoch == newest or keep == 0:
        return True
    if keep is not None:
        return epoch > newest - keep
    spacing, until = 1, _DENSE_EPOCHS
    while epoch > until:
        spacing, until = 2 * spacing, 2 * until
    return epoch % spacing == 0


def delete_epochs(run: Path, newest: int, keep: int | None) -> None:
    """Delete the weights of the epochs before ``newest`` that :func:`is_kept` refuses."""
    for epoch in kept_epochs(run):
        if epoch < newest and not is_kept(epoch, newest, keep):
            with suppress(OSError):
                epoch_weights(run, epoch).unlink()


def delete_leftovers(run: Path) -> None:
    """Delete what a killed write of a run's own files left, and nothing else.

    Only the process that trains may call it: it would delete what another is writing.
    """
    for path in _hidden(run):
        if _LEFTOVER.fullmatch(path.name) and path.is_file() and not path.is_symlink():
            with suppress(OSError):
                path.unlink()


def _hidden(run: Path) -> Iterator[Path]:
    for folder in (run, run / EPOCHS, run / PREVIEWS):
        with suppress(OSError):
            yield from folder.glob(".*.tmp")
