"""``diffviz train --show``: what a network will see of a data set, drawn in the terminal."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import numpy as np
from numpy.typing import NDArray

from ...core.data import ImageData
from ...core.errors import printable
from ...core.names import SIDE
from ..pixels.colours import Colours
from ..pixels.printed import printed
from .load_data import load_for_training
from .train_options import TrainOptions

_ROWS = 3
_GAP = 2  # columns between two pictures
_CLASSES = 10  # whose counts are printed


def show_data(options: TrainOptions, colours: Colours, out: TextIO) -> int:
    """Print the data set of a training, its first images drawn; return the exit status."""
    config, environment, _ = options.load_config()
    folder = options.data_dir or environment.get("data_dir")
    data = load_for_training(
        config.dataset, Path(folder) if folder else None, options.reading(config)
    )
    columns = shutil.get_terminal_size().columns
    for line in report(data, colours, columns):
        print(line, file=out)
    return 0


def report(data: ImageData, colours: Colours, columns: int) -> Iterator[str]:
    """Yield the lines: what was decided, the counts, and images of each class in turn."""
    yield from map(printable, data.notes)
    yield f"{len(data):,} images of {printable(data.name)}; {_counts(data)}"
    each_row = max(1, (columns + _GAP) // (SIDE + _GAP))
    chosen = first_of_each_class(data.labels, _ROWS * each_row)
    for start in range(0, len(chosen), each_row):
        row = chosen[start : start + each_row]
        yield ""
        names = [_name(data, int(data.labels[index])) for index in row]
        yield (" " * _GAP).join(f"{name[:SIDE]:<{SIDE}}" for name in names).rstrip()
        yield from printed(data.images[row], colours)


def first_of_each_class(labels: NDArray[np.int64], n: int) -> NDArray[np.intp]:
    """Return the places of ``n`` labels: the first of each class, then the second of each, …."""
    by_class = np.argsort(labels, kind="stable")
    ordered = labels[by_class]
    occurrence = np.arange(len(ordered)) - np.searchsorted(ordered, ordered)
    return by_class[np.lexsort((ordered, occurrence))][:n]


def _name(data: ImageData, label: int) -> str:
    return printable(data.class_names.get(label, str(label)))


def _counts(data: ImageData) -> str:
    labels, counts = np.unique(data.labels, return_counts=True)
    if len(labels) == 1:
        return "one class"
    parts = [
        f"{_name(data, int(label))}: {count:,}"
        for label, count in zip(labels[:_CLASSES], counts, strict=False)
    ]
    more = ", …" if len(labels) > _CLASSES else ""
    return f"{len(labels):,} classes ({', '.join(parts)}{more})"
