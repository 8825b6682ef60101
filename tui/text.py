"""Numbers and durations as text, the same on every screen and in every plain line."""

import math


def alpha_bar_text(alpha_bar: float) -> str:
    """Return alpha_bar with four digits, or as a power of ten where those would say nothing."""
    return f"{alpha_bar:.4f}" if alpha_bar >= 0.001 else f"{alpha_bar:.1e}"


def snr_text(alpha_bar: float) -> str:
    """Return the signal-to-noise ratio ``alpha_bar / (1 - alpha_bar)`` in decibels."""
    if alpha_bar >= 1.0:
        return "inf dB"
    return f"{10 * math.log10(alpha_bar / (1.0 - alpha_bar)):+.1f} dB"


def duration(seconds: float) -> str:
    """Return a time span: ``9.8 s`` or ``3m 20s``."""
    if seconds < 99.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes}m {rest:02d}s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h {minutes:02d}m"
