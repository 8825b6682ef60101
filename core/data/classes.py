"""The classes of a data set, numbered from 0, for networks that take labels."""

import hashlib
import string
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import DiffvizError
from ..names import MAX_CLASS_NAME, MAX_CLASSES

ClassNames = dict[int, str]
"""The name of each label that a data set can have."""

DIGITS: ClassNames = dict(enumerate(string.digits))
FASHION: ClassNames = dict(enumerate((
    "T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag",
    "ankle boot",
)))  # fmt: skip
KUZUSHIJI: ClassNames = dict(
    enumerate(("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"))
)
LETTERS: ClassNames = dict(enumerate(string.ascii_lowercase, 1))


def numbered(labels: NDArray[np.int64]) -> ClassNames:
    """Return the numbers in ``labels`` as names, for data that have no others."""
    return {int(label): str(label) for label in np.unique(labels)}


def printable_names(names: Sequence[str]) -> tuple[str, ...]:
    """Return ``names`` as they can be shown and stored: printable, bounded, different."""
    shown = ["".join(c if c.isprintable() else "?" for c in name) for name in names]
    shown = [name[-MAX_CLASS_NAME:] or "?" for name in shown]
    if len(set(shown)) == len(shown):
        return tuple(shown)
    return tuple(f"{number} {name}"[:MAX_CLASS_NAME] for number, name in enumerate(shown))


@dataclass(frozen=True, eq=False)
class Classes:
    """Classes of a data set's images, numbered from 0."""

    names: tuple[str, ...]
    labels: NDArray[np.int64]
    """The number of each image's class, ``[N]``."""

    @property
    def md5(self) -> str:
        """MD5 of the labels' bytes: shows whether two runs used the same labels."""
        return hashlib.md5(self.labels.tobytes(), usedforsecurity=False).hexdigest()

    @classmethod
    def of(cls, dataset: str, labels: NDArray[np.int64], names: ClassNames) -> "Classes":
        """Number the classes of ``labels`` in the order of their values.

        Raises:
            DiffvizError: if they are fewer than 2 or more than 62, or an image has none of them.
        """
        values = sorted(names)
        if not 2 <= len(values) <= MAX_CLASSES:
            raise DiffvizError(
                f"the data set {dataset} has {len(values)} class{'es' * (len(values) != 1)}: a "
                f"network with labels takes from 2 to {MAX_CLASSES}, so leave --labels out or "
                "group the images differently"
            )
        numbers = np.searchsorted(values, labels).clip(max=len(values) - 1)
        wrong = np.asarray(values)[numbers] != labels
        if wrong.any():
            raise DiffvizError(
                f"the data set {dataset} has a label {labels[wrong][0]}, which is none of its "
                f"classes ({values[0]} to {values[-1]}): its labels are damaged"
            )
        shown = printable_names([names[value] for value in values])
        return cls(shown, numbers.astype(np.int64))
