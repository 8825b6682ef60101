"""``diffviz train``: a run folder, what it prints, stopping by signal, and going on."""

import importlib.util
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from diffviz.core.models.weight_files import read_tensors
from diffviz.core.models.weights import load_weights
from diffviz.core.records import Batch, EpochDone
from diffviz.core.runs import RunFolder, read_log
from diffviz.tui.cli import main
from diffviz.tui.plain import train as plain_training
from diffviz.tui.terminal.signals import stop_on_signals

from .conftest import SMALL

pytestmark = pytest.mark.needs_torch

ROOT = Path(__file__).resolve().parents[3]


def tensors(path):
    return {k: v.numpy().tobytes() for k, v in read_tensors(path).tensors.items()}


def batches(folder):
    keys = ("step", "epoch", "batch", "loss", "lr")
    log = read_log(folder / "log.jsonl")
    return [tuple(getattr(e, k) for k in keys) for e in log if isinstance(e, Batch)]


def test_a_run_trains_to_its_end(train, tmp_path):
    outcome = train(tmp_path / "run")
    assert outcome.status == 0, outcome.err
    assert outcome.err == ""
    lines = outcome.out.splitlines()
    assert len(lines) == 5
    assert "reference-unet, 324,705 parameters" in lines[0]
    assert "32 mnist images, 2 epochs at batch 16, cpu" in lines[1]
    assert lines[2].startswith("epoch 1/2  loss ")
    assert lines[3].startswith("epoch 2/2  loss ")
    assert str(tmp_path / "run" / "weights.safetensors") in lines[4]
    assert "\x1b" not in outcome.out
    config = json.loads((tmp_path / "run" / "config.json").read_text())["config"]
    assert (config["batch_size"], config["epochs"], config["lr"]) == (16, 2, 2e-4)
    assert load_weights(str(tmp_path / "run")).architecture == "reference-unet"
    epochs = [e for e in read_log(tmp_path / "run" / "log.jsonl") if isinstance(e, EpochDone)]
    assert f"loss {epochs[1].loss:.4f}" in lines[3]


@pytest.fixture
def popen(mnist_dir, tmp_path):
    """Return a function that starts ``diffviz train`` in a process and reads epoch 1's line."""
    code = "import sys; from diffviz.tui.cli import main; sys.exit(main())"
    started = []

    def start():
        arguments = ["train", *SMALL[:4], "--epochs", 5000, "--device", "cpu", "--threads", 1]
        arguments += ["--data-dir", mnist_dir, "--out", tmp_path / "run"]
        process = subprocess.Popen(
            [sys.executable, "-c", code, *map(str, arguments)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline().startswith("training reference-unet")
        assert process.stdout.readline().startswith("32 mnist images, 5000 epochs")
        assert process.stdout.readline().startswith("epoch    1/5000")
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_ctrl_c_saves_a_checkpoint_and_resume_continues(diffviz, popen, tmp_path):
    run = tmp_path / "run"
    process = popen()
    busy = diffviz("train", "--resume", run)
    assert "another process is training" in busy.complaint
    process.send_signal(signal.SIGINT)
    out, err = process.communicate()
    assert process.returncode == 130
    assert err == "stopping after this batch…\n"
    assert f"--resume {run}" in out.splitlines()[-1]

    seen = batches(run)
    checkpoint = read_tensors(run / "checkpoint.safetensors")
    assert checkpoint.metadata["step"] == len(seen) >= 2
    with (run / "log.jsonl").open("a") as log:
        log.write('{"event": "batch", "st')  # as a crash would leave it
    epochs = seen[-1][1] + 1
    config = (run / "config.json").read_text()
    outcome = diffviz("train", "--resume", run, "--epochs", epochs)
    assert outcome.status == 0, outcome.err
    assert f"resuming after batch {len(seen)}" in outcome.out
    after = batches(run)
    assert after[: len(seen)] == seen
    assert [b[0] for b in after] == list(range(1, 2 * epochs + 1))
    expected = json.loads(config)
    expected["config"]["epochs"] = epochs
    assert json.loads((run / "config.json").read_text()) == expected
    # a run of its own, in this process, never interrupted
    again = diffviz("train", *SMALL[:4], "--epochs", epochs, "--out", tmp_path / "again",
                    "--device", "cpu", "--data-dir", tmp_path / "data")  # fmt: skip
    assert again.status == 0, again.err
    assert batches(tmp_path / "again") == after
    assert tensors(tmp_path / "again" / "weights.safetensors") == tensors(
        run / "weights.safetensors"
    )


@pytest.mark.parametrize(
    ("number", "status"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGUSR1, 138),
     (signal.SIGUSR2, 140), (signal.SIGXCPU, 152)],
)  # fmt: skip
def test_the_exit_status_is_that_of_the_signal(train, monkeypatch, tmp_path, number, status):
    show = plain_training.show_progress

    def interrupted(events):
        def raising():
            for event in events:
                if isinstance(event, Batch) and event.step == 1:
                    signal.raise_signal(number)
                yield event

        return show(raising())

    monkeypatch.setattr(plain_training, "show_progress", interrupted)
    outcome = train(tmp_path / "run")
    assert outcome.status == status
    assert "saved after epoch 1, batch 1" in outcome.out
    assert read_tensors(tmp_path / "run" / "checkpoint.safetensors").metadata["step"] == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_become_a_request(number, capsys):
    before = signal.getsignal(number)
    with stop_on_signals() as stop:
        assert not stop.event.is_set()
        os.kill(os.getpid(), number)
        assert stop.event.is_set()
        assert stop.status == 128 + number
    assert signal.getsignal(number) is before
    assert "stopping" in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP, signal.SIGUSR1])
