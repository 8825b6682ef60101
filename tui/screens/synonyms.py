"""Other words for what keys do, by which the command palette and the help find them."""

from ..keys import Key

_SYNONYMS: dict[str, str] = {
    "back": "return close previous screen",
    "branch": "fork children split again fresh",
    "change_theme": "colours colors dark light contrast colour-blind color-blind mode",
    "command_palette": "actions search find",
    "compare": "versus side by side",
    "copy": "clipboard yank share reproduce osc 52 command line",
    "digit": "label class number conditional",
    "draw": "paint sketch canvas own picture inpainting edit",
    "explain": "what is this theory equations maths formula learn teach",
    "first": "start beginning rewind jump",
    "forward": "noising add noise diffusion process q",
    "go_to": "jump seek search type",
    "grid": "many digits samples batch all",
    "guidance": "cfg classifier-free scale",
    "help": "keys shortcuts bindings manual",
    "label_grid": "classes all digits conditional",
    "label_pictures": "conditional unconditional difference",
    "live": "end newest latest jump",
    "loop": "repeat endless again screensaver",
    "move": "step scrub seek jump time",
    "next_seed": "new another random generate",
    "next_race": "compare weights samplers guidances other kind",
    "noise": "dial injected eta stochastic temperature",
    "panels": "tab page view more loss schedule eps",
    "phase": "jump seek static blob lock-in refinement",
    "play": "pause stop resume continue replay start",
    "quit": "exit leave close end",
    "race": "compare samplers versus side by side",
    "record": "asciicast cast film video capture movie gif",
    "sampler": "scheduler solver ddpm ddim dpm-solver sa-solver method algorithm",
    "save": "picture image screenshot svg png export file",
    "speed": "tempo pace fast slow",
    "suspend_process": "background stop shell ctrl z",
    "tree": "branches history",
    "undo": "back revert previous",
    "redo": "again",
    "uneven": "tempo slow motion speed",
    "walk": "branches previous next",
    "weights": "model network checkpoint load",
    "zoom": "fullscreen full screen large enlarge big maximise maximize picture",
    # the training screens
    "checkpoint": "save weights",
    "halve": "learning rate lr slower",
    "stop": "end abort cancel kill",
    "log": "axis logarithmic scale",
    "smooth": "smoothing average mean",
}


def synonyms(key: Key) -> str:
    """Return other words for what a key does: the name of its action, and more."""
    action = key.action.partition("(")[0].removeprefix("app.")
    return f"{action.replace('_', ' ')} {_SYNONYMS.get(action, '')}"
