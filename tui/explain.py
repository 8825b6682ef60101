"""Short explanations for learners: what is seen now, and the equations behind it."""

from ..core.phases import Phase
from ..core.records import Step

PHASE_TEXTS: dict[Phase, str] = {
    Phase.STATIC: "Almost all of x_t is noise. x0_hat is a blur: the mean of all digits that "
    "could still come of it. A branch taken here ends on any digit.",
    Phase.BLOB: "Coarse shape comes first: x0_hat has ink where the digit will be, while its "
    "strokes are still undecided.",
    Phase.LOCK_IN: "Strokes join up and the belief settles on one digit. A branch taken after "
    "that ends on the same digit.",
    Phase.REFINEMENT: "The digit is decided; what is left is to remove the last noise and to "
    "sharpen edges.",
}

SAMPLER_EQUATIONS: dict[str, tuple[str, ...]] = {
    "ddpm": ("x_t-1 = (x_t − β/√(1−ᾱ) · eps) / √α + σ z",),
    "ddim": ("x_s = √ᾱ_s · x0_hat + √(1−ᾱ_s−σ²) · eps + σ z",),
    "dpmpp-2m": ("a step in log-SNR along x0_hat,", "extrapolated from the last two"),
    "dpmpp-2m-sde": ("a step in log-SNR along x0_hat,", "from the last two, plus noise σ z"),
    "sa-solver": (
        "towards a line through the last two x0_hat;",
        "eta² times the SDE's noise goes in",
    ),
}
"""What one update does, by sampler; α is the ratio of the two ᾱ, β = 1 − α, z fresh noise."""

FORWARD = ("x_t = √ᾱ · x_0 + √(1−ᾱ) · noise", "x0_hat = (x_t − √(1−ᾱ) · eps) / √ᾱ")


def quantities(step: Step) -> tuple[str, ...]:
    """Return how much of x_t is picture and how much noise, in numbers."""
    signal, noise = step.alpha_bar**0.5, (1.0 - step.alpha_bar) ** 0.5
    return (f"at t={step.t}: √ᾱ = {signal:.3f}, √(1−ᾱ) = {noise:.3f}",)
