"""A model of your own as the denoiser that samplers call."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ..array_types import Array
from ..errors import DiffvizError
from ..names import NO_LABEL
from ..sampling.denoiser import Labels, Prediction
from .model import Model
from .user_code import told


class OwnDenoiser:
    """Calls a model, checks what it returns, and makes eps and x0_hat of it.

    It reads and returns images scaled to unit variance, whatever the model's are.
    """

    name, precision = "own model", "fp32"

    def __init__(self, model: Model, file: Path | None = None) -> None:
        """Denoise with ``model``; errors name the line of ``file`` that raised them."""
        self._model, self._file = model, file
        self._schedule = model.noise_levels
        self._call = _caller(model)

    def __call__(self, x_t: Array, timestep: int, labels: Labels | None = None) -> Array:
        """Return eps for float32 ``x_t`` ``[B, C, H, W]`` at ``timestep`` (1 … 1000).

        Raises:
            DiffvizError: if the model fails, or returns what is no prediction.
        """
        return self.predict(x_t, timestep, labels).eps

    def predict(self, x_t: Array, timestep: int, labels: Labels | None = None) -> Prediction:
        """Return eps and x0_hat.

        Raises:
            DiffvizError: as above.
        """
        image, noise = self._schedule.noise_scale(timestep)
        norm = (image**2 + noise**2) ** 0.5  # 1, but for a flow
        x: Any = x_t if norm == 1.0 or not self._schedule.flow else x_t * np.float32(norm)
        output: Any = self._output(x, timestep, labels)
        match self._model.prediction:
            case "eps":
                eps = output
                x0 = (x - noise * eps) / max(image, 1e-4)
            case "x0":
                x0 = output
                eps = (x - image * x0) / noise
            case "v":
                x0, eps = image * x - noise * output, noise * x + image * output
            case _:
                x0, eps = x - noise * output, x + image * output
        if self._schedule.clips:
            x0 = np.clip(x0, -1.0, 1.0)
        return Prediction(eps, x0_hat=x0)

    def _output(self, x: Array, timestep: int, labels: Labels | None) -> Array:
        """Return what the model predicts, float32 in the shape of ``x``."""
        model = self._model
        given = None
        if model.labels:
            null = len(model.labels)
            numbers = np.full(len(x), NO_LABEL) if labels is None else labels
            given = np.where(numbers == NO_LABEL, null, numbers).astype(np.int64)
        time = float(self._schedule.times[timestep])
        try:
            found = self._call(x, time, given)
        except DiffvizError:
            raise
        except KeyboardInterrupt:
            raise  # Ctrl+C
        except BaseException as error:
            where = f"{model.name} failed at t = {timestep}"
            raise DiffvizError(f"{where}: {told(error, self._file)}") from None
        shape = list(found.shape)
        if len(shape) == 4 and shape[1] == 2 * x.shape[1]:
            found = found[:, : x.shape[1]]  # it also predicts variances
        if found.shape != x.shape:
            raise DiffvizError(
                f"{model.name} returned {shape} for images {list(x.shape)}: it has to return one "
                "value for each"
            )
        if not np.isfinite(found).all():
            raise DiffvizError(f"{model.name} returned NaN or infinity at t = {timestep}")
        return found


def _caller(model: Model) -> Callable[[Array, float, Labels | None], Array]:
    """Return what calls the denoiser with an image, a time and labels, and returns an array."""
    denoiser, flow = model.denoiser, model.noise_levels.flow
    if not (is_module(denoiser) if model.tensors is None else model.tensors):

        def with_arrays(x: Array, time: float, labels: Labels | None) -> Array:
            times = np.full(len(x), time, np.float32 if flow else np.int64)
            more = () if labels is None else (labels,)
            return to_array(denoiser(x, times, *more))

        return with_arrays
    import torch

    device, kind = place_of(denoiser)

    def with_tensors(x: Array, time: float, labels: Labels | None) -> Array:
        with torch.inference_mode():
            times = torch.full((len(x),), time, device=device)
            times = times.to(kind) if flow else times.long()
            more = () if labels is None else (torch.from_numpy(labels).to(device),)
            images = torch.from_numpy(np.ascontiguousarray(x)).to(device, kind)
            return to_array(denoiser(images, times, *more))

    return with_tensors


def _sample_of(returned: Any) -> Any:
    """Return the prediction in a model's output."""
    sample = getattr(returned, "sample", None)
    if sample is not None and not callable(sample):
        return sample
    if isinstance(returned, tuple | list) and returned and hasattr(returned[0], "shape"):
        return returned[0]
    if isinstance(returned, dict) and "sample" in returned:
        return returned["sample"]
    return returned


def place_of(called: Any) -> tuple[Any, Any]:
    """Return the torch device and dtype of what takes tensors: those of its first parameter."""
    import torch

    first = next(iter(called.parameters()), None) if hasattr(called, "parameters") else None
    device = torch.device("cpu") if first is None else first.device
    kind = torch.float32 if first is None or not first.is_floating_point() else first.dtype
    return device, kind


def is_module(denoiser: Any) -> bool:
    """Return whether ``denoiser`` is a torch module; torch isn't loaded to find out."""
    torch: Any = sys.modules.get("torch")
    return torch is not None and isinstance(denoiser, torch.nn.Module)


def to_array(returned: Any) -> Array:
    """Return a model's output as a new float32 array.

    Raises:
        DiffvizError: if it is no array of numbers.
    """
    output: Any = _sample_of(returned)
    if hasattr(output, "detach"):
        output = output.detach()
        output = (output if output.is_complex() else output.float()).cpu().numpy()
    kind = "None" if output is None else f"an object of type {type(output).__name__}"
    try:
        if output is not None:
            values = np.asarray(output)
            if values.dtype.kind != "c":
                return np.array(values, np.float32)
            kind = "a complex array"
    except (TypeError, ValueError):
        pass
    raise DiffvizError(f"the model returned {kind}: it has to be an array like x")
