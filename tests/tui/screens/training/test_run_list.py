import re
import threading
from pathlib import Path

import numpy as np
import pytest

from diffviz.core.errors import DiffvizError
from diffviz.core.runs import run_reader
from diffviz.core.runs.differences import worded
from diffviz.core.runs.run_reader import RunReader
from diffviz.core.runs.run_state import RunState, list_runs
from diffviz.tui.cli import main
from diffviz.tui.screens.training.run_list import RunListScreen, earlier_runs
from diffviz.tui.screens.training.run_list_layout import plan_list
from diffviz.tui.screens.training.training_screen import TrainScreen
from diffviz.tui.widgets.mosaic import Mosaic
from diffviz.tui.widgets.plot import Plot


def test_runs_are_listed_with_state_and_loss(drive, make_run, tmp_path):
    one, two, bad = make_run("one"), make_run("two"), make_run("bad")
    bad.start()
    bad.batch(1, 0.9)
    bad.event("failed", step=1, message="the loss became nan in epoch 1, batch 2")
    one.hold()
    one.start()
    one.batch(1, 0.5)
    two.start()
    two.epoch(1, 0.25)
    two.event("finished", step=4, epoch=1, batch=4, complete=True, weights="w", wall_s=1)

    async def act(d):
        seen = d.text()
        assert "3 runs" in seen
        rows = {line.split()[-1 - 8 :][0]: line for line in d.lines() if "●" in line}
        assert any("one" in r and "training" in r and "0.5000" in r for r in rows.values())
        assert any("bad" in r and "failed" in r and "0.9000" in r for r in rows.values())
        assert any("two" in r and "finished" in r and "0.2500" in r for r in rows.values())

    drive(act, lambda: RunListScreen(tmp_path / "runs"), size=(100, 24))


@pytest.mark.parametrize("width", [60, 66, 80, 120, 230])
def test_the_list_never_cuts_a_column(drive, make_run, tmp_path, width):
    for name in ("a", "a-run-with-quite-a-long-name-0123456789"):
        run = make_run(name)
        run.start()
        run.batch(1, 0.5)

    async def act(d):
        heading = next(line for line in d.lines() if "last update" in line)
        network = d.screen.runs[0].config.architecture
        rows = [line for line in d.lines() if "●" in line]
        assert len(rows) == 2
        assert all(" ago" in row for row in rows)
        assert {network in row for row in map(str.rstrip, rows)} == {width > 70}
        assert ("network" in heading) == (width > 70)
        assert "ne" not in heading.replace("network", "")

    drive(act, lambda: RunListScreen(tmp_path / "runs"), size=(width, 24))


def test_enter_watches_the_chosen_run_with_the_marked_ones(drive, make_run, tmp_path):
    for name in ("a", "b", "c"):
        run = make_run(name)
        run.start()
        run.batch(1, 0.5)

    async def act(d):
        order = [run.path.name for run in d.screen.runs]
        await d.press("space", "down", "k", "j", "enter")
        assert d.screen.source.name == order[2]
        assert [other.name for other in d.screen.others] == [order[0]]
        await d.press("escape")
        assert isinstance(d.screen, RunListScreen)

    drive(act, lambda: RunListScreen(tmp_path / "runs"))


def test_an_empty_folder_says_what_to_do(drive, tmp_path):
    async def act(d):
        assert "diffviz train starts a run" in d.text()
        await d.press("enter", "space", "down")

    drive(act, lambda: RunListScreen(tmp_path))


def test_earlier_runs_are_on_the_same_data(make_run):
    run, other, letters = make_run("a"), make_run("b"), make_run("c", dataset="kmnist")
    assert [r.path for r in earlier_runs(run.path)] == [other.path]
    assert earlier_runs(letters.path) == []


def test_earlier_runs_are_found_from_inside_a_run_folder(make_run, monkeypatch):
    run, other = make_run("a"), make_run("b")
    monkeypatch.chdir(run.path)
    assert [r.path.name for r in earlier_runs(Path())] == [other.path.name]


