"""The user's own IDX files as a data set: images, and labels beside them."""

from pathlib import Path

from ..errors import DiffvizError, message_of
from ..files.idx import read_idx
from .arrays import own_images
from .own_images import AS_THEY_LOOK, OwnImages, Reading

_IMAGES, _LABELS = ("images", "idx3"), ("labels", "idx1")


def is_idx_file(path: Path) -> bool:
    """Return whether a file is called like images in the IDX format, packed by gzip or not."""
    name = path.name.lower()
    return name.removesuffix(".gz").endswith(("idx3-ubyte", "idx3")) and path.is_file()


def idx_file_in(folder: Path) -> Path | None:
    """Return the IDX file of a folder's (training) images; None if it is not clear which."""
    found = sorted(path for path in folder.iterdir() if is_idx_file(path))
    train = [path for path in found if "train" in path.name.lower()]
    return next((files[0] for files in (train, found) if len(files) == 1), None)


def read_idx_file(path: Path, reading: Reading = AS_THEY_LOOK) -> OwnImages:
    """Return the images in an IDX file, ``[n, 28, 28]``; their labels are in the file beside it.

    Without such a file the labels are 0.

    Raises:
        DiffvizError: if it is damaged or holds something else.
    """
    beside = path.name
    for ours, theirs in zip(_IMAGES, _LABELS, strict=True):
        beside = beside.replace(ours, theirs)
    labels_file = path.with_name(beside)
    try:
        images = read_idx(path, 3)
        has_labels = labels_file != path and labels_file.is_file()
        labels = read_idx(labels_file, 1) if has_labels else None
    except OSError as error:
        raise DiffvizError(f"can't read {error.filename or path}: {error.strerror}") from error
    except ValueError as error:
        raise DiffvizError(f"{path.parent} has a damaged IDX file: {message_of(error)}") from error
    return own_images(images, labels, path, reading)
