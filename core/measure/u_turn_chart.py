"""U-turns as a PNG: how often the class stays, beside the agreement of branches."""

from pathlib import Path

from ..names import NUM_TIMESTEPS
from .curve_chart import BLUE, GREY, ORANGE, TEXT, CurveChart
from .u_turn import BranchCurve, UTurns


def save_u_turn_chart(path: Path, turns: UTurns, branches: BranchCurve | None, title: str) -> None:
    """Write the chart to ``path``: bands are 95% intervals, lines mark where a curve is one half.

    Raises:
        DiffvizError: if the file can't be written.
    """
    chart = CurveChart()
    chart.axes()
    chart.vertical(turns.half.value, BLUE, dashed=False)
    chart.text(turns.half.value, 1, f"half {turns.half.value:.0f}", BLUE, "md", -4)
    if branches is not None:
        chart.vertical(branches.half.value, ORANGE, dashed=True)
        chart.text(branches.half.value, 1, f"half {branches.half.value:.0f}", ORANGE, "md", -19)
        chart.curve(turns.timesteps, branches.agreement, ORANGE)
        chart.text(0, 1, "two branches of an x_t agree", ORANGE, "rd", -62)
        chart.text(NUM_TIMESTEPS, 1, f"branches: {branches.source}", GREY, "ld", -62)
    chart.curve(turns.timesteps, turns.stays, BLUE)
    chart.text(0, 1, "the class stays after a U-turn", BLUE, "rd", -80)
    chart.text(NUM_TIMESTEPS, 1, title, TEXT, "ld", -80)
    chart.save(path)
