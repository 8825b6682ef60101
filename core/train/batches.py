"""One optimizer step: its images, timesteps, noise and measurements.

Algorithm 1 of Ho et al. 2020: draw images, a uniform timestep each and noise; descend on the
mean squared error of the predicted noise. All random numbers are functions of (seed, step), so
a resumed run trains on exactly the same numbers as an uninterrupted one.
"""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor
from torch.optim.swa_utils import get_ema_multi_avg_fn

from ..data import ImageData
from ..errors import DiffvizError
from ..machine.distributed import ALONE, Group
from ..names import NO_LABEL, NUM_TIMESTEPS, SIDE
from ..noise import philox
from ..phases import Phase, phase_at
from ..recipes import TrainConfig
from ..schedule import Schedule
from .checkpoint import TrainState, raw_weights
from .few_steps import FewSteps
from .loss_guard import LossGuard
from .objective import timestep_weights
from .teacher import Teacher
from .train_state import LR_FACTOR

_PHASES = tuple(Phase)
_BANDS = np.array([_PHASES.index(phase_at(t)) for t in range(NUM_TIMESTEPS + 1)])


def epoch_order(seed: int, epoch: int, images: int) -> Tensor:
    """Return the order in which ``epoch`` (from 1) visits the images."""
    return torch.from_numpy(philox(seed, "order", epoch).permutation(images))


def batch_noise(seed: int, step: int, shape: tuple[int, int, int, int]) -> tuple[Tensor, Tensor]:
    """Return the timesteps (1 … 1000, ``[B]``) and the noise of optimizer step ``step``."""
    generator = philox(seed, "batch", step)
    timesteps = torch.from_numpy(generator.integers(1, NUM_TIMESTEPS + 1, shape[0]))
    return timesteps, torch.from_numpy(generator.standard_normal(shape, dtype="float32"))


def label_drops(seed: int, step: int, images: int, dropout: float) -> Tensor:
    """Return which images of optimizer step ``step`` are shown without a label, bool ``[B]``."""
    return torch.from_numpy(philox(seed, "labels", step).random(images) < dropout)


def batches_per_epoch(config: TrainConfig, data: ImageData, group: Group = ALONE) -> int:
    """Return the number of whole batches in the data; the last short one is dropped.

    Raises:
        DiffvizError: if there is none, or the processes can't share a batch evenly.
    """
    if config.batch_size > len(data):
        raise DiffvizError(
            f"batch size {config.batch_size} is larger than the data set ({len(data)} images)"
        )
    if config.distilled_steps and group.size > 1:
        raise DiffvizError("training for few steps runs in one process: start it without torchrun")
    if config.batch_size % group.size:
        raise DiffvizError(
            f"{group.size} processes can't share batches of {config.batch_size} evenly: "
            "choose another --batch-size or --nproc-per-node"
        )
    return len(data) // config.batch_size


def position(step: int, batches: int) -> tuple[int, int]:
    """Return (epoch, batch), both from 1, of the last of ``step`` batches done."""
    if step == 0:
        return 1, 0
    return (step - 1) // batches + 1, (step - 1) % batches + 1


@dataclass(frozen=True, slots=True)
class Measured:
    """Measurements of one batch; see :class:`.records.Batch`."""

    loss: float
    lr: float
    objective: float | None
    grad_norm: float
    bands: dict[str, float]


