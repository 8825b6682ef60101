"""Weights files as torch tensors: safetensors with metadata, written atomically."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save
from torch import Tensor, nn

from ..files.atomic import write_atomically
from .arrays import FORMAT, WeightsFile, check_shapes, read_arrays


def save_tensors(path: Path, tensors: Mapping[str, Tensor], metadata: Mapping[str, Any]) -> None:
    """Write tensors and JSON-able metadata to ``path`` atomically."""
    text = {"format": FORMAT} | {k: json.dumps(v) for k, v in metadata.items()}
    plain = {k: v.detach().to("cpu").contiguous() for k, v in tensors.items()}
    write_atomically(path, save(plain, metadata=text))


def read_tensors(path: Path) -> WeightsFile[Tensor]:
    """Read a file written by :func:`save_tensors`.

    Raises:
        DiffvizError: if it is missing, too large, truncated, not ours, or holds anything but finite
            floating-point numbers.
    """
    file = read_arrays(path)
    tensors = {name: torch.from_numpy(array) for name, array in file.tensors.items()}
    return WeightsFile(path, tensors, file.metadata)


def load_strictly(model: nn.Module, weights: dict[str, Tensor], path: Path) -> None:
    """Copy ``weights`` into ``model``; every name and shape has to match.

    Raises:
        DiffvizError: naming the first tensor that is missing, surplus or misshapen.
    """
    check_shapes(path, shapes_of(model), {k: tuple(v.shape) for k, v in weights.items()})
    model.load_state_dict(weights, strict=True)


def shapes_of(model: nn.Module) -> dict[str, tuple[int, ...]]:
    """Return the shape of every tensor that a weights file of ``model`` has."""
    return {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}
