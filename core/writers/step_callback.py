"""Shows the sampling of a diffusers pipeline: a function for its ``callback_on_step_end``.

diffusers is not imported. What is used of a scheduler: ``step``, ``timesteps``, ``config``, and
``alphas_cumprod`` or ``sigmas``.
"""

import os
import warnings
from collections.abc import Callable
from functools import wraps
from typing import Any

from ..array_types import Array
from ..errors import message_of
from .foreign_arrays import first_image, to_array
from .latent_rgb import FOUR_CHANNELS, principal_matrix
from .step_writer import StepWriter, to_rgb


def step_callback(
    path: str | os.PathLike[str], *, matrix: Any = None, scheduler: Any = None
) -> "StepCallback":
    """Return a callback that writes the steps of a pipeline into the file ``path``.

    Give it to a pipeline as ``callback_on_step_end``; ``diffviz watch PATH`` shows the latents and
    the estimate x0_hat, which the scheduler's equations give. The pipeline's first step has the
    estimate only if its ``scheduler`` is given too. Latents of 1 or 3 channels are pictures; others
    become RGB by ``matrix`` ``[C, 3]`` or ``[C + 1, 3]`` (see ``diffviz.fit_matrix``), by default
    with four channels by that of Stable Diffusion, else by their principal directions.

    Raises:
        DiffvizError: if ``path`` can't be written, or is a file of another kind.
        ValueError: if the matrix has another shape.
    """
    return StepCallback(StepWriter(path), None if matrix is None else to_array(matrix), scheduler)


class StepCallback:
    """The callback of one pipeline; it may be used for several samplings after each other."""

    def __init__(self, writer: StepWriter, matrix: Array | None, scheduler: Any) -> None:
        self.writer = writer
        self._given, self._matrix = matrix, matrix
        self._restore: Callable[[], None] | None = None
        self._step: tuple[Any, Any, Any] | None = None  # timestep, x_t, x0_hat
        self._failed = False
        if scheduler is not None:
            self._follow(scheduler)

    def __call__(
        self, pipeline: Any, step: int, timestep: Any, callback_kwargs: dict[str, Any]
    ) -> dict[str, Any]:
        """Write the step that has ended; return ``callback_kwargs`` as they are."""
        if not self._failed:
            try:
                self._ended(pipeline.scheduler, timestep, callback_kwargs["latents"])
            except Exception as error:  # a picture is not worth a pipeline's work
                self._failed = True
                text = f"diffviz: {self.writer.path} is no longer written: {message_of(error)}"
                warnings.warn(text, RuntimeWarning, stacklevel=2)
        return callback_kwargs

    def close(self) -> None:
        """Write what waits, and close the file; otherwise that is done when the program ends."""
        self._release()
        self.writer.close()

    def _ended(self, scheduler: Any, timestep: Any, latents: Any) -> None:
        last = float(timestep) == float(scheduler.timesteps[-1])
        if self._step is not None:  # without it, x_t comes with the next timestep's estimate
            self._write(*self._step)
            self._step = None
        if last:
            self._write(0.0, latents, latents)
            self._release()
        elif self._restore is None:
            self._follow(scheduler)

    def _write(self, timestep: Any, x_t: Any, x0_hat: Any) -> None:
        noisy = first_image(x_t, (_channels(x_t),))
        clean = None if x0_hat is None else first_image(x0_hat, (_channels(x0_hat),))
        if len(noisy) not in (1, 3):
            matrix = self._matrix_for(noisy if clean is None else clean)
            noisy = to_rgb(noisy, matrix)
            clean = None if clean is None else to_rgb(clean, matrix)
        self.writer.step(timestep, noisy, clean)

    def _matrix_for(self, image: Array) -> Array:
        if self._given is not None:
            return self._given
        if len(image) == len(FOUR_CHANNELS):
            return FOUR_CHANNELS
        self._matrix = principal_matrix(image, self._matrix)
        return self._matrix

    def _follow(self, scheduler: Any) -> None:
        """Learn of each step of ``scheduler`` what goes in, until the sampling ends."""
        method = scheduler.step

        @wraps(method)  # pipelines look at its parameters
        def step(*args: Any, **kwargs: Any) -> Any:
            names = ("model_output", "timestep", "sample")
            output, timestep, sample = (
                kwargs[name] if name in kwargs else args[place] for place, name in enumerate(names)
            )
            try:
                self._step = (timestep, *shown(scheduler, output, timestep, sample))
            except Exception:  # a scheduler of another kind: x_t alone is shown
                self._step = timestep, sample[:1], None
            return method(*args, **kwargs)

        scheduler.step = step

        def restore() -> None:
            if scheduler.__dict__.get("step") is step:
                del scheduler.step

        self._restore = restore

    def _release(self) -> None:
        if self._restore is not None:
            self._restore()
            self._restore = None


def shown(scheduler: Any, output: Any, timestep: Any, sample: Any) -> tuple[Any, Any]:
    """Return x_t and x0_hat of the first sample, given what goes into a scheduler's step.

    Where the noise is added to an image of full strength, x_t is scaled to the usual variance.

    Raises:
        ValueError: if the kind of prediction is not known.
    """
    x, out = sample[:1], output[:1, : sample.shape[1]]  # some models also predict variances
    kind = scheduler.config.get("prediction_type")
    flow = not hasattr(scheduler, "alphas_cumprod") or kind == "flow_prediction"
    if flow or float(getattr(scheduler, "init_noise_sigma", 1.0)) > 1.5:
        sigma = float(scheduler.sigmas[_index(scheduler.timesteps, timestep)])
        if flow:
            return x, x - sigma * out
        alpha = 1.0 / (1.0 + sigma**2) ** 0.5
        return alpha * x, _x0(kind, alpha, sigma * alpha, alpha * x, out)
    alpha_bar = float(scheduler.alphas_cumprod[int(timestep)])
    return x, _x0(kind, alpha_bar**0.5, (1.0 - alpha_bar) ** 0.5, x, out)


def _x0(kind: str, alpha: float, sigma: float, x: Any, output: Any) -> Any:
    match kind:
        case "epsilon":
            return (x - sigma * output) / alpha
        case "v_prediction":
            return alpha * x - sigma * output
        case "sample":
            return output
        case _:
            raise ValueError(kind)


def _index(timesteps: Any, timestep: Any) -> int:
    distances = [abs(float(t) - float(timestep)) for t in timesteps]
    return distances.index(min(distances))


def _channels(images: Any) -> int:
    return int(images.shape[-3])
