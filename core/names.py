"""The names, ranges and defaults that flags, help texts and registries share.

Only the standard library is imported, so that ``--help`` stays fast.
"""

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeGuard

SIDE = 28
"""Height and width of an image in pixels."""
MAX_MODEL_SIDE = 256
"""Most pixels in height and width of an image of a model of the user."""
NUM_TIMESTEPS = 1000
"""T: timesteps run from 1 (almost clean) to T (almost pure noise)."""
SEEDS = 2**64
"""Number of seeds, from 0."""

MAX_CLASSES = 62
"""Most classes of a network with labels: digits, capital and small letters."""
MAX_CLASS_NAME = 60
"""Most characters of a class's name."""
NO_LABEL = -1
"""In place of a class's number: an image without a label."""
ALL_LABELS = ("all", "0-9")
"""Instead of a class: one sample of each."""
ANY_LABEL = "any"
"""Instead of a class: none is asked for."""
DEFAULT_GUIDANCE, MAX_GUIDANCE = 0.7, 20.0
"""Of a sample with a label."""
DEFAULT_GUIDANCE_FROM, DEFAULT_GUIDANCE_UNTIL = 500, 200
"""Guidance counts at timesteps above the second, up to the first: it costs least variety there."""

DEFAULT_U_TURN = 500
"""The timestep that a given picture is noised to unless another is asked for."""
DEFAULT_RESAMPLINGS, MAX_RESAMPLINGS = 5, 100
"""Of a picture with hidden pixels: how often each part of the process is gone through."""
DEFAULT_JUMP = 5
"""Steps of such a part."""
MASK_SAMPLER, MASK_STEPS = "ddpm", 100
"""What fills in hidden pixels unless another sampler is asked for: docs/results.md."""

OWN = "model:"
"""Before the name of a model of the user, where weights are named; ``--model`` puts it there."""

PRECISIONS = ("fp32", "bf16")
BACKENDS = ("auto", "openvino", "pytorch", "numpy")
DEVICES_OF_TORCH = ("cuda", "mps")
"""Devices that only PyTorch computes on."""
DEVICES = ("auto", "cpu", *DEVICES_OF_TORCH)
DATASETS = ("mnist", "fashion-mnist", "kmnist", "emnist-letters", "synthetic")
DATA_DIR_VARIABLE = "DIFFVIZ_DATA_DIR"
"""The environment variable that says where data sets are."""

MIN_SAMPLES, MAX_SAMPLES = 100, 100_000
"""Digits in an evaluated set; fewer are too few for a distribution over 84 features."""
BRANCH_CHILDREN = tuple(range(1, 10))
"""How many children a branch may have on the screen."""
_LONGEST_PATH = 4096  # characters, on most systems


@dataclass(frozen=True)
class SamplerInfo:
    """Name, title, defaults and ranges of a sampler."""

    name: str
    title: str
    default_steps: int
    default_eta: float | None = None
    """None: the sampler has no eta."""
    max_eta: float = 1.0
    stochastic: bool = True
    """Whether it injects noise; one with an eta does where that is above 0."""
    about: str = ""
    """It in a few words."""


WEIGHTS_INFO = {
    "default": "draws the best digits",
    "few-steps": "for 1 to 4 steps",
    "labelled": "draws the digit that is asked for",
    "reference": "the write-up's network",
    "film-15": "earlier default, after 15 epochs",
    "film-59": "earlier default, after 59 epochs",
    "labelled-12": "earlier labelled, after 12 epochs",
}
"""What the bundled weights are."""

CONSISTENCY = "consistency"
"""The sampler of distilled weights."""
FEWEST_STEPS = 5
"""With fewer steps only distilled weights draw whole digits."""

SAMPLER_INFO: dict[str, SamplerInfo] = {
    info.name: info
    for info in (
        SamplerInfo("ddpm", "DDPM", NUM_TIMESTEPS, about="the original, fresh noise at each step"),
        SamplerInfo("ddim", "DDIM", 50, default_eta=0.0, about="longer steps, without noise"),
        SamplerInfo(
            "dpmpp-2m",
            "DPM-Solver++(2M)",
            20,
            stochastic=False,
            about="second order, without noise",
        ),
        SamplerInfo(
            "dpmpp-2m-sde",
            "SDE-DPM-Solver++(2M)",
            20,
            about="second order, with noise",
        ),
        # eta found by trial on the default weights: docs/results.md
        SamplerInfo(
            "sa-solver",
            "SA-Solver",
            20,
            default_eta=0.7,
            max_eta=10.0,
            about="extrapolates, then adds noise",
        ),
        SamplerInfo(CONSISTENCY, "Consistency", 4, about="one to four steps, of distilled weights"),
    )
}


def own_name(weights: str) -> str | None:
    """Return what ``--model`` was given, or None for weights of diffviz."""
    return weights.removeprefix(OWN) if weights.startswith(OWN) else None


def shown_name(weights: str) -> str:
    """Return the weights or the model as the user has named them."""
    return weights.removeprefix(OWN)


def noun_of(weights: str) -> str:
    """Return what a sample of the weights or of a model of the user is called."""
    return "digit" if own_name(weights) is None else "picture"


def is_finite_number(value: object) -> TypeGuard[float]:
    """Return whether ``value`` is a number that a float can hold: no bool, NaN or infinity."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) <= sys.float_info.max


def is_path_text(value: object) -> TypeGuard[str]:
    """Return whether ``value`` is text that can be a path: any without NUL, and not too long.

    It may hold spaces of all scripts, bytes that are no UTF-8 (as surrogates) and control
    characters: whoever shows it escapes them.
    """
    return isinstance(value, str) and "\0" not in value and len(value) <= _LONGEST_PATH


def find_name(text: str, names: Iterable[str]) -> str | None:
    """Return the one of ``names`` that ``text`` stands for; None if it is none of them.

    Upper and lower case are the same, and so are ``-``, ``_`` and nothing between words.
    """
    known = list(names)
    if text in known:
        return text
    wanted = _letters(text)
    return next((name for name in known if wanted and _letters(name) == wanted), None)


def suggestion(text: str, names: Iterable[str]) -> str:
    """Return the end of a message about an unknown name: the nearest one, or all of them."""
    from difflib import get_close_matches  # only for this message

    known = {name.lower(): name for name in names}
    near = get_close_matches(text.lower(), known, 1)
    if near:
        return f"did you mean {known[near[0]]}?"
    return f"choose one of {', '.join(known.values())}"


def _letters(name: str) -> str:
    return "".join(c for c in name.casefold() if c not in "-_ ")
