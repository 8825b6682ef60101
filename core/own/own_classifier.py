"""The classifier of a model of your own: probabilities of its classes for pictures."""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from ..array_types import Array
from ..errors import DiffvizError
from .model import Model
from .own_denoiser import is_module, place_of, to_array
from .user_code import told

MAX_KINDS = 10_000
"""Most classes of a classifier."""
_SUM_ERROR = 1e-2  # of a row of probabilities in half precision


class OwnClassifier:
    """Calls a classifier and checks what it returns."""

    def __init__(self, model: Model, file: Path | None = None) -> None:
        """Take the classifier of ``model``; errors name the line of ``file`` that raised them."""
        self._model, self._file = model, file
        self._call = _caller(model)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The name of each class.

        Raises:
            DiffvizError: if the classifier fails, or returns what are no probabilities.
        """
        number = self._scores(np.zeros((1, *self._model.shape), np.float32)).shape[1]
        given, labels = self._model.classes, self._model.labels or ()
        if given is not None:
            if len(given) != number:
                raise DiffvizError(
                    f"{self._name} returned {number} values for an image, and there are "
                    f"{len(given)} classes"
                )
            return tuple(given)
        return tuple(labels) if len(labels) == number else tuple(map(str, range(number)))

    def probabilities(self, images: Array) -> Array:
        """Return P(class), float32 ``[B, K]``, of ``images`` ``[B, C, H, W]``.

        Values outside [-1, 1], which x0_hat may have, are clipped first.

        Raises:
            DiffvizError: if the classifier fails, or returns what are no probabilities.
        """
        scores = self._scores(images.clip(-1.0, 1.0))
        if scores.shape[1] != len(self.names):
            raise DiffvizError(f"{self._name} doesn't return the same number of values each time")
        sums = scores.sum(axis=1, dtype=np.float64)
        if (scores >= 0.0).all() and np.abs(sums - 1.0).max(initial=0.0) < _SUM_ERROR:
            return scores
        shares: Any = np.exp(scores - scores.max(axis=1, keepdims=True))
        return shares / shares.sum(axis=1, keepdims=True)

    @property
    def _name(self) -> str:
        return f"the classifier of {self._model.name}"

    def _scores(self, images: Array) -> Array:
        """Return what the classifier returns, float32 ``[B, K]``."""
        try:
            found = self._call(images)
        except DiffvizError:
            raise DiffvizError(f"{self._name} returned no array of numbers") from None
        except KeyboardInterrupt:
            raise  # Ctrl+C
        except BaseException as error:
            raise DiffvizError(f"{self._name} failed: {told(error, self._file)}") from None
        if found.ndim != 2 or len(found) != len(images) or not 2 <= found.shape[1] <= MAX_KINDS:
            raise DiffvizError(
                f"{self._name} returned {list(found.shape)} for images {list(images.shape)}: it "
                f"has to return [{len(images)}, number of classes]"
            )
        if not np.isfinite(found).all():
            raise DiffvizError(f"{self._name} returned NaN or infinity")
        return found


def _caller(model: Model) -> Callable[[Array], Array]:
    """Return what calls the classifier with images, and returns an array."""
    classifier = model.classifier
    if not (is_module(classifier) if model.tensors is None else model.tensors):
        return lambda images: to_array(_logits_of(classifier(images)))
    import torch

    device, kind = place_of(classifier)

    def with_tensors(images: Array) -> Array:
        with torch.inference_mode():
            tensors = torch.from_numpy(np.ascontiguousarray(images)).to(device, kind)
            return to_array(_logits_of(classifier(tensors)))

    return with_tensors


def _logits_of(returned: Any) -> Any:
    """Return the scores in a classifier's output: transformers have them in ``.logits``."""
    return getattr(returned, "logits", returned)
