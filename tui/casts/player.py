"""Plays a cast in a terminal: pause, step, speed, jump to the next marker."""

import math
import re
from time import monotonic

from .raw_terminal import Stage
from .reader import CastReader, Event
from .sequences import DrawingFilter

LONGEST_WAIT_S = 10.0
"""What a pause is cut to where neither the user nor the recording says otherwise."""
SPEEDS = (0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)

_BEHIND_S = 0.5  # later than this, the time lost on a slow link isn't made up for
_OTHER_SCREEN = re.compile(r"\x1b\[\?(?:47|1047|1049)[hl]")
_CLEAR = "\x1b[0m\x1b[H\x1b[2J"
_KEYS = (
    "space pause   . step   + - speed   ] next mark   Home again   q quit",
    "space pause  . step  + - speed  q quit",
    "q quit",
    "",
)


class Player:
    """Shows one recording on a stage; :meth:`play` returns when the user leaves."""

    def __init__(
        self,
        reader: CastReader,
        stage: Stage,
        speed: float = 1.0,
        longest_wait: float | None = None,
        loop: bool = False,
    ) -> None:
        """Make a player.

        Args:
            reader: The recording.
            stage: The terminal.
            speed: Seconds of the recording a second.
            longest_wait: Seconds between two events at most; None for what the recording says.
            loop: Begin again at the end.
        """
        self._reader = reader
        self._stage = stage
        self._speed = speed
        self._longest_wait = longest_wait or reader.idle_time_limit or LONGEST_WAIT_S
        self._loop = loop
        self._paused = False
        self._steps = 0
        self._skipping = False
        self._again = False
        self._left = False
        self._due = 0.0
        self._mark = ""
        self._size = (0, 0)
        self._anyway = False  # where it has no room, too
        self._resume = 0.0  # what comes earlier is drawn at once

    def play(self) -> None:
        """Play until the user leaves.

        Raises:
            DiffvizError: if the recording can't be read to its end.
        """
        self._fit()
        while not self._left:
            self._again = False
            self._play_once()
            if not (self._left or self._again):
                if self._loop:
                    continue
                self._paused = True
                self._end()

    # One pass.

    def _play_once(self) -> None:
        now = 0.0
        drawing = DrawingFilter()
        self._skipping, self._mark = False, ""
        self._stage.write(_CLEAR)
        self._due = monotonic()
        for event in self._reader:
            self._await(min(event.time - now, self._longest_wait), event)
            if self._left or self._again:
                return
            now = event.time
            if event.code == "o":
                text = _OTHER_SCREEN.sub(_CLEAR, drawing.feed(event.data))
                self._stage.write(text)
            elif event.code == "m":
                self._mark, self._skipping = event.data, False
            if now >= self._resume:
                self._tell(now)
        self._resume = 0.0

    def _await(self, seconds: float, event: Event) -> None:
        """Wait until ``event`` is due, or until the user has it shown at once."""
        if event.time < self._resume:
            self._due = monotonic()
            return
        self._due = max(self._due, monotonic() - _BEHIND_S) + seconds / self._speed
        while not (self._left or self._again):
            left = 0.0 if self._skipping else self._due - monotonic()
            if self._paused and not self._skipping:
                if self._steps:
                    self._steps -= event.code == "o"
                    return
                self._obey(None, event.time)
                self._due = monotonic()
            elif left <= 0:
                self._obey(0.0, event.time)
                if self._skipping:
                    self._due = monotonic()  # what follows the mark comes in its own time
                if not self._paused or self._skipping:
                    return
            else:
                self._obey(left, event.time)

    def _end(self) -> None:
        self._steps = 0
        self._stage.tell(self._status(None, "end"))
        while not (self._left or self._again):
            self._obey(None, None)
            if not self._paused or self._skipping:
                self._paused = False
                self._again = True

    # Keys.

    def _obey(self, timeout: float | None, time: float | None) -> None:
        before = (self._paused, self._speed)
        for key in self._stage.keys(timeout):
            match key:
                case "q":
                    self._left = True
                case " ":
                    self._paused = not self._paused
                case "." | "right":
                    self._steps += self._paused
                    self._paused = True
                case "+" | "=":
                    self._change_speed(1)
                case "-":
                    self._change_speed(-1)
                case "]":
                    self._skipping = True
                case "home":
                    self._again, self._paused, self._resume = True, False, 0.0
        if not self._left and self._stage.size() != self._size:
            # A terminal wraps or cuts what it shows, and a recording draws only what changes.
            self._fit()
            self._again = True
            self._resume = math.inf if time is None else time
        elif before != (self._paused, self._speed) and time is not None:
            self._stage.tell(self._status(time))

    def _change_speed(self, by: int) -> None:
        nearest = min(range(len(SPEEDS)), key=lambda i: abs(SPEEDS[i] - self._speed))
        speed = SPEEDS[min(max(nearest + by, 0), len(SPEEDS) - 1)]
        now = monotonic()
        self._due = now + max(0.0, self._due - now) * self._speed / speed
        self._speed = speed

    # What is said.

    def _tell(self, time: float) -> None:
        if self._paused or self._stage.may_tell():
            self._stage.tell(self._status(time))

    def _status(self, time: float | None, state: str = "") -> list[str]:
        state = state or ("paused" if self._paused else "plays")
        at = "" if time is None else f"  {time:7.1f} s"
        cut = self._reader.cut_off
        note = f"  cut off in line {cut}" if cut is not None and state == "end" else ""
        left = f" {state}{at}  {self._speed:g}x  {self._mark[:20]}{note}"
        return [f"{left}   {keys}" for keys in _KEYS]

    def _fit(self) -> None:
        """Ask for a larger terminal until there is one, or the user goes on regardless."""
        needed = (self._reader.width, self._reader.height)
        while not (self._left or self._stage.fits(needed) or self._anyway):
            columns, rows = self._stage.size()
            self._stage.say(
                f"The recording needs {needed[0]}x{needed[1]}, this is {columns}x{rows}: "
                "enlarge the terminal, or press space to play it anyway (q quits)"
            )
            for key in self._stage.keys(None):
                if key == "q":
                    self._left = True
                if key == " ":
                    self._anyway = True
        self._size = self._stage.size()
