"""Short explanations for learners: the phases and the equations."""

from collections.abc import Mapping
from functools import cache
from textwrap import wrap

from ...core.names import CONSISTENCY, NUM_TIMESTEPS
from ...core.phases import Phase

Texts = Mapping[Phase, str]

PHASE_TEXTS: Texts = {
    Phase.STATIC: "x_t is almost all noise. x0_hat is a blur: the mean of all digits that may "
    "still come of it. A branch here ends on any digit.",
    Phase.BLOB: "Coarse shape comes first: x0_hat has ink where the digit will be, while its "
    "strokes are still undecided.",
    Phase.LOCK_IN: "Strokes join up and the belief settles on one digit. A branch taken after "
    "that ends on the same digit.",
    Phase.REFINEMENT: "The digit is decided; what is left is to remove the last noise and to "
    "sharpen edges.",
}

SHORT_PHASE_TEXTS: Texts = {
    Phase.STATIC: "Almost pure noise: x0_hat is the mean of all digits that may still come.",
    Phase.BLOB: "x0_hat has ink where the digit will be; strokes are undecided.",
    Phase.LOCK_IN: "Strokes join up and the belief settles on one digit.",
    Phase.REFINEMENT: "The digit is decided; the last noise is removed.",
}
"""The same where there are few rows."""

PICTURE_TEXTS: Texts = {
    Phase.STATIC: "x_t is almost all noise. x0_hat is a blur: the mean of all pictures that may "
    "still come of it. A branch here ends on any picture.",
    Phase.BLOB: "Coarse shape comes first: x0_hat has its large areas, while edges are still "
    "undecided.",
    Phase.LOCK_IN: "Parts join up and it gets settled which picture this is. A branch taken "
    "after that ends on much the same.",
    Phase.REFINEMENT: "The picture is decided; what is left is to remove the last noise and to "
    "sharpen edges.",
}
"""Of models that draw something else than digits."""

SHORT_PICTURE_TEXTS: Texts = {
    Phase.STATIC: "Almost pure noise: x0_hat is the mean of all pictures that may still come.",
    Phase.BLOB: "x0_hat has its large areas; edges are undecided.",
    Phase.LOCK_IN: "Parts join up and it gets settled which picture this is.",
    Phase.REFINEMENT: "The picture is decided; the last noise is removed.",
}

CONSISTENCY_TEXT = (
    "A consistency function f: x0_hat is the end of the path that x_t lies on, a whole digit even "
    "of pure noise. Noise takes it back to a lower t, and it is drawn again."
)
"""In place of the text about the phase, with distilled weights."""
SHORT_CONSISTENCY_TEXT = "A consistency function: x0_hat is the end of x_t's path, a whole digit."

SAMPLER_EQUATIONS: dict[str, tuple[str, ...]] = {
    "ddpm": (
        "x_s = (x_t − β/√(1−ᾱ)·eps)/√α + σ·z",
        "α = ᾱ/ᾱ_s, β = 1−α, z: noise",
        "σ² = β·(1−ᾱ_s)/(1−ᾱ)",
    ),
    "ddim": (
        "x_s = √ᾱ_s·x0_hat + √(1−ᾱ_s−σ²)·eps + σ·z",
        "σ² = eta²·(1−ᾱ_s)/(1−ᾱ) · (1−ᾱ/ᾱ_s), z: noise",
    ),
    "dpmpp-2m": ("a step in log-SNR along x0_hat,", "extrapolated from the last two"),
    "dpmpp-2m-sde": ("a step in log-SNR along x0_hat,", "from the last two, plus noise"),
    "sa-solver": (
        "extrapolates the last two x0_hat,",
        "then adds noise (eta: how much)",
    ),
    CONSISTENCY: (
        "f(x_t, t) = f(x_s, s) = x0_hat",
        "x_s = √ᾱ_s·x0_hat + √(1−ᾱ_s)·z",
        "z: noise",
    ),
}
"""The update of each sampler and what its letters mean."""

FORWARD = (
    "x_t = √ᾱ·x_0 + √(1−ᾱ)·noise",
    "x0_hat = (x_t − √(1−ᾱ)·eps)/√ᾱ",
    "ᾱ: alpha_bar at t, s: next t",
)
"""What x_t and x0_hat are, and the letters of all equations."""

NOISE_FACTOR = "√(1−ᾱ)"
"""The factor of the noise in x_t, as a label."""

WORDS = (
    "eps: the noise in x_t, as predicted",
    "SNR = ᾱ/(1−ᾱ), in dB",
    "belief: what a small classifier makes of x0_hat",
)
"""The meaning of other names on the screen, shown where there is room left."""


def noise_factor(alpha_bar: float) -> float:
    """Return the factor of the noise in x_t."""
    return (1.0 - alpha_bar) ** 0.5


def quantities(t: int, alpha_bar: float) -> str:
    """Return the factors of picture and noise in x_t as text."""
    return f"at t={t}: √ᾱ = {alpha_bar**0.5:.3f}, √(1−ᾱ) = {noise_factor(alpha_bar):.3f}"


def equation_lines(equation: str, width: int) -> list[str]:
    """Return an equation as lines; continuation lines are indented."""
    return wrap(equation, width, subsequent_indent="  ", break_on_hyphens=False)


@cache
def rows_needed(width: int, short: bool = False) -> int:
    """Return the rows of the longest explanation, without ``WORDS``; ``short``: of few words."""
    texts = SHORT_PHASE_TEXTS if short else PHASE_TEXTS
    longest = max(len(wrap(words, width)) for words in texts.values())
    updates = max(_rows(lines, width) for lines in SAMPLER_EQUATIONS.values())
    return 1 + longest + _rows((*FORWARD, quantities(NUM_TIMESTEPS, 0.5)), width) + updates


def _rows(lines: tuple[str, ...], width: int) -> int:
    return sum(len(equation_lines(line, width)) for line in lines)
