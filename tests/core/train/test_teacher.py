"""Distillation: what a student's target is, and what is reported of it."""

import numpy as np
import pytest
import torch

from diffviz.core.errors import DiffvizError
from diffviz.core.pipeline import Pipeline
from diffviz.core.recipes import TrainConfig
from diffviz.core.train.batches import batch_noise
from diffviz.core.train.teacher import Teacher


@pytest.fixture
def eps_of():
    """Return a function that asks bundled weights, one image and one timestep at a time."""

    def ask(name: str, x_t: torch.Tensor, t: torch.Tensor) -> np.ndarray:
        denoiser = Pipeline.load(name, "cpu", 1, backend="pytorch").denoiser
        pairs = zip(x_t[:, 0].numpy(), t.tolist(), strict=True)
        return np.stack([denoiser(image[None], timestep) for image, timestep in pairs])

    return ask


def test_a_guided_teacher_moves_away_from_its_guide(eps_of):
    t, x_t = batch_noise(0, 1, (6, 1, 28, 28))
    noise = torch.zeros_like(x_t)
    config = TrainConfig(teacher="film-15", guide="reference", guidance=2.5)
    good, worse = eps_of("film-15", x_t, t), eps_of("reference", x_t, t)
    target = Teacher(config, torch.device("cpu"))(x_t, t, noise)
    np.testing.assert_allclose(target.numpy(), good + 1.5 * (good - worse), atol=1e-4)
    alone = Teacher(TrainConfig(teacher="film-15"), torch.device("cpu"))(x_t, t, noise)
    np.testing.assert_allclose(alone.numpy(), good, atol=1e-4)


def first_batch(training) -> dict:
    training.sit(stop_at=1)
    return next(event for event in training.log() if event["event"] == "batch")


def test_a_student_learns_the_teachers_prediction_and_reports_the_plain_loss(new_training):
    film = {"architecture": "film-unet", "init": "film-15"}
    plain = first_batch(new_training("plain", **film))
    assert "objective" not in plain
    pupil = first_batch(new_training("pupil", **film, teacher="film-15"))
    assert pupil["objective"] == pytest.approx(0, abs=1e-9)  # it begins as its own teacher
    guided = first_batch(
        new_training("guided", **film, teacher="film-15", guide="reference", guidance=2.0)
    )
    assert guided["objective"] > 1e-4
    twice = first_batch(
        new_training("twice", **film, teacher="film-15", guide="reference", guidance=3.0)
    )
    assert twice["objective"] == pytest.approx(4 * guided["objective"], rel=1e-3)
    for event in (pupil, guided, twice):
        assert event["loss"] == pytest.approx(plain["loss"], rel=1e-6)


@pytest.mark.slow
def test_a_student_goes_towards_its_teacher(new_training):
    training = new_training(architecture="film-unet", teacher="film-15", lr=3e-3, epochs=12)
    training.sit()
    objectives = [e["objective"] for e in training.log() if e["event"] == "batch"]
    assert np.mean(objectives[-6:]) < 0.7 * np.mean(objectives[:3])


@pytest.mark.parametrize(
    "changes",
    [
        {"guide": "reference", "guidance": 2.0},
        {"teacher": "film-15", "guide": "reference"},
        {"teacher": "film-15", "guidance": 2.0},
    ],
)
def test_an_incomplete_guidance_is_refused(changes):
    with pytest.raises(DiffvizError, match="both or none"):
        TrainConfig(**changes)


def test_a_missing_teacher_is_named(new_training):
    with pytest.raises(DiffvizError, match=r"teacher.*no weights 'nobody'"):
        new_training(teacher="nobody").sit()
