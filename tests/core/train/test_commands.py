"""What can be asked of a training while it goes on, and what it shows besides its losses."""

import math

import numpy as np
import pytest

from diffviz.core.errors import DiffvizError
from diffviz.core.models.weight_files import read_tensors
from diffviz.core.records import (
    Batch,
    CheckpointSaved,
    Commanded,
    EpochDone,
    Finished,
    Preview,
    Score,
)
from diffviz.core.runs import read_config
from diffviz.core.runs.commands import send_command
from diffviz.core.runs.preview_files import read_preview
from diffviz.core.train.batches import batch_noise
from diffviz.core.train.loss_guard import PATIENCE, LossGuard


def told(training, commands):
    """Return what sends ``{step: [command, …]}`` when the run is there."""

    def when(event):
        if isinstance(event, Batch):
            for command in commands.get(event.step, ()):
                send_command(training.run, *command)

    return when


CHANGES = {2: [("halve_lr",)], 4: [("epochs", 4), ("halve_lr",)]}


def test_learning_rate_and_epochs_change_on_request(new_training):
    training = new_training(lr_decay="cosine")
    events = training.sit(when=told(training, CHANGES))
    config = training.config
    expected = [config.learning_rate(step, 6) / (1 if step < 3 else 2) for step in range(1, 5)]
    expected += [config.learning_rate(step, 12) / 4 for step in range(5, 13)]
    assert [e.lr for e in events if isinstance(e, Batch)] == expected
    answers = [(e.step, e.command, e.done, e.value) for e in events if isinstance(e, Commanded)]
    assert answers == [(2, "halve_lr", True, None), (4, "epochs", True, 4),
                       (4, "halve_lr", True, None)]  # fmt: skip
    assert read_config(training.run)[0].epochs == 4


@pytest.mark.parametrize("batch", [3, 5, 7])
def test_resume_keeps_what_was_changed(new_training, batch):
    whole = new_training("whole", lr_decay="cosine")
    whole.sit(when=told(whole, CHANGES))
    training = new_training(lr_decay="cosine")
    left = {step: sent for step, sent in CHANGES.items() if step < batch}
    training.sit(when=told(training, left), stop_at=batch)
    training.config, _ = read_config(training.run)
    rest = {step: sent for step, sent in CHANGES.items() if step >= batch}
    training.sit(when=told(training, rest), resume=True)
    assert training.result() == whole.result()


def test_a_paused_training_executes_commands_and_resumes(new_training):
    training = new_training()

    def when(event):
        if isinstance(event, Batch) and event.step == 2:
            send_command(training.run, "pause")
        if isinstance(event, Commanded) and event.command == "pause":
            send_command(training.run, "checkpoint")
            send_command(training.run, "resume")

    events = training.sit(when=when)
    around = events[3:7]
    assert [type(e) for e in around] == [Commanded, CheckpointSaved, Commanded, Commanded]
    assert [e.command for e in events if isinstance(e, Commanded)] == [
        "pause", "checkpoint", "resume",
    ]  # fmt: skip
    whole = new_training("whole")
    whole.sit()
    assert training.result() == whole.result()


def test_a_stop_command_ends_with_a_checkpoint(new_training):
    training = new_training()
    last = training.sit(when=told(training, {4: [("stop",)]}))[-1]
    assert isinstance(last, Finished)
    assert (last.step, last.complete) == (4, False)
    assert read_tensors(training.run / "checkpoint.safetensors").metadata["step"] == 4


def test_fewer_epochs_than_done_are_refused_and_the_current_one_ends_the_run(new_training):
    training = new_training(epochs=3)
    commands = {5: [("epochs", 1)], 6: [("epochs", 2)]}
    *_, answer, finished = training.sit(when=told(training, commands))
    refused = next(e for e in training.log() if e["event"] == "command")
    assert (refused["done"], refused["message"]) == (False, "beyond epoch 1 already")
    assert isinstance(answer, Commanded)
    assert isinstance(finished, Finished)
    assert (finished.step, finished.complete) == (6, True)


def test_previews_are_written_and_change_nothing_of_the_training(new_training):
    training = new_training()
    events = training.sit(preview_every=4)
    strips = [e for e in events if isinstance(e, Preview)]
    assert [e.step for e in strips] == [0, 1, 2, 4]
    first, *_, last = (read_preview(training.run, e.path) for e in strips)
    assert first is not None
    assert last is not None
    assert first.shape == last.shape == (8, 28, 28)
    assert not np.array_equal(first, last)
    plain = new_training("plain")
    plain.sit()
    assert training.result() == plain.result()  # looking changes nothing


