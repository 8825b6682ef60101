"""What torchrun and job managers leave in the environment."""

import pytest

from diffviz.core.errors import DiffvizError
from diffviz.core.machine import distributed
from diffviz.core.machine.distributed import joined, process_count, process_rank, process_threads


@pytest.fixture
def group(monkeypatch):
    """Return a function that sets the variables of a group of processes."""

    def set_variables(**values):
        for name, value in values.items():
            monkeypatch.setenv(name, str(value))

    return set_variables


@pytest.mark.needs_torch
@pytest.mark.parametrize("size", ["two", "", "-1", "1.5", "0"])
def test_an_invalid_number_of_processes_is_one_line(diffviz, group, tmp_path, size):
    group(WORLD_SIZE=size)
    done = diffviz("train", "--plain", "--dataset", "synthetic", "--out", tmp_path / "run")
    assert f"WORLD_SIZE is {size or repr(size)}".replace("'", "") in done.complaint.replace("'", "")
    assert "unset it" in done.complaint
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("size", ["2", "two", "0"])
def test_only_training_counts_processes_of_other_programs(diffviz, group, tmp_path, size):
    """Job managers set these variables in a container, for all that runs in it."""
    group(WORLD_SIZE=size, RANK=1, LOCAL_RANK=1, LOCAL_WORLD_SIZE=2, MASTER_ADDR="127.0.0.1")
    done = diffviz("sample", "-n", 1, "--sampler", "ddim", "--steps", 1, "-o", tmp_path / "a.png")
    assert done.status == 0
    assert (tmp_path / "a.png").exists()


def test_torchrun_makes_a_group_for_every_command(group):
    group(WORLD_SIZE=4, RANK=3)
    assert (process_count(), process_rank()) == (1, 0)
    assert (process_count(training=True), process_rank(training=True)) == (4, 3)
    group(TORCHELASTIC_RUN_ID="none")
    assert (process_count(), process_rank()) == (4, 3)


def test_a_rank_is_ignored_with_one_process(group):
    group(RANK=3, WORLD_SIZE=1, TORCHELASTIC_RUN_ID="none")
    assert process_rank() == 0


def test_processes_on_one_machine_share_its_cores(group, monkeypatch):
    monkeypatch.setattr("diffviz.core.machine.distributed.default_threads", lambda: 8)
    group(LOCAL_WORLD_SIZE=4)
    assert process_threads(training=True) == 8
    group(WORLD_SIZE=2)
    for processes, threads in (("2", 4), ("3", 2), ("16", 1), ("0", 8)):
        group(LOCAL_WORLD_SIZE=processes)
        assert process_threads(training=True) == threads
        assert process_threads() == 8
    group(LOCAL_WORLD_SIZE="many")
    with pytest.raises(DiffvizError, match="LOCAL_WORLD_SIZE is 'many'"):
        process_threads(training=True)


@pytest.mark.needs_torch
def test_waiting_for_other_processes_is_told_and_ends(group, monkeypatch):
    """Nobody else comes: a line says so, and the wait has an end."""
    monkeypatch.setattr(distributed, "_TELL_AFTER_S", 0.0)
    monkeypatch.setattr(distributed, "_MEETING", distributed.timedelta(seconds=1))
    group(WORLD_SIZE=2, RANK=0, MASTER_ADDR="127.0.0.1", MASTER_PORT=29533)
    told: list[str] = []
    with (
        pytest.raises(DiffvizError, match="the other 1 of 2 processes can't be reached"),
        joined("cpu", training=True, tell=told.append),
    ):
        pass
    assert told == [
        "waiting for the other 1 of 2 processes (WORLD_SIZE is 2: unset it to work alone)"
    ]
