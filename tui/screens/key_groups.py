"""The groups of keys in the help, by what their actions are about."""

from collections.abc import Sequence

from ..keys import Key

_GROUPS: dict[str, tuple[str, ...]] = {
    "Go in time": (
        *("play", "pause", "move", "scrub", "live", "first", "phase", "seek", "film", "film_end"),
        *("speed", "faster", "slower", "uneven", "loop"),
    ),
    "Branch": ("branch", "walk", "tree"),
    "Choose": (
        *("go_to", "next_seed", "undo", "redo", "next_image", "select", "open", "mark", "label"),
        *("sampler", "weights", "noise", "digit", "guidance", "align"),
        *("next_race", "choose_lanes", "sampling"),
    ),
    "Look": (
        *("view", "page", "panels", "explain", "label_pictures", "zoom", "pan", "log", "smooth"),
        "overlay",
    ),
    "Training": ("checkpoint", "halve", "extend", "stop"),
    "Other screens": ("grid", "race", "compare", "forward", "other_backend", "back"),
    "Program": (
        *("record", "change_theme", "command_palette", "help", "quit", "interrupt"),
        "suspend_process",
    ),
}
_ELSE = "Choose"


def grouped(keys: Sequence[Key]) -> list[tuple[str, list[Key]]]:
    """Return the groups that have keys, each with its keys in the order of the table."""
    groups: dict[str, list[Key]] = {name: [] for name in _GROUPS}
    for key in keys:
        action = key.action.partition("(")[0].removeprefix("app.")
        # arrows with two numbers select something on the screen
        selects = action == "move" and ("," in key.action or key.shown.startswith("↑"))
        name = next((name for name, actions in _GROUPS.items() if action in actions), _ELSE)
        groups[_ELSE if selects else name].append(key)
    return [(name, found) for name, found in groups.items() if found]
