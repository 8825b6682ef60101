"""The title of the terminal's window: set by an app, and given back at its end."""

from ...core.errors import printable

SAVE, RESTORE = "\x1b[22;2t", "\x1b[23;2t"
_LONGEST = 120


def set_title(title: str) -> str:
    """Return the sequence that sets the title (OSC 2)."""
    return f"\x1b]2;{printable(title)[:_LONGEST]}\x1b\\"
