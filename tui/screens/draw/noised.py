"""x_t of the drawing beside the canvas: at the chosen timestep, and at others in a strip."""

import numpy as np
from textual.screen import Screen

from ....core.array_types import Grey
from ....core.names import SEEDS
from ....core.noise import NoiseStream
from ....core.pictures import from_grey, to_grey, to_pictures
from ....core.schedule import Schedule
from ...terminal.link import frame_due
from ...theme import DIM, style
from ...widgets.bars import Title
from ...widgets.canvas import Canvas
from ...widgets.mosaic import Mosaic
from ...widgets.text_widget import text
from ...widgets.time_axis import spread
from .stage_layout import StagePlan


class Noised:
    """Fills the second picture and the strip of the canvas."""

    def __init__(self, screen: Screen[None]) -> None:
        self._screen = screen
        self._plan = StagePlan({})
        self._shown: tuple[object, object] = (None, None)

    @property
    def timesteps(self) -> tuple[int, ...]:
        """The timesteps of the strip's pictures."""
        return spread(self._plan.strip.columns) if self._plan.strip is not None else ()

    def arrange(self, plan: StagePlan) -> None:
        """Use the room of ``plan`` from now on."""
        self._plan = plan
        self._screen.query_one("#strip", Mosaic).arrange_tiles(plan.strip)

    def show(self, image: Grey, t: int, seed: int) -> None:
        """Show ``image`` ``[28, 28]`` with the noise of ``seed``: what a way back begins with.

        Much of the screen is different after each stroke, so a slow link gets it less often.
        """
        wanted = (t, seed, self._plan)
        shown = image is self._shown[0] and wanted == self._shown[1]
        if shown or not frame_due(self._screen.app):
            return
        self._shown = image, wanted
        x_0, schedule, noise = from_grey(image), Schedule(), NoiseStream(seed % SEEDS).draw(0)
        if "second" in self._plan.regions:
            begins = ["what a way back begins with", "a way back begins here", "begins here"]
            wordings = [f"t = {t}: {begins[0]}", *(f"t = {t}, {words}" for words in begins[1:])]
            self._screen.query_one("#second-title", Title).show("x_t", [*wordings, f"t = {t}"])
            x_t = schedule.add_noise(x_0, noise, t)
            self._screen.query_one("#second", Canvas).show(to_grey(x_t))
        times = self.timesteps
        if times:
            strip = self._screen.query_one("#strip", Mosaic)
            pictures = np.stack([schedule.add_noise(x_0, noise, time) for time in times])
            strip.show(to_pictures(pictures), [[text(f"t {t}", style(DIM))] for t in times])
            strip.select(min(range(len(times)), key=lambda place: abs(times[place] - t)))
