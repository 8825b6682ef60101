"""A model of your own, ready to sample: what :class:`..pipeline.Pipeline` is for weights."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import DiffvizError
from ..machine.device import find_device
from ..names import DEFAULT_GUIDANCE_FROM, DEFAULT_GUIDANCE_UNTIL
from ..noise import BatchNoise, NoiseStream
from ..sampling import Given, SamplingSpec, Start, find_sampler
from ..sampling.label_dial import LabelDial, with_labels
from ..step import Step
from .model import Model
from .own_classifier import OwnClassifier
from .own_denoiser import OwnDenoiser, is_module
from .user_code import load_object, told


class OwnWeights(NamedTuple):
    """A model as headers and files name it."""

    name: str
    architecture: str
    classes: tuple[str, ...] = ()
    set: str = ""


class OwnPipeline:
    """A model of your own on a device."""

    notice = ""

    def __init__(self, model: Model, device: str = "own", file: Path | None = None) -> None:
        """Sample ``model``; ``file`` is where it comes from. The device is only named."""
        self.model, self.device = model, device
        self.shape = tuple(model.shape)
        """(C, H, W) of its images."""
        self.alpha_bars: list[float] = model.noise_levels.alpha_bars.tolist()
        """alpha_bar at t = 0 … 1000."""
        self.threads: int | None = None
        kind = model.denoiser if hasattr(model.denoiser, "__name__") else type(model.denoiser)
        labels = tuple(model.labels or ())
        self.weights = OwnWeights(model.name, str(getattr(kind, "__name__", "own")), labels)
        self.parameters = _parameters(model.denoiser)
        self.denoiser = OwnDenoiser(model, file)
        self.classifier = None if model.classifier is None else OwnClassifier(model, file)
        """Of its pictures; None if the model has none."""

    @property
    def computed_by(self) -> str:
        """The device in words."""
        return f"{self.device}, {self.denoiser.name}"

    def sample(
        self,
        seeds: Sequence[int | NoiseStream] | int | NoiseStream,
        num_inference_steps: int | None = None,
        *,
        sampler: str = "ddpm",
        eta: float | None = None,
        noise_scale: float = 1.0,
        start: Start | None = None,
        label: str | None = None,
        guidance: float | None = None,
        guidance_from: int = DEFAULT_GUIDANCE_FROM,
        guidance_until: int = DEFAULT_GUIDANCE_UNTIL,
        dial: LabelDial | None = None,
        given: Given | None = None,
    ) -> Iterator[Step]:
        """Yield the reverse process, as :meth:`..pipeline.Pipeline.sample` does.

        Steps carry ``[B, C, H, W]``. Images of a flow are scaled to unit variance.

        Raises:
            DiffvizError: also if the model fails, or returns what is no prediction.
        """
        noise = BatchNoise.from_seeds(seeds, self.shape)
        spec = SamplingSpec(
            sampler, num_inference_steps, eta, noise_scale,
            label, guidance, guidance_from, guidance_until,
        ).resolved()  # fmt: skip
        denoiser = with_labels(
            self.denoiser, noise, spec.label_settings, dial, self.weights.classes
        )
        return find_sampler(sampler)(
            denoiser,
            noise,
            num_inference_steps=num_inference_steps,
            eta=eta,
            noise_scale=noise_scale,
            start=start,
            schedule=self.model.noise_levels,
            given=given,
        )


def open_own(name: str, device: str = "auto", threads: int | None = None) -> OwnPipeline:
    """Return the model that ``--model`` names: ``FILE.py:NAME``, or a folder of diffusers.

    Python files are run, and only here.

    Raises:
        DiffvizError: if there is none, or its code fails.
    """
    file, colon, attribute = name.rpartition(":")
    if colon and file.endswith(".py"):
        path = Path(file)
        model = _model_of(load_object(path, attribute), attribute, path)
    elif Path(name).is_dir():
        from .diffusers_folder import load_folder

        model, path = load_folder(Path(name)), None
    elif name.endswith(".py"):
        raise DiffvizError(f"which object of {name}? --model {name}:NAME")
    else:
        raise DiffvizError(
            f"no model '{name}': --model takes FILE.py:NAME, or a folder of diffusers"
        )
    found = _placed(model, device, threads)
    return OwnPipeline(model, found, path)


def _model_of(found: Any, name: str, file: Path) -> Model:
    """Return the model that an object of a user is or returns."""
    if not isinstance(found, Model) and callable(found):
        try:
            found = found()
        except DiffvizError as error:
            raise DiffvizError(f"{file}: {name}: {error}") from None
        except KeyboardInterrupt:
            raise  # Ctrl+C
        except BaseException as error:
            raise DiffvizError(f"{file}: {name}() failed: {told(error, file)}") from None
    if not isinstance(found, Model):
        kind = type(found).__name__
        raise DiffvizError(
            f"{file}: {name} is of type {kind}: it has to be a diffviz.Model or return one"
        )
    return found


def _placed(model: Model, device: str, threads: int | None) -> str:
    """Move torch modules to the device; return where the denoiser computes."""
    modules = [called for called in (model.denoiser, model.classifier) if is_module(called)]
    if not modules:
        return "cpu"
    import torch

    found = find_device(device)
    if threads:
        torch.set_num_threads(threads)
    for module in modules:
        module.to(found).eval()
    return found if is_module(model.denoiser) else "cpu"


def _parameters(denoiser: Any) -> int:
    if not is_module(denoiser):
        return 0
    return sum(parameter.numel() for parameter in denoiser.parameters())
