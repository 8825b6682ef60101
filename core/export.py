"""Write pictures to files: a PNG grid, ``.npz``, ``.npy``, and the strip of one trajectory."""

import io
import json
import os
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from math import prod
from pathlib import Path
from typing import IO, Any, BinaryIO, Self

import numpy as np

from .array_types import Grey
from .errors import DiffvizError
from .files.results import check_writable, write_result
from .names import SIDE
from .pictures import to_picture
from .sampling.denoiser import Labels
from .step import Step
from .viewer.page import STRIP_TIMESTEPS

IMAGE_ENDINGS = (".png", ".npz", ".npy")
GRID_COLUMNS = 8
_GRID_GAP = 2  # pixels around the images of a grid
_CAPTION_ROWS, _CAPTION_SIZE = 16, 11
_PART = 1 << 22  # bytes read back at once, about


def check_output(path: Path, endings: Sequence[str]) -> None:
    """Check that an output file can be written, before time is spent on its content.

    Raises:
        DiffvizError: if the ending is unknown; see also :func:`.results.check_writable`.
    """
    if path.suffix.lower() not in endings:
        raise DiffvizError(f"unknown format of '{path}': end it in {' or '.join(endings)}")
    check_writable(path)


def save_images(
    path: Path,
    images: Grey,
    seeds: Sequence[int],
    meta: dict[str, Any],
    labels: Labels | None = None,
) -> None:
    """Write ``images`` (uint8 ``[n, H, W]`` or ``[n, H, W, 3]``) in the format of the ending.

    ``.npz`` holds ``images``, ``seeds``, ``meta`` (JSON text) and, if they are given, ``labels``
    (int64 ``[n]``); ``.npy`` the images alone; ``.png`` a grid, eight to a row.

    Raises:
        DiffvizError: if the images are of another shape or type, there is not one seed for each,
            the ending is unknown or the file can't be written.
    """
    check_output(path, IMAGE_ENDINGS)
    _check_images(images)
    if len(seeds) != len(images):
        raise DiffvizError(f"{len(seeds)} seeds for {len(images)} images: give one for each")
    with ImageFile(path) as file:
        file.add(images)
        file.save(seeds, meta, labels=labels)


def _check_images(images: Grey) -> None:
    shape, kind = list(np.shape(images)), getattr(images, "dtype", type(images).__name__)
    if kind != np.uint8:
        raise DiffvizError(f"images have to be uint8, not {kind}: to_grey makes them from x_t")
    if not (len(shape) == 3 or (len(shape) == 4 and shape[3] == 3)) or 0 in shape:
        raise DiffvizError(f"images have to be [n, H, W], or [n, H, W, 3] in colour, not {shape}")


