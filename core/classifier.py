"""The bundled digit classifier, a small LeNet.

Its probabilities are the belief shown live for x0_hat; its features are the space in which sets of
samples are compared (``measure/evaluate.py``). ``benchmarks/train_classifier.py`` trains it.
"""

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .array_types import Array
from .errors import DiffvizError
from .files.reading import sha256_of
from .models.catalog import CLASSIFIER, FOLDER
from .models.weight_files import load_strictly, read_tensors
from .models.weights import check_bundled
from .names import SIDE

ARCHITECTURE = "lenet-84"
CLASSES = 10
FEATURES = 84
_CHUNK = 500  # bounds the memory of a pass over many images


class LeNetModule(nn.Module):
    """LeNet-5's layout (LeCun et al. 1998, fig. 2) with wider maps, ReLU and max-pooling."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 5)
        self.conv2 = nn.Conv2d(16, 32, 5)
        self.hidden = nn.Linear(32 * 4 * 4, FEATURES)
        self.output = nn.Linear(FEATURES, CLASSES)

    def features(self, x: Tensor) -> Tensor:
        """Return the penultimate activations ``[B, 84]`` of ``x`` ``[B, 1, 28, 28]``."""
        h = F.max_pool2d(F.relu(self.conv1(x)), 2)  # 16 x 12 x 12
        h = F.max_pool2d(F.relu(self.conv2(h)), 2)  # 32 x 4 x 4
        return F.relu(self.hidden(h.flatten(1)))

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits ``[B, 10]`` of ``x`` ``[B, 1, 28, 28]``, values in [-1, 1]."""
        return self.output(self.features(x))


class Classifier:
    """A trained :class:`LeNetModule` with numpy input and output, for inference only.

    Images are float32 ``[B, 28, 28]``, white ink (1) on black (-1); values outside [-1, 1], which
    x0_hat may have, are clipped first.
    """

    def __init__(
        self, model: LeNetModule, device: torch.device | None = None, sha256: str = ""
    ) -> None:
        self.device = device or torch.device("cpu")
        self.model = model.eval().to(self.device)
        self.sha256 = sha256
        """The file's SHA-256; empty for a network that wasn't loaded from a file."""

    @classmethod
    def load(cls, path: Path | None = None, device: torch.device | None = None) -> "Classifier":
        """Load the bundled classifier, or the one in ``path``.

        Raises:
            DiffvizError: if the file is missing, damaged or holds something else.
        """
        if path is None:
            path = FOLDER / f"{CLASSIFIER}.safetensors"
            check_bundled(path, CLASSIFIER)
        file = read_tensors(path)
        if file.metadata.get("architecture") != ARCHITECTURE:
            raise DiffvizError(f"{path} holds no digit classifier of this version of diffviz")
        model = LeNetModule()
        load_strictly(model, file.tensors, path)
        return cls(model, device, sha256_of(path))

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
        features, probabilities = [], []
        with torch.inference_mode():
            for start in range(0, max(1, len(images)), _CHUNK):
                chunk = np.ascontiguousarray(images[start : start + _CHUNK], np.float32)
                x = torch.from_numpy(chunk).to(self.device).unsqueeze(1).clamp(-1.0, 1.0)
                h = self.model.features(x)
                features.append(h.cpu().numpy())
                probabilities.append(self.model.output(h).softmax(dim=1).cpu().numpy())
        return np.concatenate(features), np.concatenate(probabilities)
