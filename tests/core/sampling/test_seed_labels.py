"""Weights with labels, asked for none: each seed draws the class of its digit."""

import numpy as np
import pytest

from diffviz.core.noise import NoiseStream
from diffviz.core.pipeline import Pipeline
from diffviz.core.samples.morph import morph, noise_of_seeds
from diffviz.core.sampling.given import Given
from diffviz.core.sampling.guidance import LabelSettings
from diffviz.core.sampling.label_dial import LabelDial
from diffviz.core.sampling.labels import seed_labels


@pytest.fixture(scope="module")
def pipeline():
    return Pipeline.load("few-steps", threads=1)


def test_a_class_is_a_function_of_the_seed_and_all_come_equally_often():
    streams = [NoiseStream(seed) for seed in range(5000)]
    labels = seed_labels(streams, 10)
    assert np.bincount(labels, minlength=10) / 5000 == pytest.approx(0.1, abs=0.02)
    again = seed_labels([NoiseStream(seed) for seed in (4000, 3)], 10)
    assert again.tolist() == labels[[4000, 3]].tolist()
    assert set(seed_labels(streams[:200], 3)) == {0, 1, 2}


def test_a_seed_without_a_label_gives_the_digit_of_its_class(pipeline):
    seeds = [3, 17]
    classes = seed_labels([NoiseStream(seed) for seed in seeds], 10)
    *_, both = pipeline.sample(seeds, 2)
    for seed, label, x_0 in zip(seeds, classes, both.x_t, strict=True):
        *_, asked = pipeline.sample(seed, 2, label=str(label), guidance=0)
        np.testing.assert_allclose(x_0, asked.x_t[0], atol=1e-4)
    assert both.conditioning.labels == tuple(classes)
    assert both.conditioning.drawn  # nobody asked for it


def test_a_dial_without_a_label_changes_nothing(pipeline):
    *_, plain = pipeline.sample([3], 2)
    dial = LabelDial(LabelSettings())
    *_, dialled = pipeline.sample([3], 2, dial=dial)
    assert np.array_equal(plain.x_t, dialled.x_t)


def test_a_branch_and_a_given_picture_have_no_class(pipeline):
    first, *_ = pipeline.sample([3], 4)
    stream = NoiseStream(3).child(750, 0)
    (told,) = seed_labels([stream], 10)
    assert told == -1
    steps = list(pipeline.sample([stream], 4, start=(1, first.x_t)))
    expected = pipeline.denoiser(first.x_t, 750)
    np.testing.assert_allclose(steps[0].eps, expected, atol=1e-5)
    given = Given(first.x_t[0].clip(-1, 1), 500)
    begun = next(iter(pipeline.sample([3], 4, given=given)))
    np.testing.assert_allclose(begun.eps, pipeline.denoiser(begun.x_t, begun.t), atol=1e-5)


def test_weights_that_are_not_distilled_draw_the_class_too():
    pipeline = Pipeline.load("labelled", threads=1)
    (label,) = seed_labels([NoiseStream(3)], 10)
    *_, drawn = pipeline.sample([3], 2, sampler="sa-solver")
    *_, asked = pipeline.sample([3], 2, sampler="sa-solver", label=str(label), guidance=0)
    np.testing.assert_allclose(drawn.x_t, asked.x_t, atol=1e-4)


def test_a_class_that_is_no_longer_asked_for_leaves_none(pipeline):
    dial = LabelDial(LabelSettings("7", 0.0))
    steps = pipeline.sample([3], 4, dial=dial)
    next(steps)
    dial.turn(LabelSettings())
    after = next(steps)
    np.testing.assert_allclose(after.eps, pipeline.denoiser(after.x_t, after.t), atol=1e-5)


def test_a_class_that_was_drawn_comes_back_after_another():
    pipeline = Pipeline.load("labelled", threads=1)
    dial = LabelDial(LabelSettings())
    steps = pipeline.sample([3], 4, sampler="sa-solver", dial=dial)
    drawn = next(steps).conditioning
    assert drawn is not None
    dial.turn(LabelSettings("7", 0.0))
    assert not next(steps).has_drawn_labels
    dial.turn(LabelSettings())
    again = next(steps).conditioning
    assert again is not None
    assert (again.labels, again.drawn) == (drawn.labels, True)


def test_a_morph_is_told_no_class():
    pipeline = Pipeline.load("labelled", threads=1)
    x_T = noise_of_seeds((3, 4))
    step = next(iter(morph(pipeline, x_T, 4)))
    assert step.conditioning is None
    np.testing.assert_allclose(step.eps, pipeline.denoiser(x_T, step.t), atol=1e-5)
