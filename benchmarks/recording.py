"""What live recording costs: frames a second with and without it in one run, and time a frame.

python -m benchmarks.recording [--quick]
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from diffviz.tui.casts.cast import CastHeader
from diffviz.tui.casts.live import LiveCast
from diffviz.tui.casts.reader import CastReader

from .terminal import AppOnTerminal

_SIZE = (100, 30)


class _NullTerminal:
    """Discards what is written."""

    def write(self, data: str) -> None:
        """Discard ``data``."""


class _Counted(AppOnTerminal):
    """Counts frames by the query that each ends with."""

    frames = 0

    def send(self, keys: bytes) -> None:
        """Type, or answer."""
        self.frames += keys.count(b"R")  # a frame may query twice, in both halves of a round alike
        super().send(keys)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    args = parser.parse_args()
    rounds, seconds = (4, 2.0) if args.quick else (16, 2.5)
    folder = tempfile.mkdtemp()
    os.chdir(folder)
    command = [str(Path(sys.executable).with_name("diffviz")), "run"]
    plain, recorded = [], []
    with _Counted([*command, "--speed", "100", "--fps", "30"], *_SIZE) as app:
        app.read_for(6)
        for number in range(rounds):
            app.send(b"n")  # a digit takes ten seconds, a round less
            app.read_for(0.5)
            for turn in (0, 1):
                if recording := turn != number % 2:  # each comes first as often as second
                    app.send(b"r")
                    app.read_for(0.3)
                (recorded if recording else plain).append(_rate(app, seconds))
                if recording:
                    app.send(b"r")
                    app.read_for(0.3)
    ratios = [after / before for before, after in zip(plain, recorded, strict=True)]
    cost, size = _cost_per_frame(min(Path(folder).glob("*.cast")))
    print("| | not recording | recording | ratio |\n|---|---|---|---|")
    print(
        f"| frames a second, median of {rounds} | {statistics.median(plain):.1f} | "
        f"{statistics.median(recorded):.1f} | {statistics.median(ratios):.3f} |"
    )
    print(
        f"\nWriting one frame ({size / 1e3:.1f} kB of a cast) takes {cost * 1e3:.2f} ms: "
        f"{cost * 30:.1%} of a second at 30 frames a second."
    )
    return 0


def _rate(app: _Counted, seconds: float) -> float:
    before, begun = app.frames, time.perf_counter()
    app.read_for(seconds)
    return (app.frames - before) / (time.perf_counter() - begun)


def _cost_per_frame(path: Path) -> tuple[float, float]:
    """Return seconds and bytes of a frame of the recording at ``path``, written again."""
    frames = [event.data for event in CastReader(path) if len(event.data) > 5000]
    cast, terminal = LiveCast(path.with_name("again.cast"), CastHeader(*_SIZE)), _NullTerminal()
    cast.attach(terminal)  # pyright: ignore[reportArgumentType]
    best = [min(_timed(terminal, frame) for _ in range(5)) for frame in frames[:50]]
    size = cast.path.stat().st_size / max(1, 5 * len(best))
    return statistics.median(best), size


def _timed(terminal: _NullTerminal, frame: str) -> float:
    begun = time.perf_counter()
    terminal.write(frame)
    return time.perf_counter() - begun


if __name__ == "__main__":
    sys.exit(main())
