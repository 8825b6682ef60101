"""The base class of the screens: a layout by a plan, bindings by a key table, common actions."""

from abc import abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.geometry import NULL_OFFSET, NULL_SPACING, Region, Size
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.screen import Screen, ScreenResultType
from textual.widget import Widget

from ..keys import Key, full_action, keys_for
from ..pixels.tiles import Mode
from ..widgets.bars import Footer, TooSmall

MIN_WIDTH, MIN_HEIGHT = 40, 20
"""The smallest terminal for most screens, in cells."""
NOTICE_S = 4.0
"""How long a message stands in the footer."""


def margin_of(width: int) -> int:
    """Return the blank columns at both sides of every screen on a terminal of this width."""
    return 2 if width >= 84 else 1


@dataclass(frozen=True)
class Plan:
    """The regions of a screen's widgets, for one size of the terminal."""

    regions: dict[str, Region]
    """By widget id; widgets without a region are hidden."""


class PlannedLayout(Layout):
    """Places the widgets of a :class:`PlannedScreen`."""

    name = "planned"

    def __init__(self, screen: "PlannedScreen[Any]") -> None:
        super().__init__()
        self._screen = screen

    def arrange(
        self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True
    ) -> ArrangeResult:
        """Return the placements."""
        regions = self._screen.plan(size.width, size.height).regions
        return [
            WidgetPlacement(regions[child.id], NULL_OFFSET, NULL_SPACING, child)
            for child in children
            if child.id in regions
        ]


class PlannedScreen(Screen[ScreenResultType]):
    """A screen whose layout is a plan, with a header, a footer and common keys."""

    KEYS: ClassVar[tuple[Key, ...]] = ()
    """The key table, for bindings, footer, help and command palette."""
    MIN_SIZE: ClassVar[tuple[int, int]] = (MIN_WIDTH, MIN_HEIGHT)
    AUTO_FOCUS = None
    ALLOW_SELECT = False
    DEFAULT_CSS = "PlannedScreen { overflow: hidden; }"

    def __init_subclass__(cls, *args: Any, **kwargs: Any) -> None:
        cls.BINDINGS = [  # Ctrl+C is a binding of the app
            Binding(key.names, key.action, key.help, show=False, priority="tab" in key.names)
            for key in cls.__dict__.get("KEYS", ())
            if key.action != "interrupt"
        ]
        super().__init_subclass__(*args, **kwargs)

    def __init__(self) -> None:
        super().__init__()
        self._layout = PlannedLayout(self)

    @property
    def noun(self) -> str:
        """What a sample is called: ``digit``, or ``picture`` of a model of the user."""
        return "digit"

    @property
    def keys(self) -> tuple[Key, ...]:
        """The key table in words that fit what is sampled."""
        return keys_for(self.KEYS, self.noun)

    @property
    def layout(self) -> Layout:
        """The layout of the widgets; styles can only select Textual's layouts."""
        return self._layout

    @abstractmethod
    def plan(self, width: int, height: int) -> Plan:
        """Return the plan for a terminal of this size."""

    @abstractmethod
    def widgets(self) -> Iterable[Widget]:
        """Make the widgets above the footer."""

    def compose(self) -> ComposeResult:
        """Make every widget; the plan decides which of them are visible."""
        yield from self.widgets()
        yield Footer(self.keys, id="footer")
        yield TooSmall(self.MIN_SIZE, id="too-small")

    def rearrange(self) -> None:
        """Lay the widgets out again because the plan has changed."""
        # Refreshing a child also clears the screen's cached arrangement.
        self.query_one("#header").refresh(layout=True)

    def show_notice(self, notice: str) -> None:
        """Show a message in place of the footer's keys for some seconds: it covers nothing else."""
        self.query_one("#footer", Footer).show_notice(notice, NOTICE_S)

    def leave(self, result: ScreenResultType | None = None) -> None:
        """Go back to the screen below, with ``result``."""
        if self.is_current:
            self.dismiss(result)

    def action_back(self) -> None:
        """Go back to the screen below."""
        self.leave()

    def action_help(self) -> None:
        """Show all keys."""
        from .help_screen import HelpScreen  # not for the first frame

        def chosen(action: str | None) -> None:
            if action is not None:
                self.call_later(self.app.run_action, full_action(action))

        self.app.push_screen(HelpScreen(self.keys), chosen)

    def action_quit(self) -> None:
        """Leave the app."""
        self.app.exit(return_code=0)


def by_part(part: str, method: str) -> Callable[..., None]:
    """Return an action that calls ``method`` of the screen's attribute ``part``."""

    def act(screen: Any, *arguments: Any) -> None:
        getattr(getattr(screen, part), method)(*arguments)

    return act


def set_window_title(app: App[Any], title: str) -> None:
    """Set the title of the terminal's window, if ``app`` is one that has it."""
    set_title = getattr(app, "set_window_title", None)
    if set_title is not None:
        set_title(title)


def small_mode(app: App[Any]) -> Mode:
    """Return the mode of pictures where half-blocks don't fit; quadrants need many greys."""
    many_greys = app.console.color_system in ("truecolor", "256")
    return Mode.QUADRANT if many_greys else Mode.BRAILLE
