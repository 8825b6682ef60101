"""Full disks, folders one may not write in, and clocks that jump."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from diffviz.core.models.weight_files import read_tensors
from diffviz.core.records import Batch, EpochDone, Finished
from diffviz.core.runs import read_log

pytestmark = pytest.mark.needs_torch

OLD = b"what was there before"
TRAIN = ("train", "--dataset", "synthetic", "--recipe", "reference", "--epochs", "1")
TRAIN += ("--batch-size", "512", "--threads", "1", "--device", "cpu")
SAMPLE = ("sample", "-n", "64", "--sampler", "ddim", "--steps", "2")
RECORD = ("record", "--sampler", "ddim", "--steps", "30", "--size", "60x20")


def commands(folder: Path, mnist: Path) -> dict[str, tuple[tuple, str]]:
    """Return by name: a command that writes into ``folder``, and the file it would write."""
    return {
        "train": ((*TRAIN, "--out", folder / "run"), "run/weights.safetensors"),
        "sample .png": ((*SAMPLE, "-o", folder / "a.png"), "a.png"),
        "sample .npz": ((*SAMPLE, "-o", folder / "a.npz"), "a.npz"),
        "eval": (
            ("eval", "-n", "100", "--sampler", "ddim", "--steps", "2", "--data-dir", mnist,
             "--weights", "reference", "--json", folder / "a.json"), "a.json"),
        "record .cast": ((*RECORD, folder / "a.cast"), "a.cast"),
        "record .gif": ((*RECORD, folder / "a.gif"), "a.gif"),
    }  # fmt: skip


NAMES = ["train", "sample .png", "sample .npz", "eval", "record .cast", "record .gif"]


def one_complaint(command) -> str:
    """Wait for a command that has to fail, and return its one line about it."""
    assert command.end() == 1, command.text
    complaints = [line for line in command.text.splitlines() if "diffviz: error:" in line]
    assert len(complaints) == 1, command.text
    return complaints[0]


def limit_files(size: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.mark.parametrize("name", NAMES)
def test_a_file_size_limit_is_one_line(start, tmp_path, larger_mnist, name, tell):
    arguments, target = commands(tmp_path, larger_mnist)[name]
    assert name in commands(tmp_path, larger_mnist)
    if name != "train":
        (tmp_path / target).write_bytes(OLD)
    process = start(*arguments, preexec_fn=lambda: limit_files(600))
    complaint = one_complaint(process)
    assert "File too large" in complaint or "can't write" in complaint
    if name != "train":
        assert (tmp_path / target).read_bytes() == OLD
    assert not list(tmp_path.rglob(".*.tmp"))
    tell(f"{name} | files of at most 600 bytes (RLIMIT_FSIZE) | 1 | refused, old file kept")


@pytest.fixture
def small_disk(tmp_path):
    """Return a disk of 1 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(folder)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("may not mount a small disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_training_on_a_full_disk_resumes_once_there_is_room(start, small_disk, tell):
    """Room for the log, none for a checkpoint; then room is made and the run goes on."""
    run = small_disk / "run"
    complaint = one_complaint(start(*TRAIN, "--out", run))
    assert "No space left" in complaint
    assert not list(small_disk.rglob(".*.tmp"))
    subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk)], check=True)
    assert start("train", "--resume", run).end() == 0
    read_tensors(run / "weights.safetensors")
    tell("train | disk of 1 MiB (tmpfs) fills up, then has room: --resume | 1 | finished")


def test_recording_on_a_full_disk_leaves_nothing_behind(start, small_disk, tell):
    (small_disk / "rest").write_bytes(bytes(1040 << 10)[: (1 << 20) - 8192])
    for name in ("a.cast", "a.gif"):
        complaint = one_complaint(start(*RECORD, small_disk / name))
        assert "No space left" in complaint
    assert [path.name for path in small_disk.iterdir()] == ["rest"]
    tell("record | full disk | 2 | refused, nothing left behind")


@pytest.fixture
def closed(tmp_path):
    """Return a folder nobody may write in; permissions alone would not stop root."""
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o555)
    if os.geteuid():
        yield folder
        return
    mount = ["mount", "-t", "tmpfs", "-o", "ro,size=1m", "none", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("may not mount a disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.parametrize("name", NAMES)
def test_a_read_only_folder_is_one_line(start, closed, larger_mnist, name, tell):
    arguments, _ = commands(closed, larger_mnist)[name]
    complaint = one_complaint(start(*arguments))
    assert any(words in complaint for words in ("permission", "can't", "Read-only"))
    assert not list(closed.iterdir())
    tell(f"{name} | folder that is read-only | 1 | refused")


@pytest.mark.parametrize("name", ["sample .png", "eval"])
def test_commands_work_with_a_read_only_cache(start, closed, larger_mnist, tmp_path, name, tell):
    """Nothing that only saves time may stop a command that can do without."""
    arguments, target = commands(tmp_path, larger_mnist)[name]
    process = start(*arguments, env={"XDG_CACHE_HOME": str(closed)})
    assert process.end() == 0, process.text
    assert (tmp_path / target).stat().st_size > 600
    tell(f"{name} | cache folder that is read-only | 1 | finished")


JUMPING = """
import random, time
real, chance = time.time, random.Random(5)
time.time = lambda: real() + chance.choice((-1e9, -3600.0, 0.0, 3600.0, 1e9))
"""


@pytest.mark.parametrize("name", NAMES)
def test_commands_work_while_the_clock_jumps(start, tmp_path, larger_mnist, name, tell):
    arguments, target = commands(tmp_path, larger_mnist)[name]
    process = start(*arguments, before=JUMPING)
    assert process.end() == 0, process.text
    assert (tmp_path / target).stat().st_size > 600
    if name == "train":
        events = list(read_log(tmp_path / "run" / "log.jsonl"))
        walls = [e.wall_s for e in events if isinstance(e, Batch | EpochDone | Finished)]
        assert walls == sorted(walls)
        assert walls[-1] < 3600
    tell(f"{name} | clock jumps by an hour and by 30 years | 1 | finished, times in order")


def test_the_jumping_clock_jumps():
    code = JUMPING + "\nprint(len({round(time.time(), -5) for _ in range(50)}))"
    seen = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(seen.stdout) >= 3
