"""Frames of a training: what the same noises became after each moment, and the loss."""

import math
from collections.abc import Iterator, Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ...core.names import SIDE
from ...core.viewer import Page
from ..text import short_number
from ..theme import ACCENT, BACKGROUND, DIM, FAINT, TEXT

LENGTH_S = 12.0
"""Length of the film, without the last moment's rest."""
REST_S = 2.0
_COLUMNS = 4
_SCALE = 4
_MARGIN, _GAP, _LINE = 12, 8, 20
_CHART = 48


class TrainingLayout:
    """Positions in a frame of a training's ``page``.

    A pixel of a picture is drawn as ``scale`` x ``scale`` pixels; None for about 4.
    """

    def __init__(self, page: Page, scale: int | None = None) -> None:
        high, wide = page.tracks[0].x_t.shape[1:3]
        self.scale = scale or max(1, round(SIDE * _SCALE / max(high, wide)))
        self.high, self.wide = high * self.scale, wide * self.scale
        self.columns = min(_COLUMNS, len(page.tracks))
        rows = math.ceil(len(page.tracks) / self.columns)
        self.width = 2 * _MARGIN + self.columns * (self.wide + _GAP) - _GAP
        self.width = max(self.width, 220) // 2 * 2
        self.chart = _MARGIN + _LINE + rows * (self.high + _GAP)
        self.height = (self.chart + _CHART + _MARGIN) // 2 * 2

    def place(self, index: int) -> tuple[int, int]:
        """Return the upper left corner of a picture."""
        row, column = divmod(index, self.columns)
        return _MARGIN + column * (self.wide + _GAP), _MARGIN + _LINE + row * (self.high + _GAP)


def training_frames(page: Page, scale: int | None = None) -> Iterator[Image.Image]:
    """Yield a frame for each moment of a training's page."""
    layout = TrainingLayout(page, scale)
    font, small = ImageFont.load_default(14), ImageFont.load_default(11)
    losses = [math.nan if loss is None else loss for loss in page.losses or ()]
    for moment, name in enumerate(page.labels or ()):
        frame = Image.new("RGB", (layout.width, layout.height), BACKGROUND)
        draw = ImageDraw.Draw(frame)
        draw.text((_MARGIN, _MARGIN - 4), name, TEXT, font)
        for index, track in enumerate(page.tracks):
            picture = Image.fromarray(track.x_t[moment])
            size = (layout.wide, layout.high)
            frame.paste(picture.resize(size, Image.Resampling.NEAREST), layout.place(index))
        _chart(draw, layout, page.tracks[0].times, losses, moment, small)
        yield frame


def _chart(
    draw: ImageDraw.ImageDraw,
    layout: TrainingLayout,
    times: Sequence[int],
    losses: Sequence[float],
    moment: int,
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
) -> None:
    """Draw the loss over the batches, bright up to ``moment``; logarithmic."""
    known = [n for n, loss in enumerate(losses) if math.isfinite(loss) and loss > 0]
    if not known:
        return
    left, right, top = _MARGIN, layout.width - _MARGIN, layout.chart + 14
    bottom = layout.chart + _CHART
    logs = np.log([losses[n] for n in known])
    span = max(float(np.ptp(logs)), 1e-9)
    points = [
        (
            left + (right - left) * times[n] / max(1, times[-1]),
            bottom - (bottom - top) * (log - logs.min()) / span,
        )
        for n, log in zip(known, logs, strict=True)
    ]
    draw.line(points, FAINT, 2)
    done = [point for n, point in zip(known, points, strict=True) if n <= moment]
    if not done:
        return
    draw.line(done, ACCENT, 2)
    x, y = done[-1]
    draw.ellipse((x - 3, y - 3, x + 3, y + 3), TEXT)
    newest = losses[max(n for n in known if n <= moment)]
    draw.text((left, layout.chart - 2), f"loss {short_number(newest)}", DIM, font)


def starts_of(page: Page) -> list[float]:
    """Return when each moment of the film begins, in seconds: evenly spaced."""
    number = len(page.labels or ())
    return [LENGTH_S * n / max(1, number) for n in range(number)]
