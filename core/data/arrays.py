"""Arrays of images as data sets: ``.npz`` and ``.npy`` as other tools write them."""

import math
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..errors import DiffvizError, printable
from ..files.archives import ArrayHeader, read_array, read_array_headers, read_arrays
from ..names import SIDE
from .folder_walk import MAX_IMAGES
from .levels import byte_levels, levels_of
from .own_images import (
    AS_THEY_LOOK,
    WHITE,
    Labels,
    OwnImages,
    Reading,
    check_content,
    in_right_polarity,
)
from .picture_files import MAX_SIDE, centred, shrunk

ARRAY_ENDINGS = (".npz", ".npy")
_MAX_BYTES = 1 << 32  # of the arrays that are read
_LISTED = 8
# Names of images and labels: of numpy's examples, Keras, MedMNIST, scikit-learn and others.
_NAMES = (
    ("images", "labels"), ("x_train", "y_train"), ("train_images", "train_labels"),
    ("train_x", "train_y"), ("x", "y"), ("data", "target"), ("data", "labels"), ("imgs", "labels"),
    ("image", "label"), ("arr_0", "arr_1"),
)  # fmt: skip


class _Found(NamedTuple):
    images: NDArray[Any]
    labels: NDArray[Any] | None
    note: str
    """Which of several arrays was taken."""


def read_array_file(path: Path, reading: Reading = AS_THEY_LOOK) -> OwnImages:
    """Return the images in an ``.npz`` or ``.npy`` file, ``[n, 28, 28]``, and their labels.

    An archive's images are called ``images`` or as other tools call them, or are its only array
    of images. They are ``[n, height, width]``, with or without an axis of one channel, or
    ``[n, height * width]`` of square images; of any type, their levels become 0 … 255 and black
    ink on white is inverted, as ``reading`` says or as they look. Labels are whole numbers, one
    column for each class, or text; without any they are 0.

    Raises:
        DiffvizError: if it is missing, damaged, made of Python objects or holds something else.
    """
    try:
        found = _read_npz(path) if path.suffix.lower() == ".npz" else _read_npy(path)
    except OSError as error:
        raise DiffvizError(f"can't read {path}: {error.strerror or error}") from error
    return own_images(found.images, found.labels, path, reading, found.note)


def own_images(
    images: NDArray[Any], labels: NDArray[Any] | None, path: Path, reading: Reading, note: str = ""
) -> OwnImages:
    """Return images and labels of any layout from the file ``path`` as they are trained on.

    Raises:
        DiffvizError: if they are something else.
    """
    images = _as_pictures(images, path)
    what = f"the images in {path}"
    if images.dtype == np.uint8 and reading.white_level is not None:
        levels = byte_levels(reading.white_level, what)
    else:
        levels = levels_of(images.dtype, *_extremes(images), what)
    greys = levels.to_bytes(images)
    same_size = greys.shape[1:] == (SIDE, SIDE)
    small = list(greys) if same_size else [shrunk(Image.fromarray(grey)) for grey in greys]
    small, inverted, polarity = in_right_polarity(small, reading.invert)
    greys = np.stack([centred(picture) for picture in small])
    numbers, class_names = _as_labels(labels, len(greys), path)
    white = levels.white if images.dtype == np.uint8 else WHITE
    notes = (note, levels.said, polarity, *check_content(greys, str(path)))
    return OwnImages(
        greys, numbers, class_names, Reading(inverted, round(white)),
        tuple(note for note in notes if note),
    )  # fmt: skip


def _read_npy(path: Path) -> _Found:
    headers = _headers(path)
    _refuse_objects(path, headers[""], "it")
    try:
        return _Found(read_array(path, _MAX_BYTES), None, "")
    except ValueError as error:
        raise DiffvizError(f"{path} is damaged: get it again") from error


def _read_npz(path: Path) -> _Found:
    headers = _headers(path)
    names = _choose(headers)
    if names is None:
        raise DiffvizError(
            f"{path} has no array 'images' (uint8 [n, 28, 28], white ink on black): it has "
            f"{_listing(headers)}"
        )
    for name in names:
        _refuse_objects(path, headers[name], f"its array '{printable(name)}'")
    try:
        arrays = read_arrays(path, names, _MAX_BYTES)
    except ValueError as error:
        raise DiffvizError(f"{path} is damaged or too large: get it again") from error
    others = [name for name, header in headers.items() if _is_like_images(header)]
    note = ""
    if len(others) > 1 and names[0].lower() != "images":
        rest = ", ".join(printable(name) for name in others if name != names[0])
        note = f"the array {printable(names[0])} of {path} is used, not {rest}"
    return _Found(arrays[0], arrays[1] if len(arrays) > 1 else None, note)


