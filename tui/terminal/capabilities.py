"""The capabilities of the terminal, determined once before the app starts.

They are a pure function of the environment, so that they can be tested for any terminal and shown
by ``diffviz doctor``. The terminal isn't queried: an answer would take a round trip before the
first frame, and not every terminal answers.
"""

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import NamedTuple, Self, TextIO

from ..pixels.colours import Colours

LOCAL_FPS = 30.0
REMOTE_FPS = 10.0
STILL_FPS = 2.0
"""With reduced motion."""
REDUCE_MOTION = "DIFFVIZ_REDUCE_MOTION"
"""The environment variable that asks for reduced motion."""
MULTIPLEXED_RATE = 30_000.0
"""Bytes a second to a multiplexer on a remote host: it answers queries itself, so the link's
speed can't be measured."""

THEMES = ("dark", "light", "contrast", "colour-blind")
"""The themes, in the order of the key."""
AUTO_THEME = "auto"

_TRUE = ("truecolor", "24bit")
# Names of terminals that all have true colour; ssh passes TERM on.
_TRUE_NAMES = ("alacritty", "contour", "foot", "ghostty", "kitty", "wezterm")
_TRUE_PROGRAMS = ("ghostty", "Hyper", "iTerm.app", "mintty", "rio", "Tabby", "vscode", "WezTerm")
_DUMB = ("", "dumb", "unknown")
_NO_COLOUR_NAMES = ("vt100", "vt102", "vt220", "vt320", "vt420")
_CONSOLES = ("linux", "cons25", "cygwin", *_NO_COLOUR_NAMES)
"""Terminals whose font has no braille."""
_COERCED = ("C.UTF-8", "C.utf8", "UTF-8")
_TEXTUAL = {
    "truecolor": Colours.TRUECOLOR,
    "256": Colours.PALETTE,
    "standard": Colours.BASIC,
    "windows": Colours.BASIC,
    "none": Colours.MONO,
}


