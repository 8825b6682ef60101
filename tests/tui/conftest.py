"""A sampler without a network, and ways to drive the app without waiting for a clock."""

import asyncio
import re
import threading
from collections.abc import Callable, Iterator
from itertools import combinations
from types import SimpleNamespace

import numpy as np
import pytest
from textual.geometry import Region

from diffviz.core.errors import DiffvizError
from diffviz.core.noise import NoiseStream
from diffviz.core.phases import phase_at
from diffviz.core.records import Step
from diffviz.core.schedule import Schedule
from diffviz.tui.app import RunApp
from diffviz.tui.options import RunOptions
from diffviz.tui.widgets.canvas import Canvas


class FakeSampler:
    """Yields records whose pictures tell seed and timestep; each needs a permit from the test."""

    def __init__(self, permits: int | None = None, fail_at: int | None = None) -> None:
        self.weights = SimpleNamespace(name="toy", set="raw", architecture="toy-net")
        self.parameters = 1234
        self.device = "cpu"
        self.threads = 1
        self.fail_at = fail_at
        self.started: list[int] = []
        self.asked: list[dict] = []  # what each call of sample() was given beside the seeds
        self.closed = 0
        self.opened = threading.Event()
        self._alive: list[Iterator[Step]] = []
        self._free = permits is None
        self._permits = threading.Semaphore(permits or 0)

    def __call__(self, weights: str) -> "FakeSampler":
        self.opened.set()
        return self

    def allow(self, steps: int) -> None:
        """Let ``steps`` more records out."""
        self._permits.release(steps)

    def allow_all(self) -> None:
        """Never hold back again."""
        self._free = True
        self._permits.release()

    def picture(self, seed: int, t: int) -> np.ndarray:
        """Return x_t: grey level ``t / 1000`` everywhere, but for the seed's own column."""
        image = np.full((28, 28), t / 500 - 1, np.float32)
        image[:, seed % 28] = 1.0
        return image

    def sample(self, seeds, num_inference_steps=None, **how) -> Iterator[Step]:
        self.asked.append(how)
        records = self._records(seeds, num_inference_steps, how.get("start"))
        self._alive.append(records)  # so that only close() ends it, not its last reference
        return records

    def _records(self, seeds, num_inference_steps, start) -> Iterator[Step]:
        streams = [s if isinstance(s, NoiseStream) else NoiseStream(s) for s in seeds]
        numbers = [sum((stream.seed, *stream.branch[1::2])) for stream in streams]
        schedule = Schedule()
        times = [*schedule.timesteps(num_inference_steps or 1000), 0]
        self.started.append(numbers[0])
        try:
            for index, t in enumerate(times):
                if start is not None and index < start[0]:
                    continue
                if not self._free:
                    self._permits.acquire(timeout=10)
                if index == self.fail_at:
                    raise DiffvizError("the pixels ran out")
                x_t = np.stack([self.picture(number, t) for number in numbers])
                if start is not None and index == start[0]:
                    x_t = start[1]
                alpha_bar = schedule.alpha_bar(t)
                yield Step(
                    index, len(times) - 1, t, alpha_bar, phase_at(t), x_t, -x_t, np.zeros_like(x_t)
                )
        finally:
            self.closed += 1


