"""Where steps come from: what the screen asks of a sampler, and the default one."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from ..core.errors import DiffvizError
from ..core.records import Step
from .options import RunOptions

if TYPE_CHECKING:
    from ..core.pipeline import Pipeline


class Sampler(Protocol):
    """A network that is ready to sample, such as ``diffviz.core.pipeline.Pipeline``.

    ``weights`` has ``name``, ``set`` and ``architecture``.
    """

    weights: Any
    parameters: int
    device: Any

    def sample(
        self, seeds: Sequence[int], num_inference_steps: int | None = None
    ) -> Iterator[Step]:
        """Yield the reverse process of ``seeds``."""
        ...


OpenSampler = Callable[[RunOptions], Sampler]


def open_pipeline(options: RunOptions) -> Sampler:
    """Load the weights. Imports torch, which takes a second or more: not for the UI's thread."""
    from ..core.pipeline import Pipeline

    return _Configured(Pipeline.load(options.weights, options.device, options.threads), options)


class _Configured:
    """A pipeline that samples the way the options say."""

    def __init__(self, pipeline: "Pipeline", options: RunOptions) -> None:
        self.weights = pipeline.weights
        self.parameters = pipeline.parameters
        self.device = pipeline.device
        self._pipeline = pipeline
        self._options = options

    def sample(
        self, seeds: Sequence[int], num_inference_steps: int | None = None
    ) -> Iterator[Step]:
        return self._pipeline.sample(
            seeds,
            num_inference_steps,
            sampler=self._options.sampler,
            eta=self._options.eta,
            noise_scale=self._options.noise,
        )


@dataclass(frozen=True, slots=True)
class Source:
    """What is used, as shown to the user."""

    weights: str
    set: str
    architecture: str
    parameters: int
    sampler: str
    steps: int
    device: str
    threads: int | None

    @classmethod
    def of(cls, sampler: Sampler, options: RunOptions) -> "Source":
        """Describe ``sampler`` as used with ``options``."""
        return cls(
            weights=printable(str(sampler.weights.name)),
            set=str(sampler.weights.set),
            architecture=printable(str(sampler.weights.architecture)),
            parameters=int(sampler.parameters),
            sampler=options.sampler,
            steps=options.total_steps,
            device=str(sampler.device),
            threads=options.threads,
        )


def losses_of(options: RunOptions) -> list[float]:
    """Return the training loss of each epoch, or nothing where it can't be found out."""
    from ..core.bundled import training_losses

    try:
        return training_losses(options.weights)
    except (DiffvizError, OSError, ValueError, KeyError):
        return []  # the picture doesn't depend on it; missing weights are reported by the loader


def one_line(error: BaseException) -> str:
    """Return what went wrong as one printable line."""
    text = " ".join(str(error).split())
    if isinstance(error, DiffvizError):
        return printable(text)
    return printable(f"{type(error).__name__}: {text}" if text else type(error).__name__)


def printable(text: str) -> str:
    """Return ``text`` without anything that a terminal would obey: names may come from files."""
    return "".join(char if char.isprintable() else "?" for char in text)
