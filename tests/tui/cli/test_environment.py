"""What torchrun leaves in the environment, where torchrun wasn't."""

import pytest

from diffviz.core.errors import DiffvizError
from diffviz.core.machine.distributed import process_rank, process_threads


@pytest.mark.parametrize("size", ["two", "", "-1", "1.5"])
def test_an_invalid_number_of_processes_is_one_line(diffviz, monkeypatch, tmp_path, size):
    monkeypatch.setenv("WORLD_SIZE", size)
    done = diffviz("sample", "-n", 1, "-o", tmp_path / "one.png")
    assert done.complaint.endswith(
        f"WORLD_SIZE is '{size}': torchrun sets it to a number; unset it"
    )
    assert not (tmp_path / "one.png").exists()


def test_a_rank_is_ignored_with_one_process(monkeypatch):
    monkeypatch.setenv("RANK", "3")
    assert process_rank() == 0
    monkeypatch.setenv("WORLD_SIZE", "4")
    assert process_rank() == 3


def test_processes_on_one_machine_share_its_cores(monkeypatch):
    monkeypatch.setattr("diffviz.core.machine.distributed.default_threads", lambda: 8)
    assert process_threads() == 8
    for processes, threads in (("2", 4), ("3", 2), ("16", 1), ("0", 8)):
        monkeypatch.setenv("LOCAL_WORLD_SIZE", processes)
        assert process_threads() == threads
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "many")
    with pytest.raises(DiffvizError, match="LOCAL_WORLD_SIZE is 'many'"):
        process_threads()