def test_without_a_terminal_states_are_printed(make_run, tmp_path, capsys):
    run = make_run("plain")
    run.start()
    run.batch(1, 0.5)
    assert main(["watch", "--runs-dir", str(tmp_path / "runs")]) == 0
    assert "plain  dead  epoch 1/3  loss 0.5000" in capsys.readouterr().out
    assert main(["watch", str(tmp_path)]) == 1
    assert "no run in" in capsys.readouterr().err


def test_keys_are_answered_while_a_slow_disk_is_read(drive, make_run, tmp_path):
    for name in ("a", "b", "c"):
        run = make_run(name)
        run.start()
        run.batch(1, 0.5)
    begun, allowed, readers = threading.Event(), threading.Event(), []
    found = list_runs(tmp_path / "runs")

    def slow():
        readers.append(threading.get_ident())
        if len(readers) > 1:  # the first time the disk is fast
            begun.set()
            assert allowed.wait(30)
        return found

    async def act(d):
        await d.until_read()
        d.screen.poll()
        assert begun.wait(30)
        d.screen.poll()  # no second one beside it
        await d.press("down", "down")
        assert d.screen.chosen == found[2].path
        assert "▸ " + found[2].path.name in d.text()
        assert len(readers) == 2
        allowed.set()
        await d.until_read()
        assert threading.get_ident() not in readers

    drive(act, lambda: RunListScreen(tmp_path / "runs", slow))


def test_leaving_does_not_wait_for_a_slow_disk(drive, tmp_path):
    never = threading.Event()

    def slow():
        never.wait(60)
        return []

    async def act(d):
        assert "reading" in d.text()
        await d.press("q")

    try:
        drive(act, lambda: RunListScreen(tmp_path, slow), read=False)
    finally:
        assert not never.is_set()
        never.set()


def test_a_folder_that_cannot_be_read_is_shown(drive, tmp_path):
    def fail():
        raise DiffvizError("can't read it: Permission denied")

    async def act(d):
        assert "Permission denied" in d.text()

    drive(act, lambda: RunListScreen(tmp_path, fail))


def test_only_runs_that_may_have_changed_are_read_again(make_run, tmp_path, monkeypatch):
    done, live = make_run("done"), make_run("live")
    done.start()
    done.epoch(1, 0.25)
    live.hold()
    live.start()
    read = []
    summarise = run_reader.summarise_or_name_problem
    monkeypatch.setattr(
        run_reader,
        "summarise_or_name_problem",
        lambda run: read.append(run.name) or summarise(run),
    )
    reader = RunReader(tmp_path / "runs")
    first = reader.read()
    assert sorted(read) == ["done", "live"]
    read.clear()
    assert {run.path for run in reader.read()} == {run.path for run in first}
    assert read == ["live"]
    done.epoch(2, 0.125)
    live.release()  # ends without writing anything
    runs = {run.path.name: run for run in reader.read()}
    assert runs["done"].loss == 0.125
    assert runs["live"].state is RunState.DEAD


