"""The lock of a run: what is known, what isn't, and what its file and log tell then."""

import errno
import fcntl
import json
import os
import time

import pytest

from diffviz.core.errors import DiffvizError
from diffviz.core.recipes import TrainConfig
from diffviz.core.records import Batch, Failed, Finished, Started
from diffviz.core.runs import RunFolder, event_line
from diffviz.core.runs.lock import Holder, holder_of, is_held
from diffviz.core.runs.run_state import RunState, run_state, summarise

STARTED = Started("run", "tiny", 500, "synthetic", 26, "cpu", 2, 3, 8, 0)
BATCH = Batch(1, 1, 1, 0.5, 0.25, 1e-3, 16.0)
FINISHED = Finished(6, 2, 3, 3.0, True, "weights.safetensors")
STOPPED = Finished(1, 1, 1, 0.5, False, "checkpoint.safetensors")
NO_LOCKS = [errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP, errno.EBADF]


@pytest.fixture
def run(tmp_path):
    with RunFolder.create(tmp_path / "run", TrainConfig(epochs=2)):
        pass
    return tmp_path / "run"


def write_log(run, *events, age=0.0):
    (run / "log.jsonl").write_text("".join(map(event_line, events)))
    then = time.time() - age
    for path in run.iterdir():
        os.utime(path, (then, then))


def name_holder(run, **holder):
    (run / "lock").write_text(json.dumps(holder) + "\n")


def without_locks(monkeypatch, number):
    def fail(*_args):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", fail)


@pytest.mark.parametrize("number", NO_LOCKS)
def test_a_file_system_without_locks_stops_no_training(run, tmp_path, monkeypatch, number):
    without_locks(monkeypatch, number)
    with RunFolder.open(run) as folder:
        assert folder.lock_problem == os.strerror(number)
    with RunFolder.create(tmp_path / "new", TrainConfig()) as folder:
        assert folder.lock_problem == os.strerror(number)


def test_a_lock_that_works_has_no_problem(run):
    with RunFolder.open(run) as folder:
        assert folder.lock_problem is None


@pytest.mark.parametrize(
    ("events", "age", "state"),
    [
        ((STARTED, BATCH), 1.0, RunState.RUNNING),
        ((STARTED, BATCH), 300.0, RunState.DEAD),
        ((STARTED, BATCH, FINISHED), 1.0, RunState.FINISHED),
        ((STARTED, BATCH, STOPPED), 1.0, RunState.STOPPED),
        ((STARTED, Failed(1, "no")), 1.0, RunState.FAILED),
    ],
)
@pytest.mark.parametrize("unknown", ["no locks", "unreadable"])
def test_without_a_lock_the_log_shows_the_state(run, monkeypatch, events, age, state, unknown):
    write_log(run, *events, age=age)
    if unknown == "no locks":
        without_locks(monkeypatch, errno.ENOLCK)
    else:
        opened = os.open

        def refuse(path, *rest):
            if str(path).endswith("lock"):
                raise PermissionError(errno.EACCES, "Permission denied")
            return opened(path, *rest)

        monkeypatch.setattr("diffviz.core.runs.lock.os.open", refuse)
    assert run_state(run) is state
    assert is_held(run) is (state is RunState.RUNNING)


def test_a_run_without_a_lock_file_is_held_by_nobody(run):
    write_log(run, STARTED, BATCH)
    (run / "lock").unlink()
    assert holder_of(run) is None


def test_a_training_of_another_computer_is_seen(run):
    """Locks of some network file systems don't show on other computers."""
    write_log(run, STARTED, BATCH)
    name_holder(run, pid=1, host="elsewhere")
    assert holder_of(run) == Holder("elsewhere")
    summary = summarise(run)
    assert (summary.state, summary.host) == (RunState.RUNNING, "elsewhere")
    with pytest.raises(DiffvizError, match="trains on elsewhere"):
        RunFolder.open(run)
    assert json.loads((run / "lock").read_text())["host"] == "elsewhere"
    write_log(run, STARTED, BATCH, age=90)
    assert holder_of(run) is None
    with RunFolder.open(run):
        pass


@pytest.mark.parametrize("last", [FINISHED, STOPPED, Failed(1, "no")])
def test_a_training_that_ended_on_another_computer_goes_on_here(run, last):
    write_log(run, STARTED, BATCH, last)
    name_holder(run, pid=1, host="elsewhere")
    assert holder_of(run) is None
    with RunFolder.open(run):
        assert json.loads((run / "lock").read_text())["pid"] == os.getpid()


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"host": 3}', '{"host": ""}', "[" * 4000, "x" * 9999]
)
def test_a_damaged_lock_file_names_nobody(run, content):
    write_log(run, STARTED, BATCH)
    (run / "lock").write_text(content)
    assert holder_of(run) is None
    with RunFolder.open(run):
        pass


def test_without_locks_a_living_trainer_of_this_computer_is_not_disturbed(run, monkeypatch):
    without_locks(monkeypatch, errno.ENOSYS)
    write_log(run, STARTED, BATCH)
    host = os.uname().nodename
    name_holder(run, pid=os.getppid(), host=host)
    with pytest.raises(DiffvizError, match="another process is training"):
        RunFolder.open(run)
    ended = os.spawnlp(os.P_NOWAIT, "true", "true")
    os.waitpid(ended, 0)
    name_holder(run, pid=ended, host=host)
    with RunFolder.open(run):
        pass
