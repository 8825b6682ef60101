"""A model of your own, as diffviz takes it: a denoiser, its pictures, and its schedule."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from ..errors import DiffvizError
from ..names import MAX_CLASSES, MAX_MODEL_SIDE, suggestion
from .own_schedule import OwnSchedule, make_schedule

MIN_SIDE, MAX_SIDE = 8, MAX_MODEL_SIDE
PREDICTIONS = ("eps", "x0", "v", "flow")


@dataclass(frozen=True, eq=False)
class Model:
    """A denoiser of your own.

    It is called ``denoiser(x, t)``, with labels ``denoiser(x, t, labels)``. A torch module gets
    tensors on its own device, anything else float32 arrays of numpy (``tensors`` decides
    otherwise): ``x`` is ``[B, C, H, W]``; ``t`` ``[B]`` are whole numbers from 0 to T - 1, of a
    flow floats above 0 up to 1. It returns one value for each of ``x``, as an array or a tensor, as
    ``.sample`` of an object, or as the first of a tuple; of twice as many channels the first
    half counts.
    """

    denoiser: Any
    shape: Sequence[int]
    """(C, H, W): 1 or 3 channels, sides from 8 to 256."""
    schedule: Any = "linear"
    """``linear`` (1e-4 to 0.02), ``cosine``, a :class:`diffviz.Schedule`, or alpha_bar of each of T
    timesteps, falling (``alphas_cumprod`` of diffusers). A flow has none."""
    prediction: Literal["eps", "x0", "v", "flow"] = "eps"
    """What the denoiser returns. Flow: ``eps - x0`` for ``x_t = (1 - t) x0 + t eps``."""
    labels: Sequence[str] | None = None
    """The names of its classes; images without a label get the number after the last one's."""
    name: str = "own model"
    tensors: bool | None = None
    """Whether the denoiser and the classifier take and return tensors; None: torch modules do."""
    classifier: Any = None
    """Called with images ``[B, C, H, W]`` in [-1, 1], it returns ``[B, K]``: probabilities, or
    logits, of which the softmax is taken. Screens call it for x0_hat of every step."""
    classes: Sequence[str] | None = None
    """The names of the classifier's K classes; None: those of ``labels`` if there are as many, or
    numbers from 0."""
    noise_levels: OwnSchedule = field(init=False, repr=False)
    """The schedule on diffviz's timesteps, 1 to 1000."""

    def __post_init__(self) -> None:
        shape = tuple(self.shape)
        whole = all(type(side) is int for side in shape)
        if not whole or len(shape) != 3 or shape[0] not in (1, 3):
            raise DiffvizError(f"shape must be (C, H, W) with C = 1 or 3, not {self.shape!r}")
        if not all(MIN_SIDE <= side <= MAX_SIDE for side in shape[1:]):
            raise DiffvizError(f"sides must be from {MIN_SIDE} to {MAX_SIDE}, not {shape[1:]}")
        if self.prediction not in PREDICTIONS:
            near = suggestion(str(self.prediction), PREDICTIONS)
            raise DiffvizError(f"unknown prediction {self.prediction!r}: {near}")
        if not callable(self.denoiser):
            kind = type(self.denoiser).__name__
            raise DiffvizError(f"the denoiser must be callable, not of type {kind}")
        if self.classifier is not None and not callable(self.classifier):
            kind = type(self.classifier).__name__
            raise DiffvizError(f"the classifier must be callable, not of type {kind}")
        if self.classes is not None:
            object.__setattr__(self, "classes", tuple(map(str, self.classes)))
        labels = () if self.labels is None else tuple(map(str, self.labels))
        if len(labels) > MAX_CLASSES:
            raise DiffvizError(f"at most {MAX_CLASSES} labels, not {len(labels)}")
        object.__setattr__(self, "shape", shape)
        object.__setattr__(self, "labels", labels)
        levels = make_schedule(self.schedule, flow=self.prediction == "flow")
        object.__setattr__(self, "noise_levels", levels)
