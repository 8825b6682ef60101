"""The user's data sets: a folder of pictures, or an ``.npz`` file."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from ..errors import DiffvizError
from ..files.archives import read_arrays
from ..names import SIDE

ENDINGS = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff")
MAX_IMAGES = 1_000_000
_MAX_BYTES = 1 << 32  # of an archive's array
_MAX_SIDE = 8192  # pixels
_NAMES = (("images", "labels"), ("x_train", "y_train"))

Images = NDArray[np.uint8]
Labels = NDArray[np.int64]


def read_picture_folder(folder: Path) -> tuple[Images, Labels]:
    """Return every picture below ``folder``, ``[n, 28, 28]``, in the order of their paths.

    Colours become grey, transparent pixels black; other sizes than 28x28 are scaled to fit, on
    black. The label is the number of the folder that directly contains the picture.

    Raises:
        DiffvizError: if there is none, or one can't be read.
    """
    try:
        paths = sorted(p for p in folder.rglob("*") if p.suffix.lower() in ENDINGS and p.is_file())
    except OSError as error:
        raise DiffvizError(f"can't read {folder}: {error.strerror}") from error
    if not 0 < len(paths) <= MAX_IMAGES:
        raise DiffvizError(
            f"{folder} has {len(paths)} pictures ({', '.join(ENDINGS)}) in it: put from 1 to "
            f"{MAX_IMAGES:,} there, white ink on black"
        )
    classes = {name: i for i, name in enumerate(sorted({path.parent for path in paths}))}
    images = np.stack([_read_picture(path) for path in paths])
    return images, np.array([classes[path.parent] for path in paths], np.int64)


def read_image_archive(path: Path) -> tuple[Images, Labels]:
    """Return the images of an ``.npz`` file, ``[n, 28, 28]``, and their labels.

    ``images`` (or ``x_train``) is ``[n, height, width]``, with or without a last or a second axis
    of one channel; uint8, or floating-point from 0 to 1. ``labels`` (or ``y_train``) may be
    missing: they are 0 then.

    Raises:
        DiffvizError: if it is missing, damaged or holds something else.
    """
    for images_name, labels_name in _NAMES:
        try:
            (images,) = read_arrays(path, (images_name,), _MAX_BYTES)
        except OSError as error:
            raise DiffvizError(f"can't read {path}: {error.strerror or error}") from error
        except ValueError:
            continue
        try:
            (labels,) = read_arrays(path, (labels_name,), _MAX_BYTES)
        except ValueError:
            labels = np.zeros(len(images) if images.ndim else 0, np.int64)
        return _as_grey(images, path), _as_labels(labels, len(images), path)
    raise DiffvizError(
        f"{path} is damaged or has no array 'images' (uint8 [n, 28, 28], white ink on black)"
    )


def _read_picture(path: Path) -> Images:
    try:
        with Image.open(path) as picture:
            if max(picture.size) > _MAX_SIDE:
                raise DiffvizError(f"{path} is too large ({picture.width}x{picture.height})")
            black = Image.new("RGBA", picture.size, (0, 0, 0, 255))
            grey = Image.alpha_composite(black, picture.convert("RGBA")).convert("L")
    except (
        OSError, ValueError, SyntaxError, UnidentifiedImageError, Image.DecompressionBombError
    ) as error:  # fmt: skip
        raise DiffvizError(f"{path} is not a whole picture: remove it, or get it again") from error
    return _fitted(grey)


def _fitted(picture: Image.Image) -> Images:
    """Return a grey picture scaled to 28x28 with its proportions unchanged."""
    if picture.size != (SIDE, SIDE):
        scale = SIDE / max(picture.size)
        width, height = (max(1, round(side * scale)) for side in picture.size)
        small = picture.resize((width, height), Image.Resampling.LANCZOS)
        picture = Image.new("L", (SIDE, SIDE))
        picture.paste(small, ((SIDE - width) // 2, (SIDE - height) // 2))
    return np.asarray(picture, np.uint8)


def _as_grey(images: NDArray[Any], path: Path) -> Images:
    if images.ndim == 4 and images.shape[-1] == 1:
        images = images[..., 0]
    elif images.ndim == 4 and images.shape[1] == 1:
        images = images[:, 0]
    if images.ndim != 3 or not 0 < len(images) <= MAX_IMAGES or 0 in images.shape:
        raise DiffvizError(f"{path} holds {list(images.shape)}, not [n, height, width]")
    if max(images.shape[1:]) > _MAX_SIDE:
        raise DiffvizError(f"the images in {path} are too large ({list(images.shape[1:])})")
    if images.dtype.kind == "f":
        if not (np.isfinite(images).all() and images.min() >= 0 and images.max() <= 1):
            raise DiffvizError(f"the floating-point images in {path} must be from 0 to 1")
        images = np.rint(images * 255)
    elif images.dtype != np.uint8:
        raise DiffvizError(f"the images in {path} are {images.dtype}: uint8 is needed")
    images = images.astype(np.uint8)
    if images.shape[1:] == (SIDE, SIDE):
        return images
    return np.stack([_fitted(Image.fromarray(image)) for image in images])


def _as_labels(labels: NDArray[Any], n: int, path: Path) -> Labels:
    if labels.shape != (n,) or labels.dtype.kind not in "iu":
        raise DiffvizError(f"the labels in {path} must be {n} whole numbers")
    return labels.astype(np.int64)
