"""The keys that docs/learn.md tells to press, pressed in its order on the app it starts."""

import re
from pathlib import Path

import pytest

from diffviz.core.names import BRANCH_CHILDREN
from diffviz.tui.keys import State
from diffviz.tui.screens.draw.draw_keys import DRAW_KEYS, U_TURN_KEYS
from diffviz.tui.screens.forward.forward_keys import FORWARD_KEYS
from diffviz.tui.screens.jobs.branch_keys import BRANCH_KEYS, TREE_KEYS
from diffviz.tui.screens.jobs.job_keys import GRID_KEYS, RACE_KEYS
from diffviz.tui.screens.menu import MenuScreen
from diffviz.tui.screens.question import QuestionScreen
from diffviz.tui.screens.run.run_keys import RUN_KEYS
from diffviz.tui.screens.training.training_keys import TRAIN_KEYS

TOUR = Path(__file__).resolve().parents[2] / "docs" / "learn.md"
NAMES = {
    "←": "left",
    "→": "right",
    "↑": "up",
    "Esc": "escape",
    "[": "left_square_bracket",
    "]": "right_square_bracket",
    "+": "plus",
}
BY_SCREEN = {
    "RunScreen": RUN_KEYS,
    "BranchScreen": BRANCH_KEYS,
    "TreeScreen": TREE_KEYS,
    "RaceScreen": RACE_KEYS,
    "GridScreen": GRID_KEYS,
    "ForwardScreen": FORWARD_KEYS,
    "DrawScreen": DRAW_KEYS,
    "UTurnScreen": U_TURN_KEYS,
}


def stations() -> list[tuple[str, list[str]]]:
    """Return each block of keys, in Textual's names, with the command before it."""
    found, command = [], ""
    for language, block in re.findall(
        r"^```(\w*)\n(.*?)^```$", TOUR.read_text("utf-8"), re.M | re.S
    ):
        if language == "sh":
            command = block.splitlines()[0]
        elif language == "keys":
            shown = [line.split()[0] for line in block.splitlines()]
            found.append(
                (command, [NAMES.get(key, key.lower() * (len(key) > 1) or key) for key in shown])
            )
    return found


def bound(keys) -> set[str]:
    return {name for key in keys for name in key.names.split(",")}


def test_the_guide_has_blocks_of_keys():
    assert len(stations()) > 6


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "keys"), [s for s in stations() if s[0].startswith("diffviz run")]
)
def test_every_key_of_the_guide_is_bound_on_the_screen_it_is_pressed_on(drive, command, keys):
    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        for key in keys:
            screen = d.app.screen
            if isinstance(screen, QuestionScreen):
                assert key in map(str, BRANCH_CHILDREN)
            elif isinstance(screen, MenuScreen):
                assert key.isdigit()
            else:
                assert key in bound(BY_SCREEN[type(screen).__name__]), (type(screen), key)
            await d.press(key)
        assert type(d.app.screen).__name__ == "RunScreen", "the station ends where it began"

    drive(act, size=(120, 40), steps=20)  # so that the step at t = 100 is not the last


def test_the_guide_presses_keys_on_the_training_screen():
    trained = [keys for command, keys in stations() if command.startswith("diffviz train")]
    assert trained
    assert set(*trained) <= bound(TRAIN_KEYS)
