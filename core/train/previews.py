"""Previews of a training: digits sampled with its EMA weights, always from the same noise."""

import time
from copy import deepcopy
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from ..backends.pytorch import TorchDenoiser
from ..data import ImageData
from ..measure.metrics import FrechetDistance, Gaussian
from ..names import ALL_LABELS, CONSISTENCY
from ..noise import BatchNoise
from ..pictures import from_grey, to_grey
from ..runs.preview_files import write_preview
from ..sampling import Denoiser, find_sampler
from ..sampling.guidance import GuidedDenoiser, LabelSettings
from ..sampling.labels import labels_of
from .checkpoint import TrainState

DIGITS = 8
SAMPLER, STEPS = "dpmpp-2m", 12
"""Few enough steps to cost little, enough for the digits' shapes."""
_CHUNK = 64
_REAL = 10_000  # most training images that a score compares with


def is_preview_due(step: int, every: int) -> bool:
    """Return whether there is a preview after ``step`` batches; at first they are more frequent."""
    if every == 0:
        return False
    return step % every == 0 or step in (every // 8, every // 4, every // 2)


class EmaSampler:
    """Samples with a training's EMA weights, in a copy of its network.

    A network with labels is asked for one of each class in turn, without guidance; one that learns
    to draw in few steps draws in one.
    """

    def __init__(self, state: TrainState, device: torch.device) -> None:
        self.sampler, self.steps = (CONSISTENCY, 1) if state.adversary else (SAMPLER, STEPS)
        self._state = state
        self._model = deepcopy(state.model)
        self._denoiser = TorchDenoiser(self._model, device)

    def digits(self, seeds: range) -> NDArray[np.uint8]:
        """Sample ``seeds`` with the current weights; return ``[n, 28, 28]``."""
        self._model.load_state_dict(self._state.ema)
        parts = []
        for start in range(0, len(seeds), _CHUNK):
            part = seeds[start : start + _CHUNK]
            noise, denoiser = BatchNoise.from_seeds(part), self._labelled(part)
            *_, last = find_sampler(self.sampler)(denoiser, noise, num_inference_steps=self.steps)
            parts.append(to_grey(last.x_t))
        return np.concatenate(parts)

    def _labelled(self, seeds: range) -> Denoiser:
        classes = self._state.classes
        if classes is None:
            return self._denoiser
        labels = labels_of(seeds, ALL_LABELS[0], classes.names)
        return GuidedDenoiser(self._denoiser, labels, LabelSettings(ALL_LABELS[0]))

    def save_strip(self, run: Path, step: int) -> tuple[str, float]:
        """Save a strip of digits; return its path within the run and the seconds taken.

        Raises:
            DiffvizError: if it can't be written.
        """
        began = time.perf_counter()
        path = write_preview(run, step, self.digits(range(DIGITS)))
        return path, time.perf_counter() - began


class Scorer:
    """Fréchet distance of sampled digits to the training images, in a classifier's features.

    The first call also computes the features of the training images.
    """

    def __init__(self, sampler: EmaSampler, data: ImageData, n: int) -> None:
        self._sampler, self._data, self._n = sampler, data, n
        self._distance: FrechetDistance | None = None

    def score(self) -> tuple[float, float]:
        """Return the distance of ``n`` digits, and the seconds taken."""
        from ..classifier import Classifier

        began = time.perf_counter()
        classifier = Classifier.load()
        if self._distance is None:
            real = classifier.features(from_grey(self._data.images[:_REAL]))
            self._distance = FrechetDistance(Gaussian.fit(real))
        sampled = classifier.features(from_grey(self._sampler.digits(range(self._n))))
        return self._distance.to(Gaussian.fit(sampled)), time.perf_counter() - began
