"""Judge the bundled weights with several samplers and print a Markdown table.

    python -m benchmarks.quality --data-dir DATA --out FOLDER [-n 1000] [--rows ROW …]

A row is ``WEIGHTS:SAMPLER:STEPS``. Each is one ``diffviz eval --json``, kept in the folder: a
second call goes on where the first stopped.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

ROWS = (
    "reference:ddpm:1000",
    "reference:ddpm:100",
    "reference:dpmpp-2m-sde:20",
    "default:ddpm:1000",
    "default:ddpm:250",
    "default:ddpm:100",
    "default:ddpm:50",
    "default:ddim:50",
    "default:ddim:20",
    "default:dpmpp-2m:20",
    "default:dpmpp-2m-sde:50",
    "default:dpmpp-2m-sde:20",
    "default:dpmpp-2m-sde:10",
)
HEAD = (
    "weights", "sampler", "steps", "n", "Frechet LeNet distance", "floor", "sure (> 0.9)",
    "class entropy", "precision", "recall", "mean pair distance", "nearest / real's", "s",
)  # fmt: skip


def estimate(value: dict[str, float], digits: int) -> str:
    """Return ``value (low-high)``."""
    numbers = (value["value"], value["low"], value["high"])
    middle, low, high = (f"{number:.{digits}f}" for number in numbers)
    return f"{middle} ({low}-{high})"


def row_of(report: dict, spec: str) -> str:
    """Return a report as a row of the table."""
    weights, sampler, steps = spec.rsplit(":", 2)
    cells = (
        f"`{weights}`",
        sampler,
        steps,
        f"{report['n']:,}",
        estimate(report["frechet"]["to_test"], 1),
        f"{report['frechet']['floor']:.1f}",
        estimate(report["confidence"]["share_sure"], 3),
        estimate(report["classes"]["entropy"], 3),
        estimate(report["neighbours"]["precision"], 2),
        estimate(report["neighbours"]["recall"], 2),
        estimate(report["diversity"]["pairwise"], 2),
        estimate(report["memorisation"]["ratio"], 2),
        f"{report['cost']['seconds']:.0f}",
    )
    return "| " + " | ".join(cells) + " |"


def main() -> int:
    """Measure what is missing, then print the table."""
    parser = argparse.ArgumentParser(prog="benchmarks.quality", description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="folder of the JSON results")
    parser.add_argument("-n", type=int, default=1000)
    parser.add_argument("--threads", default="1")
    parser.add_argument("--noise", default="1", help="scale of the injected noise, 0 to 1")
    parser.add_argument("--rows", nargs="*", default=ROWS, metavar="WEIGHTS:SAMPLER:STEPS")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    lines = []
    for spec in args.rows:
        weights, sampler, steps = spec.rsplit(":", 2)
        suffix = "" if args.noise == "1" else f"-noise{args.noise}"
        name = spec.replace(":", "-").replace("/", "-")
        result = args.out / f"{name}-{args.n}{suffix}.json"
        if not result.exists():
            flags = ["--weights", weights, "--sampler", sampler, "--steps", steps]
            flags += ["-n", str(args.n), "--threads", args.threads, "--noise", args.noise]
            flags += ["--json", str(result)]
            command = ["diffviz", "eval", *flags]
            done = subprocess.run(
                [*command, "--data-dir", str(args.data_dir)], stdout=subprocess.DEVNULL
            )
            if done.returncode:
                return done.returncode
        lines.append(row_of(json.loads(result.read_text()), spec))
    print("| " + " | ".join(HEAD) + " |")
    print("|---" * len(HEAD) + "|")
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
