"""``diffviz play``: play a recording in the terminal."""

import argparse
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ...core.errors import printable
from ..stderr import print_notice
from .flags import positive_number

if TYPE_CHECKING:
    from ..casts.reader import CastReader


def add_parser(commands) -> None:
    """Add ``play`` to the command line."""
    parser = commands.add_parser(
        "play",
        help="play a recording",
        examples=(
            "diffviz play digit.cast --speed 2",
            "zcat digit.cast.gz | diffviz play -",
        ),
        description="Play a .cast recording. Keys: space pauses, the arrows left and right go "
        "5 s back and forth, . steps, + and - change the speed, ] goes to the next mark, Home "
        "begins again, Ctrl+Z suspends, q quits. "
        "Without a terminal, print what is in it.",
    )
    parser.add_argument(
        "file",
        type=Path,
        metavar="FILE.cast",
        help="also one in .gz or cut off; - is standard input",
    )
    parser.add_argument(
        "--speed",
        type=positive_number,
        default=1.0,
        metavar="X",
        help="times as fast (default: 1)",
    )
    parser.add_argument(
        "--idle-time-limit",
        type=positive_number,
        metavar="S",
        help="seconds to wait at most between two changes (default: the recording's, or 10)",
    )
    parser.add_argument("--loop", action="store_true", help="begin again at the end")
    parser.set_defaults(execute=execute)


def execute(args: argparse.Namespace) -> int:
    """Play the recording, or print its contents."""
    from ..casts.reader import CastReader
    from ..casts.source import STDIN

    reader = CastReader(args.file)
    keys = _keys(piped=args.file in (STDIN, Path("/dev/stdin")))
    if keys is not None:
        from ..casts.player import Player
        from ..casts.raw_terminal import raw_terminal
        from ..pixels.colours import Colours
        from ..terminal.capabilities import Terminal

        ascii_only = Terminal.here().colours is Colours.ASCII
        with raw_terminal(keys, ascii_only) as terminal:
            Player(reader, terminal, args.speed, args.idle_time_limit, args.loop).play()
    else:
        _print_contents(reader)
    if reader.cut_off is not None:
        print_notice(
            f"{reader.name} was cut off in line {reader.cut_off}; everything before it was played"
        )
    return 0


def _keys(piped: bool) -> int | None:
    """Return the descriptor of the terminal to read keys from; None to play nothing.

    A recording that is ``piped`` into standard input leaves the terminal for the keys.
    """
    from ..terminal.capabilities import is_terminal

    if not is_terminal(sys.stdout):
        return None
    if is_terminal(sys.stdin):
        return sys.stdin.fileno()
    with suppress(OSError):
        return os.open("/dev/tty", os.O_RDONLY | os.O_CLOEXEC) if piped else None
    return None


def _print_contents(reader: "CastReader") -> None:
    """Print the header, the marks and the length as plain lines."""
    details = "".join(f", {name} {value}" for name, value in reader.details.items())
    size = f"{reader.width}x{reader.height}"
    if reader.largest != (reader.width, reader.height):
        size += " to {}x{}".format(*reader.largest)
    print(f"{printable(reader.name)}: {size}, asciicast {reader.version}{details}")
    last, outputs = 0.0, 0
    for event in reader:
        last = event.time
        if event.code == "m":
            print(f"{event.time:9.2f} s  {printable(event.data, 200)}")
        elif event.code == "o":
            outputs += 1
    print(f"{last:9.2f} s  end, {outputs} changes of the screen")
