"""Key tables: their entries, the keys that all screens share, and the selectable paces."""

from collections.abc import Iterable, Mapping
from enum import Enum, auto
from typing import Any, NamedTuple

from ..core.phases import Phase
from .text import for_noun


class State(Enum):
    """The state of a screen's sampling."""

    LOADING = auto()
    PLAYING = auto()
    PAUSED = auto()
    DONE = auto()
    FAILED = auto()
    BACK = auto()
    """The run screen shows a step before the newest one, whether or not it samples."""
    REPLAY = auto()
    """The same, moving towards the newest step."""


class Key(NamedTuple):
    """One key, or several with the same action."""

    names: str
    """Textual's names, separated by commas."""
    shown: str
    """How the key is written on the screen."""
    action: str
    help: str
    footer: str | Mapping[Any, str] = ""
    """Its label in the footer, or its labels by the screen's state (no label in other states)."""
    command: str = ""
    """Its name in the command palette; empty for ``help``."""

    def label(self, state: Enum | None) -> str:
        """Return its label in the footer of a screen in ``state``; empty for none."""
        return self.footer if isinstance(self.footer, str) else self.footer.get(state, "")


def keys_for(keys: Iterable[Key], noun: str) -> tuple[Key, ...]:
    """Return a key table whose texts are about samples called ``noun``."""
    if noun == "digit":
        return tuple(keys)
    return tuple(
        key._replace(
            help=for_noun(key.help, noun),
            footer=for_noun(key.footer, noun) if isinstance(key.footer, str) else key.footer,
            command=for_noun(key.command, noun),
        )
        for key in keys
    )


def full_action(action: str) -> str:
    """Return an action as Textual runs it from anywhere: those of no namespace are the screen's."""
    return action if action.startswith("app.") else f"screen.{action}"


RECORD = Key(
    "r",
    "r",
    "app.record",
    "record what is seen into a file, live; again ends it",
    command="Record the screen, or end that",
)
THEME = Key(
    "t",
    "t",
    "app.change_theme",
    "next theme",
    command="Change the theme",
)
PALETTE = Key(
    "ctrl+p,slash",
    "Ctrl+P",
    "app.command_palette",
    "all commands, by name",
    command="Search the commands",
)
BACK = Key("escape", "Esc", "back", "back to the run screen", "back", "Go back")


def phase_keys(
    help: str = "jump to phase 1-4", footer: str = "", command: str = "Go to phase {n}: {phase}"
) -> tuple[Key, ...]:
    """Return the keys 1 to 4, which share a row of the help.

    ``command`` has a place for the number ``n`` of the ``phase`` and the timestep ``t`` where it
    begins.
    """
    return tuple(
        Key(
            str(n),
            "1-4",
            f"phase({n})",
            help if n == 1 else "",
            footer if n == 1 else "",
            command.format(n=n, phase=phase.label, t=phase.high),
        )
        for n, phase in enumerate(Phase, 1)
    )


def common_keys(*others: Key, quit: str = "quit", interrupt: str = "quit") -> tuple[Key, ...]:
    """Return the keys that end the table of every screen, with ``others`` among them.

    ``quit`` and ``interrupt`` are the help for ``q`` and ``Ctrl+C``. Ctrl+Z shares
    a row of the help with it.
    """
    return (
        RECORD,
        THEME,
        *others,
        Key("question_mark", "?", "help", "show or hide this list", "help", "Show all keys"),
        Key("q", "q", "quit", quit, "quit", f"{quit[:1].upper()}{quit[1:]}"),
        Key("ctrl+c", "Ctrl+C Z", "interrupt", f"{interrupt}; suspend"),
        Key("ctrl+z", "Ctrl+Z", "app.suspend_process", "", command="Suspend (fg comes back)"),
    )


SPEEDS: tuple[float, ...] = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
LENGTHS: tuple[float, ...] = (1, 2, 5, 10, 20, 30, 60, 120, 300)
"""Selectable lengths of a run, in seconds."""


class Pace(NamedTuple):
    """How fast steps follow each other: so many a second, or so many seconds for the whole way."""

    speed: float | None = None
    """Steps per second; None for as fast as possible."""
    length: float | None = None
    """Seconds for the whole way; None where ``speed`` counts."""

    def per_second(self, steps: int) -> float | None:
        """Return the steps per second of a run of ``steps``; None for as fast as possible."""
        return self.speed if self.length is None else steps / self.length

    def faster(self) -> "Pace":
        """Return the next pace up."""
        if self.length is None:
            return Pace(faster(self.speed))
        shorter = [length for length in LENGTHS if length < self.length]
        return Pace(length=shorter[-1]) if shorter else Pace()

    def slower(self, measured: float | None, steps: int, in_seconds: bool) -> "Pace":
        """Return the next pace down.

        Args:
            measured: The steps per second reached, where this is as fast as possible.
            steps: The number of steps of the run.
            in_seconds: Whether as fast as possible is left for a length, not for a speed.
        """
        if self.length is None and not (self.speed is None and in_seconds):
            return Pace(slower(self.speed, measured))
        now = self.length or (steps / measured if measured else 0.0)
        return Pace(length=next((length for length in LENGTHS if length > now), LENGTHS[-1]))

    @property
    def short(self) -> str:
        """It in a few characters: ``10 s``, ``100 /s`` or ``max``."""
        if self.length is not None:
            return f"{self.length:g} s"
        return "max" if self.speed is None else f"{self.speed:g} /s"

    @property
    def text(self) -> str:
        """It in words."""
        if self.length is not None:
            return f"{self.length:g} s for the whole way"
        return "as fast as possible" if self.speed is None else f"{self.speed:g} steps/s"


def faster(speed: float | None) -> float | None:
    """Return the next speed up, in steps per second; None is as fast as possible."""
    if speed is None:
        return None
    return next((rung for rung in SPEEDS if rung > speed), None)


def slower(speed: float | None, measured: float | None) -> float:
    """Return the next speed down.

    From "as fast as possible" it is the first one below the ``measured`` speed, so that the
    effect is visible at once.
    """
    limit = speed if speed is not None else measured
    below = [rung for rung in SPEEDS if limit is None or rung < limit]
    return below[-1] if below else SPEEDS[0]
