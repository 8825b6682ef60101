"""How the app feels through a slow link: delay of keys and bytes a second.

python -m benchmarks.link [--quick] [--rate 100] [--rtt 100] [--seconds 60] [--screen run|grid]
    [--tmux]

The app runs on a pseudo-terminal as if over ssh. What it writes is taken at once, as ssh does,
waits its turn on a link of ``--rate`` kB/s and arrives half a round trip later at a terminal that
answers cursor queries; keys and answers need half a round trip back. A key's time ends when its
echo has arrived.
"""

import argparse
import fcntl
import heapq
import itertools
import os
import pty
import random
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

_QUERY, _ANSWER = b"\x1b[6n", b"\x1b[1;1R"
_DEVICE_QUERY, _DEVICE_ANSWER = b"\x1b[c", b"\x1b[?62;22c"
_TMUX = "diffviz-link"


@dataclass(frozen=True)
class Presses:
    """What to press on a screen: a key with its echo, and one that undoes it."""

    open: bytes
    begun: bytes
    """What is said when its digits are on their way."""
    key: bytes
    echo: bytes
    undo: bytes
    undone: bytes
    finished: bytes
    again: bytes
    """What to press when the digits are finished."""


_SCREENS = {
    "run": Presses(
        b"",
        b"",
        b"\x1b[D",
        "◀".encode(),
        b"\x1b[F",
        "● ".encode(),
        "● done".encode(),
        b"n",
    ),
    "grid": Presses(b"g", b"steps/s", b" ", b"paused", b" ", b" pause", b" replay", b" "),
}


class Link:
    """A child on a pseudo-terminal behind a link with a speed and a round trip."""

    def __init__(
        self,
        command: Sequence[str],
        size: tuple[int, int],
        env: dict[str, str],
        rate: float,
        rtt: float,
    ) -> None:
        self.master, slave = pty.openpty()
        columns, rows = size
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.child = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=env, start_new_session=True
        )
        os.close(slave)
        self._rate, self._half = rate, rtt / 2
        self._free = 0.0
        self._order = itertools.count()
        self._events: list[tuple[float, int, str, bytes]] = []
        self.arrived = b""
        """What has arrived since it was last cleared."""
        self.deliveries: list[tuple[float, int]] = []
        """When how many bytes arrived."""

    def type(self, keys: bytes) -> None:
        """Press keys: they are at the app half a round trip later."""
        self._later(time.monotonic() + self._half, "up", keys)

    def wait(self, seconds: float, text: bytes | None = None) -> bool:
        """Let time pass until ``text`` has arrived; return whether it has."""
        deadline = time.monotonic() + seconds
        while True:
            if text is not None and text in self.arrived:
                return True
            now = time.monotonic()
            if now >= deadline or self.child.poll() is not None:
                return False
            due = self._events[0][0] if self._events else deadline
            self._take(max(0.0, min(due, deadline) - now))
            while self._events and self._events[0][0] <= time.monotonic():
                at, _, way, data = heapq.heappop(self._events)
                if way == "up":
                    os.write(self.master, data)
                else:
                    self._deliver(at, data)

    def _take(self, seconds: float) -> None:
        """Take what the app has written, for up to so many seconds, and send it on its way."""
        if not select.select([self.master], [], [], seconds)[0]:
            return
        try:
            data = os.read(self.master, 1 << 16)
        except OSError:
            return
        for start in range(0, len(data), 1400):  # packets
            part = data[start : start + 1400]
            self._free = max(self._free, time.monotonic()) + len(part) / self._rate
            self._later(self._free + self._half, "down", part)

    def _deliver(self, at: float, data: bytes) -> None:
        self.deliveries.append((at, len(data)))
        before = self.arrived[-3:]
        self.arrived += data
        for query, answer in ((_QUERY, _ANSWER), (_DEVICE_QUERY, _DEVICE_ANSWER)):
            if asked := (before[-len(query) + 1 :] + data).count(query):
                self._later(at + self._half, "up", answer * asked)

    def _later(self, at: float, way: str, data: bytes) -> None:
        heapq.heappush(self._events, (at, next(self._order), way, data))

    def close(self) -> None:
        """End the child."""
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)
            self.wait(3)
        if self.child.poll() is None:
            self.child.kill()
        self.child.wait()
        os.close(self.master)


