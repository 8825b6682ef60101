"""What guidance does as text: tables over its weight and its interval, and a braille chart."""

from collections.abc import Sequence

from rich.console import Console

from ...core.errors import printable
from ...core.measure.guidance_record import GuidancePoint, GuidanceReport
from ...core.measure.metrics import Estimate
from ..pixels.braille import plot
from ..text import counted, seeds_text
from .columns import print_aligned, writes_braille

CHART_ROWS = 6
_NOTES = (
    "w: guidance; ±: 95% interval; evals: network evaluations a digit",
    "asked for: share of digits that the classifier takes for the one asked for; sure: p > 0.9",
)
_HEADER = ("asked for", "distance", "sure", "precision", "recall", "evals")


def print_guidance(report: GuidanceReport, console: Console) -> None:
    """Print the tables of what was measured so far, and the chart."""
    source = report.source
    weights = f"{source['weights']}:{source['set']}, {source['sampler']} {source['steps']} steps"
    each = f"{counted(report.n, 'digit')} each, {seeds_text(report.first_seed, report.n)}"
    console.print(printable(f"guidance of {weights}: {each}"))
    over_weights = report.over_weights
    rows = [(f"{p.guidance.weight:g}", *_figures(p)) for p in over_weights]
    if rows:
        print_aligned(console, ("w", *_HEADER), [*rows, ("real", *_real(report))])
    if len(over_weights) > 1 and writes_braille(console):
        for line in chart_lines(over_weights, max(20, min(console.width, 100) - 8)):
            console.print(line, no_wrap=True, crop=True)
    limited = [(p.guidance.interval, f"{p.guidance.weight:g}", *_figures(p))
               for p in report.over_intervals]  # fmt: skip
    if limited:
        print_aligned(console, ("at t", "w", *_HEADER), limited)
    for line in _NOTES:
        console.print(line)


def chart_lines(points: Sequence[GuidancePoint], width: int) -> list[str]:
    """Return charts over the guidance, from the lowest to the highest, ``width`` cells wide."""
    farthest = max(p.distance.value for p in points) or 1.0
    lines = []
    for name, values, top in (
        ("asked for", [p.asked.value for p in points], 1.0),
        ("recall: how much of the real variety is there", [p.recall.value for p in points], 1.0),
        ("distance", [p.distance.value for p in points], farthest),
    ):  # fmt: skip
        lines.append(f"      {name}")
        drawn = plot(_resampled(points, values, 2 * width), width, CHART_ROWS, 0.0, top)
        for number, row in enumerate(drawn):
            label = {0: f"{top:.1f}", CHART_ROWS - 1: "0.0"}.get(number, "")
            lines.append(f"{label:>4} ┤{row}")
        first, last = points[0].guidance.weight, points[-1].guidance.weight
        end = f"{last:g}"
        lines.append("      " + f"{f'w = {first:g}':<{width - len(end)}}{end}")
    return lines


def _resampled(points: Sequence[GuidancePoint], values: Sequence[float], dots: int) -> list[float]:
    """Return the curve at evenly spaced weights."""
    import numpy as np

    weights = [p.guidance.weight for p in points]
    return np.interp(np.linspace(weights[0], weights[-1], dots), weights, values).tolist()


def _figures(point: GuidancePoint) -> tuple[str, ...]:
    return (
        _percent(point.asked),
        _with_margin(point.distance, 2),
        f"{point.sure.value:.1%}",
        _with_margin(point.precision, 3).replace("0.", "."),
        _with_margin(point.recall, 3).replace("0.", "."),
        str(point.evaluations),
    )


def _percent(estimate: Estimate) -> str:
    hundred = Estimate(100 * estimate.value, 100 * estimate.low, 100 * estimate.high)
    return _with_margin(hundred, 1, "%")


def _with_margin(estimate: Estimate, digits: int, sign: str = "") -> str:
    """Return the value and how far its interval reaches: ``98.2% ±0.4``."""
    margin = max(estimate.high - estimate.value, estimate.value - estimate.low)
    return f"{estimate.value:.{digits}f}{sign} ±{margin:.{digits}f}"


def _real(report: GuidanceReport) -> tuple[str, ...]:
    real = report.real
    if real is None:
        return ("",) * len(_HEADER)
    return (
        f"{real.asked:.1%}",
        f"{real.distance:.2f}",
        f"{real.sure:.1%}",
        f"{real.precision:.3f}",
        f"{real.recall:.3f}",
        "",
    )
