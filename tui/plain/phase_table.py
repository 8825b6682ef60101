"""Measured phases as text: boundaries, curves and a braille chart."""

from collections.abc import Sequence

from rich.console import Console

from ...core.errors import printable
from ...core.measure.metrics import Estimate
from ...core.measure.phase_record import MeasuredPhases
from ...core.names import NUM_TIMESTEPS
from ..pixels.braille import plot
from ..text import seeds_text
from .columns import print_columns, writes_braille
from .eval_table import interval

CHART_ROWS = 8
_LEFT = ("boundary", "where")
_PUBLISHED = 'published ("Deconstructing Diffusion Models, Part 3")'


def title_of(phases: MeasuredPhases) -> str:
    """Return the title: weights, sampler, seeds and branches."""
    return printable(
        f"phases of {phases.label}, {phases.sampler} {phases.steps} steps: "
        f"{seeds_text(phases.first_seed, phases.seeds)}, {phases.children} branches at each of "
        f"{len(phases.timesteps)} timesteps"
    )


def print_phases(phases: MeasuredPhases, console: Console) -> None:
    """Print the boundaries with those of the write-up, the chart and the curves."""
    console.print(title_of(phases))
    boundaries = [
        (b.name, interval(b.t, 0), str(b.written or "-"), b.meaning) for b in phases.boundaries
    ]
    print_columns(console, ("boundary", "t (95%)", "published", "where"), boundaries, _LEFT)
    if writes_braille(console):
        width = max(20, min(console.width, 100) - 8)
        for line in chart_lines(phases, width):
            console.print(line, no_wrap=True, crop=True)
        console.print(f"      boundaries: ▲ measured, | {_PUBLISHED}")
    curves = [
        (str(t), interval(a, 2), interval(c, 2), interval(m, 2))
        for t, a, c, m in zip(
            phases.timesteps, phases.agreement, phases.certainty, phases.movement, strict=True
        )
    ]
    print_columns(console, ("t", "agreement", "from chance", "x0_hat moves"), curves)
    console.print(
        f"agreement: how often two branches end on the same {_classes(phases)} "
        f"(by chance {phases.chance:.2f}); "
        "x0_hat moves: how far it still is from the finished branches, 1 at the start"
    )


def _classes(phases: MeasuredPhases) -> str:
    """Return what branches agree on: that of a model of your own is a class."""
    return "digit" if phases.set else "class"


def chart_lines(phases: MeasuredPhases, width: int) -> list[str]:
    """Return two charts over t, 1000 at the left and 0 at the right, ``width`` cells wide."""
    lines, what = [], _classes(phases)
    for name, values, end in (
        (f"agreement on the {what}, from chance (0) to always (1)", phases.certainty, 1.0),
        ("how far x0_hat still moves (1 at the start)", phases.movement, 0.0),
    ):
        lines.append(f"      {name}")
        rows = plot(
            resampled(phases.timesteps, values, end, 2 * width), width, CHART_ROWS, 0.0, 1.0
        )
        for number, row in enumerate(rows):
            label = {0: "1.0", CHART_ROWS - 1: "0.0"}.get(number, "")
            lines.append(f"{label:>4} ┤{row}")
        lines.append("      " + marks(phases, width))
        lines.append("      " + f"{'t = 1000':<{width - 1}}0")
    return lines


def marks(phases: MeasuredPhases, width: int) -> str:
    """Return a line that marks the measured boundaries (▲) and the write-up's (|)."""
    line = [" "] * width
    for boundary in phases.boundaries:
        if boundary.written is not None:
            line[_cell(boundary.written, width)] = "|"
    for boundary in phases.boundaries:
        line[_cell(boundary.t.value, width)] = "▲"
    return "".join(line).rstrip()


def _cell(t: float, width: int) -> int:
    return min(width - 1, max(0, round((NUM_TIMESTEPS - t) / NUM_TIMESTEPS * (width - 1))))


def resampled(t: Sequence[int], values: Sequence[Estimate], end: float, dots: int) -> list[float]:
    """Return the curve at evenly spaced t from 1000 to 0."""
    import numpy as np

    at, known = [*t, 0], [v.value for v in values] + [end]
    return np.interp(np.linspace(NUM_TIMESTEPS, 0, dots), at[::-1], known[::-1]).tolist()
