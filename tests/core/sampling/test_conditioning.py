"""What a step says about its label and guidance, and the dial that changes them on the way."""

import numpy as np
import pytest

from diffviz.core.array_types import Array
from diffviz.core.errors import DiffvizError
from diffviz.core.names import NO_LABEL
from diffviz.core.noise import BatchNoise
from diffviz.core.sampling import SAMPLERS
from diffviz.core.sampling.denoiser import Labels
from diffviz.core.sampling.guidance import LabelSettings
from diffviz.core.sampling.label_dial import LabelDial
from diffviz.core.sampling.trajectory import Trajectory
from diffviz.core.schedule import Schedule

CLASSES = tuple("0123456789")
STEPS = 8


def denoise(x_t: Array, timestep: int, labels: Labels | None = None) -> Array:
    known = np.zeros(len(x_t)) if labels is None else np.where(labels == NO_LABEL, 0, 1 + labels)
    return (0.5 * x_t + 0.01 * known[:, None, None]).astype(np.float32)


def process(settings, sampler="sa-solver", seeds=(7,), turns=None, dial=None):
    """Return all steps; ``turns``: settings that the dial is turned to after a step's index."""
    dial = dial or LabelDial(settings)
    denoiser = dial.connect(denoise, seeds, CLASSES)
    noise = BatchNoise.from_seeds(list(seeds))
    steps = []
    for step in SAMPLERS[sampler](denoiser, noise, num_inference_steps=STEPS):
        steps.append(step)
        if turns and step.index in turns:
            dial.turn(turns[step.index])
    return steps


def test_a_step_tells_its_label_and_both_predictions():
    steps = process(LabelSettings("3", 1.5, guidance_from=800, guidance_until=200), seeds=(7, 8))
    schedule = Schedule()
    for step in steps[:-1]:
        told, guided = step.conditioning, 200 < step.t <= 800
        assert told is not None
        assert told.labels == (3, 3)
        assert (told.guidance, step.evaluations) == ((1.5, 2) if guided else (0.0, 1))
        cond = told.x0_cond(step.x0_hat)
        if not guided:
            assert told.x0_null is None
            assert cond is None
            continue
        labels = np.array([3, 3])
        expected = schedule.predict_x0(step.x_t, denoise(step.x_t, step.t, labels), step.t)
        np.testing.assert_allclose(cond, expected, atol=2e-3)
        without = schedule.predict_x0(step.x_t, denoise(step.x_t, step.t), step.t)
        np.testing.assert_array_equal(told.x0_null, without)
    last = steps[-1].conditioning
    assert last is not None
    assert last.labels == (3, 3)
    assert last.x0_null is None
    assert steps[-1].evaluations == 0


def test_a_process_without_a_label_tells_nothing_and_equals_the_plain_one():
    plain = list(SAMPLERS["ddim"](denoise, BatchNoise.from_seeds([7]), num_inference_steps=STEPS))
    dialled = process(LabelSettings(), "ddim")
    assert all(step.conditioning is None for step in dialled)
    assert [step.evaluations for step in plain] == [1] * STEPS + [0]
    for a, b in zip(plain, dialled, strict=True):
        np.testing.assert_array_equal(a.x_t, b.x_t)


@pytest.mark.parametrize("sampler", ["ddpm", "ddim", "dpmpp-2m", "sa-solver"])
def test_what_the_dial_is_turned_to_counts_from_the_next_step_on(sampler):
    before, after = LabelSettings("3", 0.5), LabelSettings("8", 2.0)
    plain = process(before, sampler)
    turned = process(before, sampler, turns={3: after})
    for a, b in zip(plain[:5], turned[:5], strict=True):
        np.testing.assert_array_equal(a.x_t, b.x_t)  # step 4 has another prediction, not x_t
    assert not np.array_equal(plain[4].x0_hat, turned[4].x0_hat)
    assert [s.conditioning.labels[0] for s in turned[:-1]] == [3] * 4 + [8] * (STEPS - 4)
    assert {s.conditioning.guidance for s in turned[4:-1]} == {2.0}


def test_the_dial_adds_and_removes_a_label():
    turned = process(LabelSettings(), turns={2: LabelSettings("1"), 5: LabelSettings()})
    told = [step.conditioning and step.conditioning.labels for step in turned]
    assert told == [None] * 3 + [(1,)] * 3 + [None] * 3


def test_one_of_each_follows_the_seeds_after_a_turn_too():
    turned = process(LabelSettings(), seeds=(8, 13), turns={0: LabelSettings("all")})
    assert turned[2].conditioning.labels == (8, 3)


def test_the_dial_refuses_an_unknown_label_and_stays_as_it_was():
    dial = LabelDial(LabelSettings("3"))
    dial.connect(denoise, (7,), CLASSES)
    with pytest.raises(DiffvizError, match="no label"):
        dial.turn(LabelSettings("seven"))
    assert dial.settings.label == "3"


def test_a_trajectory_counts_evaluations():
    trajectory = Trajectory()
    for step in process(LabelSettings("3", 1.0, guidance_from=600)):
        trajectory.append(step)
    timesteps = [trajectory.step(i).t for i in range(STEPS)]
    guided = [t <= 600 for t in timesteps]
    assert trajectory.evaluations(0, STEPS) == STEPS + sum(guided)
    assert trajectory.evaluations(0, 0) == 1 + guided[0]
    assert trajectory.evaluations(3, 5) == 3 + sum(guided[3:6])
    kept = trajectory.step(STEPS - 1).conditioning
    assert kept is not None
    assert kept.x0_null is not None
