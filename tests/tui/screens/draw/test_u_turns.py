"""U-turns of a drawn 7 by the bundled weights: what they keep, and what they forget."""

import numpy as np
import pytest

from diffviz.core.classifier import Classifier
from diffviz.core.pictures import from_grey
from diffviz.core.pipeline import Pipeline
from diffviz.core.sampling import Given

from .strokes import SEVEN, drawn


@pytest.fixture(scope="module")
def ways_back():
    """Return a function that gives the digits of 8 ways back of the drawn 7 from a timestep."""
    pipeline, classifier = Pipeline.load(threads=1), Classifier.load()
    picture = from_grey(drawn(SEVEN).image)
    assert classifier.probabilities(picture[None]).argmax() == 7

    def digits(t: int) -> list[int]:
        *_, last = pipeline.sample(range(8), 100, sampler="ddpm", given=Given(picture, t))
        return classifier.probabilities(last.x_t).argmax(axis=1).tolist()

    return digits


def test_from_little_noise_a_seven_stays_a_seven(ways_back):
    assert ways_back(200).count(7) >= 7


def test_from_much_noise_it_becomes_several_digits(ways_back):
    assert len(set(ways_back(800))) >= 3


def test_less_comes_back_from_more_noise(ways_back):
    stays = [ways_back(t).count(7) for t in (100, 900)]
    assert stays == sorted(stays, reverse=True)
    assert np.ptp(stays) >= 4
