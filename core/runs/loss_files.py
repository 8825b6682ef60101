"""The losses of runs as a table (CSV) and as a picture (PNG), for those who want them elsewhere."""

import csv
import io
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import DiffvizError, printable
from ..files.results import write_result
from ..phases import Phase
from ..records import Batch
from .differences import differences, settings_of
from .files import LOG
from .folder import read_log

COLUMNS = ("step", "epoch", "batch", "wall_s", "loss", "lr", "images_per_s", "objective",
           "grad_norm")  # fmt: skip
_SPAN = 50  # batches of a mean in the picture
_SIZE, _LEFT, _RIGHT, _TOP, _BOTTOM = (960, 540), 70, 24, 24, 46
_BACK, _TEXT, _GRID = (18, 20, 23), (214, 220, 228), (52, 60, 71)
_COLOURS = ((138, 184, 224), (226, 162, 95), (119, 199, 155), (169, 138, 216), (229, 114, 123))


def write_csv(path: Path, runs: Sequence[Path]) -> int:
    """Write a row for each logged batch of ``runs``; return how many there are.

    Raises:
        DiffvizError: if a log can't be read or the file can't be written.
    """
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    bands = [f"loss_{phase.name.lower()}" for phase in Phase]
    table.writerow(["run", *COLUMNS, *bands])
    rows = 0
    for run in runs:
        for batch in _batches(run):
            values = [getattr(batch, name) for name in COLUMNS]
            values += [(batch.bands or {}).get(phase.label) for phase in Phase]
            table.writerow([printable(str(run)), *map(_cell, values)])
            rows += 1
    content = text.getvalue().encode()
    write_result(path, lambda file: file.write(content))
    return rows


def write_png(path: Path, runs: Sequence[Path]) -> None:
    """Draw the losses of ``runs``, means of 50 batches, on a logarithmic axis.

    The legend names each run, its newest loss, and what differs between the runs.

    Raises:
        DiffvizError: if a log can't be read, no run has a loss, or the file can't be written.
    """
    from PIL import Image, ImageDraw, ImageFont

    lines = [_means(run) for run in runs]
    known = [line for line in lines if len(line[0])]
    if not known:
        raise DiffvizError("no loss to draw: no batch is in the logs yet")
    last = max(float(steps[-1]) for steps, _ in known)
    low = min(float(losses.min()) for _, losses in known) * 0.95
    high = max(float(losses.max()) for _, losses in known) * 1.05
    picture = Image.new("RGB", _SIZE, _BACK)
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(14)

    def at(step: float, loss: float) -> tuple[float, float]:
        share = math.log(loss / low) / math.log(high / low)
        width, height = _SIZE[0] - _LEFT - _RIGHT, _SIZE[1] - _TOP - _BOTTOM
        return _LEFT + width * step / last, _TOP + height * (1.0 - share)

    for tick in _ticks(low, high):
        y = at(0, tick)[1]
        draw.line([(_LEFT, y), (_SIZE[0] - _RIGHT, y)], _GRID)
        draw.text((_LEFT - 8, y), f"{tick:g}", _TEXT, font, anchor="rm")
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        x = at(last * share, low)[0]
        draw.text((x, _SIZE[1] - _BOTTOM + 8), f"{last * share:,.0f}", _TEXT, font, anchor="ma")
    draw.text((_SIZE[0] - _RIGHT, _SIZE[1] - 6), "batches", _TEXT, font, anchor="rd")
    told = differences([settings_of(run) for run in runs])
    for number, (run, (steps, losses), what) in enumerate(zip(runs, lines, told, strict=True)):
        colour = _COLOURS[number % len(_COLOURS)]
        if len(steps):
            points = [at(step, loss) for step, loss in zip(steps, losses, strict=True)]
            draw.line(points if len(points) > 1 else points * 2, colour, width=2, joint="curve")
        newest = f"  {losses[-1]:.4f}" if len(losses) else "  no loss yet"
        label = printable(run.name or str(run)) + newest + (f"  {what}" if what else "")
        draw.text((_SIZE[0] - _RIGHT, _TOP + 20 * number), label, colour, font, anchor="ra")
    buffer = io.BytesIO()
    picture.save(buffer, format="png")
    write_result(path, lambda file: file.write(buffer.getvalue()))


def _batches(run: Path) -> list[Batch]:
    if not (run / LOG).exists():
        return []
    return [event for event in read_log(run / LOG) if isinstance(event, Batch)]


def _means(run: Path) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return steps and mean losses of successive batches, at most a few for each pixel."""
    pairs = [(b.step, b.loss) for b in _batches(run) if math.isfinite(b.loss) and b.loss > 0]
    if not pairs:
        return np.zeros(0), np.zeros(0)
    steps, losses = np.array(pairs, np.float64).T
    sums = np.cumsum(np.concatenate([np.zeros(1), losses]))
    ends = np.unique(np.linspace(1, len(losses), min(len(losses), 2 * _SIZE[0])).astype(int))
    starts = np.maximum(0, ends - _SPAN)
    return steps[ends - 1], (sums[ends] - sums[starts]) / (ends - starts)


def _ticks(low: float, high: float) -> list[float]:
    """Return round numbers from ``low`` to ``high``."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    steps = (1, 2, 5) if high / low > 3 else (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8)
    ticks = [step * 10.0**power for power in powers for step in steps]
    return [tick for tick in ticks if low <= tick <= high]


def _cell(value: object) -> object:
    known = value is not None and not (isinstance(value, float) and not math.isfinite(value))
    return value if known else ""
