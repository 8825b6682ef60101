"""Checkpoints: the state from which a training resumes exactly.

Random numbers are functions of (seed, step), so only the step count is stored for them.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from ..data.classes import Classes
from ..errors import DiffvizError
from ..models.arrays import WeightsFile
from ..models.weight_files import load_strictly, read_tensors, save_tensors
from ..recipes import TrainConfig
from .adversary import Adversary

_MAX = 1e12  # steps or seconds of a run


@dataclass(eq=False)
class TrainState:
    """The state of a training, which changes with each batch."""

    model: nn.Module
    ema: dict[str, Tensor]
    optimizer: torch.optim.Optimizer
    data_md5: str
    step: int = 0
    """Batches done."""
    epoch_loss: float = 0.0
    """Sum of the losses of the current epoch's batches."""
    wall_s: float = 0.0
    """Seconds of training so far, over all sessions."""
    last_loss: float = 0.0
    """Mean loss of the newest whole epoch."""
    lr_scale: float = 1.0
    """The factor of the recipe's learning rate."""
    classes: Classes | None = None
    """The classes and labels of the images, where the network takes them."""
    adversary: Adversary | None = None
    """Of a training for few steps."""


def raw_weights(model: nn.Module) -> dict[str, Tensor]:
    """Return the model's tensors by name."""
    return {name: tensor.detach() for name, tensor in model.state_dict().items()}


def weight_tensors(state: TrainState) -> dict[str, Tensor]:
    """Return the raw and EMA weights under the names a weights file uses."""
    tensors = {f"raw.{k}": v for k, v in raw_weights(state.model).items()}
    return tensors | {f"ema.{k}": v for k, v in state.ema.items()}


def save_checkpoint(path: Path, state: TrainState, config: TrainConfig) -> None:
    """Write everything needed to resume to ``path``, atomically."""
    tensors = weight_tensors(state)
    tensors |= _optimizer_tensors("optimizer", state.model, state.optimizer)
    if (adversary := state.adversary) is not None:
        tensors |= {f"critic.{k}": v for k, v in raw_weights(adversary.critic).items()}
        tensors |= _optimizer_tensors("critic_optimizer", adversary.critic, adversary.optimizer)
    metadata = _metadata("checkpoint", state, config) | {
        # hexadecimal keeps every bit
        "epoch_loss": state.epoch_loss.hex(),
        "last_loss": state.last_loss.hex(),
        "wall_s": state.wall_s,
        "lr_scale": state.lr_scale,  # a power of two
    }
    save_tensors(path, tensors, metadata)


def _optimizer_tensors(
    group: str, model: nn.Module, optimizer: torch.optim.Optimizer
) -> dict[str, Tensor]:
    """Return Adam's state of each parameter of ``model`` under ``group.NAME.KEY``."""
    return {
        f"{group}.{name}.{key}": torch.as_tensor(value)
        for name, parameter in model.named_parameters()
        for key, value in optimizer.state[parameter].items()
    }


def save_weights(path: Path, state: TrainState, config: TrainConfig) -> None:
    """Write the raw and EMA weights and the configuration they were trained with."""
    metadata = _metadata("weights", state, config) | {"loss": state.last_loss}
    save_tensors(path, weight_tensors(state), metadata)


def _metadata(kind: str, state: TrainState, config: TrainConfig) -> dict[str, Any]:
    classes = state.classes
    of_labels = {"classes": classes.names, "labels_md5": classes.md5} if classes else {}
    return {
        "kind": kind,
        "architecture": config.architecture,
        **of_labels,
        "default_set": config.default_set,
        "config": config.to_json(),
        "data_md5": state.data_md5,
        "step": state.step,
    }


def load_checkpoint(path: Path, state: TrainState) -> None:
    """Load ``path`` into ``state``, a new state of the same configuration.

    Raises:
        DiffvizError: if the file is missing, broken, or of another architecture.
    """
    file = read_tensors(path)
    if file.metadata.get("kind") != "checkpoint":
        raise DiffvizError(f"{path} holds weights only: training can't go on from it")
    if file.metadata.get("data_md5") != state.data_md5:
        raise DiffvizError(
            f"{path.parent} was trained on other images than these (md5 {_short(file.metadata)}…, "
            f"not {state.data_md5[:8]}…): name the data it had with --dataset or --data-dir"
        )
    classes = state.classes
    if file.metadata.get("labels_md5") != (classes.md5 if classes else None):
        raise DiffvizError(
            f"{path.parent} was trained on images with other labels than these: resume with the "
            "data it had"
        )
    try:
        load_strictly(state.model, file.group("raw"), path)
        ema = file.group("ema")
        if ema.keys() != state.ema.keys():
            raise DiffvizError(f"{path} has no complete EMA weights: training can't go on from it")
        for name, tensor in ema.items():
            state.ema[name].copy_(tensor)
        _load_optimizer(file, "optimizer", state.model, state.optimizer)
        if (adversary := state.adversary) is not None:
            load_strictly(adversary.critic, file.group("critic"), path)
            _load_optimizer(file, "critic_optimizer", adversary.critic, adversary.optimizer)
        _load_counts(file.metadata, state)
    except (KeyError, TypeError, ValueError, OverflowError, RuntimeError) as error:
        raise DiffvizError(f"{path} is not a checkpoint of this version of diffviz") from error


def _load_optimizer(
    file: WeightsFile[Tensor], group: str, model: nn.Module, optimizer: torch.optim.Optimizer
) -> None:
    for name, parameter in model.named_parameters():
        optimizer.state[parameter] = _moments(file.group(f"{group}.{name}"), parameter, optimizer)


def _short(metadata: dict[str, Any]) -> str:
    return str(metadata.get("data_md5"))[:8]


def _moments(
    saved: dict[str, Tensor], parameter: Tensor, optimizer: torch.optim.Optimizer
) -> dict[str, Tensor]:
    """Return Adam's state of a parameter, in the parameter's memory layout.

    The fused optimizer reads all its memory in the same order, and a file doesn't store that
    layout (channels-last).
    """
    step, moments = saved["step"], {key: saved[key] for key in ("exp_avg", "exp_avg_sq")}
    if any(moment.shape != parameter.shape for moment in moments.values()):
        raise ValueError("shape")
    if step.numel() != 1 or not 0 <= float(step) < _MAX:
        raise ValueError("step")
    device = parameter.device if optimizer.defaults.get("fused") else "cpu"
    loaded = {key: torch.zeros_like(parameter).copy_(moment) for key, moment in moments.items()}
    return {"step": step.reshape(()).to(device)} | loaded


def _load_counts(saved: dict[str, Any], state: TrainState) -> None:
    state.step = saved["step"]
    state.epoch_loss = float.fromhex(saved["epoch_loss"])
    state.last_loss = float.fromhex(saved["last_loss"])
    state.wall_s = float(saved["wall_s"])
    state.lr_scale = float(saved.get("lr_scale", 1.0))
    if type(state.step) is not int:
        raise TypeError("step")
    if not all(0 <= v < _MAX for v in (state.step, state.epoch_loss, state.wall_s)):
        raise ValueError("out of range")
    if not 0 < state.lr_scale <= 1:
        raise ValueError("lr_scale")
