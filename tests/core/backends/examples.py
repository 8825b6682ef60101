"""Weights and pictures that backends are compared on."""

import numpy as np

from diffviz.core.data.synthetic import synthetic_digits
from diffviz.core.models import build
from diffviz.core.models.weights import Weights
from diffviz.core.schedule import Schedule


def random_weights(architecture, classes=()):
    """Return weights of which none is zero, so that no layer can be left out unnoticed."""
    import torch

    torch.manual_seed(3)
    model = build(architecture, len(classes))
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.05)
    tensors = {name: tensor.numpy() for name, tensor in model.state_dict().items()}
    return Weights("test", "raw", architecture, tensors, {}, tuple(classes))


def noisy(timestep, count):
    """Return ``count`` digits as they are at ``timestep``."""
    digits = synthetic_digits(count)[0].astype(np.float32) / 127.5 - 1
    noise = np.random.default_rng(timestep).standard_normal(digits.shape, dtype=np.float32)
    return Schedule().add_noise(digits, noise, timestep).astype(np.float32)
