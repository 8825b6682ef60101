"""One picture file of unknown origin, as grey levels."""

import warnings
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from ..array_types import Grey
from ..errors import DiffvizError
from ..files.reading import open_regular
from ..names import MAX_MODEL_SIDE, SIDE
from .levels import Levels, levels_of

# Formats that hold pixels: no scripts (EPS), and none that leads to other files.
_FORMATS = {
    "PNG": (".png", ".apng"),
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "BMP": (".bmp",),
    "DIB": (".dib",),
    "GIF": (".gif",),
    "WEBP": (".webp",),
    "TIFF": (".tif", ".tiff"),
    "PPM": (".pbm", ".pgm", ".ppm", ".pnm", ".pfm"),
    "JPEG2000": (".jp2", ".j2k", ".jpx", ".jpf"),
    "AVIF": (".avif",),
    "TGA": (".tga",),
    "PCX": (".pcx",),
    "ICO": (".ico",),
    "SGI": (".sgi",),
    "QOI": (".qoi",),
}
_OPAQUE_MODES = ("L", "1", "RGB")
MAX_SIDE = 8192  # pixels
_MAX_BYTES = 1 << 30


@cache
def readable_endings() -> tuple[str, ...]:
    """Return the endings, in lower case, of the formats that this Pillow reads."""
    known = Image.registered_extensions()
    return tuple(
        ending for name, endings in _FORMATS.items() for ending in endings
        if known.get(ending) == name and name in Image.OPEN
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """What one look at a file tells, and its pixels shrunk to at most 28x28."""

    dtype: np.dtype[Any]
    """Of the levels in the file."""
    low: float
    high: float
    on_black: Grey | None = None
    """Shrunk, transparent pixels black; None if the levels have to be decided first."""
    on_white: Grey | None = None
    """The same, transparent pixels white; None if all pixels are opaque."""
    dark_ink: bool = False
    """Whether transparent pixels should be white, so that the strokes can be seen."""
    more_frames: int = 0


def look_at(path: Path) -> Picture:
    """Return the picture in ``path``: 8-bit pictures with their pixels, of others the range.

    The first frame of several is taken, turned upright as the camera noted it.

    Raises:
        DiffvizError: if it is no whole picture or too large.
        OSError: if the file can't be opened.
    """
    decoded = _decoded(path)
    values = decoded.values
    if values is not None:
        low, high = float(values.min()), float(values.max())
        pixels = shrunk(Image.fromarray(values)) if values.dtype == np.uint8 else None
        return Picture(values.dtype, low, high, pixels, more_frames=decoded.more_frames)
    colours = decoded.colours
    alpha = np.asarray(colours.getchannel("A"))
    grey = np.asarray(_on(colours, 0))
    dtype, low, high = grey.dtype, int(grey.min()), int(grey.max())
    on_black = shrunk(Image.fromarray(grey))
    if alpha.min() == 255:
        return Picture(dtype, low, high, on_black, more_frames=decoded.more_frames)
    on_white = np.asarray(_on(colours, 255))
    opaque = alpha.mean() / 255
    # opaque pixels are the strokes or, where they are most of the picture, its ground
    level = np.average(np.asarray(colours.convert("L")), weights=alpha) if opaque else 255.0
    dark_ink = bool(level < 128) if opaque < 0.5 else bool(level >= 128)
    return Picture(
        dtype, low, max(high, int(on_white.max())), on_black, shrunk(Image.fromarray(on_white)),
        dark_ink, decoded.more_frames,
    )  # fmt: skip


def pixels_of(path: Path, look: Picture, levels: Levels, ground: int) -> Grey:
    """Return the shrunk pixels of a picture that was looked at, its levels scaled.

    Transparent pixels become ``ground``, 0 or 255. What had to wait for that is read again.

    Raises:
        DiffvizError: if it can't be read any more.
    """
    ready = look.on_white if ground and look.on_white is not None else look.on_black
    if ready is not None and levels.white == 255:
        return ready
    try:
        return read_with(path, levels, round(ground * levels.white / 255))
    except OSError as error:
        raise DiffvizError(f"can't read {path}: {error.strerror}") from error


def read_with(path: Path, levels: Levels, ground: int) -> Grey:
    """Return the picture in ``path`` shrunk, its levels scaled, transparent pixels ``ground``.

    Raises:
        DiffvizError: if it is no whole picture or too large.
        OSError: if the file can't be opened.
    """
    decoded = _decoded(path)
    values = decoded.values
    if values is None:
        values = np.asarray(_on(decoded.colours, ground))
    return shrunk(Image.fromarray(levels.to_bytes(values)))


def shrunk(picture: Image.Image) -> Grey:
    """Return a grey picture scaled to a longer side of 28 pixels."""
    if picture.size != (SIDE, SIDE):
        scale = SIDE / max(picture.size)
        width, height = (max(1, round(side * scale)) for side in picture.size)
        picture = picture.resize((width, height), Image.Resampling.LANCZOS)
    return np.asarray(picture, np.uint8)


def in_colour(path: Path) -> tuple[Grey, list[str], int]:
    """Return the picture in ``path``, ``[H, W, 3]``, a line on its levels, and its other frames.

    Its shorter side is at most 256 pixels; transparent pixels are black.

    Raises:
        DiffvizError: if it is no whole picture or too large.
        OSError: if the file can't be opened.
    """
    decoded = _decoded(path)
    colours, values, notes = decoded.colours, decoded.values, list[str]()
    if values is not None and values.dtype != np.uint8:
        levels = levels_of(values.dtype, float(values.min()), float(values.max()), str(path))
        notes = [levels.said] if levels.said else []
        colours = Image.fromarray(levels.to_bytes(values))
    colours = (_over(colours, 0) if colours.mode == "RGBA" else colours).convert("RGB")
    scale = MAX_MODEL_SIDE / min(colours.size)
    if scale < 1:
        width, height = (max(1, round(side * scale)) for side in colours.size)
        colours = colours.resize((width, height), Image.Resampling.LANCZOS)
    return np.asarray(colours, np.uint8), notes, decoded.more_frames


def centred(picture: Grey) -> Grey:
    """Return a picture of at most 28x28 pixels in the middle of 28x28, on black."""
    height, width = picture.shape
    if (height, width) == (SIDE, SIDE):
        return picture
    whole = np.zeros((SIDE, SIDE), np.uint8)
    top, left = (SIDE - height) // 2, (SIDE - width) // 2
    whole[top : top + height, left : left + width] = picture
    return whole


@dataclass(frozen=True, slots=True, eq=False)
class _Decoded:
    """The first frame of a picture, upright; ``colours`` are RGBA."""

    colours: Image.Image
    more_frames: int
    values: NDArray[Any] | None = None
    """Levels of more than 8 bits, which the colours don't have, or of opaque pixels."""


def _decoded(path: Path) -> _Decoded:
    with open_regular(path, _MAX_BYTES) as file:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of damaged metadata
                picture = Image.open(file, formats=_formats(path))
                if max(picture.size) > MAX_SIDE:
                    raise DiffvizError(f"{path} is too large ({picture.width}x{picture.height})")
                picture.load()
                upright = _upright(picture)
                frames = 1 if picture.format == "MPO" else _frames(picture)
                if upright.mode in _OPAQUE_MODES and "transparency" not in upright.info:
                    return _Decoded(upright, frames - 1, np.asarray(upright.convert("L")))
                if upright.mode not in ("I", "F") and not upright.mode.startswith("I;16"):
                    return _Decoded(upright.convert("RGBA"), frames - 1)
                values = np.asarray(upright)
                if upright.mode != "F" and picture.format in ("PNG", "PPM"):
                    values = values.astype(np.uint16)  # Pillow has them in 32 bits
                if not np.isfinite(values).all():
                    raise DiffvizError(f"{path} has levels that are not finite")
                return _Decoded(upright, frames - 1, values)
        except DiffvizError:
            raise
        except Image.DecompressionBombError as error:
            raise DiffvizError(f"{path} is too large") from error
        except Exception as error:  # Pillow's readers raise whatever a damaged file led to
            raise DiffvizError(
                f"{path} is not a whole picture: remove it, or get it again"
            ) from error


def _formats(path: Path) -> list[str]:
    """Return the formats to try; endings may be wrong, but anything could be read as TGA."""
    tga = path.suffix.lower() in _FORMATS["TGA"]
    readable_endings()
    return [name for name in _FORMATS if name in Image.OPEN and (tga or name != "TGA")]


def _upright(picture: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(picture)
    except Exception:  # damaged metadata say nothing of the pixels
        return picture.copy()


def _frames(picture: Image.Image) -> int:
    try:
        return getattr(picture, "n_frames", 1)
    except Exception:  # the first frame is whole
        return 1


def _on(colours: Image.Image, ground: int) -> Image.Image:
    """Return an RGBA picture as grey on a ground of one level."""
    return _over(colours, ground).convert("L")


def _over(colours: Image.Image, ground: int) -> Image.Image:
    """Return an RGBA picture on an opaque ground of one level."""
    below = Image.new("RGBA", colours.size, (ground, ground, ground, 255))
    return Image.alpha_composite(below, colours)
