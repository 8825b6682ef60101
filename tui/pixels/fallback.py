"""ASCII replacements of the screen's characters, each as wide as the original."""

import re
import unicodedata

_TABLE = {
    "·": ".",
    "…": "…",  # see _CUT_OFF
    "–": "-",
    "—": "-",
    "−": "-",
    "•": "*",
    "●": "o",
    "○": ".",
    "◆": "*",
    "◀": "<",
    "▶": ">",
    "▸": ">",
    "←": "<",
    "→": ">",
    "↑": "^",
    "↓": "v",
    "×": "x",
    "√": "v",
    "²": "2",
    "∞": "~",
    "╹": "'",
    "▀": '"',
    "▔": "-",
}
_TABLE |= dict(zip("▁▂▃▄▅▆▇█", "_.-=+*%#", strict=True))
_TABLE |= dict.fromkeys("▏▎▍▌", "|") | dict.fromkeys("▋▊▉▐", "=")
_TABLE |= dict.fromkeys("─━┄┅", "-") | dict.fromkeys("═", "=")
_TABLE |= dict.fromkeys("│┃┆┇║", "|")
_TABLE |= dict.fromkeys("┌┐└┘┏┓┗┛├┤┬┴┼┣┫┳┻╋╭╮╰╯╔╗╚╝", "+")
_TABLE |= dict.fromkeys("░", ".") | dict.fromkeys("▒", ":") | dict.fromkeys("▓", "%")
_TABLE |= dict(zip("αβγδεησμᾱ", "abgdehsma", strict=True))

_CUT_OFF = re.compile(r"\S{1,2}…")
"""The end of a text that was cut off: one full stop would look like the end of a sentence.
Otherwise ``…`` is between two numbers.
"""

_ARROW_KEYS = {"←": "left", "→": "right", "↑": "up", "↓": "down"}
_ALL_ARROWS = "← → ↑ ↓"
_ARROWS = re.compile("[←→↑↓](?: [←→↑↓])*")

_BRAILLE = range(0x2800, 0x2900)
_ROWS = (0x09, 0x12, 0x24, 0xC0)
_LEFT = 0x47
_FLAT = {(0, 0): "'", (0, 1): '"', (1, 1): "-", (1, 2): "-", (2, 2): "-", (2, 3): ".", (3, 3): "_"}


def in_ascii(text: str) -> str:
    """Return ``text`` with each character replaced by the ASCII one most like it."""
    if text.isascii():
        return text
    mapped = "".join(map(_ascii, text))
    return _CUT_OFF.sub(lambda cut: "." * len(cut[0]), mapped).replace("…", "-")


def named_arrows(words: str) -> str:
    """Return ``words`` with arrow keys written in letters, as in ``shift left/right``.

    Every arrow in ``words`` has to be the name of a key: ``<`` in its place would be another key.
    """
    return words if words.isascii() else _ARROWS.sub(_named, words)


def without_braille(text: str) -> str:
    """Return ``text`` with only braille replaced, for fonts that have the other characters."""
    if text.isascii():
        return text
    return "".join(_stroke(ord(char)) if ord(char) in _BRAILLE else char for char in text)


def _named(found: re.Match[str]) -> str:
    if found[0] == _ALL_ARROWS:
        return "arrows"
    return "/".join(_ARROW_KEYS[arrow] for arrow in found[0].split())


def _ascii(char: str) -> str:
    found = _TABLE.get(char)
    if found is None:
        found = _TABLE[char] = _closest(char)
    return found


def _closest(char: str) -> str:
    if char.isascii():
        return char
    if ord(char) in _BRAILLE:
        return _stroke(ord(char))
    if unicodedata.combining(char):
        return ""
    base = unicodedata.normalize("NFKD", char)[0]
    wide = unicodedata.east_asian_width(char) in "WF"
    return (base if base.isascii() else "?") + " " * wide


def _stroke(code: int) -> str:
    """Return the ASCII character most like the dots of a braille one."""
    dots = code - _BRAILLE.start
    lit = [y for y, row in enumerate(_ROWS) if dots & row]
    if not lit:
        return " "
    if (lit[0], lit[-1]) in _FLAT:
        return _FLAT[lit[0], lit[-1]]
    left = [y for y, row in enumerate(_ROWS) if dots & row & _LEFT]
    right = [y for y, row in enumerate(_ROWS) if dots & row & ~_LEFT]
    if len(left) > 1 and left == right and lit[-1] - lit[0] >= len(lit):
        return "="  # two lines
    if dots.bit_count() >= 6:
        return "#"
    if left and right and sum(left) / len(left) != sum(right) / len(right):
        return "/" if sum(left) / len(left) > sum(right) / len(right) else "\\"
    return "|"
