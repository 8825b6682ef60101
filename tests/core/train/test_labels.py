"""Training with labels: what is shown, what is kept, and what is resumed."""

import json

import numpy as np
import pytest
import torch

from diffviz.core.errors import DiffvizError
from diffviz.core.models import build
from diffviz.core.models.weight_files import read_tensors
from diffviz.core.models.weights import load_weights
from diffviz.core.names import NO_LABEL
from diffviz.core.pipeline import Pipeline
from diffviz.core.recipes import TrainConfig
from diffviz.core.train.batches import batch_noise, label_drops
from diffviz.core.train.teacher import Teacher

CPU = torch.device("cpu")
LABELLED = {"architecture": "film-unet", "labels": True}


def first_batch(training) -> dict:
    training.sit(stop_at=1)
    return next(event for event in training.log() if event["event"] == "batch")


@pytest.fixture
def labelled_weights(labelled_file):
    return str(labelled_file)


def test_a_labelled_network_begins_as_the_unlabelled_one(new_training):
    plain = first_batch(new_training("plain", architecture="film-unet", init="film-15"))
    labelled = first_batch(new_training("labelled", **LABELLED, init="film-15"))
    assert labelled["loss"] == pytest.approx(plain["loss"], rel=1e-6)


def test_a_random_labelled_network_begins_as_the_random_unlabelled_one():
    states = []
    for classes in (0, 10):
        torch.manual_seed(5)
        states.append(build("film-unet", classes).state_dict())
    plain, labelled = states
    assert labelled.keys() - plain.keys() == {"labels.weight"}
    assert all(torch.equal(labelled[name], tensor) for name, tensor in plain.items())
    assert not labelled["labels.weight"].any()


def test_labels_are_learnt_and_named_in_the_weights(new_training):
    training = new_training(**LABELLED, init="film-15", lr=1e-2)
    training.sit()
    weights = load_weights(str(training.run))
    assert weights.classes == tuple("0123456789")
    table = weights.tensors["labels.weight"]
    assert table.shape == (11, 64)
    assert np.abs(table).sum(axis=1).min() > 0
    config = json.loads((training.run / "config.json").read_text())["config"]
    assert (config["labels"], config["label_dropout"]) == (True, 0.15)


def test_an_unlabelled_run_says_nothing_about_labels(new_training):
    training = new_training()
    training.sit()
    assert "label" not in (training.run / "config.json").read_text()
    for name in ("weights", "checkpoint"):
        metadata = read_tensors(training.run / f"{name}.safetensors").metadata
        assert not {"classes", "labels_md5"} & metadata.keys()


def test_which_labels_are_left_out_is_a_function_of_the_step():
    drops = label_drops(7, 3, 20_000, 0.15)
    assert torch.equal(drops, label_drops(7, 3, 20_000, 0.15))
    assert not torch.equal(drops, label_drops(7, 4, 20_000, 0.15))
    assert not torch.equal(drops, label_drops(8, 3, 20_000, 0.15))
    assert float(drops.float().mean()) == pytest.approx(0.15, abs=0.01)
    assert not label_drops(7, 3, 100, 0.0).any()
    assert label_drops(7, 3, 100, 1.0).all()


def test_a_dropped_label_is_no_label(new_training):
    """With every label left out only the last row of the table is trained."""
    training = new_training(**LABELLED, init="film-15", label_dropout=1.0, epochs=1)
    training.sit()
    table = load_weights(str(training.run)).tensors["labels.weight"]
    assert not table[:10].any()
    assert table[10].any()
    whole = new_training("whole", **LABELLED, init="film-15", label_dropout=0.0, epochs=1)
    whole.sit()
    table = load_weights(str(whole.run)).tensors["labels.weight"]
    assert table[:10].any()
    assert not table[10].any()


def test_a_labelled_run_resumes_to_the_same_bits(new_training):
    whole = new_training("whole", **LABELLED, label_dropout=0.5)
    whole.sit()
    parts = new_training("parts", **LABELLED, label_dropout=0.5)
    parts.sit(stop_at=1)
    parts.sit(stop_at=4, resume=True)
    parts.sit(resume=True)
    assert parts.result() == whole.result()


def test_other_labels_are_refused_at_a_resume(new_training):
    training = new_training(**LABELLED)
    training.sit(stop_at=1)
    training.data.labels[:] = training.data.labels[::-1].copy()
    with pytest.raises(DiffvizError, match="trained on images with other labels"):
        training.sit(resume=True)


