"""A PNG of curves over t with their intervals: t falls from left to right."""

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from ..files.results import write_result
from ..names import NUM_TIMESTEPS
from .metrics import Estimate

SCALE = 2  # drawn larger and shrunk: smooth lines
WIDTH, HEIGHT = 860, 460
LEFT, RIGHT, TOP, BOTTOM = 56, 20, 100, 44
BACKGROUND, GRID, TEXT = (16, 18, 24), (48, 52, 62), (205, 208, 214)
BLUE, ORANGE, GREY = (102, 194, 255), (255, 176, 84), (150, 152, 160)

Colour = tuple[int, int, int]


class CurveChart:
    """A chart of shares, 0 to 1, over t; positions are in these units."""

    def __init__(self) -> None:
        self.picture = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), BACKGROUND)
        self.draw = ImageDraw.Draw(self.picture, "RGBA")
        self.font = ImageFont.load_default(size=13 * SCALE)

    def axes(self) -> None:
        """Draw the grid and the numbers of both axes."""
        for share in (0, 0.25, 0.5, 0.75, 1):
            self.draw.line([self.at(NUM_TIMESTEPS, share), self.at(0, share)], GRID, SCALE)
            self.text(NUM_TIMESTEPS, share, f"{share:g}", TEXT, "rm", 0)
        for t in range(NUM_TIMESTEPS, -1, -100):
            self.text(t, 0, str(t), TEXT, "ma", 6)
        self.text(500, 0, "timestep t", TEXT, "ma", 24)

    def at(self, t: float, share: float) -> tuple[float, float]:
        """Return the pixel of a point; shares outside 0 to 1 are drawn at the edge."""
        x = LEFT + (NUM_TIMESTEPS - t) / NUM_TIMESTEPS * (WIDTH - LEFT - RIGHT)
        y = TOP + (1 - min(1.0, max(0.0, share))) * (HEIGHT - TOP - BOTTOM)
        return x * SCALE, y * SCALE

    def text(self, t: float, share: float, text: str, colour: Colour, anchor: str, dy: int) -> None:
        """Write at a point, ``dy`` pixels below it; ``anchor`` as Pillow names them."""
        x, y = self.at(t, share)
        self.draw.text((x, y + dy * SCALE), text, fill=colour, font=self.font, anchor=anchor)

    def vertical(self, t: float, colour: Colour, dashed: bool) -> None:
        """Draw a line at ``t`` from top to bottom."""
        (x, top), (_, bottom) = self.at(t, 1), self.at(t, 0)
        step = 6 * SCALE if dashed else int(bottom - top) + 1
        for y in range(int(top), int(bottom), step * 2 if dashed else step):
            self.draw.line([(x, y), (x, min(y + step, bottom))], fill=colour, width=SCALE)

    def curve(self, t: Sequence[int], values: Sequence[Estimate], colour: Colour) -> None:
        """Draw a curve in the band of its intervals."""
        upper = [self.at(x, v.high) for x, v in zip(t, values, strict=True)]
        lower = [self.at(x, v.low) for x, v in zip(t, values, strict=True)]
        self.draw.polygon(upper + lower[::-1], fill=(*colour, 48))
        line = [self.at(x, v.value) for x, v in zip(t, values, strict=True)]
        self.draw.line(line, fill=colour, width=2 * SCALE, joint="curve")

    def save(self, path: Path) -> None:
        """Write the chart to ``path``.

        Raises:
            DiffvizError: if the file can't be written.
        """
        picture = self.picture.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
        write_result(path, lambda file: picture.save(file, format="png"))
