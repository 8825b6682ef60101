"""The numbers of the run screen."""

from typing import NamedTuple

from ...text import alpha_bar_text, duration, snr_text

FIRST_OF_RUN = "noise"
"""The numbers before this one describe the process, the others the current run."""
DROP_FIRST = ("sigma", "eta", "step", "alpha_bar", "speed")
"""The numbers that are left out first where there is little room."""
LINE_WIDTHS = {"t": 4, "alpha_bar": 7, "SNR": 8, "steps/s": 6, "eta": 6}
"""The most important numbers, with the widths of their values."""


class RunNumbers(NamedTuple):
    """The numbers of the current run; None while they are unknown."""

    steps: int
    speed: float | None
    """The selected steps per second; None is as fast as possible."""
    t: int
    alpha_bar: float
    noise: float = 1.0
    """Scale of the injected noise, 0 to 1."""
    step: int = 0
    rate: float | None = None
    eta: float | None = None


def labelled(numbers: RunNumbers) -> list[tuple[str, str]]:
    """Return labels and values as text, in the order of the panel."""
    n = numbers
    unknown = "–"
    return [
        ("t", str(n.t)),
        ("alpha_bar", alpha_bar_text(n.alpha_bar)),
        ("SNR", snr_text(n.alpha_bar)),
        ("sigma", f"{(1.0 - n.alpha_bar) ** 0.5:.4f}"),
        ("step", f"{n.step}/{n.steps}"),
        ("noise", f"{n.noise:.1f}"),
        ("speed", "max" if n.speed is None else f"{n.speed:g} /s"),
        ("steps/s", unknown if n.rate is None else f"{n.rate:.1f}"),
        ("eta", unknown if n.eta is None else duration(n.eta)),
    ]
