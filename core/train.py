"""The training recipe as a generator of events.

Algorithm 1 of Ho et al. 2020: draw images, a uniform timestep each and noise; descend on the
mean squared error of the predicted noise. All random numbers are functions of (seed, step), so
a resumed run sees exactly what an uninterrupted one would have seen.
"""

import math
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim.swa_utils import get_ema_multi_avg_fn

from .checkpoint import (
    CHECKPOINT,
    TrainState,
    load_checkpoint,
    raw_weights,
    save_checkpoint,
    weight_tensors,
)
from .data import ImageData
from .errors import DiffvizError
from .models import build, parameter_count
from .models.files import save_tensors
from .models.weights import load_weights
from .noise import philox
from .objective import timestep_weights
from .recipes import TrainConfig
from .records import Batch, CheckpointSaved, EpochDone, Finished, Started, TrainEvent
from .schedule import Schedule

WEIGHTS = "weights.safetensors"


def epoch_order(seed: int, epoch: int, images: int) -> Tensor:
    """Return the order in which ``epoch`` (from 1) visits the images."""
    return torch.from_numpy(philox(seed, "order", epoch).permutation(images))


def batch_noise(seed: int, step: int, shape: tuple[int, int, int, int]) -> tuple[Tensor, Tensor]:
    """Return the timesteps (1 … 1000, ``[B]``) and the noise of optimizer step ``step``."""
    generator = philox(seed, "batch", step)
    timesteps = torch.from_numpy(generator.integers(1, 1001, shape[0]))
    return timesteps, torch.from_numpy(generator.standard_normal(shape, dtype="float32"))


def batches_per_epoch(config: TrainConfig, data: ImageData) -> int:
    """Return the number of whole batches in the data; the last short one is dropped.

    Raises:
        DiffvizError: if there is none.
    """
    if config.batch_size > len(data):
        raise DiffvizError(
            f"batch size {config.batch_size} is larger than the data set ({len(data)} images)"
        )
    return len(data) // config.batch_size


def train(
    config: TrainConfig,
    data: ImageData,
    run: Path,
    *,
    device: torch.device | None = None,
    resume: bool = False,
    stop: threading.Event | None = None,
    checkpoint_every_s: float = 60.0,
) -> Iterator[TrainEvent]:
    """Train in the run folder ``run`` and yield what happens, batch by batch.

    A checkpoint is written after each epoch, every ``checkpoint_every_s`` seconds, and when
    ``stop`` is set; weights of each epoch are kept beside it. Closing the generator between two
    batches also saves. A logger has to have stored an event before it asks for the next one:
    then a log never lacks a batch that a checkpoint contains.

    Raises:
        DiffvizError: if the data are too few, a file can't be read or written, or the loss is
            not finite.
    """
    device = device or torch.device("cpu")
    batches = batches_per_epoch(config, data)
    total = batches * config.epochs
    state = _new_state(config, data.md5, device)
    if resume and (run / CHECKPOINT).exists():  # a run may be killed before its first
        load_checkpoint(run / CHECKPOINT, state)
    if state.step > total:
        raise DiffvizError(
            f"{run} has gone beyond {config.epochs} epochs already: it can't go on to fewer"
        )
    yield Started(
        run=str(run),
        architecture=config.architecture,
        parameters=parameter_count(state.model),
        dataset=data.name,
        images=len(data),
        device=str(device),
        epochs=config.epochs,
        batches_per_epoch=batches,
        batch_size=config.batch_size,
        step=state.step,
    )
    if state.step < total:
        # of a training that is now extended: its last epoch's weights are kept among the epochs
        (run / WEIGHTS).unlink(missing_ok=True)
    saved_step, saved_at = state.step, time.monotonic()

    def save() -> CheckpointSaved:
        nonlocal saved_step, saved_at
        save_checkpoint(run / CHECKPOINT, state, config)
        saved_step, saved_at = state.step, time.monotonic()
        epoch, batch = _position(state.step, batches)
        return CheckpointSaved(state.step, epoch, batch, str(run / CHECKPOINT))

    between_epochs = False
    try:
        for event in _batches(config, data, state, device, total, batches):
            between_epochs = isinstance(event, Batch) and event.batch == batches
            if isinstance(event, EpochDone):  # before anyone can stop here
                save_weights(epoch_weights(run, event.epoch), state, config)
            yield event
            if between_epochs:
                continue  # a checkpoint here would lose the epoch's own event
            if isinstance(event, EpochDone):
                yield save()
            if stop is not None and stop.is_set() and state.step < total:
                if saved_step != state.step:
                    yield save()
                epoch, batch = _position(state.step, batches)
                checkpoint = str(run / CHECKPOINT)
                yield Finished(state.step, epoch, batch, state.wall_s, False, checkpoint)
                return
            if time.monotonic() - saved_at > checkpoint_every_s and saved_step != state.step:
                yield save()
    except GeneratorExit:
        if saved_step != state.step and not between_epochs:
            save()
        raise
    save_weights(run / WEIGHTS, state, config)
    yield Finished(total, config.epochs, batches, state.wall_s, True, str(run / WEIGHTS))


def epoch_weights(run: Path, epoch: int) -> Path:
    """Return where the weights after ``epoch`` are kept."""
    return run / "epochs" / f"{epoch:04d}.safetensors"


