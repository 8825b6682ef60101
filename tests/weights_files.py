"""Weights files that tests write, without PyTorch."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save

from diffviz.core.models.arrays import FORMAT
from diffviz.core.models.shapes import tensor_shapes


def save_arrays(path: Path, arrays: Mapping[str, Any], metadata: Mapping[str, Any]) -> None:
    """Write arrays and metadata as training does."""
    text = {"format": FORMAT} | {name: json.dumps(value) for name, value in metadata.items()}
    path.write_bytes(save({k: np.ascontiguousarray(v) for k, v in arrays.items()}, text))


def untrained(architecture: str) -> dict[str, Any]:
    """Return weights like those that training begins with: float32, uniform by the fan-in."""
    return _uniform(tensor_shapes(architecture))


def _uniform(shapes: Mapping[str, Sequence[int]]) -> dict[str, Any]:
    random = np.random.default_rng(0)

    def values(shape):
        bound = np.prod(shape[1:] or shape) ** -0.5
        return random.uniform(-bound, bound, shape).astype(np.float32)

    return {name: values(shape) for name, shape in shapes.items()}


def save_distilled(path: Path, classes: Sequence[str] = ()) -> Path:
    """Write untrained weights of the default network that say they are distilled for 4 steps."""
    config = {"architecture": "film-unet", "distilled_steps": 4}
    metadata: dict[str, Any] = {"architecture": "film-unet", "default_set": "raw", "config": config}
    if classes:
        metadata["classes"] = list(classes)
    shapes = tensor_shapes("film-unet", len(classes))
    arrays = _uniform(shapes)
    save_arrays(path, {f"raw.{name}": array for name, array in arrays.items()}, metadata)
    return path
