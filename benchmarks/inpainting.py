"""Hide the lower half of test digits, fill it in, and print a Markdown table.

    python -m benchmarks.inpainting --data-dir DATA [-n 200] [--weights default]

The fillings are those of ``diffviz sample --mask`` with seeds 0 … n-1. The baseline fills in the
mean of all training digits. Distance: L2 over the hidden pixels, ink from 0 to 1; accuracy: how
often the classifier sees the digit's label in the completed picture. 95% intervals.
"""

import argparse
from pathlib import Path

import numpy as np

from diffviz.core.classifier import Classifier
from diffviz.core.data import load_dataset
from diffviz.core.measure.metrics import bootstrap
from diffviz.core.measure.u_turn import wilson
from diffviz.core.pictures import from_grey, to_grey
from diffviz.core.pipeline import Pipeline
from diffviz.core.sampling import Given
from diffviz.core.sampling.samplers import evaluations
from diffviz.core.sampling.spec import SamplingSpec

ROWS = (
    ("sa-solver", 20, 1),
    ("sa-solver", 20, 5),
    ("sa-solver", 50, 5),
    ("ddpm", 100, 1),
    ("ddpm", 100, 5),
)
"""Sampler, steps and resamplings; a jump takes as many steps as ``--mask`` does by default."""
_BATCH = 50


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.inpainting", description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--weights", default="default")
    parser.add_argument("-n", type=int, default=200)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    test = load_dataset("mnist", args.data_dir, train=False)
    grey, labels, n = test.images[: args.n], test.labels[: args.n], args.n
    hidden = np.zeros((28, 28), np.bool_)
    hidden[14:] = True
    classifier = Classifier.load()
    pipeline = Pipeline.load(args.weights, threads=args.threads)

    def row(name: str, passes: str, filled: np.ndarray) -> None:
        gap = (filled.astype(float) - grey)[:, hidden] / 255
        distances = np.sqrt((gap**2).sum(axis=1))
        distance = bootstrap(lambda rows: float(distances[rows].mean()), n)
        seen = classifier.probabilities(from_grey(filled)).argmax(axis=1)
        right = wilson(float((seen == labels).mean()), n)
        held = int(np.abs(filled.astype(int) - grey)[:, ~hidden].max())
        print(
            f"| {name} | {passes} | {distance.value:.2f} ({distance.low:.2f}-{distance.high:.2f}) "
            f"| {right.value:.1%} ({100 * right.low:.1f}-{100 * right.high:.1f}) | {held} |",
            flush=True,
        )

    print("| lower half | evaluations | distance | accuracy | held pixels, largest error |")
    print("|---|---|---|---|---|")
    row("as it is", "-", grey)
    mean = load_dataset("mnist", args.data_dir).images.mean(axis=0)
    row("mean of the training digits", "-", np.where(hidden, np.rint(mean), grey).astype(np.uint8))
    for sampler, steps, resamplings in ROWS:
        spec, parts = SamplingSpec(sampler, steps), []
        for first in range(0, n, _BATCH):
            seeds = range(first, min(n, first + _BATCH))
            given = Given(from_grey(grey[seeds.start : seeds.stop]), 1000, hidden, resamplings)
            *_, last = pipeline.sample(seeds, **spec.keywords, given=given)
            parts.append(to_grey(last.x_t))
        passes = evaluations(spec, Given(from_grey(grey[0]), 1000, hidden, resamplings))
        name = f"{sampler} {steps} steps, resamplings {resamplings}"
        row(name, str(passes), np.concatenate(parts))


if __name__ == "__main__":
    main()
