"""One set of trained weights in a file of its own, for other programs."""

import json
from pathlib import Path

import numpy as np
from safetensors.numpy import save

from ..errors import DiffvizError
from ..files.results import write_result
from .weights import Weights


def export_weights(path: Path, weights: Weights, dtype: str = "float32") -> int:
    """Write the tensors of ``weights`` by the names of the PyTorch module; return the bytes.

    The metadata of the safetensors file say what they are: architecture, set, schedule, prediction,
    and the classes, if there are any.

    Raises:
        DiffvizError: if a number is too large for ``dtype``, or the file can't be written.
    """
    kind = np.dtype(dtype)
    tensors = {name: array.astype(kind) for name, array in weights.tensors.items()}
    for name, array in tensors.items():
        if not np.isfinite(array).all():
            raise DiffvizError(f"{name} has numbers beyond {dtype}: use --dtype float32")
    content = save(tensors, about(weights))
    write_result(path, lambda file: file.write(content))
    return len(content)


def about(weights: Weights) -> dict[str, str]:
    """Return what another program has to know about ``weights``."""
    facts = {
        "architecture": weights.architecture,
        "weights": weights.name,
        "set": weights.set,
        "prediction": "eps",
        "schedule": "linear betas, 1e-4 to 0.02, 1000 timesteps",
        "input": "x [B, 1, 28, 28] in [-1, 1], t [B] from 0 to 999",
    }
    if weights.classes:
        facts["classes"] = json.dumps(weights.classes)
    return facts
