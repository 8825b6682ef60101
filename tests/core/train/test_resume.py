"""A run that was interrupted anywhere ends exactly as one that never was."""

import dataclasses
import os

import pytest
import torch

from diffviz.core.errors import DiffvizError
from diffviz.core.files import atomic
from diffviz.core.models import ARCHITECTURES
from diffviz.core.models.catalog import resolve
from diffviz.core.models.weight_files import read_tensors, save_tensors
from diffviz.core.records import CheckpointSaved, Finished, Started
from diffviz.core.runs import folder as runs
from diffviz.core.train import Extras, train

BATCHES = [(1, 1), (2, 1), (3, 1), (4, 2), (5, 2), (6, 2)]


@pytest.fixture
def uninterrupted(new_training):
    training = new_training("uninterrupted")
    training.sit()
    result = training.result()
    assert [line[1:3] for line in result["log"] if line[0] == "batch"] == BATCHES
    assert [line[2] for line in result["log"] if line[0] == "epoch"] == [1, 2]
    return result


@pytest.mark.parametrize("batch", [1, 2, 3, 4, 5])
def test_resume_after_a_stop_at_any_batch_gives_the_same_bits(new_training, uninterrupted, batch):
    training = new_training()
    events = training.sit(stop_at=batch)
    last = events[-1]
    assert isinstance(last, Finished)
    assert not last.complete
    assert (last.step, last.epoch) == BATCHES[batch - 1]
    events = training.sit(resume=True)
    assert isinstance(events[0], Started)
    assert events[0].step == batch
    assert training.result() == uninterrupted


@pytest.mark.parametrize("events", range(1, 12))
def test_resume_after_closing_at_any_event_gives_the_same_bits(new_training, uninterrupted, events):
    training = new_training()
    assert len(training.sit(close_after=events)) == events
    training.sit(resume=True)
    assert training.result() == uninterrupted


def test_resume_after_every_batch_gives_the_same_bits(new_training, uninterrupted):
    training = new_training()
    training.sit(stop_at=1)
    for batch in (2, 3, 4, 5):
        training.sit(stop_at=batch, resume=True)
    training.sit(resume=True)
    assert training.result() == uninterrupted


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_real_networks_resume_to_the_same_bits(new_training, name):
    """Their weights are kept channels-last: moments in another layout would show here."""
    whole = new_training("whole", architecture=name, epochs=1)
    whole.sit()
    parts = new_training("parts", architecture=name, epochs=1)
    parts.sit(stop_at=1)
    parts.sit(resume=True)
    for name in ("weights", "checkpoint"):
        expected, got = (
            read_tensors(t.run / f"{name}.safetensors").tensors for t in (whole, parts)
        )
        assert expected.keys() == got.keys()
        assert all(torch.equal(expected[key], got[key]) for key in expected)


def test_checkpoints_are_saved_at_intervals(new_training, uninterrupted):
    training = new_training()
    events = training.sit(checkpoint_every_s=0.0)
    steps = [e.step for e in events if isinstance(e, CheckpointSaved)]
    assert steps == [1, 2, 3, 4, 5, 6]
    assert training.result() == uninterrupted


def test_resuming_a_finished_run_changes_nothing(new_training, uninterrupted):
    training = new_training()
    training.sit()
    events = training.sit(resume=True)
    assert [type(e) for e in events] == [Started, Finished]
    assert training.result() == uninterrupted


def test_more_epochs_continue_where_the_run_ended(new_training):
    long = new_training("long", epochs=3)
    long.sit()
    training = new_training()
    training.sit()
    training.config = dataclasses.replace(training.config, epochs=3)
    training.sit(resume=True)
    assert training.result()["log"] == long.result()["log"]
    final = [(t.run / "epochs" / "0003.safetensors") for t in (long, training)]
    first, second = (read_tensors(path).tensors for path in final)
    assert all(torch.equal(first[key], second[key]) for key in first)


