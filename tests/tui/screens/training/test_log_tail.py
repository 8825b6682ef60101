import json
from itertools import pairwise

import pytest

from diffviz.core.records import Batch, EpochDone
from diffviz.tui.screens.training import log_tail as tail_module
from diffviz.tui.screens.training.log_tail import Tail


@pytest.fixture
def log(tmp_path):
    return tmp_path / "log.jsonl"


def line(step: int, kind: str = "batch") -> str:
    return json.dumps({"event": kind, "step": step}) + "\n"


def steps(tail: Tail) -> list[int]:
    return [event.step for event in tail.read()]


def test_only_what_is_new_is_read(log):
    tail = Tail(log)
    assert not tail.open()
    assert steps(tail) == []
    log.write_text(line(1) + line(2))
    assert tail.open()
    assert steps(tail) == [1, 2]
    assert not tail.open()
    assert steps(tail) == []
    with log.open("a") as file:
        file.write(line(3))
    assert not tail.open()
    assert steps(tail) == [3]
    tail.close()


def test_a_half_written_line_waits_for_its_end(log):
    whole = line(2)
    log.write_text(line(1) + whole[:9])
    tail = Tail(log)
    tail.open()
    assert steps(tail) == [1]
    assert steps(tail) == []
    with log.open("a") as file:
        file.write(whole[9:])
    assert steps(tail) == [2]
    tail.close()


def test_invalid_lines_are_skipped(log):
    log.write_bytes(b"\x00\xff\n[]\n{\n" + line(1).encode() + b'{"event": "batch"}\n\n')
    tail = Tail(log)
    tail.open()
    assert steps(tail) == [1]
    tail.close()


def test_a_log_that_was_cut_back_is_read_from_its_beginning(log, tmp_path):
    log.write_text(line(1) + line(2) + line(3))
    tail = Tail(log)
    tail.open()
    assert steps(tail) == [1, 2, 3]
    shorter = tmp_path / "new"
    shorter.write_text(line(1) + line(2) + line(7))
    shorter.replace(log)
    assert tail.open()
    assert steps(tail) == [1, 2, 7]
    log.write_text(line(9))
    assert tail.open()
    assert steps(tail) == [9]
    tail.close()


def test_a_long_log_is_thinned_but_for_its_end_and_its_rare_events(log, monkeypatch):
    for name, value in {"_THIN_FROM": 1000, "_THIN_TO": 50, "_WHOLE_END": 700}.items():
        monkeypatch.setattr(tail_module, name, value)
    monkeypatch.setattr(tail_module, "_CHUNK", 500)
    text = "".join(line(n) + (line(n, "epoch") if n % 100 == 0 else "") for n in range(1, 1001))
    log.write_text(text)
    tail = Tail(log)
    tail.open()
    events = list(tail.read())
    batches = [event.step for event in events if isinstance(event, Batch)]
    assert [e.step for e in events if isinstance(e, EpochDone)] == list(range(100, 1001, 100))
    assert tail.every > 10
    assert 50 <= len(batches) < 200
    assert batches == sorted(set(batches))
    assert set(range(985, 1001)) <= set(batches)
    assert max(b - a for a, b in pairwise(batches)) <= 2 * tail.every
    tail.close()
