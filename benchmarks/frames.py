"""What one frame of pictures costs: time to draw it, and bytes that the terminal gets.

python -m benchmarks.frames [--quick] [--seed 17] [--repeats 5] [--without-peers]

Each way draws the same pictures of one sampling run through Textual: build the cells, compositor,
escape sequences. The ways take turns, and the best of all turns counts. Others' ways, rich-pixels
and the half cells of textual-image, are measured where they are installed (the extra ``peers``).
"""

import argparse
import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from textual.widget import Widget
from textual.widgets import Static

from diffviz.core.names import SIDE
from diffviz.core.pictures import to_grey
from diffviz.tui.pixels.colours import Colours
from diffviz.tui.pixels.tiles import Mode, Tiles
from diffviz.tui.terminal import Terminal
from diffviz.tui.terminal_app import TerminalApp
from diffviz.tui.widgets.canvas import Canvas
from diffviz.tui.widgets.mosaic import Mosaic

from .loops import peer

Pictures = NDArray[np.uint8]
Draw = Callable[[Pictures], None]
Render = Callable[[Any], Any]
"""A picture of Pillow's to something that Rich can draw."""

STAGES = {"noise (t > 600)": (1000, 600), "middle": (600, 100), "refinement (t < 100)": (99, -1)}
_EVERY = 20  # timesteps between two pictures
_GRID = Tiles(Mode.HALF, 8, 4)
_SYSTEMS = (Colours.PALETTE, Colours.TRUECOLOR)


def main() -> None:
    """Measure and print a Markdown table for each size."""
    parser = argparse.ArgumentParser(description="What one frame of pictures costs.")
    parser.add_argument("--seed", type=int, default=17)
    parser.add_argument("--repeats", type=int, default=5, metavar="N")
    parser.add_argument("--quick", action="store_true", help="one turn of each")
    parser.add_argument("--without-peers", action="store_true", help="measure diffviz only")
    args = parser.parse_args()
    stages = _pictures(args.seed)
    for cells, count in (("28x14", 1), ("224x56", _GRID.capacity)):
        ways = _ways(count, not args.without_peers)
        best: dict[tuple[str, str, str], tuple[float, float]] = {}
        for _ in range(1 if args.quick else args.repeats):
            for (name, make), system in ((w, s) for s in _SYSTEMS for w in ways.items()):
                measured = asyncio.run(_measure(make, system, stages, count))
                for stage, (ms, size) in measured.items():
                    before = best.get((name, system, stage), (ms, size))
                    best[name, system, stage] = (min(ms, before[0]), size)
        _print(cells, list(ways), best)


def _pictures(seed: int) -> dict[str, Pictures]:
    """Return x_t of one run with the default weights, by stage: uint8 ``[n, 28, 28]``."""
    from diffviz.core.pipeline import Pipeline

    seen = {
        step.t: to_grey(step.x_t[0])
        for step in Pipeline.load(device="cpu", threads=1).sample([seed])
        if step.t % _EVERY == 0
    }
    return {
        name: np.stack([x for t, x in seen.items() if high >= t > low])
        for name, (high, low) in STAGES.items()
    }


def _ways(count: int, peers: bool) -> dict[str, Callable[[], tuple[Widget, Draw]]]:
    ways = {"diffviz": _canvas if count == 1 else _mosaic}
    others = {"rich-pixels": _rich_pixels, "textual-image": _textual_image} if peers else {}
    for name, find in others.items():
        if (render := find()) is not None:
            ways[name] = _rendered(count, render)
    return ways


def _canvas() -> tuple[Widget, Draw]:
    canvas = Canvas()
    return _sized(canvas, SIDE, SIDE // 2), lambda pictures: canvas.show(pictures[0])


def _mosaic() -> tuple[Widget, Draw]:
    mosaic = Mosaic()
    mosaic.arrange_tiles(_GRID)
    return _sized(mosaic, _GRID.width, _GRID.height), mosaic.show


def _rich_pixels() -> Render | None:
    rich_pixels = peer("rich_pixels")
    return None if rich_pixels is None else rich_pixels.Pixels.from_image


def _textual_image() -> Render | None:
    half_cells = peer("textual_image") and peer("textual_image.renderable.halfcell")
    if half_cells is None:
        return None
    return lambda image: half_cells.Image(image, width=image.width, height=image.height // 2)


def _rendered(count: int, render: Render) -> Callable[[], tuple[Widget, Draw]]:
    """Return what makes a widget that shows one picture of all, as ``render`` makes it."""
    from PIL import Image

    columns = 1 if count == 1 else _GRID.columns

    def make() -> tuple[Widget, Draw]:
        static = Static()

        def draw(pictures: Pictures) -> None:
            rows = pictures.reshape(-1, columns, SIDE, SIDE)
            image = rows.transpose(0, 2, 1, 3).reshape(len(rows) * SIDE, -1)
            static.update(render(Image.fromarray(image).convert("RGB")))

        return _sized(static, SIDE * columns, SIDE // 2 * (count // columns)), draw

    return make


def _sized(widget: Widget, width: int, height: int) -> Widget:
    widget.styles.width, widget.styles.height = width, height
    return widget


async def _measure(
    make: Callable[[], tuple[Widget, Draw]],
    system: Colours,
    stages: dict[str, Pictures],
    count: int,
) -> dict[str, tuple[float, float]]:
    """Return milliseconds a frame and bytes a frame, by stage."""
    widget, draw = make()

    class Host(TerminalApp):
        def compose(self) -> Iterator[Widget]:
            yield widget

    app = Host(Terminal().showing(system))
    found: dict[str, tuple[float, float]] = {}
    async with app.run_test(size=(240, 60)) as pilot:
        compositor = app.screen._compositor
        for stage, pictures in stages.items():
            await pilot.pause()
            seconds, sent = [], 0
            for picture in pictures:
                frame = np.repeat(picture[None], count, axis=0)
                begun = time.perf_counter()
                draw(frame)
                compositor.update_widgets({widget})
                update: Any = compositor.render_update()
                text = update.render_segments(app.console)
                seconds.append(time.perf_counter() - begun)
                sent += len(text.encode())
            found[stage] = (1000 * sorted(seconds)[len(seconds) // 2], sent / len(pictures))
    return found


def _print(cells: str, ways: list[str], best: dict[tuple[str, str, str], tuple[float, float]]):
    print(f"\n{cells} cells a frame\n")
    print("| way | colours | " + " | ".join(STAGES) + " |")
    print("|---" * (2 + len(STAGES)) + "|")
    for name in ways:
        for system in _SYSTEMS:
            row = [best[name, system, stage] for stage in STAGES]
            written = [f"{ms:.2f} ms, {size / 1000:.1f} kB" for ms, size in row]
            print(f"| {name} | {system} | " + " | ".join(written) + " |")
    for other, system in ((w, s) for w in ways[1:] for s in _SYSTEMS):
        pairs = [(best[other, system, stage], best[ways[0], system, stage]) for stage in STAGES]
        times, bytes_ = ([theirs[i] / ours[i] for theirs, ours in pairs] for i in (0, 1))
        print(
            f"\n{system}: {other} takes {min(times):.1f} to {max(times):.1f} times as long, and "
            f"{min(bytes_):.1f} to {max(bytes_):.1f} times the bytes"
        )


if __name__ == "__main__":
    main()
