"""Wrong input ends in one line that says what to do, never in a traceback or half a file."""

import os
import pickle
import subprocess
import sys
import tempfile
import zipfile

import numpy as np
import pytest

from diffviz.core.files import atomic, results
from diffviz.core.models.arrays import read_arrays
from diffviz.core.models.catalog import bundled_names
from diffviz.tui.cli import guarded, main

from ...weights_files import save_arrays

OLD = b"what was there before"


@pytest.fixture
def output(tmp_path):
    """Return an existing file that a failing command must leave alone."""
    path = tmp_path / "digits.png"
    path.write_bytes(OLD)
    yield path
    assert path.read_bytes() == OLD
    assert not list(tmp_path.glob(".*.tmp"))


@pytest.fixture
def damaged(weights_file, tmp_path):
    """Return a folder of weights files, each wrong in its own way."""
    good = weights_file.read_bytes()
    (tmp_path / "truncated.safetensors").write_bytes(good[: len(good) // 2])
    (tmp_path / "garbage.safetensors").write_bytes(b"\x80garbage" * 100)
    (tmp_path / "pickle.pt").write_bytes(pickle.dumps({"a": 1}))
    with zipfile.ZipFile(tmp_path / "torch.pt", "w") as file:  # as torch.save writes them
        file.writestr("torch/data.pkl", pickle.dumps({"a": 1}))
    (tmp_path / "empty.safetensors").write_bytes(b"")
    file = read_arrays(weights_file)
    nan = file.tensors | {"raw.conv1.bias": np.full(32, np.nan, np.float32)}
    save_arrays(tmp_path / "nan.safetensors", nan, file.metadata)
    few = {k: v for k, v in file.tensors.items() if k != "raw.conv1.bias"}
    save_arrays(tmp_path / "few.safetensors", few, file.metadata)
    other = file.metadata | {"architecture": "resnet"}
    save_arrays(tmp_path / "other.safetensors", file.tensors, other)
    return tmp_path


WEIGHTS = ["truncated.safetensors", "garbage.safetensors", "pickle.pt", "torch.pt"]
WEIGHTS += ["empty.safetensors", "nan.safetensors", "few.safetensors", "other.safetensors"]
WEIGHTS += ["missing.safetensors", "missing", "missing:ema", "@7", "x" * 400]


@pytest.mark.parametrize("name", WEIGHTS)
@pytest.mark.parametrize("command", ["sample", "run"])
def test_bad_weights_are_one_line(diffviz, damaged, output, command, name):
    arguments = [command, "--weights", damaged / name, "--steps", 5]
    outcome = diffviz(*arguments, *(["-o", output] if command == "sample" else []))
    assert outcome.complaint


def test_unknown_sets_of_bundled_weights_are_one_line(diffviz, output):
    for name in bundled_names():
        outcome = diffviz("sample", "--weights", f"{name}:foo", "-o", output)
        assert "raw or ema" in outcome.complaint


def test_impossible_outputs_are_one_line(diffviz, weights_file, tmp_path):
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "file").write_bytes(OLD)
    for name, word in (
        ("digits.jpeg", ".png or .npz or .npy"),
        ("digits", ".png or .npz or .npy"),
        ("folder.png", "it is a folder"),
        ("missing/digits.png", "there is no folder"),
        ("file/digits.png", "there is no folder"),
        ("x" * 300 + ".png", "too long"),
    ):
        outcome = diffviz("sample", "--weights", weights_file, "-n", 1, "-o", tmp_path / name)
        assert word in outcome.complaint
    outcome = diffviz("sample", "--weights", weights_file, "--trajectory", tmp_path / "a.gif")
    assert ".png" in outcome.complaint
    assert {p.name for p in tmp_path.iterdir()} == {"folder.png", "file"}


def test_impossible_outputs_are_refused_before_sampling(diffviz, tmp_path, monkeypatch):
    def fail(*_args, **_kwargs):
        raise AssertionError("weights were loaded first")

    monkeypatch.setattr("diffviz.core.pipeline.Pipeline.load", fail)
    assert diffviz("sample", "-o", tmp_path / "no" / "digits.png").complaint


def test_a_folder_without_permission_is_one_line(diffviz, weights_file, tmp_path, monkeypatch):
    def refuse(*_args):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(results, "temporary_beside", refuse)
    path = tmp_path / "new.png"
    outcome = diffviz("sample", "--weights", weights_file, "-n", 1, "-o", path)
    assert "no permission" in outcome.complaint


def test_a_write_protected_output_is_refused_before_sampling(diffviz, output, monkeypatch):
    monkeypatch.setattr(results.os, "access", lambda *_args, **_kwargs: False)
    outcome = diffviz("sample", "--weights", "no such weights", "-o", output)
    assert "write-protected" in outcome.complaint
    assert output.read_bytes() == OLD


def test_digits_that_find_no_room_are_put_elsewhere(diffviz, weights_file, tmp_path, monkeypatch):
    """Both files of the command are saved, each where there is room, and the line says where."""
    crowded, spare = tmp_path / "crowded", tmp_path / "spare"
    crowded.mkdir()
    spare.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(spare))
    beside = atomic.temporary_beside

    def full(target, name):
        if target.parent == crowded:
            raise OSError(28, "No space left on device")
        return beside(target, name)

    monkeypatch.setattr(atomic, "temporary_beside", full)
    outcome = diffviz(
        "sample", "--weights", weights_file, "--sampler", "ddim", "--steps", 5, "-n", 2,
        "-o", crowded / "a.npy", "--trajectory", crowded / "b.png",
    )  # fmt: skip
    assert outcome.complaint.count("No space left on device: the result is in") == 2
    assert np.load(spare / "a-2.npy").shape == (2, 28, 28)
    assert str(spare / "a-2.npy") in outcome.complaint
    assert (spare / "b-2.png").exists()
    assert not list(crowded.iterdir())


