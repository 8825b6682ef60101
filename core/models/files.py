"""Weights files: safetensors with metadata, written atomically and read with suspicion."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from ..atomic import write_atomically
from ..errors import DiffvizError
from ..reading import open_regular

FORMAT = "diffviz/1"
FLOATS = (torch.float32, torch.float16, torch.bfloat16, torch.float64)
# Bigger files are not ours; they are refused before memory is asked for.
MAX_BYTES = 1 << 30
MAX_HEADER = 1 << 20


@dataclass(frozen=True, eq=False)
class TensorFile:
    """What a file holds: tensors by name and JSON metadata by key."""

    path: Path
    tensors: dict[str, Tensor]
    metadata: dict[str, Any]

    def group(self, prefix: str) -> dict[str, Tensor]:
        """Return the tensors whose names start with ``prefix.``, without that prefix."""
        start = prefix + "."
        return {k.removeprefix(start): v for k, v in self.tensors.items() if k.startswith(start)}


def save_tensors(path: Path, tensors: Mapping[str, Tensor], metadata: Mapping[str, Any]) -> None:
    """Write tensors and JSON-able metadata to ``path`` atomically."""
    text = {"format": FORMAT} | {k: json.dumps(v) for k, v in metadata.items()}
    plain = {k: v.detach().to("cpu").contiguous() for k, v in tensors.items()}
    write_atomically(path, save(plain, metadata=text))


def read_tensors(path: Path) -> TensorFile:
    """Read a file written by :func:`save_tensors`.

    Raises:
        DiffvizError: if it is missing, too large, truncated, not ours, or holds anything but finite
            floating-point numbers.
    """
    try:
        with open_regular(path, MAX_BYTES) as raw:
            if int.from_bytes(raw.read(8), "little") > MAX_HEADER:
                raise ValueError("header")
        with safe_open(str(path), framework="pt", device="cpu") as file:
            text = file.metadata() or {}
            if text.get("format") != FORMAT:
                raise DiffvizError(f"{path} was not written by diffviz (no '{FORMAT}' mark in it)")
            metadata = {k: json.loads(v) for k, v in text.items() if k != "format"}
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
    except FileNotFoundError as error:
        raise DiffvizError(f"no file {path}") from error
    except OSError as error:
        raise DiffvizError(f"can't read {path}: {error.strerror or error}") from error
    except (SafetensorError, ValueError, RecursionError) as error:
        raise DiffvizError(
            f"{path} is truncated or not a safetensors file: get it again"
        ) from error
    for name, tensor in tensors.items():
        if tensor.dtype not in FLOATS:
            raise DiffvizError(f"{path} has {name} as {tensor.dtype}, not {torch.float32}")
        if not bool(torch.isfinite(tensor.float()).all()):
            raise DiffvizError(f"{path} holds NaN or infinite numbers (in {name}): get it again")
    return TensorFile(path, tensors, metadata)


def load_strictly(model: nn.Module, weights: dict[str, Tensor], path: Path) -> None:
    """Copy ``weights`` into ``model``; every name and shape has to match.

    Raises:
        DiffvizError: naming the first tensor that is missing, surplus or misshapen.
    """
    own = model.state_dict()
    for name in sorted(own.keys() | weights.keys()):
        if name not in weights:
            problem = f"lacks {name}"
        elif name not in own:
            problem = f"has {name}, which the architecture lacks"
        elif own[name].shape != weights[name].shape:
            problem = f"has {name} as {list(weights[name].shape)}, not {list(own[name].shape)}"
        else:
            continue
        raise DiffvizError(f"{path} doesn't fit the architecture it names: it {problem}")
    model.load_state_dict(weights, strict=True)
