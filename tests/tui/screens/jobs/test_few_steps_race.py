"""The race of many steps and few: lanes with weights of their own, from the same noise."""

import re

import pytest

from diffviz.core.models import few_steps
from diffviz.core.sampling import SamplingSpec
from diffviz.tui.keys import State
from diffviz.tui.run_options import RunOptions
from diffviz.tui.screens.jobs.race_lanes import Race
from diffviz.tui.screens.jobs.race_screen import RaceScreen

CARDS = {
    "default": {"recipe": {}},
    "few-steps": {"recipe": {"distilled_steps": 4}},
    "labelled": {"recipe": {}, "classes": list("0123456789")},
}


@pytest.fixture
def bundled(monkeypatch):
    """Return the cards of what is bundled; more may be put there."""
    cards = dict(CARDS)
    for module in ("few_steps", "catalog"):
        monkeypatch.setattr(f"diffviz.core.models.{module}.bundled_names", lambda: list(cards))
    monkeypatch.setattr(few_steps, "read_card", cards.__getitem__)
    return cards


def options(weights="default", **spec):
    return RunOptions(weights, 7, SamplingSpec(**spec), "cpu", 1, None)


def lanes(made):
    return [
        (lane.label, lane.weights, lane.spec.sampler, lane.spec.steps)
        for lane in Race.FEW_STEPS.lanes(made, 7)
    ]


MANY_AND_FEW = [
    ("DDPM 1000, default", "default", "ddpm", 1000),
    ("SA-Solver 20, default", "default", "sa-solver", 20),
    ("few-steps 4, consistency", "few-steps", "consistency", 4),
    ("few-steps 1, consistency", "few-steps", "consistency", 1),
]


@pytest.mark.parametrize("weights", ["default", "few-steps"])
def test_many_steps_of_ordinary_weights_race_with_few_of_distilled_ones(bundled, weights):
    assert lanes(options(weights)) == MANY_AND_FEW
    seeds = {lane.streams[0].seed for lane in Race.FEW_STEPS.lanes(options(weights), 7)}
    assert seeds == {7}


def test_a_label_stays_where_the_weights_have_labels(bundled):
    made = options("labelled", label="3", guidance=1.0)
    assert [lane.spec.label for lane in Race.FEW_STEPS.lanes(made, 7)] == ["3", "3", None, None]
    bundled["few-steps"] = CARDS["few-steps"] | {"classes": list("0123456789")}
    assert {lane.spec.label for lane in Race.FEW_STEPS.lanes(made, 7)} == {"3"}


def test_w_goes_on_to_few_steps_where_there_are_weights_for_it(bundled):
    assert Race.WEIGHTS.following(options()) is Race.FEW_STEPS
    assert Race.FEW_STEPS.following(options()) is Race.SAMPLERS
    del bundled["few-steps"]
    assert Race.WEIGHTS.following(options()) is Race.SAMPLERS


def test_compared_weights_have_the_process_that_fits_them(bundled):
    made = Race.WEIGHTS.lanes(options("few-steps", sampler="consistency", steps=2), 7)
    assert [(lane.weights, lane.spec.sampler, lane.spec.total) for lane in made] == [
        ("few-steps", "consistency", 2),
        ("reference", "ddpm", 1000),
    ]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_each_lane_tells_its_evaluations_and_its_time(bundled, drive, size):
    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        await d.press("F")
        await d.until(lambda: isinstance(d.app.screen, RaceScreen))
        await d.until(lambda: d.app.screen.state is State.DONE)
        await d.pilot.pause()
        text = d.text()
        assert re.search(r"default( \w+)?, few-steps", d.lines()[0])
        for name in ("DDPM 1000", "few-steps 4", "few-steps 1", "20/20", "4/4", "1/1", " ms"):
            assert name in text
        await d.press("down", "down", "enter")
        await d.until(lambda: d.app.screen is d.screen)
        assert d.screen.session.weights == "few-steps"
        assert "consistency 4 steps" in d.lines()[0]

    drive(act, size=size, weights="default")


def test_c_races_steps_with_distilled_weights_for_which_no_other_sampler_is(bundled, drive):
    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        await d.press("c")
        await d.until(lambda: isinstance(d.app.screen, RaceScreen))
        assert d.app.screen.race is Race.FEW_STEPS

    drive(act, weights="few-steps", spec={"sampler": "consistency", "steps": 2})


def test_without_distilled_weights_there_is_a_notice(bundled, drive):
    del bundled["few-steps"]

    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        await d.press("F")
        assert d.app.screen is d.screen
        assert "few steps need distilled weights: none are installed" in d.text()

    drive(act, weights="default")
