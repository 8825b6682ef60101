"""How weights are told from models of one's own where both are named by a text."""

OWN = "model:"
"""What the name of such a model begins with, in place of weights; ``--model`` puts it there."""


def own_name(weights: str) -> str | None:
    """Return what ``--model`` was given, or None for weights of diffviz."""
    return weights.removeprefix(OWN) if weights.startswith(OWN) else None


def shown_name(weights: str) -> str:
    """Return the weights or the model as the user has named them."""
    return weights.removeprefix(OWN)
