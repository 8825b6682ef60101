"""Load weights by name and sample digits: the main interface of ``diffviz.core``.

pipeline = Pipeline.load()
for step in pipeline.sample([7]):
    print(step.t, step.phase.label)
"""

from collections.abc import Iterator, Sequence
from typing import Any

from .array_types import Grey
from .backends import open_backend
from .errors import DiffvizError
from .machine.device import find_device
from .machine.unusable import fallback_notice
from .models.catalog import DEFAULT
from .models.weights import Weights, load_weights
from .names import CONSISTENCY, DEFAULT_GUIDANCE_FROM, DEFAULT_GUIDANCE_UNTIL
from .noise import BatchNoise, NoiseStream
from .pictures import to_grey
from .sampling import Given, SamplingSpec, Start, find_sampler
from .sampling.label_dial import LabelDial, with_labels
from .sampling.labels import seed_labels
from .sampling.retimed import retimed
from .schedule import Schedule
from .step import Step


class Pipeline:
    """Trained weights on a device, ready to sample."""

    def __init__(
        self,
        weights: Weights,
        device: str = "auto",
        threads: int | None = None,
        *,
        precision: str = "fp32",
        backend: str = "auto",
    ) -> None:
        self.weights = weights
        self.device = find_device(device)
        """``cpu``, ``cuda``, ``cuda:1`` or ``mps``."""
        self.threads = threads
        """CPU threads; None for the backend's choice."""
        self.parameters = weights.parameters
        self.denoiser = open_backend(
            weights, self.device, threads, precision=precision, backend=backend
        )

    @classmethod
    def load(
        cls,
        spec: str = DEFAULT,
        device: str = "auto",
        threads: int | None = None,
        *,
        precision: str = "fp32",
        backend: str = "auto",
    ) -> "Pipeline":
        """Load the weights ``spec`` names (see :func:`.models.weights.load_weights`).

        ``precision`` is fp32 or bf16; ``backend`` is auto, openvino, pytorch or numpy (see
        :mod:`.backends`). ``threads`` is the number of CPU threads; None for the backend's choice.

        Raises:
            DiffvizError: if the weights, the device, the precision or the backend can't be had.
        """
        return cls(load_weights(spec), device, threads, precision=precision, backend=backend)

    @property
    def computed_by(self) -> str:
        """Device, backend and precision in words, such as ``cpu, openvino fp32``."""
        return f"{self.device}, {self.denoiser.name} {self.denoiser.precision}"

    @property
    def notice(self) -> str:
        """One line about what can't be used on this machine and what is instead; or empty."""
        return fallback_notice(f"{self.denoiser.name} on {self.device}")

    def sample(
        self,
        seeds: Sequence[int | NoiseStream] | int | NoiseStream,
        num_inference_steps: int | None = None,
        *,
        sampler: str | None = None,
        eta: float | None = None,
        noise_scale: float = 1.0,
        start: Start | None = None,
        given: Given | None = None,
        label: str | None = None,
        guidance: float | None = None,
        guidance_from: int = DEFAULT_GUIDANCE_FROM,
        guidance_until: int = DEFAULT_GUIDANCE_UNTIL,
        dial: LabelDial | None = None,
        schedule: Schedule | None = None,
    ) -> Iterator[Step]:
        """Yield the reverse process of ``seeds`` together, one Step a network evaluation.

        A single seed is a batch of one. The networks know the 1000 timesteps of
        :class:`.Schedule`; with another ``schedule`` they are asked at the timestep of theirs that
        has the nearest alpha_bar. Without labels only.

        Each seed's digit doesn't depend on the others'. Without a ``sampler`` it is ``ddpm``, or
        ``consistency`` for distilled weights; None means the sampler's own default of the others
        (``ddpm``: all 1000 steps). ``noise_scale`` multiplies the noise injected at each step.
        To continue branches, give :class:`NoiseStream` objects in place of seeds, and a ``start``.
        ``given`` is a picture to start from at one of its timesteps, or to fill a part of.

        ``label`` is a class's name or number, or ``all`` for one of each (seed S is then class S
        modulo their number). Without one, weights with labels draw the class of each digit from its
        seed, except in a branch and from a given picture. Guidance exaggerates
        a label at ``guidance_until < t <= guidance_from``; None is the default, 0 the label alone,
        in half the time. A ``dial`` takes the place of these four: it can be turned between two
        steps.

        Raises:
            DiffvizError: if there is no such sampler, it has no ``eta``, the weights have no such
                label, or the given picture doesn't fit.
            ValueError: if there is no seed, or one is out of range.
            TypeError: if a seed is no whole number.
        """
        noise = BatchNoise.from_seeds(seeds)
        sampler = sampler or self._sampler("ddpm")
        spec = SamplingSpec(
            sampler, num_inference_steps, eta, noise_scale,
            label, guidance, guidance_from, guidance_until,
        ).resolved()  # fmt: skip
        classes = self.weights.classes
        drawn = None
        if classes and given is None and schedule is None:
            drawn = seed_labels(noise.streams, len(classes))
        denoiser = with_labels(self.denoiser, noise, spec.label_settings, dial, classes, drawn)
        if schedule is not None:
            if denoiser is not self.denoiser:
                raise DiffvizError("labels are sampled on the networks' own schedule only")
            denoiser = retimed(denoiser, schedule)
        return find_sampler(sampler)(
            denoiser,
            noise,
            num_inference_steps=num_inference_steps,
            eta=eta,
            noise_scale=noise_scale,
            start=start,
            given=given,
            schedule=schedule,
        )

    def digits(
        self,
        seeds: Sequence[int | NoiseStream] | int | NoiseStream,
        num_inference_steps: int | None = None,
        **settings: Any,
    ) -> Grey:
        """Return the finished digits of ``seeds``: uint8 ``[n, 28, 28]``, white ink on black.

        The sampler is SA-Solver unless another is given, and ``consistency`` for distilled
        weights; ``settings`` are those of :meth:`sample`.

        Raises:
            DiffvizError, ValueError, TypeError: as :meth:`sample`.
        """
        settings = {"sampler": self._sampler("sa-solver")} | settings
        *_, last = self.sample(seeds, num_inference_steps, **settings)
        return to_grey(last.x_t)

    def _sampler(self, ordinary: str) -> str:
        """Return the sampler where none is named; ``ordinary``: of weights not distilled."""
        return CONSISTENCY if self._distilled else ordinary

    @property
    def _distilled(self) -> bool:
        return getattr(self.weights, "distilled_steps", 0) > 0
