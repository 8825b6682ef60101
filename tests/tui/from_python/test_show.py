"""``diffviz.show`` from a program: without a terminal, and in the app."""

import numpy as np
import pytest

import diffviz
from diffviz.core.errors import DiffvizError


def test_a_model_is_printed_where_there_is_no_terminal(capsys):
    diffviz.show(diffviz.Model(lambda x, t: x, (3, 8, 8), name="mine"), seed=3, steps=4)
    out = capsys.readouterr().out
    assert "mine" in out
    assert "seed 3" in out
    assert "ddim 4 steps" in out


def test_steps_are_counted_where_there_is_no_terminal(capsys):
    x = np.zeros((1, 1, 8, 8))
    diffviz.show((t, x) for t in (3, 2, 1))
    assert capsys.readouterr().out == "3 steps, the last at t = 1\n"


def test_errors_are_those_of_the_program():
    def broken():
        yield 1, np.zeros((1, 1, 8, 8))
        raise RuntimeError("out of luck")

    with pytest.raises(DiffvizError, match="out of luck"):
        diffviz.show(broken())
    with pytest.raises(DiffvizError, match="returned"):
        diffviz.show(diffviz.Model(lambda x, t: x[:1, :, :2], (1, 8, 8)), steps=3)
    with pytest.raises(DiffvizError, match="did you mean ddim"):
        diffviz.show(diffviz.Model(lambda x, t: x, (1, 8, 8)), sampler="ddimm")
    with pytest.raises(TypeError, match="nothing of type int"):
        diffviz.show(7)
