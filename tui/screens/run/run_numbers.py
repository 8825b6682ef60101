"""The numbers of the run screen."""

from typing import NamedTuple

from ...text import alpha_bar_text, duration, snr_text
from ...widgets.explain_texts import NOISE_FACTOR, noise_factor
from ...widgets.maths import spelled

FIRST_OF_RUN = "noise"
"""The numbers before this one describe the process, the others the current run."""
DROP_FIRST = (NOISE_FACTOR, spelled(NOISE_FACTOR), "left", "step", "alpha_bar", "speed")
"""The numbers that are left out first where there is little room."""
LINE_WIDTHS = {"t": 4, "alpha_bar": 7, "SNR": 8, "steps/s": 6, "left": 6}
"""The most important numbers, with the widths of their values."""


class RunNumbers(NamedTuple):
    """The numbers of the current run; None while they are unknown."""

    steps: int
    speed: str
    """The selected pace, as text."""
    t: int
    alpha_bar: float
    noise: float | None = 1.0
    """Scale of the injected noise, 0 to 1; None where none is injected."""
    step: int = 0
    rate: float | None = None
    left: float | None = None
    """Seconds until the end."""
    live: bool = True
    """Whether the step is the newest one, which rate and left are about."""
    label: str = ""
    """The class that the step was told; empty for none."""
    guidance: float = 0.0
    evaluations: int = 0
    """Network evaluations up to the step."""


def labelled(numbers: RunNumbers, only_ascii: bool = False) -> list[tuple[str, str]]:
    """Return labels and values as text, in the order of the panel."""
    factor = spelled(NOISE_FACTOR) if only_ascii else NOISE_FACTOR
    n = numbers
    unknown = "–"
    rate, left = (n.rate, n.left) if n.live else (None, None)
    told = [("label", n.label), ("guidance", f"{n.guidance:g}")] if n.label else []
    evaluations = [("evaluations", str(n.evaluations))] if n.label else []
    return [
        ("t", str(n.t)),
        ("alpha_bar", alpha_bar_text(n.alpha_bar)),
        ("SNR", snr_text(n.alpha_bar)),
        (factor, f"{noise_factor(n.alpha_bar):.3f}"),
        ("step", f"{n.step}/{n.steps}"),
        *evaluations,
        *told,
        ("noise", unknown if n.noise is None else _tenths(n.noise)),
        ("speed", n.speed),
        ("steps/s", unknown if rate is None else f"{rate:.1f}"),
        ("left", unknown if left is None else duration(left)),
    ]


def _tenths(number: float) -> str:
    """Return a number with one decimal, or with more if it has them."""
    return f"{number:.1f}" if round(number, 1) == number else f"{number:g}"
