"""The explanation over the run, where there is no room for a panel beside it."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from ...core.records import Step
from ..theme import PANEL
from ..widgets.explain import Explain


class ExplainScreen(ModalScreen[None]):
    """Shown over the run, which goes on."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e,escape,space,enter", "close", show=False),
        Binding("q", "quit", show=False),
    ]
    AUTO_FOCUS = None
    ALLOW_SELECT = False
    DEFAULT_CSS = """
    ExplainScreen { align: center middle; overflow: hidden; }
    ExplainScreen Explain { width: 62; max-width: 100%; height: 14; max-height: 100%; }
    """

    def __init__(self, step: Step | None, sampler: str) -> None:
        super().__init__()
        self._step = step
        self._sampler = sampler

    def compose(self) -> ComposeResult:
        """Make the box."""
        yield Explain(background=PANEL, inset=3)

    def on_mount(self) -> None:
        """Fill it."""
        self.query_one(Explain).show(self._step, self._sampler)

    def on_click(self) -> None:
        """Close on any click."""
        self.action_close()

    def action_close(self) -> None:
        """Go back to the run."""
        if self.is_current:
            self.dismiss()

    def action_quit(self) -> None:
        """Leave the app."""
        self.app.exit(return_code=0)
