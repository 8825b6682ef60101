"""What every screen is made with: a layout after a plan, bindings after a key table, cells."""

from abc import abstractmethod
from collections.abc import Callable
from typing import Any

from textual.app import App
from textual.binding import Binding, BindingType
from textual.geometry import NULL_OFFSET, NULL_SPACING, Region, Size
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.screen import Screen, ScreenResultType
from textual.widget import Widget

from ..keys import Key
from ..pixels.tiles import Mode

MIN_WIDTH, MIN_HEIGHT = 40, 20
"""The smallest terminal that a screen fits in, in cells."""
Regions = dict[str, Region]


class PlannedLayout(Layout):
    """Puts every widget where a plan wants it; widgets without a region are not shown."""

    name = "planned"

    def __init__(self, plan: Callable[[int, int], Regions]) -> None:
        super().__init__()
        self._plan = plan

    def arrange(
        self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True
    ) -> ArrangeResult:
        """Return the placements."""
        regions = self._plan(size.width, size.height)
        return [
            WidgetPlacement(regions[child.id], NULL_OFFSET, NULL_SPACING, child)
            for child in children
            if child.id in regions
        ]


class PlannedScreen(Screen[ScreenResultType]):
    """A screen that fills the terminal after a plan."""

    AUTO_FOCUS = None
    ALLOW_SELECT = False
    DEFAULT_CSS = "PlannedScreen { overflow: hidden; }"

    def __init__(self) -> None:
        super().__init__()
        self._layout = PlannedLayout(self.regions)

    @property
    def layout(self) -> Layout:
        """The layout of the widgets; styles can only name Textual's own ones."""
        return self._layout

    @abstractmethod
    def regions(self, width: int, height: int) -> Regions:
        """Return where the widgets are on a terminal of this size."""


def bindings(keys: tuple[Key, ...]) -> list[BindingType]:
    """Return the bindings of a key table; Ctrl+C is the app's own."""
    return [
        Binding(key.names, key.action, key.help, show=False, priority=key.names == "tab")
        for key in keys
        if key.action != "interrupt"
    ]


def small_mode(app: App[Any]) -> Mode:
    """Return how pictures are drawn where half-blocks don't fit; quadrants take many greys."""
    many_greys = app.console.color_system in ("truecolor", "256")
    return Mode.QUADRANT if many_greys else Mode.BRAILLE
