"""The run screen at odd sizes, with odd names and when something fails."""

import re

import pytest

from diffviz.core.errors import DiffvizError
from diffviz.tui.app import RunApp
from diffviz.tui.keys import State
from diffviz.tui.screens.run.run_keys import RUN_KEYS
from diffviz.tui.screens.run.run_layout import plan_run
from diffviz.tui.widgets.canvas import Canvas
from diffviz.tui.widgets.plot import Plot
from diffviz.tui.worker.events import BackendReplaced, SamplingFailed
from diffviz.tui.worker.messages import SamplingMessage

from ...app_tester import screen_strips


def test_every_key_of_the_table_has_an_action():
    from diffviz.tui.screens.run.run_screen import RunScreen

    for key in RUN_KEYS:
        in_app = key.action == "interrupt" or key.action.startswith("app.")
        owner = RunApp if in_app else RunScreen
        name = key.action.removeprefix("app.").partition("(")[0]
        assert callable(getattr(owner, f"action_{name}"))
        bound = [*owner.BINDINGS, *RunScreen.BINDINGS]
        assert (key.names, key.action) in {(b.key, b.action) for b in bound}  # type: ignore


def test_a_click_on_the_footer_acts_as_its_key(drive):
    async def act(d):
        await d.until_t(1000)
        await d.pilot.click(offset=(d.footer().index("pause"), 23))
        await d.until(lambda: d.screen.state is State.PAUSED)

    drive(act, permits=1)


@pytest.mark.slow
def test_the_run_survives_resizing(drive):
    async def act(d):
        sizes = [(200, 60), (30, 8), (80, 24), (40, 20), (1, 1), (120, 40), (61, 22), (200, 60)]
        for size in sizes:
            d.sampler.allow(1)
            await d.pilot.resize_terminal(*size)
            await d.pilot.pause()
            made = plan_run(*size)
            assert len(d.lines()) == size[1]
            if made.scale:
                assert d.screen.query_one("#xt", Canvas).size == made.regions["xt"].size
                assert "x_t" in d.text()
        d.sampler.allow_all()
        await d.until(lambda: d.screen.state is State.DONE)
        assert d.sampler.started == [7], "sampling went on through all of it"

    drive(act, size=(200, 60), permits=0)


def test_too_small_a_terminal_says_so_and_recovers(drive):
    async def act(d):
        await d.pilot.resize_terminal(39, 12)
        await d.pilot.pause()
        words = d.text().split()
        assert " ".join(words) == (
            "diffviz needs 40x20, this is 39x12: enlarge the window, or make its letters smaller"
        )
        d.sampler.allow_all()
        await d.until(lambda: d.screen.state is State.DONE)
        await d.pilot.resize_terminal(80, 24)
        await d.pilot.pause()
        assert "needs" not in d.text()
        assert d.value("t") == "0"

    drive(act, permits=1)


@pytest.mark.parametrize("size", [(40, 20), (40, 24), (55, 20), (62, 20), (62, 22), (79, 24)])
def test_small_terminals_still_show_t(drive, size):
    async def act(d):
        await d.until(lambda: re.search(r"\bt +1000\b", d.text()))
        assert "x_t" in d.text()
        assert "quit" in d.footer()

    drive(act, size=size, permits=1)


def test_losses_reach_the_chart(drive, monkeypatch):
    monkeypatch.setattr(
        "diffviz.tui.worker.thread_driver.losses_of", lambda weights: [0.22, 0.1, 0.06]
    )

    async def act(d):
        chart = d.screen.query_one("#loss", Plot)
        await d.until(lambda: [list(line.y) for line in chart.series] == [[0.22, 0.1, 0.06]])
        await d.press("tab")
        await d.until(lambda: "0.220 → 0.060" in d.text())
        assert "epoch 3" in d.text()

    drive(act, permits=1)


def test_missing_weights_end_the_app_with_the_reason(drive):
    def refuse(weights):
        raise DiffvizError("no weights 'toy'")

    async def act(d):
        await d.until(lambda: d.app._exit)

    app = drive(act, sampler=refuse)
    assert app.return_code == 1
    assert app.return_value == "no weights 'toy'"


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (120, 40), (230, 60)])
def test_a_failure_during_a_run_is_shown_and_the_next_seed_runs(drive, make_sampler, size):
    sampler = make_sampler(fail_at=4)

    async def act(d):
        await d.until(lambda: d.screen.state is State.FAILED)
        assert "stopped: the pixels ran out: space tries again" in d.text()
        assert "space try again" in d.footer()
        assert "other backend" not in d.footer()
        sampler.fail_at, sampler._free = None, False
        await d.press("space")
        await d.until(lambda: "a network removes a little of this noise, 10 times" in d.text())
        assert "stopped" not in d.text()
        sampler.allow_all()
        await d.until(lambda: d.screen.state is State.DONE)

    drive(act, sampler=sampler, size=size)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_after_a_crash_a_key_goes_on_with_another_backend(drive, make_sampler, size):
    sampler = make_sampler(fail_at=4)

    async def act(d):
        await d.until(lambda: d.screen.state is State.FAILED)
        crash = SamplingFailed(d.screen.session.run, "it ended (signal 11)", False, "numpy")
        d.screen.post_message(SamplingMessage(crash))
        await d.until(lambda: "B computes with --backend numpy, space tries" in d.text())
        assert "other backend" in d.footer()
        sampler.fail_at, sampler._free = None, False
        used = []
        d.app.bridge.driver.use_backend = used.append
        await d.press("B")
        assert used == ["numpy"]
        await d.until(lambda: "a network removes a little of this noise, 10 times" in d.text())
        await d.press("B")
        assert "nothing has crashed" in d.text()
        assert used == ["numpy"]
        sampler.allow_all()
        await d.until(lambda: d.screen.state is State.DONE)

    drive(act, sampler=sampler, size=size)


def test_a_backend_that_was_replaced_is_a_notice(drive):
    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        text = "OpenVINO can't be used here (stoi): computing with numpy"
        d.screen.post_message(SamplingMessage(BackendReplaced(d.screen.session.run, text)))
        await d.until(lambda: text in d.text())

    drive(act)


def test_a_long_error_is_shown_whole_where_it_has_rows(drive, make_sampler):
    async def act(d):
        await d.until(lambda: d.screen.state is State.FAILED)
        reason = "stopped: the sampling process ended unexpectedly (signal 9): space tries again"
        d.screen.enter(State.FAILED, reason)
        assert d.at("phase").strip() == reason
        d.screen.enter(State.FAILED, reason * 3)
        assert "…" in d.text()

    drive(act, sampler=make_sampler(fail_at=4), size=(120, 40))


def test_wide_and_control_characters_in_names_keep_lines_whole(drive, make_sampler):
    sampler = make_sampler(permits=1)
    sampler.weights.name = "漢字\x1b[31m" * 20

    async def act(d):
        await d.until_t(1000)
        assert {len(strip) and strip.cell_length for strip in screen_strips(d.app)} == {80}
        assert "\x1b" not in d.text()

    drive(act, sampler=sampler)
