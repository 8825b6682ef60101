"""The key tables of the branches: see ``tui/keys.py`` for what a Key is."""

from ...keys import BACK, Key, common_keys
from .job_keys import PACE, PAGES, PLAY, TIME_BESIDE_SELECTION, VIEW, selection_keys

BRANCH_KEYS: tuple[Key, ...] = (
    Key(
        "enter",
        "Enter",
        "open",
        "keep the selected child and go on with it",
        "keep",
        command="Keep the selected child and go on with it",
    ),
    *selection_keys("child"),
    PLAY,
    VIEW,
    *PAGES,
    *TIME_BESIDE_SELECTION,
    *PACE,
    *common_keys(BACK._replace(help="back to the parent", footer="parent")),
)

TREE_KEYS: tuple[Key, ...] = (
    Key(
        "enter",
        "Enter",
        "open",
        "go on with the selected branch",
        "go on with it",
        command="Go on with the selected branch",
    ),
    Key(
        "up,k",
        "↑ ↓",
        "move(-1)",
        "select a branch (or click it)",
        "select",
        command="Select the branch before",
    ),
    Key("down,j", "↓", "move(1)", "", command="Select the next branch"),
    *PAGES,
    Key(
        "home", "Home End", "move(-10000)", "the first, the last", command="Select the first branch"
    ),
    Key("end", "End", "move(10000)", "", command="Select the last branch"),
    VIEW,
    *common_keys(BACK._replace(names="escape,T")),
)
