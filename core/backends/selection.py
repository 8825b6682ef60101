"""The choice of the backend: one small interface, several runtimes.

A backend is a ``Denoiser`` that knows its name and precision. PyTorch serves every device and
architecture; OpenVINO, where it is installed, is about three times faster at batch 1 on a CPU;
numpy serves where there is neither.
"""

import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, Protocol

from ..errors import DiffvizError
from ..machine.device import default_threads, pick_device, set_threads
from ..machine.torch_install import import_torch
from ..names import BACKENDS, PRECISIONS
from ..sampling.denoiser import Array, Labels

if TYPE_CHECKING:
    from ..models.weights import Weights

# Importing openvino would fork a process that reports the import to its makers; in a process with
# threads that may also hang. The stand-in that openvino then takes for this module does nothing.
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]


class Backend(Protocol):
    """Predicts the noise in ``[B, 28, 28]`` float32 images; equal to others within 1e-4."""

    name: str
    precision: str
    """``fp32`` or ``bf16``, of the network's products; images are float32 always."""

    def __call__(self, x_t: Array, timestep: int, labels: Labels | None = None) -> Array:
        """Return eps for ``x_t`` at ``timestep`` (1 … T).

        ``labels`` is ``[B]``: a class's number or ``NO_LABEL``; None: no labels.
        """
        ...


def open_backend(
    weights: "Weights",
    device: str,
    threads: int | None,
    *,
    precision: str = "fp32",
    backend: str = "auto",
) -> Backend:
    """Return ``weights`` ready to denoise; ``auto`` selects the fastest that supports them.

    ``threads`` is the number of CPU threads; None leaves it open.

    Raises:
        DiffvizError: if ``backend`` or ``precision`` is unknown, not installed or can't serve.
    """
    if precision not in PRECISIONS:
        raise DiffvizError(f"unknown precision '{precision}': use {' or '.join(PRECISIONS)}")
    if backend not in BACKENDS:
        raise DiffvizError(f"unknown backend '{backend}': choose one of {', '.join(BACKENDS)}")
    if backend == "pytorch":
        import_torch("--backend pytorch")
    if backend == "auto":
        backend = _fastest(weights.architecture, device)
    elif problem := _problem(backend, weights.architecture, device):
        raise DiffvizError(f"{problem}: leave --backend {backend} out")
    if backend == "pytorch":
        from .pytorch import TorchDenoiser

        set_threads(threads)
        return TorchDenoiser(weights.model, pick_device(device), precision)
    threads = threads or default_threads()
    if backend == "openvino":
        from .openvino import OpenVinoDenoiser

        return OpenVinoDenoiser(weights.architecture, weights.tensors, threads, precision)
    from .numpy_denoiser import NumpyDenoiser

    return NumpyDenoiser(weights.architecture, weights.tensors, threads, precision)


def _fastest(architecture: str, device: str) -> str:
    """Return the fastest backend that serves.

    Raises:
        DiffvizError: if none does: then only PyTorch could, and it isn't there.
    """
    for backend in ("openvino", "pytorch", "numpy"):
        if not _problem(backend, architecture, device):
            return backend
    raise DiffvizError(_problem("pytorch", architecture, device))


def _problem(backend: str, architecture: str, device: str) -> str:
    """Return why ``backend`` can't serve; empty if it can."""
    if backend == "pytorch":
        return "" if find_spec("torch") else "the backend pytorch needs torch: it is not installed"
    if device != "cpu":
        return f"the backend {backend} computes on the CPU only, not on {device}"
    return (
        _openvino_problem(architecture) if backend == "openvino" else _numpy_problem(architecture)
    )


def _openvino_problem(architecture: str) -> str:
    """Return why OpenVINO can't serve; empty if it can."""
    if find_spec("openvino") is None:
        return "openvino is not installed"
    try:
        from .openvino import GRAPHS
    except (ImportError, OSError):  # built for another system
        return "openvino is installed, but can't be loaded"
    return "" if architecture in GRAPHS else f"the backend openvino doesn't know {architecture}"


def _numpy_problem(architecture: str) -> str:
    """Return why numpy can't serve; empty if it can."""
    from .numpy_denoiser import NETWORKS

    return "" if architecture in NETWORKS else f"the backend numpy doesn't know {architecture}"
