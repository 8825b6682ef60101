"""What a test needs of a running app: keys, sizes, and what is on the screen."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from textual.app import App
from textual.pilot import Pilot

from diffviz.tui.app import RunApp
from diffviz.tui.widgets.canvas import Canvas


def screen_strips(app: App) -> list[Any]:
    """Return the rows of the screen as Textual's compositor has them."""
    return app.screen._compositor.render_strips()


def screen_lines(app: App) -> list[str]:
    """Return the rows of the screen as text."""
    return [strip.text for strip in screen_strips(app)]


def screen_text(app: App) -> str:
    """Return what is on the screen as one text."""
    return "\n".join(screen_lines(app))


def full_frame(app: App) -> str:
    """Return all that is sent to the terminal to draw the whole screen anew."""
    update: Any = app.screen._compositor.render_update(full=True)
    return update.render_segments(app.console)


async def until(pilot: Pilot, condition: Callable[[], object]) -> None:
    """Let the app work until something is true."""
    for _ in range(600):
        if condition():
            return
        await pilot.pause(0.01)
    raise AssertionError("what was waited for didn't happen")


class AppTester:
    """Presses keys in an app and reads its screen; ``sampler`` is the app's fake one, if any."""

    def __init__(self, app: Any, pilot: Pilot, sampler: Any = None) -> None:
        self.app, self.pilot, self.sampler = app, pilot, sampler

    @property
    def screen(self) -> Any:
        """The screen under test."""
        return self.app.screen

    async def until(self, condition: Callable[[], object]) -> None:
        await until(self.pilot, condition)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def resize(self, width: int, height: int) -> None:
        await self.pilot.resize_terminal(width, height)
        await self.pilot.pause()

    async def assert_help_shows(self, keys: Iterable[Any]) -> None:
        """Turn the pages of the help: all of ``keys`` are there, with every word."""
        words: set[str] = set()
        for _ in range(self.app.screen.box.pages):
            words |= set(self.text().split())
            await self.press("pagedown")
        for key in keys:
            assert not key.help or set(f"{key.shown} {key.help}".split()) <= words, key

    def lines(self) -> list[str]:
        return screen_lines(self.app)

    def text(self) -> str:
        return screen_text(self.app)


class RunTester(AppTester):
    """Tests the run screen."""

    app: RunApp

    @property
    def screen(self) -> Any:
        return self.app.run_screen

    def value(self, label: str) -> str:
        """Return the number that is shown for ``label``: in the panel, or in the line."""
        regions = self.screen.plan(*self.app.size).regions
        if "readout" not in regions:
            words = re.split(r"  +", self.at("line").replace(f"{label} ", f"{label}  ", 1).strip())
            return words[words.index(label) + 1]
        row = next(row for row in self.at("readout").splitlines() if row.split()[:1] == [label])
        return " ".join(row.split()[1:])

    async def until_t(self, t: int) -> None:
        """Wait for the frame of timestep ``t``, with the picture that only a frame has."""
        x0 = self.screen.query_one("#x0", Canvas)
        await self.until(lambda: x0.image is not None and self.value("t") == str(t))

    def at(self, name: str) -> str:
        """Return what is on the screen in the region of a widget."""
        x, y, width, height = self.screen.plan(*self.app.size).regions[name]
        return "\n".join(line[x : x + width] for line in self.lines()[y : y + height])

    def footer(self) -> str:
        return self.lines()[-1]
