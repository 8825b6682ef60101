"""Encode casts, asciinema's recordings of a terminal, versions 2 and 3: text in, lines out.

Every line is complete by itself, so a truncated recording plays up to its last line.
"""

import json
from dataclasses import dataclass, field

_TICKS_PER_S = 1000


@dataclass(frozen=True, slots=True)
class CastHeader:
    """The first line of a recording."""

    width: int
    height: int
    version: int = 2
    """2 is what every player reads; 3 is newer."""
    seed: int | None = None
    title: str = ""
    command: str = ""
    idle_time_limit: float | None = None
    """The longest wait of a player between two events, in seconds."""
    timestamp: int | None = None
    """Seconds since 1970; None leaves it out, so that the same recording has the same bytes."""
    details: dict[str, object] = field(default_factory=dict)
    """More about how it was made; with the seed under the key ``diffviz``."""

    def line(self) -> str:
        """Return the first line of the file."""
        size: dict[str, object] = {"width": self.width, "height": self.height}
        kind: dict[str, object] = {"env": {"TERM": "xterm-256color"}}
        if self.version == 3:
            size = {"term": {"cols": self.width, "rows": self.height, "type": "xterm-256color"}}
            kind = {}
        content = {"version": self.version, **size, **kind}
        for name in ("timestamp", "idle_time_limit", "command", "title"):
            value = getattr(self, name)
            if value not in (None, ""):
                content[name] = value
        details: dict[str, object] = {} if self.seed is None else {"seed": self.seed}
        details |= self.details
        if details:
            content["diffviz"] = details
        return _json(content) + "\n"


class CastEncoder:
    """Encodes events as lines; times are seconds from the start and never decrease."""

    def __init__(self, header: CastHeader) -> None:
        self.header = header
        self._ticks = 0

    def output(self, time: float, text: str) -> str:
        """Return the line of output to the terminal."""
        return self._event(time, "o", text)

    def marker(self, time: float, label: str) -> str:
        """Return the line of a marker, which players can jump to."""
        return self._event(time, "m", label)

    def resize(self, time: float, width: int, height: int) -> str:
        """Return the line of a change of the terminal's size."""
        return self._event(time, "r", f"{width}x{height}")

    def end(self, time: float) -> str:
        """Return the line that makes a recording last until ``time``."""
        return self._event(time, "x", "0") if self.header.version == 3 else self.output(time, "")

    def _event(self, time: float, code: str, data: str) -> str:
        # Intervals are differences of rounded times, so that rounding doesn't add up.
        ticks = max(self._ticks, round(time * _TICKS_PER_S))
        shown = ticks - self._ticks if self.header.version == 3 else ticks
        self._ticks = ticks
        return f"[{shown / _TICKS_PER_S:g}, {_json(code)}, {_json(data)}]\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
