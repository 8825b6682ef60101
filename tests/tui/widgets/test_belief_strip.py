"""The strip of beliefs: which class is written where."""

import numpy as np

from diffviz.tui.widgets.belief_strip import BeliefStrip, letters_of


def lines(columns, names, height):
    strip = BeliefStrip()
    strip._columns, strip._names = columns, names
    return ["".join(part.text for part in row) for row in strip.rows(len(columns) + 1, height)]


def test_a_name_is_written_once_where_its_class_begins_to_lead():
    a, b = np.array([0.9, 0.1]), np.array([0.2, 0.8])
    columns = [None, None, a, a, a, a, a, b, b, a]
    assert lines(columns, ("cat", "a long dog"), 1) == [" ··cat──a c"]


def test_double_width_names_fill_their_cells():
    columns = [np.array([1.0, 0.0])] * 7
    assert lines(columns, ("猫", "犬"), 1) == [" 猫─────"]


def test_of_many_classes_the_most_likely_have_a_row():
    peak = np.full(30, 0.01)
    peak[[3, 17, 29]] = 0.5, 0.3, 0.6
    names = [f"class {number}" for number in range(30)]
    names[3], names[17], names[29] = "red", "roan", "rose"
    rows = lines([peak] * 4, names, 10)
    assert len(rows) == 10
    assert [row[1:] for row in rows if set(row[1:]) != {" "}] == ["▒▒▒▒", "░░░░", "▒▒▒▒"]
    assert len({row[0] for row in rows}) == 10


def test_letters_differ_and_come_from_the_names():
    assert letters_of(["red", "rose", "roe", "r"]) == ["r", "o", "e", "a"]
    many = letters_of([f"class {number}" for number in range(30)])
    assert len(set(many)) == len(many)
