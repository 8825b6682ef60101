"""What every screen is made with: a layout after a plan, bindings after a key table."""

from collections.abc import Callable

from textual.binding import Binding, BindingType
from textual.geometry import NULL_OFFSET, NULL_SPACING, Region, Size
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.widget import Widget

from ..keys import Key

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


def bindings(keys: tuple[Key, ...]) -> list[BindingType]:
    """Return the bindings of a key table; Ctrl+C is the app's own."""
    return [
        Binding(key.names, key.action, key.help, show=False, priority=key.names == "tab")
        for key in keys
        if key.action != "interrupt"
    ]
