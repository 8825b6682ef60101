"""The loop that every sampler shares: evaluate, record, update."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from ..array_types import Array
from ..errors import DiffvizError
from ..noise import BatchNoise
from ..phases import phase_at
from ..schedule import Schedule
from ..step import Conditioning, Step
from .denoiser import ConditionedDenoiser, Denoiser, Prediction

Update = Callable[[Step, int, Callable[[], Array]], Array]
"""``(step, next timestep, draw of fresh noise) -> x`` at the next timestep."""

Start = tuple[int, Array]
"""Where a chain is entered: the index of a record and its x_t, ``[B, 28, 28]`` for digits."""


def run_chain(
    denoiser: Denoiser,
    noise: BatchNoise,
    schedule: Schedule,
    timesteps: Sequence[int],
    update: Update,
    start: Start | None = None,
) -> Iterator[Step]:
    """Yield the reverse process over falling ``timesteps``, then the finished images at t = 0.

    Draw 0 of ``noise`` is the starting image, draw ``k`` the noise that update ``k`` may inject.
    With ``start = (index, x_t)`` the process is taken up at record ``index``: the same noise
    gives the rest of the same process, another stream gives a branch of it. (A multistep method
    has no earlier evaluation there and begins with a first-order update.)

    Raises:
        ValueError: if ``start`` lies outside the process or has another batch than ``noise``.
        DiffvizError: if the images stop being finite.
    """
    total = len(timesteps)
    first, x_t = start if start is not None else (0, noise.draw(0))
    if not 0 <= first < total or len(x_t) != len(noise):
        raise ValueError(
            f"can't start at record {first} of {total} with {len(x_t)} images for "
            f"{len(noise)} noise streams"
        )
    followers = [*timesteps[1:], 0]
    predict = predicting(denoiser)
    step: Step | None = None
    for index in range(first, total):
        step = evaluate(predict, schedule, index, total, timesteps[index], x_t)
        yield step
        x_t = update(step, followers[index], lambda draw=index + 1: noise.draw(draw))
    yield finish(step, x_t, total)


Predict = Callable[[Array, int], Prediction]


def predicting(denoiser: Denoiser) -> Predict:
    """Return what predicts the noise, and tells how labels made it if the denoiser does."""
    if isinstance(denoiser, ConditionedDenoiser):
        return denoiser.predict
    return lambda x_t, t: Prediction(denoiser(x_t, t))


def evaluate(
    predict: Predict, schedule: Schedule, index: int, total: int, t: int, x_t: Array
) -> Step:
    """Return the record of one evaluation: what is predicted for ``x_t`` at ``t``."""
    predicted = predict(x_t, t)
    x0_hat = predicted.x0_hat
    if x0_hat is None:
        x0_hat = schedule.predict_x0(x_t, predicted.eps, t)
    phase = phase_at(t, schedule.num_train_timesteps)
    told = _conditioning(predicted, x_t, schedule, t)
    return Step(index, total, t, schedule.alpha_bar(t), phase, x_t, x0_hat, predicted.eps, told)


def finish(before: Step | None, x_0: Array, total: int) -> Step:
    """Return the last record, of the finished images ``x_0`` after the record ``before``.

    Raises:
        DiffvizError: if the images aren't finite.
    """
    if not np.isfinite(x_0).all():
        raise DiffvizError(
            "sampling ended in NaN or infinite pixels: these weights don't fit this sampler"
        )
    told = None if before is None else before.conditioning
    last = None if told is None else replace(told, x0_null=None)
    return Step(total, total, 0, 1.0, phase_at(0), x_0, x_0, np.zeros_like(x_0), last)


def _conditioning(
    predicted: Prediction, x_t: Array, schedule: Schedule, t: int
) -> Conditioning | None:
    """Return what the network was told, for the record of a step; None without labels."""
    if predicted.labels is None:
        return None
    labels, eps_null = tuple(predicted.labels.tolist()), predicted.eps_null
    x0_null = None if eps_null is None else schedule.predict_x0(x_t, eps_null, t)
    return Conditioning(labels, predicted.guidance, x0_null, predicted.drawn)
