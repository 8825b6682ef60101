"""Hours of looking: memory, descriptors and threads of ``run --loop`` and ``watch``.

``python -m benchmarks.endurance --minutes 30`` has both on terminals of their own (Linux only),
reads what they print, and says what grew after the first minute. ``watch`` looks at a training that
goes on all the time.
"""

import argparse
import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import tempfile
import termios
import time
from dataclasses import dataclass, field
from pathlib import Path

MAIN = "import sys; from diffviz.tui.cli import main; sys.exit(main(sys.argv[1:]))"
EVERY_S = 10.0
TRAIN = ["train", "--plain", "--dataset", "synthetic", "--recipe", "reference", "--threads", "1"]
TRAIN += ["--epochs", "100000", "--batch-size", "32", "--device", "cpu", "--preview-every", "200"]


def family(pid: int) -> list[int]:
    """Return a process and all that descend from it."""
    found = [pid]
    for parent in found:
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            found += [int(child) for child in task.read_text().split()]
    return found


@dataclass(frozen=True)
class Usage:
    """What a process and its children hold at one moment."""

    mib: float
    descriptors: int
    threads: int

    @classmethod
    def of(cls, pid: int) -> "Usage":
        """Look at it now."""
        mib, descriptors, threads = 0.0, 0, 0
        for member in family(pid):
            lines = Path(f"/proc/{member}/status").read_text().splitlines()
            facts = dict(line.split(":", 1) for line in lines if ":" in line)
            # memory of its own: pages of libraries that both processes share count once or not
            mib += int(facts["RssAnon"].split()[0]) / 1024
            threads += int(facts["Threads"])
            descriptors += len(list(Path(f"/proc/{member}/fd").iterdir()))
        return cls(mib, descriptors, threads)


@dataclass
class Watched:
    """A command on a terminal of 100x30."""

    name: str
    arguments: list[str]
    cwd: str
    seen: list[Usage] = field(default_factory=list)
    bytes_read: int = 0
    tail: bytes = b""

    def start(self) -> None:
        """Start it."""
        self.master, slave = pty.openpty()
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
        environment = os.environ | {"TERM": "xterm-256color", "OMP_NUM_THREADS": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "-c", MAIN, *self.arguments],
            stdin=slave, stdout=slave, stderr=slave, cwd=self.cwd, env=environment,
            start_new_session=True,
        )  # fmt: skip
        os.close(slave)

    def read(self) -> None:
        """Take what it has printed and answer as a terminal would."""
        part = os.read(self.master, 1 << 16)
        self.bytes_read += len(part)
        asked = self.tail + part  # a question may be cut in two
        os.write(self.master, b"\x1b[1;1R" * asked.count(b"\x1b[6n"))
        self.tail = asked[-3:]


def watch(commands: list[Watched], minutes: float) -> None:
    """Read from all for so long, and look at them now and then."""
    end = time.monotonic() + 60 * minutes
    look = time.monotonic() + EVERY_S
    while time.monotonic() < end:
        ready = select.select([c.master for c in commands], [], [], 0.2)[0]
        for command in commands:
            if command.master in ready:
                command.read()
        if time.monotonic() >= look:
            look += EVERY_S
            for command in commands:
                command.seen.append(Usage.of(command.process.pid))


def report(command: Watched) -> str:
    """Return a row of the table: after the first minute, at the end, and the growth."""
    after = command.seen[min(len(command.seen) - 1, round(60 / EVERY_S))]
    tail = command.seen[-6:]
    last = sorted(tail, key=lambda usage: usage.mib)[len(tail) // 2]
    return (
        f"| {command.name} | {len(command.seen) * EVERY_S / 60:.0f} min | {after.mib:.1f} | "
        f"{last.mib:.1f} | {last.mib - after.mib:+.1f} | {after.descriptors} → "
        f"{last.descriptors} | {after.threads} → {last.threads} | {command.bytes_read:,} |"
    )


def main() -> None:
    """Run both and print the table."""
    parser = argparse.ArgumentParser(prog="benchmarks.endurance", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        trainer = subprocess.Popen(
            [sys.executable, "-c", MAIN, *TRAIN, "--out", "run"],
            cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        while not (Path(folder) / "run" / "log.jsonl").exists() and trainer.poll() is None:
            time.sleep(0.5)
        commands = [
            Watched("run --loop", ["run", "--loop", "--speed", "200"], folder),
            Watched("watch", ["watch", "run"], folder),
        ]
        for command in commands:
            command.start()
        try:
            watch(commands, args.minutes)
        finally:
            for process in (*(c.process for c in commands), trainer):
                process.terminate()
                process.wait()
            for command in commands:
                os.close(command.master)
    print("| command | for | MiB after 1 min | MiB at the end | growth | descriptors | threads "
          "| bytes shown |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|")
    for command in commands:
        print(report(command))


if __name__ == "__main__":
    main()