class Terminal(NamedTuple):
    """The capabilities of a terminal, and the reasons for them."""

    colours: Colours = Colours.TRUECOLOR
    """Of everything except the pictures."""
    pictures: Colours = Colours.TRUECOLOR
    """Of the pictures: over ssh at most the palette's greys, which take half the bytes."""
    theme: str = "dark"
    """The theme that the app begins with, or ``auto``: dark, or light if the terminal says that
    its background is."""
    braille: bool = True
    """Whether the font has braille."""
    fps: float = LOCAL_FPS
    """Frames a second at most."""
    rate: float | None = None
    """Bytes a second at most, independent of the measured speed; None for no limit."""
    interactive: bool = True
    """Whether an app can be shown."""
    escapes: bool = True
    """Whether printed text may contain escape sequences."""
    remote: bool = False
    multiplexer: str = ""
    """``tmux``, ``screen`` or nothing."""
    titled: bool = False
    """Whether it has a title that can be set, and answers about its background."""
    elsewhere: bool = False
    """Whether Textual was given a driver, such as that of a web server: the terminal is in a
    browser, and standard output is the way to it."""
    still: bool = False
    """Whether motion is reduced: few pictures a second, no animation."""
    forced: bool = False
    """Whether the user chose the colours."""
    reasons: tuple[tuple[str, str], ...] = ()
    """Each capability with the reason for it, as text."""

    @classmethod
    def here(
        cls, color: str = "auto", fps: float | None = None, reduce_motion: bool = False
    ) -> Self:
        """Return the terminal of this process; the flags override the environment."""
        streams = (sys.stdin, sys.stdout, sys.stderr)
        names = ("stdin", "stdout", "stderr")
        pipes = [n for n, s in zip(names, streams, strict=True) if not is_terminal(s)]
        encoding = getattr(sys.stdout, "encoding", None) or "ascii"
        return cls.decide(environment(), pipes, encoding, color, fps, reduce_motion)

    @classmethod
    def decide(
        cls,
        env: Mapping[str, str],
        pipes: list[str],
        encoding: str,
        color: str = "auto",
        fps: float | None = None,
        reduce_motion: bool = False,
    ) -> Self:
        """Return the terminal with this environment.

        Args:
            env: Environment variables.
            pipes: Those of stdin, stdout and stderr that are not a terminal.
            encoding: Python's encoding of stdout.
            color: ``auto`` or one of :class:`Colours`.
            fps: Frames a second at most; None for the default.
            reduce_motion: Whether pictures change rarely and nothing is animated; the variable
                ``DIFFVIZ_REDUCE_MOTION`` asks for it too.
        """
        still = reduce_motion or env.get(REDUCE_MOTION, "0") not in ("", "0")
        elsewhere = bool(env.get("TEXTUAL_DRIVER"))
        if elsewhere:
            interactive, app_why = True, f"yes: TEXTUAL_DRIVER is {env['TEXTUAL_DRIVER']}"
            env, encoding = _BROWSER | _colour_system(env), "utf-8"
        else:
            interactive, app_why = _interactive(env, pipes)
        if color == "auto":
            colours, why = _colours(env, encoding)
        else:
            colours, why = Colours(color), f"--color {color}"
        remote, far_why = _remote(env)
        multiplexer = _multiplexer(env)
        pictures = colours
        if remote and color == "auto" and colours is Colours.TRUECOLOR:
            pictures = Colours.PALETTE
        rate = MULTIPLEXED_RATE if remote and multiplexer else None
        frames, frames_why = _fps(env, fps, remote)
        if still and frames > STILL_FPS:
            frames, frames_why = STILL_FPS, f"{STILL_FPS:g} a second at most: reduced motion"
        reasons = (
            ("app", app_why),
            ("colours", f"{colours.value}: {why}"),
            ("pictures", _PICTURES[pictures]),
            ("link", far_why + (f", inside {multiplexer}" if multiplexer else "")),
            ("frames", frames_why + (f", {rate / 1000:g} kB/s at most" if rate else "")),
        )
        return cls(
            colours=colours,
            pictures=pictures,
            braille=_has_braille(env),
            fps=frames,
            rate=rate,
            interactive=interactive,
            escapes=not elsewhere and "stdout" not in pipes and env.get("TERM", "") not in _DUMB,
            remote=remote,
            multiplexer=multiplexer,
            titled=interactive and not elsewhere and _has_braille(env),  # no console
            elsewhere=elsewhere,
            still=still,
            forced=color != "auto",
            reasons=reasons,
        )

    def showing(self, colours: Colours) -> Self:
        """Return the same terminal with other colours."""
        return self._replace(colours=colours, pictures=colours)

    @property
    def printing(self) -> Colours:
        """The colours to print pictures in; none if stdout is not a terminal."""
        if self.escapes or self.forced or self.colours.plain:
            return self.pictures
        return Colours.MONO if self.braille else Colours.ASCII


_BROWSER = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
"""The environment of a terminal in a browser; that of the server is another's."""


def _colour_system(env: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in env.items() if name == "TEXTUAL_COLOR_SYSTEM"}


_PICTURES = {
    Colours.TRUECOLOR: "half-blocks in 64 greys",
    Colours.PALETTE: "half-blocks in 25 greys of the palette",
    Colours.BASIC: "half-blocks in four greys",
    Colours.MONO: "braille dots, an ordered dither",
    Colours.ASCII: "ASCII characters, dark to light",
}


def is_terminal(stream: TextIO | None) -> bool:
    """Return whether a standard stream is open and a terminal."""
    return stream is not None and not stream.closed and stream.isatty()


def environment() -> dict[str, str]:
    """Return the environment without the locale that Python sets in place of C (PEP 538).

    The terminal's encoding is that of the variables at the process's start. Where the system
    doesn't provide those, the current ones are used.
    """
    now = dict(os.environ)
    if now.get("LC_CTYPE") in _COERCED:
        with suppress(OSError), open("/proc/self/environ", "rb") as file:
            if not any(entry.startswith(b"LC_CTYPE=") for entry in file.read().split(b"\0")):
                del now["LC_CTYPE"]
    return now


def _interactive(env: Mapping[str, str], pipes: list[str]) -> tuple[bool, str]:
    if pipes:
        return False, f"no, plain lines: {' and '.join(pipes)} not a terminal"
    term = env.get("TERM", "")
    if term in _DUMB:
        return False, f"no, plain lines: TERM is {term or 'not set'}"
    return True, "yes: stdin, stdout and stderr are a terminal"


