"""The filmstrip: previews of the same noises at different times of training."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rich.style import Style

from ....core.names import SIDE
from ...pixels.tiles import Tiles
from ...theme import ACCENT, DIM, FAINT, style
from ...widgets.text_widget import Row, text
from .film_tiles import groups
from .log_history import Moment

Pictures = NDArray[np.uint8]
_CACHED = 24  # moments whose pictures are cached


class Film:
    """The moments of the filmstrip, and their pictures."""

    def __init__(self, load: Callable[[Moment], Pictures | None]) -> None:
        """Make a filmstrip; ``load`` returns ``[n, H, W]`` or ``[n, H, W, 3]``, or None."""
        self._load = load
        self._pictures: dict[str, Pictures] = {}
        self.cursor: int | None = None
        """The chosen moment; None for the newest."""
        self.first_noise = 0

    def at(self, moments: Sequence[Moment]) -> int:
        """Return the position of the chosen moment; -1 where there is none."""
        last = len(moments) - 1
        return last if self.cursor is None else min(self.cursor, last)

    def choose(self, place: int, moments: Sequence[Moment]) -> None:
        """Choose the moment at a position."""
        self.move(place - self.at(moments), moments)

    def move(self, by: int, moments: Sequence[Moment]) -> None:
        """Choose the moment ``by`` positions later; at the newest one, follow it."""
        if moments:
            place = min(max(0, self.at(moments) + by), len(moments) - 1)
            self.cursor = None if place == len(moments) - 1 else place

    def noises(self, moments: Sequence[Moment]) -> int:
        """Return the number of noises; 0 without pictures."""
        pictures = self.pictures(moments[-1]) if moments else None
        return 0 if pictures is None else len(pictures)

    def next_noise(self, tiles: Tiles, moments: Sequence[Moment]) -> None:
        """Show other noises, where not all have room."""
        noises = self.noises(moments)
        if noises:
            each = groups(tiles.columns, tiles.rows, noises, len(moments))
            self.first_noise = (self.first_noise + each * tiles.rows) % noises

    def pictures(self, moment: Moment) -> Pictures | None:
        """Return the pictures of a moment."""
        if moment.path not in self._pictures:
            loaded = self._load(moment)
            if loaded is None:
                return None
            while len(self._pictures) >= _CACHED:
                self._pictures.pop(next(iter(self._pictures)))
            self._pictures[moment.path] = loaded
        return self._pictures[moment.path]

    def strip(self, moments: Sequence[Moment], tiles: Tiles) -> "Strip":
        """Return the pictures for ``tiles``: a column for each moment, a row for each noise.

        Moments are spread over all of them, the chosen one included; the others stay when
        another one is chosen. A few moments have several columns each, with more noises.
        """
        places = spread([moment.step for moment in moments], tiles.columns)
        at = self.at(moments)
        if at not in places:
            nearest = min(range(len(places)), key=lambda i: abs(places[i] - at))
            places[nearest] = at
        each = groups(tiles.columns, tiles.rows, self.noises(moments), len(places))
        loaded = [self.pictures(moments[place]) for place in places]
        newest = next((p for p in reversed(loaded) if p is not None), None)
        shape = (SIDE, SIDE) if newest is None else newest.shape[1:]
        used = _shaped(tiles._replace(columns=each * len(places)), *shape[:2])
        images = np.zeros((used.rows, used.columns, *shape), np.uint8)
        labels: list[Row] = [[]] * (used.columns * (used.rows - 1))
        for column in range(used.columns):
            pictures, beside = loaded[column // each], column % each
            for row in range(used.rows):
                if pictures is not None and pictures.shape[1:] == shape:
                    noise = self.first_noise + row * each + beside
                    images[row, column] = pictures[noise % len(pictures)]
            place = places[column // each]
            name = moment_text(moments[place]) if beside == 0 else ""
            mark = "▸" if place == at and name else ""
            ink = style(ACCENT if place == at else DIM, bold=place == at)
            labels.append(_label(mark + name, used.tile_width, ink, each))
        return Strip(
            used, images.reshape(-1, *shape), labels, [p for p in places for _ in range(each)]
        )

    def about(self, moments: Sequence[Moment], foreign: bool = False) -> list[str]:
        """Return a description of the chosen moment, longest wording first.

        ``foreign``: another program has sampled it.
        """
        place = self.at(moments)
        which = f"{place + 1} of {len(moments)}" + ("" if self.cursor is not None else ", newest")
        how = [] if foreign else [f"{which}   sampled with the averaged weights (EMA) in few steps"]
        return [*how, which, ""]


@dataclass(frozen=True, eq=False)
class Strip:
    """Pictures with labels, and their tiles."""

    tiles: Tiles
    pictures: Pictures
    labels: Sequence[Row]
    places: Sequence[int]
    """The position of each column's moment."""


def _label(name: str, width: int, ink: Style, each: int) -> Row:
    """Return a label; a line joins the columns of one moment."""
    if each == 1:
        return [text(name, ink)]
    name += " " * bool(name)
    return [text(name, ink), text("─" * (width - len(name)), style(FAINT))]


def _shaped(tiles: Tiles, height: int, width: int) -> Tiles:
    """Return the tiles for pictures of this height and width; the longer side keeps its cells."""
    shrink = tiles.wide / max(height, width)
    high, wide = max(4, round(height * shrink)), max(2, round(width * shrink))
    return tiles._replace(high=high, wide=wide)


def spread(steps: Sequence[int], columns: int) -> list[int]:
    """Return at most ``columns`` positions in ascending ``steps``, with the first and the last.

    Between them steps grow by about the same factor: a network changes most at the beginning.
    """
    if len(steps) <= columns:
        return list(range(len(steps)))
    if columns == 1:
        return [len(steps) - 1]
    wanted = np.geomspace(steps[0] + 1, steps[-1] + 1, columns) - 1
    chosen = [int(np.argmin(np.abs(np.asarray(steps) - step))) for step in wanted]
    for index in range(1, columns):  # no moment twice, and enough moments after each
        chosen[index] = max(chosen[index], chosen[index - 1] + 1)
    for index in range(columns - 1, -1, -1):
        chosen[index] = min(chosen[index], len(steps) - columns + index)
    return chosen


def moment_text(moment: Moment) -> str:
    """Return the batch of a moment as text, in at most 14 cells."""
    return f"batch {moment.step:,}" if moment.step else "untrained"
