"""Weights files that tests write, without PyTorch."""

import json
from collections.abc import Mapping
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
    random = np.random.default_rng(0)

    def values(shape):
        bound = np.prod(shape[1:] or shape) ** -0.5
        return random.uniform(-bound, bound, shape).astype(np.float32)

    return {name: values(shape) for name, shape in tensor_shapes(architecture).items()}
