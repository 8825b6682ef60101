"""Measured phases as a PNG: two curves with their intervals, and the boundaries."""

from pathlib import Path

from ..names import NUM_TIMESTEPS
from .curve_chart import BLUE, GREY, ORANGE, TEXT, CurveChart
from .phase_record import MeasuredPhases

CERTAINTY, MOVEMENT = BLUE, ORANGE


def save_phase_chart(path: Path, phases: MeasuredPhases) -> None:
    """Write the chart of ``phases`` to ``path``: t falls from left to right.

    Dashed lines are the write-up's boundaries, full ones the measured, bands 95% intervals.

    Raises:
        DiffvizError: if the file can't be written.
    """
    chart = CurveChart()
    chart.axes()
    for boundary in phases.boundaries:
        if boundary.written is not None:
            chart.vertical(boundary.written, GREY, dashed=True)
    by_t = sorted(phases.boundaries, key=lambda boundary: -boundary.t.value)
    for number, boundary in enumerate(by_t):
        colour = MOVEMENT if boundary.name == "lock-in | refinement" else CERTAINTY
        low, high = chart.at(boundary.t.high, 1), chart.at(boundary.t.low, 0)
        chart.draw.rectangle([low, high], fill=(*colour, 26))
        chart.vertical(boundary.t.value, colour, dashed=False)
        label = f"{boundary.name} {boundary.t.value:.0f}"
        # a row each: boundaries may fall together
        side = "rd" if boundary.t.value < 120 else "md"
        chart.text(boundary.t.value, 1, label, colour, side, -4 - 15 * number)
    chart.curve(phases.timesteps, phases.certainty, CERTAINTY)
    chart.curve(phases.timesteps, phases.movement, MOVEMENT)
    title = f"{phases.label}  {phases.sampler} {phases.steps} steps"
    chart.text(NUM_TIMESTEPS, 1, title, TEXT, "ld", -80)
    what = "digit" if phases.set else "class"  # of a model of your own
    chart.text(330, 1, f"agreement on the {what}", CERTAINTY, "rd", -80)
    chart.text(0, 1, "how far x0_hat still moves", MOVEMENT, "rd", -80)
    chart.save(path)
