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
from diffviz.tui.plain import train as plain_training
from diffviz.tui.terminal.signals import stop_on_signals

pytestmark = pytest.mark.needs_torch

ROOT = Path(__file__).resolve().parents[3]
SMALL = ("--recipe", "reference", "--batch-size", 16, "--epochs", 2, "--device", "cpu")


@pytest.fixture
def train(diffviz, mnist_dir):
    """Return a function that trains on the small MNIST into a folder."""

    def call(folder, *arguments):
        return diffviz("train", *SMALL, "--data-dir", mnist_dir, "--out", folder, *arguments)

    return call


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
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
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


def test_a_second_ctrl_c_interrupts_at_once():
    with stop_on_signals():
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


@pytest.mark.parametrize(
    ("flag", "value"),
    [("--lr", "0.1"), ("--batch-size", "8"), ("--seed", "0"), ("--recipe", "reference"),
     ("--dataset", "synthetic"), ("--out", "elsewhere")],
)  # fmt: skip
def test_resume_keeps_the_settings_of_the_run(train, diffviz, tmp_path, flag, value):
    run = tmp_path / "run"
    assert train(run, "--epochs", 1).status == 0
    before = {p: p.read_bytes() for p in run.rglob("*") if p.is_file()}
    outcome = diffviz("train", "--resume", run, flag, value)
    assert flag in outcome.complaint
    assert {p: p.read_bytes() for p in run.rglob("*") if p.is_file()} == before


def test_refused_resume_leaves_the_configuration(train, diffviz, tmp_path):
    run = tmp_path / "run"
    assert train(run, "--epochs", 2).status == 0
    before = (run / "config.json").read_bytes()
    assert "fewer" in diffviz("train", "--resume", run, "--epochs", 1).complaint
    assert (run / "config.json").read_bytes() == before
    assert diffviz("train", "--resume", run).status == 0


def test_resume_with_other_data_is_refused(train, diffviz, mnist_dir, tmp_path):
    run = tmp_path / "run"
    assert train(run, "--epochs", 1).status == 0
    images = mnist_dir / "MNIST" / "raw" / "train-images-idx3-ubyte"
    images.write_bytes(images.read_bytes()[:-1] + b"\x09")
    checkpoint = (run / "checkpoint.safetensors").read_bytes()
    assert "other images" in diffviz("train", "--resume", run, "--epochs", 3).complaint
    assert (run / "checkpoint.safetensors").read_bytes() == checkpoint


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
    assert "in epoch 1, batch 2" in outcome.complaint


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
