"""The names of the pictures and panels: one name each, on all screens."""

MEANINGS = {
    "x_t": "the noisy image",
    "x0_hat": "the expected digit",
    "eps": "the predicted noise",
    "x_0": "the finished digit",
}
"""What each picture is."""


def meanings_of(noun: str) -> dict[str, str]:
    """Return the same for samples that are called ``noun``."""
    return {name: words.replace("digit", noun) for name, words in MEANINGS.items()}


BELIEF = (
    "classifier's belief: P(digit | x0_hat)",
    "belief: P(digit | x0_hat)",
    "belief: P(digit)",
    "belief",
)
"""The title of the classifier's probabilities, longest wording first."""
