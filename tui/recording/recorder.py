"""Record the app without a terminal: on a virtual clock, by a script, for watchers.

The same options, script and size give the same events at the same times, however fast the
machine is. A network evaluation takes ``EVALUATION_S`` of the recording's time.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from textual.events import Key
from textual.pilot import Pilot

from ...core.errors import DiffvizError
from .._textual import key_of_character, replace_time
from ..app import RunApp
from ..exit_codes import FAILURE
from ..run_options import RunOptions
from ..terminal import Terminal
from ..terminal_app import TerminalApp
from ..worker.events import LaneStep
from ..worker.live_classifier import OpenClassifier, load_classifier
from ..worker.pipelines import OpenPipeline
from .clock import VirtualClock, VirtualLoop
from .headless import make_headless
from .recorded_app import sampling_app
from .rerun import training_app
from .script import DONE, Action, Press, Script, Until, Wait
from .watchers import Watcher

_FIRST_FRAME_S = 0.05  # the screen is there before the first key
_SETTLE_S = 0.001  # a key has taken effect
_TIMEOUT_S = 900.0
_POLL_S = 0.02


@dataclass(frozen=True, slots=True)
class RecordingJob:
    """What to record."""

    options: RunOptions
    script: Script
    size: tuple[int, int] = (100, 30)
    """Columns and rows of the terminal."""
    terminal: Terminal = field(default_factory=Terminal)
    """What it can show, and how often."""
    sample_interval: float | None = None
    """Seconds between two calls of ``Watcher.on_sample``; None for no calls."""
    training: Path | None = None
    """A run folder whose training is replayed instead of a sampling."""


class Recorder:
    """Plays a job to its end and passes what happens to the watchers."""

    def __init__(
        self,
        job: RecordingJob,
        watchers: Sequence[Watcher],
        open_pipeline: OpenPipeline | None = None,
        open_classifier: OpenClassifier = load_classifier,
        on_progress: Callable[[float], object] = lambda time: None,
        stop_requested: Callable[[], bool] = lambda: False,
    ) -> None:
        """Make the app to record.

        Args:
            job: What to record.
            watchers: What the recording becomes.
            open_pipeline: Loads weights by name; None for those of the job's options.
            open_classifier: Loads the classifier.
            on_progress: Called with the time now and then, for a progress display.
            stop_requested: Once it returns true, the recording ends where it is.

        Raises:
            DiffvizError: if there is no training to replay.
        """
        self._job = job
        self._watchers = watchers
        self._on_progress = on_progress
        self._stop_requested = stop_requested
        self._clock = VirtualClock()
        self._events: set[str] = set()  # since the last key, and not waited for yet
        self._failure: str | None = None
        self._finished = False
        self._app: TerminalApp
        if job.training is not None:
            self._app = training_app(job.training, job.terminal, self._clock, self._on_event)
        else:
            self._app = sampling_app(
                job.options,
                job.terminal,
                self._clock,
                self._on_event,
                self._on_failure,
                self._on_steps,
                open_pipeline,
                open_classifier,
            )
        make_headless(self._app, self._on_output, self._clock)

    def record(self) -> float:
        """Play the job to its end; return how many seconds it lasted.

        Raises:
            DiffvizError: if the sampling fails, or the script waits for what doesn't happen.
        """
        with (
            replace_time(self._clock),
            asyncio.Runner(loop_factory=partial(VirtualLoop, self._clock)) as runner,
        ):
            try:
                runner.run(self._run())
            finally:
                if isinstance(self._app, RunApp):
                    self._app.bridge.driver.close()
                self._clock.finish_thread()
        if self._failure is not None:
            raise DiffvizError(self._failure)
        return self._clock()

    async def _run(self) -> None:
        failure = await self._app.run_async(
            size=self._job.size, mouse=False, auto_pilot=self._play_script
        )
        self._failure = self._failure or failure

    # What the app reports.

    def _on_output(self, text: str) -> None:
        if not self._finished:
            for watcher in self._watchers:
                watcher.on_output(self._clock(), text)

    def _on_event(self, label: str) -> None:
        """Process the start of a phase or an epoch, or the end of all work."""
        self._events.add(label)
        if label != DONE:
            for watcher in self._watchers:
                watcher.on_marker(self._clock(), label)

    def _on_steps(self, steps: Sequence[LaneStep]) -> None:
        for watcher in self._watchers:
            watcher.on_steps(steps)

    def _on_failure(self, text: str) -> None:
        self._failure = text
        self._app.exit(text, return_code=FAILURE)

    # What the script does.

    async def _play_script(self, pilot: Pilot[object]) -> None:
        """Play the script, and exit the app."""
        sampling = asyncio.create_task(self._sample_screen())
        try:
            await asyncio.sleep(_FIRST_FRAME_S)
            for action in self._job.script:
                if self._stop_requested():
                    break
                await self._perform(action)
        except DiffvizError as error:
            self._failure = str(error)
        finally:
            sampling.cancel()
        if self._app.return_code == FAILURE:
            self._failure = self._failure or "the app failed, so there is no recording of it"
        self._finished = True
        for watcher in self._watchers:
            watcher.on_end(self._clock(), self._app)
        self._app.exit(return_code=0)

    async def _sample_screen(self) -> None:
        interval, count = self._job.sample_interval, 0
        while interval is not None:
            count += 1
            await asyncio.sleep(count * interval - self._clock())
            for watcher in self._watchers:
                watcher.on_sample(self._clock(), self._app)

    async def _perform(self, action: Action) -> None:
        match action:
            case Press(key):
                self._events.clear()
                name = key_of_character(key) if len(key) == 1 else key
                self._app.post_message(Key(name, key if len(key) == 1 else None))
                await asyncio.sleep(_SETTLE_S)
            case Wait(seconds):
                await self._wait(lambda: False, seconds)
            case Until(event):
                await self._wait_for(event)

    async def _wait_for(self, event: str) -> None:
        await self._wait(lambda: event in self._events, _TIMEOUT_S)
        if event not in self._events and self._app.is_running and not self._stop_requested():
            raise DiffvizError(
                f"the script waits until {event!r}, which doesn't come within "
                f"{_TIMEOUT_S / 60:g} minutes: does it play?"
            )
        self._events.discard(event)

    async def _wait(self, condition: Callable[[], bool], timeout: float) -> None:
        """Wait for ``condition``, for ``timeout`` seconds at most, or until the app ends."""
        end = self._clock() + timeout
        while (left := end - self._clock()) > 0 and self._app.is_running and not condition():
            if self._stop_requested():
                return
            self._on_progress(self._clock())
            await asyncio.sleep(min(left, _POLL_S))
