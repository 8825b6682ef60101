"""Small pictures of a sampling's steps, evenly spaced, each of them read once."""

import numpy as np

from ....core.array_types import Grey
from ....core.pictures import resized
from ...pixels.tiles import Tiles
from ...theme import DIM, style
from ...widgets.mosaic import Mosaic
from ...widgets.text_widget import text
from .step_source import StepSource, number_text


class Film:
    """Shows x0_hat of some steps of a sampling; x_t where there is no estimate."""

    def __init__(self, source: StepSource) -> None:
        self._source = source
        self._kept: dict[object, Grey] = {}
        """Pictures at the size of the tiles, by step and size."""
        self.indices: tuple[int, ...] = ()
        """The steps that are shown, from the first one on."""

    def show(self, mosaic: Mosaic, tiles: Tiles, first: int, last: int) -> None:
        """Show the steps from ``first`` to ``last``, as many as there are tiles."""
        number = min(tiles.columns * tiles.rows, last - first + 1)
        spacing = (last - first) / max(1, number - 1)
        self.indices = tuple(first + round(place * spacing) for place in range(number))
        kept = {}
        for index in self.indices:
            key = (index, self._source.facts[index], tiles.high, tiles.wide)
            kept[key] = self._kept[key] if key in self._kept else self._read(index, tiles)
        self._kept = kept
        pictures = list(kept.values())
        if not pictures or any(p.shape != pictures[0].shape for p in pictures):
            self.indices = ()  # pictures of other shapes follow in one sampling
            mosaic.show(np.zeros((0, tiles.high, tiles.wide), np.uint8))
            return
        facts = [self._source.facts[index] for index in self.indices]
        labels = [[text(f"t {number_text(fact.t)}", style(DIM))] for fact in facts]
        mosaic.show(np.stack(pictures), labels)

    def select(self, mosaic: Mosaic, index: int) -> None:
        """Mark the picture of the step nearest to ``index``."""
        places = range(len(self.indices))
        nearest = min(places, key=lambda i: abs(self.indices[i] - index), default=None)
        mosaic.select(nearest)

    def _read(self, index: int, tiles: Tiles) -> Grey:
        step = self._source.read(index)
        if step is None:  # its record is damaged
            return np.zeros((tiles.high, tiles.wide), np.uint8)
        picture = step.x_t if step.x0_hat is None else step.x0_hat
        return resized(picture[np.newaxis], tiles.high, tiles.wide)[0]
