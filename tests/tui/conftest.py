"""Fixtures of the screens' tests: fakes, pictures, and the app driven without a clock."""

import asyncio
from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from textual.geometry import Region

from diffviz.core.noise import NoiseStream
from diffviz.core.sampling import SamplingSpec
from diffviz.tui.app import RunApp
from diffviz.tui.run_options import RunOptions

from .app_tester import RunTester
from .fakes import FakeClassifier, FakeSampler


@pytest.fixture
def classifier() -> FakeClassifier:
    return FakeClassifier()


@pytest.fixture
def make_sampler() -> Callable[..., FakeSampler]:
    return FakeSampler


@pytest.fixture
def make_options() -> Callable[..., RunOptions]:
    def make(**changes) -> RunOptions:
        values = {
            "weights": "toy",
            "seed": 7,
            "device": "cpu",
            "threads": 1,
            "speed": None,
        }
        settings: dict[str, Any] = {"steps": 10} | changes
        names = [name for name in ("sampler", "steps", "eta", "noise") if name in settings]
        spec = SamplingSpec(**{name: settings.pop(name) for name in names})
        return RunOptions(spec=spec, **(values | settings))

    return make


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


@pytest.fixture
def drive(make_sampler, make_options, classifier):
    """Run ``act(tester)`` in the app; the sampler has ``permits`` to give records away.

    ``spec`` are settings of the process, such as the name of a sampler.
    """

    def run(act, *, size=(80, 24), permits=None, sampler=None, spec=None, **options):
        fake = sampler if sampler is not None else make_sampler(permits=permits)

        async def main():
            app = RunApp(make_options(**options, **(spec or {})), fake, classifier)
            async with app.run_test(size=size) as pilot:
                try:
                    await act(RunTester(app, pilot, fake))
                finally:
                    app.run_screen.bridge.driver.close()
                    if hasattr(fake, "allow_all"):
                        fake.allow_all()
            assert app.run_screen.bridge.driver.join(20)
            return app

        return asyncio.run(main())

    return run