class FakeJudge:
    """Believes in the digit that the picture's brightness names; counts what it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self) -> "FakeJudge":
        return self

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        self.asked += 1
        digits = np.clip((images.mean(axis=(1, 2)) + 1) * 5, 0, 9).astype(int)
        belief = np.full((len(images), 10), 0.02, np.float32)
        belief[np.arange(len(images)), digits] = 0.82
        return belief


@pytest.fixture
def judge() -> FakeJudge:
    return FakeJudge()


@pytest.fixture
def make_sampler() -> Callable[..., FakeSampler]:
    return FakeSampler


@pytest.fixture
def make_options() -> Callable[..., RunOptions]:
    def make(**changes) -> RunOptions:
        values = {
            "weights": "toy",
            "seed": 7,
            "steps": 10,
            "device": "cpu",
            "threads": 1,
            "speed": None,
        }
        return RunOptions(**(values | changes))

    return make


@pytest.fixture
def until() -> Callable:
    """Return a coroutine function that lets the app work until something is true."""

    async def wait(pilot, condition: Callable[[], bool]) -> None:
        for _ in range(600):
            if condition():
                return
            await pilot.pause(0.01)
        raise AssertionError("what was waited for didn't happen")

    return wait


@pytest.fixture
def noise_picture() -> np.ndarray:
    """Return x_T of seed 7 as greys."""
    from diffviz.core.pictures import to_grey

    return to_grey(NoiseStream(7).draw(0))


@pytest.fixture
def digit_picture() -> np.ndarray:
    """Return something like a finished digit: soft white strokes on black."""
    y, x = np.mgrid[0:28, 0:28]
    ring = np.abs(np.hypot(x - 13.5, (y - 13.5) * 0.8) - 7)
    return (255 * np.clip(1.6 - ring / 1.5, 0, 1)).astype(np.uint8)


@pytest.fixture
def planned_well() -> Callable:
    """Return a function that fails if regions overlap or reach out of the terminal."""

    def check(regions: dict[str, Region], width: int, height: int) -> None:
        terminal = Region(0, 0, width, height)
        for name, region in regions.items():
            assert terminal.contains_region(region), (name, width, height)
        for (first, a), (second, b) in combinations(regions.items(), 2):
            assert not a.overlaps(b), (first, second, width, height)

    return check


class Driver:
    """What a test needs of the app: keys, permits and what is on the screen."""

    def __init__(self, app: RunApp, pilot, sampler, until) -> None:
        self.app, self.pilot, self.sampler = app, pilot, sampler
        self._until = until

    @property
    def screen(self):
        return self.app.run_screen

    async def until(self, condition) -> None:
        await self._until(self.pilot, condition)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    def lines(self) -> list[str]:
        return [strip.text for strip in self.app.screen._compositor.render_strips()]

    def text(self) -> str:
        return "\n".join(self.lines())

    def value(self, label: str) -> str:
        """Return what the numbers say beside ``label``: the panel, or the line where it is."""
        regions = self.screen.plan(*self.app.size).regions
        if "readout" not in regions:
            words = re.split(r"  +", self.at("line").replace(f"{label} ", f"{label}  ", 1).strip())
            return words[words.index(label) + 1]
        region = regions["readout"]
        rows = [line[region.x : region.right] for line in self.lines()[region.y : region.bottom]]
        row = next(row for row in rows if row.split() and row.split()[0] == label)
        return " ".join(row.split()[1:])

    async def until_t(self, t: int) -> None:
        """Wait for the frame of timestep ``t``, with the picture that only a frame has."""
        x0 = self.screen.query_one("#x0", Canvas)
        await self.until(lambda: x0.image is not None and self.value("t") == str(t))

    def at(self, name: str) -> str:
        """Return what is on the screen in the region of a widget."""
        x, y, width, height = self.screen.plan(*self.app.size).regions[name]
        return "\n".join(line[x : x + width] for line in self.lines()[y : y + height])

    def footer(self) -> str:
        return self.lines()[-1]


@pytest.fixture
def drive(make_sampler, make_options, until, judge):
    """Run ``act(driver)`` in the app; the sampler has ``permits`` to give records away."""

    def run(act, *, size=(80, 24), permits=None, sampler=None, **options):
        fake = sampler if sampler is not None else make_sampler(permits=permits)

        async def main():
            app = RunApp(make_options(**options), fake, judge)
            async with app.run_test(size=size) as pilot:
                try:
                    await act(Driver(app, pilot, fake, until))
                finally:
                    app.run_screen.bridge.close()
                    if hasattr(fake, "allow_all"):
                        fake.allow_all()
            assert app.run_screen.bridge.join(20)
            return app

        return asyncio.run(main())

    return run
