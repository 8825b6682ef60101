"""An evaluation with a stand-in classifier and drawn digits in MNIST's place."""

import json
import math

import numpy as np
import pytest

from diffviz.core.data import ImageData
from diffviz.core.data.synthetic import synthetic_digits
from diffviz.core.measure.evaluate import Progress, RealDigits, evaluate, measure_real
from diffviz.core.measure.report import SCHEMA, Cost, EvalReport


class Blocks:
    """Features are the means of 4x4 pixel blocks; the class is the brightest of ten of them."""

    sha256 = "blocks"

    def features_and_probabilities(self, images):
        features = images.reshape(len(images), 7, 4, 7, 4).mean(axis=(2, 4)).reshape(-1, 49)
        logits = 20 * features[:, 15:25].astype(np.float64)
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        return features, odds / odds.sum(axis=1, keepdims=True)


def data(n, seed):
    images, labels = synthetic_digits(n, seed)
    return ImageData("drawn", images, labels, f"md5-{seed}")


@pytest.fixture(scope="module")
def real():
    *_, record = measure_real(data(600, 0), data(300, 1), Blocks())
    assert isinstance(record, RealDigits)
    return record


def evaluated(images, real, **options) -> EvalReport:
    *progress, report = evaluate(images, real, Blocks(), {"file": "x"}, **options)
    assert all(isinstance(p, Progress) and 0 <= p.done <= p.total for p in progress)
    assert isinstance(report, EvalReport)
    return report


def test_real_digits_score_at_the_floor(real):
    report = evaluated(synthetic_digits(300, 5)[0], real)
    f = report.frechet
    assert f.to_test.low < f.floor * 1.3
    assert f.floor_low <= f.floor <= f.floor_high
    assert f.floor_sets == 2
    assert f.ratio == pytest.approx(f.to_test.value / f.floor)
    assert f.ratio < 2
    assert report.neighbours.precision.value == pytest.approx(
        report.neighbours.real_precision, abs=0.1
    )
    assert 0.85 < report.memorisation.ratio.value < 1.15
    assert report.memorisation.share_below.value < 0.05
    assert report.diversity.pairwise.value == pytest.approx(report.diversity.real_pairwise, rel=0.1)


def test_noise_is_far_from_everything(real):
    noise = np.random.default_rng(0).integers(0, 256, (200, 28, 28), dtype=np.uint8)
    report = evaluated(noise, real)
    assert report.frechet.ratio > 20
    assert report.neighbours.precision.value == 0
    assert report.memorisation.ratio.value > 2


def test_copies_of_training_digits_are_detected(real):
    copies = real.train.images[100:250]
    memorised = evaluated(copies, real).memorisation
    assert memorised.median == 0
    assert memorised.share_below.value == 1
    assert [p.train for p in memorised.nearest] == [p.sample + 100 for p in memorised.nearest]


def test_copies_of_one_digit_have_no_diversity(real):
    report = evaluated(np.repeat(real.test.images[:1], 120, axis=0), real)
    assert report.classes.entropy.value == 0
    assert report.diversity.pairwise.value == pytest.approx(0, abs=0.01)
    assert report.neighbours.recall.value < 0.05


def test_the_report_round_trips_as_json(real):
    cost = Cost(1.5, 20, 2400)
    report = evaluated(synthetic_digits(120, 9)[0], real, cost=cost)
    values = json.loads(json.dumps(report.to_json(), allow_nan=False))
    assert values["schema"] == SCHEMA
    assert set(values) == {
        "schema",
        "n",
        "source",
        "frechet",
        "confidence",
        "classes",
        "neighbours",
        "diversity",
        "memorisation",
        "cost",
        "real",
    }
    assert values["cost"] == {
        "seconds": 1.5,
        "evaluations_per_digit": 20,
        "network_evaluations": 2400,
    }
    assert sum(values["classes"]["counts"]) == values["n"] == 120
    assert set(values["frechet"]["to_test"]) == {"value", "low", "high"}
    assert values["real"]["classifier_sha256"] == "blocks"
    for name in ("share_sure", "mean_best"):
        estimate = values["confidence"][name]
        assert 0 <= estimate["low"] <= estimate["value"] <= estimate["high"] <= 1
        assert math.isfinite(estimate["value"])


def test_an_evaluation_is_reproducible(real):
    images = synthetic_digits(120, 9)[0]
    assert evaluated(images, real).to_json() == evaluated(images, real).to_json()


def test_distances_of_the_test_digits_are_cached_and_checked(real, monkeypatch):
    from diffviz.core.files.cache import cache_folder

    (kept,) = cache_folder("real").glob("nearest-md5-0*")
    monkeypatch.setattr("diffviz.core.measure.evaluate.nearest_images", None)  # not needed any more
    *_, again = measure_real(real.train, real.test, Blocks())
    assert isinstance(again, RealDigits)
    np.testing.assert_array_equal(again.test_nearest, real.test_nearest)
    monkeypatch.undo()
    kept.write_bytes(b"damaged")
    *_, again = measure_real(real.train, real.test, Blocks())
    assert isinstance(again, RealDigits)
    np.testing.assert_array_equal(again.test_nearest, real.test_nearest)
