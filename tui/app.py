"""The app of ``diffviz run``, which opens its screens."""

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from ..core.models.few_steps import distilled_steps, few_step_weights
from ..core.names import own_name
from .exit_codes import INTERRUPTED
from .run_options import RunOptions
from .screens.run.run_screen import RunScreen
from .session.branches import BranchPath
from .session.drawn import Drawn
from .session.replay import command_line
from .session.wording import no_branch
from .stderr import print_error
from .terminal import Terminal
from .terminal.settings import Remembered, Settings
from .terminal_app import TerminalApp, run_until_left
from .widgets.key_names import key_names
from .worker.bridge import Bridge
from .worker.live_classifier import LiveClassifier, OpenClassifier, load_classifier
from .worker.pipelines import OpenPipeline, Pipelines
from .worker.remote import RemoteDriver

if TYPE_CHECKING:
    from .screens.draw.draw_screen import DrawScreen
    from .screens.draw.morph_screen import Ends, MorphScreen
    from .screens.forward.training_images import TrainingImages
    from .screens.jobs.job_screen import JobScreen
    from .screens.jobs.opened import Opened

_LEAVE_THREAD_S = 0.05
_ORIGIN = "opened from"


class RunApp(TerminalApp):
    """The run screen and the screens opened from it; returns an error message, or None."""

    def __init__(
        self,
        options: RunOptions,
        open_pipeline: OpenPipeline | None = None,
        open_classifier: OpenClassifier = load_classifier,
        make_bridge: Callable[..., Bridge] = Bridge,
        terminal: Terminal | None = None,
        begin_with: "Callable[[RunApp], object] | None" = None,
    ) -> None:
        """Make the app; ``begin_with`` opens another screen over the run screen at the start."""
        super().__init__(terminal)
        self._begin_with = begin_with
        self._repeatable: DrawScreen | MorphScreen | None = None
        self.classifier = LiveClassifier(open_classifier)
        self.bridge = make_bridge(
            open_pipeline or Pipelines.of(options),
            options.speed,
        )
        """The connection to the sampling, shared by all screens."""
        self.run_screen = RunScreen(options, self.bridge, self.classifier)
        self.opened_from: JobScreen | None = None
        """The grid or race whose digit is on the run screen; None if it comes from neither."""

    @property
    def seed(self) -> int:
        """The current seed."""
        return self.run_screen.session.seed

    def on_mount(self) -> None:
        """Open the screen that the app begins with."""
        if self._begin_with is not None:
            self.call_after_refresh(self._begin_with, self)

    def exit_command(self) -> str:
        """Return the command that shows again what is on the screen, or was when it was left."""
        shown = self._repeatable.command_line() if self._repeatable is not None else ""
        return shown or command_line(self.run_screen.session)

    @property
    def choices(self) -> Settings:
        """What the user may have changed on the screens, to be kept."""
        screen, pacing = self.run_screen, self.run_screen.session.pacing
        return super().choices._replace(
            pace=pacing.pace,
            uneven=pacing.uneven,
            panels=screen.panels.page,
            known_keys=screen.hints.known,
        )

    async def run_action(self, action: Any, *args: Any, **kwargs: Any) -> bool:
        """Execute an action of a key, a click or the palette, and note that it was used."""
        name = action if isinstance(action, str) else action[1]
        self.run_screen.hints.used(name.partition("(")[0].rpartition(".")[2])
        return await super().run_action(action, *args, **kwargs)

    def get_default_screen(self) -> RunScreen:
        """Return the screen to begin with."""
        return self.run_screen

    def action_grid(self) -> None:
        """Open the grid, starting with the current seed."""
        if not self.run_screen.has_weights():
            return
        from .screens.jobs.grid_screen import GridScreen  # not for the first frame

        session, kept = self.run_screen.session, self.opened_from
        if isinstance(kept, GridScreen) and kept.shows(session.options, self.seed):
            kept.select(kept.seeds.index(self.seed))
            self.action_go_back()
            return
        self._push_job(GridScreen(session.options, self.bridge, self.classifier, self.seed))

    def action_label_grid(self) -> None:
        """Open the grid with a row for each class of the weights, from the current seed on."""
        classes = self.run_screen.labels.known_classes()
        if not classes:
            return
        from .screens.jobs.label_grid_screen import LabelGridScreen

        options = self.run_screen.session.options
        self._push_job(LabelGridScreen(options, self.bridge, self.classifier, self.seed, classes))

    def action_race(self) -> None:
        """Open the race, with the current seed; other samplers don't fit distilled weights."""
        if self.run_screen.has_weights():
            distilled = distilled_steps(self.run_screen.session.weights)
            self._race("FEW_STEPS" if distilled else "SAMPLERS")

    def action_race_few_steps(self) -> None:
        """Race many steps and few: the current seed with ordinary and with distilled weights."""
        if self._has_own_model("a race of few steps") or not self.run_screen.has_weights():
            return
        if distilled_steps(self.run_screen.session.weights) or few_step_weights():
            self._race("FEW_STEPS")
        else:
            self.run_screen.show_notice("few steps need distilled weights: none are installed")

    def action_compare(self) -> None:
        """Compare weights: the current seed through reference and default side by side."""
        if not self._has_own_model("bundled weights draw digits"):
            self._race("WEIGHTS")

    def _has_own_model(self, why: str) -> bool:
        """Return whether a model of the user is sampled; say ``why`` a key does nothing then."""
        own = own_name(self.run_screen.session.weights) is not None
        if own:
            self.run_screen.show_notice(f"not with --model: {why}")
        return own

    def action_race_guidances(self) -> None:
        """Race guidances: the same noise and label, with more and more of it."""
        if self.run_screen.labels.has_label():
            self._race("GUIDANCES")

    def _race(self, kind: str) -> None:
        from .screens.jobs.race_lanes import Race
        from .screens.jobs.race_screen import RaceScreen

        options, race = self.run_screen.session.options, Race[kind]
        self._push_job(RaceScreen(options, self.bridge, self.classifier, self.seed, race=race))

    def _push_job(self, screen: "JobScreen") -> None:
        """Show ``screen``; a digit that is opened there becomes the run, and leads back to it."""

        def left(opened: "Opened | None") -> None:
            if opened is None:
                self._forget_origin()
            else:
                self.run_screen.choices.sampled(opened)

        if screen is not self.opened_from:
            self._forget_origin()
            self.install_screen(screen, _ORIGIN)  # so that it is kept when another one is shown
            self.opened_from = screen
        self.push_screen(screen, left)

    def _forget_origin(self) -> None:
        if self.opened_from is not None:
            screen, self.opened_from = self.opened_from, None
            self.uninstall_screen(screen)
            if screen not in self.screen_stack:
                screen.remove()

    def action_go_back(self) -> None:
        """Go back to the grid or the race from which the digit was opened, as it was left."""
        if self.opened_from is not None:
            self._push_job(self.opened_from)

    def action_branch(self) -> None:
        """Ask how many children to make of the step at the cursor, and show them."""
        from .screens.jobs.branch_screen import BranchScreen, branch_question
        from .screens.question import QuestionScreen

        self.run_screen.loop.stop()
        session = self.run_screen.session
        index, step = session.index, session.step()
        if step is None:
            return
        index = step.index  # the one at the cursor, or the last that is kept before it
        if reason := no_branch(session.spec, step, session.origin.masked, self.run_screen.noun):
            self.run_screen.show_notice(key_names(reason, self.run_screen))
            return

        def answered(answer: str | None) -> None:
            if answer == "quit":
                self.exit(return_code=0)
            elif answer:
                options, children = session.options, int(answer)
                screen = BranchScreen(
                    options, self.bridge, self.classifier, session, index, children
                )
                self.push_screen(screen, self._open_branch)

        self.push_screen(QuestionScreen(branch_question(step.t)), answered)

    def action_other_backend(self) -> None:
        """Sample the same seed with the backend that was offered after a crash."""
        status = self.run_screen.status
        if status.other_backend is None:
            self.run_screen.show_notice("nothing has crashed: --backend chooses what computes")
            return
        self.bridge.driver.use_backend(status.other_backend)
        status.other_backend = None
        self.run_screen.begin()

    def action_tree(self) -> None:
        """Show the tree of branches."""
        from .screens.jobs.tree_screen import TreeScreen

        screen = self.run_screen
        names = screen.view.belief_names
        self.push_screen(TreeScreen(screen.session, self.classifier, names), self._open_branch)

    def _open_branch(self, path: BranchPath | None) -> None:
        if path is not None:
            self.run_screen.choices.branch(path)

    def action_forward(self) -> None:
        """Open the forward process of the run screen's digit."""
        from .screens.forward.forward_screen import ForwardScreen

        screen = self.run_screen
        if own_name(screen.session.weights) is None:
            self.push_screen(ForwardScreen(screen.session, self.training_images))
        elif screen.loaded.source is not None:  # its schedule and shape are known then
            self.push_screen(ForwardScreen(screen.session, None, screen.loaded.source))

    def action_draw(self) -> None:
        """Open the canvas: blank, or with the picture that the run screen starts from."""
        options = self.run_screen.session.options
        files, given = options.given_files, options.given
        self.open_canvas(Drawn.of(files, given, named=given is not None))

    def open_canvas(self, drawn: Drawn) -> None:
        """Open the canvas with what it begins with."""
        if self._has_own_model("the canvas is for digits of 28 x 28 pixels"):
            return
        from .screens.draw.draw_screen import DrawScreen

        session, load = self.run_screen.session, self.training_images
        self._push_repeatable(DrawScreen(session, self.bridge, self.classifier, load, drawn))

    def open_morph(self, ends: "Ends") -> None:
        """Show the way between two digits."""
        from .screens.draw.morph_screen import MorphScreen

        options = self.run_screen.session.options
        self._push_repeatable(MorphScreen(options, self.bridge, self.classifier, ends))

    def _push_repeatable(self, screen: "DrawScreen | MorphScreen") -> None:
        """Show a screen whose command is printed when the app is left from it."""

        def left(_: object) -> None:
            self._repeatable = None

        self._repeatable = screen
        self.push_screen(screen, left)

    def training_images(self) -> "TrainingImages | None":
        """Return real digits for the forward process, if there are any; thread-safe."""
        from .screens.forward.training_images import load_training_images

        return load_training_images(self.run_screen.session.options.data_dir)


