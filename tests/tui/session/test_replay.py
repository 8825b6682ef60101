"""The command that repeats what was seen, and --branch that does it."""

import argparse
import io

import numpy as np
import pytest

from diffviz.core.errors import DiffvizError
from diffviz.core.sampling import SamplingSpec, visited_timesteps
from diffviz.tui.cli.flags import branch_path
from diffviz.tui.keys import State
from diffviz.tui.plain.run import run_plain
from diffviz.tui.session.replay import branch_text, check_branch, command_line


def test_a_branch_path_round_trips():
    path = ((500, 2), (300, 1))
    assert branch_path("500.2,300.1") == path
    assert branch_path(branch_text(path)) == path


BAD = "|500|500.|.2|500.2,|a.b|0.1|1001.1|500.0|500.10|500.2,500.1|300.1,500.2|-5.1|5²0.1"


@pytest.mark.parametrize("text", BAD.split("|"))
def test_an_invalid_branch_path_is_refused(text):
    with pytest.raises(argparse.ArgumentTypeError):
        branch_path(text)


def test_a_branch_at_a_skipped_timestep_is_refused():
    check_branch(((556, 1), (112, 3)), SamplingSpec(steps=10))
    check_branch((), SamplingSpec(steps=10))
    with pytest.raises(DiffvizError, match="10 steps don't pass t=500; the nearest is t=445"):
        check_branch(((500, 1),), SamplingSpec(steps=10))


def test_a_branch_that_changes_nothing_is_refused(diffviz):
    for flags, reason in [
        (["--sampler", "ddim", "--branch", "500.1"], "ddim with eta 0 injects no noise"),
        (["--sampler", "dpmpp-2m", "--branch", "500.1"], "dpmpp-2m injects no noise"),
        (["--noise", "0", "--branch", "500.1"], "the noise is scaled by 0"),
        (["--branch", "1.1"], "the last step injects no noise"),
    ]:
        assert reason in diffviz("run", *flags).usage_complaint


def test_noise_that_is_not_injected_is_refused(diffviz):
    for command in (["run", "--once"], ["sample", "-o", "a.png"], ["record", "a.cast"]):
        outcome = diffviz(*command, "--sampler", "ddim", "--noise", 0.5)
        assert "--noise has no effect: ddim with eta 0 injects no noise" in outcome.usage_complaint


@pytest.mark.parametrize("sampler", ["sa-solver", "dpmpp-2m-sde"])
def test_the_command_of_a_branch_is_accepted(drive, sampler):
    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        session = d.screen.session
        session.cursor.seek(3)
        assert session.step() is not None
        path = ((visited_timesteps(session.spec)[3], 1),)
        check_branch(path, session.spec)

    drive(act, spec={"sampler": sampler}, steps=7)


def test_the_command_leaves_out_what_has_no_effect(drive):
    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        assert "--noise" not in command_line(d.screen.session)

    drive(act, spec={"sampler": "ddim"}, steps=7, noise=0.5)


def test_the_replay_command_of_a_followed_run_follows_it(drive, tmp_path):
    """The run may have no weights yet, and ``--weights`` would fail."""

    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        assert command_line(d.screen.session).startswith(f"diffviz run --follow {tmp_path} --seed")

    drive(act, weights=str(tmp_path), follow=True)


def test_the_replay_command_names_every_setting(drive):
    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        assert command_line(d.screen.session) == (
            "diffviz run --weights toy --seed 7 --sampler ddpm --steps 10"
        )
        await d.press("2", "b", "3")
        screen = d.app.screen
        await d.until(lambda: screen.state is State.DONE)
        await d.press("right", "enter", "left", "left", "b", "1")
        await d.until(lambda: d.app.screen.state is State.DONE)
        await d.press("enter")
        await d.until(lambda: d.app.screen is d.screen)
        assert command_line(d.screen.session).endswith("--steps 10 --branch 556.2,112.1")
        await d.press("n")
        assert command_line(d.screen.session).endswith("--seed 8 --sampler ddpm --steps 10")

    drive(act)


def test_a_path_is_replayed_on_the_screen(drive):
    path = ((556, 2), (112, 1))

    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        session = d.screen.session
        assert "seed 7 … child 1 of t 112" in d.lines()[0]
        assert session.history.last == 10
        for index, number in [(0, 7), (4, 7), (5, 9), (8, 9), (9, 10), (10, 10)]:
            step = session.history.step(index)
            assert np.array_equal(step.x_t[0], d.sampler.picture(number, step.t)), index
        assert [how["start"] and how["start"][0] for how in d.sampler.asked] == [None, 4, 8]
        assert command_line(session).endswith("--branch 556.2,112.1")
        await d.press("2", "b", "1")
        assert [s.branch for s in d.app.screen.lane.streams] == [(556, 1)]

    drive(act, branch=path)


def test_a_path_is_replayed_in_plain_lines(make_options, make_sampler):
    sampler, out = make_sampler(), io.StringIO()
    assert run_plain(make_options(branch=((556, 2),)), out, sampler) == 0
    assert "seed 7, child 2 of t 556" in out.getvalue()
    assert len(sampler.asked) == 2
    assert sampler.asked[1]["start"][0] == 4
