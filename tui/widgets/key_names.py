"""Names of the arrow keys for terminals that have only ASCII."""

from textual.widget import Widget

from ..pixels.fallback import named_arrows
from .maths import only_ascii


def key_names(words: str, widget: Widget) -> str:
    """Return words about keys as the terminal of ``widget`` can show them."""
    return named_arrows(words) if only_ascii(widget) else words
