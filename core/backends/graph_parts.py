"""Layers as OpenVINO operations, from trained tensors in numpy.

Names of tensors are the PyTorch modules'. Every layer is built in its cheapest form for one
timestep a pass: what depends on the timestep alone comes in as an input.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import openvino as ov
from openvino import opset13 as ops

from ..array_types import Array, Tensors

Node = Any  # openvino.Node: its stubs leave operators untyped


@dataclass(frozen=True)
class Graph:
    """An architecture in OpenVINO's terms."""

    build: Callable[[Tensors, int, int], ov.Model]
    """``(tensors, batch size, rows)`` to a model: inputs x_t ``[B, 1, 28, 28]`` and the time
    features ``[rows, K, 1, 1]``, one for all images or one for each; output eps like x_t."""
    time_features: Callable[[Tensors, int], Array]
    """``(tensors, label)`` to the time features of t - 1 = 0 … 999, ``[1000, K]``; without labels
    the label is ``NO_LABEL``."""


def new_model(output: Node, inputs: list[Node], name: str) -> ov.Model:
    """Return the model that computes ``output`` from ``inputs``."""
    return ov.Model([output], inputs, name)  # pyright: ignore[reportGeneralTypeIssues]


def constant(value: Any) -> Node:
    """Return a float32 constant."""
    return ops.constant(np.ascontiguousarray(value, np.float32))


def integers(*values: int) -> Node:
    """Return an int64 constant ``[n]``, for shapes and axes."""
    return ops.constant(np.array(values, np.int64))


def scalar(value: float) -> Node:
    """Return a constant that meets ``[B, C, H, W]`` everywhere."""
    return constant(np.full((1, 1, 1, 1), value))


def per_channel(values: Array) -> Node:
    """Return ``[C]`` numbers as ``[1, C, 1, 1]``."""
    return constant(values.reshape(1, -1, 1, 1))


def convolve(x: Node, weight: Array, stride: int = 1) -> Node:
    """Return a convolution without bias that keeps the size (times 1 / ``stride``)."""
    pad = [weight.shape[-1] // 2] * 2
    return ops.convolution(x, constant(weight), [stride] * 2, pad, pad, [1, 1])


def convolution(x: Node, tensors: Tensors, name: str, stride: int = 1) -> Node:
    """Return the convolution called ``name``, with its bias."""
    return convolve(x, tensors[f"{name}.weight"], stride) + per_channel(tensors[f"{name}.bias"])


def double(x: Node, tensors: Tensors, name: str) -> Node:
    """Return the transposed 2x2 convolution of stride 2 called ``name``, with its bias.

    Its pixels don't overlap, so it is a 1x1 convolution to four times the channels, put in place.
    """
    weight = tensors[f"{name}.weight"]
    channels_in, channels_out = weight.shape[:2]
    flat = weight.transpose(2, 3, 1, 0).reshape(4 * channels_out, channels_in, 1, 1)
    spread = ops.depth_to_space(convolve(x, flat), "blocks_first", 2)
    return spread + per_channel(tensors[f"{name}.bias"])


def split(x: Node, sizes: list[int]) -> list[Node]:
    """Return parts of ``sizes`` channels each."""
    parts, start = [], 0
    for size in sizes:
        bounds = integers(start), integers(start + size)
        parts.append(ops.slice(x, *bounds, integers(1), integers(1)))
        start += size
    return parts


def linear(x: Node, tensors: Tensors, name: str) -> Node:
    """Return the linear layer called ``name`` of ``[N, in]``."""
    product = ops.matmul(x, constant(tensors[f"{name}.weight"]), False, True)
    return product + constant(tensors[f"{name}.bias"].reshape(1, -1))


@cache
def inference_core() -> ov.Core:
    """Return OpenVINO's core, one for the whole process.

    Each core's CPU plugin gives its thread another stack for signal handlers, and brings back the
    one before when it is destroyed. With several, that may be one that is gone already: then the
    next signal, Ctrl+C for instance, ends the process with a segmentation fault.

    Raises:
        RuntimeError: if OpenVINO can't start.
    """
    return ov.Core()


def evaluate(output: Node, parameter: Node, value: Array) -> Array:
    """Return ``output`` for one ``value`` of the only ``parameter``, in full precision."""
    model = new_model(output, [parameter], "once")
    config = {"INFERENCE_PRECISION_HINT": "f32"}
    compiled = inference_core().compile_model(model, "CPU", config)
    return np.array(compiled([value])[0])
