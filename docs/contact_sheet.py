"""Makes a contact sheet of every screen: seven sizes across, six kinds of terminals down.

python docs/contact_sheet.py [--out DIR] [--run RUN] [--data-dir DIR] [--colours C …] [SCREEN …]

Each sheet is one picture, DIR/SCREEN.png. The share of a 230x60 terminal that is filled is printed
for each screen: of blocks of 6x3 cells, those in which there is anything. Needs Pillow and the font
DejaVu Sans Mono; the training screens need a run folder.
"""

import argparse
import asyncio
from collections.abc import Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from tempfile import gettempdir

import numpy as np
from make_pictures import draw, until
from PIL import Image
from textual.pilot import Pilot

from diffviz.core.pipeline import Pipeline
from diffviz.core.samples.morph import noise_of_seeds
from diffviz.core.sampling import SamplingSpec
from diffviz.core.writers import StepWriter
from diffviz.tui.app import RunApp
from diffviz.tui.keys import State
from diffviz.tui.pixels.colours import Colours
from diffviz.tui.run_options import RunOptions
from diffviz.tui.screens.draw.morph_screen import Ends
from diffviz.tui.screens.steps.step_source import FileSource
from diffviz.tui.screens.steps.steps_screen import StepsScreen
from diffviz.tui.screens.tour.scenes import RUN as TOUR_RUN
from diffviz.tui.screens.training.run_list import RunListScreen
from diffviz.tui.screens.training.run_source import RunSource
from diffviz.tui.screens.training.training_screen import TrainScreen
from diffviz.tui.terminal import Terminal
from diffviz.tui.terminal_app import TerminalApp
from diffviz.tui.theme import BACKGROUND
from diffviz.tui.tour_app import TourApp
from diffviz.tui.training_app import TrainingApp
from diffviz.tui.worker.bridge import Bridge
from diffviz.tui.worker.remote import RemoteDriver

SIZES = ((40, 20), (60, 20), (60, 60), (80, 24), (120, 40), (230, 20), (230, 60))
LARGE = (230, 60)
TERMINALS = {
    "dark": Terminal(),
    "light": Terminal(theme="light"),
    "256": Terminal(Colours.PALETTE, Colours.PALETTE),
    "16": Terminal(Colours.BASIC, Colours.BASIC),
    "mono": Terminal(Colours.MONO, Colours.MONO),
    "ascii": Terminal(Colours.ASCII, Colours.ASCII, braille=False),
}
SEED, STEPS, BRANCH_T = 17, 100, 600
KEYS = {
    "run": (),
    "looking-back": ("3",),
    "grid": ("g",),
    "race": ("c",),
    "weights": ("C",),
    "branch-prompt": ("2", "b"),
    "branch": ("2", "b", "8"),
    "tree": ("T",),
    "forward": ("f",),
    "lanes": ("c", "m"),
    "draw": ("D", *["right", "down"] * 6),
    "u-turns": ("D", *["shift+down"] * 4, "enter", "8"),
    "help": ("question_mark",),
    "palette": ("ctrl+p",),
}
"""The keys that lead to each screen from the run screen, whose digit is finished."""
LABELS, MORPH, TOUR, STEPS_SCREEN = "labels", "morph", "tour", "steps"
OTHERS = (LABELS, MORPH, TOUR, STEPS_SCREEN)
"""Screens that other commands open."""
TRAINING = ("train", "runs")
SHRINK = 3
GAP = 8


@asynccontextmanager
async def opened(name: str, terminal: Terminal, args: argparse.Namespace):
    """Open the screen ``name``; yields the app and its pilot."""
    if name in TRAINING:
        app: TerminalApp = TrainingApp(partial(_training_screen, name, args.run), terminal)
        async with app.run_test(size=SIZES[-1]) as pilot:
            await pilot.pause(2)
            yield app, pilot
        return
    make_bridge = partial(Bridge, make_driver=RemoteDriver)
    if name == TOUR:
        options = RunOptions("default", TOUR_RUN.seed, TOUR_RUN.spec, "cpu", 1, None)
        tour = TourApp(options, station=2, make_bridge=make_bridge, terminal=terminal)
        try:
            async with tour.run_test(size=SIZES[-1]) as pilot:
                await pilot.pause(6)
                yield tour, pilot
        finally:
            tour.bridge.driver.close()
            tour.bridge.driver.join(5)
        return
    if name == STEPS_SCREEN:
        steps = FileSource(args.out / "loop.steps")
        await asyncio.to_thread(_write_steps, args.out / "loop.steps", args.weights)
        app = TrainingApp(lambda: StepsScreen(steps), terminal)
        async with app.run_test(size=SIZES[-1]) as pilot:
            await pilot.pause(2)
            yield app, pilot
        return
    spec = SamplingSpec(steps=STEPS)
    weights = "labelled" if name == LABELS else args.weights
    options = RunOptions(weights, SEED, spec, "cpu", 1, None, data_dir=args.data_dir)
    app = RunApp(options, make_bridge=make_bridge, terminal=terminal)
    try:
        async with app.run_test(size=SIZES[-1]) as pilot:
            await until(pilot, lambda: app.run_screen.state in (State.DONE, State.FAILED))
            if name == "tree":
                await _grow(app, pilot)
            if name == MORPH:
                names = ("seed 7", "seed 12")
                app.open_morph(Ends(noise_of_seeds((7, 12)), names, ("--seed", "7", "12")))
                await pilot.pause(0.2)
            await pilot.press(*KEYS.get(name, ("L",)[: name == LABELS]))
            top = app.screen
            await until(pilot, lambda: getattr(top, "state", State.DONE) is State.DONE)
            await pilot.pause(4 if name == "forward" else 0.2)
            yield app, pilot
    finally:
        app.bridge.driver.close()
        app.bridge.driver.join(5)


