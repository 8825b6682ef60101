"""Equations for terminals that have only ASCII: letters and roots are spelled out."""

import re

from textual.widget import Widget

from ..pixels.colours import Colours

_ROOT = re.compile(r"√([αβᾱ](?:_\w)?)")
_SPELLED = {
    "ᾱ": "abar",
    "α": "alpha",
    "β": "beta",
    "σ": "sigma",
    "ε": "eps",
    "√": "sqrt",
    "·": "*",
    "−": "-",
    "²": "^2",
}
_TABLE = str.maketrans(_SPELLED)


def equation(content: str, widget: Widget) -> str:
    """Return an equation as the terminal of ``widget`` can show it.

    A filter that replaces each character by one of ASCII would make ``√ᾱ`` and ``√α`` the same.
    """
    return spelled(content) if only_ascii(widget) else content


def only_ascii(widget: Widget) -> bool:
    """Return whether the terminal of ``widget`` has only ASCII; False without one, as in tests."""
    if not widget.is_attached:
        return False
    terminal = getattr(widget.app, "terminal", None)
    return terminal is not None and terminal.colours is Colours.ASCII


def spelled(content: str) -> str:
    """Return an equation in ASCII, as in ``sqrt(abar_s)*x0_hat``."""
    return _ROOT.sub(r"√(\1)", content).translate(_TABLE)
