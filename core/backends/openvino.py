"""OpenVINO's CPU plugin as a denoiser: no compiler needed, and close to the machine's limit."""

import hashlib
import io
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import openvino as ov

from ..array_types import Array
from ..errors import DiffvizError
from ..files.memo import cached
from ..machine.unusable import short_reason
from ..names import NO_LABEL, NUM_TIMESTEPS, SIDE
from ..sampling.denoiser import Labels
from .film_unet_graph import FILM
from .graph_parts import Graph, inference_core
from .reference_unet_graph import REFERENCE
from .sinusoids import LABELS

GRAPHS: dict[str, Graph] = {"film-unet": FILM, "reference-unet": REFERENCE}
_HINTS = {"fp32": "f32", "bf16": "bf16"}
_SHAPES = 4  # compiled batch sizes in memory; a compilation takes about 0.1 s


class OpenVinoDenoiser:
    """Calls a network with numpy images.

    A network is compiled for each batch size it meets, and once more where labels differ within
    the batch. With the same number of threads and the same batch the results are the same to the
    bit.
    """

    name = "openvino"

    def __init__(
        self,
        architecture: str,
        tensors: Mapping[str, Array],
        threads: int,
        precision: str = "fp32",
    ) -> None:
        """Prepare for trained ``tensors`` named as the PyTorch module's.

        Raises:
            DiffvizError: if this CPU doesn't compute in ``precision``.
        """
        self.precision = precision
        self._core = inference_core()
        if precision == "bf16" and "BF16" not in _capabilities(self._core):
            raise DiffvizError("this CPU has no bfloat16 arithmetic: leave --precision bf16 out")
        self._tensors, self._graph = tensors, GRAPHS[architecture]
        self._config: dict[str, Any] = {
            "INFERENCE_NUM_THREADS": threads,
            "INFERENCE_PRECISION_HINT": _HINTS[precision],
            "PERFORMANCE_HINT": "LATENCY",
            # else processes side by side all bind themselves to the first cores and share these
            "ENABLE_CPU_PINNING": False,
        }
        self._identity = _identity(self._core, architecture, tensors)
        self._features: dict[int, Array] = {}  # by label
        self._features_of(NO_LABEL)
        self._requests: OrderedDict[tuple[int, int], _Request] = OrderedDict()

    def __call__(self, x_t: Array, timestep: int, labels: Labels | None = None) -> Array:
        """Return eps for float32 ``x_t`` ``[B, 28, 28]`` at ``timestep`` (1 … T).

        ``labels`` is ``[B]``: a class's number or ``NO_LABEL``; None: no labels. Where all are
        the same, the network is the one compiled for images without labels.
        """
        if labels is None or LABELS not in self._tensors:
            time, rows = self._features_of(NO_LABEL)[timestep - 1], 1
        elif (labels == labels[0]).all():
            time, rows = self._features_of(int(labels[0]))[timestep - 1], 1
        else:
            each = [self._features_of(int(label))[timestep - 1] for label in labels]
            time, rows = np.stack(each), len(each)
        shape = len(x_t), rows
        try:
            request = self._requests.get(shape) or self._compile(*shape)
            return request(x_t, time)
        except RuntimeError as error:  # threads or memory that it isn't given
            raise DiffvizError(
                f"OpenVINO failed ({short_reason(error)}): use --backend numpy"
            ) from error

    def _features_of(self, label: int) -> Array:
        """Return the time features of t - 1 = 0 … 999 with ``label``, ``[1000, K, 1, 1]``."""
        if label not in self._features:
            labelled = "" if label == NO_LABEL else f"label {label} "
            features = cached(
                f"features {labelled}{self._identity}",
                lambda: self._graph.time_features(self._tensors, label).tobytes(),
            )
            table = np.frombuffer(features, np.float32).reshape(NUM_TIMESTEPS, -1, 1, 1)
            self._features[label] = table
        return self._features[label]

    def _compile(self, batch: int, rows: int) -> "_Request":
        for shape in [shape for shape, old in self._requests.items() if old.calls == 1]:
            del self._requests[shape]  # it was only tried; each has buffers and threads

        def convert() -> bytes:
            model = self._graph.build(self._tensors, batch, rows)
            return self._core.compile_model(model, "CPU", self._config).export_model().getvalue()

        labelled = "" if rows == 1 else f"labels {rows} "
        name = f"batch {batch} {labelled}{sorted(self._config.items())} {self._identity}"
        content = cached(name, convert)
        # also the first time, so that both ways are one
        compiled = self._core.import_model(io.BytesIO(content), "CPU", self._config)
        request = _Request(compiled, batch)
        self._requests[batch, rows] = request
        while len(self._requests) > _SHAPES:
            self._requests.popitem(last=False)
        return request


class _Request:
    """A network for one batch size, with the memory it reads from and writes to."""

    def __init__(self, compiled: ov.CompiledModel, batch: int) -> None:
        self._request = compiled.create_infer_request()
        self._x = self._request.get_input_tensor(0).data.reshape(batch, SIDE, SIDE)
        time = self._request.get_input_tensor(1).data  # [rows, K, 1, 1]
        self._time = time[0] if len(time) == 1 else time
        self._eps = self._request.get_output_tensor(0).data.reshape(batch, SIDE, SIDE)
        self.calls = 0

    def __call__(self, x_t: Array, time: Array) -> Array:
        self.calls += 1
        self._x[...] = x_t
        self._time[...] = time
        self._request.infer()
        return self._eps.copy()


def _identity(core: ov.Core, architecture: str, tensors: Mapping[str, Array]) -> str:
    """Return what a conversion depends on: weights, this code, OpenVINO and the processor."""
    content = hashlib.sha256(architecture.encode())
    for name in sorted(tensors):
        content.update(f"{name} {tensors[name].shape}".encode())
        content.update(np.ascontiguousarray(tensors[name]).data)
    for source in sorted(Path(__file__).parent.glob("*.py")):
        content.update(source.read_bytes())
    processor = core.get_property("CPU", "FULL_DEVICE_NAME")
    return f"{content.hexdigest()} {ov.__version__} {processor} {_capabilities(core)}"


def _capabilities(core: ov.Core) -> list[str]:
    return list(core.get_property("CPU", "OPTIMIZATION_CAPABILITIES"))
