"""What the training screen costs the training, and how soon it shows what the log says.

    python -m benchmarks.watch_cost [--threads N] [--size 160x50] [--rounds N] [--folder DIR]
                                     [--part cost|latency|million]

One training without a terminal goes on all the time; a screen is attached to it and taken away
again, in turns, so that whatever else the machine does falls on both alike. Then a log of a
million batches is opened, and lines are appended to one while the screen is waited for.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from .terminal import AppOnTerminal

_WINDOW_S, _SETTLE_S = 12.0, 4.0
_PRODUCT = "import sys; from diffviz.tui.cli import main; sys.exit(main())"
_STARTED = {
    "event": "started", "run": "x", "architecture": "film-unet", "parameters": 317504,
    "dataset": "mnist", "images": 60000, "device": "cpu", "epochs": 2200,
    "batches_per_epoch": 468, "batch_size": 128, "step": 0,
}  # fmt: skip
_BANDS = {"static": 0.0123456, "blob": 0.0234567, "lock-in": 0.0345678, "refinement": 0.1234567}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--size", default="160x50")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--part", choices=("cost", "latency", "million", "all"), default="all")
    args = parser.parse_args()
    columns, rows = map(int, args.size.split("x"))
    size = columns, rows
    with tempfile.TemporaryDirectory(dir=args.folder) as folder:
        if args.part in ("cost", "all"):
            cost(Path(folder) / "cost", args.threads, size, args.rounds)
        if args.part in ("latency", "all"):
            latency(Path(folder) / "latency", size)
        if args.part in ("million", "all"):
            million(Path(folder) / "million", size)


def watch(run: Path, size: tuple[int, int]) -> AppOnTerminal:
    """Attach a screen to ``run``."""
    return AppOnTerminal([sys.executable, "-c", _PRODUCT, "watch", str(run)], *size)


def cost(run: Path, threads: int, size: tuple[int, int], rounds: int) -> None:
    """Compare the training's batches with and without a screen."""
    command = [sys.executable, "train_cli.py", "--recipe", "reference", "--dataset", "synthetic"]
    command += ["--epochs", "1000", "--threads", str(threads), "--out", str(run)]
    training = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
    seconds: dict[bool, list[float]] = {False: [], True: []}
    shares = []
    try:
        while steps(run) < 10:
            time.sleep(0.2)
        for window in range(2 * rounds):
            attached = window % 2 == 1
            if attached:
                with watch(run, size) as app:
                    app.read_for(_SETTLE_S)
                    before, used = steps(run), processor_s(app.pid)
                    app.read_for(_WINDOW_S)
                    after = steps(run)
                    shares.append((processor_s(app.pid) - used) / _WINDOW_S)
            else:
                time.sleep(_SETTLE_S)
                before = steps(run)
                time.sleep(_WINDOW_S)
                after = steps(run)
            seconds[attached] += [1 / rate for rate in rates(run, before, after)]
    finally:
        training.terminate()
        training.wait()
    alone, watched = median(seconds[False]), median(seconds[True])
    whole = sum(seconds[True]) / len(seconds[True]) / (sum(seconds[False]) / len(seconds[False]))
    print(f"{size[0]}x{size[1]}, {threads} thread(s), {len(seconds[True])} batches watched")
    print(f"the screen takes {median(shares):.1%} of a core")
    print(f"a batch takes {watched / alone - 1:+.1%} (median), {whole - 1:+.1%} (mean)")


def processor_s(pid: int) -> float:
    """Return the processor time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def steps(run: Path) -> int:
    """Return the batches in the log."""
    log = run / "log.jsonl"
    return log.read_bytes().count(b'{"event": "batch"') if log.exists() else 0


def rates(run: Path, first: int, last: int) -> list[float]:
    """Return the images per second of some batches of the log."""
    with (run / "log.jsonl").open() as log:
        batches = [line for line in log if line.startswith('{"event": "batch"')]
    return [json.loads(line)["images_per_s"] for line in batches[first:last]]


def batch_line(step: int) -> str:
    """Return a line of a log, as long as a trainer's."""
    event = {
        "event": "batch", "step": step, "epoch": (step - 1) // 468 + 1,
        "batch": (step - 1) % 468 + 1, "wall_s": step * 0.27, "loss": 0.02 + 0.2 / step,
        "lr": 0.001234567, "images_per_s": 459.9307, "grad_norm": 0.1234567, "bands": _BANDS,
    }  # fmt: skip
    return json.dumps(event) + "\n"


def write_run(run: Path, batches: int) -> None:
    """Write a run folder with ``batches`` batches in its log."""
    from diffviz.core.recipes import recipe

    run.mkdir(parents=True)
    config = {"config": recipe("default").to_json(), "environment": {}}
    (run / "config.json").write_text(json.dumps(config))
    with (run / "log.jsonl").open("w") as log:
        log.write(json.dumps(_STARTED) + "\n")
        log.writelines(batch_line(step) for step in range(1, batches + 1))


def latency(run: Path, size: tuple[int, int]) -> None:
    """Time how long a new line of the log takes to be seen."""
    write_run(run, 100)
    took = []
    with watch(run, size) as app:
        app.wait_for([b"batch 100/468"])
        for step in range(101, 121):
            app.read_for(0.1 + 0.137 * step % 0.5)  # not in step with the screen
            begun = time.perf_counter()
            with (run / "log.jsonl").open("a") as log:
                log.write(batch_line(step))
            app.wait_for([f"batch {step}/468".encode()])
            took.append(time.perf_counter() - begun)
    print(f"a new batch is seen after {median(took):.2f} s (median), {max(took):.2f} s at most")


def million(run: Path, size: tuple[int, int]) -> None:
    """Time the first picture of a log of a million batches, and the memory that takes."""
    write_run(run, 1_000_000)
    begun = time.perf_counter()
    with watch(run, size) as app:
        app.wait_for([b"older batches"], timeout=60)
        took = time.perf_counter() - begun
        status = Path(f"/proc/{app.pid}/status")
        lines = status.read_text().splitlines() if status.exists() else []
    peak = next((line.split(":")[1].strip() for line in lines if line.startswith("VmHWM")), "?")
    print(f"a million batches: first picture after {took:.2f} s from the start, peak {peak}")


if __name__ == "__main__":
    main()
