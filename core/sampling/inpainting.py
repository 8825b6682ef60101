"""Filling in hidden pixels of a picture (RePaint: Lugmayr et al. 2022, algorithm 1).

At each step the held pixels come from q(x_t | x_0) of the picture and the hidden ones from the
reverse process. So that both fit each other, parts of the process are gone through several times:
noise takes x_t back by a jump of some steps, and it is denoised again.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from ..array_types import Array
from ..noise import BatchNoise
from ..schedule import Schedule
from ..step import Step
from .chain import Start, Update, evaluate, finish, predicting
from .denoiser import Denoiser
from .given import Given

_HELD, _JUMP = 1, 2
"""Numbers of the noise streams of held pixels and of jumps; no branch is taken at t = 0."""


class Evaluation(NamedTuple):
    """One evaluation of the network and what follows it."""

    t: int
    t_next: int
    back_to: int | None
    """The timestep that noise takes x back to after the update; None: none does."""


def plan_inpainting(timesteps: Sequence[int], resamplings: int, jump: int) -> list[Evaluation]:
    """Return the evaluations of a process over falling ``timesteps``, with its jumps back.

    Whenever ``1, 1 + jump, 1 + 2 jump …`` steps are left, noise takes x back by ``jump`` steps,
    ``resamplings - 1`` times. ``jump = 1`` is the paper's algorithm 1, longer ones its appendix B.
    """
    total = len(timesteps)
    levels = [*timesteps, 0]
    jumps = dict.fromkeys(range(1, total - jump + 1, jump), resamplings - 1)
    plan: list[Evaluation] = []
    position = 0
    while position < total:
        t, position = levels[position], position + 1
        back_to = None
        t_next = levels[position]
        if jumps.get(total - position, 0) > 0:
            jumps[total - position] -= 1
            position -= jump
            back_to = levels[position]
        plan.append(Evaluation(t, t_next, back_to))
    return plan


def run_inpainting(
    denoiser: Denoiser,
    noise: BatchNoise,
    schedule: Schedule,
    timesteps: Sequence[int],
    make_update: Callable[[], Update],
    given: Given,
    start: Start | None = None,
) -> Iterator[Step]:
    """Yield the evaluations of filling in the hidden pixels of ``given``, and the whole pictures.

    A record's index counts evaluations, and t rises where noise takes x back. In the last record
    the held pixels are those of the picture. ``start`` is the index of a record and its x_t, to
    go on from; ``make_update`` makes a sampler's update without memory of earlier steps, which a
    jump makes invalid.

    Raises:
        ValueError: if ``start`` lies outside the process or has another batch than ``noise``.
        DiffvizError: if the images stop being finite.
    """
    assert given.hidden is not None
    entered, visited = given.enter(timesteps)
    plan = plan_inpainting(visited[entered:], given.resamplings, given.jump)
    total = len(plan)
    held_noise, jump_noise = (
        BatchNoise([stream.child(0, number) for stream in noise.streams])
        for number in (_HELD, _JUMP)
    )
    first, x_t = start or (0, given.at(given.t, noise.draw(0), schedule))
    if not 0 <= first < total or len(x_t) != len(noise):
        raise ValueError(f"can't start at record {first} of {total} with {len(x_t)} images")
    predict, update, step = predicting(denoiser), make_update(), None
    for index in range(first, total):
        t, t_next, back_to = plan[index]
        step = evaluate(predict, schedule, index, total, t, x_t)
        yield step
        free = update(step, t_next, lambda draw=index + 1: noise.draw(draw))
        held = given.at(t_next, held_noise.draw(index + 1), schedule)
        x_t = np.where(given.hidden, free, held)
        if back_to is not None:
            x_t = _noised(x_t, jump_noise.draw(index + 1), schedule, t_next, back_to)
            update = make_update()
    yield finish(step, x_t, total)


def _noised(x: Array, eps: Array, schedule: Schedule, t: int, back_to: int) -> Array:
    """Return x at ``t`` with the noise of q up to the later timestep ``back_to``."""
    kept = schedule.alpha_bar(back_to) / schedule.alpha_bar(t)
    return kept**0.5 * x + (1.0 - kept) ** 0.5 * eps