async def _grow(app: RunApp, pilot: Pilot) -> None:
    """Branch twice, so that there is a tree."""
    for keys in (("2", "b", "4"), ("3", "b", "3")):
        await pilot.press(*keys)
        branches = app.screen
        await until(pilot, lambda b=branches: getattr(b, "state", None) is State.DONE)
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.run_screen)


def _write_steps(path: Path, weights: str) -> None:
    """Write a loop's steps as diffviz.StepWriter does."""
    with StepWriter(path) as writer:
        for step in Pipeline.load(weights).sample((SEED,), num_inference_steps=STEPS):
            writer.step(step.t, step.x_t, step.x0_hat)


def _training_screen(name: str, run: Path) -> TrainScreen | RunListScreen:
    return TrainScreen(RunSource(run)) if name == "train" else RunListScreen(run.parent)


def filled(app: TerminalApp) -> float:
    """Return the share of blocks of 6x3 cells in which there is anything."""
    width, height = app.size
    there = np.zeros((height, width), bool)
    for y, strip in enumerate(app.screen._compositor.render_strips()):
        x = 0
        for segment in strip:
            style = segment.style
            back = style.bgcolor if style is not None else None
            paper = back is None or back.name == BACKGROUND
            for glyph in segment.text:
                there[y, x] = glyph != " " or not paper
                x += 1
    blocks = there[: height // 3 * 3, : width // 6 * 6].reshape(height // 3, 3, -1, 6)
    return float(blocks.any(axis=(1, 3)).mean())


async def pictures(
    name: str, terminal: Terminal, args: argparse.Namespace, note: Callable[[float], None]
) -> list[Image.Image]:
    """Return the screen at each size, and ``note`` how much of the largest is filled."""
    made = []
    async with opened(name, terminal, args) as (app, pilot):
        for size in args.sizes:
            await pilot.resize_terminal(*size)
            await pilot.pause(0.3)
            if size == LARGE:
                note(filled(app))
            made.append(draw(app).reduce(args.shrink))
    return made


def sheet(rows: list[list[Image.Image]]) -> Image.Image:
    """Return the pictures in rows, with gaps between them."""
    widths = [max(row[i].width for row in rows) for i in range(len(rows[0]))]
    heights = [max(picture.height for picture in row) for row in rows]
    size = (sum(widths) + GAP * len(widths), sum(heights) + GAP * len(heights))
    whole = Image.new("RGB", size, (90, 90, 90))
    y = 0
    for row, height in zip(rows, heights, strict=True):
        x = 0
        for picture, width in zip(row, widths, strict=True):
            whole.paste(picture, (x, y))
            x += width + GAP
        y += height + GAP
    return whole


def _sizes(texts: list[str]) -> Iterator[tuple[int, int]]:
    for text in texts:
        width, _, height = text.partition("x")
        yield int(width), int(height)


def main() -> None:
    """Make the sheets that are named, or all."""
    parser = argparse.ArgumentParser(description="make contact sheets of the screens")
    every = [*KEYS, *OTHERS, *TRAINING]
    parser.add_argument("names", nargs="*", metavar="SCREEN", help=f"of {', '.join(every)}")
    parser.add_argument("--out", type=Path, default=Path(gettempdir()) / "diffviz-sheets")
    parser.add_argument("--weights", default="default")
    parser.add_argument("--data-dir", type=Path, help="where MNIST is, for the forward screen")
    parser.add_argument("--run", type=Path, help="a run folder, for the training screens")
    parser.add_argument("--colours", nargs="+", choices=TERMINALS, default=list(TERMINALS))
    parser.add_argument("--sizes", nargs="+", default=[f"{w}x{h}" for w, h in SIZES])
    parser.add_argument("--shrink", type=int, default=SHRINK, help="1: cells of 9x18 pixels")
    args = parser.parse_args()
    args.sizes = list(_sizes(args.sizes))
    if unknown := set(args.names) - set(every):
        parser.error(f"no screen is called {', '.join(sorted(unknown))}")
    args.out.mkdir(parents=True, exist_ok=True)
    for name in args.names or every:
        if name in TRAINING and args.run is None:
            print(f"{name:<14} left out: name a run folder with --run")
            continue
        shares: list[float] = []
        rows = [
            asyncio.run(pictures(name, TERMINALS[colours], args, shares.append))
            for colours in args.colours
        ]
        file = args.out / f"{name}.png"
        sheet(rows).save(file)
        share = f"{shares[0]:.0%} of 230x60 filled" if shares else ""
        print(f"{name:<14} {share:<24} {file}", flush=True)


if __name__ == "__main__":
    main()
