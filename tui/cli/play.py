"""``diffviz play``: play a recording in the terminal."""

import argparse
import sys
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
        description="Play a .cast recording. Keys: space pauses, . steps, + and - change the "
        "speed, ] goes to the next mark, Home begins again, q quits. Without a terminal, print "
        "what is in it.",
    )
    parser.add_argument("file", type=Path, metavar="FILE.cast", help="also one that was cut off")
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

    reader = CastReader(args.file)
    if sys.stdin.isatty() and sys.stdout.isatty():
        from ..casts.player import Player
        from ..casts.raw_terminal import raw_terminal

        with raw_terminal() as terminal:
            Player(reader, terminal, args.speed, args.idle_time_limit, args.loop).play()
    else:
        _print_contents(reader)
    if reader.cut_off is not None:
        print_notice(
            f"{args.file} was cut off in line {reader.cut_off}; everything before it was played"
        )
    return 0


def _print_contents(reader: "CastReader") -> None:
    """Print the header, the marks and the length as plain lines."""
    details = "".join(f", {name} {value}" for name, value in reader.details.items())
    size = f"{reader.width}x{reader.height}"
    print(f"{printable(str(reader.path))}: {size}, asciicast {reader.version}{details}")
    last, outputs = 0.0, 0
    for event in reader:
        last = event.time
        if event.code == "m":
            print(f"{event.time:9.2f} s  {printable(event.data, 200)}")
        elif event.code == "o":
            outputs += 1
    print(f"{last:9.2f} s  end, {outputs} changes of the screen")
