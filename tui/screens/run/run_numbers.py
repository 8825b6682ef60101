"""The numbers of the run screen."""

from typing import NamedTuple

from ...text import alpha_bar_text, duration, snr_text

FIRST_OF_RUN = "noise"
"""The numbers before it are about the process, the others about this run of it."""
DROP_FIRST = ("sigma", "eta", "step", "alpha_bar", "speed")
"""What is left out first where there is little room."""
LINE_WIDTHS = {"t": 4, "alpha_bar": 7, "SNR": 8, "steps/s": 6, "eta": 6}
"""The numbers that are most important, with the cells of their values."""


class RunNumbers(NamedTuple):
    """What is known about the current run. None is not known (yet)."""

    steps: int
    speed: float | None
    """The speed asked for, in steps per second; None is as fast as possible."""
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
