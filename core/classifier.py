"""The bundled digit classifier, a small LeNet.

Its probabilities are the belief shown live for x0_hat; its features are the space in which sets of
samples are compared (``measure/evaluate.py``). ``benchmarks/train_classifier.py`` trains it.
"""

from pathlib import Path

import numpy as np

from .array_types import Array, Tensors
from .errors import DiffvizError
from .files.reading import sha256_of
from .machine.parallel import in_threads
from .models.arrays import check_shapes, read_arrays
from .models.catalog import CLASSIFIER, FOLDER
from .models.lenet_numpy import CLASSES, FEATURES, LENET_SHAPES, LeNet
from .models.weights import check_bundled
from .names import SIDE

__all__ = ["ARCHITECTURE", "CLASSES", "FEATURES", "Classifier"]

ARCHITECTURE = "lenet-84"
_CHUNK = 32


class Classifier:
    """A trained LeNet in numpy, for inference only.

    Images are float32 ``[B, 28, 28]``, white ink (1) on black (-1); values outside [-1, 1], which
    x0_hat may have, are clipped first.
    """

    def __init__(self, tensors: Tensors, sha256: str = "", threads: int = 1) -> None:
        """Take trained tensors by their names in the file, and the number of CPU threads."""
        self._network = LeNet(tensors)
        self._threads = threads
        self.sha256 = sha256
        """The file's SHA-256; empty for a network that wasn't loaded from a file."""

    @classmethod
    def load(cls, path: Path | None = None, threads: int = 1) -> "Classifier":
        """Load the bundled classifier, or the one in ``path``; compute with ``threads`` threads.

        Raises:
            DiffvizError: if the file is missing, damaged or holds something else.
        """
        if path is None:
            path = FOLDER / f"{CLASSIFIER}.safetensors"
            check_bundled(path, CLASSIFIER)
        file = read_arrays(path)
        if file.metadata.get("architecture") != ARCHITECTURE:
            raise DiffvizError(f"{path} holds no digit classifier of this version of diffviz")
        shapes = {name: tensor.shape for name, tensor in file.tensors.items()}
        check_shapes(path, LENET_SHAPES, shapes)
        tensors = {
            name: tensor.astype(np.float32, copy=False) for name, tensor in file.tensors.items()
        }
        return cls(tensors, sha256_of(path), threads)

    def probabilities(self, images: Array) -> Array:
        """Return P(digit), float32 ``[B, 10]``; rows sum to 1."""
        return self.features_and_probabilities(images)[1]

    def features(self, images: Array) -> Array:
        """Return the penultimate activations, float32 ``[B, 84]``, none negative."""
        return self.features_and_probabilities(images)[0]

    def features_and_probabilities(self, images: Array) -> tuple[Array, Array]:
        """Return features ``[B, 84]`` and probabilities ``[B, 10]`` of one pass.

        Raises:
            ValueError: if ``images`` is not ``[B, 28, 28]``.
        """
        if images.ndim != 3 or images.shape[1:] != (SIDE, SIDE):
            raise ValueError(f"images must be [B, 28, 28], not {list(images.shape)}")
        chunks = [images[i : i + _CHUNK] for i in range(0, max(1, len(images)), _CHUNK)]
        parts = in_threads(
            lambda chunk: self._network(np.asarray(chunk, np.float32)), chunks, self._threads
        )
        return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])
