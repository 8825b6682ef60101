"""What a recording becomes: a cast or a screenshot; pictures are in ``film.py``."""

from ...core.errors import DiffvizError
from ..casts.cast import CastEncoder, CastHeader
from ..casts.sequences import drawing_only
from ..terminal_app import TerminalApp
from .svg import aligned


class CastWatcher:
    """Writes down a cast with a marker at each change of phase."""

    def __init__(self, header: CastHeader) -> None:
        self._encoder = CastEncoder(header)
        self._lines = [header.line()]
        self._pending = ""
        self.end = 0.0

    def wrote(self, time: float, text: str) -> None:
        """Note what was drawn; what is drawn at the same time is one event."""
        if self._pending and time > self.end:
            self._flush()
        self.end = time
        self._pending += drawing_only(text)

    def marked(self, time: float, label: str) -> None:
        """Mark where it begins."""
        self._flush()
        self.end = time
        self._lines.append(self._encoder.marker(time, label))

    def looked(self, time: float, app: TerminalApp) -> None:
        """The text says everything."""

    def ended(self, time: float, app: TerminalApp) -> None:
        """Let the cast last until now."""
        self._flush()
        self._lines.append(self._encoder.end(time))

    def content(self) -> bytes:
        """Return the file, complete or as far as it got."""
        self._flush()
        return "".join(self._lines).encode("utf-8", "replace")

    def _flush(self) -> None:
        if self._pending:
            self._lines.append(self._encoder.output(self.end, self._pending))
            self._pending = ""


class ScreenshotWatcher:
    """Takes a screenshot at the end."""

    def __init__(self) -> None:
        self.end = 0.0
        self._svg: str | None = None

    def wrote(self, time: float, text: str) -> None:
        """The last screen says everything."""

    def marked(self, time: float, label: str) -> None:
        """The last screen says everything."""

    def looked(self, time: float, app: TerminalApp) -> None:
        """The last screen says everything."""

    def ended(self, time: float, app: TerminalApp) -> None:
        """Keep what is on the screen."""
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
