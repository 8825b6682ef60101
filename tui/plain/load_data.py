"""Data sets for the commands: downloads are announced, and advice names the command's flags."""

from pathlib import Path

from ...core.data import ImageData, MissingDataError, Reading, load_dataset
from ...core.data.own_images import AS_STORED
from ...core.errors import DiffvizError
from ..stderr import print_notice
from .progress import work_progress


def load_for_training(name: str, data_dir: Path | None, reading: Reading) -> ImageData:
    """Return a data set to train on; see :func:`load_dataset`."""
    try:
        return _load(name, data_dir, reading, train=True)
    except MissingDataError as error:
        raise DiffvizError(f"{error}, or name their folder by --data-dir, or use --dataset "
                           "synthetic, which needs no files") from error  # fmt: skip


def load_mnist(data_dir: Path | None, *, train: bool) -> ImageData:
    """Return MNIST, for the commands that compare with it."""
    try:
        return _load("mnist", data_dir, AS_STORED, train=train)
    except MissingDataError as error:
        raise DiffvizError(f"{error}, or name their folder by --data-dir") from error


def _load(name: str, data_dir: Path | None, reading: Reading, *, train: bool) -> ImageData:
    with work_progress() as bar:
        return load_dataset(
            name, data_dir, train=train, reading=reading, tell=print_notice, bar=bar
        )
