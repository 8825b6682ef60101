"""Models of one's own, and a driver of the run screen for them."""

import asyncio

import pytest

from diffviz.core.names import OWN
from diffviz.core.sampling import SamplingSpec
from diffviz.tui.app import RunApp
from diffviz.tui.run_options import RunOptions

from ...app_tester import RunTester

FILE = """
import numpy as np
import diffviz

y, x = np.mgrid[0:32, 0:32] / 32
TARGET = np.stack([2 * x - 1, 2 * y - 1, x - y]).astype(np.float32)
ALPHA_BARS = diffviz.Schedule().alpha_bars

def denoiser(x_t, t):
    a = ALPHA_BARS[t + 1].astype(np.float32)[:, None, None, None]
    return (x_t - a**0.5 * TARGET) / (1 - a) ** 0.5

COLOUR = diffviz.Model(denoiser, (3, 32, 32), name="ramps")
NAMES = ("upwards", "downwards")

def classifier(images):
    # which way the first channel rises, as logits
    rise = (images[:, 0] * (x - 0.5)).mean((1, 2))
    return np.stack([40 * rise, -40 * rise], 1)

JUDGED = diffviz.Model(denoiser, (3, 32, 32), classifier=classifier, classes=NAMES, name="judged")
UNSURE = diffviz.Model(denoiser, (3, 32, 32), classifier=lambda x: x.missing, name="unsure")
SHARP = diffviz.Model(lambda x, t: x, (3, 16, 16), ALPHA_BARS[1:] ** 3, name="sharp")
GREY = diffviz.Model(lambda x, t: x, (1, 20, 40), name="grey")

def failing(x_t, t):
    if t[0] < 500:
        raise RuntimeError("out of luck")
    return x_t

LATE = diffviz.Model(failing, (1, 8, 8))
def odd(kind):
    def denoiser(x_t, t):
        raise kind("odd")

    return diffviz.Model(denoiser, (1, 8, 8), name="odd")

class Unusual(BaseException):
    pass

UNUSUAL, INTERRUPTED = odd(Unusual), odd(KeyboardInterrupt)
WRONG = diffviz.Model(lambda x, t: x[:, :, :4], (1, 8, 8), name="wrong")
"""


@pytest.fixture
def drive_own(tmp_path):
    """Run ``act(tester)`` in the app with a model of the file."""
    path = tmp_path / "mine.py"
    path.write_text(FILE)

    def run(act, name="COLOUR", *, size=(80, 24), sampler="ddpm", steps=20, files=None, given=None):
        weights, spec = f"{OWN}{path}:{name}", SamplingSpec(sampler, steps)
        options = RunOptions(
            weights=weights, seed=7, spec=spec, device="cpu", threads=1, speed=None,
            given=given, given_files=files,
        )  # fmt: skip

        async def main():
            app = RunApp(options)
            async with app.run_test(size=size) as pilot:
                try:
                    await act(RunTester(app, pilot))
                finally:
                    app.run_screen.bridge.driver.close()
            assert app.run_screen.bridge.driver.join(20)
            return app

        return asyncio.run(main())

    return run
