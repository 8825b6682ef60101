"""The race of guidances: the same noise and label, with more and more of it."""

import numpy as np
import pytest

from diffviz.core.sampling import SamplingSpec
from diffviz.tui.keys import State
from diffviz.tui.run_options import RunOptions
from diffviz.tui.screens.jobs.race_lanes import GUIDANCES, Race
from diffviz.tui.screens.jobs.race_screen import RaceScreen

from ...fakes import FakeLabelledPipeline


@pytest.fixture
def race(drive):
    """Run ``act(tester)`` in the app with a class asked for, on the way to the race."""

    def run(act, **more):
        return drive(act, sampler=FakeLabelledPipeline(), size=(170, 50), **more)

    return run


async def ask(d, key: str) -> None:
    await d.until(lambda: d.screen.loaded.source is not None)
    await d.press("d")
    await d.until(lambda: "which class?" in d.text())
    await d.press(key)
    await d.until(lambda: d.screen.state is State.DONE and d.screen.session.newest().conditioning)


def test_each_lane_has_its_guidance_and_counts_both_passes(race):
    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        await ask(d, "1")
        await d.press("G")
        await d.until(lambda: isinstance(d.app.screen, RaceScreen))
        await d.until(lambda: d.app.screen.state is State.DONE)
        await d.pilot.pause()
        top = d.app.screen
        assert top.aligned
        lanes = top.job().lanes
        assert [lane.spec.guidance for lane in lanes] == list(GUIDANCES)
        assert {lane.spec.label for lane in lanes} == {"square"}
        assert top.frame.evaluations == (10, 13, 13, 13, 13)
        assert "10/10" in d.text()
        assert d.text().count("13/13") == 4
        assert "guidances from the same noise" in d.lines()[0]
        assert "label square" in d.lines()[0]
        last = [step.x_t for step in top.frame.steps]
        assert not np.array_equal(last[0], last[4])

    race(act)


def test_a_lane_opens_on_the_run_screen_with_its_guidance(race):
    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        await ask(d, "1")
        await d.press("G")
        await d.until(lambda: isinstance(d.app.screen, RaceScreen))
        await d.until(lambda: d.app.screen.state is State.DONE)
        await d.press("down", "down", "down", "enter")
        await d.until(lambda: d.app.screen is d.screen)
        assert d.screen.session.spec.guidance == 2.0
        guided = [d.screen.session.history.step(i).conditioning.guidance for i in range(11)]
        assert max(guided) == 2.0
        assert "label square, guidance 2" in d.lines()[0]

    race(act)


def test_without_a_label_there_is_nothing_to_race(race):
    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        await d.press("G")
        assert d.app.screen is d.screen
        assert "guidance needs a label: d asks for a digit" in d.text()

    race(act)


def test_w_goes_on_to_guidances_only_with_a_label(monkeypatch):
    monkeypatch.setattr("diffviz.tui.screens.jobs.race_lanes.few_step_weights", lambda: None)
    plain = RunOptions("toy", 7, SamplingSpec(), "cpu", 1, None)
    labelled = RunOptions("toy", 7, SamplingSpec(label="1"), "cpu", 1, None)
    assert Race.WEIGHTS.following(plain) is Race.SAMPLERS
    assert Race.WEIGHTS.following(labelled) is Race.GUIDANCES
    assert Race.GUIDANCES.following(labelled) is Race.SAMPLERS
