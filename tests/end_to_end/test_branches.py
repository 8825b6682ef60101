"""Branches of the bundled weights: before lock-in they differ, after it they agree."""

import numpy as np
import pytest

from diffviz.core.classifier import Classifier
from diffviz.core.noise import NoiseStream
from diffviz.core.pipeline import Pipeline
from diffviz.core.sampling.trajectory import Trajectory

STEPS = 112  # a chain that visits t = 100 and, nearly, t = 800
CHILDREN = 8


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return Pipeline.load("default", "cpu", threads=1)


@pytest.fixture(scope="module")
def parents(pipeline) -> dict[int, Trajectory]:
    found = {}
    for seed in (1, 2):
        found[seed] = Trajectory()
        for step in pipeline.sample([seed], STEPS):
            found[seed].append(step)
    return found


def children_of(pipeline, parents, seed: int, timestep: int) -> np.ndarray:
    """Return what the classifier takes eight children of a seed, branched at a timestep, for."""
    trajectory = parents[seed]
    index = trajectory.index_at(timestep)
    assert abs(trajectory.step(index).t - timestep) < 10
    start, noise = trajectory.branch(index, NoiseStream(seed), CHILDREN)
    *_, last = pipeline.sample(noise.streams, STEPS, start=start)
    assert last.t == 0
    return Classifier.load().probabilities(last.x_t).argmax(axis=1)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_branch_before_lock_in_gives_several_digits(pipeline, parents, seed):
    assert len(set(children_of(pipeline, parents, seed, 800))) >= 3


@pytest.mark.parametrize("seed", [1, 2])
def test_a_branch_after_lock_in_gives_the_same_digit(pipeline, parents, seed):
    digits = children_of(pipeline, parents, seed, 100)
    assert np.bincount(digits).max() >= 7
