"""Makes the pictures of the screens in docs/pictures from the real app: one command.

python docs/make_pictures.py [--weights default] [--data-dir DIR] [NAME …]
python docs/make_pictures.py --run RUN train

Each picture is the app itself at a fixed size, seed and timestep (the grid stops at the next step
it shows). Needs Pillow, which comes with torchvision, and the font DejaVu Sans Mono.
"""

import argparse
import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from rich.color import Color
from rich.style import Style
from rich.terminal_theme import TerminalTheme
from textual.pilot import Pilot

from diffviz.core.models.catalog import LABELLED
from diffviz.core.sampling import SamplingSpec
from diffviz.tui.app import RunApp
from diffviz.tui.cli.run import DEFAULT_SEED
from diffviz.tui.keys import State
from diffviz.tui.run_options import RunOptions
from diffviz.tui.screens.training.run_source import RunSource
from diffviz.tui.screens.training.training_screen import TrainScreen
from diffviz.tui.terminal import Terminal
from diffviz.tui.terminal_app import TerminalApp
from diffviz.tui.training_app import TrainingApp
from diffviz.tui.worker.bridge import Bridge
from diffviz.tui.worker.remote import RemoteDriver

FOLDER = Path(__file__).parent / "pictures"
CELL_W, CELL_H = 9, 18
BOX = (0, 0, CELL_W, CELL_H)
BLOCKS = {
    "▀": (0, 0, CELL_W, CELL_H // 2),
    "▄": (0, CELL_H // 2, CELL_W, CELL_H),
    "█": BOX,
}
QUADRANTS = dict(zip("▖▗▘▙▚▛▜▝▞▟", (4, 8, 1, 13, 9, 7, 11, 2, 6, 14), strict=True))
"""Upper left 1, upper right 2, lower left 4, lower right 8."""
BRAILLE_DOTS = ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3))
PATIENCE_S = 300.0
XTERM = TerminalTheme(
    (0, 0, 0),
    (229, 229, 229),
    [(0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0),
     (0, 0, 238), (205, 0, 205), (0, 205, 205), (229, 229, 229)],
    [(127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0),
     (92, 92, 255), (255, 0, 255), (0, 255, 255), (255, 255, 255)],
)  # fmt: skip
"""xterm's 16 colours."""


@dataclass(frozen=True)
class Shot:
    """A picture: which keys to press on which terminal, and when to look."""

    size: tuple[int, int]
    keys: tuple[str, ...] = ()
    t: int | None = None
    """The timestep of the run that is looked at first; None for the finished digit."""
    stop_at: int | None = None
    """The timestep at which the screen that the keys opened is paused; None for its end."""
    theme: str = "dark"
    seed: int = DEFAULT_SEED
    label: str | None = None
    """The digit that is asked for; by the weights with labels then."""
    guidance: float | None = None


SHOTS = {
    "run": Shot((120, 40), t=257),
    "run-80x24": Shot((80, 24), t=257),
    "light": Shot((120, 40), t=257, theme="light"),
    "explain": Shot((120, 40), ("e",), t=450),
    "guidance": Shot((120, 40), t=257, label="7", guidance=2.0),
    "branch": Shot((120, 40), ("b", "8"), t=600, seed=17),
    "race": Shot((120, 40), ("c",)),
    "weights": Shot((120, 40), ("C",)),
    "grid": Shot((150, 44), ("g",), stop_at=238),
    "forward": Shot((120, 40), ("f",), t=300),
    "keys": Shot((100, 30), ("question_mark",), t=257),
    "u-turns": Shot(
        (120, 40),
        (
            "D",
            *["left"] * 7,
            *["up"] * 7,
            *["shift+right"] * 13,
            *["shift+down", "shift+down", "shift+left"] * 7,
            "right_square_bracket",
            "right_square_bracket",
            "enter",
            "8",
        ),
    ),
}


TRAININGS = {"train": (160, 50)}
"""Pictures of the training screen: their sizes."""


async def take_training(size: tuple[int, int], run: Path) -> Image.Image:
    """Return the screen of ``diffviz watch RUN``."""
    app = TrainingApp(lambda: TrainScreen(RunSource(run)), Terminal())
    async with app.run_test(size=size) as pilot:
        await pilot.pause(2)
        return draw(app)


async def until(pilot: Pilot, true: Callable[[], bool]) -> None:
    """Let the app work until something is true."""
    for _ in range(int(PATIENCE_S / 0.01)):
        if true():
            return
        if pilot.app.return_code is not None:
            raise SystemExit(f"the app has ended: {pilot.app.return_value}")
        await pilot.pause(0.01)
    raise TimeoutError("the app doesn't get there")


