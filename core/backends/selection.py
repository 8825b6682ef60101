"""The choice of the backend: one small interface, several runtimes.

A backend is a ``Denoiser`` that knows its name and precision. PyTorch serves every device and
architecture; OpenVINO, where it is installed, is about three times faster at batch 1 on a CPU;
numpy serves where there is neither, or neither can be used.
"""

import sys
from collections.abc import Collection
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

import numpy as np

from ..errors import DiffvizError
from ..machine.device import default_threads, pick_device, set_threads
from ..machine.torch_install import MissingTorchError, import_torch, is_installed
from ..machine.unusable import give_up, short_reason, why_unusable
from ..names import BACKENDS, PRECISIONS, SIDE
from ..sampling.denoiser import Array, Labels
from .openvino_trial import trial_problem

if TYPE_CHECKING:
    from ..models.weights import Weights

# Importing openvino would fork a process that reports the import to its makers; in a process with
# threads that may also hang. The stand-in that openvino then takes for this module does nothing.
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]

ORDER = ("openvino", "pytorch", "numpy")
"""What ``auto`` tries, one after the other."""
_TITLES = {"openvino": "OpenVINO", "pytorch": "PyTorch", "numpy": "numpy"}
_PACKAGES = {"openvino": "openvino", "pytorch": "torch", "numpy": "numpy"}
_checked: set[str] = set()
"""The backends that have computed something in this process."""


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
    """Return ``weights`` ready to denoise; ``auto`` selects the fastest that works.

    ``threads`` is the number of CPU threads; None leaves it open. What ``auto`` tries in vain is
    noted (see :mod:`..machine.unusable`).

    Raises:
        DiffvizError: if ``backend`` or ``precision`` is unknown, not installed or can't serve.
    """
    if precision not in PRECISIONS:
        raise DiffvizError(f"unknown precision '{precision}': use {' or '.join(PRECISIONS)}")
    if backend not in BACKENDS:
        raise DiffvizError(f"unknown backend '{backend}': choose one of {', '.join(BACKENDS)}")
    if backend == "pytorch":
        import_torch("--backend pytorch")
    if backend != "auto":
        if problem := _problem(backend, weights.architecture, device):
            raise DiffvizError(f"{problem}: {_others(backend, weights.architecture, device)}")
        try:
            return _opened(backend, weights, device, threads, precision)
        except DiffvizError:
            raise
        except Exception as error:  # whatever a library raises that can't start
            others = _others(backend, weights.architecture, device)
            raise DiffvizError(
                f"{_TITLES[backend]} can't be used here ({short_reason(error)}): {others}"
            ) from error
    for name in ORDER:
        if _problem(name, weights.architecture, device):
            continue
        try:
            return _opened(name, weights, device, threads, precision)
        except Exception as error:
            if isinstance(error, DiffvizError) and not isinstance(error, MissingTorchError):
                raise  # the user's wish can't be granted, whatever computes
            give_up(_TITLES[name], error)
    # on another device than the CPU only PyTorch could; here nothing is left
    last = "pytorch" if device != "cpu" else "numpy"
    raise DiffvizError(_problem(last, weights.architecture, device))


def backend_after(backend: str) -> str | None:
    """Return what to compute with on the CPU if ``backend`` has crashed; None if nothing is left.

    ``auto`` stands for the first that is installed.
    """
    there = _installed()
    used = there[0] if backend == "auto" else backend
    rest = [name for name in there if ORDER.index(name) > ORDER.index(used)]
    return rest[0] if rest else None


def backend_title(backend: str) -> str:
    """Return the name of the software; ``auto`` stands for the first that is installed."""
    return _TITLES[_installed()[0] if backend == "auto" else backend]


def _installed() -> list[str]:
    return [name for name in ORDER if is_installed(_PACKAGES[name])]


def _opened(
    name: str, weights: "Weights", device: str, threads: int | None, precision: str
) -> Backend:
    """Return a backend that has computed something in this process."""
    backend = _made(name, weights, device, threads, precision)
    if name not in _checked and device == "cpu":
        try:
            backend(np.zeros((1, SIDE, SIDE), np.float32), 1)
        except DiffvizError as error:
            raise RuntimeError(str(error)) from error
        _checked.add(name)
    return backend


def _made(
    name: str, weights: "Weights", device: str, threads: int | None, precision: str
) -> Backend:
    if name == "pytorch":
        from .pytorch import TorchDenoiser

        set_threads(threads)
        return TorchDenoiser(weights.model, pick_device(device), precision)
    threads = threads or default_threads()
    if name == "openvino":
        from .openvino import OpenVinoDenoiser

        return OpenVinoDenoiser(weights.architecture, weights.tensors, threads, precision)
    from .numpy_denoiser import NumpyDenoiser

    return NumpyDenoiser(weights.architecture, weights.tensors, threads, precision)


def _others(backend: str, architecture: str, device: str) -> str:
    """Return what to do where ``backend``, asked for by name, can't serve."""
    others = [n for n in ORDER if n != backend and not _problem(n, architecture, device)]
    return f"leave --backend {backend} out" + (f", or use {' or '.join(others)}" if others else "")


def _problem(backend: str, architecture: str, device: str) -> str:
    """Return why ``backend`` can't serve; empty if nothing is known against it."""
    if not is_installed(_PACKAGES[backend]):
        package = _PACKAGES[backend]
        return f"the backend {backend} needs {package}: it is not installed"
    if device != "cpu" and backend != "pytorch":
        return f"the backend {backend} computes on the CPU only, not on {device}"
    if backend == "openvino" and (why := _openvino_failure()):
        give_up(_TITLES[backend], why)
    if why := why_unusable(_TITLES[backend]):
        return f"{_TITLES[backend]} can't be used here ({why})"
    if backend == "pytorch" or architecture in _architectures(backend):
        return ""
    return f"the backend {backend} doesn't know {architecture}"


@cache
def _openvino_failure() -> str:
    """Return why OpenVINO can't be loaded and used; empty if it can."""
    if problem := trial_problem(default_threads()):
        return problem
    try:
        import_module(".openvino", __package__)
    except Exception as error:  # built for another system, or broken
        return f"it can't be loaded: {short_reason(error)}"
    return ""


def _architectures(backend: str) -> Collection[str]:
    if backend == "openvino":
        from .openvino import GRAPHS

        return GRAPHS
    from .numpy_denoiser import NETWORKS

    return NETWORKS
