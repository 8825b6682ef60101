"""The default UNet in OpenVINO's operations (``models/film_unet.py``)."""

import numpy as np
import openvino as ov
from openvino import opset13 as ops

from ..models.film_constants import (
    FEATURE_LIMIT,
    GREY_SPREAD,
    GREYS,
    GROUPS,
    HEADS,
    TIME_FEATURES,
    WHITE,
    WHITE_SPREAD,
    WIDTHS,
)
from ..names import NUM_TIMESTEPS, SIDE
from ..schedule import Schedule
from .graph_parts import (
    Array,
    Graph,
    Node,
    Tensors,
    constant,
    convolution,
    convolve,
    double,
    evaluate,
    integers,
    linear,
    new_model,
    per_channel,
    scalar,
    split,
)
from .sinusoids import label_features, sinusoids

_FINE, _MIDDLE, _COARSE = WIDTHS
# name, channels out, whether its inner norm is there
_BLOCKS = (
    ("encoder", _MIDDLE, True),
    ("bottleneck", _COARSE, True),
    ("decoder1", _MIDDLE, True),
    ("decoder2", _FINE, False),
)
_EPSILON = 1e-5


def _build(tensors: Tensors, batch: int, rows: int) -> ov.Model:
    x = ops.parameter([batch, 1, SIDE, SIDE], np.float32)
    sizes = [1, 1] + [size for _, width, _ in _BLOCKS for size in (width, width)]
    time = ops.parameter([rows, sum(sizes), 1, 1], np.float32)
    parts = split(time, sizes)
    signal, noise_std, films = parts[0], parts[1], parts[2:]

    if_black = ops.clamp((x + signal) / noise_std, -FEATURE_LIMIT, FEATURE_LIMIT)
    if_white = ops.clamp((x - signal) / noise_std, -FEATURE_LIMIT, FEATURE_LIMIT)
    skip1 = convolution(ops.concat([x, if_black, if_white], 1), tensors, "stem")
    skip2 = _residual(
        convolution(skip1, tensors, "down1", stride=2), tensors, "encoder", films[0:2]
    )
    h = convolution(skip2, tensors, "down2", stride=2)
    h = _attention(_residual(h, tensors, "bottleneck", films[2:4]), tensors)
    h = ops.concat([double(h, tensors, "up1"), skip2], 1)
    h = double(_residual(h, tensors, "decoder1", films[4:6]), tensors, "up2") + skip1
    h = _residual(h, tensors, "decoder2", films[6:8])
    mixture = convolution(ops.swish(h), tensors, "output")
    return new_model(_posterior_eps(mixture, x, signal, noise_std), [x, time], "film-unet")


def _time_features(tensors: Tensors, label: int) -> Array:
    """Return signal, noise_std and each block's scale and shift, its norm's own folded in."""
    x = ops.parameter([NUM_TIMESTEPS, TIME_FEATURES], np.float32)
    h = linear(ops.swish(linear(x, tensors, "time.0")), tensors, "time.2")
    row = label_features(tensors, label)
    h = ops.swish(h if row is None else h + constant(row.reshape(1, -1)))
    films = [linear(h, tensors, f"{name}.film") for name, _, _ in _BLOCKS]
    values = evaluate(ops.concat(films, 1), x, sinusoids(TIME_FEATURES))
    alpha_bars = Schedule().alpha_bars[1:, None]
    columns = [np.sqrt(alpha_bars), np.sqrt(1 - alpha_bars)]
    for name, width, normalise in _BLOCKS:
        scale, shift, values = (
            1 + values[:, :width],
            values[:, width : 2 * width],
            values[:, 2 * width :],
        )
        if normalise:
            shift = shift + scale * tensors[f"{name}.norm2.bias"]
            scale = scale * tensors[f"{name}.norm2.weight"]
        columns += [scale, shift]
    return np.concatenate(columns, axis=1).astype(np.float32)


FILM = Graph(_build, _time_features)


def _residual(x: Node, tensors: Tensors, name: str, film: list[Node]) -> Node:
    normalise = f"{name}.norm1.weight" in tensors
    h = _group_norm(x, tensors, f"{name}.norm1") if normalise else x
    h = convolution(ops.swish(h), tensors, f"{name}.conv1")
    scale, shift = film
    h = (_normalised(h) if normalise else h) * scale + shift
    skip = convolution(x, tensors, f"{name}.skip") if f"{name}.skip.weight" in tensors else x
    return skip + convolution(ops.swish(h), tensors, f"{name}.conv2")


def _group_norm(x: Node, tensors: Tensors, name: str) -> Node:
    weight, bias = tensors[f"{name}.weight"], tensors[f"{name}.bias"]
    return _normalised(x) * per_channel(weight) + per_channel(bias)


def _normalised(x: Node) -> Node:
    """Return ``x`` less its groups' means, over their standard deviations.

    Means over pixels, then over a group's channels by a product with a block matrix: on a CPU
    both cost less than the reshapes of OpenVINO's own operation.
    """
    channels = x.get_output_shape(0)[1]
    size = channels // GROUPS
    blocks = np.kron(np.eye(GROUPS), np.full((size, size), 1 / size)).astype(np.float32)
    blocks = blocks.reshape(channels, channels, 1, 1)
    mean = convolve(ops.reduce_mean(x, integers(2, 3), True), blocks)
    square = convolve(ops.reduce_mean(x * x, integers(2, 3), True), blocks)
    inverse = ops.power(square - mean * mean + scalar(_EPSILON), scalar(-0.5))
    return (x - mean) * inverse


def _attention(x: Node, tensors: Tensors) -> Node:
    _, channels, height, width = x.get_output_shape(0)
    each = channels // HEADS
    qkv = convolution(_group_norm(x, tensors, "attention.norm"), tensors, "attention.qkv")
    qkv = ops.reshape(qkv, integers(0, 3, HEADS, each, height * width), True)
    q, k, v = (
        ops.squeeze(part, integers(1)) for part in split(qkv, [1, 1, 1])
    )  # each [B, heads, C, pixels]
    weights = ops.softmax(ops.matmul(q, k, True, False) * scalar(each**-0.5), -1)
    h = ops.reshape(ops.matmul(v, weights, False, True), integers(0, channels, height, width), True)
    return x + convolution(h, tensors, "attention.project")


def _posterior_eps(mixture: Node, x: Node, signal: Node, noise_std: Node) -> Node:
    """Return E[eps | x_t]; see the function of that name in ``models/film_unet.py``."""
    logits, means, spreads = split(mixture, [2 + GREYS, GREYS, GREYS])
    low, high = GREY_SPREAD
    spreads = ops.sigmoid(spreads - scalar(1.0)) * scalar(high - low) + scalar(low)
    gain = signal / noise_std
    distances = [x + signal, x - signal * scalar(WHITE), x - signal * means]
    distance = ops.concat(distances, 1) / noise_std
    zeros = x * scalar(0.0)
    white = gain * scalar(WHITE_SPREAD)
    grey = gain * spreads
    variances = [
        zeros + scalar(1.0),
        zeros + (white * white + scalar(1.0)),
        grey * grey + scalar(1.0),
    ]
    variance = ops.concat(variances, 1)
    log_likelihood = (distance * distance / variance + ops.log(variance)) * scalar(-0.5)
    posterior = ops.softmax(logits + log_likelihood, 1)
    return ops.reduce_sum(posterior * distance / variance, integers(1), True)
