"""How a finished digit came about: x0_hat at several timesteps in small pictures."""

from collections.abc import Callable

import numpy as np

from ....core.array_types import Array
from ....core.names import SIDE
from ....core.pictures import to_pictures
from ....core.sampling.trajectory import Trajectory
from ...pixels.tiles import Tiles, half_tiles
from ...session.step_history import StepHistory
from ...theme import DIM, TEXT, style
from ...widgets.mosaic import Mosaic
from ...widgets.text_widget import Row, text
from ...widgets.time_axis import spread
from ...widgets.timeline import Timeline

History = Trajectory | StepHistory
Belief = Callable[[int], Array | None]
"""Returns the belief at the step of an index; None without a classifier."""

_SMALLEST = 14  # columns of a picture
_WISHED, _FEWEST = 6, 3  # pictures


def film_tiles(width: int, height: int) -> Tiles | None:
    """Return tiles for several pictures in this room, as large as they fit; None without room."""
    for number in (_WISHED, _FEWEST):
        for side in range(SIDE, _SMALLEST - 1, -2):
            columns, rows = (width + 1) // (side + 1), height // (side // 2 + 1)
            if columns * rows >= number:
                return half_tiles(columns, rows, side, 1, 1)
    return None


class RunFilm(Mosaic):
    """Shows x0_hat from noise to digit; a click on a picture moves the timeline's cursor there."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._timesteps: list[int] = []
        self._run: tuple[History, int, Belief, int] | None = None
        self._made_of: object = None

    def show_run(
        self,
        history: History,
        generation: int,
        belief: Belief,
        until: int = 0,
    ) -> None:
        """Show a run.

        Args:
            history: Its steps.
            generation: Another number for other steps of the same history.
            belief: Returns the belief at the step of an index.
            until: The timestep up to which steps are shown.
        """
        self._run = history, generation, belief, until
        self._fill()

    def on_resize(self) -> None:
        """Show as many pictures as there is room for now."""
        self._fill()

    def _fill(self) -> None:
        tiles = film_tiles(self.size.width, self.size.height)
        if tiles is None or self._run is None:
            return
        history, generation, belief, until = self._run
        wished = [history.index_at(t) for t in spread(tiles.capacity + 2)[1:-1] if t >= until]
        indices = [index for index in dict.fromkeys(wished) if index >= history.first]
        wanted = (tiles, history, generation, indices)
        if wanted == self._made_of:
            return
        self._made_of = wanted
        self.arrange_tiles(tiles)
        steps = [history.step(index) for index in indices]
        self._timesteps = [step.t for step in steps]
        pictures = [step.x0_hat[:1] for step in steps] or [np.zeros((0, SIDE, SIDE), np.float32)]
        labels = [_label(step.t, belief(i)) for step, i in zip(steps, indices, strict=True)]
        self.show(to_pictures(np.concatenate(pictures)), labels)

    def on_mosaic_picked(self, message: Mosaic.Picked) -> None:
        """Ask for the step of the picture that was clicked."""
        if message.index < len(self._timesteps):
            self.post_message(Timeline.Scrubbed(self._timesteps[message.index]))


def _label(t: int, belief: Array | None) -> Row:
    row = [text(f"t {t}", style(DIM))]
    if belief is not None:
        row.append(text(f"  {int(belief.argmax())}", style(TEXT, bold=True)))
    return row
