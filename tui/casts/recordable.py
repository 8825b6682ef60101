"""The part of an app that the key ``r`` starts: a cast of what is seen, live."""

from pathlib import Path
from time import time
from typing import TYPE_CHECKING

from textual.events import Resize

from ...core.errors import DiffvizError
from ..widgets.bars import Footer
from ..worker.messages import PhaseChanged

if TYPE_CHECKING:
    from textual.app import App

    from .live import LiveCast

    _Base = App[str]
else:
    _Base = object


class Recordable(_Base):
    """Mixed into an app, gives it ``action_record``."""

    cast: "LiveCast | None" = None
    """The recording under way, or the last one."""

    @property
    def seed(self) -> int | None:
        """The seed on show; None where there is none."""
        return None

    @property
    def recording(self) -> str:
        """What the screen says about the recording under way; empty where there is none."""
        return "" if self.cast is None or not self.cast.running else str(self.cast.path)

    def action_record(self) -> None:
        """Begin or end a recording."""
        if self.cast is not None and self.cast.running:
            self.cast.stop()
            self.notify(self.recorded(), timeout=4)
        else:
            self._begin()
        for footer in self.screen.query(Footer):
            footer.changed()

    def recorded(self) -> str:
        """Return what has come of the last recording; empty where there was none."""
        if self.cast is None:
            return ""
        if self.cast.failure is not None:
            return f"the recording ended early: {self.cast.failure}"
        return f"recorded {self.cast.seconds:.1f} s: diffviz play {self.cast.path}"

    def on_phase_changed(self, message: PhaseChanged) -> None:
        """Mark the phase in the recording."""
        if self.cast is not None:
            self.cast.mark(message.phase.label)

    def on_resize(self, event: Resize) -> None:
        """Note the new size in the recording."""
        if self.cast is not None:
            self.cast.resize(event.size.width, event.size.height)

    def _begin(self) -> None:
        if self._driver is None:
            return
        from .cast import CastHeader
        from .live import LiveCast, free_name

        seed = self.seed
        stem = "diffviz" if seed is None else f"diffviz-{seed}"
        title = "diffviz" if seed is None else f"diffviz, seed {seed}"
        header = CastHeader(*self.size, seed=seed, title=title, timestamp=int(time()))
        try:
            self.cast = LiveCast(free_name(stem, Path()), header)
        except DiffvizError as error:
            self.notify(str(error), severity="error")
            return
        self.cast.listen(self._driver)
        self.screen.refresh()  # a recording begins with all that is on the screen
