"""What autoguidance gives before it is distilled: the teacher's digits, judged.

    python -m benchmarks.guidance --data-dir DATA --out FOLDER [--good film-59] [--worse film-15]

Two networks are asked at each step, the good one and a worse one that it is moved away from
(``core/train/teacher.py``). A row is ``diffviz eval --samples`` of the digits; both are kept in the
folder, and a second call goes on where the first stopped.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from diffviz.core.export import save_images
from diffviz.core.noise import BatchNoise
from diffviz.core.pictures import to_grey
from diffviz.core.pipeline import Pipeline
from diffviz.core.sampling import find_sampler

from .quality import estimate

_BATCH = 100
HEAD = ("guidance", "n", "Frechet LeNet distance", "floor", "sure (> 0.9)", "class entropy",
        "recall")  # fmt: skip


class Guided:
    """A denoiser that moves the prediction of a good one away from a worse one's."""

    def __init__(self, good: Pipeline, worse: Pipeline, guidance: float) -> None:
        self._good, self._worse = good.denoiser, worse.denoiser
        self._weight: Any = np.float32(guidance - 1)

    def __call__(self, x_t: NDArray[np.float32], timestep: int) -> NDArray[np.float32]:
        """Return eps for ``[B, 28, 28]``."""
        good = self._good(x_t, timestep)
        if not self._weight:
            return good
        return good + self._weight * (good - self._worse(x_t, timestep))


def sample(denoiser: Guided, sampler: str, steps: int, n: int) -> NDArray[np.uint8]:
    """Return the digits of seeds 0 to n - 1."""
    method, parts = find_sampler(sampler), []
    for start in range(0, n, _BATCH):
        noise = BatchNoise.from_seeds(range(start, min(n, start + _BATCH)))
        *_, last = method(
            denoiser, noise, num_inference_steps=steps, eta=None, noise_scale=1.0, start=None
        )
        parts.append(to_grey(last.x_t))
        print(f"{start + len(parts[-1])} of {n} digits", end="\r", file=sys.stderr)
    return np.concatenate(parts)


def main() -> int:
    """Sample and judge what is missing, then print the table."""
    parser = argparse.ArgumentParser(prog="benchmarks.guidance", description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="folder of digits and results")
    parser.add_argument("--good", default="film-59")
    parser.add_argument("--worse", default="film-15")
    parser.add_argument("--guidance", type=float, nargs="*", default=[1, 2, 3, 4])
    parser.add_argument("--sampler", default="ddpm")
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("-n", type=int, default=1000)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--precision", default="fp32", help="fp32 or bf16")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    good, worse = (
        Pipeline.load(name, "cpu", args.threads, precision=args.precision)
        for name in (args.good, args.worse)
    )
    lines = []
    for guidance in args.guidance:
        way = f"{args.good}-{args.worse}-{guidance:g}-{args.sampler}-{args.steps}-{args.precision}"
        digits = args.out / f"{way.replace('/', '-')}-{args.n}.npz"
        result = digits.with_suffix(".json")
        if not digits.exists():
            images = sample(Guided(good, worse, guidance), args.sampler, args.steps, args.n)
            save_images(digits, images, range(args.n), {"guidance": guidance})
        if not result.exists():
            command = ["diffviz", "eval", "--samples", str(digits), "--json", str(result)]
            command += ["--data-dir", str(args.data_dir)]
            if status := subprocess.run(command, stdout=subprocess.DEVNULL).returncode:
                return status
        lines.append(_line(guidance, json.loads(result.read_text())))
    print("| " + " | ".join(HEAD) + " |")
    print("|---" * len(HEAD) + "|")
    print("\n".join(lines))
    return 0


def _line(guidance: float, report: dict) -> str:
    cells = (
        f"{guidance:g}",
        f"{report['n']:,}",
        estimate(report["frechet"]["to_test"], 1),
        f"{report['frechet']['floor']:.1f}",
        estimate(report["confidence"]["share_sure"], 3),
        estimate(report["classes"]["entropy"], 3),
        estimate(report["neighbours"]["recall"], 2),
    )
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    sys.exit(main())
