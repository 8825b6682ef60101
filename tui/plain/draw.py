"""``diffviz draw`` without a screen: what a picture becomes, as lines of text."""

from collections import Counter
from typing import TextIO

import numpy as np

from ...core.names import DEFAULT_U_TURN, NUM_TIMESTEPS, SEEDS
from ...core.pictures import from_grey
from ...core.sampling.given import Given
from ..run_options import RunOptions
from ..session.drawn import Drawn
from ..stderr import print_fallback, print_misfit
from ..text import percent
from ..worker.live_classifier import load_classifier
from ..worker.pipelines import Pipelines


def draw_plain(options: RunOptions, drawn: Drawn, number: int, out: TextIO) -> int:
    """Send the picture to x_t and back ``number`` times, and print what it becomes; return 0.

    Raises:
        DiffvizError: if the weights or the backend can't be had, or sampling fails.
    """
    assert drawn.image is not None
    image, classifier = from_grey(drawn.image), load_classifier()

    def looks(images: np.ndarray) -> list[tuple[int, float]]:
        return [(int(p.argmax()), float(p.max())) for p in classifier.probabilities(images)]

    t = drawn.t or (DEFAULT_U_TURN if drawn.hidden is None else NUM_TIMESTEPS)
    digit, share = looks(image[None])[0]
    print(f"{drawn.name} looks like {digit} ({percent(share)})", file=out)
    pipeline = Pipelines.of(options)(options.weights)
    print_fallback(pipeline)
    print_misfit(options.spec, options.weights)
    given = Given(image, t, drawn.hidden, drawn.resamplings, drawn.jump)
    seeds = [(options.seed + i) % SEEDS for i in range(number)]
    *_, last = pipeline.sample(seeds, **options.spec.keywords, given=given)
    found = looks(last.x_t)
    what = "filled in" if drawn.hidden is not None else "came back"
    for seed, (digit, share) in zip(seeds, found, strict=True):
        print(f"seed {seed}: {what} from t = {t} as {digit} ({percent(share)})", file=out)
    counts = Counter(digit for digit, _ in found).most_common()
    print(", ".join(f"{digit} x{count}" for digit, count in counts), file=out)
    return 0
