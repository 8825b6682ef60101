"""What the screens remember from one start to the next, where flags leave it open."""

import argparse
from typing import TYPE_CHECKING, NamedTuple

from ..stderr import print_notice
from .flags import terminal_of

if TYPE_CHECKING:
    from ..terminal import Terminal
    from ..terminal.settings import Remembered


class Chosen(NamedTuple):
    """The terminal with the theme and the motion that were chosen, and all that was."""

    terminal: "Terminal"
    remembered: "Remembered"


def chosen_of(args: argparse.Namespace) -> Chosen:
    """Return what the flags choose, and else the settings file; without a screen, the flags alone.

    What is wrong with the file is printed on one line.
    """
    from ..terminal.settings import Remembered, read_settings, settings_file

    terminal = terminal_of(args)
    if not terminal.interactive:
        return Chosen(terminal, Remembered())
    file = settings_file()
    settings, about = read_settings(file)
    if about:
        print_notice(about)
    if settings.reduce_motion and not terminal.still:
        terminal = terminal_of(args, reduce_motion=True)
    if args.theme is None and settings.theme is not None:
        terminal = terminal._replace(theme=settings.theme)
    return Chosen(terminal, Remembered(settings, file))
