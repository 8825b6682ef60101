"""The digit classifier's network in plain numpy; :mod:`.lenet` is the same in PyTorch.

A picture takes a tenth of a millisecond and less, on one thread.
"""

import numpy as np
from numpy.lib.stride_tricks import as_strided

from ..array_types import Array, Tensors

CLASSES = 10
FEATURES = 84
LENET_SHAPES: dict[str, tuple[int, ...]] = {
    "conv1.weight": (16, 1, 5, 5),
    "conv1.bias": (16,),
    "conv2.weight": (32, 16, 5, 5),
    "conv2.bias": (32,),
    "hidden.weight": (FEATURES, 32 * 4 * 4),
    "hidden.bias": (FEATURES,),
    "output.weight": (CLASSES, FEATURES),
    "output.bias": (CLASSES,),
}


class LeNet:
    """The layers as matrices; see :class:`diffviz.core.classifier.Classifier`."""

    def __init__(self, tensors: Tensors) -> None:
        """Take trained ``tensors`` of :data:`LENET_SHAPES`."""
        weights = {name: np.asarray(tensor, np.float32) for name, tensor in tensors.items()}
        kernel1 = weights["conv1.weight"].reshape(16, 25)
        kernel2 = weights["conv2.weight"].transpose(2, 3, 1, 0).reshape(400, 32)
        # trained on channels first; here they come last
        hidden = weights["hidden.weight"].reshape(FEATURES, 32, 16).transpose(2, 1, 0)
        self._kernel1, self._kernel2 = kernel1.T.copy(), np.ascontiguousarray(kernel2)
        self._hidden = np.ascontiguousarray(hidden.reshape(512, FEATURES))
        self._output = weights["output.weight"].T.copy()
        self._bias = {name: weights[f"{name}.bias"] for name in ("conv1", "conv2", "hidden")}
        self._last_bias = weights["output.bias"]

    def __call__(self, x: Array) -> tuple[Array, Array]:
        """Return features ``[B, 84]`` and P(digit) ``[B, 10]`` of float32 ``x`` ``[B, 28, 28]``.

        Values outside [-1, 1] are clipped. Some tens of pictures at once are the fastest: what
        they need fits into a core's cache.
        """
        h = self._second(self._first(x)).reshape(len(x), 512)
        features = h @ self._hidden
        features += self._bias["hidden"]
        np.maximum(features, 0.0, out=features)
        logits = features @ self._output
        logits += self._last_bias
        logits -= logits.max(axis=1, keepdims=True)
        shares = np.exp(logits, out=logits)
        shares /= shares.sum(axis=1, keepdims=True)
        return features, shares

    def _first(self, x: Array) -> Array:
        """Return the first layer, ``[B, 12, 12, 16]``."""
        x = np.clip(x, -1.0, 1.0)
        image, row, pixel = x.strides
        windows = as_strided(
            x, (5, 5, len(x), 24, 24), (row, pixel, image, row, pixel), writeable=False
        )
        # pixels side by side are longer than a row of the kernel
        columns = np.ascontiguousarray(windows).reshape(25, -1)
        return self._pooled((columns.T @ self._kernel1).reshape(len(x), 24, 24, 16), "conv1")

    def _second(self, x: Array) -> Array:
        """Return the second layer, ``[B, 4, 4, 32]``."""
        image, row, pixel, number = x.strides
        windows = as_strided(
            x, (len(x), 8, 8, 5, 5 * 16), (image, row, pixel, row, number), writeable=False
        )
        columns = np.ascontiguousarray(windows).reshape(-1, 400)
        return self._pooled((columns @ self._kernel2).reshape(len(x), 8, 8, 32), "conv2")

    def _pooled(self, h: Array, name: str) -> Array:
        """Return ``h`` ``[B, H, W, C]`` max-pooled by 2, and then, as that is less, rectified."""
        n, height, width, channels = h.shape
        rows = h.reshape(n, height // 2, 2, width * channels)
        h = np.maximum(rows[:, :, 0], rows[:, :, 1])
        h = h.reshape(n, height // 2, width // 2, 2, channels)
        h = np.maximum(h[..., 0, :], h[..., 1, :])
        h += self._bias[name]
        return np.maximum(h, 0.0, out=h)
