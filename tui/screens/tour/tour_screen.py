"""The tour: stations with pictures that are sampled for them, and questions to guess at."""

from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np
from textual.events import Resize
from textual.geometry import Region
from textual.widget import Widget

from ....core.array_types import Array
from ....core.measure.phase_record import MeasuredPhases
from ....core.names import NUM_TIMESTEPS, SIDE
from ....core.noise import BatchNoise, NoiseStream
from ....core.phases import phase_at
from ....core.pictures import to_pictures
from ....core.sampling import beginning
from ....core.sampling.trajectory import Trajectory
from ....core.schedule import Schedule
from ....core.step import Step
from ...keys import State
from ...terminal.link import frame_due
from ...text import percent
from ...theme import ACCENT, DIM, TEXT, style
from ...widgets.bars import Footer
from ...widgets.digit_bars import DigitBars
from ...widgets.mosaic import Mosaic
from ...widgets.quantities import BELIEF
from ...widgets.split_line import SplitLine
from ...widgets.text_widget import Row, text
from ...widgets.timeline import Timeline
from ...worker import events
from ...worker.bridge import Bridge
from ...worker.jobs import Job
from ...worker.live_classifier import LiveClassifier
from ...worker.messages import SamplingMessage
from ..base_screen import PlannedScreen, small_mode
from ..jobs.mosaic_layout import MosaicPlan
from ..run.run_film import RunFilm
from .facts import Known, digit_of, fact, measured_phases
from .guide import Guide
from .scenes import SEEDS_SHOWN, Scene, job_of
from .stations import STATIONS
from .tour_keys import TOUR_KEYS
from .tour_layout import plan_tour
from .tour_text import TourText

_PULLS_PER_S = 15
_FORWARD = (100, 400, 600, 1000)


