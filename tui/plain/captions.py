"""What stands below digits in pictures and films: seed, digit and belief."""

from collections.abc import Iterable, Sequence
from functools import cache

from ...core.array_types import Grey
from ...core.classifier import Classifier
from ...core.names import SIDE
from ...core.pictures import from_grey
from ..text import percent, with_article


@cache
def _classifier() -> Classifier:
    return Classifier.load()


def captions_of(images: Grey, seeds: Iterable[int]) -> list[str]:
    """Return a caption for each of ``images``, uint8 ``[n, H, W]`` or ``[n, H, W, 3]``."""
    return captions_with([f"seed {seed}" for seed in seeds], images)


def captions_with(names: Sequence[str], images: Grey) -> list[str]:
    """Return captions that begin with ``names``; what isn't a digit has no more than those."""
    if images.shape[1:] != (SIDE, SIDE):
        return list(names)
    p = _classifier().probabilities(from_grey(images))
    return [
        f"{name}: {with_article(int(row.argmax()))}, {percent(row.max()).strip()}"
        for name, row in zip(names, p, strict=True)
    ]
