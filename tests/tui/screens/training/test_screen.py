"""The training screen on a run folder: what it shows, what it sends, how it is left."""

import json
from pathlib import Path

import pytest

from diffviz.tui.screens.training.run_source import RunSource
from diffviz.tui.screens.training.training_layout import plan_train

from .conftest import digits, screen
from .fake_run import PER_EPOCH


def test_a_large_terminal_shows_every_panel(drive, run):
    async def act(d):
        seen = d.text()
        for words in (
            "digits-001", "● training", "epoch 2/3   batch 2/4", "50%", "256", "0.001", "0.250",
            "612 MB", "cpu, 1 thread", "batch 4", "rapid learning", "0.5208", "0.2203",
            "loss by timestep", "refinement 0.040", "published", "mean of 50", "2 of 2",
            "batch 6",
        ):  # fmt: skip
            assert words in seen, words

    drive(act, lambda: screen(run), size=(160, 50))


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (120, 35), (230, 60), (230, 20), (40, 20)])
def test_panels_never_overlap_and_stay_inside(drive, run, size):
    async def act(d):
        for _ in range(d.screen.plan(*size).pages):
            regions = list(d.screen.plan(*size).regions.values())
            cells = [(x, y) for r in regions for x in r.column_range for y in r.line_range]
            assert len(cells) == len(set(cells))
            assert all(0 <= x < size[0] and 0 <= y < size[1] for x, y in cells)
            assert "batch 6" in d.text()
            await d.press("tab")

    drive(act, lambda: screen(run), size=size)


def test_new_batches_appear_once_their_line_is_whole(drive, run):
    async def act(d):
        run.batch(7, 0.111)
        whole = json.dumps({"event": "batch", "step": 8, "loss": 0.99, "images_per_s": 1.0}) + "\n"
        run.write(whole[:20])
        await d.poll()
        assert "batch 3/4" in d.text()
        run.write(whole[20:])
        await d.poll()
        assert "batch 4/4" in d.text()
        run.epoch(2, 0.2)
        await d.poll()
        await d.press("tab")
        assert "-61.6%" in d.text()

    drive(act, lambda: screen(run))


def test_tab_turns_pages_in_a_small_terminal(drive, run):
    async def act(d):
        assert "gradient norm" in d.text()
        await d.press("tab")
        assert "0.5208" in d.text()
        assert "loss by timestep" in d.text()
        await d.press("tab")
        assert "gradient norm" in d.text()

    drive(act, lambda: screen(run))


def test_keys_change_the_axis_the_smoothing_and_the_zoom(drive, make_run):
    run = make_run()
    run.start()
    for step in range(1, 200):
        run.batch(step, 1.0)

    async def act(d):
        looking = d.screen.charts
        await d.press("y", "s", "z", "comma")
        assert d.screen.charts.log is not looking.log
        assert d.screen.charts.span == 200
        assert d.screen.charts.zoom == 1
        assert d.screen.charts.back > 0
        assert "zoom 2x" in d.text()
        await d.press("Z")
        assert d.screen.charts.zoom == 0
        assert d.screen.charts.back == 0

    drive(act, lambda: screen(run))


def test_the_filmstrip_is_scrubbed(drive, run):
    async def act(d):
        film = d.screen.query_one("#film")
        assert film.images[-1].max() == 250
        await d.press("left")
        assert film.images[-1].max() == 250, "it stays"
        assert "1 of 2" in d.text()
        assert "▸untrained" in d.text() or "▸batch" in d.text()
        run.preview(7, digits(99))
        await d.poll()
        assert film.images[-1].max() == 99
        assert "1 of 3" in d.text()
        await d.press("end")
        assert "3 of 3, newest" in d.text()

    drive(act, lambda: screen(run))


@pytest.mark.parametrize(
    ("keys", "command"),
    [
        (["space"], {"command": "pause"}),
        (["k"], {"command": "checkpoint"}),
        (["h", "enter"], {"command": "halve_lr"}),
        (["a", "5"], {"command": "epochs", "value": 8}),
        (["S", "enter"], {"command": "stop"}),
        (["S", "escape"], None),
        (["a", "escape"], None),
    ],
)
def test_keys_send_commands(drive, run, keys, command):
    async def act(d):
        for key in keys:
            await d.press(key)
        assert run.commands() == ([command] if command else [])
        assert any(
            word in d.text() for word in ("ing after", "halving", "will stop", "saving")
        ) == (command is not None)

    drive(act, lambda: screen(run))


