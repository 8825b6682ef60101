"""Reading digits from files of unknown origin: bounded and without unpickling."""

import json
import math
import string
import zipfile
import zlib
from pathlib import Path
from typing import IO, Any

import numpy as np

from ..array_types import Grey
from ..errors import DiffvizError
from ..files.archives import read_array_header, read_arrays
from ..files.reading import open_regular
from ..names import MAX_SAMPLES, MIN_SAMPLES, SIDE
from ..sampling.denoiser import Labels

_MAX_META_BYTES = 1 << 20
_MAX_LABEL_BYTES = 16 * MAX_SAMPLES
DIGITS = list(string.digits)
"""The classes that the bundled classifier judges, as an archive's metadata name them."""


def read_samples(path: Path) -> tuple[Grey, dict[str, Any]]:
    """Return the digits in a file, uint8 ``[n, 28, 28]``, and its metadata.

    ``.npy`` holds the array itself, ``.npz`` as ``images``, with an optional ``meta`` (JSON text).
    Nothing in the file is unpickled.

    Raises:
        DiffvizError: if it is missing, damaged, of another type or shape, too small, or holds
            pictures with nothing on them.
    """
    meta: dict[str, Any] = {}
    try:
        if path.suffix.lower() == ".npz":
            with open_regular(path) as file, zipfile.ZipFile(file) as archive:
                if "images.npy" not in archive.namelist():
                    raise DiffvizError(f"{path} has no array called 'images'")
                with archive.open("images.npy") as stream:
                    images = _read_images(stream, path)
            meta = _read_meta(path)
        elif path.suffix.lower() == ".npy":
            with open_regular(path) as stream:
                images = _read_images(stream, path)
        else:
            raise DiffvizError(f"can't tell the format of '{path}': give a .npz or .npy file")
    except OSError as error:
        raise DiffvizError(f"can't read {path}: {error.strerror or error}") from error
    except (
        ValueError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError
    ) as error:  # fmt: skip
        raise DiffvizError(f"{path} is truncated or not a numpy file: get it again") from error
    blank = images.reshape(len(images), -1)
    blank = np.flatnonzero(blank.max(axis=1) == blank.min(axis=1))
    if len(blank):
        raise DiffvizError(
            f"{path}: {len(blank)} of {len(images)} images are blank, all pixels alike "
            f"(the first is number {blank[0]}): they are no digits to judge"
        )
    return images, meta


def read_labels(path: Path, meta: dict[str, Any], n: int) -> Labels | None:
    """Return the digits that were asked for when the ``n`` images in ``path`` were made, ``[n]``.

    None if none were, or other classes than the ten digits; ``meta`` is the file's metadata.
    """
    if meta.get("classes") != DIGITS:
        return None
    try:
        (labels,) = read_arrays(path, ("labels",), _MAX_LABEL_BYTES)
    except ValueError:
        return None
    if labels.shape != (n,) or labels.dtype != np.int64 or not (labels >= 0).all():
        return None
    return labels if (labels < len(DIGITS)).all() else None


def _read_images(stream: IO[bytes], path: Path) -> Grey:
    """Read one array in numpy's format after its header has been found good."""
    shape, fortran, dtype = read_array_header(stream)
    if dtype != np.uint8 or len(shape) != 3 or shape[1:] != (SIDE, SIDE):
        raise DiffvizError(
            f"{path} holds {dtype} {list(shape)}, not uint8 [n, 28, 28] (white ink on black)"
        )
    if not MIN_SAMPLES <= shape[0] <= MAX_SAMPLES:
        raise DiffvizError(
            f"{path} holds {shape[0]} images: from {MIN_SAMPLES} to {MAX_SAMPLES:,} can be judged"
        )
    size = math.prod(shape)
    content = stream.read(size + 1)
    if len(content) != size:
        raise ValueError(f"{len(content)} bytes")
    flat = np.frombuffer(content, np.uint8)
    return np.ascontiguousarray(flat.reshape(shape, order="F" if fortran else "C"))


def _read_meta(path: Path) -> dict[str, Any]:
    try:
        meta = json.loads(str(read_arrays(path, ("meta",), _MAX_META_BYTES)[0]))
    except (ValueError, RecursionError):  # absent or invalid: the images can be used without it
        return {}
    return meta if isinstance(meta, dict) else {}
