"""MNIST and its relatives: four IDX files each, where torchvision and other tools put them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..array_types import Grey
from ..errors import DiffvizError, message_of
from ..files.idx import read_idx
from ..names import SIDE
from .classes import DIGITS, FASHION, KUZUSHIJI, LETTERS, ClassNames
from .own_images import Labels

_LISTED = 6


@dataclass(frozen=True)
class IdxSet:
    """A data set in four IDX files."""

    title: str
    folder: str
    """Below the data folder, as torchvision calls it; the files are in ``raw`` there."""
    class_names: ClassNames
    prefix: str = ""
    test: str = "t10k"
    turned: bool = False
    """Whether the images in the files are transposed."""

    def files(self, train: bool) -> tuple[str, str]:
        """Return the names of the images' and the labels' file."""
        part = self.prefix + ("train" if train else self.test)
        return f"{part}-images-idx3-ubyte", f"{part}-labels-idx1-ubyte"

    @property
    def all_files(self) -> tuple[str, ...]:
        """The names of the four files."""
        return (*self.files(True), *self.files(False))

    def place(self, data_dir: Path) -> Path:
        """Return the folder that torchvision and the download put the files into."""
        return data_dir / self.folder / "raw"


IDX_SETS = {
    "mnist": IdxSet("MNIST", "MNIST", DIGITS),
    "fashion-mnist": IdxSet("fashion-mnist", "FashionMNIST", FASHION),
    "kmnist": IdxSet("kmnist", "KMNIST", KUZUSHIJI),
    "emnist-letters": IdxSet(
        "emnist-letters", "EMNIST", LETTERS, "emnist-letters-", "test", turned=True
    ),
}


def find_idx_files(kind: IdxSet, data_dir: Path, names: tuple[str, ...]) -> list[Path] | None:
    """Return the files that are called ``names`` in one folder of ``data_dir``; None: not all.

    Looked at are torchvision's folder, the one above it and ``data_dir`` itself (as ``MNIST`` or
    its ``raw`` may be named); each file may be packed by gzip, have a dot before ``idx``, or lie
    in a folder of its own name.
    """
    for folder in _folders(kind, data_dir):
        found = [path for name in names if (path := _find_file(folder, name)) is not None]
        if len(found) == len(names):
            return found
    return None


def what_is_there(kind: IdxSet, data_dir: Path) -> str:
    """Return in words what is seen where the files were looked for."""
    if not data_dir.exists():
        return f"there is no folder {data_dir}"
    if not data_dir.is_dir():
        return f"{data_dir} is a file, not a folder"
    seen = next((place for place in _folders(kind, data_dir) if place.is_dir()), data_dir)
    try:
        names = sorted(path.name for path in seen.iterdir())
    except OSError as error:
        return f"can't read {seen}: {error.strerror}"
    if not names:
        return f"{seen} is empty"
    more = ", …" if len(names) > _LISTED else ""
    return f"{seen} has {', '.join(names[:_LISTED])}{more}"


def read_idx_set(kind: IdxSet, files: list[Path]) -> tuple[Grey, Labels]:
    """Return the images and labels of two files, checked against each other.

    Raises:
        DiffvizError: if they are damaged or of something else.
    """
    where = files[0].parent
    try:
        images, labels = read_idx(files[0], 3), read_idx(files[1], 1)
    except (ValueError, OSError, DiffvizError) as error:
        raise DiffvizError(
            f"the {kind.title} files in {where} are damaged ({message_of(error)}): "
            "delete them and download them again"
        ) from error
    if images.shape[1:] != (SIDE, SIDE) or not 0 < len(images) == len(labels):
        raise DiffvizError(
            f"the {kind.title} files in {where} hold images {images.shape} and {len(labels)} "
            "labels, not as many of 28x28: delete them and download them again"
        )
    if kind.turned:
        images = np.ascontiguousarray(images.transpose(0, 2, 1))
    return images, labels.astype(np.int64)


def _folders(kind: IdxSet, data_dir: Path) -> Iterator[Path]:
    yield kind.place(data_dir)
    yield data_dir / kind.folder
    # The relatives' files are called like MNIST's: loose files are what their folders say.
    whole = data_dir.absolute()
    named = {_plain(part) for part in (whole.name, whole.parent.name)}
    others = {_plain(other.folder) for other in IDX_SETS.values()} - {_plain(kind.folder)}
    if (
        kind.prefix
        or _plain(kind.folder) in named
        or (kind.folder == "MNIST" and not named & others)
    ):
        yield data_dir / "raw"
        yield data_dir


def _plain(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "")


def _find_file(folder: Path, name: str) -> Path | None:
    dotted = name.replace("-idx", ".idx")
    for spelling in (name, dotted, f"{name}.gz", f"{dotted}.gz"):
        path = folder / spelling
        if path.is_file():
            return path
        if path.is_dir():  # what some archives unpack to
            inner = (path / other for other in (name, dotted))
            found = next((other for other in inner if other.is_file()), None)
            if found is not None:
                return found
    return None
