"""The app itself, recorded without a terminal: a virtual clock, a script, and who watches.

The same options, script and size give the same events at the same times, whatever the machine
does meanwhile. A network evaluation takes ``EVALUATION_S`` of the recording's time.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Protocol

from textual.events import Key
from textual.keys import _character_to_key
from textual.pilot import Pilot

from ...core.errors import DiffvizError
from ..app import RunApp
from ..exit_codes import FAILURE
from ..options import RunOptions
from ..terminal import Terminal
from ..terminal_app import TerminalApp
from ..worker.live_classifier import Judge, load_classifier
from ..worker.pipelines import OpenSampler
from .clock import VirtualClock, VirtualLoop, textual_time
from .headless import draw_on
from .recorded_app import sampling_app
from .rerun import training_app
from .script import DONE, Press, Script, Until, Wait

_FIRST_FRAME_S = 0.05  # the screen is there before the first key
_PATIENCE_S = 900.0
_LOOK_UP_S = 0.02


class Watcher(Protocol):
    """Makes something of what happens; times are seconds from the beginning."""

    end: float
    """The latest time that was heard of."""

    def wrote(self, time: float, text: str) -> None:
        """``text`` was written to the terminal."""

    def marked(self, time: float, label: str) -> None:
        """A phase or an epoch began."""

    def looked(self, time: float, app: TerminalApp) -> None:
        """Look at the screen: called at a steady pace."""

    def ended(self, time: float, app: TerminalApp) -> None:
        """The script is over; the screen is still there."""


@dataclass(frozen=True, slots=True)
class Take:
    """What to record."""

    options: RunOptions
    script: Script
    size: tuple[int, int] = (100, 30)
    """Columns and rows of the terminal."""
    terminal: Terminal = field(default_factory=Terminal)
    """What it can show, and how often."""
    look_every: float | None = None
    """Seconds between two looks at the screen; None for no looks."""
    training: Path | None = None
    """A run folder whose training is shown again instead of a sampling."""


def record(
    take: Take,
    watchers: Sequence[Watcher],
    open_sampler: OpenSampler | None = None,
    open_judge: Callable[[], Judge] = load_classifier,
    passed: Callable[[float], object] = lambda time: None,
    stopped: Callable[[], bool] = lambda: False,
) -> float:
    """Play ``take`` to its end; return how many seconds it lasted.

    ``passed`` is told the time now and then, for a progress display; once ``stopped`` is true,
    the recording ends where it is.

    Raises:
        DiffvizError: if the sampling fails, or the script waits for what doesn't happen.
    """
    return _Studio(take, watchers, open_sampler, open_judge, passed, stopped).record()


class _Studio:
    def __init__(self, take, watchers, open_sampler, open_judge, passed, stopped) -> None:
        self._take: Take = take
        self._watchers: Sequence[Watcher] = watchers
        self._passed: Callable[[float], object] = passed
        self._stopped: Callable[[], bool] = stopped
        self._clock = VirtualClock()
        self._news: set[str] = set()  # since the last key, and not waited for yet
        self._failure: str | None = None
        self._over = False
        if take.training is not None:
            self._app: TerminalApp = training_app(
                take.training, take.terminal, self._clock, self._happened
            )
        else:
            self._app = sampling_app(
                take.options,
                take.terminal,
                self._clock,
                self._happened,
                self._failed,
                open_sampler,
                open_judge,
            )
        draw_on(self._app, self._wrote, self._clock)

    def record(self) -> float:
        with (
            textual_time(self._clock),
            asyncio.Runner(loop_factory=partial(VirtualLoop, self._clock)) as runner,
        ):
            try:
                runner.run(self._run())
            finally:
                if isinstance(self._app, RunApp):
                    self._app.bridge.close()
                self._clock.run_out()
        if self._failure is not None:
            raise DiffvizError(self._failure)
        return self._clock()

    async def _run(self) -> None:
        failure = await self._app.run_async(
            size=self._take.size, mouse=False, auto_pilot=self._direct
        )
        self._failure = self._failure or failure

    # What happens.

    def _wrote(self, text: str) -> None:
        if not self._over:
            for watcher in self._watchers:
                watcher.wrote(self._clock(), text)

    def _happened(self, label: str) -> None:
        """Note that a phase or an epoch has begun, or that all is done."""
        self._news.add(label)
        if label != DONE:
            for watcher in self._watchers:
                watcher.marked(self._clock(), label)

    def _failed(self, text: str) -> None:
        self._failure = text
        self._app.exit(text, return_code=1)

    # What is done.

    async def _direct(self, pilot: Pilot[object]) -> None:
        """Play the script, and end."""
        looking = asyncio.create_task(self._look())
        try:
            await asyncio.sleep(_FIRST_FRAME_S)
            for action in self._take.script:
                if self._stopped():
                    break
                await self._act(action)
        except DiffvizError as error:
            self._failure = str(error)
        finally:
            looking.cancel()
        if self._app.return_code == FAILURE:
            self._failure = self._failure or "the app failed, so there is no recording of it"
        self._over = True
        for watcher in self._watchers:
            watcher.ended(self._clock(), self._app)
        self._app.exit(return_code=0)

    async def _look(self) -> None:
        every, count = self._take.look_every, 0
        while every is not None:
            count += 1
            await asyncio.sleep(count * every - self._clock())
            for watcher in self._watchers:
                watcher.looked(self._clock(), self._app)

    async def _act(self, action: Press | Wait | Until) -> None:
        match action:
            case Press(key):
                self._news.clear()
                name = _character_to_key(key) if len(key) == 1 else key
                self._app.post_message(Key(name, key if len(key) == 1 else None))
                await asyncio.sleep(0.001)  # until everything has come to rest
            case Wait(seconds):
                await self._sleep(lambda: False, seconds)
            case Until(event):
                await self._until(event)

    async def _until(self, event: str) -> None:
        await self._sleep(lambda: event in self._news, _PATIENCE_S)
        if event not in self._news and self._app.is_running and not self._stopped():
            raise DiffvizError(
                f"the script waits until {event!r}, which doesn't come within "
                f"{_PATIENCE_S / 60:g} minutes: does it play?"
            )
        self._news.discard(event)

    async def _sleep(self, enough: Callable[[], bool], longest: float) -> None:
        """Wait until it is enough, ``longest`` seconds have passed, or it is over."""
        end = self._clock() + longest
        while (left := end - self._clock()) > 0 and self._app.is_running and not enough():
            if self._stopped():
                return
            self._passed(self._clock())
            await asyncio.sleep(min(left, _LOOK_UP_S))
