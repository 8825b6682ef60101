"""Short explanations for learners: the phases and the equations."""

from functools import cache
from textwrap import wrap

from ...core.names import NUM_TIMESTEPS
from ...core.phases import Phase

PHASE_TEXTS: dict[Phase, str] = {
    Phase.STATIC: "x_t is almost all noise. x0_hat is a blur: the mean of all digits that may "
    "still come of it. A branch here ends on any digit.",
    Phase.BLOB: "Coarse shape comes first: x0_hat has ink where the digit will be, while its "
    "strokes are still undecided.",
    Phase.LOCK_IN: "Strokes join up and the belief settles on one digit. A branch taken after "
    "that ends on the same digit.",
    Phase.REFINEMENT: "The digit is decided; what is left is to remove the last noise and to "
    "sharpen edges.",
}

SAMPLER_EQUATIONS: dict[str, tuple[str, ...]] = {
    "ddpm": ("x_t-1 = (x_t − β/√(1−ᾱ)·eps)/√α + σz",),
    "ddim": ("x_s = √ᾱ_s·x0_hat + √(1−ᾱ_s−σ²)·eps + σz",),
    "dpmpp-2m": ("a step in log-SNR along x0_hat,", "extrapolated from the last two"),
    "dpmpp-2m-sde": ("a step in log-SNR along x0_hat,", "from the last two, plus noise σz"),
    "sa-solver": (
        "towards a line through the last two x0_hat;",
        "plus eta² of the SDE's noise",
    ),
}
"""The update of each sampler; α is the ratio of the two ᾱ, β = 1 − α, z fresh noise."""

FORWARD = ("x_t = √ᾱ·x_0 + √(1−ᾱ)·noise", "x0_hat = (x_t − √(1−ᾱ)·eps)/√ᾱ")


WORDS = (
    "eps: what the network takes for noise in x_t",
    "SNR = ᾱ/(1−ᾱ), in dB; σ = √(1−ᾱ)",
    "belief: what a small classifier makes of x0_hat",
)
"""The meaning of other names on the screen, shown where there is room left."""


def quantities(t: int, alpha_bar: float) -> str:
    """Return the factors of picture and noise in x_t as text."""
    return f"at t={t}: √ᾱ = {alpha_bar**0.5:.3f}, √(1−ᾱ) = {(1.0 - alpha_bar) ** 0.5:.3f}"


def equation_lines(equation: str, width: int) -> list[str]:
    """Return an equation as lines; continuation lines are indented."""
    return wrap(equation, width, subsequent_indent="  ", break_on_hyphens=False)


@cache
def rows_needed(width: int) -> int:
    """Return the rows of the longest explanation, with its title and without ``WORDS``."""

    def rows(*lines: str) -> int:
        return sum(len(equation_lines(line, width)) for line in lines)

    texts = max(len(wrap(words, width)) for words in PHASE_TEXTS.values())
    updates = max(rows(*lines) for lines in SAMPLER_EQUATIONS.values())
    return 1 + texts + rows(*FORWARD, quantities(NUM_TIMESTEPS, 0.5)) + updates
