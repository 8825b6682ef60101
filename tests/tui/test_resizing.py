"""Any screen, any size, at any moment: nothing fails, nothing overlaps."""

import asyncio
from itertools import combinations

import pytest

from diffviz.tui.app import RunApp

from .app_tester import screen_strips, until

SIZES = [(230, 60), (120, 40), (40, 12), (80, 24), (41, 20), (100, 30), (20, 5), (230, 60)]
SCREENS = {
    "run": (),
    "explained": ("e",),
    "keys": ("question_mark",),
    "grid": ("g",),
    "race": ("c",),
    "weights": ("C",),
    "forward": ("f",),
    "branch": ("b", "8"),
    "branch prompt": ("b",),
    "tree": ("T",),
}
SLOW = ("explained", "weights", "branch prompt")
"""Screens that are much like others here."""


def check(app) -> None:
    """Fail if widgets that draw something overlap or reach out of the screen."""
    width, height = app.size
    placed = [
        (widget.id, geometry.region)
        for widget, geometry in app.screen._compositor.full_map.items()
        if widget is not app.screen and not widget.children and geometry.region.area
    ]
    for name, region in placed:
        assert region.x >= 0, (name, app.size)
        assert region.right <= width, (name, app.size)
        assert region.bottom <= height, (name, app.size)
    for (first, a), (second, b) in combinations(placed, 2):
        assert not a.overlaps(b), (first, second, app.size)
    assert all(strip.cell_length == width for strip in screen_strips(app))


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[pytest.mark.slow] * (n in SLOW)) for n in SCREENS]
)
def test_no_widgets_overlap_while_resizing_and_sampling(
    name, make_sampler, make_options, classifier
):
    sampler = make_sampler(permits=3)

    async def main():
        app = RunApp(make_options(steps=1000, weights="default"), sampler, classifier)
        async with app.run_test(size=SIZES[0]) as pilot:
            try:
                await until(pilot, lambda: app.run_screen.session.index >= 1)
                await pilot.press(*SCREENS[name])
                await pilot.pause()
                for size in SIZES:
                    sampler.allow(3)
                    app.run_screen.pull()
                    await pilot.resize_terminal(*size)
                    await pilot.pause()
                    assert app.size == size
                    check(app)
            finally:
                app.bridge.driver.close()
                sampler.allow_all()
        assert app.bridge.driver.join(20)

    asyncio.run(main())
