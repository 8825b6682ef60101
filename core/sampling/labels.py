"""Which class each sample of a batch is asked to be."""

from collections.abc import Sequence

import numpy as np

from ..errors import DiffvizError
from ..names import ALL_LABELS, NO_LABEL, find_name
from ..noise import NoiseStream, philox
from .denoiser import Labels


def find_label(label: str, classes: Sequence[str]) -> int | None:
    """Return the number of the class that ``label`` names or numbers; None for one of each.

    Upper and lower case are the same unless the classes tell them apart.

    Raises:
        DiffvizError: if there is no such class, or the weights have no labels.
    """
    if not classes:
        raise DiffvizError(
            "these weights were trained without labels: leave --digit out, or choose weights "
            "trained with --labels"
        )
    name = find_name(label, classes)
    if name is not None and (name == label or not label.startswith("-")):  # -1 isn't 1
        return classes.index(name)
    if label in ALL_LABELS:
        return None
    if label.isascii() and label.isdigit() and len(label) < 4 and int(label) < len(classes):
        return int(label)
    raise DiffvizError(
        f"these weights have no label '{label}': choose one of {', '.join(classes)}, or all"
    )


def label_name(label: str, classes: Sequence[str]) -> str:
    """Return the name of the class that ``label`` names or numbers, or ``all``.

    Raises:
        DiffvizError: as :func:`find_label`.
    """
    number = find_label(label, classes)
    return ALL_LABELS[0] if number is None else classes[number]


def labels_of(seeds: Sequence[int], label: str, classes: Sequence[str]) -> Labels:
    """Return the class of the sample of each seed, ``[B]``.

    One of each means that seed S is class S modulo the number of classes, so a sample's class
    doesn't depend on those beside it.

    Raises:
        DiffvizError: as :func:`find_label`.
    """
    number = find_label(label, classes)
    if number is None:
        return np.array([seed % len(classes) for seed in seeds], np.int64)
    return np.full(len(seeds), number, np.int64)


def seed_labels(streams: Sequence[NoiseStream], num_classes: int) -> Labels:
    """Return a class for each sample that is asked for none, ``[B]``: one that its seed draws.

    With it a network draws its whole distribution, the classes in equal parts: what a class looks
    like it knows better than what all do together. A branch has none (``NO_LABEL``): what its x_t
    can still become is to be seen.
    """
    drawn = [
        NO_LABEL if s.branch else int(philox(s.seed, "class", 0).integers(num_classes))
        for s in streams
    ]
    return np.array(drawn, np.int64)
