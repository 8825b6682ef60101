"""Each layer in numpy equals PyTorch's, on shapes the networks have."""

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from diffviz.core.backends.numpy_convolutions import Doubling, Halving, Planar, Shifted, Winograd
from diffviz.core.backends.numpy_film_blocks import GroupNorm
from diffviz.core.backends.numpy_layers import Scratch, gelu_of_double, silu_of_double, zeros

pytestmark = pytest.mark.needs_torch

RANDOM = np.random.default_rng(5)


def normal(*shape):
    return RANDOM.standard_normal(shape, dtype=np.float32)


def layer(*weight, outputs=None):
    return {"layer.weight": normal(*weight) * 0.1, "layer.bias": normal(outputs or weight[0])}


def channels_first(image):
    return torch.from_numpy(np.ascontiguousarray(image.transpose(2, 0, 1)))[None]


def channels_last(images):
    return images[0].numpy().transpose(1, 2, 0)


def convolved(image, tensors, **options):
    weight, bias = (torch.from_numpy(tensors[f"layer.{part}"]) for part in ("weight", "bias"))
    return channels_last(F.conv2d(channels_first(image), weight, bias, padding=1, **options))


@pytest.mark.parametrize("kind", [Winograd, Shifted])
@pytest.mark.parametrize(("side", "channels", "outputs"), [(28, 16, 8), (14, 96, 48), (7, 72, 64)])
def test_a_convolution(kind, side, channels, outputs):
    tensors = layer(outputs, channels, 3, 3)
    convolution = kind(Scratch(), tensors, "layer", side)
    half = kind(Scratch(), tensors, "layer", side, 0.5)
    for _ in range(2):  # nothing is left of the image before
        image = normal(side, side, channels)
        convolution.inside[...] = half.inside[...] = image
        expected = convolved(image, tensors)
        np.testing.assert_allclose(convolution(), expected, atol=2e-5)
        np.testing.assert_allclose(half(), expected / 2, atol=2e-5)


def test_a_convolution_of_stride_2():
    tensors, image = layer(24, 16, 3, 3), normal(28, 28, 16)
    convolution = Halving(Scratch(), tensors, "layer", 28)
    convolution.inside[...] = image
    np.testing.assert_allclose(convolution(), convolved(image, tensors, stride=2), atol=1e-5)


@pytest.mark.parametrize("planes", [1, 3])
def test_the_first_convolution(planes):
    tensors, image = layer(16, planes, 3, 3), normal(28, 28, planes)
    convolution = Planar(tensors, "layer")
    convolution.inside[...] = image.transpose(2, 0, 1)
    np.testing.assert_allclose(convolution(), convolved(image, tensors), atol=1e-5)


def test_doubling_into_a_part_of_an_image():
    tensors, image, whole = layer(24, 16, 2, 2, outputs=16), normal(7, 7, 24), zeros(16, 16, 40)
    Doubling(Scratch(), tensors, "layer", 7, whole[1:-1, 1:-1, :16])(image)
    weight, bias = (torch.from_numpy(tensors[f"layer.{part}"]) for part in ("weight", "bias"))
    expected = channels_last(F.conv_transpose2d(channels_first(image), weight, bias, stride=2))
    np.testing.assert_allclose(whole[1:-1, 1:-1, :16], expected, atol=1e-5)
    assert np.count_nonzero(whole) == expected.size, "nothing beside it"


@pytest.mark.parametrize("spread", [1.0, 0.0])
def test_group_norm(spread):
    image, scale, shift = normal(14, 14, 48) * spread + 3, normal(48), normal(48)
    ours = GroupNorm(Scratch(), 48, 14)(image, scale, shift)
    weight, bias = torch.from_numpy(scale), torch.from_numpy(shift)
    expected = channels_last(F.group_norm(channels_first(image), 8, weight, bias))
    # without any spread what remains is rounding, over the square root of epsilon
    np.testing.assert_allclose(ours, expected, atol=1e-4 if spread else 2e-3)


def exact_gelu(x):
    return x * math.erfc(-x / math.sqrt(2)) / 2


def exact_silu(x):
    return x / (1 + math.exp(-x)) if x > -700 else 0.0


@pytest.mark.parametrize("function", ["gelu", "silu"])
def test_an_activation_far_and_near(function):
    far = np.array([0.0, 1e-30, 30.0, 90.0, 1e3, 1e4], np.float32)
    x = np.concatenate([np.linspace(-12, 12, 4001, dtype=np.float32), far, -far])
    out, spare = np.empty_like(x), np.empty_like(x)
    if function == "gelu":
        gelu_of_double(np.multiply(x, 0.5), np.empty_like(x), spare, out)
    else:
        silu_of_double(np.multiply(x, 0.5), spare, out)
    exact = exact_gelu if function == "gelu" else exact_silu
    np.testing.assert_allclose(out, [exact(float(v)) for v in x], rtol=1e-6, atol=4e-6)