def main() -> None:
    """Measure and print what was found."""
    args = _arguments()
    columns, rows = map(int, args.size.split("x"))
    presses = _SCREENS[args.screen]
    env = {k: v for k, v in os.environ.items() if k not in ("COLORTERM", "TMUX", "STY", "NO_COLOR")}
    env |= {"TERM": "xterm-256color", "LANG": "C.UTF-8"}
    if not args.local:
        env["SSH_CONNECTION"] = "10.0.0.2 50000 10.0.0.1 22"
    command = [shutil.which("diffviz") or str(Path(sys.executable).with_name("diffviz"))]
    command += ["run", "--seed", "17", "--speed", str(args.speed), *args.flags]
    with tempfile.TemporaryDirectory() as folder:
        if args.tmux:
            command = _in_tmux(command, Path(folder))
        link = Link(command, (columns, rows), env, args.rate * 1000, args.rtt / 1000)
        try:
            _measure(link, presses, args.seconds)
        finally:
            link.close()
            if args.tmux:
                subprocess.run(["tmux", "-L", _TMUX, "kill-server"], check=False)


def _measure(link: Link, presses: Presses, seconds: float) -> None:
    if not link.wait(120, "● live".encode()):
        sys.exit(f"the app did not begin: {link.arrived[-300:]!r}")
    link.wait(3)
    link.arrived = b""
    link.type(presses.open)
    if not link.wait(60, presses.begun):
        sys.exit(f"{presses.open!r} had no effect: {link.arrived[-300:]!r}")
    link.wait(3)
    rng = random.Random(0)
    begun = time.monotonic()
    waits: list[float] = []
    while time.monotonic() - begun < seconds:
        link.wait(rng.uniform(0.8, 1.6))
        if presses.finished in link.arrived:  # seen before the key, which means another thing then
            link.arrived = b""
            link.type(presses.again)
            link.wait(1)
            continue
        waits.append(_press(link, presses.key, presses.echo))
        link.wait(0.2)
        _press(link, presses.undo, presses.undone)
    sent = [(at - begun, size) for at, size in link.deliveries if at >= begun]
    took = time.monotonic() - begun
    windows = [sum(n for at, n in sent if s <= at < s + 5) / 5 for s in range(int(took) - 5)]
    third = max(1, len(waits) // 3)
    print(
        f"{len(waits)} keys: median {1000 * median(waits):.0f} ms, "
        f"worst {1000 * max(waits):.0f} ms; first third {1000 * median(waits[:third]):.0f}, "
        f"last third {1000 * median(waits[-third:]):.0f} ms\n"
        f"{sum(n for _, n in sent) / took / 1000:.1f} kB/s, "
        f"at most {max(windows, default=0) / 1000:.1f} kB/s over 5 s"
    )


def _press(link: Link, key: bytes, echo: bytes) -> float:
    link.arrived = b""
    begun = time.monotonic()
    link.type(key)
    if not link.wait(10, echo):
        sys.exit(f"{key!r} had no effect: {link.arrived[-300:]!r}")
    return time.monotonic() - begun


def _in_tmux(command: Sequence[str], folder: Path) -> list[str]:
    settings = folder / "tmux.conf"
    settings.write_text('set -g status off\nset -g default-terminal "tmux-256color"\n')
    inside = " ".join(command)
    return ["tmux", "-L", _TMUX, "-f", str(settings), "new-session", inside]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="How the app feels through a slow link.")
    add = parser.add_argument
    add("--rate", type=float, default=100, metavar="KB_S", help="kB/s of the link")
    add("--rtt", type=float, default=100, metavar="MS", help="milliseconds of a round trip")
    add("--quick", action="store_true", help="a fifth of the time")
    add("--seconds", type=float, default=60)
    add("--screen", choices=tuple(_SCREENS), default="run")
    add("--size", default="80x24")
    add("--speed", default="100")
    add("--tmux", action="store_true", help="with tmux on the far side")
    add("--local", action="store_true", help="without SSH_CONNECTION in the environment")
    add("flags", nargs="*", help="more flags of diffviz run, after --")
    args = parser.parse_args()
    args.seconds /= 5 if args.quick else 1
    return args


if __name__ == "__main__":
    main()