def test_the_answer_to_a_command_takes_the_place_of_what_was_sent(drive, run):
    answer = {"step": 6, "epoch": 2, "batch": 2, "command": "checkpoint", "done": True}

    async def act(d):
        for message in ("checkpoint saved after batch 6", "another after batch 7"):
            await d.press("k")
            assert "saving a checkpoint after" in d.text()
            run.batch(7, 0.2)
            await d.poll()
            assert "saving a checkpoint after" in d.text()
            run.event("command", **answer, message=message)
            await d.poll()
            assert message in d.text()
            assert "saving a checkpoint" not in d.text()

    drive(act, lambda: screen(run))


def test_space_resumes_a_paused_run(drive, run):
    async def act(d):
        run.event("command", step=6, epoch=2, batch=2, command="pause", done=True, message="paused")
        await d.poll()
        assert "● paused" in d.text()
        await d.press("space")
        assert run.commands() == [{"command": "resume"}]

    drive(act, lambda: screen(run))


def names(run) -> list[str]:
    return [command["command"] for command in run.commands()]


def answer(run, command: str, **values) -> None:
    place = {"step": 6, "epoch": 2, "batch": 2, "done": True, "message": command}
    run.event("command", command=command, **{**place, **values})


def test_what_was_asked_for_counts_until_the_training_answers(drive, run):
    async def act(d):
        await d.press("space")
        assert "space go on" in d.lines()[-1]
        assert "● training" in d.text(), "it has not paused yet"
        await d.press("space")
        assert "space pause" in d.lines()[-1]
        assert names(run) == ["pause", "resume"]
        answer(run, "pause")
        await d.poll()
        await d.press("space")
        assert names(run)[2:] == ["pause"], "the training has not gone on yet, but will"
        answer(run, "resume")
        answer(run, "pause")
        await d.poll()
        await d.press("space")
        assert names(run)[3:] == ["resume"]

    drive(act, lambda: screen(run))


def test_what_another_screen_asked_for_counts_once_it_is_answered(drive, run):
    async def act(d):
        answer(run, "pause")
        await d.poll()
        assert "space go on" in d.lines()[-1]
        await d.press("space")
        answer(run, "resume")
        await d.poll()
        answer(run, "pause")
        await d.poll()
        await d.press("space")
        assert names(run) == ["resume", "resume"]

    drive(act, lambda: screen(run))


def test_epochs_and_halvings_add_up_before_the_training_answers(drive, run):
    async def act(d):
        await d.press("a", "5")
        await d.press("a")
        assert "more than 8 epochs" in d.text()
        await d.press("2")
        assert [c["value"] for c in run.commands()] == [8, 10]
        answer(run, "epochs", value=8)
        answer(run, "epochs", value=10)
        await d.poll()
        await d.press("a", "1")
        assert run.commands()[-1]["value"] == 11
        await d.press("h", "enter")
        await d.press("h")
        assert "from 0.0005 to 0.00025" in d.text()

    drive(act, lambda: screen(run))


def test_commands_that_a_training_did_not_answer_end_with_it(drive, run):
    async def act(d):
        await d.press("space")
        run.release()
        await d.poll()
        run.hold()
        run.start(6)
        await d.poll()
        await d.press("space")
        assert names(run) == ["pause", "pause"]

    drive(act, lambda: screen(run))


def test_a_training_that_is_stopping_is_not_asked_again(drive, run):
    async def act(d):
        await d.press("S", "enter")
        await d.press("S")
        assert d.app.screen is d.app.screen_stack[0], "no second question"
        assert names(run) == ["stop"]

    drive(act, lambda: screen(run))


@pytest.mark.parametrize("said", [{}, {"epochs": "three"}, {"epochs": 3, "images": "all"}])
def test_a_start_event_with_missing_or_invalid_values_is_accepted(drive, make_run, said):
    run = make_run()
    run.event("started", step=0, **said)
    run.batch(1, 0.5)

    async def act(d):
        assert "0.500" in d.text()

    drive(act, lambda: screen(run))


