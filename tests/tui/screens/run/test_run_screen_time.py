"""The run screen's cursor in time, its panels and what they ask for."""

import numpy as np
import pytest

from diffviz.core.pictures import to_grey
from diffviz.tui.keys import Pace, State
from diffviz.tui.pixels.diverging import diverging
from diffviz.tui.widgets.belief_strip import BeliefStrip
from diffviz.tui.widgets.canvas import Canvas
from diffviz.tui.widgets.timeline import Timeline


async def at_t(d, t: int) -> None:
    await d.until(lambda: d.value("t") == str(t))


def test_scrubbing_while_sampling_goes_on(drive):
    async def act(d):
        await d.until_t(556)
        asked = d.sampler.started.copy()
        await d.press("left")
        await at_t(d, 667)
        assert d.screen.status.shown is State.BACK
        assert "◀ back, t  667" in d.lines()[0]
        assert "End live" in d.footer()
        picture = d.screen.query_one("#xt", Canvas).image
        assert np.array_equal(picture, to_grey(d.sampler.picture(7, 667)))
        d.sampler.allow(2)  # sampling goes on
        await d.until(lambda: d.screen.session.history.last == 6)
        assert d.value("t") == "667", "what is looked at stays"
        await d.press("comma", "full_stop", "full_stop")
        await at_t(d, 556)
        await d.press("home")
        await at_t(d, 1000)
        await d.press("shift+right")
        assert d.screen.session.live, "ten further on is past the newest"
        await d.press("shift+left")
        await at_t(d, 1000)
        await d.press("end")
        await at_t(d, 334)
        assert "● live" in d.lines()[0]
        assert d.sampler.started == asked, "nothing was sampled again"
        d.sampler.allow_all()
        await d.until(lambda: d.screen.state is State.DONE)

    drive(act, permits=5)


def test_pictures_are_those_of_their_steps_at_every_place(drive):
    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        seen = []
        for _ in range(10):
            await d.press("left")
            step = d.screen.session.step()
            seen.append(step.t)
            image = d.screen.query_one("#xt", Canvas).image
            assert np.array_equal(image, to_grey(d.sampler.picture(7, step.t)))
            eps = d.screen.query_one("#eps", Canvas).image
            assert np.array_equal(eps, diverging(step.eps[0] / 2))
        assert seen == [1, 112, 223, 334, 445, 556, 667, 778, 889, 1000]

    drive(act)


def test_space_in_the_past_plays_to_the_newest_step(drive):
    async def act(d):
        await d.until_t(112)
        d.screen.dials.set_pace(Pace(1.0))
        await d.press("home", "space")
        assert d.screen.status.shown is State.REPLAY
        assert "▶ replay" in d.lines()[0]
        await d.press("space")
        assert d.screen.status.shown is State.BACK
        d.screen.dials.set_pace(Pace(None))
        await d.press("space")
        await d.until(lambda: d.screen.session.live)
        assert d.screen.state is State.PLAYING, "sampling was never paused"

    drive(act, permits=9)


def test_replay_keeps_the_chosen_speed(drive):
    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        session = d.screen.session
        session.cursor.seek(0)
        session.cursor.toggle_replay()
        session.set_pace(Pace(30.0))
        session.advance(0.1)
        assert session.index == 3
        session.set_pace(Pace(10.0))
        session.advance(0.05)
        session.set_pace(Pace(10.0))
        session.advance(0.05)
        assert session.index == 4
        session.set_pace(Pace(None))
        session.advance(10.0)
        assert session.live

    drive(act)


def test_phase_keys_go_to_what_was_seen_or_to_the_newest(drive):
    async def act(d):
        await d.until_t(334)
        for key, t in [("1", 1000), ("2", 556), ("3", 334), ("4", 334)]:
            await d.press(key)
            await at_t(d, t)
        assert d.screen.session.live, "refinement is still to come"
        await d.press("2")
        assert not d.screen.session.live

    drive(act, permits=7)


def test_the_mouse_on_the_timeline_moves_the_cursor(drive):
    async def act(d):
        await d.until_t(334)
        region = d.screen.plan(80, 24).regions["timeline"]
        await d.pilot.click("#timeline", offset=(0, 1))
        await at_t(d, 1000)
        await d.pilot.mouse_down("#timeline", offset=(round(region.width * 0.32), 1))
        await at_t(d, 667)
        await d.pilot.hover("#timeline", offset=(round(region.width * 0.45), 1))
        await at_t(d, 445)
        await d.pilot.mouse_up("#timeline", offset=(region.width - 1, 1))
        assert d.app.mouse_captured is None
        await d.pilot.click("#timeline", offset=(region.width - 1, 1))
        assert d.screen.session.live

    drive(act, permits=7)


def test_tab_goes_through_the_panels_and_around(drive):
    async def act(d):
        await d.until_t(1000)
        seen = []
        for _ in range(5):
            seen.append({w.id for w in d.screen.children if w.region.area})
            await d.press("tab")
        assert seen[0] == seen[4]
        assert "belief" in seen[0]
        assert "loss" in seen[1]
        assert "schedule" in seen[2]
        assert "eps" in seen[3]

    drive(act, permits=1)


@pytest.mark.slow
def test_scrubbing_a_thousand_steps_back_and_forth_computes_nothing(drive, classifier):
    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        session = d.screen.session
        scrub = d.screen.query_one("#timeline", Timeline).Scrubbed
        for t in [*range(0, 1001, 4), *range(1000, -1, -4)]:
            d.screen.on_timeline_scrubbed(scrub(t))
            assert session.step().t == t
            if t % 100 == 0:
                await d.pilot.pause()
                assert d.value("t") == str(t)
                image = d.screen.query_one("#xt" if t else "#x0", Canvas).image
                assert np.array_equal(image, to_grey(d.sampler.picture(7, t)))
        asked = classifier.asked
        for t in range(0, 1001, 4):
            d.screen.on_timeline_scrubbed(scrub(t))
        assert classifier.asked == asked, "beliefs are kept too"
        assert d.sampler.started == [7]
        assert len(d.sampler.asked) == 1

    drive(act, steps=1000, size=(120, 40))


def test_only_shown_pictures_are_classified(drive, classifier):
    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        strip = d.screen.query_one(BeliefStrip)
        await d.until(lambda: len(strip._columns) and all(c is not None for c in strip._columns))
        await d.until(lambda: "decided" in d.text())
        before = classifier.asked
        assert before < 100, "a few pictures at a time, and not all thousand"
        await d.press("left", "right", "left")
        await d.pilot.pause()
        assert classifier.asked <= before + 1, "answers are kept"
        assert "82%" in d.at("belief")

    drive(act, steps=1000)