async def take(shot: Shot, options: RunOptions) -> Image.Image:
    """Run the app up to ``shot`` and return its screen."""
    app = RunApp(
        options,
        make_bridge=partial(Bridge, make_driver=RemoteDriver),
        terminal=Terminal(theme=shot.theme),
    )
    run = app.run_screen
    try:
        async with app.run_test(size=shot.size) as pilot:
            await until(pilot, lambda: run.state in (State.DONE, State.FAILED))
            if shot.t is not None:
                run.session.cursor.seek_timestep(shot.t)
                run.cursor_moved()
            await pilot.press(*shot.keys)
            await _arrive(app, shot, pilot)
            await pilot.pause()
            return draw(app)
    finally:
        app.bridge.driver.close()
        app.bridge.driver.join(5)


async def _arrive(app: RunApp, shot: Shot, pilot: Pilot) -> None:
    """Wait until the screen on top has got where it shall be."""
    top = app.screen
    if "f" in shot.keys:
        await pilot.pause(4)  # real digits are read, the nearest is looked for
    elif hasattr(top, "frame") and shot.stop_at is not None:

        def reached() -> bool:
            steps = top.frame.steps if top.frame is not None else (None,)
            return steps[0] is not None and steps[0].t <= shot.stop_at

        await until(pilot, reached)
        await pilot.press("space")
    elif hasattr(top, "state"):
        await until(pilot, lambda: top.state is State.DONE or top is app.run_screen)


def draw(app: TerminalApp) -> Image.Image:
    """Return the screen's cells as a picture."""
    strips = app.screen._compositor.render_strips()
    width, height = app.size
    image = Image.new("RGB", (width * CELL_W, height * CELL_H))
    brush = ImageDraw.Draw(image)
    fonts = [ImageFont.truetype(f"DejaVuSansMono{kind}.ttf", CELL_H - 3) for kind in ("", "-Bold")]
    for y, strip in enumerate(strips):
        x = 0
        for segment in strip:
            style = segment.style or Style()
            front, back = _rgb(style.color, (255, 255, 255)), _rgb(style.bgcolor, (0, 0, 0))
            if style.reverse:
                front, back = back, front
            for glyph in segment.text:
                _cell(brush, x * CELL_W, y * CELL_H, glyph, front, back, fonts[bool(style.bold)])
                x += 1
    return image


def _rgb(colour: Color | None, default: tuple[int, int, int]) -> tuple[int, int, int]:
    return default if colour is None else tuple(colour.get_truecolor(XTERM))  # type: ignore[return-value]


def _cell(brush: ImageDraw.ImageDraw, x: int, y: int, glyph: str, front, back, font) -> None:
    """Draw one cell: blocks and braille to the pixel, all else from the font."""

    def fill(box: tuple[float, ...], colour) -> None:
        left, top, right, bottom = box
        brush.rectangle((x + left, y + top, x + right - 1, y + bottom - 1), fill=colour)

    fill(BOX, back)
    if glyph in BLOCKS:
        fill(BLOCKS[glyph], front)
    elif "▉" <= glyph <= "▏":
        fill((0, 1, round(CELL_W * (0x2590 - ord(glyph)) / 8), CELL_H - 1), front)
    elif glyph in QUADRANTS:
        for bit in range(4):
            if QUADRANTS[glyph] >> bit & 1:
                left, top = (bit % 2) * (CELL_W + 1) // 2, bit // 2 * CELL_H // 2
                fill((left, top, CELL_W if left else (CELL_W + 1) // 2, top + CELL_H // 2), front)
    elif 0x2800 <= ord(glyph) < 0x2900:
        for bit, (column, row) in enumerate(BRAILLE_DOTS):
            if ord(glyph) >> bit & 1:
                left, top = 1 + column * 4, 2 + row * 4
                fill((left, top, left + 2, top + 2), front)
    elif glyph in "━─":
        fill((0, CELL_H // 2 - 1, CELL_W, CELL_H // 2 + (glyph == "━")), front)
    elif glyph != " ":
        brush.text((x, y), glyph, font=font, fill=front)


def main() -> None:
    """Make the pictures that are named, or all."""
    known = SHOTS | TRAININGS
    parser = argparse.ArgumentParser(description="make the pictures of the screens")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(known)}")
    parser.add_argument("--weights", default="default")
    parser.add_argument("--data-dir", type=Path, help="where MNIST is, for the forward screen")
    parser.add_argument("--run", type=Path, help="a run folder, for the training screen")
    args = parser.parse_args()
    if args.run is None and set(args.names) & TRAININGS.keys():
        parser.error("the training screen shows a run: name its folder with --run")
    if unknown := set(args.names) - known.keys():
        parser.error(f"no picture is called {', '.join(sorted(unknown))}")
    for name in args.names or SHOTS:
        if name in TRAININGS:
            image = asyncio.run(take_training(TRAININGS[name], args.run))
        else:
            shot = SHOTS[name]
            spec = SamplingSpec(label=shot.label, guidance=shot.guidance)
            weights = args.weights if shot.label is None else LABELLED
            options = RunOptions(weights, shot.seed, spec, "cpu", 1, None, data_dir=args.data_dir)
            image = asyncio.run(take(shot, options))
        file = FOLDER / f"{name}.png"
        image.save(file, optimize=True)
        print(f"{file}  {image.width}x{image.height}  {file.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
