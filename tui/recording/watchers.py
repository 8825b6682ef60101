"""Watchers: what a recording becomes. A cast or a screenshot; pictures are in ``animation.py``."""

from collections.abc import Sequence

from ...core.errors import DiffvizError
from ..casts.cast import CastEncoder, CastHeader
from ..casts.sequences import drawing_only
from ..casts.svg import aligned
from ..terminal_app import TerminalApp
from ..worker.events import LaneStep


class Watcher:
    """Receives the events of a recording and ignores them; times are seconds since its start."""

    def on_output(self, time: float, text: str) -> None:
        """Process text that the app writes to the terminal."""

    def on_steps(self, steps: Sequence[LaneStep]) -> None:
        """Process steps that were sampled, of any run; called in the sampler's thread."""

    def on_marker(self, time: float, label: str) -> None:
        """Process the start of a phase or an epoch."""

    def on_sample(self, time: float, app: TerminalApp) -> None:
        """Process the state of the app; called at a fixed interval."""

    def on_end(self, time: float, app: TerminalApp) -> None:
        """Process the end of the script; the last screen is still there."""


class CastWatcher(Watcher):
    """Writes a cast with a marker at each change of phase."""

    def __init__(self, header: CastHeader) -> None:
        self._encoder = CastEncoder(header)
        self._lines = [header.line()]
        self._pending = ""
        self._time = 0.0

    def on_output(self, time: float, text: str) -> None:
        """Append output; all output of the same moment becomes one event."""
        if self._pending and time > self._time:
            self._flush()
        self._time = time
        self._pending += drawing_only(text)

    def on_marker(self, time: float, label: str) -> None:
        """Append a marker."""
        self._flush()
        self._time = time
        self._lines.append(self._encoder.marker(time, label))

    def on_end(self, time: float, app: TerminalApp) -> None:
        """Make the cast last until ``time``."""
        self._flush()
        self._lines.append(self._encoder.end(time))

    def content(self) -> bytes:
        """Return the file, complete or as far as it got."""
        self._flush()
        return "".join(self._lines).encode("utf-8", "replace")

    def _flush(self) -> None:
        if self._pending:
            self._lines.append(self._encoder.output(self._time, self._pending))
            self._pending = ""


class ScreenshotWatcher(Watcher):
    """Takes a screenshot at the end."""

    def __init__(self) -> None:
        self._svg: str | None = None

    def on_end(self, time: float, app: TerminalApp) -> None:
        """Export the screen."""
        if app.is_running:
            self._svg = aligned(app.export_screenshot())

    def content(self) -> bytes:
        """Return the SVG.

        Raises:
            DiffvizError: if the app was left before the end.
        """
        if self._svg is None:
            raise DiffvizError("the app was left before the end, so there is no last screen")
        return self._svg.encode()