def run_app(
    options: RunOptions,
    open_pipeline: OpenPipeline | None = None,
    open_classifier: OpenClassifier = load_classifier,
    terminal: Terminal | None = None,
    begin_with: "Callable[[RunApp], object] | None" = None,
    remembered: Remembered = Remembered(),  # noqa: B008  a tuple
    hinted: bool = False,
) -> int:
    """Run the app of ``diffviz run``; return the exit status of the command.

    It is 0 after ``q``, 1 after a failure (with one line on stderr), 130 after Ctrl+C, 143 after
    SIGTERM and 129 after SIGHUP. The terminal is restored in all cases, and the command that
    repeats the run is printed. If torch is loaded, this function exits the process itself.
    """
    make_bridge = Bridge if open_pipeline else partial(Bridge, make_driver=RemoteDriver)
    app = RunApp(options, open_pipeline, open_classifier, make_bridge, terminal, begin_with)
    app.run_screen.panels.page = remembered.settings.panels
    if hinted:
        app.run_screen.hints.begin(remembered.settings.known_keys)
    begun = app.choices
    failure = run_until_left(app)
    code = app.return_code or 0
    remembered.keep(begun, app.choices)
    if failure:
        print_error(failure)
    elif code in (0, INTERRUPTED) and not app.terminal.elsewhere:
        print(app.exit_command())  # how to see this again
    app.bridge.driver.close()
    if not app.bridge.driver.join(_LEAVE_THREAD_S) or "torch" in sys.modules:
        # A thread that is importing torch can't be interrupted, and Python must not be torn down
        # under it; tearing torch down takes a second or two that nobody wants to wait for after
        # pressing q. Nothing of ours is unsaved: leave at once.
        with suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)
    return code
