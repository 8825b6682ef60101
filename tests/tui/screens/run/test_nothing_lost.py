"""The run screen brings back what was seen: seeds, branches, samplers; and goes where one types."""

import numpy as np

from diffviz.core.pictures import to_grey
from diffviz.tui.keys import State
from diffviz.tui.screens.prompt import PromptScreen, Rule, Target
from diffviz.tui.widgets.canvas import Canvas


async def done(d) -> None:
    await d.until(lambda: d.screen.state is State.DONE)
    await d.pilot.pause()


def test_the_next_seed_and_back_brings_the_tree_of_branches_again(drive):
    async def act(d):
        await done(d)
        await d.press("3", "b", "3")
        await d.until(lambda: getattr(d.app.screen, "state", None) is State.DONE)
        await d.press("escape")
        paths = d.screen.session.tree.paths
        assert len(paths) == 4
        await d.press("n")
        await done(d)
        assert d.screen.session.tree.paths == [()]
        sampled = d.sampler.started.copy()
        await d.press("N")
        assert d.screen.session.seed == 7
        assert d.screen.session.tree.paths == paths
        assert d.screen.state is State.DONE
        assert "seed 7, as it was left" in d.text()
        await d.press("1")
        picture = d.screen.query_one("#xt", Canvas).image
        assert np.array_equal(picture, to_grey(d.sampler.picture(7, 1000)))
        assert d.sampler.started == sampled, "nothing was sampled again"

    drive(act, size=(120, 40))


def test_a_seed_that_was_not_seen_yet_is_sampled(drive):
    async def act(d):
        await done(d)
        await d.press("backspace")
        await done(d)
        assert d.screen.session.seed == 6
        assert d.sampler.started == [7, 6]
        await d.press("n")
        await d.pilot.pause()
        assert d.screen.session.seed == 7
        assert d.sampler.started == [7, 6], "it is as it was left"

    drive(act)


def test_the_seed_before_0_is_the_last_one(drive):
    async def act(d):
        await d.press("N")
        await done(d)
        assert d.screen.session.seed == 2**64 - 1

    drive(act, seed=0)


def test_undo_and_redo_go_over_samplers_seeds_and_branches(drive):
    async def act(d):
        await done(d)
        await d.press("m", "2")
        await done(d)
        assert d.screen.session.spec.sampler == "ddim"
        await d.press("n")
        await done(d)
        await d.press("u")
        assert (d.screen.session.seed, d.screen.session.spec.sampler) == (7, "ddim")
        assert "ddim" in d.lines()[0]
        await d.press("u")
        assert (d.screen.session.seed, d.screen.session.spec.sampler) == (7, "ddpm")
        assert "ddpm 10 steps" in d.lines()[0]
        await d.press("u")
        assert "nothing to undo" in d.text()
        await d.press("U", "ctrl+r")
        assert (d.screen.session.seed, d.screen.session.spec.sampler) == (8, "ddim")
        await d.press("U")
        assert "nothing to redo" in d.text()
        assert len(d.sampler.started) == 3, "nothing was sampled again"

    drive(act, size=(120, 40))


def test_undo_after_a_kept_branch_shows_its_parent(drive):
    async def act(d):
        await done(d)
        await d.press("3", "b", "1")
        await d.until(lambda: getattr(d.app.screen, "state", None) is State.DONE)
        await d.press("enter")
        await d.pilot.pause()
        assert d.screen.session.history.branch
        await d.press("u")
        assert not d.screen.session.history.branch
        assert len(d.screen.session.tree.paths) == 2, "the branch is still there"
        await d.press("U")
        assert d.screen.session.history.branch

    drive(act, size=(120, 40))


def test_an_unfinished_run_goes_on_when_one_comes_back(drive):
    async def act(d):
        await d.until_t(778)
        await d.press("n")
        d.sampler.allow(2)  # one was asked for before
        await d.until(lambda: d.screen.session.index >= 0)
        await d.press("u")
        assert d.screen.session.seed == 7
        d.sampler.allow_all()
        await done(d)
        assert d.screen.session.history.last == 10
        assert d.screen.session.seed == 7

    drive(act, permits=3)


