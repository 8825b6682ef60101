"""A run as others see it: alive, paused, ended or dead, and what it can be told."""

import json

import pytest

from diffviz.core.errors import DiffvizError
from diffviz.core.recipes import TrainConfig
from diffviz.core.records import (
    Batch,
    CheckpointSaved,
    Commanded,
    EpochDone,
    Failed,
    Finished,
    Started,
)
from diffviz.core.runs import RunFolder, event_line
from diffviz.core.runs.commands import COMMANDS, Command, CommandInbox, send_command
from diffviz.core.runs.run_state import RunState, list_runs, run_state, summarise

STARTED = Started("run", "tiny", 500, "synthetic", 26, "cpu", 2, 3, 8, 0)
BATCH = Batch(1, 1, 1, 0.5, 0.25, 1e-3, 16.0)
PAUSE = Commanded(1, 1, 1, "pause", True, "paused")
RESUME = Commanded(1, 1, 1, "resume", True, "goes on")
EPOCH = EpochDone(3, 1, 3, 1.5, 0.125, 1e-3, 16.0)
REFUSED = Commanded(3, 1, 3, "resume", False, "not now")
SAVED = CheckpointSaved(3, 1, 3, "checkpoint.safetensors")
FAILED = Failed(1, "the loss became nan")
STOPPED = Finished(1, 1, 1, 0.5, False, "checkpoint.safetensors")
FINISHED = Finished(6, 2, 3, 3.0, True, "weights.safetensors")


def write_log(run, *events):
    (run / "log.jsonl").write_text("".join(map(event_line, events)))


@pytest.fixture
def run(tmp_path):
    with RunFolder.create(tmp_path / "run", TrainConfig(epochs=2)):
        pass
    return tmp_path / "run"


@pytest.mark.parametrize(
    ("events", "held", "free"),
    [
        ((), "STARTING", "DEAD"),
        ((STARTED,), "RUNNING", "DEAD"),
        ((STARTED, BATCH), "RUNNING", "DEAD"),
        ((STARTED, BATCH, PAUSE), "PAUSED", "DEAD"),
        ((STARTED, BATCH, PAUSE, RESUME), "RUNNING", "DEAD"),
        ((STARTED, BATCH, PAUSE, STARTED), "RUNNING", "DEAD"),
        ((STARTED, BATCH, EPOCH), "RUNNING", "DEAD"),
        ((STARTED, BATCH, EPOCH, PAUSE, SAVED, REFUSED), "PAUSED", "DEAD"),
        ((STARTED, BATCH, FAILED), "STARTING", "FAILED"),
        ((STARTED, BATCH, STOPPED), "STARTING", "STOPPED"),
        ((STARTED, BATCH, FINISHED), "STARTING", "FINISHED"),
    ],
)
def test_the_lock_and_the_newest_event_decide_the_state(run, events, held, free):
    write_log(run, *events)
    with RunFolder.open(run):
        assert run_state(run) is RunState[held]
    assert run_state(run) is RunState[free]
    with (run / "log.jsonl").open("a") as log:
        log.write('{"event": "finished", "st')  # still being written
    assert run_state(run) is RunState[free]


def test_reading_the_state_does_not_take_the_lock(run):
    run_state(run)
    with RunFolder.open(run):
        assert run_state(run) is RunState.STARTING


def test_runs_are_summarised_and_listed(run, tmp_path):
    assert summarise(run).loss is None
    write_log(run, STARTED, BATCH)
    assert (summarise(run).loss, summarise(run).images_per_s) == (0.25, 16.0)
    after = Batch(4, 2, 1, 2.0, 0.5, 1e-3, 16.0)
    write_log(run, STARTED, BATCH, EPOCH, *[after] * 50)
    summary = summarise(run)
    assert (summary.step, summary.epoch, summary.loss) == (4, 2, 0.125)
    assert 0 <= summary.age_s < 60
    (tmp_path / "no run").mkdir()
    damaged = tmp_path / "damaged"
    damaged.mkdir()
    (damaged / "config.json").write_text("{")
    found = list_runs(tmp_path)
    assert [r.path for r in found] == [run, damaged]
    assert found[1].state is RunState.UNREADABLE
    assert "is damaged" in found[1].problem
    assert (found[1].epochs_text, found[1].loss_text) == ("0/–", "–")
    assert list_runs(tmp_path / "nothing") == []


def test_commands_arrive_once_and_in_order(run):
    send_command(run, "stop")  # to nobody
    inbox = CommandInbox(run)
    assert list(inbox.new()) == []
    send_command(run, "pause")
    send_command(run, "epochs", 7)
    assert list(inbox.new()) == [Command("pause"), Command("epochs", 7)]
    assert list(inbox.new()) == []
    with (run / COMMANDS).open("a") as file:
        file.write('[]\n\x00\n{"command": "rm"}\n{"command": "epochs", "value": 0}\n')
        file.write(json.dumps({"command": "resume"}) + '\n{"command": "st')
    assert list(inbox.new()) == [Command("resume")]
    with (run / COMMANDS).open("a") as file:
        file.write('op"}\n')
    assert list(inbox.new()) == [Command("stop")]


@pytest.mark.parametrize(
    ("name", "value"), [("faster", None), ("epochs", None), ("epochs", 0), ("stop", 3)]
)
def test_invalid_commands_are_skipped(run, name, value):
    with pytest.raises(DiffvizError, match="unknown command"):
        send_command(run, name, value)
    assert not (run / COMMANDS).exists()


def test_a_command_to_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(DiffvizError, match="can't write"):
        send_command(tmp_path / "gone", "stop")


def test_a_resumed_run_shows_its_loss_before_the_first_batch(run):
    """What was measured before the resume is known, also of a finished run resumed once more."""
    again = Started("run", "tiny", 500, "synthetic", 26, "cpu", 2, 3, 8, 3)
    write_log(run, STARTED, BATCH, EPOCH, again)
    summary = summarise(run)
    assert (summary.loss, summary.epoch, summary.images_per_s) == (0.125, 1, None)
    assert summary.epochs_text == "1/2"
