"""The report of ``diffviz doctor``: a verdict, and on request all that it comes from."""

import platform
import shutil
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

import numpy as np
from numpy.typing import NDArray

from ...core.names import DATA_DIR_VARIABLE, SIDE
from ..pixels.colours import Colours
from ..pixels.printed import printed
from ..terminal import Terminal, environment
from .doctor_backends import backend_in_use, describe_backends, training_needs

_VARIABLES = (
    "TERM",
    "COLORTERM",
    "TERM_PROGRAM",
    "NO_COLOR",
    "LC_ALL",
    "LC_CTYPE",
    "LANG",
    "SSH_CONNECTION",
    "TMUX",
    "STY",
    "TEXTUAL_COLOR_SYSTEM",
    "TEXTUAL_FPS",
    DATA_DIR_VARIABLE,
)
_PACKAGES = ("diffviz", "textual", "rich")
_RULER = (
    "both lines end at the same column, or this terminal draws these characters twice as wide:",
    "|" + "▀▄█▌━●│▏⠿" * 3 + "|",
    "|" + "123456789" * 3 + "|",
    "if they don't, panels overlap: use --color ascii, or let it draw ambiguous characters narrow",
)
"""Characters that terminals set up for Chinese, Japanese or Korean may draw two columns wide."""
_APPEARANCE = {
    Colours.TRUECOLOR: "a smooth ramp without a tint, and a smooth ring",
    Colours.PALETTE: "a ramp of 25 greys, and a smooth ring",
    Colours.BASIC: "four greys; they may be tinted by the terminal's theme",
    Colours.MONO: "dots that get denser",
    Colours.ASCII: "characters that get denser",
}


def report(terminal: Terminal, everything: bool = False) -> str:
    """Return the report as text, with escape sequences only if ``terminal`` accepts them.

    Its last three lines are the terminal, what computes, and the verdict; before them comes
    ``everything`` else, if it is wanted.
    """
    lines = [*_everything(terminal), ""] if everything else []
    lines += _summary(terminal, "" if everything else "   (more: diffviz doctor --all)")
    return "\n".join(lines) + "\n"


def _summary(terminal: Terminal, more: str) -> Iterator[str]:
    """Yield the three lines; ``more`` says where more is told."""
    reasons = dict(terminal.reasons)
    width, height = shutil.get_terminal_size()
    shown = f"{width}x{height}, {reasons.get('pictures', '')}"
    yield f"{'terminal':<10}{shown}; colours {reasons.get('colours', '')}{more}"
    computes, backend = backend_in_use()
    yield f"{'backend':<10}{backend}"
    yield f"{'verdict':<10}{_verdict(terminal, computes)}"


def _verdict(terminal: Terminal, computes: bool) -> str:
    """Return what works, or what has to be done first."""
    if not computes:
        return "nothing can be sampled: another --device, or the backend named above"
    install = training_needs()
    if not terminal.interactive:
        works = "works without a terminal: diffviz run prints plain lines"
    elif install:
        works = "all works but training"
    else:
        works = "all works: diffviz run"
    return f"{works}; training needs PyTorch: {install}" if install else works


def _everything(terminal: Terminal) -> Iterator[str]:
    """Yield the capabilities with their reasons, the environment, and a card for each way to draw.

    A card that the terminal can't show is left out.
    """
    yield from (f"{name:<10}{reason}" for name, reason in terminal.reasons)
    yield from ("", *_environment(), "", *_versions(), "", *describe_backends())
    for colours in Colours:
        if terminal.colours is Colours.ASCII and colours is not Colours.ASCII:
            continue  # the other characters would be question marks
        if not (terminal.escapes or colours.plain):
            continue
        used = "   <- used here" if colours is terminal.printing else ""
        yield from ("", f"--color {colours.value}: {_APPEARANCE[colours]}{used}", "")
        yield from printed(_card(), colours)
    if terminal.colours is not Colours.ASCII:
        yield from ("", *_RULER)


def _environment() -> Iterator[str]:
    width, height = shutil.get_terminal_size()
    yield f"{'size':<10}{width}x{height}"
    variables = environment()
    for name in _VARIABLES:
        value = variables.get(name)
        shown = "not set" if value is None else ascii(value)[1:-1] or "empty"
        yield f"{name:<22}{shown}"


def _versions() -> Iterator[str]:
    yield f"{'python':<10}{platform.python_version()}, {platform.system()} {platform.machine()}"
    for name in _PACKAGES:
        try:
            yield f"{name:<10}{version(name)}"
        except PackageNotFoundError:
            yield f"{name:<10}not installed"


def _card() -> NDArray[np.uint8]:
    """Return two test cards, uint8 ``[2, 28, 28]``: a ramp above a ring, and above its negative."""
    y, x = np.mgrid[0:22, 0:SIDE]
    distance = np.abs(np.hypot(x - 13.5, y - 10.5) - 7)
    ring = (255 * np.clip(1.6 - distance / 1.5, 0, 1)).astype(np.uint8)
    greys = np.linspace(0, 255, 2 * SIDE).round().astype(np.uint8)
    ramp = greys.reshape(2, 1, SIDE).repeat(6, axis=1)
    return np.concatenate([ramp, np.stack([ring, 255 - ring])], axis=1)
