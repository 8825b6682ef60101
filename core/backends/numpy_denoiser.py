"""numpy as a denoiser, for machines with neither PyTorch nor OpenVINO."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import numpy as np

from ..array_types import Array
from ..errors import DiffvizError
from ..machine.blas import can_limit, one_thread
from ..names import NO_LABEL
from ..sampling.denoiser import Labels
from .numpy_film_unet import FilmUNet
from .numpy_layers import Tensors
from .numpy_reference_unet import ReferenceUNet


class Network(Protocol):
    """An architecture in numpy, with the memory it computes one image in."""

    def set_timestep(self, timestep: int, label: int) -> None:
        """Make ``timestep`` (1 … T) and ``label`` those of the images to come.

        ``label`` is a class's number or ``NO_LABEL``.
        """
        ...

    def __call__(self, x: Array, eps: Array) -> None:
        """Put the noise in ``x`` ``[28, 28]`` into ``eps``."""
        ...


NETWORKS: dict[str, Callable[[Tensors], Network]] = {
    "film-unet": FilmUNet,
    "reference-unet": ReferenceUNet,
}


class NumpyDenoiser:
    """Calls a network with numpy images, each by itself.

    A digit is the same to the bit, whatever the batch and the number of threads. Each thread
    takes image after image and computes it without further threads; one image takes one thread.
    """

    name = "numpy"

    def __init__(
        self, architecture: str, tensors: Tensors, threads: int, precision: str = "fp32"
    ) -> None:
        """Prepare for trained ``tensors`` named as the PyTorch module's.

        Raises:
            DiffvizError: if ``precision`` isn't fp32 or the architecture is unknown here.
        """
        if precision != "fp32":
            raise DiffvizError(
                f"the backend numpy computes in fp32 only: leave --precision {precision} out"
            )
        if architecture not in NETWORKS:
            raise DiffvizError(f"the backend numpy doesn't know {architecture}")
        self.precision = precision
        self._new = lambda: NETWORKS[architecture](tensors)
        self._networks = [self._new()]  # one for each thread, once there is work for it
        # a BLAS with threads of its own has them already
        self._threads = threads if can_limit() else 1
        self._pool: ThreadPoolExecutor | None = None

    def __call__(self, x_t: Array, timestep: int, labels: Labels | None = None) -> Array:
        """Return eps for float32 ``x_t`` ``[B, 28, 28]`` at ``timestep`` (1 … T).

        ``labels`` is ``[B]``: a class's number or ``NO_LABEL``; None: no labels.
        """
        each = [NO_LABEL] * len(x_t) if labels is None else labels.tolist()
        eps = np.empty(x_t.shape, np.float32)
        workers = min(self._threads, len(x_t))
        while len(self._networks) < workers:
            self._networks.append(self._new())
        images = deque(range(len(x_t)))

        def work(network: Network) -> None:
            # as the other backends, which overflow in silence
            with np.errstate(all="ignore"):
                while images:
                    try:
                        i = images.popleft()
                    except IndexError:  # another thread was faster
                        return
                    network.set_timestep(timestep, each[i])
                    network(x_t[i], eps[i])

        with one_thread():
            others = [self._others().submit(work, n) for n in self._networks[1:workers]]
            work(self._networks[0])
            for other in others:
                other.result()
        return eps

    def _others(self) -> ThreadPoolExecutor:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self._threads - 1, "numpy-denoiser")
        return self._pool