def save_weights(path: Path, state: TrainState, config: TrainConfig) -> None:
    """Write the raw and EMA weights with what made them."""
    metadata = {
        "kind": "weights",
        "architecture": config.architecture,
        "default_set": config.default_set,
        "config": config.to_json(),
        "data_md5": state.data_md5,
        "step": state.step,
        "loss": state.last_loss,
    }
    save_tensors(path, weight_tensors(state), metadata)


def _position(step: int, batches: int) -> tuple[int, int]:
    """Return (epoch, batch), both from 1, of the last of ``step`` batches done."""
    if step == 0:
        return 1, 0
    return (step - 1) // batches + 1, (step - 1) % batches + 1


def _new_state(config: TrainConfig, data_md5: str, device: torch.device) -> TrainState:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(int(philox(config.seed, "init", 0).integers(2**63)))
        model = build(config.architecture)
    if config.init:
        model = _initial(config)
    # channels-last is the faster layout for small convolutions on every device
    model = model.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    ema = {name: tensor.clone() for name, tensor in raw_weights(model).items()}
    decayed = [p for p in model.parameters() if p.ndim > 1]
    others = [p for p in model.parameters() if p.ndim <= 1]
    optimizer = torch.optim.AdamW(
        [
            {"params": decayed, "weight_decay": config.weight_decay},
            {"params": others, "weight_decay": 0.0},
        ],
        lr=config.lr,
        betas=(0.9, config.adam_beta2),
        fused=device.type in ("cpu", "cuda"),
    )
    return TrainState(model, ema, optimizer, data_md5)


def _initial(config: TrainConfig) -> nn.Module:
    weights = load_weights(config.init)
    if weights.architecture != config.architecture:
        raise DiffvizError(
            f"--init {config.init} is a {weights.architecture}, the recipe trains a "
            f"{config.architecture}: choose weights or a recipe that fit"
        )
    return weights.model


def _batches(
    config: TrainConfig,
    data: ImageData,
    state: TrainState,
    device: torch.device,
    total: int,
    batches: int,
) -> Iterator[Batch | EpochDone]:
    """Do the remaining batches; ``state`` is consistent at every yield."""
    alpha_bars = torch.tensor(Schedule().alpha_bars, dtype=torch.float64)
    signal, noise_std = alpha_bars.sqrt().float(), (1 - alpha_bars).sqrt().float()
    weights = None
    if config.loss_weighting != "none":
        weights = torch.tensor(timestep_weights(config.loss_weighting), dtype=torch.float32)
    images = data.images.to(device)
    order, order_epoch = None, 0
    model, before = state.model.train(), time.perf_counter()
    epoch_started = state.wall_s
    epoch_from = state.step % batches

    while state.step < total:
        step = state.step + 1
        epoch, batch = _position(step, batches)
        if order is None or order_epoch != epoch:
            order, order_epoch = epoch_order(config.seed, epoch, len(data)), epoch
        picked = order[(batch - 1) * config.batch_size : batch * config.batch_size]
        x_0 = images[picked.to(device)].float().div_(127.5).sub_(1.0).unsqueeze(1)
        t, eps = batch_noise(config.seed, step, (config.batch_size, 1, 28, 28))
        scale = signal[t].to(device).view(-1, 1, 1, 1)
        spread = noise_std[t].to(device).view(-1, 1, 1, 1)
        eps = eps.to(device)
        x_t = scale * x_0 + spread * eps  # eq. 4

        lr = config.learning_rate(step, total)
        for group in state.optimizer.param_groups:
            group["lr"] = lr
        with torch.autocast(device.type, torch.bfloat16, enabled=config.precision == "bf16"):
            predicted = model(x_t, (t - 1).to(device))
        loss = F.mse_loss(predicted.float(), eps)  # eq. 14
        objective = loss
        if weights is not None:
            errors = (predicted.float() - eps).square().mean(dim=(1, 2, 3))
            objective = (weights[t].to(device) * errors).mean()
        state.optimizer.zero_grad(set_to_none=True)
        objective.backward()
        value = loss.item()
        if not math.isfinite(value):
            raise DiffvizError(
                f"the loss became {value} in epoch {epoch}, batch {batch}: the last checkpoint "
                "is whole; go on from it, or start again with a lower --lr"
            )
        state.optimizer.step()
        _update_ema(state, config.ema_decay_at(step))

        state.step = step
        state.epoch_loss += value
        now = time.perf_counter()
        state.wall_s += now - before
        rate = config.batch_size / max(now - before, 1e-9)
        before = now
        ends_epoch = batch == batches
        if ends_epoch:
            state.last_loss, state.epoch_loss = state.epoch_loss / batches, 0.0
        minimised = None if weights is None else objective.item()
        yield Batch(step, epoch, batch, state.wall_s, value, lr, rate, minimised)
        if ends_epoch:
            seen = (batches - epoch_from) * config.batch_size
            rate = seen / max(state.wall_s - epoch_started, 1e-9)
            yield EpochDone(step, epoch, batch, state.wall_s, state.last_loss, lr, rate)
            epoch_started, epoch_from = state.wall_s, 0


@torch.no_grad()
def _update_ema(state: TrainState, decay: float) -> None:
    own = raw_weights(state.model)
    average = get_ema_multi_avg_fn(decay)
    average(list(state.ema.values()), [own[name] for name in state.ema], None)
