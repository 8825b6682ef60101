"""Undo and redo: nothing that was looked at is lost, within the memory that it may take."""

from types import SimpleNamespace
from typing import Any

from diffviz.core.sampling import SamplingSpec
from diffviz.tui.session.visits import Visit, Visits

SPEC = SamplingSpec(steps=10)


def visit(seed: int, size: int = 10) -> Visit:
    tree: Any = SimpleNamespace(size=size)
    history: Any = object()
    return Visit(seed, "toy", SPEC, (), False, history, tree)


def test_undo_goes_back_and_redo_forward():
    visits = Visits()
    visits.leave(visit(1))
    visits.leave(visit(2))
    back = visits.undo(visit(3))
    assert back is not None
    assert back.seed == 2
    first = visits.undo(back)
    assert first is not None
    assert first.seed == 1
    assert visits.undo(first) is None
    again = visits.redo(first)
    assert again is not None
    assert again.seed == 2
    newest = visits.redo(again)
    assert newest is not None
    assert newest.seed == 3
    assert visits.redo(newest) is None


def test_something_new_after_an_undo_ends_the_redo():
    visits = Visits()
    visits.leave(visit(1))
    back = visits.undo(visit(2))
    assert back is not None
    visits.leave(back)
    assert visits.redo(visit(5)) is None


def test_the_oldest_steps_are_given_up_for_memory_but_not_their_seeds():
    visits = Visits(limit=25)
    for seed in range(4):
        visits.leave(visit(seed))
    assert visits.size <= 25
    assert visits.find(0, "toy", SPEC) is None
    assert visits.find(3, "toy", SPEC) is not None
    seeds, current = [], visit(9)
    while (back := visits.undo(current)) is not None:
        seeds.append((back.seed, back.history is not None))
        current = back
    assert seeds == [(3, True), (2, True), (1, False), (0, False)]


def test_visits_that_share_a_tree_count_once():
    visits = Visits()
    one = visit(1)
    visits.leave(one)
    visits.leave(one._replace(path=((500, 1),)))
    assert visits.size == 10
