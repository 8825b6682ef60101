"""Checkpoints: all that training needs to go on as if it had never stopped.

Random numbers are functions of (seed, step) here, so there is no generator state to keep: the
step count is the whole of it.
"""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from ..errors import DiffvizError
from ..models.weight_files import load_strictly, read_tensors, save_tensors
from ..recipes import TrainConfig

CHECKPOINT = "checkpoint.safetensors"
_MOST = 1e12  # steps or seconds that a run can have come to


@dataclass(eq=False)
class TrainState:
    """The moving parts of a training run."""

    model: nn.Module
    ema: dict[str, Tensor]
    optimizer: torch.optim.Optimizer
    data_md5: str
    step: int = 0
    """Batches done."""
    epoch_loss: float = 0.0
    """Sum of the losses of the current epoch's batches."""
    wall_s: float = 0.0
    """Seconds spent so far, over all sittings."""
    last_loss: float = 0.0
    """Mean loss of the newest whole epoch."""
    lr_scale: float = 1.0
    """What the recipe's learning rate is multiplied with."""


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
    for name, parameter in state.model.named_parameters():
        for key, value in state.optimizer.state[parameter].items():
            tensors[f"optimizer.{name}.{key}"] = torch.as_tensor(value)
    metadata = {
        "kind": "checkpoint",
        "architecture": config.architecture,
        "default_set": config.default_set,
        "config": config.to_json(),
        "data_md5": state.data_md5,
        "step": state.step,
        # hexadecimal keeps every bit
        "epoch_loss": state.epoch_loss.hex(),
        "last_loss": state.last_loss.hex(),
        "wall_s": state.wall_s,
        "lr_scale": state.lr_scale,  # a power of two
    }
    save_tensors(path, tensors, metadata)


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


def load_checkpoint(path: Path, state: TrainState) -> None:
    """Bring ``state`` (fresh, of the same configuration) to where ``path`` stands.

    Raises:
        DiffvizError: if the file is missing, broken, or of another architecture.
    """
    file = read_tensors(path)
    if file.metadata.get("kind") != "checkpoint":
        raise DiffvizError(f"{path} holds weights only: training can't go on from it")
    if file.metadata.get("data_md5") != state.data_md5:
        raise DiffvizError(
            f"{path.parent} was trained on other images than these: resume with the data it had"
        )
    try:
        load_strictly(state.model, file.group("raw"), path)
        ema = file.group("ema")
        if ema.keys() != state.ema.keys():
            raise DiffvizError(f"{path} has no complete EMA weights: training can't go on from it")
        for name, tensor in ema.items():
            state.ema[name].copy_(tensor)
        fused = bool(state.optimizer.defaults.get("fused"))
        for name, parameter in state.model.named_parameters():
            moments = file.group(f"optimizer.{name}")
            # The fused optimizer walks all memory in step: the moments need the parameter's
            # own layout (channels-last), which a file doesn't keep.
            layout = torch.zeros_like(parameter)
            if any(moments[key].shape != layout.shape for key in ("exp_avg", "exp_avg_sq")):
                raise ValueError(name)
            if moments["step"].numel() != 1 or not 0 <= float(moments["step"]) < _MOST:
                raise ValueError(name)
            state.optimizer.state[parameter] = {
                "step": moments["step"].reshape(()).to(parameter.device if fused else "cpu"),
                "exp_avg": layout.clone().copy_(moments["exp_avg"]),
                "exp_avg_sq": layout.copy_(moments["exp_avg_sq"]),
            }
        state.step = file.metadata["step"]
        state.epoch_loss = float.fromhex(file.metadata["epoch_loss"])
        state.last_loss = float.fromhex(file.metadata["last_loss"])
        state.wall_s = float(file.metadata["wall_s"])
        state.lr_scale = float(file.metadata.get("lr_scale", 1.0))
        if type(state.step) is not int:
            raise TypeError("step")
        if not all(0 <= v < _MOST for v in (state.step, state.epoch_loss, state.wall_s)):
            raise ValueError("out of range")
        if not 0 < state.lr_scale <= 1:
            raise ValueError("lr_scale")
    except (KeyError, TypeError, ValueError, OverflowError, RuntimeError) as error:
        raise DiffvizError(f"{path} is not a checkpoint of this version of diffviz") from error
