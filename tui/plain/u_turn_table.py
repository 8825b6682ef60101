"""U-turns as text: how often the class stays, a braille chart, and what the pictures became."""

from collections.abc import Sequence

from rich.console import Console

from ...core.errors import printable
from ...core.measure.metrics import Estimate
from ...core.measure.u_turn import BranchCurve, UTurns, outside
from ...core.sampling import SamplingSpec
from ..pixels.braille import plot
from ..text import counted
from .columns import print_columns, writes_braille
from .eval_table import interval
from .phase_table import CHART_ROWS, resampled


def title_of(turns: UTurns, spec: SamplingSpec) -> str:
    """Return the title: pictures, ways back, weights and sampler."""
    ways = counted(turns.repeats, "way")
    what = turns.pictures if turns.count == 1 else f"{turns.count} of {turns.pictures}"
    return printable(
        f"U-turns of {what}, {ways} back at each of {len(turns.timesteps)} timesteps: weights "
        f"{turns.weights}:{turns.set}, {spec.describe()}"
    )


def print_u_turns(
    turns: UTurns, branches: BranchCurve | None, spec: SamplingSpec, console: Console
) -> None:
    """Print the curve, beside that of branches where it was measured."""
    console.print(title_of(turns, spec))
    if writes_braille(console):
        width = max(20, min(console.width, 100) - 8)
        curves = [("the class stays after a U-turn", turns.timesteps, turns.stays)]
        if branches is not None:
            curves.append(("two branches of an x_t agree", turns.timesteps, branches.agreement))
        for curve in curves:
            for line in _chart(*curve, width):
                console.print(line, no_wrap=True, crop=True)
    header = ["t", "stays (95%)", *(["branches agree"] if branches is not None else []), "becomes"]
    rows = []
    for i, t in enumerate(turns.timesteps):
        agree = [interval(branches.agreement[i], 2)] if branches is not None else []
        rows.append([str(t), interval(turns.stays[i], 2), *agree, _becomes(turns.became[i])])
    print_columns(console, header, rows, ("becomes",))
    for line in conclusions(turns, branches):
        console.print(line)


def conclusions(turns: UTurns, branches: BranchCurve | None) -> list[str]:
    """Return what the curve says, a line each."""
    lines = [f"the class stays half of the time at t = {interval(turns.half, 0)}"]
    if turns.count == 1:
        digit = max(range(10), key=lambda d: turns.was[d])
        lines.insert(0, f"the classifier takes the picture for {digit}")
    if branches is None:
        return [*lines, "branches of these weights aren't measured: diffviz phases does that"]
    lines.append(
        f"two branches agree half of the time at t = {interval(branches.half, 0)} "
        f"({branches.source})"
    )
    if turns.count > 1:
        apart = outside(turns, branches)
        n = len(turns.timesteps)
        lines.append(
            f"both intervals meet at {n - len(apart)} of {n} timesteps"
            + (f", but not at t = {', '.join(map(str, apart))}" if apart else "")
        )
    return lines


def _chart(name: str, t: Sequence[int], values: Sequence[Estimate], width: int) -> list[str]:
    rows = plot(resampled(t, values, 1.0, 2 * width), width, CHART_ROWS, 0.0, 1.0)
    lines = [f"      {name}"]
    for number, row in enumerate(rows):
        label = {0: "1.0", CHART_ROWS - 1: "0.0"}.get(number, "")
        lines.append(f"{label:>4} ┤{row}")
    return [*lines, "      " + f"{'t = 1000':<{width - 1}}0"]


def _becomes(counts: Sequence[int]) -> str:
    """Return the digits that were ended on, the most frequent first: ``7 x30, 9 x2``."""
    found = sorted((d for d in range(10) if counts[d]), key=lambda d: (-counts[d], d))
    return ", ".join(f"{d} x{counts[d]}" for d in found)
