"""A key means the same on every screen: its actions are of one family, but for named exceptions."""

from collections import defaultdict

import pytest

from diffviz.tui.keys import Key
from diffviz.tui.screens.draw.draw_keys import DRAW_KEYS, U_TURN_KEYS
from diffviz.tui.screens.draw.morph_keys import MORPH_KEYS
from diffviz.tui.screens.forward.forward_keys import FORWARD_KEYS
from diffviz.tui.screens.jobs.branch_keys import BRANCH_KEYS, TREE_KEYS
from diffviz.tui.screens.jobs.job_keys import GRID_KEYS, LABEL_GRID_KEYS, RACE_KEYS
from diffviz.tui.screens.run.run_keys import RUN_KEYS
from diffviz.tui.screens.steps.steps_keys import STEPS_KEYS
from diffviz.tui.screens.tour.tour_keys import TOUR_KEYS
from diffviz.tui.screens.training.training_keys import LIST_KEYS, TRAIN_KEYS

SCREENS: dict[str, tuple[Key, ...]] = {
    "run": RUN_KEYS,
    "grid": GRID_KEYS,
    "grid of labels": LABEL_GRID_KEYS,
    "race": RACE_KEYS,
    "branch": BRANCH_KEYS,
    "tree": TREE_KEYS,
    "forward": FORWARD_KEYS,
    "canvas": DRAW_KEYS,
    "U-turns": U_TURN_KEYS,
    "morph": MORPH_KEYS,
    "steps": STEPS_KEYS,
    "tour": TOUR_KEYS,
    "training": TRAIN_KEYS,
    "list of runs": LIST_KEYS,
}

FAMILIES: dict[str, set[str]] = {
    "play or pause": {"play", "pause", "next"},
    "go on with what is selected": {"open", "ask"},
    "go along what is shown": {
        *("move", "scrub", "film", "slide", "pan", "station", "walk", "select", "cursor"),
    },
    "another one": {"next_seed", "next_image", "next_noise", "real_digit", "fresh", "sampling"},
    "faster or slower": {"speed", "faster", "slower"},
    "compare side by side": {"race", "next_race"},
    "which samplers": {"sampler", "choose_lanes"},
}
"""Actions of different names that are the same to the user."""

OF_KEYS = {
    **dict.fromkeys(("home", "end"), "to the first or the last"),
    **dict.fromkeys(("pageup", "pagedown", "tab", "shift+tab"), "other pages or panels"),
    "T": "the tree of branches",
}
"""Keys whose actions have many names for one meaning."""

EXCEPTIONS: dict[tuple[str, str], str] = {
    **dict.fromkeys(
        [("canvas", key) for key in ("space", "shift+left", "shift+right", "L")],
        "nothing plays on the canvas: space paints, and shift (or H J K L) draws lines",
    ),
    **dict.fromkeys([("tour", n) for n in "1234"], "a number answers the question of a station"),
    ("tour", "enter"): "goes on, as space does there",
    **dict.fromkeys(
        [("training", key) for key in "sy"],
        "smoothing and the y axis; a training never leads to a run, where s saves and y copies",
    ),
    ("training", "k"): "makes a checkpoint, which does no harm; j and k are for lists",
    ("list of runs", "space"): "marks a row, as in lists of files",
}
"""Keys that mean something else on a screen, and why."""


def family(key: Key, name: str) -> str:
    """Return the family of what the key called ``name`` does."""
    action = key.action.partition("(")[0].removeprefix("app.")
    kinds = [kind for kind, actions in FAMILIES.items() if action in actions]
    return OF_KEYS.get(name) or next(iter(kinds), action)


def meanings() -> dict[str, dict[str, set[str]]]:
    """Return for each key the screens by what it means there, without the exceptions."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for screen, keys in SCREENS.items():
        for key in keys:
            for name in key.names.split(","):
                if (screen, name) not in EXCEPTIONS:
                    found[name][family(key, name)].add(screen)
    return found


def test_a_key_means_one_thing_on_every_screen():
    several = {name: dict(kinds) for name, kinds in meanings().items() if len(kinds) > 1}
    assert not several


@pytest.mark.parametrize(("screen", "name"), EXCEPTIONS)
def test_no_exception_is_needless(screen, name):
    (key,) = (key for key in SCREENS[screen] if name in key.names.split(","))
    assert meanings()[name].keys() - {family(key, name)}, "its meaning is that elsewhere"


@pytest.mark.parametrize("screen", SCREENS)
def test_no_key_has_two_actions_on_a_screen(screen):
    names = [name for key in SCREENS[screen] for name in key.names.split(",")]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("screen", [name for name in SCREENS if name != "canvas"])
def test_shift_makes_ten_steps_of_one(screen):
    actions = {name: key.action for key in SCREENS[screen] for name in key.names.split(",")}
    for name in ("left", "right"):
        ten = actions.get(f"shift+{name}")
        one = {actions.get(name), actions.get({"left": "comma", "right": "full_stop"}[name])}
        assert ten is None or ten.replace("10)", "1)") in one


@pytest.mark.parametrize("screen", SCREENS)
def test_the_palette_has_a_sentence_of_its_own_for_each_key(screen):
    told = [key for key in SCREENS[screen] if (key.command or key.help) and key.names != "ctrl+c"]
    assert not [key.names for key in told if not key.command[:1].isupper()]
    assert len({key.command for key in told}) == len(told), "no two alike"
