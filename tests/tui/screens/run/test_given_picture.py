"""The run screen with a picture to start from, or to fill in a part of."""

from pathlib import Path

import numpy as np
import pytest

from diffviz.core.data.given_files import GivenFiles
from diffviz.core.noise import NoiseStream
from diffviz.core.pictures import to_grey
from diffviz.core.sampling import Given
from diffviz.core.schedule import Schedule
from diffviz.tui.keys import State
from diffviz.tui.screens.draw.draw_screen import DrawScreen
from diffviz.tui.screens.jobs.grid_screen import GridScreen
from diffviz.tui.widgets.belief_strip import BeliefStrip
from diffviz.tui.widgets.canvas import Canvas

from ...fakes import FakeLabelledPipeline

PICTURE = np.full((28, 28), -1.0, np.float32)
PICTURE[:, ::5] = 1.0
LOWER = np.zeros((28, 28), np.bool_)
LOWER[14:] = True


class PlainPipeline(FakeLabelledPipeline):
    """The real sampling, around weights without classes."""

    CLASSES = ()


@pytest.fixture
def drive_from(drive):
    """Run ``act`` in an app that starts from the picture at t = 500, or fills in its mask."""

    def run(act, mask=False, **how):
        given = Given(PICTURE, 1000, LOWER, 2, 3) if mask else Given(PICTURE, 500)
        hidden = Path("mask.png") if mask else None
        files = GivenFiles(Path("my seven.png"), given.t, hidden, 2 if mask else 5, 3)
        pipeline = PlainPipeline(how.pop("permits", None))
        return drive(act, sampler=pipeline, given=given, given_files=files, **how)

    return run


def at(seed: int, t: int) -> np.ndarray:
    """Return the picture's x_t with the noise of a seed, in greys."""
    return to_grey(Schedule().add_noise(PICTURE, NoiseStream(seed).draw(0), t))


def within_a_level(image: np.ndarray, other: np.ndarray) -> bool:
    """Return whether greys are equal as far as the half precision of a grid keeps them."""
    return bool(np.abs(image.astype(int) - other).max() <= 1)


async def finished(d) -> None:
    await d.until(lambda: d.screen.state is State.DONE)


def test_the_picture_is_seen_at_its_timestep_before_any_step(drive_from):
    async def act(d):
        canvas = d.screen.query_one("#xt", Canvas)
        await d.until(lambda: canvas.image is not None)
        assert np.array_equal(canvas.image, at(7, 500))
        assert d.value("t") == "500"
        assert "seed 7 from my seven.png at t = 500" in d.lines()[0]
        assert d.screen.session.history.last == -1

    drive_from(act, permits=0)


def test_the_run_goes_from_there_to_the_end_and_back(drive_from):
    async def act(d):
        await finished(d)
        history = d.screen.session.history
        timesteps = [history.step(i).t for i in range(history.first, history.last + 1)]
        assert timesteps[0] == 500
        assert timesteps == sorted(timesteps, reverse=True)
        assert d.screen.session.steps == len(timesteps) - 1 == 6
        await d.press("home")
        assert d.value("t") == "500"
        assert np.array_equal(d.screen.query_one("#xt", Canvas).image, at(7, 500))
        await d.press("left", "space")
        await d.until(lambda: d.screen.session.live and d.value("t") == "0")

    drive_from(act)


def test_there_are_no_beliefs_before_the_picture_begins(drive_from):
    async def act(d):
        await finished(d)
        strip = d.screen.query_one("#strip", BeliefStrip)
        await d.until(lambda: d.at("strip").rstrip()[-1:].isdigit())
        shown = d.at("strip").rstrip()[-len(strip.timesteps()) :]
        before = sum(t > 500 for t in strip.timesteps())
        assert set(shown[:before]) == {"·"}
        assert shown[before:].isdigit()

    drive_from(act)


def test_branches_seeds_and_samplers_keep_the_picture(drive_from):
    async def act(d):
        await finished(d)
        await d.press("home", "b", "2")
        await d.until(lambda: d.app.screen.state is State.DONE)
        children = d.app.screen.kept[0].trajectory
        assert children.step(children.first).t == 500
        await d.press("enter")
        await finished(d)
        assert "--branch 500.1" in d.app.exit_command()
        await d.press("n")
        await finished(d)
        await d.press("home")
        assert np.array_equal(d.screen.query_one("#xt", Canvas).image, at(8, 500))
        await d.press("m")
        await finished(d)
        assert d.screen.session.history.step(d.screen.session.history.first).t == 500
        await d.press("u")
        assert d.screen.session.spec.sampler == "ddpm"

    drive_from(act)


def test_leaving_prints_the_picture_too(drive_from):
    async def act(d):
        await finished(d)
        command = d.app.exit_command()
        assert "--seed 7 --from 'my seven.png' --t 500 --sampler ddpm --steps 10" in command

    drive_from(act)


def test_a_grid_begins_with_the_picture_too(drive_from):
    async def act(d):
        await finished(d)
        await d.press("g")
        screen = d.app.screen
        assert isinstance(screen, GridScreen)
        await d.until(lambda: screen.state is State.DONE)
        first = screen.kept[0].trajectory.step(screen.kept[0].trajectory.first)
        assert first.t == 500
        assert within_a_level(to_grey(first.x_t[3]), at(10, 500))
        await d.press("right", "enter")
        assert d.screen.session.seed == 8
        await d.press("home")
        assert within_a_level(d.screen.query_one("#xt", Canvas).image, at(8, 500))

    drive_from(act)


def test_the_canvas_opens_with_it(drive_from):
    async def act(d):
        await finished(d)
        await d.press("D")
        assert isinstance(d.app.screen, DrawScreen)
        assert np.array_equal(d.app.screen.drawing.image, to_grey(PICTURE))
        assert d.app.screen.timestep == 500

    drive_from(act)


def test_a_mask_is_filled_in_and_the_rest_held(drive_from):
    async def act(d):
        await finished(d)
        session = d.screen.session
        assert session.steps > 10, "parts of the process come several times"
        x_0 = to_grey(session.newest().x_t[0])
        assert np.array_equal(x_0[:14], to_grey(PICTURE)[:14])
        assert "fills in my seven.png" in d.lines()[0]
        await d.press("1", "shift+right")
        assert 0 < session.step().index < session.steps
        assert "b branch" not in d.footer()
        await d.press("b")
        assert "no branch where a mask" in d.text()
        assert d.app.screen is d.screen
        assert "--mask mask.png --resamplings 2 --jump 3" in d.app.exit_command()

    drive_from(act, mask=True)