def _headers(path: Path) -> dict[str, ArrayHeader]:
    try:
        return read_array_headers(path)
    except (ValueError, zipfile.BadZipFile) as error:
        raise DiffvizError(f"{path} is damaged: it is no file of numpy's arrays") from error


def _choose(headers: Mapping[str, ArrayHeader]) -> list[str] | None:
    """Return the names of the images and, if there are any, of the labels; None if unclear."""
    by_name = {name.lower(): name for name in headers}
    for images, labels in _NAMES:
        if images in by_name:
            return [by_name[name] for name in (images, labels) if name in by_name]
    like_images = [name for name, header in headers.items() if _is_like_images(header)]
    if len(like_images) != 1:
        return None
    labels = [by_name[name] for name in ("labels", "label", "y", "target") if name in by_name]
    return like_images + labels[:1]


def _is_like_images(header: ArrayHeader) -> bool:
    shape = header.shape
    return len(shape) in (3, 4) or (len(shape) == 2 and _side(shape[1]) is not None)


def _side(pixels: int) -> int | None:
    """Return the side of a square image of so many pixels; None if there is none from 4 on."""
    side = math.isqrt(max(0, pixels))
    return side if side * side == pixels and side >= 4 else None


def _refuse_objects(path: Path, header: ArrayHeader, what: str) -> None:
    if header.dtype.hasobject:
        raise DiffvizError(
            f"{path} is refused: {what} is made of Python objects, which could run any code. "
            "Save it with a plain type (images: np.stack(list).astype('uint8'), labels: numbers)"
        )


def _listing(headers: Mapping[str, ArrayHeader]) -> str:
    parts = [f"{printable(n, 60)} {h.dtype} {list(h.shape)}" for n, h in headers.items()]
    more = ["…"] if len(parts) > _LISTED else []
    return ", ".join(parts[:_LISTED] + more) or "none"


def _as_pictures(images: NDArray[Any], path: Path) -> NDArray[Any]:
    """Return images as ``[n, height, width]``."""
    shape = list(images.shape)
    if images.ndim == 4 and images.shape[-1] == 1:
        images = images[..., 0]
    elif images.ndim == 4 and images.shape[1] == 1:
        images = images[:, 0]
    elif images.ndim == 2 and (side := _side(images.shape[1])) is not None:
        images = images.reshape(-1, side, side)
    if images.ndim != 3 or not 0 < len(images) <= MAX_IMAGES or 0 in images.shape:
        raise DiffvizError(
            f"{path} holds {shape}, not [n, height, width] with 1 to {MAX_IMAGES:,} images"
        )
    if max(images.shape[1:]) > MAX_SIDE:
        raise DiffvizError(f"the images in {path} are too large ({list(images.shape[1:])})")
    return images


def _extremes(images: NDArray[Any]) -> tuple[float, float]:
    if images.dtype.kind not in "fiub":
        return 0.0, 0.0  # no levels: refused by its type
    return float(images.min()), float(images.max())


def _as_labels(labels: NDArray[Any] | None, n: int, path: Path) -> tuple[Labels, dict[int, str]]:
    """Return the labels as whole numbers, and the names of the classes if they have some."""
    if labels is None:
        return np.zeros(n, np.int64), {}
    flat = labels[:, 0] if labels.shape == (n, 1) else labels
    numbers = flat.dtype.kind in "fiub"
    if flat.ndim == 2 and len(flat) == n and numbers and _is_one_hot(flat):
        flat = flat.argmax(axis=1)
    if flat.shape != (n,):
        raise DiffvizError(
            f"the labels in {path} are {list(labels.shape)}: {n} whole numbers are needed"
        )
    if flat.dtype.kind in "US":
        texts, positions = np.unique(flat.astype(str), return_inverse=True)
        return positions.astype(np.int64), dict(enumerate(texts.tolist()))
    if not numbers or not (np.rint(flat) == flat).all() or flat.min() < 0:
        raise DiffvizError(
            f"the labels in {path} must be {n} whole numbers from 0, text, or one column a class"
        )
    if float(flat.max()) >= 2**63:
        raise DiffvizError(f"the labels in {path} must be below 2**63")
    return flat.astype(np.int64), {}


def _is_one_hot(labels: NDArray[Any]) -> bool:
    return bool(((labels == 0) | (labels == 1)).all() and (labels.sum(axis=1) == 1).all())