class BatchRunner:
    """Trains batch by batch; ``state`` is consistent between them."""

    def __init__(
        self,
        config: TrainConfig,
        data: ImageData,
        state: TrainState,
        device: torch.device,
        group: Group,
    ) -> None:
        self._config, self._state, self._device, self._group = config, state, device, group
        self._batches = batches_per_epoch(config, data, group)
        alpha_bars = torch.tensor(Schedule().alpha_bars, dtype=torch.float64)
        self._signal = alpha_bars.sqrt().float()
        self._noise = (1 - alpha_bars).sqrt().float()
        self._weights: Tensor | None = None
        if config.loss_weighting != "none":
            weights = timestep_weights(config.loss_weighting)
            self._weights = torch.tensor(weights, dtype=torch.float32)
        few = config.distilled_steps > 0
        self._teacher = self._new_teacher() if config.teacher and not few else None
        self._adversary = state.adversary
        self._few_steps = FewSteps(config, state.adversary, device) if state.adversary else None
        self._images = torch.from_numpy(data.images).to(device)
        self._labels = torch.from_numpy(state.classes.labels) if state.classes else None
        self._order = torch.empty(0, dtype=torch.long)
        self._order_epoch = 0
        self._model = group.parallel(state.model.train(), device)
        self._parameters = list(state.model.parameters())
        raw = raw_weights(state.model)
        self._raw = [raw[name] for name in state.ema]
        self._guard = LossGuard()

    def _new_teacher(self) -> Teacher:
        classes = self._state.classes
        return Teacher(self._config, self._device, len(classes.names) if classes else 0)

    @property
    def suspicious(self) -> bool:
        """Whether the newest losses are far above the usual ones."""
        return self._guard.suspicious > 0

    def next(self, total: int) -> Measured:
        """Train on the next of ``total`` batches; the state is unchanged after an exception.

        Raises:
            DivergedError: if the loss or the gradient is not finite, or the loss has exploded.
            LostProcessError: if another process has ended.
        """
        state, config = self._state, self._config
        step = state.step + 1
        epoch, batch = position(step, self._batches)
        lr = config.learning_rate(step, total) * state.lr_scale
        for parameters in state.optimizer.param_groups:
            parameters["lr"] = lr * parameters.get(LR_FACTOR, 1.0)
        state.optimizer.zero_grad(set_to_none=True)
        with self._group.guard():
            t, errors, loss, objective = self._forward(step, epoch, batch)
            objective.backward()
        measured = self._measure(t, errors, loss, objective, lr)
        self._guard.check(measured.loss, measured.grad_norm, epoch, batch)
        state.optimizer.step()
        if self._adversary is not None:
            self._adversary.learn(step, lr)
        with torch.no_grad():
            average = get_ema_multi_avg_fn(config.ema_decay_at(step))
            average(list(state.ema.values()), self._raw, None)
        state.step = step
        return measured

    def _forward(self, step: int, epoch: int, batch: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Return this process's timesteps, squared errors ``[B]``, loss and objective."""
        config, device, size = self._config, self._device, self._config.batch_size
        if self._order_epoch != epoch:
            self._order = epoch_order(config.seed, epoch, len(self._images))
            self._order_epoch = epoch
        rows = self._group.share(size)
        picked = self._order[(batch - 1) * size : batch * size][rows]
        t, eps = batch_noise(config.seed, step, (size, 1, SIDE, SIDE))
        steps: Tensor | None = None
        if self._few_steps is not None:
            steps, t = self._few_steps.draw(step, size)
        t, eps = t[rows], eps[rows].to(device)
        x_0 = self._images[picked.to(device)].float().div_(127.5).sub_(1.0).unsqueeze(1)
        signal = self._signal[t].to(device).view(-1, 1, 1, 1)
        noise = self._noise[t].to(device).view(-1, 1, 1, 1)
        classes: Tensor | None = None
        labels: Tensor | None = None
        if self._labels is not None:
            dropped = label_drops(config.seed, step, size, config.label_dropout)[rows]
            classes = self._labels[picked].to(device)
            labels = classes.masked_fill(dropped.to(device), NO_LABEL)
        shown, own = x_0, torch.empty(0)
        if self._few_steps is not None and steps is not None:
            shown, own = self._few_steps.own_images(self._predict, x_0, steps, labels, step)
        x_t = signal * shown + noise * eps  # eq. 4
        predicted = self._predict(x_t, t, labels)
        with torch.no_grad():
            errors = _errors(predicted, eps)
        if config.is_plain:
            loss = F.mse_loss(predicted, eps)  # eq. 14
            return t, errors, loss, loss
        if self._few_steps is not None and steps is not None:
            objective = self._few_steps.objective(
                x_0, x_t, predicted, steps, own, labels, classes, step
            )
            return t, errors, errors.mean(), objective
        with torch.no_grad():
            target = eps if self._teacher is None else self._teacher(x_t, t, eps, labels)
        counted = _errors(predicted, target)
        if self._weights is not None:
            counted = self._weights[t].to(device) * counted
        return t, errors, errors.mean(), counted.mean()

    def _predict(self, x_t: Tensor, t: Tensor, labels: Tensor | None) -> Tensor:
        """Return eps in float32 for ``x_t`` at timesteps ``t`` (1 … T)."""
        bf16 = self._config.precision == "bf16"
        given = () if labels is None else (labels,)
        with torch.autocast(self._device.type, torch.bfloat16, enabled=bf16):
            return self._model(x_t, (t - 1).to(self._device), *given).float()

    def _measure(
        self, t: Tensor, errors: Tensor, loss: Tensor, objective: Tensor, lr: float
    ) -> Measured:
        """Copy the results to the host at once and average them over the processes."""
        gradients = [p.grad for p in self._parameters if p.grad is not None]
        scalars = torch.stack(
            [loss.detach(), objective.detach(), torch.nn.utils.get_total_norm(gradients)]
        )
        host = torch.cat([scalars, errors.detach()]).double().cpu().numpy()
        bands = _BANDS[t.numpy()]
        sums = np.bincount(bands, weights=host[3:], minlength=len(_PHASES))
        counts = np.bincount(bands, minlength=len(_PHASES))
        means = host[:2] / self._group.size
        local: NDArray[np.float64] = np.concatenate([means, sums, counts]).astype(np.float64)
        summed = self._group.sum(local)
        sums, counts = np.split(summed[2:], 2)
        return Measured(
            loss=float(summed[0]),
            lr=lr,
            objective=None if self._config.is_plain else float(summed[1]),
            grad_norm=_short(host[2]),
            bands={
                phase.label: _short(total / count)
                for phase, total, count in zip(_PHASES, sums, counts, strict=True)
                if count
            },
        )


def _errors(predicted: Tensor, target: Tensor) -> Tensor:
    """Return the mean squared error of each image, ``[B]``."""
    return (predicted - target).square().mean(dim=(1, 2, 3))


def _short(value: float) -> float:
    """Return a number for the log with five significant digits."""
    return float(f"{value:.5g}")