@pytest.mark.parametrize("ending", ["png", "npz", "npy"])
def test_a_disk_that_fills_up_is_one_line(diffviz, weights_file, tmp_path, monkeypatch, ending):
    path = tmp_path / f"digits.{ending}"
    path.write_bytes(OLD)

    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    outcome = diffviz("sample", "--weights", weights_file, "--steps", 5, "-n", 1, "-o", path)
    assert "No space left on device" in outcome.complaint
    assert path.read_bytes() == OLD
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("name", ["cuda", "cuda:1", "mps", "cpu:"])
@pytest.mark.needs_torch
def test_missing_and_unusable_devices_are_one_line(
    diffviz, weights_file, output, monkeypatch, name
):
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    outcome = diffviz("sample", "--weights", weights_file, "--device", name, "-o", output)
    assert "device" in outcome.complaint


@pytest.mark.parametrize("name", ["tpu", "", ":0"])
def test_unknown_devices_are_usage_errors(diffviz, name):
    assert f"unknown device '{name}'" in diffviz("sample", "--device", name).usage_complaint


@pytest.mark.needs_torch
def test_missing_cuda_is_one_line(diffviz, weights_file, output, monkeypatch):
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    outcome = diffviz("sample", "--weights", weights_file, "--device", "cuda:2", "-o", output)
    assert "2 CUDA devices" in outcome.complaint


USAGE = [
    (["sample", "-n", "0"], "at least 1"),
    (["sample", "-n", "1.5"], "at least 1"),
    (["sample", "--steps", "0"], "from 1 to 1000"),
    (["sample", "--steps", "1001"], "from 1 to 1000"),
    (["sample", "--seed", "-1"], f"from 0 to {2**64 - 1}"),
    (["sample", "--seed", str(2**64)], f"from 0 to {2**64 - 1}"),
    (["sample", "--seed", "seven"], f"from 0 to {2**64 - 1}"),
    (["sample", "--threads", "0"], "from 1 to 1024"),
    (["sample", "--sampler", "euler"], "ddpm"),
    (["sample", "--eta", "11"], "from 0 to 10"),
    (["sample", "--noise", "-0.5"], "from 0 to 1"),
    (["sample", "--noise", "nan"], "from 0 to 1"),
    (["run", "--speed", "0"], "above 0, or 'max'"),
    (["run", "--speed", "fast"], "above 0, or 'max'"),
    (["train", "--lr", "0"], "above 0"),
    (["train", "--lr", "nan"], "above 0"),
    (["train", "--lr", "inf"], "above 0"),
    (["train", "--epochs", "0"], "from 1 to 100000"),
    (["train", "--batch-size", "0"], "from 1 to 65536"),
    (["shown"], "choose one of run, draw, sample"),
    (["sample", "--colour"], "--colour"),
]


