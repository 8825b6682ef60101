"""Filter terminal sequences: a recording contains and plays only those that draw.

Removed are queries, changes of how the terminal reports keys and mouse, and all that reaches
beyond its screen (title, clipboard, files): a recording may be of any origin.
"""

import re

from ..pixels.fallback import in_ascii

BEGIN = "\x1b[?1049h\x1b[?25l"
"""Written first by a full-screen app: alternate screen, no cursor."""
LEAVE = "\x1b[?1049l"
"""Written last."""

# Moves, erases, scrolls, colours; line wrap, cursor and alternate screen on and off.
_DRAWS = r"\[(?:[0-9;:]*[A-HJ-MPSTXZ@`abdefmrsu]|\?(?:7|25|47|1047|1049)[hl])|[78DEM]"
_ANY = (
    r"\[[0-?]*[ -/]*[@-~]"  # CSI
    r"|\][^\x07\x1b]*(?:\x07|\x1b\\)"  # OSC
    r"|[PX^_][^\x1b]*\x1b\\"  # DCS, SOS, PM, APC
    r"|[ -/]*[0-~]"
)
_UNWANTED = re.compile(
    rf"\x1b(?!{_DRAWS})(?:{_ANY})?|[\x00-\x07\x0b-\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f]"
)
_UNFINISHED = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|\][^\x07\x1b]*|[PX^_][^\x1b]*|[ -/]*)?\Z")
_SEQUENCE = re.compile(rf"(\x1b(?:{_ANY}))")
_LONGEST = 4096


def drawing_only(text: str) -> str:
    """Return the characters and drawing sequences of ``text``."""
    return _UNWANTED.sub("", text)


def drawn_in_ascii(text: str) -> str:
    """Return ``text`` with its characters in ASCII and its sequences as they are."""
    if text.isascii():
        return text
    parts = _SEQUENCE.split(text)
    return "".join(part if n % 2 else in_ascii(part) for n, part in enumerate(parts))


class DrawingFilter:
    """Applies :func:`drawing_only` to a stream in pieces that may end within a sequence."""

    def __init__(self) -> None:
        self._rest = ""

    def feed(self, text: str) -> str:
        """Return what can be shown of all pieces so far."""
        text = self._rest + text
        self._rest = ""
        last = text.rfind("\x1b")
        if last >= 0 and len(text) - last <= _LONGEST and _UNFINISHED.match(text, last):
            text, self._rest = text[:last], text[last:]
        return drawing_only(text)
