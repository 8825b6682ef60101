"""What guidance does, as a PNG: curves over its weight, and a row for each interval."""

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from ..files.results import write_result
from ..names import NUM_TIMESTEPS
from .guidance_record import GuidancePoint, GuidanceReport
from .metrics import Estimate

SCALE = 2  # drawn larger and shrunk: smooth lines
WIDTH, CURVES, ROW = 860, 360, 26
LEFT, RIGHT, TOP, BOTTOM = 56, 60, 62, 44
BACKGROUND, GRID, TEXT = (16, 18, 24), (48, 52, 62), (205, 208, 214)
ASKED, RECALL, PRECISION, DISTANCE = (
    (119, 199, 155), (102, 194, 255), (169, 138, 216), (255, 176, 84)
)  # fmt: skip

Colour = tuple[int, int, int]


def save_guidance_chart(path: Path, report: GuidanceReport) -> None:
    """Write the chart of ``report`` to ``path``; bands are 95% intervals.

    The shares (left axis) and the distance (right axis) are drawn over the weights; the intervals
    follow below as bars along t, with their figures.

    Raises:
        DiffvizError: if the file can't be written.
    """
    rows = report.over_intervals
    below = (len(rows) + 2) * ROW if rows else 0
    picture = Image.new("RGB", (WIDTH * SCALE, (CURVES + below) * SCALE), BACKGROUND)
    chart = _Chart(picture, report.over_weights)
    source = report.source
    chart.text(LEFT, 16, f"{source['weights']}:{source['set']}  {report.n:,} digits each", TEXT)
    chart.curves()
    if rows:
        _draw_rows(chart, rows)
    small = picture.resize((WIDTH, CURVES + below), Image.Resampling.LANCZOS)
    write_result(path, lambda file: small.save(file, format="png"))


class _Chart:
    def __init__(self, picture: Image.Image, points: Sequence[GuidancePoint]) -> None:
        self.draw = ImageDraw.Draw(picture, "RGBA")
        self.font = ImageFont.load_default(size=13 * SCALE)
        self._points = points
        self._most = max((p.guidance.weight for p in points), default=0.0) or 1.0
        self._farthest = max((p.distance.high for p in points), default=0.0) or 1.0

    def text(self, x: float, y: float, text: str, colour: Colour, anchor: str = "lm") -> None:
        place = (x * SCALE, y * SCALE)
        self.draw.text(place, text, fill=colour, font=self.font, anchor=anchor)

    def at(self, weight: float, share: float) -> tuple[float, float]:
        x = LEFT + weight / self._most * (WIDTH - LEFT - RIGHT)
        y = TOP + (1 - min(1.0, max(0.0, share))) * (CURVES - TOP - BOTTOM)
        return x * SCALE, y * SCALE

    def curves(self) -> None:
        for share in (0, 0.25, 0.5, 0.75, 1):
            start, end = self.at(0, share), self.at(self._most, share)
            self.draw.line([start, end], GRID, SCALE)
            self.text(start[0] / SCALE - 6, start[1] / SCALE, f"{share:g}", TEXT, "rm")
            far = f"{share * self._farthest:.1f}"
            self.text(end[0] / SCALE + 6, end[1] / SCALE, far, DISTANCE, "lm")
        for weight in sorted({p.guidance.weight for p in self._points}):
            x, y = self.at(weight, 0)
            self.text(x / SCALE, y / SCALE + 14, f"{weight:g}", TEXT, "mm")
        self.text(WIDTH / 2, CURVES - 10, "guidance w", TEXT, "mm")
        farthest = self._farthest
        for place, (name, colour, values) in enumerate((
            ("the digit asked for", ASKED, [p.asked for p in self._points]),
            ("precision", PRECISION, [p.precision for p in self._points]),
            ("recall", RECALL, [p.recall for p in self._points]),
            ("distance (right)", DISTANCE, [_over(p.distance, farthest) for p in self._points]),
        )):  # fmt: skip
            self._curve(values, colour)
            self.text(LEFT + 190 * place, 40, name, colour)

    def _curve(self, values: Sequence[Estimate], colour: Colour) -> None:
        weights = [p.guidance.weight for p in self._points]
        line = [self.at(w, v.value) for w, v in zip(weights, values, strict=True)]
        if len(line) > 1:
            upper = [self.at(w, v.high) for w, v in zip(weights, values, strict=True)]
            lower = [self.at(w, v.low) for w, v in zip(weights, values, strict=True)]
            self.draw.polygon(upper + lower[::-1], fill=(*colour, 48))
            self.draw.line(line, fill=colour, width=2 * SCALE, joint="curve")
        for x, y in line:
            self.draw.ellipse([x - 4, y - 4, x + 4, y + 4], fill=colour)


def _over(estimate: Estimate, most: float) -> Estimate:
    return Estimate(estimate.value / most, estimate.low / most, estimate.high / most)


def _draw_rows(chart: _Chart, rows: Sequence[GuidancePoint]) -> None:
    """Draw each interval as a bar along t, with its figures beside it."""
    columns = (("w", TEXT, 440), ("asked", ASKED, 500), ("precision", PRECISION, 580),
               ("recall", RECALL, 670), ("distance", DISTANCE, 750))  # fmt: skip
    y = CURVES + ROW / 2
    chart.text(LEFT, y, f"t = {NUM_TIMESTEPS}", TEXT)
    chart.text(400, y, "0", TEXT, "rm")
    for name, colour, x in columns:
        chart.text(x, y, name, colour)
    for point in rows:
        y += ROW
        where = point.guidance
        places = [LEFT + (1 - t / NUM_TIMESTEPS) * (400 - LEFT) for t in (where.start, where.until)]
        chart.draw.line([(LEFT * SCALE, y * SCALE), (400 * SCALE, y * SCALE)], GRID, SCALE)
        bar = [(x * SCALE, y * SCALE) for x in places]
        chart.draw.line(bar, fill=ASKED, width=8 * SCALE)
        figures = (f"{where.weight:g}", f"{point.asked.value:.1%}", f"{point.precision.value:.3f}",
                   f"{point.recall.value:.3f}", f"{point.distance.value:.2f}")  # fmt: skip
        for (_, colour, x), figure in zip(columns, figures, strict=True):
            chart.text(x, y, figure, colour)