def test_foreign_preview_files_are_read_as_none(tmp_path):
    (tmp_path / "previews").mkdir()
    np.save(tmp_path / "previews" / "1.npy", np.zeros((2, 28, 28)))
    (tmp_path / "previews" / "2.npy").write_bytes(b"no numpy")
    np.save(tmp_path / "3.npy", np.zeros((2, 28, 28), np.uint8))
    for path in ("previews/1.npy", "previews/2.npy", "previews/9.npy", "3.npy",
                 "previews/../3.npy", str(tmp_path / "3.npy")):  # fmt: skip
        assert read_preview(tmp_path, path) is None


def test_previews_are_scored_after_each_epoch(new_training):
    scores = [e for e in new_training().sit(score=20) if isinstance(e, Score)]
    assert [(e.step, e.epoch, e.n) for e in scores] == [(3, 1, 20), (6, 2, 20)]
    assert all(0 < e.fld < math.inf for e in scores)


def test_batches_report_the_loss_by_phase(new_training):
    training = new_training(epochs=1)
    spans = {"static": (600, 1000), "blob": (400, 600), "lock-in": (100, 400),
             "refinement": (0, 100)}  # fmt: skip
    for batch in (e for e in training.sit() if isinstance(e, Batch)):
        timesteps, _ = batch_noise(0, batch.step, (8, 1, 28, 28))
        counts = {name: int(((timesteps > low) & (timesteps <= high)).sum())
                  for name, (low, high) in spans.items()}  # fmt: skip
        assert batch.bands is not None
        assert batch.bands.keys() == {name for name, count in counts.items() if count}
        total = sum(counts[name] * loss for name, loss in batch.bands.items())
        assert total / 8 == pytest.approx(batch.loss, rel=1e-3)


def test_an_exploding_loss_ends_the_training_with_the_checkpoint_whole(new_training):
    training = new_training(epochs=40, lr=1e-3)
    training.sit(stop_at=60)
    training.config = new_training(epochs=40, lr=30.0).config
    with pytest.raises(DiffvizError, match=r"loss exploded .* in epoch 2\d, batch \d"):
        training.sit(resume=True)
    failed = training.log()[-1]
    assert (failed["event"], failed["step"]) == ("failed", failed["step"])
    assert "the last checkpoint is whole" in failed["message"]
    losses = {e["step"]: e["loss"] for e in training.log() if e["event"] == "batch"}
    step = read_tensors(training.run / "checkpoint.safetensors").metadata["step"]
    assert losses[step] < 10
    assert step >= 60


def test_the_loss_guard_ignores_a_short_rise():
    guard = LossGuard()
    for batch in range(60):
        guard.check(0.05, 1.0, 1, batch)
    for batch in range(PATIENCE - 1):
        guard.check(0.6, 1.0, 2, batch)
    assert guard.suspicious
    guard.check(0.4, 1.0, 2, 90)
    assert not guard.suspicious
    for batch in range(1, PATIENCE):
        guard.check(0.6, 1.0, 3, batch)
    with pytest.raises(DiffvizError, match=r"now 0.6, usually 0.05\) in epoch 3, batch 1$"):
        guard.check(0.6, 1.0, 3, PATIENCE)


@pytest.mark.parametrize(("loss", "norm", "what"), [(math.nan, 1.0, "loss"),
                                                    (0.1, math.inf, "gradient")])  # fmt: skip
def test_the_loss_guard_raises_at_once_on_nan_and_infinity(loss, norm, what):
    with pytest.raises(DiffvizError, match=f"the {what} became .* in epoch 4, batch 5$"):
        LossGuard().check(loss, norm, 4, 5)


def test_the_rate_of_an_epoch_counts_only_that_epoch(new_training):
    events = new_training().sit()
    first, second = (e for e in events if isinstance(e, EpochDone))
    assert second.images_per_s == pytest.approx(24 / (second.wall_s - first.wall_s))


def test_damaged_preview_files_are_read_as_none(tmp_path):
    (tmp_path / "previews").mkdir()
    path = tmp_path / "previews" / "00000100.npy"
    wrong = [np.uint8(3), np.zeros((2, 28), np.uint8), np.zeros((0, 28, 28), np.uint8)]
    for array in [*wrong, np.zeros((2, 28, 28)), np.array([None])]:
        np.save(path, array)
        assert read_preview(tmp_path, "previews/00000100.npy") is None
    np.save(path, np.zeros((2, 28, 28), np.uint8))
    assert read_preview(tmp_path, "previews/00000100.npy") is not None
    huge = {"descr": "|u1", "fortran_order": False, "shape": (10**14, 28, 28)}
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, huge)
    assert read_preview(tmp_path, "previews/00000100.npy") is None
