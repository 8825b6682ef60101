"""Play a cast in a terminal: pause, step, change the speed, jump to the next marker."""

import math
import re
from time import monotonic

from ..text import duration
from .raw_terminal import RawTerminal
from .reader import CastReader, Event
from .sequences import DrawingFilter

MAX_WAIT_S = 10.0
"""The longest wait, unless the user or the recording sets another."""
SPEEDS = (0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)

_MAX_LAG_S = 0.5  # more than this isn't caught up with on a slow link
_OTHER_SCREEN = re.compile(r"\x1b\[\?(?:47|1047|1049)[hl]")
_CLEAR = "\x1b[0m\x1b[H\x1b[2J"
SEEK_S = 5.0
"""How far an arrow key goes."""
_KEYS = (
    "space {space}   ← → 5 s   . step   + - speed   ] next mark   Home again   q quit",
    "space {space}  ← → 5 s  . step  + - speed  q quit",
    "space {space}  ← → 5 s  q quit",
    "q quit",
    "",
)


class Player:
    """Plays one recording on a terminal; :meth:`play` returns when the user quits."""

    def __init__(
        self,
        reader: CastReader,
        terminal: RawTerminal,
        speed: float = 1.0,
        max_wait: float | None = None,
        loop: bool = False,
    ) -> None:
        """Make a player.

        Args:
            reader: The recording.
            terminal: Where to play it.
            speed: Seconds of the recording a second.
            max_wait: Seconds between two events at most; None for the recording's limit.
            loop: Begin again at the end.
        """
        self._reader = reader
        self._terminal = terminal
        self._speed = speed
        self._max_wait = max_wait or reader.idle_time_limit or MAX_WAIT_S
        self._loop = loop
        self._paused = False
        self._steps = 0
        self._skipping = False
        self._restart = False
        self._quit = False
        self._due = 0.0
        self._mark = ""
        self._size = (0, 0)
        self._ignore_size = False
        self._resume = 0.0  # events before this time are shown at once
        self._sought = 0.0  # where the user went with an arrow key
        self._now = 0.0  # the time of the newest event that was shown
        self._covered = False  # whether the status hides a part of the picture

    def play(self) -> None:
        """Play until the user quits.

        Raises:
            DiffvizError: if the recording can't be read to its end.
        """
        self._check_size()
        while not self._quit:
            self._restart = False
            self._play_once()
            if not (self._quit or self._restart):
                if self._loop:
                    continue
                self._paused = True
                self._end()

    # One pass.

    def _play_once(self) -> None:
        now = 0.0
        drawing = DrawingFilter()
        self._skipping, self._mark = False, ""
        self._terminal.write(_CLEAR)
        self._due = monotonic()
        for event in self._reader:
            since = max(now, min(self._sought, event.time))
            self._wait_for(min(event.time - since, self._max_wait), event)
            if self._quit or self._restart:
                return
            self._now = now = event.time
            if event.code == "o":
                text = _OTHER_SCREEN.sub(_CLEAR, drawing.feed(event.data))
                self._terminal.write(text)
            elif event.code == "m":
                self._mark, self._skipping = event.data, False
            if now >= self._resume:
                self._update_status(now)
        self._resume = self._sought = 0.0

    def _wait_for(self, seconds: float, event: Event) -> None:
        """Wait until ``event`` is due, or until the user skips or steps to it."""
        if event.time < self._resume:
            self._due = monotonic()
            return
        self._due = max(self._due, monotonic() - _MAX_LAG_S) + seconds / self._speed
        while not (self._quit or self._restart):
            if event.time < self._resume:  # the user has gone forward
                self._due = monotonic()
                return
            left = 0.0 if self._skipping else self._due - monotonic()
            if self._paused and not self._skipping:
                if self._steps:
                    self._steps -= event.code == "o"
                    return
                self._handle_keys(None, event.time)
                self._due = monotonic()
            elif left <= 0:
                self._handle_keys(0.0, event.time)
                if self._skipping:
                    self._due = monotonic()  # after the mark the pace is normal again
                if not self._paused or self._skipping:
                    return
            else:
                self._handle_keys(left, event.time)

    def _end(self) -> None:
        self._steps = 0
        self._show_status(None, "end")
        while not (self._quit or self._restart):
            self._handle_keys(None, None)
            if not self._paused or self._skipping:
                self._paused = False
                self._restart = True

    # Keys.

    def _handle_keys(self, timeout: float | None, time: float | None) -> None:
        before = (self._paused, self._speed, self._resume)
        for key in self._terminal.read_keys(timeout):
            match key:
                case "q":
                    self._quit = True
                case " ":
                    self._paused = not self._paused
                case ".":
                    self._steps += self._paused
                    self._paused = True
                case "left":
                    self._seek(-SEEK_S, time)
                case "right":
                    self._seek(SEEK_S, time)
                case "+" | "=":
                    self._change_speed(1)
                case "-":
                    self._change_speed(-1)
                case "]":
                    self._skipping = True
                case "home":
                    self._restart, self._paused, self._resume, self._sought = True, False, 0.0, 0.0
        resumed = self._terminal.take_resumed()
        if not self._quit and (resumed or self._terminal.size() != self._size):
            # A terminal wraps or cuts what it shows, and a recording draws only what changes.
            self._check_size()
            self._restart = True
            self._resume = math.inf if time is None else time
        elif before != (self._paused, self._speed, self._resume) and time is not None:
            self._show_status(time)
            if self._covered and not self._paused and not self._restart:
                self._covered, self._restart, self._resume = False, True, time

    def _seek(self, by: float, time: float | None) -> None:
        """Go to another time. A pause lasts, except at the end, from where one can only go back.

        ``time`` is that of the next event; None at the end.
        """
        waiting = self._resume if math.isfinite(self._resume) else 0.0
        start = waiting if self._restart or waiting > self._now else self._now
        if time is None:
            if by > 0:
                return
            self._paused = False
        self._restart |= by < 0
        self._resume = self._sought = max(0.0, start + by)
        if time is not None and self._sought <= time:
            wait = min(time - self._sought, self._max_wait)
            self._due = monotonic() + wait / self._speed

    def _change_speed(self, by: int) -> None:
        nearest = min(range(len(SPEEDS)), key=lambda i: abs(SPEEDS[i] - self._speed))
        speed = SPEEDS[min(max(nearest + by, 0), len(SPEEDS) - 1)]
        now = monotonic()
        self._due = now + max(0.0, self._due - now) * self._speed / speed
        self._speed = speed

    # The status line.

    def _update_status(self, time: float) -> None:
        if self._paused or self._terminal.status_due():
            self._show_status(time)

    def _show_status(self, time: float | None, state: str = "") -> None:
        """Show the status; over the picture only where the picture stands still."""
        over = self._paused
        self._covered |= self._terminal.show_status(self._status(time, state), over=over)

    def _status(self, time: float | None, state: str = "") -> list[str]:
        state = state or ("paused" if self._paused else "plays")
        at = "" if time is None else f"  {duration(time):>9}"
        cut = self._reader.cut_off
        note = f"  cut off in line {cut}" if cut is not None and state == "end" else ""
        left = f" {state}{at}  {self._speed:g}x  {self._mark[:20]}{note}"
        space = "again" if state == "end" else "go on" if self._paused else "pause"
        return [f"{left}   {keys.format(space=space)}" for keys in _KEYS]

    def _check_size(self) -> None:
        """Ask for a larger terminal until there is one, or until the user ignores that."""
        needed = self._reader.largest
        while not (self._quit or self._terminal.fits(needed) or self._ignore_size):
            columns, rows = self._terminal.size()
            self._terminal.show_message(
                f"The recording needs {needed[0]}x{needed[1]}, this is {columns}x{rows}: "
                "enlarge the terminal, or press space to play it anyway (q quits)"
            )
            for key in self._terminal.read_keys(None):
                if key == "q":
                    self._quit = True
                if key == " ":
                    self._ignore_size = True
        self._size = self._terminal.size()
