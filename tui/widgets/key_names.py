"""Names of the arrow keys for terminals that have only ASCII.

A filter that replaces each character by one of ASCII would make ``←`` a ``<``: another key.
"""

import re

from textual.widget import Widget

from .maths import only_ascii

_NAMES = {"←": "left", "→": "right", "↑": "up", "↓": "down"}
_ALL = "← → ↑ ↓"
_ARROWS = re.compile("[←→↑↓](?: [←→↑↓])*")


def key_names(words: str, widget: Widget) -> str:
    """Return words about keys as the terminal of ``widget`` can show them."""
    return named_arrows(words) if only_ascii(widget) else words


def named_arrows(words: str) -> str:
    """Return ``words`` with arrow keys written in letters, as in ``shift left/right``.

    Every arrow in ``words`` has to be the name of a key.
    """
    return words if words.isascii() else _ARROWS.sub(_named, words)


def _named(found: re.Match[str]) -> str:
    if found[0] == _ALL:
        return "arrows"
    return "/".join(_NAMES[arrow] for arrow in found[0].split())
