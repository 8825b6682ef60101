"""Threads that share work, and the threads of numpy's BLAS."""

import threading
from contextlib import suppress

import pytest

from diffviz.core.machine import blas
from diffviz.core.machine.parallel import in_threads


def test_blas_has_one_thread_for_a_pass_and_its_own_after():
    control = blas._control()
    if control is None:
        pytest.skip("not OpenBLAS")
    before = control.get()
    try:
        for threads in (2, 1):
            control.set(threads)
            with suppress(KeyError), blas.one_thread():
                assert control.get() == 1
                raise KeyError  # also when a pass fails
            assert control.get() == threads
    finally:
        control.set(before)


@pytest.mark.parametrize("threads", [1, 3])
def test_results_come_in_the_order_of_the_parts(threads):
    assert in_threads(lambda part: part * 2, range(20), threads) == list(range(0, 40, 2))
    assert in_threads(lambda part: part, [], threads) == []


def test_as_many_threads_as_asked_for(monkeypatch):
    monkeypatch.setattr("diffviz.core.machine.parallel.can_limit", lambda: True)
    together = threading.Barrier(3, timeout=20)  # passes only if three are at work at once
    in_threads(lambda _: together.wait(), range(3), 3)


def test_one_after_the_other_where_blas_keeps_its_threads(monkeypatch):
    monkeypatch.setattr("diffviz.core.machine.parallel.can_limit", lambda: False)
    used = in_threads(lambda _: threading.current_thread(), range(3), 3)
    assert set(used) == {threading.current_thread()}


@pytest.mark.parametrize("threads", [1, 3])
def test_an_error_in_a_part_is_raised(threads):
    with pytest.raises(ZeroDivisionError):
        in_threads(lambda part: 1 // part, [1, 0, 1], threads)