def _colours(env: Mapping[str, str], encoding: str) -> tuple[Colours, str]:
    if not (utf8 := _utf8(env, encoding))[0]:
        return Colours.ASCII, utf8[1]
    term = env.get("TERM", "").lower()
    if env.get("NO_COLOR"):
        return _without_colour(env, "NO_COLOR is set")
    if (name := env.get("TEXTUAL_COLOR_SYSTEM", "").lower()) in _TEXTUAL:
        why = f"TEXTUAL_COLOR_SYSTEM is {name}"
        found = _TEXTUAL[name]
        return (found, why) if not found.plain else _without_colour(env, why)
    if term in _DUMB:
        return Colours.MONO, f"TERM is {term or 'not set'}"
    if term.startswith(_NO_COLOUR_NAMES) or term.endswith(("-mono", "-m")):
        return _without_colour(env, f"TERM is {term}")
    if _multiplexer(env) != "screen":  # it passes COLORTERM on without the colours
        if env.get("COLORTERM", "").lower() in _TRUE:
            return Colours.TRUECOLOR, f"COLORTERM is {env['COLORTERM']}"
        if term.endswith("-direct") or any(name in term for name in _TRUE_NAMES):
            return Colours.TRUECOLOR, f"TERM is {term}"
        if (program := env.get("TERM_PROGRAM", "")) in _TRUE_PROGRAMS:
            return Colours.TRUECOLOR, f"TERM_PROGRAM is {program}"
        if env.get("WT_SESSION"):
            return Colours.TRUECOLOR, "Windows Terminal (WT_SESSION is set)"
    if "256" in term:
        return Colours.PALETTE, f"TERM is {term}"
    return Colours.BASIC, f"TERM is {term or 'not set'}, which promises no more"


def _without_colour(env: Mapping[str, str], why: str) -> tuple[Colours, str]:
    if _has_braille(env):
        return Colours.MONO, why
    return Colours.ASCII, f"{why}, and a {env.get('TERM')} font has no braille"


def _utf8(env: Mapping[str, str], encoding: str) -> tuple[bool, str]:
    """Return whether the terminal understands UTF-8, and if not, why."""
    if encoding.lower().replace("-", "") not in ("utf8", "utf8sig"):
        return False, f"the encoding of stdout is {encoding}"
    for name in ("LC_ALL", "LC_CTYPE", "LANG"):
        if locale := env.get(name):
            codeset = locale.partition(".")[2].partition("@")[0].lower().replace("-", "")
            if codeset == "utf8" or not (codeset or locale in ("C", "POSIX")):
                break
            return False, f"{name} is {locale}"
    return True, ""


def _has_braille(env: Mapping[str, str]) -> bool:
    return not env.get("TERM", "").lower().startswith(_CONSOLES)


def _remote(env: Mapping[str, str]) -> tuple[bool, str]:
    for name in ("SSH_CONNECTION", "SSH_TTY", "MOSH_CONNECTION"):
        if env.get(name):
            return True, f"remote ({name} is set)"
    return False, "local (no SSH_CONNECTION)"


def _multiplexer(env: Mapping[str, str]) -> str:
    if env.get("TMUX") or env.get("TERM", "").startswith("tmux"):
        return "tmux"
    if env.get("STY") or env.get("TERM", "").startswith("screen"):
        return "screen"
    return ""


def _fps(env: Mapping[str, str], flag: float | None, remote: bool) -> tuple[float, str]:
    if flag is not None:
        return flag, f"{flag:g} a second at most: --fps"
    with_digits = env.get("TEXTUAL_FPS", "")
    if with_digits.isascii() and with_digits.isdigit() and int(with_digits) > 0:
        return float(with_digits), f"{with_digits} a second at most: TEXTUAL_FPS"
    if remote:
        return REMOTE_FPS, f"{REMOTE_FPS:g} a second at most, fewer on a slow link"
    return LOCAL_FPS, f"{LOCAL_FPS:g} a second at most"
