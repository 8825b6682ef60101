"""A single picture file of the user's, as the networks expect it: a drawing, or a mask."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..array_types import Grey
from ..errors import DiffvizError
from .levels import levels_of
from .own_images import in_right_polarity
from .picture_files import centred, in_colour, look_at, pixels_of

_PAINTED = 128
_BLANK = "{} is blank (all pixels are alike): there is nothing to start from"


def read_picture(path: Path, invert: bool | None = None) -> tuple[Grey, list[str]]:
    """Return the picture in ``path``, ``[28, 28]``, and a line on each decision.

    It is read as those of data sets are: any size, scaled to fit on black; any depth and colours;
    the first frame of several; black ink on white is inverted unless ``invert`` says otherwise.

    Raises:
        DiffvizError: if it can't be read, is no whole picture, is too large or is blank.
    """
    picture, notes = _read(path)
    (picture,), _, polarity = in_right_polarity([picture], invert)
    if picture.min() == picture.max():
        raise DiffvizError(_BLANK.format(path))
    return centred(picture), [*notes, *([f"{path}: {polarity}"] if polarity else [])]


def read_colours(path: Path, invert: bool | None = None) -> tuple[Grey, list[str]]:
    """Return the picture in ``path`` in colour, ``[H, W, 3]``, and a line on each decision.

    It is for models with images of any shape: the shorter side has at most 256 pixels. The first
    frame of several counts, transparent pixels are black, and colours are inverted only if
    ``invert`` says so.

    Raises:
        DiffvizError: as :func:`read_picture`.
    """
    try:
        picture, notes, more_frames = in_colour(path)
    except OSError as error:
        raise DiffvizError(f"can't read {path}: {error.strerror or error}") from error
    if picture.min() == picture.max():
        raise DiffvizError(_BLANK.format(path))
    return 255 - picture if invert else picture, [*notes, *_first_of(path, more_frames)]


def read_mask(path: Path) -> NDArray[np.bool_]:
    """Return which pixels of the picture in ``path`` are painted, bool ``[28, 28]``.

    Painted is what is bright; a picture of another size is scaled to fit, and what it doesn't
    cover is not painted.

    Raises:
        DiffvizError: as :func:`read_picture`, or if no pixel is painted, or every one.
    """
    picture, _ = _read(path)
    painted = centred(picture) >= _PAINTED
    if not painted.any():
        raise DiffvizError(f"{path} hides nothing: paint the part to fill in white, on black")
    if painted.all():
        raise DiffvizError(f"{path} hides everything: paint only the part to fill in white")
    return painted


def _read(path: Path) -> tuple[Grey, list[str]]:
    """Return the pixels in ``path`` at a longer side of 28, and a line on each decision."""
    try:
        look = look_at(path)
    except OSError as error:
        raise DiffvizError(f"can't read {path}: {error.strerror or error}") from error
    levels = levels_of(look.dtype, look.low, look.high, str(path))
    ground = 255 if look.on_white is not None and look.dark_ink else 0
    notes = [levels.said] if levels.said else []
    return pixels_of(path, look, levels, ground), notes + _first_of(path, look.more_frames)


def _first_of(path: Path, more_frames: int) -> list[str]:
    return [f"{path}: only the first of {more_frames + 1} frames is used"] if more_frames else []
