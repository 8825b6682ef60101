"""Run folders in other hands: two trainers, stale locks, nonsense where commands are sent."""

import random
import signal

import pytest

from diffviz.core.records import Finished
from diffviz.core.runs import read_log

TRAIN = ("train", "--dataset", "synthetic", "--recipe", "reference", "--epochs", "2")
TRAIN += ("--batch-size", "64", "--threads", "1", "--device", "cpu")


@pytest.fixture
def trainer(start, tmp_path):
    """Return a training that has done some batches."""
    process = start(*TRAIN, "--out", tmp_path / "run")
    log = tmp_path / "run" / "log.jsonl"
    process.read_until(lambda: log.exists() and b'"batch"' in log.read_bytes())
    return process


def test_a_second_trainer_is_refused(start, tmp_path, trainer, tell):
    run = tmp_path / "run"
    for arguments in (("train", "--resume", run), (*TRAIN, "--out", run)):
        second = start(*arguments)
        assert second.end() == 1
        assert "diffviz: error:" in second.text
        assert "process is training" in second.text or "holds a run already" in second.text
    assert trainer.end(signal.SIGTERM) == 143
    assert start("train", "--resume", run).end() == 0
    tell("train | a second trainer on the same folder | 2 | refused, the first undisturbed")


@pytest.mark.parametrize("content", [b"", b"999999\n", b"\x00\xff garbage", b'{"pid": 1}'])
def test_stale_locks_keep_nobody_out(start, tmp_path, trainer, content, tell):
    """A lock file without a living owner never keeps anyone out."""
    assert trainer.end(signal.SIGKILL) == -9
    (tmp_path / "run" / "lock").write_bytes(content)
    assert start("train", "--resume", tmp_path / "run").end() == 0
    tell("train | a lock left by a dead trainer, with any content | 1 | goes on")


def test_invalid_commands_are_skipped(start, tmp_path, trainer, tell):
    chance, path = random.Random(4), tmp_path / "run" / "commands.jsonl"
    for _ in range(30):
        with path.open("ab") as file:
            file.write(chance.randbytes(chance.randrange(200)))
            file.write(chance.choice((b"\n", b"", b'\n{"command": "dance"}\n', b"[" * 5000)))
        trainer.read(0.02)
    assert trainer.process.poll() is None
    with path.open("ab") as file:
        file.write(b'\n{"command": "stop"}\n')
    trainer.end()
    events = list(read_log(tmp_path / "run" / "log.jsonl"))
    assert isinstance(events[-1], Finished)
    assert not events[-1].complete
    tell("train | nonsense in commands.jsonl | 30 | passed over, a true command still obeyed")


def test_deleted_log_and_lock_leave_no_traceback(start, tmp_path, trainer, tell):
    """The log is deleted, the lock too: the run still ends, or says why not."""
    trainer.read(0.5)
    for name in ("log.jsonl", "lock", "commands.jsonl"):
        (tmp_path / "run" / name).unlink(missing_ok=True)
    assert trainer.end() in (0, 1)
    assert start("train", "--resume", tmp_path / "run").end() in (0, 1)
    tell("train | its log and lock deleted under it | 1 | no traceback")
