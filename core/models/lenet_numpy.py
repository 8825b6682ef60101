"""The bundled digit classifier's forward pass in numpy, for callers that can't wait for torch.

The same network as ``classifier.py`` with the same weights: one image takes a fifth of a
millisecond. The results differ by rounding only.
"""

from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from safetensors import SafetensorError
from safetensors.numpy import load_file

from ..array_types import Array
from ..errors import DiffvizError
from .catalog import CLASSIFIER, FOLDER

_SHAPES = {
    "conv1": (16, 1, 5, 5),
    "conv2": (32, 16, 5, 5),
    "hidden": (84, 512),
    "output": (10, 84),
}


class LeNet:
    """P(digit) of images; see ``diffviz.core.classifier.Classifier``."""

    def __init__(self, tensors: dict[str, Array]) -> None:
        """Take weights and biases by their names in the file.

        Raises:
            KeyError: if one is missing.
            ValueError: if one has another shape.
        """
        self._layers: dict[str, tuple[Array, Array]] = {}
        for name, shape in _SHAPES.items():
            weight, bias = tensors[f"{name}.weight"], tensors[f"{name}.bias"]
            if weight.shape != shape or bias.shape != shape[:1]:
                raise ValueError(f"{name} is {weight.shape}, not {shape}")
            matrix = np.ascontiguousarray(weight.reshape(shape[0], -1).T, np.float32)
            self._layers[name] = matrix, bias.astype(np.float32)

    @classmethod
    def load(cls, path: Path | None = None) -> "LeNet":
        """Load the bundled classifier, or the one in ``path``.

        Raises:
            DiffvizError: if the file is missing or damaged.
        """
        path = path or FOLDER / f"{CLASSIFIER}.safetensors"
        try:
            return cls(load_file(path))
        except (OSError, SafetensorError, KeyError, ValueError) as error:
            raise DiffvizError(f"{path} holds no digit classifier: {error}") from error

    def probabilities(self, images: Array) -> Array:
        """Return P(digit), float32 ``[B, 10]``, of ``images`` ``[B, 28, 28]``.

        Values outside [-1, 1], as x0_hat has them, are clipped first; rows sum to 1.
        """
        h = self._convolve("conv1", np.clip(images, -1.0, 1.0)[..., None])
        h = self._convolve("conv2", h)
        matrix, bias = self._layers["hidden"]
        flat = h.transpose(0, 3, 1, 2).reshape(len(images), -1)  # channels first, as trained
        h = np.maximum(flat @ matrix + bias, 0.0)
        matrix, bias = self._layers["output"]
        logits = h @ matrix + bias
        shares = np.exp(logits - logits.max(axis=1, keepdims=True))
        return shares / shares.sum(axis=1, keepdims=True)

    def _convolve(self, name: str, x: Array) -> Array:
        """Return ``x`` ``[B, H, W, C]`` convolved (5 x 5), rectified and max-pooled by 2."""
        matrix, bias = self._layers[name]
        windows = sliding_window_view(x, (5, 5), axis=(1, 2))  # [B, H - 4, W - 4, C, 5, 5]
        h = windows.reshape(*windows.shape[:3], -1) @ matrix + bias
        h = np.maximum(h[:, 0::2], h[:, 1::2])
        return np.maximum(np.maximum(h[:, :, 0::2], h[:, :, 1::2]), 0.0)