@pytest.mark.parametrize(("arguments", "word"), USAGE)
def test_invalid_arguments_are_usage_errors(diffviz, arguments, word):
    assert word in diffviz(*arguments).usage_complaint


def test_seeds_beyond_the_last_are_refused(diffviz, weights_file, tmp_path):
    command = ("sample", "--weights", weights_file, "--steps", 5, "--seed", 2**64 - 2)
    assert diffviz(*command, "-n", 2, "-o", tmp_path / "a.npy").status == 0
    assert "2**64 - 1" in diffviz(*command, "-n", 3, "-o", tmp_path / "b.npy").usage_complaint


def test_eta_for_a_sampler_without_it_is_refused(diffviz, weights_file, output):
    command = ("sample", "--weights", weights_file, "-o", output, "--sampler")
    assert "use ddim or sa-solver" in diffviz(*command, "ddpm", "--eta", 0.5).usage_complaint
    assert "from 0 to 1, not 2" in diffviz(*command, "ddim", "--eta", 2).usage_complaint


def test_following_something_else_than_a_run_is_refused(diffviz, tmp_path):
    for name in (tmp_path, tmp_path / "missing", "default"):
        assert "no run in" in diffviz("run", "--follow", name).complaint
    (tmp_path / "config.json").write_text("{}")
    outcome = diffviz("run", "--follow", tmp_path, "--weights", "default")
    assert "leave --weights out" in outcome.usage_complaint
    assert "no weights yet" in diffviz("run", "--follow", tmp_path).complaint


def test_an_interrupt_exits_130(capsys):
    def command():
        raise KeyboardInterrupt

    assert guarded(command) == 130
    assert capsys.readouterr().err == "diffviz: interrupted\n"


def test_too_little_memory_is_one_line(capsys):
    assert guarded(lambda: bytearray(1 << 62)) == 1
    assert capsys.readouterr().err == (
        "diffviz: error: there is not enough memory: ask for fewer at a time, or raise the limit\n"
    )


@pytest.mark.parametrize(
    ("command", "status"), [("raise DiffvizError('bad')", 1), ("return 129", 129), ("return 0", 1)]
)
def test_the_exit_status_is_right_if_stderr_cannot_be_written(command, status):
    """A terminal that is gone takes no complaint, and what was printed fails late."""
    code = f"""
import sys
import tempfile
import zipfile
from diffviz.core.errors import DiffvizError
from diffviz.tui.cli import guarded
def command():
    sys.stdout.write("something")
    {command}
sys.exit(guarded(command))
"""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-c", code], stdout=full, stderr=full, env=env, check=False
        )
    assert done.returncode == status


def test_bugs_raise_their_traceback():
    def command():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        guarded(command)


def test_help_and_version_exit_0(capsys):
    for arguments, word in ((["--help"], "Exit codes"), (["--version"], "diffviz ")):
        with pytest.raises(SystemExit) as exit_:
            main(arguments)
        assert exit_.value.code == 0
        assert word in capsys.readouterr().out


@pytest.mark.parametrize("command", [("run",), ("run", "--once"), ("draw",)])
def test_a_folder_without_real_digits_is_one_line_and_is_not_made(diffviz, tmp_path, command):
    folder = tmp_path / "typo"
    complaint = diffviz(*command, "--data-dir", folder).complaint
    assert f"no MNIST in --data-dir {folder} (there is no folder {folder})" in complaint
    assert not folder.exists()