def test_a_signal_that_was_ignored_before_stays_ignored(number):
    """As ``nohup`` and the background of a script ignore some."""
    before = signal.signal(number, signal.SIG_IGN)
    try:
        with stop_on_signals() as stop:
            signal.raise_signal(number)
            assert not stop.event.is_set()
    finally:
        signal.signal(number, before)


def test_sigquit_ends_a_training_at_once():
    with stop_on_signals(), pytest.raises(SystemExit) as ending:
        signal.raise_signal(signal.SIGQUIT)
    assert ending.value.code == 131


def test_a_second_ctrl_c_interrupts_at_once():
    with stop_on_signals():
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_weights_that_are_not_there_leave_no_run(train, diffviz, tmp_path, mnist_dir):
    run = tmp_path / "runs" / "x"
    for flag in ("--init", "--teacher"):
        assert f"{flag}: no weights" in train(run, flag, tmp_path / "nothere").complaint
    assert "the recipe trains a reference-unet" in train(run, "--init", "film-15").complaint
    assert not run.parent.exists()
    assert train(run, "--epochs", 1).status == 0


def test_a_warm_up_longer_than_the_training_is_said(diffviz, tmp_path, mnist_dir):
    arguments = ("--data-dir", mnist_dir, "--batch-size", 32, "--epochs", 2, "--device", "cpu")
    outcome = diffviz("train", *arguments, "--preview-every", 0, "--out", tmp_path / "run")
    assert outcome.status == 0
    assert "the warm-up (200 batches) is no shorter than the training (2)" in outcome.err
    assert "to 1% of its highest" in outcome.err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_training_goes_on_without_its_stdout(mnist_dir, tmp_path, monkeypatch, capsys):
    with open("/dev/full", "w", buffering=1) as gone:
        monkeypatch.setattr(sys, "stdout", gone)
        arguments = ("train", *SMALL, "--data-dir", mnist_dir, "--out", tmp_path / "run")
        status = main([str(argument) for argument in arguments])
        monkeypatch.undo()
    assert status == 0
    err = capsys.readouterr().err
    assert err.count("diffviz: stdout can't be written (No space left on device)") == 1
    assert len(batches(tmp_path / "run")) == 4
    assert (tmp_path / "run" / "weights.safetensors").exists()


def test_invalid_settings_are_one_line(train, diffviz, mnist_dir, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "no run in" in diffviz("train", "--resume", tmp_path / "nothing").complaint
    large = ("--recipe", "reference", "--batch-size", 64, "--data-dir", mnist_dir)
    assert "larger than the data set" in diffviz("train", *large, "--out", "a").complaint
    assert "choose one of" in diffviz("train", "--recipe", "best").usage_complaint
    assert "unknown data set" in diffviz("train", "--dataset", "cifar").complaint
    unreachable = diffviz("train", "--data-dir", tmp_path / "empty")
    assert "could not be downloaded" in unreachable.err.splitlines()[-1]
    assert unreachable.status == 1
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    cuda = ("--device", "cuda", "--data-dir", mnist_dir, "--out", tmp_path / "b")
    assert "no cuda device" in diffviz("train", *cuda).complaint
    (tmp_path / "file").write_text("")
    assert "can't make" in train(tmp_path / "file" / "run").complaint
    left = sorted(p.name for p in tmp_path.iterdir() if p.name != "empty")
    assert left == ["data", "file"]  # no empty run folders


def test_a_loss_of_nan_names_epoch_and_batch(train, tmp_path):
    outcome = train(tmp_path / "run", "--lr", 1e30)
    assert "in epoch 1, batch 2: there is no checkpoint yet" in outcome.complaint


def test_a_run_is_not_overwritten(train, tmp_path):
    assert train(tmp_path / "run", "--epochs", 1).status == 0
    before = (tmp_path / "run" / "log.jsonl").read_bytes()
    assert "--resume" in train(tmp_path / "run").complaint
    assert (tmp_path / "run" / "log.jsonl").read_bytes() == before


def test_lock_is_taken_by_the_command(train, diffviz, tmp_path):
    assert train(tmp_path / "run", "--epochs", 1).status == 0
    with RunFolder.open(tmp_path / "run"):
        assert "another process" in diffviz("train", "--resume", tmp_path / "run").complaint


def test_the_script_trains_as_the_command_does(mnist_dir, tmp_path, monkeypatch, capsys):
    spec = importlib.util.spec_from_file_location("train_cli", ROOT / "train_cli.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    arguments = [*SMALL, "--threads", 1, "--data-dir", mnist_dir, "--out", tmp_path / "run"]
    monkeypatch.setattr(sys, "argv", ["train_cli.py", *map(str, arguments)])
    assert script.main() == 0
    assert (tmp_path / "run" / "weights.safetensors").is_file()
    assert script.main() == 1  # the run is there now
    assert "--resume" in capsys.readouterr().err


def test_missing_tensorboard_is_one_line(train, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    complaint = train(tmp_path / "run", "--tensorboard").complaint
    assert "pip install 'diffviz[tensorboard]'" in complaint
    assert not (tmp_path / "run").exists()
