"""Classifiers of models of one's own: what is taken as one, and phases measured with it."""

import numpy as np
import pytest

from diffviz import Model, Schedule
from diffviz.core.errors import DiffvizError
from diffviz.core.measure.phase_measurement import measure_phases
from diffviz.core.measure.phase_record import MeasuredPhases
from diffviz.core.own import OwnPipeline

SHAPE = (1, 8, 8)
RNG = np.random.default_rng(5)
PICTURES = np.sign(RNG.standard_normal((3, *SHAPE))).astype(np.float32)
ALPHA_BARS = Schedule().alpha_bars


def shares(scores):
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    return (shares / shares.sum(axis=1, keepdims=True)).astype(np.float32)


def denoiser(x_t, t):
    """Return the exact noise where every image is one of three."""
    a = ALPHA_BARS[t[0] + 1]
    distance = ((x_t[:, None] - a**0.5 * PICTURES) ** 2).sum((2, 3, 4))
    x0 = np.tensordot(shares(-distance / (2 * (1 - a))), PICTURES, 1)
    return (x_t - a**0.5 * x0) / (1 - a) ** 0.5


def logits(images):
    return -((images[:, None] - PICTURES) ** 2).sum((2, 3, 4))


def model(classifier, **more):
    return Model(denoiser, SHAPE, name="three", classifier=classifier, **more)


def classifier_of(*arguments, **more):
    classifier = OwnPipeline(model(*arguments, **more)).classifier
    assert classifier is not None
    return classifier


class Output:
    def __init__(self, logits) -> None:
        self.logits = logits


@pytest.mark.parametrize(
    "scores",
    [logits, lambda x: shares(logits(x)), lambda x: Output(logits(x)), lambda x: (logits(x),)],
)
def test_probabilities_and_logits_are_taken(scores):
    found = classifier_of(scores).probabilities(3 * PICTURES)  # clipped to the images
    assert found.dtype == np.float32
    assert np.allclose(found, shares(logits(PICTURES)), atol=1e-5)
    assert found.argmax(axis=1).tolist() == [0, 1, 2]


def test_classes_have_names():
    assert classifier_of(logits).names == ("0", "1", "2")
    assert classifier_of(logits, classes=["a", "b", "c"]).names == ("a", "b", "c")
    assert classifier_of(logits, labels=["x", "y", "z"]).names == ("x", "y", "z")
    assert classifier_of(logits, labels=["x", "y"]).names == ("0", "1", "2")


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (lambda x: x, r"returned \[1, 1, 8, 8\] for images \[1, 1, 8, 8\]"),
        (lambda x: np.zeros(3), r"returned \[3\] for"),
        (lambda x: np.full((len(x), 3), np.nan), "returned NaN or infinity"),
        (lambda x: None, "returned no array of numbers"),
        (lambda x: 1 / 0, r"failed: test_own_classifier.py, line \d+: ZeroDivisionError"),
        (
            lambda x: np.zeros((len(x), 4)),
            "returned 4 values for an image, and there are 3 classes",
        ),
    ],
)
def test_bad_classifiers_are_one_clear_line(bad, words):
    with pytest.raises(DiffvizError, match="the classifier of three " + words) as caught:
        _ = classifier_of(bad, classes="abc").names
    assert "\n" not in str(caught.value)
    with pytest.raises(DiffvizError, match="classifier must be callable"):
        model(7)


def test_torch_classifiers_get_tensors_of_their_type():
    torch = pytest.importorskip("torch")
    network = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(64, 5)).double().eval()
    found = classifier_of(network).probabilities(PICTURES)
    wanted = network(torch.from_numpy(PICTURES).double()).softmax(1)
    assert np.allclose(found, wanted.detach().numpy(), atol=1e-6)


def test_phases_are_measured_with_the_models_classifier():
    pipeline = OwnPipeline(model(logits))
    assert pipeline.classifier is not None
    records = measure_phases(
        pipeline, pipeline.classifier, range(6), children=4, points=6, num_inference_steps=20
    )
    *_, phases = records
    assert isinstance(phases, MeasuredPhases)
    assert phases.weights_sha256 == ""
    # late branches agree, for one picture is left then; the first go on to any of three
    assert phases.agreement[-1].value == 1.0
    assert phases.agreement[0].value < 0.9
    assert "class" in phases.boundary("decided").meaning
    assert 0 < phases.boundary("decided").t.value < 1000


def test_pictures_of_phases_that_do_not_fit_into_memory_are_refused():
    big = Model(lambda x, t: x, (3, 256, 256), classifier=lambda x: np.ones((len(x), 2)) / 2)
    pipeline = OwnPipeline(big)
    assert pipeline.classifier is not None
    with pytest.raises(DiffvizError, match="fewer seeds"):
        next(measure_phases(pipeline, pipeline.classifier, range(1000), points=25))