def test_training_that_goes_on_from_a_checkpoint_replaces_what_came_after(drive, run):
    async def act(d):
        lines = (run.path / "log.jsonl").read_text().splitlines(keepends=True)
        kept = [line for line in lines if json.loads(line)["step"] <= PER_EPOCH]
        new = Path(f"{run.path}/new")
        new.write_text("".join(kept))
        new.replace(run.path / "log.jsonl")
        run.start(step=PER_EPOCH)
        await d.poll()
        assert d.screen.source.history.step == PER_EPOCH
        assert "batch 4/4" in d.text()

    drive(act, lambda: screen(run))


def test_runs_are_compared(drive, run, make_run):
    other = make_run("older")
    other.start()
    for step in range(1, 9):
        other.batch(step, 0.5)

    async def act(d):
        assert "published" in d.text()
        assert "older" not in d.text()
        await d.press("o")
        assert "older" in d.text()
        await d.press("o")
        assert "published" not in d.text()
        assert "older" not in d.text()

    drive(act, lambda: screen(run, earlier=[RunSource(other.path)]), size=(120, 30))


SMALL = [(40, 20), (60, 20), (80, 24), (60, 60), (230, 20)]


@pytest.mark.parametrize("size", SMALL)
def test_every_panel_is_reached_and_names_its_lines(drive, run, size):
    async def act(d):
        seen = []
        for _ in range(d.screen.plan(*size).pages):
            seen.append(d.text())
            await d.press("pagedown")
        assert d.text() == seen[0], "the pages are a circle"
        said = " ".join(seen)
        for words in ("mean", "raw", "static", "blob", "lock-in", "refinement", "0.5208", "1e-3"):
            assert words.replace("1e-3", "learning rate") in said, words
        pages = len(seen)
        assert pages == 1 or f"1/{pages}" in seen[0]

    drive(act, lambda: screen(run), size=size)


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (160, 50), (230, 60)])
def test_the_newest_loss_stands_once(drive, run, size):
    for step in range(7, 60):
        run.batch(step, 0.3141)

    async def act(d):
        for _ in range(d.screen.plan(*size).pages):
            assert d.text().count("0.314") == 1
            await d.press("tab")

    drive(act, lambda: screen(run), size=size)


def test_pictures_of_the_film_are_larger_where_there_is_room():
    plans = [plan_train(*size, noises=8) for size in ((80, 24), (120, 40), (230, 60))]
    tiles = [plan.tiles for plan in plans if plan.tiles is not None]
    assert [(t.tile_height, t.rows) for t in tiles] == [(7, 1), (11, 1), (14, 2)]


def test_short_trainings_have_the_second_chart_below_their_epochs(planned_well):
    short, long = (plan_train(230, 60, noises=8, moments=3, epochs=n).regions for n in (2, 15))
    planned_well(short, 230, 60)
    assert short["bands"].x == short["epochs"].x
    assert short["bands"].y > short["epochs"].bottom
    assert short["loss"].width > 2 * short["bands"].width
    assert long["bands"].right < long["epochs"].x
    assert long["epochs"].height > 10


def test_too_small_a_terminal_says_so_until_it_is_enlarged(drive, run):
    async def act(d):
        said = " ".join(d.text().split())
        assert "diffviz needs 40x20, this is 39x19: enlarge the window" in said
        await d.resize(80, 24)
        assert "diffviz needs" not in d.text()
        assert "epoch 2/3" in d.text()

    drive(act, lambda: screen(run), size=(39, 19))


def test_help_and_palette_know_every_key(drive, run):
    async def act(d):
        await d.press("question_mark")
        assert "halve the learning rate" in d.text()
        await d.press("escape")
        await d.press("ctrl+p")
        assert "Pause the training" in d.text()

    drive(act, lambda: screen(run))


@pytest.mark.parametrize("size", [(40, 20), (80, 24), (160, 50)])
def test_what_happens_before_the_first_batch_is_told(drive, make_run, size):
    run = make_run()
    run.hold()

    async def act(d):
        assert "loading the network" in d.text()
        run.start()
        await d.poll()
        assert "drawing the first preview" in d.text()
        run.preview(0, digits(0))
        await d.poll()
        assert "computing the first batch" in d.text()
        run.batch(1, 1.0)
        await d.poll()
        assert "first" not in d.lines()[-2]

    drive(act, lambda: screen(run), size=size)
