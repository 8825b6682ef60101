"""Sentences on the run screen: whole or not at all, and equations that can be read."""

import re
from itertools import islice

import numpy as np
import pytest

from diffviz.core.names import SAMPLER_INFO
from diffviz.core.noise import BatchNoise
from diffviz.core.phases import ABOUT_PHASES, Phase, phase_at
from diffviz.core.sampling import find_sampler
from diffviz.core.schedule import Schedule
from diffviz.core.step import Step
from diffviz.tui.widgets.bars import SHORT_DESCRIPTIONS, PhaseLine
from diffviz.tui.widgets.explain import Explain
from diffviz.tui.widgets.explain_texts import (
    FORWARD,
    SAMPLER_EQUATIONS,
    WORDS,
    equation_lines,
    quantities,
    rows_needed,
)
from diffviz.tui.widgets.maths import spelled


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
            assert said in (ABOUT_PHASES[phase], SHORT_DESCRIPTIONS[phase], ""), (width, height)
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


@pytest.mark.parametrize("sampler", SAMPLER_INFO)
def test_every_letter_of_an_equation_is_defined(sampler):
    lines = [*FORWARD, *SAMPLER_EQUATIONS[sampler]]
    symbols = re.findall(r"(?<![A-Za-z])(?:[ᾱαβσ]|z|s)(?![a-z])", " ".join(lines))
    assert set(symbols) >= {"ᾱ"}
    for letter in set(symbols):
        assert re.search(rf"(^|, ){letter}²?( =|:)", "\n".join(lines), re.M), letter


def test_one_step_of_ddpm_is_what_its_equation_says():
    """The numbers put into the printed equation give what the sampler computes."""

    def half(x_t: np.ndarray, timestep: int) -> np.ndarray:
        return np.float32(0.5) * x_t

    schedule, noise = Schedule(), BatchNoise.from_seeds([3])
    first, second = islice(find_sampler("ddpm")(half, noise, num_inference_steps=10), 2)
    abar, abar_s = first.alpha_bar, schedule.alpha_bar(second.t)
    alpha = abar / abar_s
    beta = 1 - alpha
    sigma = (beta * (1 - abar_s) / (1 - abar)) ** 0.5
    z = noise.draw(1)
    x_s = (first.x_t - beta / (1 - abar) ** 0.5 * first.eps) / alpha**0.5 + sigma * z
    assert np.allclose(x_s, second.x_t, atol=1e-5)
    assert "σ² = β·(1−ᾱ_s)/(1−ᾱ)" in SAMPLER_EQUATIONS["ddpm"]


def test_equations_in_ascii_keep_letters_and_roots_apart():
    update, letters, sigma = map(spelled, SAMPLER_EQUATIONS["ddpm"])
    assert update == "x_s = (x_t - beta/sqrt(1-abar)*eps)/sqrt(alpha) + sigma*z"
    assert letters == "alpha = abar/abar_s, beta = 1-alpha, z: noise"
    assert sigma == "sigma^2 = beta*(1-abar_s)/(1-abar)"
    assert spelled(FORWARD[0]) == "x_t = sqrt(abar)*x_0 + sqrt(1-abar)*noise"
    for lines in (FORWARD, WORDS, *SAMPLER_EQUATIONS.values(), (quantities(5, 0.5),)):
        assert all(spelled(line).isascii() for line in lines)


@pytest.mark.parametrize("height", range(12, 30))
@pytest.mark.parametrize("sampler", SAMPLER_INFO)
def test_an_explanation_without_room_loses_words_before_equations(sampler, height):
    none = np.zeros((0, 28, 28), "f4")
    panel = Explain()
    panel.show(Step(0, 1000, 450, 0.5, phase_at(450), none, none, none), sampler)
    said = " ".join(
        " ".join("".join(s.text for s in row) for row in panel.rows(28, height)).split()
    )
    for line in (*FORWARD, *SAMPLER_EQUATIONS[sampler]):
        assert " ".join(line.split()) in said


@pytest.mark.parametrize(("width", "height"), [(28, 15), (40, 24), (60, 15)])
def test_with_distilled_weights_a_consistency_function_is_explained(width, height):
    none = np.zeros((0, 28, 28), "f4")
    panel = Explain()
    panel.show(Step(0, 4, 1000, 0.5, phase_at(1000), none, none, none), "consistency")
    rows = ["".join(segment.text for segment in row) for row in panel.rows(width, height)]
    said = " ".join(" ".join(rows).split())
    assert "A consistency function" in said
    assert "f(x_t, t) = f(x_s, s) = x0_hat" in said
    assert "a blur" not in said, "that is what other networks expect"
    assert "the mean of all digits" not in said


def test_one_step_of_consistency_is_what_its_equation_says():
    def half(x_t: np.ndarray, timestep: int) -> np.ndarray:
        return np.float32(0.5) * x_t

    noise = BatchNoise.from_seeds([3])
    first, second, *_ = find_sampler("consistency")(half, noise, num_inference_steps=4)
    abar_s = Schedule().alpha_bar(second.t)
    x_s = abar_s**0.5 * first.x0_hat + (1 - abar_s) ** 0.5 * noise.draw(1)
    assert np.allclose(x_s, second.x_t, atol=1e-5)
    assert "x_s = √ᾱ_s·x0_hat + √(1−ᾱ_s)·z" in SAMPLER_EQUATIONS["consistency"]


def test_the_line_of_the_phase_says_what_a_consistency_function_does():
    phase_line = PhaseLine()
    phase_line.show_phase(Phase.STATIC, [], "consistency")
    for width in (50, 78):
        line = "".join(segment.text for segment in next(iter(phase_line.rows(width, 1))))
        assert "whole digit" in line


def test_every_sampler_has_its_equation():
    assert set(SAMPLER_EQUATIONS) == set(SAMPLER_INFO)
