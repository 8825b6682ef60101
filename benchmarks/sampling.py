"""The 1000-step DDPM chain against other loops and against the machine's matrix-product peak.

python -m benchmarks.sampling [--quick] [--threads 2]

Each loop does some steps of a chain in turns; the best turn counts. A step costs the same
anywhere in a chain, so a chain is 1000 of them.
"""

import argparse
import warnings
from typing import Any

import numpy as np
import torch

from diffviz.core.backends.pytorch import has_bf16
from diffviz.core.machine.device import default_threads
from diffviz.core.models import multiply_adds
from diffviz.core.models.weights import load_weights
from diffviz.core.noise import BatchNoise
from diffviz.core.pipeline import Pipeline
from diffviz.core.sampling import SAMPLERS

from . import loops
from .timing import Work, interleaved, table

BATCHES = (1, 8, 32, 256)
_STEPS = {1: 60, 8: 16, 32: 6, 256: 1}
_SIDE = 1024  # of the matrices whose product is the machine's peak


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description="The chain against peers and the peak.")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--threads", type=int, default=default_threads())
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    torch.set_num_threads(args.threads)
    rounds = 3 if args.quick else 12
    precisions = ["fp32", *(["bf16"] if has_bf16(torch.device("cpu")) else [])]
    print(f"{args.threads} threads, best of {rounds} turns, seconds of 1000 steps\n")
    for weights in ("reference", "default"):
        _compare(weights, args.threads, precisions, rounds, peers=weights == "reference")
    _overhead(args.threads, precisions, rounds)


def _compare(weights: str, threads: int, precisions: list[str], rounds: int, peers: bool) -> None:
    """Print seconds, ratios to the write-up's loop, and shares of the peak."""
    ours = {p: Pipeline.load(weights, "cpu", threads, precision=p) for p in precisions}
    model = load_weights(weights).model.eval()
    operations = 2 * multiply_adds(model)
    seconds: dict[int, dict[str, float]] = {}
    notes = ""
    for batch in BATCHES:
        works: dict[str, Work | None] = {"the write-up's loop": loops.write_up(model, batch)}
        for precision, pipeline in ours.items():
            works[f"diffviz, {precision}"] = _ours(pipeline, batch)
        if peers:
            works["diffusers, DDPMScheduler, same network"] = loops.diffusers_scheduler(
                model, batch
            )
            works["denoising_diffusion_pytorch, same network"] = loops.denoising_diffusion(
                model, batch
            )
            if (found := loops.diffusers_pipeline(batch, operations // 2)) is not None:
                works["diffusers, DDPMPipeline, own network"], parameters, count = found
                notes = (
                    f"The pipeline's UNet2DModel has {parameters:,} parameters and {count:,} "
                    f"multiply-adds; the network here has {operations // 2:,}."
                )
        steps = _STEPS[batch]
        turns = {name: (work, steps) for name, work in works.items() if work is not None}
        turns |= {f"peak {p}": (_product(p), 8) for p in precisions}
        seconds[batch] = interleaved(turns, rounds)
    first = "the write-up's loop"
    names = [name for name in seconds[1] if not name.startswith("peak")]
    rows = [
        [name, *(f"{1000 * s[name]:.2f} ({s[first] / s[name]:.2f}x)" for s in seconds.values())]
        for name in names
    ]
    print(f"\n### {weights}: {operations / 1e6:.1f} MFLOP an image and pass\n")
    print(table(["1000 steps, s (times faster)", *(f"batch {b}" for b in BATCHES)], rows))
    rows = []
    for precision in precisions:
        rates = [2 * _SIDE**3 / s[f"peak {precision}"] for s in seconds.values()]
        floors = [b * operations / rate for b, rate in zip(BATCHES, rates, strict=True)]
        name = f"diffviz, {precision}"
        shares = [floor / s[name] for floor, s in zip(floors, seconds.values(), strict=True)]
        rows.append(
            [
                name,
                *(f"{share:.0%} of {r / 1e9:.0f}" for share, r in zip(shares, rates, strict=True)),
            ]
        )
    print()
    print(table(["share of the peak, GFLOP/s", *(f"batch {b}" for b in BATCHES)], rows))
    if notes:
        print(f"\n{notes}")


def _ours(pipeline: Pipeline, batch: int) -> Work:
    return loops.stepping(lambda: pipeline.sample(list(range(batch)), 1000, sampler="ddpm"))


def _product(precision: str) -> Work:
    kind = torch.float32 if precision == "fp32" else torch.bfloat16
    left, right = (torch.randn(_SIDE, _SIDE, dtype=kind) for _ in range(2))
    out = torch.empty(_SIDE, _SIDE, dtype=kind)

    def work(count: int) -> None:
        for _ in range(count):
            torch.mm(left, right, out=out)

    return work


def _overhead(threads: int, precisions: list[str], rounds: int) -> None:
    """Print what a step costs besides the network."""
    rows = []
    for precision in precisions:
        pipeline = Pipeline.load("reference", "cpu", threads, precision=precision)
        cells: list[str] = []
        for batch in BATCHES:
            eps = np.zeros((batch, 28, 28), np.float32)
            x_t = np.ones((batch, 28, 28), np.float32)

            def nothing(x: Any, t: int, eps: Any = eps) -> Any:
                return eps

            def chain(batch: int = batch, nothing: Any = nothing) -> Any:
                return SAMPLERS["ddpm"](nothing, BatchNoise.from_seeds(list(range(batch))))

            def network(count: int, p: Pipeline = pipeline, x_t: Any = x_t) -> None:
                for _ in range(count):
                    p.denoiser(x_t, 500)

            steps = _STEPS[batch] * 2
            best = interleaved({"all but": (loops.stepping(chain), steps * 4),
                                "network": (network, steps)}, rounds)  # fmt: skip
            cells.append(
                f"{best['all but'] * 1e6:.0f} µs ({best['all but'] / best['network']:.1%})"
            )
        rows.append([f"reference, {precision}", *cells])
    print("\n### Of a step besides the network (noise, update, record)\n")
    print(table(["against the network's pass", *(f"batch {b}" for b in BATCHES)], rows))


if __name__ == "__main__":
    main()