class ImageFile:
    """A file of images that is written in parts and put in place when it is complete.

    The parts are stored on disk, so memory doesn't grow with their number (except for a grid, and
    where the disk is full), and an existing file stays until the new one is complete.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._spool: IO[bytes] | None = None
        self._shape: tuple[int, ...] = (SIDE, SIDE)
        self.count = 0
        """Number of images added so far."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._spool is not None:
            self._spool.close()  # it has no name, so nothing remains on disk

    def add(self, images: Grey) -> None:
        """Add images, uint8 ``[n, H, W]`` or ``[n, H, W, 3]``; if interrupted, none of them.

        All have the size of the first.
        """
        if not self.count:
            self._shape = images.shape[1:]
        content = np.ascontiguousarray(images, np.uint8).data
        try:
            if self._spool is None:
                self._spool = tempfile.TemporaryFile(dir=self._path.parent)  # noqa: SIM115
            self._put(content)
        except OSError:  # no room: go on in memory, so that no image is lost
            self._spool = self._in_memory()
            self._put(content)
        self.count += len(images)

    @property
    def _bytes(self) -> int:
        """Bytes of one image."""
        return prod(self._shape)

    def _put(self, content: memoryview) -> None:
        assert self._spool is not None
        self._spool.seek(self.count * self._bytes)
        self._spool.write(content)
        self._spool.flush()

    def _in_memory(self) -> IO[bytes]:
        """Return a copy in memory of the images added so far."""
        copy = io.BytesIO()
        if self._spool is not None:
            # not by its buffer: that would try again to write what there is no room for
            while part := os.pread(self._spool.fileno(), _PART, copy.tell()):
                copy.write(part)
            with suppress(OSError):
                self._spool.close()
        return copy

    def save(
        self,
        seeds: Sequence[int],
        meta: dict[str, Any],
        *,
        labels: Labels | None = None,
        columns: int = GRID_COLUMNS,
        scale: int = 1,
        captions: Sequence[str] = (),
    ) -> None:
        """Write the file as :func:`save_images` does.

        A grid has ``columns`` images a row, ``scale`` x ``scale`` pixels for each of theirs, and
        ``captions`` (one for each image) below them.

        Raises:
            DiffvizError: if it isn't in its place; it says where it is instead.
        """
        ending = self._path.suffix.lower()

        def write(file: BinaryIO) -> None:
            if ending == ".npz":
                more = {} if labels is None else {"labels": labels}
                self._write_npz(file, seeds, meta, more)
            elif ending == ".npy":
                self._write_npy(file)
            else:
                _grid_png(self.images(), columns, file, scale, captions)

        write_result(self._path, write)

    def images(self) -> Grey:
        """Return all images that were added."""
        return np.concatenate([*self._parts()])

    def _parts(self) -> Iterator[Grey]:
        """Yield the images from the disk, about ``_PART`` bytes at a time."""
        assert self._spool is not None
        self._spool.seek(0)
        together = max(1, _PART // self._bytes)
        for first in range(0, self.count, together):
            count = min(together, self.count - first)
            content = self._spool.read(count * self._bytes)
            yield np.frombuffer(content, np.uint8).reshape(count, *self._shape)

    def _write_npy(self, file: IO[bytes]) -> None:
        facts = {"descr": "|u1", "fortran_order": False, "shape": (self.count, *self._shape)}
        np.lib.format.write_array_header_1_0(file, facts)
        for part in self._parts():
            file.write(part.data)

    def _write_npz(
        self,
        file: IO[bytes],
        seeds: Sequence[int],
        meta: dict[str, Any],
        more: dict[str, Labels],
    ) -> None:
        others = {"seeds": np.array(seeds, np.uint64), "meta": np.array(json.dumps(meta))} | more
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            with archive.open("images.npy", "w", force_zip64=True) as member:
                self._write_npy(member)
            for name, array in others.items():
                with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                    np.lib.format.write_array(member, array, allow_pickle=False)


def _grid_png(
    images: Grey, columns: int, file: BinaryIO, scale: int, captions: Sequence[str]
) -> None:
    from PIL import Image, ImageDraw, ImageFont

    columns = min(columns, len(images))
    gap = _GRID_GAP * scale if len(images) > 1 else 0
    images = images.repeat(scale, 1).repeat(scale, 2)
    height, width, *colours = images.shape[1:]
    line = _CAPTION_ROWS if captions else 0
    high, wide = height + gap + line, width + gap
    rows = -(-len(images) // columns)
    grid = np.zeros((rows * high + gap, columns * wide + gap, *colours), np.uint8)
    corners = []
    for index, image in enumerate(images):
        row, column = divmod(index, columns)
        y, x = row * high + gap, column * wide + gap
        grid[y : y + height, x : x + width] = image
        corners.append((x, y))
    picture = Image.fromarray(grid).convert("RGB")
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(_CAPTION_SIZE)
    for (x, y), caption in zip(corners, captions, strict=False):
        # where all of it is too wide, the first part gives way
        wordings = (caption, caption.rpartition(": ")[2])
        text = next((words for words in wordings if font.getlength(words) <= width + gap), "")
        draw.text((x, y + height + 1), text, fill=(200, 200, 200), font=font)
    picture.save(file, format="png")


class TrajectoryStrip:
    """Collects one sample at chosen timesteps and draws them side by side.

    The upper row shows x_t, the lower one x0_hat. For a timestep that a shorter chain doesn't
    visit, the next visited one is used.
    """

    def __init__(self, timesteps: Sequence[int] = STRIP_TIMESTEPS) -> None:
        self._wanted = sorted(timesteps, reverse=True)
        self._columns: list[tuple[int, Grey, Grey]] = []

    def add(self, step: Step) -> None:
        """Add the next step of the trajectory; only its first sample is used."""
        if self._wanted and step.t <= self._wanted[0]:
            while self._wanted and step.t <= self._wanted[0]:
                self._wanted.pop(0)
            self._columns.append((step.t, to_picture(step.x_t[0]), to_picture(step.x0_hat[0])))

    def save(self, path: Path, scale: int = 4) -> None:
        """Write the strip as PNG with a caption a column; see :func:`save_rows`."""
        columns = [(f"t = {t}", (x_t, x0_hat)) for t, x_t, x0_hat in self._columns]
        save_rows(path, ("x_t", "x0_hat"), columns, scale)


def save_rows(
    path: Path,
    labels: Sequence[str],
    columns: Sequence[tuple[str, Sequence[Grey]]],
    scale: int = 4,
) -> None:
    """Write columns of pictures as PNG: each with a caption, each row with a label.

    A column is its caption and one uint8 picture for each of ``labels``; a pixel of a picture is
    drawn as ``scale`` x ``scale`` pixels.
    """
    from PIL import Image, ImageDraw, ImageFont

    font = ImageFont.load_default(size=14)
    margin = 16 + round(max(font.getlength(label) for label in labels))
    shape = columns[0][1][0].shape if columns else (SIDE, SIDE)
    if shape[:2] != (SIDE, SIDE):  # about as large as digits
        scale = max(1, round(SIDE * scale / max(shape[:2])))
    high, wide, gap, top = shape[0] * scale, shape[1] * scale, 8, 24
    size = (margin + len(columns) * (wide + gap), top + len(labels) * (high + gap))
    picture = Image.new("RGB" if len(shape) == 3 else "L", size, 0)
    white = (200, 200, 200) if len(shape) == 3 else 200
    draw = ImageDraw.Draw(picture)
    for row, label in enumerate(labels):
        y = top + row * (high + gap)
        draw.text((6, y + high // 2 - 8), label, fill=white, font=font)
        for column, (caption, images) in enumerate(columns):
            x = margin + column * (wide + gap)
            big = Image.fromarray(images[row]).resize((wide, high), Image.Resampling.NEAREST)
            picture.paste(big, (x, y))
            if row == 0:
                draw.text((x + wide // 2, 4), caption, fill=white, font=font, anchor="ma")
    buffer = io.BytesIO()
    picture.save(buffer, format="png")
    write_result(path, lambda file: file.write(buffer.getvalue()))
