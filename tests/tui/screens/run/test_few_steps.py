"""Few steps on the run screen: shown slowly, stepped, and told where the weights don't fit."""

import pytest

from diffviz.core.models import few_steps
from diffviz.tui.keys import State
from diffviz.tui.worker.thread_driver import ThreadDriver

NEEDED = "4 steps need distilled weights"


@pytest.fixture
def bundled(monkeypatch):
    """Let ``default`` and ``few-steps`` be all that is bundled; the second is distilled."""
    cards = {"default": {"recipe": {}}, "few-steps": {"recipe": {"distilled_steps": 4}}}
    monkeypatch.setattr(few_steps, "bundled_names", lambda: list(cards))
    monkeypatch.setattr(few_steps, "read_card", cards.__getitem__)
    monkeypatch.setattr("diffviz.core.models.catalog.bundled_names", lambda: list(cards))
    monkeypatch.setattr("diffviz.tui.session.session.bundled_names", lambda: list(cards))


def test_a_process_that_does_not_fit_the_weights_is_told_until_the_end(drive, bundled):
    async def act(d):
        await d.until(lambda: NEEDED in d.at("phase"))
        d.sampler.allow_all()
        await d.until(lambda: d.screen.state is State.DONE)
        await d.until(lambda: f"{NEEDED}: --weights few-steps" in d.at("phase"))
        await d.press("m", "2")
        await d.until(lambda: d.screen.session.spec.sampler == "ddim")
        await d.until(lambda: d.screen.state is State.DONE)
        assert NEEDED not in d.text()

    drive(act, size=(120, 40), permits=2, weights="default", spec={"steps": 4})


def test_the_next_weights_bring_the_sampler_that_fits_them(drive, bundled):
    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        await d.press("w", "2")
        await d.until(lambda: "few-steps" in d.screen.session.weights)
        await d.until(lambda: d.screen.state is State.DONE)
        assert "consistency 4 steps" in d.lines()[0]
        assert "distilled" not in d.text()
        await d.press("w", "1")
        await d.until(lambda: d.screen.session.weights == "default")
        assert "ddpm 10 steps" in d.lines()[0], "as the flags have it"

    drive(act, size=(120, 40), weights="default")


def test_distilled_weights_with_another_sampler_are_told(drive, bundled):
    async def act(d):
        await d.until(lambda: "distilled weights need --sampler consistency" in d.text())

    drive(act, size=(120, 40), weights="few-steps", permits=2)


@pytest.mark.parametrize(("steps", "rate"), [(4, 1 / 0.8), (5, 1000.0)])
def test_a_run_of_few_steps_is_sampled_slowly_enough_to_be_seen(drive, monkeypatch, steps, rate):
    rates = []

    def set_speed(self, speed):
        rates.append(speed)

    monkeypatch.setattr(ThreadDriver, "set_speed", set_speed)

    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        assert set(rates) == {rate}

    drive(act, spec={"steps": steps}, speed=1000.0)


def test_it_can_be_stepped(drive):
    async def act(d):
        await d.until_t(1000)
        await d.press("space")
        d.sampler.allow_all()
        await d.until(lambda: d.screen.state is State.PAUSED)
        while (reached := d.screen.session.history.last) < 4:
            await d.press("right")
            await d.until(lambda now=reached: d.screen.session.history.last == now + 1)
        await d.until(lambda: d.screen.state is State.DONE)
        await d.press("left", "left")
        assert d.screen.session.step().index == 2

    drive(act, permits=1, spec={"sampler": "consistency", "steps": 4}, speed=100.0)
