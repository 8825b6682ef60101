"""The write-up's UNet in OpenVINO's operations (``models/reference_unet.py``)."""

import numpy as np
import openvino as ov
from openvino import opset13 as ops

from ..names import NUM_TIMESTEPS, SIDE
from .graph_parts import (
    Array,
    Graph,
    Node,
    Tensors,
    constant,
    convolution,
    convolve,
    evaluate,
    linear,
    new_model,
)
from .sinusoids import sinusoids


def _build(tensors: Tensors, batch: int, rows: int) -> ov.Model:
    x = ops.parameter([batch, 1, SIDE, SIDE], np.float32)
    time = ops.parameter([rows, 128, 1, 1], np.float32)
    skip1 = _gelu(convolution(x, tensors, "conv1"))
    skip2 = _gelu(convolution(_halve(skip1), tensors, "conv2"))
    h = _gelu(convolution(_halve(skip2), tensors, "bottleneck")) + time
    h = _gelu(_double_and_merge(h, skip2, tensors, "up1", "conv3"))
    h = _gelu(_double_and_merge(h, skip1, tensors, "up2", "conv4"))
    return new_model(convolution(h, tensors, "output"), [x, time], "reference-unet")


def _time_features(tensors: Tensors, label: int) -> Array:
    x = ops.parameter([NUM_TIMESTEPS, 256], np.float32)
    features = linear(_gelu(linear(x, tensors, "time")), tensors, "time_to_bottleneck")
    return evaluate(features, x, sinusoids(256))


REFERENCE = Graph(_build, _time_features)


def _gelu(x: Node) -> Node:
    return ops.gelu(x, "erf")


def _halve(x: Node) -> Node:
    return ops.max_pool(x, [2, 2], [1, 1], [0, 0], [0, 0], [2, 2]).output(0)


def _double_and_merge(h: Node, skip: Node, tensors: Tensors, up: str, merge: str) -> Node:
    """Return ``merge(cat[up(h), skip])``, a 3x3 convolution of a 2x2 transposed one.

    Nothing lies between the two, so their product is one transposed 4x4 convolution, with a
    quarter fewer operations. The part on ``skip`` is a convolution of its own, added.
    """
    kernel, bias = fold(
        tensors[f"{up}.weight"],
        tensors[f"{up}.bias"],
        tensors[f"{merge}.weight"],
        tensors[f"{merge}.bias"],
        2 * h.get_output_shape(0)[-1],
    )
    middle = len(tensors[f"{up}.bias"])
    doubled = ops.convolution_backprop_data(
        h, constant(kernel), [2, 2], pads_begin=[1, 1], pads_end=[1, 1]
    )
    return convolve(skip, tensors[f"{merge}.weight"][:, middle:]) + doubled + constant(bias)


def fold(
    up: Array, up_bias: Array, conv: Array, conv_bias: Array, side: int
) -> tuple[Array, Array]:
    """Return the kernel ``[in, out, 4, 4]`` and bias ``[1, out, side, side]`` of both layers.

    ``up`` ``[in, middle, 2, 2]`` puts input pixel i at 2i + a; ``conv`` ``[out, >= middle, 3, 3]``
    moves that by 1 - u. A transposed convolution with padding 1 puts it at 2i + p - 1, so
    p = a + 2 - u. The bias of ``up`` meets the zero padding of ``conv`` at the border, so the
    bias of both together differs there.
    """
    first = conv[:, : up.shape[1]].astype(np.float64)
    kernel = np.zeros((up.shape[0], conv.shape[0], 4, 4))
    bias = np.zeros((conv.shape[0], side, side)) + conv_bias[:, None, None]
    for u in range(3):
        for v in range(3):
            inside = np.zeros((side, side))
            inside[_reach(u, side), _reach(v, side)] = 1.0
            bias += (first[:, :, u, v] @ up_bias.astype(np.float64))[:, None, None] * inside
            # [in, out, 2, 2]
            part = np.einsum("imab,om->ioab", up.astype(np.float64), first[:, :, u, v])
            kernel[:, :, 2 - u : 4 - u, 2 - v : 4 - v] += part
    return kernel.astype(np.float32), bias[None].astype(np.float32)


def _reach(offset: int, side: int) -> slice:
    """Return the output pixels whose input pixel at ``offset - 1`` lies inside the image."""
    return slice(max(0, 1 - offset), min(side, side + 1 - offset))
