"""The Textual app, and how it is left: exit codes, signals, and a thread that may be busy."""

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from textual.events import Event, Key, MouseDown

from .exit_codes import INTERRUPTED
from .options import RunOptions
from .screens.run.run_screen import RunScreen
from .session.replay import command_line
from .terminal import Terminal
from .terminal_app import TerminalApp, run_until_left
from .worker.bridge import Bridge
from .worker.live_classifier import Belief, Judge, load_classifier
from .worker.pipelines import OpenSampler, Pipelines
from .worker.remote import RemoteDriver

if TYPE_CHECKING:
    from .screens.forward.training_images import TrainingImages

_LEAVE_THREAD_S = 0.05


class RunApp(TerminalApp):
    """``diffviz run``. Returns what went wrong, or None."""

    def __init__(
        self,
        options: RunOptions,
        open_sampler: OpenSampler | None = None,
        open_judge: Callable[[], Judge] = load_classifier,
        make_bridge: Callable[..., Bridge] = Bridge,
        terminal: Terminal | None = None,
    ) -> None:
        super().__init__(terminal)
        self.belief = Belief(open_judge)
        self.bridge = make_bridge(
            open_sampler or Pipelines.of(options),
            options.speed,
            also_load=self.belief.load,
        )
        """The way to the sampling; screens share it and the weights loaded there."""
        self.run_screen = RunScreen(options, self.bridge, self.belief)

    @property
    def seed(self) -> int:
        """The seed on show."""
        return self.run_screen.session.seed

    def get_default_screen(self) -> RunScreen:
        """Return the screen to begin with."""
        return self.run_screen

    async def on_event(self, event: Event) -> None:
        """Let whoever presses a key or a button take over from ``--loop``."""
        if isinstance(event, Key | MouseDown):
            self.run_screen.loop.stop()
        await super().on_event(event)

    def action_grid(self) -> None:
        """Open the grid, beginning with the seed on show."""
        if self.run_screen.has_nothing():
            return
        from .screens.jobs.grid_screen import GridScreen  # not for the first frame

        grid = GridScreen(self.run_screen.options_now(), self.bridge, self.belief, self.seed)
        self.push_screen(grid, self._open_seed)

    def action_race(self) -> None:
        """Open the race, with the seed on show."""
        if self.run_screen.has_nothing():
            return
        self._race(of_weights=False)

    def action_compare(self) -> None:
        """Compare weights: the seed on show through reference and default side by side."""
        self._race(of_weights=True)

    def _race(self, of_weights: bool) -> None:
        from .screens.jobs.race_screen import RaceScreen

        options = self.run_screen.options_now()
        self.push_screen(
            RaceScreen(options, self.bridge, self.belief, self.seed, of_weights=of_weights)
        )

    def action_forward(self) -> None:
        """Open the forward process, beside the reverse one of the run screen."""
        from .screens.forward.forward_screen import ForwardScreen

        self.push_screen(ForwardScreen(self.run_screen.session, self.training_images))

    def training_images(self) -> "TrainingImages | None":
        """Return real digits for the forward process, if there are any; for any thread."""
        from .screens.forward.training_images import load_training_images

        return load_training_images(self.run_screen.options.data_dir)

    def _open_seed(self, seed: int | None) -> None:
        """Sample the ``seed`` that another screen returned; None goes on as before."""
        if seed is not None:
            self.run_screen.session.seed = seed
            self.run_screen.session.forget_path()
            self.run_screen.begin()


def run_app(
    options: RunOptions,
    open_sampler: OpenSampler | None = None,
    open_judge: Callable[[], Judge] = load_classifier,
    terminal: Terminal | None = None,
) -> int:
    """Show the run screen until it is left; return the exit status of the command.

    Afterwards the command that repeats what was seen is printed.
    0 after ``q``, 1 after a failure (said in one line on stderr), 130 after Ctrl+C, 143 after
    SIGTERM, 129 after SIGHUP. The terminal is left as it was found in all cases. Once torch is
    loaded the process ends in here, with that status.
    """
    make_bridge = Bridge if open_sampler else partial(Bridge, make_host=RemoteDriver)
    app = RunApp(options, open_sampler, open_judge, make_bridge, terminal)
    failure = run_until_left(app)
    code = app.return_code or 0
    if failure:
        print(f"diffviz: error: {failure}", file=sys.stderr)
    elif code in (0, INTERRUPTED):
        print(command_line(app.run_screen.session))  # how to see this again
    app.bridge.close()
    if not app.bridge.join(_LEAVE_THREAD_S) or "torch" in sys.modules:
        # A thread that is importing torch can't be interrupted, and Python must not be torn down
        # under it; tearing torch down takes a second or two that nobody wants to wait for after
        # pressing q. Nothing of ours is unsaved: leave at once.
        with suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)
    return code