def test_the_selected_run_is_previewed(drive, make_run, tmp_path):
    slow, fast = make_run("slow", lr=1e-4), make_run("fast", lr=3e-3)
    for run, level in ((slow, 90), (fast, 240)):
        run.start()
        for step in range(1, 9):
            run.batch(step, 1 / step)
        run.preview(4, np.full((2, 28, 28), level // 2, np.uint8))
        run.preview(8, np.full((2, 28, 28), level, np.uint8))

    async def act(d):
        for name, level, lr in (("slow", 90, "0.0001"), ("fast", 240, "0.003")):
            while d.screen.runs[d.screen._index()].path.name != name:
                await d.press("down")
            await d.until_read()
            await d.until(lambda n=name: d.screen.preview is not None and n in d.text())
            assert d.screen.query_one("#preview-pictures", Mosaic).images.max() == level
            assert len(d.screen.query_one("#preview-loss", Plot).series[0].y)
            (row,) = [r for r in d.lines() if r.split()[-2:] == ["lr", lr] and "●" not in r]
            assert row
            assert "training ended unexpectedly" in d.text(), "what can be done with it"
            await d.press("home")

    drive(act, lambda: RunListScreen(tmp_path / "runs"), size=(160, 50))


@pytest.mark.parametrize("size", [(60, 60), (120, 40)])
def test_all_settings_of_a_run_are_shown(drive, make_run, tmp_path, size):
    run = make_run("a")
    run.start()
    run.batch(1, 0.5)

    async def act(d):
        await d.until(lambda: d.screen.preview is not None and not d.screen.reading)
        told = worded(d.screen._settings[run.path])
        assert len(told) > 10
        for _, words, value in told:
            assert re.search(rf"{words} +{re.escape(value)}\b", d.text()), words

    drive(act, lambda: RunListScreen(tmp_path / "runs"), size=size)


@pytest.mark.parametrize(("batches", "size"), [(0, (40, 20)), (1, (80, 24)), (5, (80, 24))])
def test_a_run_without_pictures_shows_what_there_is(drive, make_run, tmp_path, batches, size):
    run = make_run("short", epochs=7)
    run.start()
    for step in range(1, batches + 1):
        run.batch(step, 1 / step)

    async def act(d):
        await d.until(lambda: d.screen.preview is not None and not d.screen.reading)
        assert d.screen.query_one("#preview-loss", Plot).display
        assert ("no batch is done yet" in d.text()) == (batches == 0)
        assert re.search(r"\bbatch size +128\b", d.text()), "its settings"
        if batches:
            assert "1.000" in d.text()

    drive(act, lambda: RunListScreen(tmp_path / "runs"), size=size)


@pytest.mark.parametrize("size", [(40, 20), (60, 20), (60, 60), (80, 24), (120, 40), (230, 60)])
@pytest.mark.parametrize("runs", [1, 5, 60])
def test_table_and_preview_share_the_room(planned_well, size, runs):
    plan = plan_list(size[0], size[1], runs, noises=8, bands=True)
    planned_well(plan.regions, *size)
    assert {"runs", "preview-loss"} <= set(plan.regions)
    assert ("preview-bands" in plan.regions) == (size[0] == 230)
    assert plan.regions["runs"].height >= min(runs + 1, 5)


def test_a_wide_terminal_shows_the_losses_by_timestep_too(drive, make_run, tmp_path):
    known, unknown = make_run("known"), make_run("unknown")
    for run, bands in ((known, {"static": 0.001, "blob": 0.02}), (unknown, None)):
        run.start()
        for step in range(1, 9):
            run.batch(step, 1 / step, bands=bands)

    async def act(d):
        for name in ("known", "unknown"):
            while d.screen.runs[d.screen._index()].path.name != name:
                await d.press("down")
            await d.until_read()
            await d.until(lambda: d.screen.preview is not None and not d.screen.reading)
            assert ("loss by timestep" in d.text()) == (name == "known")
            assert ("blob 0.02" in d.text()) == (name == "known")
            await d.press("home")

    drive(act, lambda: RunListScreen(tmp_path / "runs"), size=(230, 60))


def test_a_run_is_selected_by_a_click_and_opened_by_two(drive, make_run, tmp_path):
    for name in ("a", "b", "c"):
        run = make_run(name)
        run.start()
        run.batch(1, 0.5)

    async def act(d):
        await d.until(lambda: d.screen.preview is not None and not d.screen.reading)
        rows = [line.split() for line in d.lines()]
        (y,) = [y for y, words in enumerate(rows) if "b" in words and "died" in words]
        await d.pilot.click(offset=(5, y))
        await d.until(lambda: d.screen.chosen is not None)
        assert d.screen.chosen.name == "b"
        await d.until(lambda: not d.screen.reading)
        await d.pilot.click(offset=(5, y), times=2)
        await d.until(lambda: isinstance(d.app.screen, TrainScreen))
        assert d.app.screen.source.name == "b"

    drive(act, lambda: RunListScreen(tmp_path / "runs"))


def test_a_damaged_preview_leaves_the_others(drive, make_run, tmp_path):
    run = make_run("a")
    run.start()
    run.batch(1, 0.5)
    run.preview(0, np.full((2, 28, 28), 77, np.uint8))
    run.preview(1, np.full((2, 28, 28), 99, np.uint8))
    (run.path / "previews" / "00000001.npy").write_bytes(b"no array")

    async def act(d):
        assert [moment.step for moment in d.screen.preview.moments] == [0]
        assert d.screen.query_one("#preview-pictures", Mosaic).images.max() == 77

    drive(act, lambda: RunListScreen(tmp_path / "runs"), size=(120, 40))
