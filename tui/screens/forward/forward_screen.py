"""The forward screen: a digit with the noise of any timestep, and the reverse process."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress

import numpy as np
from textual.events import Resize
from textual.widget import Widget

from ....core.errors import DiffvizError
from ....core.names import SIDE, noun_of
from ....core.noise import NoiseStream
from ....core.phases import Phase, phase_at
from ....core.pictures import from_grey, to_grey, to_pictures
from ....core.schedule import Schedule
from ...keys import State
from ...session.session import Session
from ...text import snr_text, with_article
from ...theme import ACCENT, DIM, PHASE_COLOURS, TEXT, style
from ...widgets.bars import Footer
from ...widgets.maths import equation
from ...widgets.mosaic import Mosaic
from ...widgets.split_line import SplitLine
from ...widgets.text_widget import text
from ...widgets.timeline import Timeline
from ...worker.pipelines import Source
from ..base_screen import PlannedScreen, small_mode
from .forward_keys import FORWARD_KEYS
from .forward_layout import ForwardPlan, plan_forward
from .pictures import (
    Picture,
    expected_picture,
    label,
    nearest_picture,
    nearest_wordings,
    reverse_picture,
)
from .training_images import Nearest, TrainingImages, load_training_images, nearest_to

_T = Phase.STATIC.high
_PULLS_PER_S = 15
_WAY_S = 8.0  # time in which the whole way to the noise is played
_SETTLED_S = 0.2  # time after the last move of the cursor before the nearest image is searched
_EQUATION = "x_t = √ᾱ·x_0 + √(1−ᾱ)·ε"


class ForwardScreen(PlannedScreen[None]):
    """Shows the run screen's session at any timestep while it continues sampling."""

    KEYS = FORWARD_KEYS

    def __init__(
        self,
        session: Session,
        load: Callable[[], TrainingImages | None] | None = load_training_images,
        source: Source | None = None,
    ) -> None:
        """Show ``session``.

        ``load`` returns real digits to begin with; None: there are none. ``source`` is a model of
        the user, whose schedule and shape count.
        """
        super().__init__()
        self.session = session
        self._shape = (SIDE, SIDE) if source is None else source.shape
        step = session.step()
        self.t = step.t if step is not None and step.t > 0 else (Phase.BLOB.high)
        """The timestep under the cursor."""
        self.training: TrainingImages | None = None
        """Real digits; None before they are loaded, or if there are none."""
        self._load = load
        self._loaded = False
        self._image = session.seed
        self._nearest: Nearest | None = None
        self._nearest_of: object = None
        self._schedule = Schedule() if source is None else source.schedule
        self._plan = ForwardPlan({})
        self._shown: object = None
        self._played: float | None = None
        """The timestep reached while playing; None while paused."""

    def widgets(self) -> Iterable[Widget]:
        """Make the widgets above the footer."""
        yield SplitLine(id="header")
        yield Mosaic(id="pictures")
        yield Mosaic(id="side")
        yield Timeline(id="timeline")
        yield SplitLine(id="equation")
        yield SplitLine(id="numbers")
        yield SplitLine(id="nearest")
        yield Mosaic(id="strip")

    @property
    def noun(self) -> str:
        """What a sample is called."""
        return noun_of(self.session.weights)

    def plan(self, width: int, height: int) -> ForwardPlan:
        """Return the plan for a terminal of this size."""
        return plan_forward(width, height, self.training is not None, small_mode(self.app))

    def on_mount(self) -> None:
        """Show the pictures, and load real digits."""
        self._show_keys()
        self.set_interval(1 / _PULLS_PER_S, self.pull)
        self.run_worker(self._fetch(), exit_on_error=False)

    def on_resize(self, event: Resize) -> None:
        """Choose the tiles for this size."""
        self._fit()

    def on_timeline_scrubbed(self, message: Timeline.Scrubbed) -> None:
        """Move the cursor to the timestep under the mouse."""
        self._seek_t(message.t)

    def on_mosaic_picked(self, message: Mosaic.Picked) -> None:
        """Go to the timestep of a picture of the strip that was clicked."""
        strip = self.query_one("#strip", Mosaic)
        if message.control is strip and self._plan.times:
            self._seek_t(self._plan.times[message.index % len(self._plan.times)])

    def pull(self) -> None:
        """Go on towards the noise while playing, and show the pictures."""
        if self._played is not None and self.is_current:
            self._played = min(float(_T), self._played + _T / _WAY_S / _PULLS_PER_S)
            self.t = round(self._played)
            if self.t == _T:
                self._pause()
        self.refresh_pictures()

    def _pause(self) -> None:
        self._played = None
        self._show_keys()

    # Actions of keys.

    def action_play(self) -> None:
        """Play from the digit, or from the cursor, to the noise; or pause."""
        if self._played is not None:
            self._pause()
            return
        self._played = 0.0 if self.t == _T else float(self.t)
        self._show_keys()

    def action_move(self, by: int) -> None:
        """Move the cursor by some timesteps, towards the digit or the noise."""
        self._seek_t(self.t - by)

    def action_seek(self, t: int) -> None:
        """Move the cursor to timestep ``t``."""
        self._seek_t(t)

    def action_phase(self, number: int) -> None:
        """Show the timestep where a phase (1 to 4) begins."""
        self.action_seek(list(Phase)[number - 1].high)

    def action_next_image(self) -> None:
        """Show another real digit."""
        self._image += 1
        self._shown = None
        self.refresh_pictures()

    # Drawing.

    def refresh_pictures(self) -> None:
        """Show the pictures at the cursor, if they aren't on the screen already."""
        session = self.session
        newest = session.newest()
        seen = (self.t, self._image, session.generation, newest and newest.t, self._nearest)
        if seen == self._shown:
            return
        self._shown = seen
        self._show(newest is not None and newest.t == 0)

    def _fit(self) -> None:
        self._plan = self.plan(*self.app.size)
        self.query_one("#pictures", Mosaic).arrange_tiles(self._plan.tiles)
        self.query_one("#side", Mosaic).arrange_tiles(self._plan.side)
        self.query_one("#strip", Mosaic).arrange_tiles(self._plan.strip)
        self.rearrange()
        self._shown = None
        self.refresh_pictures()

    def _show_keys(self) -> None:
        without = {"next_image"} if self.training is None else ()
        state = State.PAUSED if self._played is None else State.PLAYING
        self.query_one("#footer", Footer).show(state, without)

    def _seek_t(self, t: int) -> None:
        self.t = min(_T, max(0, t))
        self._pause()
        self.refresh_pictures()

    def _given_image(self) -> np.ndarray | None:
        """Return the picture that a model of the user begins with; None where there is none."""
        given = self.session.origin.given
        return None if given is None or given.picture is None else given.fitted(self._shape)

    def _original(self, finished: bool) -> tuple[np.ndarray, list[str]]:
        """Return x_0 ``[28, 28]`` and its description, longest wording first."""
        if self.training is not None:
            index = self._image % len(self.training.images)
            label = int(self.training.labels[index])
            name = self.training.name
            wordings = [f"{name} image {index}, {with_article(label)}", f"{name} {index}", name]
            return from_grey(self.training.images[index]), wordings
        given = self._given_image()
        if given is not None:
            return given, ["your picture", "yours"]
        newest = self.session.newest()
        if newest is None:
            return np.full(self._shape, -1.0, np.float32), ["not there yet", "none"]
        if finished:
            return newest.x_t[0], [f"the finished {self.noun}", f"the {self.noun}"]
        return newest.x0_hat[0], ["expected so far (x0_hat)", "expected"]

    def _show(self, finished: bool) -> None:
        tiles = self._plan.tiles
        if tiles is None:
            return
        x_0, what = self._original(finished)
        # The same noise as at the start of this seed's reverse process.
        session, width = self.session, tiles.tile_width
        eps = NoiseStream(session.seed, shape=self._shape).draw(0)
        forward = self._schedule.add_noise(x_0, eps, self.t)
        history, newest = session.history, session.newest()
        step = history.step(history.index_at(self.t)) if newest is not None else None
        pictures = [
            (x_0, label("x_0", what, width)),
            (forward, label("x_t", ["forward, q(x_t | x_0)", "forward"], width)),
            reverse_picture(step, self.t, eps, width),
        ]
        if tiles.columns == 2:
            pictures = pictures[1:]  # x_0 is on the right
        self._put("#pictures", pictures)
        if self._plan.side is not None:
            width = self._plan.side.tile_width
            pictures = [(x_0, label("x_0", what, width))] if tiles.columns == 2 else []
            if self.training is not None:
                pictures.append(expected_picture(step, width))
                pictures.append(nearest_picture(self._nearest, self.training, width))
            self._put("#side", pictures[: self._plan.side.capacity])
        self._show_strip(x_0, eps)
        self.query_one("#timeline", Timeline).show(self.t, newest.t if newest is not None else _T)
        self._show_text(what)
        if step is not None and self.training is not None:
            key = (self.t, session.generation, step.t)
            self._find_nearest(key, to_grey(step.x0_hat[0]), self.training)

    def _show_strip(self, x_0: np.ndarray, eps: np.ndarray) -> None:
        """Show both processes at several timesteps, where there is room."""
        strip, times = self._plan.strip, self._plan.times
        if strip is None:
            return
        width = strip.tile_width
        made = [
            (self._schedule.add_noise(x_0, eps, t), label(f"t {t}", ["forward", ""], width))
            for t in times
        ]
        history, newest = self.session.history, self.session.newest()
        for t in times if strip.rows > 1 else ():
            step = history.step(history.index_at(t)) if newest is not None else None
            seen = step is not None and newest is not None and newest.t <= t
            image = step.x_t[0] if seen and step is not None else np.full_like(x_0, -1.0)
            made.append((image, label(f"t {t}", ["reverse", ""], width)))
        self._put("#strip", made)
        mark = min(range(len(times)), key=lambda place: abs(times[place] - self.t))
        self.query_one("#strip", Mosaic).select(mark)

    def _put(self, where: str, pictures: list[Picture]) -> None:
        images = to_pictures(np.stack([picture for picture, _ in pictures]))
        self.query_one(where, Mosaic).show(images, [label for _, label in pictures])

    def _show_text(self, what: list[str]) -> None:
        name = text("diffviz", style(ACCENT, bold=True))
        seed, spec = self.session.title, self.session.spec
        process, noise = spec.describe(), spec.describe_noise()
        full = f"x_0: {what[0]}   reverse: {seed}, {process}"
        self.query_one("#header", SplitLine).show(
            [
                [name, text("   forward process beside the reverse one", style(TEXT))],
                [name, text("   forward and reverse", style(TEXT))],
                [text("forward and reverse", style(TEXT))],
            ],
            [full, f"reverse: {seed}, {process}", f"reverse: {process}", process],
            (full, process, noise),
            noise,
        )
        alpha_bar = self._schedule.alpha_bar(self.t)
        signal, noise = alpha_bar**0.5, (1.0 - alpha_bar) ** 0.5
        phase = phase_at(self.t)
        here = [
            text("● ", style(PHASE_COLOURS[phase])),
            text(f"t {self.t:>4}   ", style(TEXT, bold=True)),
        ]
        line = self.query_one("#equation", SplitLine)
        alpha_bar_name, eps = equation("ᾱ", line), equation("ε", line)
        formula = equation(_EQUATION, line)
        meaning = f"{eps}: the noise that the reverse process begins with"
        line.show(
            [
                [text(words, style(TEXT, bold=True))]
                for words in (formula, formula.replace(" ", ""))
            ],
            [
                f"{alpha_bar_name}: alpha_bar, {meaning}",
                meaning,
                f"{eps}: the reverse process begins with it",
                f"{eps}: noise",
            ],
        )
        sums = text(f"x_t = {signal:.3f} x_0 + {noise:.3f} {eps}", style(TEXT))
        snr = snr_text(alpha_bar)
        self.query_one("#numbers", SplitLine).show([[*here, sums]], [f"SNR {snr:>9}"])
        wordings = nearest_wordings(self._loaded, self.training, self._nearest)
        if self._load is None:
            whose = "your" if self._given_image() is not None else "the generated"
            wordings = [f"x_0 is {whose} {self.noun}"]
        nearest = [[text(line, style(DIM))] for line in wordings]
        self.query_one("#nearest", SplitLine).show(nearest, [""])

    # The data set, in other threads.

    async def _fetch(self) -> None:
        training = None  # without real digits the generated one is shown
        with suppress(DiffvizError, OSError):
            training = None if self._load is None else await asyncio.to_thread(self._load)
        self._loaded, self.training = True, training
        self._show_keys()
        self._fit()

    def _find_nearest(self, key: object, picture: np.ndarray, training: TrainingImages) -> None:
        """Find the training image nearest to ``picture`` when the cursor stops moving."""
        if key == self._nearest_of:
            return
        self._nearest, self._nearest_of = None, key

        async def find() -> None:
            found = await asyncio.to_thread(nearest_to, picture, training)
            if key == self._nearest_of:
                self._nearest = found
                self.refresh_pictures()

        def begin() -> None:
            if key == self._nearest_of:
                self.run_worker(find(), group="nearest", exit_on_error=False)

        self.set_timer(_SETTLED_S, begin)
