"""Judge the bundled weights with several samplers and print a Markdown table.

    python -m benchmarks.quality --data-dir DATA --out FOLDER [-n 1000] [--rows ROW …]

A row is ``WEIGHTS:SAMPLER:STEPS``, with ``:ETA`` and ``@N`` (how many digits) at its end where they
differ from the sampler's and from ``-n``. Each is one ``diffviz eval --json``, kept in the
folder: a second call goes on where the first stopped.
"""

import argparse
import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROWS = (
    "reference:ddpm:1000@5000",
    "reference:ddpm:100",
    "reference:sa-solver:20",
    "film-15:ddpm:1000@5000",
    "film-15:ddpm:100",
    "film-15:sa-solver:20",
    "film-15:sa-solver:20:2",
    "film-59:ddpm:100",
    "film-59:sa-solver:20",
    "film-59:sa-solver:20:2",
    "default:ddpm:1000@5000",
    "default:sa-solver:20@5000",
    "default:sa-solver:10@5000",
    "default:ddpm:250",
    "default:ddpm:100",
    "default:ddpm:50",
    "default:ddpm:20",
    "default:ddim:50",
    "default:ddim:20",
    "default:ddim:10",
    "default:dpmpp-2m:20",
    "default:dpmpp-2m:10",
    "default:dpmpp-2m-sde:50",
    "default:dpmpp-2m-sde:20",
    "default:dpmpp-2m-sde:10",
    "default:sa-solver:100",
    "default:sa-solver:50",
    "default:sa-solver:20:0.3",
    "default:sa-solver:20:1",
    "default:sa-solver:20:1.3",
    "default:sa-solver:20:2",
    "default:sa-solver:10:0.3",
    "default:sa-solver:10:1",
    "default:sa-solver:10:1.3",
    *(f"few-steps:consistency:{steps}@5000" for steps in (4, 2, 1)),
)
HEAD = (
    "weights", "sampler", "steps", "n", "Frechet LeNet distance", "floor", "sure (> 0.9)",
    "class entropy", "precision", "recall", "mean pair distance", "nearest / real's", "s",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """What is judged in a row of the table."""

    weights: str
    sampler: str
    steps: str
    eta: str | None
    n: int

    @classmethod
    def parse(cls, spec: str, n: int) -> "Row":
        """Read ``WEIGHTS:SAMPLER:STEPS[:ETA][@N]``; ``n`` where it names none."""
        found = re.fullmatch(
            r"(.+):([a-z0-9-]*[a-z][a-z0-9-]*):(\d+)(?::([\d.]+))?(?:@(\d+))?", spec
        )
        if found is None:
            raise SystemExit(f"not a row: {spec}")
        weights, sampler, steps, eta, own = found.groups()
        return cls(weights, sampler, steps, eta, int(own or n))

    @property
    def flags(self) -> list[str]:
        """The flags of ``diffviz eval``."""
        flags = ["--weights", self.weights, "--sampler", self.sampler, "--steps", self.steps]
        return [*flags, *(["--eta", self.eta] if self.eta else []), "-n", str(self.n)]


def estimate(value: dict[str, float], digits: int) -> str:
    """Return ``value (low-high)``."""
    numbers = (value["value"], value["low"], value["high"])
    middle, low, high = (f"{number:.{digits}f}" for number in numbers)
    return f"{middle} ({low}-{high})"


def line_of(report: dict, row: Row) -> str:
    """Return a report as a line of the table."""
    cells = (
        f"`{row.weights}`",
        row.sampler if row.eta is None else f"{row.sampler}, eta {row.eta}",
        row.steps,
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
    parser.add_argument("--precision", default="fp32", help="fp32 or bf16")
    parser.add_argument(
        "--rows", nargs="*", default=ROWS, metavar="WEIGHTS:SAMPLER:STEPS[:ETA][@N]"
    )
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    lines = []
    for spec in args.rows:
        row = Row.parse(spec, args.n)
        flags = [*row.flags, "--noise", args.noise, "--precision", args.precision]
        name = "-".join(flags).replace("/", "-").replace("--", "")
        result = args.out / f"{name}.json"
        if not result.exists():
            done = subprocess.run(
                [
                    "diffviz",
                    "eval",
                    *flags,
                    "--threads",
                    args.threads,
                    "--json",
                    str(result),
                    "--data-dir",
                    str(args.data_dir),
                ],
                stdout=subprocess.DEVNULL,
            )
            if done.returncode:
                return done.returncode
        lines.append(line_of(json.loads(result.read_text()), row))
    print("| " + " | ".join(HEAD) + " |")
    print("|---" * len(HEAD) + "|")
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