class TourScreen(PlannedScreen[None]):
    """Shows the beat at which the guide is; dismissed by leaving the app."""

    KEYS = TOUR_KEYS

    def __init__(
        self, bridge: Bridge, classifier: LiveClassifier, station: int = 1, large: bool = False
    ) -> None:
        super().__init__()
        self.guide = Guide(station)
        self.bridge = bridge
        self.classifier = classifier
        self.large = large
        """Whether only picture, phase and timestep are shown."""
        self.state = State.LOADING
        self._scene: Scene | None = None
        self._before: Trajectory | None = None
        self._seed = 0
        self._t: int | None = None
        self._cursor = 0.0
        """The timestep up to which the pictures are shown."""
        self._finished: Array | None = None
        self._images: Array = np.zeros((0, SIDE, SIDE), np.float32)
        self._names: list[str] = []
        self._chains: Sequence[Trajectory] = ()
        """The chains whose pictures are shown."""
        self._regions: dict[str, Region] = {}

    def widgets(self) -> Iterable[Widget]:
        """Make the widgets above the footer."""
        yield SplitLine(id="header")
        yield Mosaic(id="pictures")
        yield DigitBars(BELIEF, id="belief")
        yield RunFilm(id="film")
        yield Timeline(id="timeline")
        yield TourText(self.guide, id="said")

    def plan(self, width: int, height: int) -> MosaicPlan:
        """Return the plan for a terminal of this size."""
        count, run = max(1, self._count), self._scene is not None and self._scene.kind == "run"
        return plan_tour(width, height, count, self.large, small_mode(self.app), run)

    def on_mount(self) -> None:
        """Show the first beat; load the weights after the first frame."""
        self.call_after_refresh(self.bridge.driver.open)
        self.set_interval(1 / _PULLS_PER_S, self.pull)
        self.enter_beat()

    def on_unmount(self) -> None:
        """End the sampling."""
        self.bridge.driver.close()

    def on_resize(self, event: Resize) -> None:
        """Fit the pictures to the terminal."""
        self.draw()

    # The beats.

    def enter_beat(self) -> None:
        """Start the pictures of the beat, or let them play on."""
        beat = self.guide.beat
        if beat.scene is not None:
            self._start(beat.scene)
        elif self.guide.beat_place == 0:
            self._show_noise()
        elif beat.until and self._before is not None and beat.until > (self._t or 0):
            self._look_back(beat.until, self._before)
        elif beat.until is not None and self._scene is not None:
            self.state = State.PLAYING
        self.show_beat()

    def _start(self, scene: Scene) -> None:
        if scene.kind in ("branch", "forward", "u-turn") and self._before is None:
            self.guide.go(self.guide.place + 1)  # its run has to be seen first
            scene = self.guide.beat.scene or scene
        self._scene, self._finished, self._t = scene, None, None
        self._chains = ()
        self._cursor = float(scene.begins)
        job = job_of(scene, self._before, self._seed)
        if job is None:
            self._show_forward()
            return
        if scene.kind == "run":
            self._seed, self._before = scene.seed, None
        self._images = self._first_images(job)
        self.bridge.start(job, self.post_message)
        self._names = [lane.label for lane in job.lanes] if len(job.lanes) > 1 else []
        self.state = State.PLAYING

    def _first_images(self, job: Job) -> Array:
        """Return what the lanes of ``job`` begin with, for which no network is needed."""
        first = [
            beginning(BatchNoise(lane.streams), lane.given) if lane.start is None else lane.start[1]
            for lane in job.lanes
        ]
        if self._scene is not None and self._scene.kind == "run" and not self.large:
            first.append(np.full_like(first[0], -1.0))  # nothing is expected yet
        return np.concatenate(first)

    def _look_back(self, t: int, run: Trajectory) -> None:
        """Show the run as it was at timestep ``t``."""
        step = run.step(run.index_at(t))
        self._chains = (run,)
        self._scene, self._finished, self._t = Scene("run", seed=self._seed), None, step.t
        shown = [step.x0_hat] if self.large else [step.x_t, step.x0_hat]
        self._images, self._names, self.state = np.concatenate(shown), [], State.PAUSED

    def _show_noise(self) -> None:
        """Show the noises that the next pictures come from."""
        self.bridge.forget()
        self._chains = ()
        self._scene, self._finished, self._t = None, None, NUM_TIMESTEPS
        self.state = State.DONE
        scenes = [beat.scene for beat in self.guide.station.beats if beat.scene is not None]
        one = bool(scenes) and scenes[0].kind in ("race", "compare")
        seeds = [scenes[0].seed] if one else range(SEEDS_SHOWN)
        self._names = [f"seed {seed}" for seed in seeds]
        self._images = BatchNoise.from_seeds(seeds).draw(0)

    def _show_forward(self) -> None:
        """Show the digit of the run with more and more noise."""
        assert self._before is not None
        x_0, schedule = self._before.step(self._before.last).x_t, Schedule()
        noise = NoiseStream(self._seed).draw(0)[None]
        self._images = np.concatenate([schedule.add_noise(x_0, noise, t) for t in _FORWARD])
        self._names = [f"t {t}" for t in _FORWARD]
        self._finished, self._t, self.state = None, None, State.DONE

    def show_beat(self) -> None:
        """Show what is said, and draw."""
        self._resolve()
        playing = self.state in (State.PLAYING, State.LOADING)
        self.query_one("#said", TourText).show(playing)
        waiting = self.guide.question is not None and not playing
        nothing = {"next"} if waiting or self.guide.over else set[str]()
        if self.guide.place + 1 == len(STATIONS):
            nothing.add("station(1)")
        self.query_one("#footer", Footer).show(self.state, nothing)
        self.draw()

    def _resolve(self) -> None:
        """Take in the answer of the last question, once it is on the screen."""
        guide = self.guide
        last = guide.beat_place == len(guide.station.beats) - 1
        if guide.asked is None or (guide.asked is guide.beat.ask and not last):
            return
        if self.state not in (State.DONE, State.PAUSED):
            return
        kind = "" if self._scene is None else self._scene.kind
        known = Known(self.classifier, self._finished, kind, self._before, self._measured)
        right = fact(guide.asked.fact, known)
        if right is not None:
            guide.resolve(right)

    @cached_property
    def _measured(self) -> MeasuredPhases | None:
        return measured_phases()

    # What the worker reports.

    def on_sampling_message(self, message: SamplingMessage) -> None:
        """Leave after a failure."""
        if isinstance(message.event, events.SamplingFailed):
            self.app.exit(message.event.text_with_way_out, return_code=1)

    def pull(self) -> None:
        """Show the pictures a little later in time, up to where the beat ends.

        The network is faster than the pictures: they are those that were sampled so far.
        """
        if self._scene is None or self.state is not State.PLAYING or not frame_due(self.app):
            return
        chains = [kept.trajectory for kept in self.bridge.kept]
        if any(len(chain) == 0 for chain in chains):
            return
        sampled = max(chain.step(chain.last).t for chain in chains)
        goal = self.guide.beat.until or 0
        wanted = self._cursor - NUM_TIMESTEPS / self._scene.seconds / _PULLS_PER_S
        self._cursor = max(float(goal), float(sampled), wanted)
        x0_hat, self._t = self._show_steps(chains, goal)
        if self._t > goal:
            self.draw()
            return
        self.state = State.PAUSED if goal else State.DONE
        if not goal:
            self._finished = x0_hat
            if self._scene.kind == "run":
                self._before = chains[0]
        self.show_beat()

    def _show_steps(self, chains: Sequence[Trajectory], goal: int) -> tuple[Array, int]:
        """Take the pictures at the cursor; return x0_hat of all chains and the timestep."""
        self._chains = chains
        steps = [step_at(chain, self._cursor, goal) for chain in chains]
        x0_hat = np.concatenate([step.x0_hat for step in steps])
        run = self._scene is not None and self._scene.kind == "run" and not self.large
        self._images = np.concatenate([steps[0].x_t, x0_hat]) if run else x0_hat
        return x0_hat, max(step.t for step in steps)

    def on_timeline_scrubbed(self, message: Timeline.Scrubbed) -> None:
        """Show pictures that wait at the timestep under the mouse, up to where they have come."""
        if self._chains and self.state is not State.PLAYING:
            t = max(self.guide.beat.until or 0, message.t)
            self._cursor = float(t)
            self._t = self._show_steps(self._chains, t)[1]
            self.draw()

    # Drawing.

    @property
    def _count(self) -> int:
        return len(self._images)

    def draw(self) -> None:
        """Show the pictures with their labels, and the header."""
        self._show_header()
        if not self._count:
            return
        plan = self.plan(*self.app.size)
        pictures = self.query_one("#pictures", Mosaic)
        if (plan.tiles, plan.regions) != (pictures.tiles, self._regions):
            self._regions = plan.regions
            pictures.arrange_tiles(plan.tiles)
            self.rearrange()
        if "belief" in plan.regions:
            self._show_belief()
        self.query_one("#timeline", Timeline).show(NUM_TIMESTEPS if self._t is None else self._t)
        pictures.show(to_pictures(self._images), [self._label(i) for i in range(self._count)])

    def _show_belief(self) -> None:
        """Show the belief in the digit of the run, and how it came about so far."""
        found = None if self._t is None else self.classifier.probabilities(self._images[-1:])
        self.query_one("#belief", DigitBars).show_belief(None if found is None else found[0])
        if self._chains:
            chain, newest = self._chains[0], NUM_TIMESTEPS if self._t is None else self._t
            self.query_one("#film", RunFilm).show_run(
                chain, 0, lambda i: self._belief_at(chain.step(i).x0_hat), newest
            )

    def _belief_at(self, image: Array) -> Array | None:
        found = self.classifier.probabilities(image)
        return None if found is None else found[0]

    def _label(self, index: int) -> Row:
        scene = self._scene
        name = self._names[index] if self._names else self._plain_name(index)
        if scene is None or scene.kind == "forward" or self._t is None:
            return [text(name, style(DIM))]
        if name == "x_t":
            return [text("x_t" if self._t else "x_0", style(DIM))]
        belief = self.classifier.probabilities(self._images[index : index + 1])
        row = [text(f"{name}  ", style(DIM))]
        if belief is not None:
            digit = int(belief[0].argmax())
            share = f" {percent(float(belief[0][digit])).strip()}"
            row.append(text(f"{digit}", style(TEXT, bold=True)))
            tiles = self.query_one("#pictures", Mosaic).tiles
            if tiles is None or len(f"{name}  {digit}{share}") <= tiles.tile_width:
                row.append(text(share, style(DIM)))
        return row

    def _plain_name(self, index: int) -> str:
        """Return the name of a picture where the lanes have none."""
        kind = "" if self._scene is None else self._scene.kind
        if kind == "seeds":
            return f"seed {index}"
        if kind != "run":
            return f"#{index + 1}"
        return "x_t" if index == 0 and not self.large else "x0_hat"

    def _show_header(self) -> None:
        guide, t = self.guide, self._t
        place = f"tour, {guide.place + 1} of {len(STATIONS)}"
        title = [text(f"{place}: {guide.station.title}")]
        name = [text("diffviz", style(ACCENT, bold=True)), text("   "), *title]
        here = "loading the network" if t is None else f"t {t}   {phase_at(t).label}"
        here = "" if t is None and self.state is State.DONE else here
        origin = self._origin()
        rights = [f"{origin}   {here}", here] if origin else [here]
        self.query_one("#header", SplitLine).show([name, title, [text(place)]], rights, rights)

    def _origin(self) -> str:
        """Name the digit of the run that these pictures come from; empty if there is none."""
        kind = "" if self._scene is None else self._scene.kind
        back = self.state is State.PAUSED and kind == "run"
        if self.large or self._before is None or not (back or kind in ("branch", "u-turn")):
            return ""
        digit = digit_of(self._before, self.classifier)
        name = "before" if kind == "u-turn" else "parent"
        return "" if digit is None else f"{name}: {digit}"

    # Actions of keys.

    def action_next(self) -> None:
        """Go on; while the pictures play, to where they wait."""
        if self.state is State.PLAYING:
            self._cursor = 0.0
            return
        if self.state is State.LOADING or self.guide.question is not None:
            return
        place = self.guide.place, self.guide.beat_place
        self.guide.next()
        if place != (self.guide.place, self.guide.beat_place):
            self.enter_beat()
        else:
            self.show_beat()

    def action_answer(self, number: int) -> None:
        """Answer the question."""
        if self.state is not State.PLAYING and self.guide.reply(number):
            self.show_beat()

    def action_station(self, by: int) -> None:
        """Go to another station."""
        self.guide.go(self.guide.place + 1 + by)
        self.enter_beat()


def step_at(chain: Trajectory, cursor: float, goal: int) -> Step:
    """Return the step that is shown at the timestep ``cursor``, on the way to ``goal``.

    That is the last one before it, so that large steps are seen too; at the goal, what was reached.
    """
    index = chain.index_at(round(cursor))
    early = cursor > goal and chain.step(index).t < round(cursor)
    return chain.step(max(chain.first, index - early))
