"""Numbers and durations as text, the same on every screen and in every plain line."""

import math
import os
from collections.abc import Sequence


def alpha_bar_text(alpha_bar: float) -> str:
    """Return alpha_bar with four decimals, or in scientific notation below 0.001."""
    return f"{alpha_bar:.4f}" if alpha_bar >= 0.001 else f"{alpha_bar:.1e}"


def snr_text(alpha_bar: float) -> str:
    """Return the signal-to-noise ratio ``alpha_bar / (1 - alpha_bar)`` in decibels."""
    if alpha_bar >= 1.0:
        return "inf dB"
    return f"{10 * math.log10(alpha_bar / (1.0 - alpha_bar)):+.1f} dB"


def percent(share: float) -> str:
    """Return a share or a probability in per cent, four cells wide: `` 54%``."""
    return f"{share:4.0%}"


def with_article(digit: int) -> str:
    """Return a digit with its article: ``a 7``, ``an 8``."""
    return f"{'an' if digit == 8 else 'a'} {digit}"


DIGITS = tuple("0123456789")
"""The classes of the bundled classifier."""


def class_text(number: int, names: Sequence[str] = DIGITS) -> str:
    """Return a class in a sentence: ``a 7``; of other classes than digits its name."""
    return with_article(number) if tuple(names) == DIGITS else names[number]


def for_noun(words: str, noun: str) -> str:
    """Return words about digits for samples that are called ``noun``."""
    return words.replace("digit", noun)


def counted(number: int, noun: str) -> str:
    """Return a number of things: ``1 digit``, ``1,000 digits``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def kept_steps(stride: int) -> str:
    """Return which steps can be looked at again: of large pictures not all have room."""
    ordinal = {2: "2nd", 3: "3rd"}.get(stride, f"{stride}th")
    return f"every {ordinal} step is kept"


def seeds_text(first: int, number: int) -> str:
    """Return successive seeds: ``seed 29`` or ``seeds 29 to 60``."""
    return f"seed {first}" if number == 1 else f"seeds {first} to {first + number - 1}"


def duration(seconds: float) -> str:
    """Return a time span: ``9.8 s``, ``3m 20s`` or ``1h 05m``."""
    if seconds < 99.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes}m {rest:02d}s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h {minutes:02d}m"


def computing_time(seconds: float) -> str:
    """Return a time span, in milliseconds below 10 s."""
    return f"{seconds * 1000:,.0f} ms" if seconds < 10 else duration(seconds)


def age(seconds: float) -> str:
    """Return how long ago something was, in one unit: ``3 s ago`` or ``2h ago``."""
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "m")):
        if seconds >= size:
            return f"{int(seconds // size)}{unit} ago"
    return f"{int(seconds)} s ago"


def short_number(value: float) -> str:
    """Return a value in at most seven characters, with three decimals if it is small."""
    if not math.isfinite(value):
        return str(value)
    size = abs(value)
    if size != 0 and (size < 0.001 or size >= 99_999.5):
        return f"{value:.1e}"
    digits = 0 if size >= 999.5 else 1 if size >= 99.95 else 2 if size >= 9.995 else 3
    return f"{value:.{digits}f}"


def shell_word(path: str | os.PathLike[str]) -> str:
    """Return a path as it is typed in a shell: quoted where it must be, and printable."""
    import shlex  # --help needs none of it

    name = os.fspath(path)
    if name.isprintable():
        return shlex.quote(name)
    shown = (c if c.isprintable() and c not in "'\\" else _bytes_of(c) for c in name)
    return f"$'{''.join(shown)}'"


def _bytes_of(character: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in os.fsencode(character))
