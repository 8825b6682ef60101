"""Measured phases as a PNG: two curves with their intervals, and the boundaries."""

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from ..files.results import write_result
from ..names import NUM_TIMESTEPS
from .metrics import Estimate
from .phase_record import MeasuredPhases

SCALE = 2  # drawn larger and shrunk: smooth lines
WIDTH, HEIGHT = 860, 460
LEFT, RIGHT, TOP, BOTTOM = 56, 20, 100, 44
BACKGROUND, GRID, TEXT = (16, 18, 24), (48, 52, 62), (205, 208, 214)
CERTAINTY, MOVEMENT, WRITTEN = (102, 194, 255), (255, 176, 84), (150, 152, 160)

Colour = tuple[int, int, int]


class _Chart:
    def __init__(self) -> None:
        self.picture = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), BACKGROUND)
        self.draw = ImageDraw.Draw(self.picture, "RGBA")
        self.font = ImageFont.load_default(size=13 * SCALE)

    def at(self, t: float, share: float) -> tuple[float, float]:
        x = LEFT + (NUM_TIMESTEPS - t) / NUM_TIMESTEPS * (WIDTH - LEFT - RIGHT)
        y = TOP + (1 - min(1.0, max(0.0, share))) * (HEIGHT - TOP - BOTTOM)
        return x * SCALE, y * SCALE

    def text(self, t: float, share: float, text: str, colour: Colour, anchor: str, dy: int) -> None:
        x, y = self.at(t, share)
        self.draw.text((x, y + dy * SCALE), text, fill=colour, font=self.font, anchor=anchor)

    def vertical(self, t: float, colour: Colour, dashed: bool) -> None:
        (x, top), (_, bottom) = self.at(t, 1), self.at(t, 0)
        step = 6 * SCALE if dashed else int(bottom - top) + 1
        for y in range(int(top), int(bottom), step * 2 if dashed else step):
            self.draw.line([(x, y), (x, min(y + step, bottom))], fill=colour, width=SCALE)

    def curve(self, t: Sequence[int], values: Sequence[Estimate], colour: Colour) -> None:
        upper = [self.at(x, v.high) for x, v in zip(t, values, strict=True)]
        lower = [self.at(x, v.low) for x, v in zip(t, values, strict=True)]
        self.draw.polygon(upper + lower[::-1], fill=(*colour, 48))
        line = [self.at(x, v.value) for x, v in zip(t, values, strict=True)]
        self.draw.line(line, fill=colour, width=2 * SCALE, joint="curve")


def save_phase_chart(path: Path, phases: MeasuredPhases) -> None:
    """Write the chart of ``phases`` to ``path``: t falls from left to right.

    Dashed lines are the write-up's boundaries, full ones the measured, bands 95% intervals.

    Raises:
        DiffvizError: if the file can't be written.
    """
    chart = _Chart()
    for share in (0, 0.25, 0.5, 0.75, 1):
        chart.draw.line([chart.at(NUM_TIMESTEPS, share), chart.at(0, share)], GRID, SCALE)
        chart.text(NUM_TIMESTEPS, share, f"{share:g}", TEXT, "rm", 0)
    for t in range(NUM_TIMESTEPS, -1, -100):
        chart.text(t, 0, str(t), TEXT, "ma", 6)
    chart.text(500, 0, "timestep t", TEXT, "ma", 24)
    for boundary in phases.boundaries:
        if boundary.written is not None:
            chart.vertical(boundary.written, WRITTEN, dashed=True)
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
    title = f"{phases.weights}:{phases.set}  {phases.sampler} {phases.steps} steps"
    chart.text(NUM_TIMESTEPS, 1, title, TEXT, "ld", -80)
    chart.text(330, 1, "agreement on the digit", CERTAINTY, "rd", -80)
    chart.text(0, 1, "x0_hat's way still to go", MOVEMENT, "rd", -80)
    picture = chart.picture.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    write_result(path, lambda file: picture.save(file, format="png"))
