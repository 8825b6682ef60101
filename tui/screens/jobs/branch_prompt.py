"""The question that ``b`` asks: how many children."""

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from ....core.names import BRANCH_CHILDREN
from ...theme import ACCENT, DIM, PANEL, TEXT, style
from ...widgets.text_widget import Row, TextWidget, length, text

_BOX = (38, 7)
_DEFAULT = 3


class Question(TextWidget):
    """The choices, on a panel."""

    def __init__(self, t: int) -> None:
        super().__init__()
        self._t = t

    def rows(self, width: int, height: int) -> Iterable[Row]:
        """Return what a branch is and the keys."""
        strong, dim = style(TEXT, bold=True, background=PANEL), style(DIM, background=PANEL)
        numbers = [text(f"{number}   ", strong) for number in BRANCH_CHILDREN]
        content: list[Row] = [
            [],
            [text(f"branch at t={self._t}", style(ACCENT, bold=True, background=PANEL))],
            [text("this x_t goes on with fresh noise", dim)],
            [],
            [*numbers, text("children", dim)],
            [
                text("b", strong),
                text(f" {_DEFAULT}   ", dim),
                text("Esc", strong),
                text(" no", dim),
            ],
            [],
        ]
        for row in content:
            line = [text("  ", dim), *row]
            yield [*line, text(" " * max(0, width - length(line)), dim)]


class BranchPrompt(ModalScreen[int | None]):
    """Dismissed with the number of children, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(str(n), f"choose({n})", show=False) for n in BRANCH_CHILDREN),
        Binding("b,enter", f"choose({_DEFAULT})", show=False),
        Binding("escape", "choose(0)", show=False),
        Binding("q", "quit", show=False),
    ]
    AUTO_FOCUS = None
    ALLOW_SELECT = False
    DEFAULT_CSS = f"""
    BranchPrompt {{ align: center middle; overflow: hidden; }}
    Question {{ width: {_BOX[0]}; max-width: 100%; height: {_BOX[1]}; max-height: 100%; }}
    """

    def __init__(self, t: int) -> None:
        super().__init__()
        self._t = t

    def compose(self) -> ComposeResult:
        """Make the box."""
        yield Question(self._t)

    def on_click(self) -> None:
        """Close on any click."""
        self.action_choose(0)

    def action_choose(self, children: int) -> None:
        """Answer; 0 for no branch."""
        if self.is_current:
            self.dismiss(children or None)

    def action_quit(self) -> None:
        """Leave the app."""
        self.app.exit(return_code=0)