def test_labels_of_other_classes_are_refused(new_training, labelled_weights):
    training = new_training(**LABELLED, init=labelled_weights)
    training.data.labels[:] = training.data.labels % 2
    with pytest.raises(DiffvizError, match=r"has labels for 10 classes, the data set .* has 2"):
        training.sit()


def test_labelled_weights_do_not_begin_an_unlabelled_run(new_training, labelled_weights):
    with pytest.raises(DiffvizError, match="has none in use"):
        new_training(architecture="film-unet", init=labelled_weights).sit()


def test_the_reference_network_takes_no_labels(new_training):
    with pytest.raises(DiffvizError, match="reference-unet has no labels"):
        new_training(architecture="reference-unet", labels=True).sit()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"label_dropout": 1.5, "labels": True}, "label dropout must be from 0 to 1"),
        ({"label_dropout": 0.5}, "add --labels"),
        ({"label_guidance": 1.0, "labels": True}, "a teacher that has them"),
        ({"label_guidance": -1.0, "labels": True, "teacher": "film-15"}, "from 0 to 100"),
    ],
)
def test_labels_that_cannot_be_are_refused(changes, message):
    with pytest.raises(DiffvizError, match=message):
        TrainConfig(**changes)


def predictions(spec, x_t, t, labels):
    """Return eps ``[B, 1, 28, 28]``, asking for one image at a time."""
    denoiser = Pipeline.load(spec, "cpu", 1, backend="pytorch").denoiser
    rows = zip(x_t[:, 0].numpy(), t.tolist(), labels.tolist(), strict=True)
    each = [denoiser(image[None], step, np.array([label])) for image, step, label in rows]
    return np.stack(each)


def test_what_a_teacher_makes_of_labels(labelled_weights):
    t, eps = batch_noise(0, 1, (4, 1, 28, 28))
    x_t, labels = eps * 0.9, torch.tensor([3, NO_LABEL, 7, NO_LABEL])
    none = torch.full_like(labels, NO_LABEL)
    cond = predictions(labelled_weights, x_t, t, labels)
    null = predictions(labelled_weights, x_t, t, none)
    worse = predictions("film-15", x_t, t, none)
    assert np.abs(cond - null)[[0, 2]].max() > 1e-3
    assert np.abs(cond - null)[[1, 3]].max() < 1e-5

    def target(**config):
        whole = TrainConfig(architecture="film-unet", labels=True, **config)
        return Teacher(whole, CPU, 10)(x_t, t, eps, labels).numpy()

    np.testing.assert_allclose(target(teacher=labelled_weights), cond, atol=1e-4)
    guided = target(teacher=labelled_weights, label_guidance=1.5)
    np.testing.assert_allclose(guided, cond + 1.5 * (cond - null), atol=1e-4)
    # a guide without labels is compared with the teacher without labels
    guided = target(teacher=labelled_weights, guide="film-15", guidance=3.0)
    np.testing.assert_allclose(guided, cond + 2 * (null - worse), atol=1e-4)
    guided = target(teacher=labelled_weights, guide=labelled_weights, guidance=3.0)
    np.testing.assert_allclose(guided, cond, atol=1e-4)
    # a teacher without labels: for labelled images the noise takes its place
    taught = target(teacher="film-15")
    np.testing.assert_allclose(taught[[1, 3]], worse[[1, 3]], atol=1e-4)
    np.testing.assert_allclose(taught[[0, 2]], eps.numpy()[[0, 2]], atol=1e-6)


def test_a_teacher_of_other_classes_is_refused(labelled_weights):
    config = TrainConfig(teacher=labelled_weights, labels=True)
    with pytest.raises(DiffvizError, match="has labels for 10 classes, the data set has 26"):
        Teacher(config, CPU, 26)
    config = TrainConfig(teacher="film-15", labels=True, label_guidance=1.0)
    with pytest.raises(DiffvizError, match="film-15 has none"):
        Teacher(config, CPU, 10)


def test_the_table_of_labels_learns_ten_times_faster(new_training):
    """Adam's first step is the learning rate itself, in every number that has a gradient."""
    training = new_training(**LABELLED, init="film-15", lr=1e-3)
    training.sit(stop_at=1)
    before = load_weights("film-15:ema").tensors
    after = read_tensors(training.run / "checkpoint.safetensors").group("raw")
    assert float(after["labels.weight"].abs().max()) == pytest.approx(1e-2, rel=0.01)
    moved = np.abs(after["stem.bias"].numpy() - before["stem.bias"]).max()
    assert moved == pytest.approx(1e-3, rel=0.01)
