"""The widgets of the run screen, and how they show a step."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from textual.geometry import Region
from textual.widget import Widget

from ....core.array_types import Array
from ....core.errors import printable
from ....core.names import SIDE, noun_of, own_name, shown_name
from ....core.phases import Phase
from ....core.pictures import to_picture
from ....core.sampling import SamplingSpec
from ....core.schedule import Schedule
from ....core.step import Step
from ...keys import State
from ...pixels.colours import Colours
from ...run_options import RunOptions
from ...session.moves import Moves
from ...session.session import Session
from ...session.wording import process_of
from ...text import DIGITS, for_noun, snr_text
from ...widgets.bars import Footer, PhaseLine, Title
from ...widgets.belief_strip import BeliefStrip
from ...widgets.canvas import Canvas
from ...widgets.digit_bars import DigitBars
from ...widgets.explain import Explain
from ...widgets.explain_texts import NOISE_FACTOR, noise_factor
from ...widgets.header import Header
from ...widgets.key_names import key_names
from ...widgets.maths import equation, only_ascii
from ...widgets.numbers_panel import NumbersLine, NumbersPanel
from ...widgets.plot import Plot
from ...widgets.quantities import BELIEF, MEANINGS, meanings_of
from ...widgets.timeline import Timeline
from ...widgets.verdict import VerdictPanel
from ...worker.messages import Frame
from ...worker.pipelines import Source
from ..base_screen import PlannedScreen
from .eps_picture import eps_meanings, eps_picture
from .label_pictures import Picture, band_of, label_pictures, told
from .outcome import NEXT_KEYS
from .run_film import RunFilm
from .run_numbers import DROP_FIRST, FIRST_OF_RUN, LINE_WIDTHS, RunNumbers, labelled
from .run_status import RunStatus

T = Phase.STATIC.high
ALPHA_BAR_T = Schedule().alpha_bar(T)
_NOISY = (MEANINGS["x_t"],)
_NOISE, _BEGUN = (MEANINGS["eps"],), ("the noise it began with", "the noise")
_BEGUN_WITH = ("what it began with", "the beginning")
_RATE_EVERY = 6  # frames between two changes of the measured numbers

if TYPE_CHECKING:
    from ....core.measure.phase_record import MeasuredPhases
    from ..training.loss_summary import LossSummary


class RunView:
    """Owns the widgets of the run screen and fills them."""

    def __init__(
        self,
        screen: PlannedScreen[None],
        options: RunOptions,
        belief: Callable[[int], Array | None],
    ) -> None:
        """Make the view; ``belief`` returns the belief in each class at the step of an index."""
        spec = options.spec
        self.numbers = RunNumbers(spec.total, "", T, ALPHA_BAR_T, spec.noise)
        self._screen = screen
        self._belief = belief
        self._schedule = Schedule()
        self._painted = False
        self._begins: Callable[[tuple[int, ...]], Array] | None = None
        """What is shown until the first step, as a function of an image's shape."""
        self._frames = 0
        self._moves = Moves()
        self.noun = noun_of(options.weights)
        """What a sample is called."""
        self._meanings = meanings_of(self.noun)
        self.shape: tuple[int, ...] | None = None if own_name(options.weights) else (SIDE, SIDE)
        """Of an image; None until it is known of a model of your own."""
        self.own_schedule: Schedule | None = None
        """That of a model of the user; None until it is known, and of digits."""
        self._classes: Sequence[str] = ()
        """Names of the classes of the weights in use."""
        self.belief_names: Sequence[str] = DIGITS if self.shape else ()
        """The classes that beliefs are about; empty without a classifier."""
        self.label_pictures = False
        """Whether the predictions with and without the label are shown in place of x_t and eps."""

    def widgets(self) -> Iterable[Widget]:
        """Make the widgets above the footer."""
        yield Header(id="header")
        yield Title("x_t", _NOISY, id="xt-title")
        yield Canvas(id="xt")
        yield Title("x0_hat", [self._meanings["x0_hat"]], id="x0-title")
        yield Canvas(id="x0")
        yield Title("eps", _NOISE, id="eps-title")
        yield Canvas(id="eps")
        keys = [key._replace(words=for_noun(key.words, self.noun)) for key in NEXT_KEYS]
        yield VerdictPanel(keys, id="verdict")
        yield RunFilm(id="film")
        yield DigitBars(BELIEF, id="belief")
        yield Plot("how far x0_hat moves", empty="no two steps yet", id="moved")
        yield NumbersPanel(drop_first=DROP_FIRST, group=FIRST_OF_RUN, id="readout")
        yield Plot("loss", empty="no loss is known", id="loss")
        yield Plot("alpha_bar", empty="", id="schedule")
        yield Explain(noun=self.noun, id="explain")
        yield Timeline(id="timeline")
        yield BeliefStrip(id="strip")
        yield PhaseLine(noun=self.noun, id="phase")
        yield NumbersLine(LINE_WIDTHS, id="line")

    def mounted(self) -> None:
        """Draw the schedule, which doesn't change."""
        curve = self._schedule.alpha_bars[::-10].tolist()
        self._screen.query_one("#schedule", Plot).show_values(
            curve, "t", first=T, last=0, limits=(0.0, 1.0), note="share of signal"
        )

    def resized(self, regions: Mapping[str, Region]) -> None:
        """Show the numbers in the line of the phase if no other widget in ``regions`` has them."""
        without = not {"readout", "line"} & regions.keys()
        self._screen.query_one("#phase", PhaseLine).include_numbers(without)

    def painted(self) -> None:
        """Show the noise, which would take a tenth of the time to the first frame."""
        self._painted = True
        self._show_start()

    def show_noise(self, session: Session, note: str) -> None:
        """Show only what the run begins with, for which no network is needed."""
        origin, seed = session.origin, session.seed
        t, alpha_bar = origin.t, self._schedule.alpha_bar(origin.t)
        self.numbers = RunNumbers(session.steps, pace_text(session), t, alpha_bar, session.noise)
        self._begins = lambda shape: origin.image(seed, shape, self.own_schedule)
        self._show_start()
        self._screen.query_one("#xt-title", Title).show("x_t", _NOISY)
        self._screen.query_one("#x0-title", Title).show("x0_hat", (self._meanings["x0_hat"],))
        self._screen.query_one("#x0", Canvas).show(None, note)
        self._screen.query_one("#eps", Canvas).show(None)
        self._show_belief(None)
        self._place(t, t, alpha_bar)
        self.show_numbers()

    def _show_start(self) -> None:
        if self._painted and self._begins is not None:
            if self.shape is None:
                self._screen.query_one("#xt", Canvas).show(None)
            else:
                self._canvas("xt", self._begins(self.shape))

    def show(self, step: Step, newest_t: int, session: Session) -> None:
        """Show ``step``, at the cursor of ``session``, whose run has reached ``newest_t``."""
        self._begins = None
        if self.label_pictures:
            self._show_pictures(label_pictures(step))
        else:
            self._show_process(step, session)
        if self._has_room("belief"):
            self._show_belief(self._belief(step.index))
        if self._has_room("moved"):
            self._show_moves(step, session)
        self._place(step.t, newest_t, step.alpha_bar)
        self.numbers = self.numbers._replace(
            steps=step.total,
            t=step.t,
            alpha_bar=step.alpha_bar,
            step=step.index,
            noise=session.noise,
            live=session.live,
            **told(step, self._classes, session.history),
        )
        self.show_numbers()

    def _has_room(self, name: str) -> bool:
        """Return whether a panel is on the screen, or will be at the next layout."""
        placed = bool(self._screen.query_one(f"#{name}").region.area)
        # the layout for a model of the user is chosen when it is loaded: perhaps just now
        screen = self._screen
        return placed or (self.noun != "digit" and name in screen.plan(*screen.size).regions)

    def _show_moves(self, step: Step, session: Session) -> None:
        """Show how far x0_hat moves at each step, and the part of its way that is done."""
        values = self._moves.of(session.history, session.generation)
        done, whole = step.index - session.history.first, sum(values)
        share = f"{sum(values[:done]) / whole:.0%} of its way" if whole else ""
        plot = self._screen.query_one("#moved", Plot)
        plot.show_values(values, "step", first=1, last=max(2, len(values)), note=share)
        if len(values) > 1:
            plot.mark(max(0, done - 1) / (len(values) - 1), share)

    def _show_process(self, step: Step, session: Session) -> None:
        """Show x_t, x0_hat and eps; at the end the noise of the beginning beside the digit."""
        first, expected = ("x_t", _NOISY), ("x0_hat", (self._meanings["x0_hat"],))
        images = step.x_t, step.x0_hat
        if step.t == 0:
            first = session.history.first
            begun = session.history.step(first) if session.history.has(first) else step
            images = begun.x_t, step.x_t
            words = _BEGUN if session.origin.given is None else _BEGUN_WITH
            first, expected = (f"x_{begun.t}", words), ("x_0", (self._meanings["x_0"],))
        self._canvas("xt", images[0][0])
        self._canvas("x0", images[1][0])
        self._screen.query_one("#xt-title", Title).show(*first)
        self._screen.query_one("#x0-title", Title).show(*expected)
        self._show_eps(step)
        if step.t == 0:
            film = self._screen.query_one("#film", RunFilm)
            film.show_run(session.history, session.generation, self._belief)

    def _show_eps(self, step: Step) -> None:
        canvas = self._screen.query_one("#eps", Canvas)
        title = self._screen.query_one("#eps-title", Title)
        terminal = getattr(self._screen.app, "terminal", None)
        colours = Colours.TRUECOLOR if terminal is None else terminal.pictures
        title.show("eps", eps_meanings(step.eps[0], colours))
        if step.t > 0:
            canvas.show(eps_picture(step.eps[0], colours))
        else:
            canvas.show(None, "nothing left to remove")

    def show_label_pictures(self, wanted: bool) -> None:
        """Show the predictions with and without the label from the next picture on, or not."""
        self.label_pictures = wanted
        self._screen.query_one("#x0-title", Title).show("x0_hat", (self._meanings["x0_hat"],))

    def _show_pictures(self, pictures: Iterable[Picture]) -> None:
        for name, picture in zip(("x0", "xt", "eps"), pictures, strict=True):
            self._screen.query_one(f"#{name}-title", Title).show(picture.name, picture.meanings)
            image = None if picture.image is None else to_picture(picture.image)
            self._screen.query_one(f"#{name}", Canvas).show(image, picture.note)

    def explain(self, step: Step, sampler: str) -> None:
        """Show the explanation of ``step``, where there is room for it."""
        self._screen.query_one("#explain", Explain).show(step, sampler)

    def measure(self, frame: Frame, at_once: bool) -> None:
        """Show the speed, a few times a second or ``at_once``."""
        self._frames += 1
        step, rate = frame.steps[0], frame.rate
        due = at_once or self._frames % _RATE_EVERY == 0 or self.numbers.rate is None
        if step is not None and due:
            self.set_rate(rate, (step.total - step.index) / rate if rate else None)

    def set_rate(self, rate: float | None, left: float | None) -> None:
        """Show steps per second, and the seconds that are left."""
        self.numbers = self.numbers._replace(rate=rate, left=left)
        self.show_numbers()

    def show_pace(self, session: Session) -> None:
        """Show the pace that the user has chosen."""
        self.numbers = self.numbers._replace(speed=pace_text(session))
        self.show_numbers()

    def set_noise(self, noise: float | None) -> None:
        """Show the scale of the injected noise; None where none is injected."""
        self.numbers = self.numbers._replace(noise=noise)
        self.show_numbers()

    def show_numbers(self) -> None:
        """Show the numbers where there is room for them."""
        panel = self._screen.query_one("#readout", NumbersPanel)
        pairs = labelled(self.numbers, only_ascii(panel))
        panel.show(pairs)
        self._screen.query_one("#line", NumbersLine).show(pairs)

    def show_status(
        self,
        session: Session,
        status: RunStatus,
        source: Source | None,
        note: str,
        hidden: Collection[str],
    ) -> None:
        """Show the header, the message and the footer.

        Args:
            session: The current session.
            status: The state and its message.
            source: The weights, once they are loaded.
            note: Text to show after the seed.
            hidden: Actions without an effect now.
        """
        self._screen.query_one("#footer", Footer).show(status.shown, hidden)
        self._classes = () if source is None else source.classes
        self._screen.query_one("#timeline", Timeline).set_band(band_of(session.spec))
        header = self._screen.query_one("#header", Header)
        titles = [title + session.origin.note + note for title in session.titles]
        weights = printable(shown_name(session.weights))
        header.show(
            titles, weights, *process_of(session.spec, session.history, session.newest()), source
        )
        header.place(None if session.live else self.numbers.t, status.shown)
        self.show_message(session, status)

    def show_message(self, session: Session, status: RunStatus) -> None:
        """Show the notice, the message, or the phase of the step."""
        phase_line = self._screen.query_one("#phase", PhaseLine)
        n, step = self.numbers, session.step()
        if status.notice:
            phase_line.show_message(status.notice)
        elif session.live and status.message:
            phase_line.show_message(status.message, error=status.sampling is State.FAILED)
        elif step is None:
            begin = "" if session.playing else "; paused: space plays"
            times = "once" if session.steps == 1 else f"{session.steps} times"
            what = "a network removes a little of this noise, {}, until a {} is left"
            phase_line.show_message(what.format(times, self.noun) + begin)
        elif status.shown is State.PAUSED:
            words = f"paused at t {n.t}: space plays, → one step, ← back"
            phase_line.show_message(key_names(words, phase_line))
        else:
            snr = snr_text(n.alpha_bar)
            phase = step.phase if step.t > 0 else Phase.REFINEMENT
            numbers = [f"t {n.t:>4}   SNR {snr:>8}", f"t {n.t:>4}"]
            phase_line.show_phase(phase, numbers, session.spec.sampler)

    def show_phases(self, phases: "MeasuredPhases | None", spec: SamplingSpec) -> None:
        """Mark the measured boundaries on the timeline; say so if ``spec`` is another process."""
        timeline = self._screen.query_one("#timeline", Timeline)
        if phases is None:
            timeline.set_measured(())
            return
        bounds = [b.t.value for b in phases.boundaries if "|" in b.name]
        process = f"{phases.sampler} {phases.steps}"
        same = (phases.sampler, phases.steps) == (spec.sampler, spec.total)
        notes = ("measured",) if same else (f"measured with {process}", f"with {process}", process)
        timeline.set_measured([t for t in bounds if np.isfinite(t)], notes)

    def show_losses(self, values: Sequence[float]) -> None:
        """Show the training loss of each epoch."""
        self._screen.query_one("#loss", Plot).show_values(values, "epoch")

    def show_loss_summary(self, losses: "LossSummary") -> None:
        """Show the losses of a training in progress."""
        self._screen.query_one("#loss", Plot).show_values(
            losses.losses, "epoch", first=losses.first, last=losses.last, note=losses.note
        )

    def _canvas(self, name: str, image: np.ndarray) -> None:
        canvas = self._screen.query_one(f"#{name}", Canvas)
        canvas.show(to_picture(image))

    def _place(self, t: int, newest_t: int, alpha_bar: float) -> None:
        self._screen.query_one("#timeline", Timeline).show(t, newest_t)
        schedule = self._screen.query_one("#schedule", Plot)
        snr, factor = f"SNR {snr_text(alpha_bar)}", equation(NOISE_FACTOR, schedule)
        schedule.mark(1 - t / T, f"{snr:>12}  {factor} {noise_factor(alpha_bar):.3f}")

    def _show_belief(self, probabilities: np.ndarray | None) -> None:
        bars = self._screen.query_one("#belief", DigitBars)
        bars.show_belief(probabilities, self.belief_names, " " * 4)


def pace_text(session: Session) -> str:
    """Return the pace of ``session`` for the panel of numbers."""
    return session.pacing.of(session.steps).short + ", uneven" * session.pacing.uneven