def test_a_typed_seed_timestep_and_phase_are_gone_to(drive):
    async def act(d):
        await done(d)
        await d.press("colon", "4", "2")
        assert "→ seed 42" in d.text()
        await d.press("enter")
        await done(d)
        assert d.screen.session.seed == 42
        await d.press("colon", *"t 600", "enter")
        assert d.value("t") == "556"
        await d.press("colon", *"blob", "enter")
        assert d.value("t") == "556"
        await d.press("colon", *"Lock", "enter")
        assert d.value("t") == "334"
        await d.press("colon", *"t=1000", "enter")
        assert d.value("t") == "1000"

    drive(act)


def test_what_can_not_be_typed_is_said_and_goes_nowhere(drive):
    async def act(d):
        await done(d)
        for words, reason in [
            ("t 1001", "timesteps go from 1000 down to 0"),
            (str(2**64), "seeds go from 0 to"),
            ("nowhere", "nothing of that name"),
            ("-5", "nothing of that name"),
        ]:
            await d.press("colon", *words, "enter")
            assert isinstance(d.app.screen, PromptScreen)
            assert reason in d.text()
            await d.press("ctrl+u")
            assert reason not in d.text()
            await d.press("escape")
        assert d.app.screen is d.screen
        assert d.sampler.started == [7]

    drive(act)


def test_a_timestep_that_is_not_reached_yet_is_waited_for(drive):
    async def act(d):
        await d.until_t(778)
        await d.press("colon", *"t 556", "enter")
        assert "goes on to t = 556 and pauses there" in d.text()
        d.sampler.allow(2)
        await d.until(lambda: d.screen.state is State.PAUSED)
        assert d.screen.session.step().t == 556
        d.sampler.allow_all()
        await d.press("end", "space")
        await done(d)
        assert d.screen.session.live, "it is waited for once"

    drive(act, permits=3)


def test_a_phase_that_is_not_reached_yet_is_waited_for_also_when_paused(drive):
    async def act(d):
        await d.until_t(778)
        await d.press("space", "3")
        assert d.screen.state is State.PLAYING
        assert "goes on to lock-in, t = 400, and pauses there" in d.text()
        d.sampler.allow_all()
        await d.until(lambda: not d.screen.session.live)
        assert d.screen.session.step().t == 334, "the first step of the phase"
        assert d.screen.session.newest().t <= 334

    drive(act, permits=3)


def test_another_key_of_time_ends_the_wait(drive):
    async def act(d):
        await d.until_t(778)
        await d.press("3", "home", "end")
        d.sampler.allow_all()
        await done(d)
        assert d.screen.session.live

    drive(act, permits=3)


def test_further_rules_of_the_prompt_count(drive):
    async def act(d):
        await done(d)
        seen = []
        rule = Rule("digit 7", "a digit", lambda words: Target("it", lambda: seen.append(words)))
        d.screen.prompts.rules.insert(0, rule)
        await d.press("colon", *"digit 7", "enter")
        assert seen == ["digit 7"]

    drive(act)


def test_a_loop_ends_by_keys_that_mean_it_only(drive):
    async def act(d):
        await done(d)
        assert "seed 7, loop" in d.lines()[0]
        assert "space ends the loop" in " ".join(d.text().split())
        await d.press("t", "plus", "e", "question_mark", "escape")
        assert d.screen.loop.running
        await d.press("space")
        assert not d.screen.loop.running
        assert "loop" not in d.lines()[0]
        await d.press("end", "l")
        assert "seed 7, loop" in d.lines()[0]
        await d.press("left")
        assert not d.screen.loop.running

    drive(act, loop=True, size=(100, 30))


def test_a_loop_goes_on_with_the_next_seed(drive, monkeypatch):
    monkeypatch.setattr("diffviz.tui.screens.run.loop._SHOW_S", 0.01)

    async def act(d):
        await d.until(lambda: len(d.sampler.started) > 2)
        assert d.sampler.started[:3] == [7, 8, 9]
        await d.press("space")

    drive(act, loop=True)


def test_the_numbers_of_another_run_are_not_kept_with_a_finished_one(drive):
    async def act(d):
        await done(d)
        d.sampler._free = False
        await d.press("n")
        d.sampler.allow(4)
        await d.until(lambda: d.screen.session.index >= 2)
        d.screen.view.set_rate(2.0, 55.5)
        await d.pilot.pause()
        assert d.value("left") == "55.5 s"
        await d.press("u")
        assert d.screen.state is State.DONE
        assert d.value("left") == "0.0 s"
        assert d.value("steps/s") == "–"
        await d.press("U")
        assert d.value("left") != "55.5 s", "it is not known yet"

    drive(act)
