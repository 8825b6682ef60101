"""The interface of a pipeline, and what opens pipelines by the names of their weights."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from ...core.errors import DiffvizError, message_of, printable
from ...core.models.catalog import resolve, split_set
from ...core.names import NUM_TIMESTEPS, SIDE, own_name
from ...core.noise import NoiseStream
from ...core.sampling import Given, SamplingSpec, Start
from ...core.sampling.label_dial import LabelDial
from ...core.schedule import Schedule
from ...core.step import Step
from ..run_options import RunOptions
from ..text import DIGITS

if TYPE_CHECKING:
    from ...core.measure.phase_record import MeasuredPhases


class PipelineLike(Protocol):
    """A network that is ready to sample, such as ``diffviz.core.pipeline.Pipeline``.

    ``weights`` has ``name``, ``set`` and ``architecture``, and may have ``classes``.
    """

    weights: Any
    parameters: int
    device: Any

    def sample(
        self,
        seeds: Sequence[int | NoiseStream],
        num_inference_steps: int | None = None,
        *,
        sampler: str = "ddpm",
        eta: float | None = None,
        noise_scale: float = 1.0,
        start: Start | None = None,
        given: Given | None = None,
        dial: LabelDial | None = None,
    ) -> Iterator[Step]:
        """Yield the reverse process of ``seeds``, or the rest of it from ``start``.

        A ``dial`` is passed only to networks with labels, ``given`` only where a lane has one.
        """
        ...


OpenPipeline = Callable[[str], PipelineLike]
"""Loads the weights of a name, a file or a run folder; takes as long as it takes."""


@dataclass(frozen=True, slots=True)
class Pipelines:
    """Opens the weights users name, all on one device."""

    device: str
    threads: int | None
    precision: str = "fp32"
    backend: str = "auto"

    @classmethod
    def of(cls, options: RunOptions) -> "Pipelines":
        """Return what opens weights as ``options`` ask."""
        return cls(options.device, options.threads, options.precision, options.backend)

    def using(self, backend: str) -> "Pipelines":
        """Return the same with another backend, on the CPU, where each of them computes."""
        precision = "fp32" if backend == "numpy" else self.precision  # it has no other
        return replace(self, device="cpu", backend=backend, precision=precision)

    def __call__(self, weights: str) -> PipelineLike:
        """Load ``weights``. May import torch, which takes a second or more.

        Raises:
            DiffvizError: if the weights or the device can't be had.
        """
        own = own_name(weights)
        if own is not None:
            from ...core.own import open_own

            return open_own(own, self.device, self.threads)
        from ...core.machine.device import find_device
        from ...core.models.weights import load_weights
        from ...core.pipeline import Pipeline
        from ...core.samples.plan import step_threads

        loaded, device = load_weights(weights), find_device(self.device)
        how = {"precision": self.precision, "backend": self.backend}
        threads = self.threads or step_threads(loaded, device, **how)
        pipeline = Pipeline(loaded, device, threads, **how)
        # the first evaluation takes long (OpenVINO compiles): it must not count as a step's time
        pipeline.denoiser(np.zeros((1, SIDE, SIDE), np.float32), NUM_TIMESTEPS)
        return pipeline


@dataclass(frozen=True, slots=True)
class Source:
    """Weights in use, as shown to the user."""

    weights: str
    set: str
    architecture: str
    parameters: int
    device: str
    step: int | None = None
    """Batches they were trained for, where that is known."""
    version: str | None = None
    """Of the file they were read from (:func:`version_of`)."""
    threads: int | None = None
    """CPU threads that compute them, where that is known."""
    classes: tuple[str, ...] = ()
    """Names of the classes that they take as labels."""
    shape: tuple[int, ...] = (SIDE, SIDE)
    """Of an image: ``(28, 28)``, or ``(C, H, W)`` of a model of your own."""
    belief_names: tuple[str, ...] = DIGITS
    """The classes that beliefs are about; none of a model of your own without a classifier."""
    alpha_bars: tuple[float, ...] = ()
    """Of a model of your own, at t = 0 … 1000; empty: the schedule of digits."""

    @property
    def schedule(self) -> Schedule:
        """The noise schedule that it was trained with."""
        if not self.alpha_bars:
            return Schedule()
        from ...core.own.own_schedule import table_schedule

        return table_schedule(np.array(self.alpha_bars[1:]))

    @property
    def label(self) -> str:
        """The weights and their set, as headers name them."""
        return f"{self.weights} {self.set}".strip()

    @classmethod
    def of(cls, pipeline: PipelineLike, version: str | None = None) -> "Source":
        """Describe ``pipeline``."""
        step = getattr(pipeline.weights, "metadata", {}).get("step")
        return cls(
            weights=printable(str(pipeline.weights.name)),
            set=str(pipeline.weights.set),
            architecture=printable(str(pipeline.weights.architecture)),
            parameters=int(pipeline.parameters),
            device=str(pipeline.device),
            step=step if type(step) is int and step >= 0 else None,
            version=version,
            threads=getattr(pipeline, "threads", None),
            classes=tuple(map(printable, getattr(pipeline.weights, "classes", ()))),
            shape=getattr(pipeline, "shape", (SIDE, SIDE)),
            belief_names=_belief_names(pipeline),
            alpha_bars=tuple(getattr(pipeline, "alpha_bars", ())),
        )


def _belief_names(pipeline: PipelineLike) -> tuple[str, ...]:
    if not hasattr(pipeline, "classifier"):
        return DIGITS
    classifier = getattr(pipeline, "classifier")  # noqa: B009  of models of your own
    return () if classifier is None else tuple(map(printable, classifier.names))


def version_of(weights: str) -> str | None:
    """Return what changes when the file behind ``weights`` is replaced; None if there is none."""
    try:
        found = os.stat(resolve(split_set(weights)[0]))
    except (DiffvizError, OSError):
        return None
    return f"{found.st_ino} {found.st_mtime_ns} {found.st_size}"


def losses_of(weights: str) -> list[float]:
    """Return the training loss of each epoch, or nothing where it can't be found out."""
    from ...core.models.catalog import training_losses

    try:
        return training_losses(weights)
    except (DiffvizError, OSError, ValueError, KeyError):
        return []  # the picture doesn't depend on it; missing weights are reported by the loader


@dataclass(frozen=True, eq=False, slots=True)
class Network:
    """Loaded weights and the information about them."""

    pipeline: PipelineLike
    source: Source
    measured: "Sequence[MeasuredPhases]"
    """When they decide on their digit, as far as that was measured."""

    def phases(self, spec: SamplingSpec) -> "MeasuredPhases | None":
        """Return the measurement that says most about the process of ``spec``."""
        from ...core.measure.phase_record import best_phases

        return best_phases(self.measured, spec.sampler, spec.total)

    @classmethod
    def of(
        cls, pipeline: PipelineLike, version: str | None = None, cached: bool = True
    ) -> "Network":
        """Look up what is known about ``pipeline``, whose file is of that ``version``.

        What this user measured before counts only if ``cached``.
        """
        from ...core.measure.phase_record import read_phases

        try:
            measured = read_phases(str(pipeline.weights.name), str(pipeline.weights.set), cached)
        except (DiffvizError, OSError):
            measured = []
        return cls(pipeline, Source.of(pipeline, version), measured)


def failure_text(error: BaseException) -> str:
    """Return an error as one printable line; an unexpected error is named by its class."""
    message, name = message_of(error), type(error).__name__
    expected = isinstance(error, DiffvizError) or message == name
    return printable(message if expected else f"{name}: {message}")
