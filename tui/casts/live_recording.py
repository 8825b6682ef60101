"""Start and stop a live recording of an app: what the key ``r`` does."""

from pathlib import Path
from time import time
from typing import TYPE_CHECKING, Any

from textual.app import App
from textual.driver import Driver

from ...core.errors import DiffvizError
from ..text import duration, shell_word

if TYPE_CHECKING:
    from .live import LiveCast  # not for the first frame


class LiveRecording:
    """Records an app into a cast in the current folder."""

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self._cast: LiveCast | None = None

    @property
    def path(self) -> str:
        """The file that is being written; empty where none is."""
        return "" if self._cast is None or not self._cast.running else str(self._cast.path)

    @property
    def summary(self) -> str:
        """What the last recording is, and how to play it; empty where there was none."""
        if self._cast is None:
            return ""
        if self._cast.failure is not None:
            return f"the recording ended early: {self._cast.failure}"
        took, path = duration(self._cast.seconds), shell_word(self._cast.path)
        return f"recorded {took}: diffviz play {path}"

    def toggle(self, driver: Driver, seed: int | None) -> None:
        """Stop the recording, or start one of what ``driver`` writes."""
        if self._cast is not None and self._cast.running:
            self._cast.stop()
            self._tell(self.summary)
        else:
            self._start(driver, seed)

    def _tell(self, message: str) -> None:
        """Show a message in the screen's own place for them, or above it where it has none."""
        show = getattr(self._app.screen, "show_notice", None)
        if show is not None:
            show(message)
        else:
            self._app.notify(message, timeout=4, markup=False)

    def mark(self, label: str) -> None:
        """Add a marker."""
        if self._cast is not None:
            self._cast.mark(label)

    def resize(self, width: int, height: int) -> None:
        """Record a new size of the terminal."""
        if self._cast is not None:
            self._cast.resize(width, height)

    def _start(self, driver: Driver, seed: int | None) -> None:
        from .cast import CastHeader
        from .live import LiveCast, free_name

        stem = "diffviz" if seed is None else f"diffviz-{seed}"
        title = "diffviz" if seed is None else f"diffviz, seed {seed}"
        header = CastHeader(*self._app.size, seed=seed, title=title, timestamp=int(time()))
        try:
            self._cast = LiveCast(free_name(stem, Path()), header)
        except DiffvizError as error:
            self._tell(str(error))
            return
        self._cast.attach(driver)
        self._app.screen.refresh()  # a recording starts with the whole screen
