"""Labels and classifier-free guidance, with denoisers that can be computed by hand."""

from dataclasses import replace

import numpy as np
import pytest

from diffviz.core.array_types import Array
from diffviz.core.errors import DiffvizError
from diffviz.core.names import DEFAULT_GUIDANCE, NO_LABEL
from diffviz.core.sampling import SamplingSpec
from diffviz.core.sampling.denoiser import Labels
from diffviz.core.sampling.guidance import GuidedDenoiser, LabelSettings, guide
from diffviz.core.sampling.labels import find_label, labels_of

DIGITS = tuple("0123456789")
CLOTHES = ("T-shirt", "trouser", "ankle boot")


class Spy:
    """Predicts 10 times the label plus the image; without a label it predicts the image."""

    def __init__(self):
        self.calls = []

    def __call__(self, x_t: Array, timestep: int, labels: Labels | None = None) -> Array:
        assert labels is not None
        self.calls.append((timestep, labels.tolist()))
        known = np.where(labels == NO_LABEL, 0, labels)
        return x_t + 10 * known[:, None, None].astype(np.float32)


def images(count):
    generator = np.random.default_rng(0)
    return generator.standard_normal((count, 28, 28), dtype=np.float32)


def test_guidance_exaggerates_what_the_label_changes():
    cond, null = images(2), images(3)[1:]
    np.testing.assert_allclose(guide(cond, null, 2.0), 3 * cond - 2 * null, atol=1e-5)
    np.testing.assert_array_equal(guide(cond, null, 0.0), cond)
    assert guide(cond, null, 0.3).dtype == np.float32


def test_both_predictions_are_computed_in_one_batch():
    spy, x_t = Spy(), images(2)
    guided = GuidedDenoiser(spy, np.array([3, 7]), LabelSettings("all", 1.5))
    eps = guided(x_t, 500)
    assert spy.calls == [(500, [3, 7, NO_LABEL, NO_LABEL])]
    np.testing.assert_allclose(eps[0], x_t[0] + 2.5 * 30, rtol=1e-5)
    np.testing.assert_allclose(eps[1], x_t[1] + 2.5 * 70, rtol=1e-5)


def test_without_guidance_there_is_one_evaluation():
    spy, x_t = Spy(), images(2)
    eps = GuidedDenoiser(spy, np.array([3, NO_LABEL]), LabelSettings("all"))(x_t, 500)
    assert spy.calls == [(500, [3, NO_LABEL])]
    np.testing.assert_array_equal(eps[1], x_t[1])


def test_guidance_counts_within_its_interval_only():
    spy, x_t = Spy(), images(1)
    settings = LabelSettings("1", 2.0, guidance_from=800, guidance_until=200)
    guided = GuidedDenoiser(spy, np.array([1]), settings)
    for timestep in (1000, 801, 800, 201, 200, 1):
        guided(x_t, timestep)
    assert [len(labels) for _, labels in spy.calls] == [1, 1, 2, 2, 1, 1]
    assert [settings.guidance_at(t) for t in (801, 800, 201, 200)] == [0, 2, 2, 0]


@pytest.mark.parametrize(
    ("label", "classes", "number"),
    [
        ("7", DIGITS, 7),
        ("all", DIGITS, None),
        ("0-9", DIGITS, None),
        ("ankle boot", CLOTHES, 2),
        ("t-SHIRT", CLOTHES, 0),
        ("1", CLOTHES, 1),
        ("b", ("B", "b"), 1),
        ("all", ("all", "none"), 0),
    ],
)
def test_labels_by_name_and_by_number(label, classes, number):
    assert find_label(label, classes) == number


@pytest.mark.parametrize("label", ["10", "-1", "seven", "", "9999999999", "²"])
def test_an_unknown_label_names_the_known_ones(label):
    with pytest.raises(DiffvizError, match=r"no label .*choose one of 0, 1, 2"):
        find_label(label, DIGITS)


def test_weights_without_labels_are_refused():
    with pytest.raises(DiffvizError, match=r"without labels: leave --digit out"):
        find_label("7", ())


def test_one_of_each_depends_on_the_seed_alone():
    assert labels_of(range(8, 13), "all", DIGITS).tolist() == [8, 9, 0, 1, 2]
    assert labels_of([11], "all", DIGITS).tolist() == [1]
    assert labels_of([4, 5], "3", DIGITS).tolist() == [3, 3]
    assert labels_of([2**64 - 1], "all", DIGITS).tolist() == [5]


def test_a_spec_without_a_label_says_nothing_about_labels():
    spec = SamplingSpec("sa-solver").resolved()
    assert spec.to_json() == {"sampler": "sa-solver", "steps": 20, "eta": 0.7, "noise": 1.0}
    assert "label" not in spec.keywords
    assert spec.describe() == "sa-solver 20 steps, eta 0.7"


def test_a_spec_with_a_label_says_all_of_it():
    spec = SamplingSpec("sa-solver", label="7", guidance_from=800).resolved()
    assert spec.guidance == DEFAULT_GUIDANCE
    of_label = {"label": "7", "guidance": DEFAULT_GUIDANCE, "guidance_from": 800,
                "guidance_until": 200}  # fmt: skip
    assert spec.to_json().items() >= of_label.items()
    assert spec.keywords.items() >= of_label.items()
    said = replace(spec, guidance=1.5).describe()
    assert said == "sa-solver 20 steps, eta 0.7, label 7, guidance 1.5 at t = 800 … 201"
    said = SamplingSpec("ddpm", label="all", guidance=0).describe()
    assert said == "ddpm 1000 steps, label all, no guidance"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"guidance": 1.0}, "add --digit"),
        ({"guidance_from": 900}, "add --digit"),
        ({"label": "7", "guidance": -0.5}, "guidance must be from 0 to 20"),
        ({"label": "7", "guidance": float("nan")}, "guidance must be from 0 to 20"),
        ({"label": "7", "guidance_from": 300, "guidance_until": 300}, "empty interval"),
        ({"label": "7", "guidance_from": 300, "guidance_until": 500}, "empty interval"),
        ({"label": "7", "guidance_from": 1001}, "empty interval"),
    ],
)
def test_a_guidance_that_cannot_be_is_refused(changes, message):
    with pytest.raises(DiffvizError, match=message):
        SamplingSpec(**changes).resolved()