def test_an_extended_run_resolves_to_its_newest_checkpoint(new_training):
    training = new_training()
    training.sit()
    assert resolve(str(training.run)).name == "weights.safetensors"
    training.config = dataclasses.replace(training.config, epochs=3)
    training.sit(resume=True, stop_at=7)
    newest = resolve(str(training.run))
    assert read_tensors(newest).metadata["step"] == 7


def test_fewer_epochs_than_done_are_refused(new_training):
    training = new_training()
    training.sit()
    training.config = dataclasses.replace(training.config, epochs=1)
    with pytest.raises(DiffvizError, match="beyond 1 epochs"):
        training.sit(resume=True)


@pytest.mark.parametrize("failing", ["replace", "fsync", "write"])
def test_a_failed_checkpoint_leaves_the_old_one(new_training, monkeypatch, failing, uninterrupted):
    training = new_training()
    training.sit(stop_at=4)
    checkpoint = training.run / "checkpoint.safetensors"
    before = checkpoint.read_bytes()
    real = os.fdopen

    def full(*_args):
        raise OSError(28, "No space left on device")

    def half_written(handle, mode):
        with real(handle, mode) as file:
            file.write(b"half of it")
        full()

    with monkeypatch.context() as patch:
        name = "fdopen" if failing == "write" else failing
        patch.setattr(atomic.os, name, half_written if failing == "write" else full)
        events = train(
            training.config, training.data, training.run, resume=True, extras=Extras(0.0)
        )
        with pytest.raises(DiffvizError, match=r"checkpoint.safetensors: No space left on device"):
            list(events)
    assert checkpoint.read_bytes() == before
    assert not list(training.run.rglob(".*"))
    training.sit(resume=True)
    assert training.result() == uninterrupted


def test_a_batch_that_cannot_be_logged_is_in_no_checkpoint(
    new_training, monkeypatch, uninterrupted
):
    """The batch that the log lacks must not be in a checkpoint either."""
    training = new_training()
    real = runs.event_line

    def full(event):
        if event.step == 5:
            raise OSError(28, "No space left on device")
        return real(event)

    with monkeypatch.context() as patch:
        patch.setattr(runs, "event_line", full)
        with pytest.raises(DiffvizError, match=r"log.jsonl: No space left on device"):
            training.sit()
    assert read_tensors(training.run / "checkpoint.safetensors").metadata["step"] == 3
    training.sit(resume=True)
    assert training.result() == uninterrupted


def test_leftovers_of_killed_writes_are_removed(new_training, uninterrupted):
    training = new_training()
    training.sit(stop_at=4)
    for name in (".checkpoint.safetensors.x1y2abcd.tmp", "epochs/.0001.safetensors.x1y2abcd.tmp"):
        (training.run / name).write_bytes(b"half of it")
    training.sit(resume=True)
    assert training.result() == uninterrupted


def test_other_data_are_refused(new_training):
    training = new_training()
    training.sit(stop_at=1)
    training.data = dataclasses.replace(training.data, md5="another")
    with pytest.raises(DiffvizError, match="other images"):
        training.sit(resume=True)


@pytest.mark.parametrize(
    "lost", ["raw.conv1.weight", "ema.conv2.bias", "optimizer.conv2.weight.exp_avg"]
)
def test_incomplete_checkpoint_is_refused(new_training, lost):
    training = new_training()
    training.sit(stop_at=1)
    path = training.run / "checkpoint.safetensors"
    file = read_tensors(path)
    save_tensors(path, {k: v for k, v in file.tensors.items() if k != lost}, file.metadata)
    with pytest.raises(DiffvizError, match=str(path)):
        training.sit(resume=True)


def test_weights_in_place_of_a_checkpoint_are_refused(new_training):
    training = new_training()
    training.sit()
    weights = (training.run / "weights.safetensors").read_bytes()
    (training.run / "checkpoint.safetensors").write_bytes(weights)
    with pytest.raises(DiffvizError, match="weights only"):
        training.sit(resume=True)
