"""The explanation as an overlay of the run screen, where a panel has no room."""

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from ...core.step import Step
from ..theme import PANEL
from ..widgets.explain import Explain
from .overlay import Overlay

_REFRESHES_PER_S = 5


class ExplainScreen(Overlay[None]):
    """An overlay; the run continues below it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e,escape,space,enter", "close", show=False),
        Binding("q", "app.quit", show=False),
    ]
    DEFAULT_CSS = "ExplainScreen > Explain { width: 62; height: 17; }"

    def __init__(
        self, get_step: Callable[[], tuple[Step | None, str]], noun: str = "digit"
    ) -> None:
        """Make the overlay; ``get_step`` returns the step at the cursor, and its sampler.

        ``noun`` is what a sample is called.
        """
        super().__init__()
        self._noun = noun
        self._get_step = get_step

    def compose(self) -> ComposeResult:
        """Make the box."""
        yield Explain(background=PANEL, inset=3, noun=self._noun)

    def on_mount(self) -> None:
        """Show the explanation, and update it regularly."""
        self.fill()
        self.set_interval(1 / _REFRESHES_PER_S, self.fill)

    def fill(self) -> None:
        """Explain the current step."""
        self.query_one(Explain).show(*self._get_step())

    def on_click(self) -> None:
        """Close on any click."""
        self.action_close()

    def action_close(self) -> None:
        """Go back to the run."""
        if self.is_current:
            self.dismiss()
