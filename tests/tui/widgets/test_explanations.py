"""Sentences on the run screen: whole or not at all, and equations that can be read."""

import numpy as np
import pytest

from diffviz.core.names import SAMPLER_INFO
from diffviz.core.phases import Phase, phase_at
from diffviz.core.step import Step
from diffviz.tui.widgets.bars import DESCRIPTIONS, SHORT_DESCRIPTIONS, PhaseLine
from diffviz.tui.widgets.explain import Explain
from diffviz.tui.widgets.explain_texts import (
    FORWARD,
    SAMPLER_EQUATIONS,
    equation_lines,
    quantities,
    rows_needed,
)


@pytest.mark.parametrize("phase", Phase)
def test_a_phase_has_its_whole_sentence_or_its_short_one(phase):
    phase_line = PhaseLine()
    phase_line.show_phase(phase, [])
    for height in (1, 2, 3):
        for width in range(30, 120):
            rows = list(phase_line.rows(width, height))
            lines = ["".join(segment.text for segment in row) for row in rows]
            said = " ".join(" ".join(lines).partition(phase.span)[2].split())
            assert len(rows) <= height
            assert said in (DESCRIPTIONS[phase], SHORT_DESCRIPTIONS[phase], ""), (width, height)
            assert max(map(len, lines)) <= width


@pytest.mark.parametrize("t", [1000, 450, 250, 50])
def test_words_that_fill_up_an_explanation_leave_a_blank_row_below(t):
    none = np.zeros((0, 28, 28), "f4")
    panel = Explain()
    panel.show(Step(0, 1000, t, 0.5, phase_at(t), none, none, none), "ddpm")
    whole = rows_needed(28)
    for height in range(whole, whole + 10):
        rows = ["".join(segment.text for segment in row) for row in panel.rows(28, height)]
        assert len(rows) == height
        said = [row for row in rows if row.strip()]
        assert not rows[-1].strip() or not any("eps: " in row for row in said)


def test_a_wrapped_equation_is_indented():
    updates = [line for lines in SAMPLER_EQUATIONS.values() for line in lines]
    for equation in [*FORWARD, *updates, quantities(1000, 0.5)]:
        for width in (26, 28, 36):
            first, *others = equation_lines(equation, width)
            assert not first.startswith(" ")
            assert all(line.startswith("  ") for line in others)
            assert max(map(len, [first, *others])) <= width


def test_every_sampler_has_its_equation():
    assert set(SAMPLER_EQUATIONS) == set(SAMPLER_INFO)
