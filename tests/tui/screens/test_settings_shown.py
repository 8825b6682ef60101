"""What counts for the sampling is named on every screen, and keys without an effect say so."""

from dataclasses import replace

import pytest

from diffviz.tui.keys import State
from diffviz.tui.screens.question import QuestionScreen

SIZES = [(40, 20), (60, 20), (80, 20), (120, 20), (230, 20)]


async def back_at_556(d) -> None:
    await d.until(lambda: d.screen.state is State.DONE)
    await d.press("2")
    assert d.screen.session.step().t == 556


@pytest.mark.parametrize("keys", [[], ["g"], ["c"], ["C"], ["f"], ["T"], ["D"], ["2", "b", "3"]])
def test_every_header_has_the_noise(drive, keys):
    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        await d.press(*keys)
        await d.until(lambda: d.app.screen is not d.screen or not keys)
        for size in SIZES:
            await d.resize(*size)
            await d.until(lambda: "noise 0.3" in d.lines()[0])

    drive(act, noise=0.3)


@pytest.mark.parametrize("keys", [[], ["g"], ["C"], ["f"], ["T"]])
def test_every_header_has_sampler_steps_and_eta(drive, keys):
    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        await d.press(*keys)
        await d.until(lambda: d.app.screen is not d.screen or not keys)
        for size in SIZES[1:]:
            await d.resize(*size)
            await d.until(lambda: "ddim 10 steps, eta 0" in d.lines()[0])
            assert "noise" not in d.lines()[0], "it has no effect"

    drive(act, spec={"sampler": "ddim"}, noise=0.3)


def test_the_lanes_of_a_race_are_named_with_their_eta(drive):
    async def act(d):
        await d.press("c")
        await d.until(lambda: "SA-Solver 20, eta 0.7" in d.text())
        assert "DDIM 50, eta 0" in d.text()

    drive(act, size=(120, 40))


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"sampler": "ddim"}, "no branch: ddim with eta 0 injects no noise"),
        ({"sampler": "dpmpp-2m"}, "no branch: dpmpp-2m injects no noise"),
        ({"noise": 0.0}, "no branch: the noise is scaled by 0"),
        ({"sampler": "sa-solver", "eta": 0.0}, "no branch: sa-solver with eta 0 injects no noise"),
    ],
)
@pytest.mark.parametrize("size", [(60, 20), (120, 20)])
def test_no_branch_where_all_children_would_be_equal(drive, options, reason, size):
    async def act(d):
        await back_at_556(d)
        await d.press("b")
        assert d.app.screen is d.screen
        assert reason in " ".join(d.text().split())
        assert len(d.screen.session.tree.paths) == 1

    drive(act, size=size, spec=options)


@pytest.mark.parametrize("options", [{"sampler": "ddim", "eta": 1.0}, {"noise": 0.1}, {}])
def test_a_branch_where_noise_is_injected(drive, options):
    async def act(d):
        await back_at_556(d)
        await d.press("b")
        assert isinstance(d.app.screen, QuestionScreen)

    drive(act, spec=options)


def test_the_last_step_has_no_branches(drive):
    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        await d.press("left", "b")
        assert "no branch: the last step injects no noise" in d.text()

    drive(act)


def test_the_noise_dial_says_where_it_has_no_effect(drive):
    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        await d.press("left_square_bracket")
        assert "no noise to change: ddim with eta 0 injects no noise" in d.text()
        assert d.screen.session.spec.noise == 1
        assert d.value("noise") == "–"

    drive(act, spec={"sampler": "ddim"}, size=(100, 30))


def test_the_numbers_are_of_the_step_that_is_shown(drive):
    async def act(d):
        await d.until_t(778)
        await d.press(*["left_square_bracket"] * 3)
        assert d.value("noise") == "0.7", "counts from the next step on"
        d.sampler.allow_all()
        await d.until(lambda: d.screen.state is State.DONE)
        await d.press(*["left_square_bracket"] * 2)
        assert d.value("noise") == "0.7", "this digit was made with it"
        assert "ddpm 10 steps, noise 0.7, next noise 0.5" in d.lines()[0]
        assert d.value("left") == "0.0 s"
        await d.press("left")
        assert (d.value("noise"), d.value("left"), d.value("steps/s")) == ("0.7", "–", "–")
        await d.press("home", "right")
        assert d.value("noise") == "1.0", "before the dial was turned"
        await d.press("2", "b", "1")
        await d.until(lambda: d.app.screen.state is State.DONE)
        assert "ddpm 10 steps, noise 0.5" in d.lines()[0], "branches take the dial's"
        await d.press("enter")
        await d.until(lambda: d.app.screen is d.screen)
        assert d.value("noise") == "0.5"
        assert "ddpm 10 steps, noise 0.5" in d.lines()[0]
        assert "next" not in d.lines()[0]

    drive(act, permits=3, size=(150, 40))


@pytest.mark.parametrize("width", [40, 60, 80, 120, 230])
def test_the_header_of_a_labelled_run_shows_what_counts(drive, width):
    """The header gives up the interval and the app's name before weights, sampler and label."""
    wanted = {
        40: ["seed 7", "label 7"],
        60: ["seed 7", "ddpm 10, label 7, guidance 0.7"],
        80: ["seed 7", "toy", "ddpm 10, label 7, guidance 0.7"],
        120: ["diffviz", "seed 7", "toy", "ddpm 10 steps, label 7, guidance 0.7 at t = 500 … 201"],
    }

    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        d.screen.session.spec = replace(d.screen.session.spec, label="7")
        d.screen.show_status()
        await d.pilot.pause()
        header = d.lines()[0]
        for words in wanted[min(width, 120)]:
            assert words in header, header

    drive(act, size=(width, 24))
