"""The private parts of Textual that diffviz uses, as they are in Textual 8.2.

``pyproject.toml`` pins that minor version, and ``tests/tui/test_textual.py`` checks each part.
Besides these, ``terminal_app.TerminalApp`` overrides ``App._display``, and ``terminal/link_driver``
``LinuxDriver._sigtstp_application``.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from textual import _time, constants
from textual._compositor import CompositorUpdate
from textual.driver import Driver
from textual.keys import _character_to_key
from textual.screen import Screen
from textual.strip import Strip

__all__ = [
    "CompositorUpdate",
    "current_time",
    "ignore_colour_variable",
    "key_of_character",
    "replace_time",
    "restore_write",
    "strips_of",
    "tee_write",
]


def current_time() -> float:
    """Return the time that Textual's timers and animations read."""
    return _time.get_time()


@contextmanager
def replace_time(clock: Callable[[], float]) -> Iterator[None]:
    """Make Textual's timers and animations read ``clock``."""
    before = _time.get_time
    _time.get_time = clock
    try:
        yield
    finally:
        _time.get_time = before


def ignore_colour_variable() -> None:
    """Ignore TEXTUAL_COLOR_SYSTEM: some of its values make App's constructor fail."""
    constants.COLOR_SYSTEM = "auto"  # pyright: ignore[reportAttributeAccessIssue]


def key_of_character(character: str) -> str:
    """Return Textual's name of the key that types ``character``."""
    return _character_to_key(character)


def strips_of(screen: Screen[Any]) -> list[Strip]:
    """Return the lines of ``screen`` as they were drawn, filtered already."""
    return screen._compositor.render_strips()


def tee_write(driver: Driver, observe: Callable[[str], None]) -> None:
    """Call ``observe`` with everything that ``driver`` writes, until :func:`restore_write`."""
    write = driver.write

    def both(data: str) -> None:
        write(data)
        observe(data)

    driver.write = both  # pyright: ignore[reportAttributeAccessIssue]


def restore_write(driver: Driver) -> None:
    """Undo :func:`tee_write`."""
    del driver.write
