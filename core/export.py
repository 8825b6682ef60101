"""Digits as files: a PNG grid, ``.npz``, ``.npy``, and the strip of one trajectory."""

import io
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .atomic import write_atomically
from .errors import DiffvizError
from .pictures import to_grey
from .step import Step

Grey = NDArray[np.uint8]

IMAGE_ENDINGS = (".png", ".npz", ".npy")
GRID_COLUMNS = 8
STRIP_TIMESTEPS = (1000, 800, 600, 500, 400, 300, 200, 100, 50, 0)


def check_output(path: Path, endings: Sequence[str]) -> None:
    """Refuse an output before hours go into what could not be written.

    Raises:
        DiffvizError: if the ending is unknown or the folder is missing or not writable.
    """
    if path.suffix.lower() not in endings:
        raise DiffvizError(f"can't tell the format of '{path}': end it in {' or '.join(endings)}")
    if path.is_dir():
        raise DiffvizError(f"can't write {path}: it is a folder")
    folder = path.parent
    if not folder.is_dir():
        raise DiffvizError(f"can't write {path}: there is no folder {folder}")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise DiffvizError(f"can't write {path}: no permission to write in {folder}")


def save_images(path: Path, images: Grey, seeds: Sequence[int], meta: dict[str, Any]) -> None:
    """Write ``images`` (uint8 ``[n, 28, 28]``) in the format of ``path``'s ending.

    ``.npz`` holds ``images``, ``seeds`` and ``meta`` (JSON text); ``.npy`` the images alone;
    ``.png`` a grid, eight to a row.
    """
    ending, buffer = path.suffix.lower(), io.BytesIO()
    if ending == ".npz":
        text = np.array(json.dumps(meta))
        np.savez_compressed(buffer, images=images, seeds=np.array(seeds, np.uint64), meta=text)
    elif ending == ".npy":
        np.save(buffer, images)
    else:
        _grid_png(images, buffer)
    write_atomically(path, buffer.getvalue())


def _grid_png(images: Grey, buffer: io.BytesIO) -> None:
    import torch
    from torchvision.utils import make_grid, save_image

    tiles = torch.from_numpy(images).unsqueeze(1).float() / 255.0
    grid = make_grid(tiles, nrow=min(GRID_COLUMNS, len(images)), padding=2)
    save_image(grid, buffer, format="png")


class TrajectoryStrip:
    """Collects one sample at chosen timesteps and draws them side by side.

    The upper row shows x_t, the lower one x0_hat. For a timestep that a shorter chain doesn't
    visit, the next one it does visit is taken.
    """

    def __init__(self, timesteps: Sequence[int] = STRIP_TIMESTEPS) -> None:
        self._wanted = sorted(timesteps, reverse=True)
        self._columns: list[tuple[int, Grey, Grey]] = []

    def add(self, step: Step) -> None:
        """Look at the next step of the trajectory (its first sample is taken)."""
        if self._wanted and step.t <= self._wanted[0]:
            while self._wanted and step.t <= self._wanted[0]:
                self._wanted.pop(0)
            self._columns.append((step.t, to_grey(step.x_t[0]), to_grey(step.x0_hat[0])))

    def save(self, path: Path, scale: int = 4) -> None:
        """Write the strip as PNG, ``scale`` screen pixels a pixel, with a label a column."""
        columns = [(f"t = {t}", (x_t, x0_hat)) for t, x_t, x0_hat in self._columns]
        save_rows(path, ("x_t", "x0_hat"), columns, scale)


def save_rows(
    path: Path,
    labels: Sequence[str],
    columns: Sequence[tuple[str, Sequence[Grey]]],
    scale: int = 4,
) -> None:
    """Write columns of 28x28 pictures as PNG: each with a caption, each row with a label.

    A column is its caption and as many uint8 pictures as there are ``labels``; ``scale`` is in
    screen pixels a pixel.
    """
    from PIL import Image, ImageDraw, ImageFont

    font = ImageFont.load_default(size=14)
    margin = 16 + round(max(font.getlength(label) for label in labels))
    tile, gap, top = 28 * scale, 8, 24
    size = (margin + len(columns) * (tile + gap), top + len(labels) * (tile + gap))
    picture = Image.new("L", size, 0)
    draw = ImageDraw.Draw(picture)
    for row, label in enumerate(labels):
        y = top + row * (tile + gap)
        draw.text((6, y + tile // 2 - 8), label, fill=200, font=font)
        for column, (caption, images) in enumerate(columns):
            x = margin + column * (tile + gap)
            big = Image.fromarray(images[row]).resize((tile, tile), Image.Resampling.NEAREST)
            picture.paste(big, (x, y))
            if row == 0:
                draw.text((x + tile // 2, 4), caption, fill=200, font=font, anchor="ma")
    buffer = io.BytesIO()
    picture.save(buffer, format="png")
    write_atomically(path, buffer.getvalue())
