"""The run screen draws the digit that is asked for, with a guidance dial and its interval."""

import numpy as np
import pytest

from diffviz.tui.keys import State
from diffviz.tui.session.replay import command_line
from diffviz.tui.widgets.canvas import Canvas
from diffviz.tui.widgets.timeline import Timeline, column_of

from ...fakes import FakeLabelledPipeline

WIDE = (140, 45)


@pytest.fixture
def labelled(drive):
    """Return ``drive`` with a network of three classes."""

    def run(act, *, permits=None, size=WIDE, **more):
        return drive(act, sampler=FakeLabelledPipeline(permits), size=size, **more)

    return run


async def done(d):
    await d.until(lambda: d.screen.state is State.DONE and d.screen.session.history.last == 10)


def labels_of(d) -> list[str]:
    """Return the class that was asked for at each step of the history; empty for none."""
    history = d.screen.session.history
    told = [history.step(i).conditioning for i in range(history.last)]
    classes = FakeLabelledPipeline.CLASSES
    return ["" if c is None or c.drawn else classes[c.labels[0]] for c in told]


async def ask(d, key: str) -> None:
    await d.until(lambda: d.screen.loaded.source is not None)
    await d.press("d")
    await d.until(lambda: "which class?" in d.text())
    await d.press(key)


def test_d_draws_the_class_that_was_chosen_from_the_same_noise(labelled):
    async def act(d):
        await done(d)
        noise = d.screen.session.history.step(0).x_t
        await ask(d, "1")
        await done(d)
        assert labels_of(d) == ["square"] * 10
        np.testing.assert_array_equal(d.screen.session.history.step(0).x_t, noise)
        assert "label square, guidance 0.7 at t = 500 … 201" in d.lines()[0]
        assert d.value("label") == "square"
        assert d.value("guidance") == "0", "the last step lies outside of the interval"
        assert d.value("evaluations") == "13", "two for each of three steps in the interval"
        end = "--sampler ddpm --steps 10 --digit square --guidance 0.7"
        assert command_line(d.screen.session).endswith(end)
        await ask(d, "a")
        await done(d)
        assert labels_of(d) == [""] * 10
        assert "label" not in d.lines()[0]
        assert d.value("label").endswith(" (seed)"), "nobody asked for it"

    labelled(act)


def test_another_class_in_the_middle_counts_from_the_next_step_on(labelled):
    async def act(d):
        await d.until_t(667)
        await ask(d, "2")
        assert "label 7: from the next step on" in d.text()
        d.sampler.allow_all()
        await done(d)
        assert labels_of(d) == [""] * 4 + ["7"] * 6 or labels_of(d) == [""] * 5 + ["7"] * 5
        assert command_line(d.screen.session).endswith(
            "--digit 7 --guidance 0.7  # the label or guidance was changed on the way"
        )
        t = d.screen.session.history.step(7).t
        assert [labels for at, labels in d.sampler.asked if at == t] == [[2, -1]]

    labelled(act, permits=4)


def test_looking_back_another_class_counts_from_that_step_on(labelled):
    async def act(d):
        await done(d)
        before = [d.screen.session.history.step(i).x_t for i in range(11)]
        await d.press(*["left"] * 6)
        await ask(d, "1")
        await done(d)
        assert labels_of(d) == [""] * 4 + ["square"] * 6
        history = d.screen.session.history
        for i in range(5):
            np.testing.assert_array_equal(history.step(i).x_t, before[i])
        assert not np.array_equal(history.step(10).x_t, before[10])
        await d.press(*["left"] * 6)
        await ask(d, "a")
        await done(d)
        np.testing.assert_array_equal(d.screen.session.history.step(10).x_t, before[10])
        await d.press("u")
        assert labels_of(d) == [""] * 4 + ["square"] * 6, "undo brings it back"

    labelled(act)


def test_the_guidance_dial_by_key_wheel_and_click(labelled):
    async def act(d):
        await ask(d, "0")
        await done(d)
        await d.press("right_curly_bracket")
        await done(d)
        assert d.screen.session.spec.guidance == 0.75
        timeline = d.screen.query_one(Timeline)
        y = timeline.region.y + 2
        row = d.lines()[y]
        await d.pilot.click(offset=(row.index(" +") + 1, y))
        await d.until(lambda: d.screen.session.spec.guidance == 1.0)
        await done(d)
        await d.press(*["left_curly_bracket"] * 9)
        await done(d)
        assert d.screen.session.spec.guidance == 0.0
        assert "no guidance" in d.lines()[0]
        assert d.value("evaluations") == "10"

    labelled(act)


def test_the_interval_by_keys_and_mouse(labelled):
    async def act(d):
        await ask(d, "0")
        await done(d)
        await d.press(*["left_parenthesis"] * 8, "greater_than_sign")
        await done(d)
        assert "guidance 0.7 at t = 900 … 151" in d.lines()[0]
        guided = [t for t, labels in d.sampler.asked[-10:] if len(labels) == 2]
        assert guided == [t for t, _ in d.sampler.asked[-10:] if 150 < t <= 900]
        timeline = d.screen.query_one(Timeline)
        region = timeline.region
        y = region.y + 2
        await d.pilot.mouse_down(offset=(region.x + column_of(900, region.width), y))
        await d.pilot.hover(offset=(region.x + column_of(500, region.width), y))
        await d.pilot.mouse_up(offset=(region.x + column_of(500, region.width), y))
        await d.until(lambda: abs(d.screen.session.spec.guidance_from - 500) <= 10)
        await done(d)
        assert d.screen.session.spec.guidance_until == 150
        await d.press(*["greater_than_sign"] * 5, *["right_parenthesis"] * 12)
        await done(d)
        assert 0 < d.screen.session.spec.guidance_from <= 50, "never an empty interval"
        assert d.screen.session.spec.guidance_until == 0

    labelled(act)


def test_both_predictions_and_their_difference_are_shown(labelled):
    async def act(d):
        await ask(d, "1")
        await done(d)
        await d.press(*["left"] * 3, "P")
        titles = " ".join(d.at(f"{name}-title") for name in ("x0", "xt", "eps"))
        for words in ("with the label", "without the label", "difference"):
            assert words in titles
        cond, null, difference = (
            d.screen.query_one(f"#{name}", Canvas).image.astype(int) for name in ("x0", "xt", "eps")
        )
        step = d.screen.session.step()
        unclipped = (cond > 0) & (cond < 255) & (null > 0) & (null < 255)
        assert np.abs(difference - 127.5 - (cond - null))[unclipped].max() <= 1.5
        assert step.conditioning.x0_null is not None
        await d.press("P")
        assert "the noisy image" in d.at("xt-title")

    labelled(act)


def test_weights_without_labels_say_so_in_one_line(drive):
    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        for key in ("d", "right_curly_bracket", "P"):
            await d.press(key)
            assert d.app.screen is d.screen
            assert "these weights have no labels" in d.text()
            assert "digit" not in d.footer()

    drive(act)


def test_another_sampler_keeps_the_label(labelled):
    async def act(d):
        await ask(d, "1")
        await done(d)
        await d.press("m", "2")
        assert d.screen.session.spec.label == "square"

    labelled(act)
