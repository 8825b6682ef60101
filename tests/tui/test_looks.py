"""The look of a few screens, cell by cell and colour by colour, on a sampler without a network.

After a change that was meant, ``DIFFVIZ_UPDATE_LOOKS=1 pytest tests/tui/test_looks.py`` writes the
files in ``looks/`` anew: read their difference before you commit it.
"""

import asyncio
import os
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from diffviz.tui.app import RunApp
from diffviz.tui.keys import State
from diffviz.tui.terminal import Terminal
from diffviz.tui.worker.bridge import Bridge
from diffviz.tui.worker.thread_driver import ThreadDriver

from .app_tester import screen_strips, until

LOOKS = Path(__file__).parent / "looks"
NAMES = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
CASES = {
    "run-80x24": ((80, 24), ()),
    "run-120x40-light": ((120, 40), ("t",)),
    "run-100x30-back": ((100, 30), ("home", "right", "right")),
    "keys-80x24": ((80, 24), ("question_mark",)),
    "grid-120x40": ((120, 40), ("g",)),
    "race-100x30": ((100, 30), ("c",)),
    "branch-120x40": ((120, 40), ("home", "b", "3")),
    "explain-80x24": ((80, 24), ("e", "home")),
}


def described(app) -> str:
    """Return the screen as text, then a letter for each cell's colours, then what they mean."""
    strips = screen_strips(app)
    letters: dict[str, str] = {}
    colours: list[str] = []
    for strip in strips:
        row = ""
        for segment in strip:
            style = segment.style
            names = [c.name if c is not None else "-" for c in (style.color, style.bgcolor)]
            look = " on ".join(names) + " bold" * bool(style.bold)
            row += letters.setdefault(look, NAMES[len(letters)]) * segment.cell_length
        colours.append(row)
    meanings = [f"{letter} {look}" for look, letter in letters.items()]
    return "\n".join([*(s.text.rstrip() for s in strips), "", *colours, "", *meanings]) + "\n"


@pytest.mark.parametrize("name", CASES)
def test_screen_equals_its_saved_look(name, make_sampler, make_options, classifier):
    size, keys = CASES[name]
    ticks = count()

    async def main() -> str:
        app = RunApp(
            make_options(steps=4, seed=7),
            make_sampler(),
            classifier,
            partial(Bridge, make_driver=partial(ThreadDriver, clock=lambda: next(ticks) / 100)),
            terminal=Terminal(),
        )
        async with app.run_test(size=size) as pilot:
            await until(pilot, lambda: app.run_screen.state is State.DONE)
            await pilot.press(*keys)
            await pilot.pause()
            top = app.screen
            await until(pilot, lambda: getattr(top, "state", State.DONE) is State.DONE)
            await pilot.pause()
            return described(app)

    look, file = asyncio.run(main()), LOOKS / f"{name}.txt"
    if os.environ.get("DIFFVIZ_UPDATE_LOOKS"):
        file.write_text(look, "utf-8")
    assert look == file.read_text("utf-8")
