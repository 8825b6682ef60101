"""PyTorch as a denoiser: every device, every architecture."""

from collections import OrderedDict
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn

from ..array_types import Array
from ..errors import DiffvizError
from ..names import NO_LABEL, SIDE
from ..sampling.denoiser import Labels

Forward = Callable[[Tensor, Tensor, Tensor], Tensor]

_SHAPES = 4  # recorded batch sizes in memory
_WARM_UPS = 3  # passes that choose kernels and allocate before one is recorded


class TorchDenoiser:
    """Calls a network on ``device`` with numpy images; gradient-free.

    The network receives ``timestep - 1`` (0 … 999), as in training. On a CUDA device a pass is
    recorded for each batch size and replayed, because launching its kernels one by one takes
    longer than they do.
    """

    name = "pytorch"

    def __init__(
        self, model: nn.Module, device: torch.device | None = None, precision: str = "fp32"
    ) -> None:
        """Move ``model`` to ``device`` (the CPU by default).

        Raises:
            DiffvizError: if that device doesn't compute in ``precision``.
        """
        self.device = device or torch.device("cpu")
        self.precision = precision
        if precision == "bf16" and not has_bf16(self.device):
            raise DiffvizError(
                f"this {self.device.type} has no bfloat16 arithmetic: leave --precision bf16 out"
            )
        self._has_labels = getattr(model, "num_classes", 0) > 0
        # channels-last is the faster layout for small convolutions on every device
        self.model = model.eval().to(device=self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._record = record_cuda_graph if self.device.type == "cuda" else None
        self._recorded: OrderedDict[int, _Recorded] = OrderedDict()

    def __call__(self, x_t: Array, timestep: int, labels: Labels | None = None) -> Array:
        """Return eps for float32 ``x_t`` ``[B, 28, 28]`` at ``timestep`` (1 … T).

        ``labels`` is ``[B]``: a class's number or ``NO_LABEL``; None: no labels.
        """
        if labels is None:
            labels = np.full(len(x_t), NO_LABEL, np.int64)
        with torch.inference_mode():
            if self._record is not None:
                return self._replay(self._record, x_t, timestep, labels)
            x = torch.from_numpy(x_t).to(self.device).unsqueeze(1)
            t = torch.full((len(x_t),), timestep - 1, dtype=torch.long, device=self.device)
            return self._forward(x, t, torch.from_numpy(labels).to(self.device)).cpu().numpy()

    def _forward(self, x: Tensor, t: Tensor, labels: Tensor) -> Tensor:
        """Return eps ``[B, 28, 28]`` in float32."""
        given = (labels,) if self._has_labels else ()
        bf16 = self.precision == "bf16"
        # without the cache of cast weights, which a recording would outlive
        with torch.autocast(self.device.type, torch.bfloat16, enabled=bf16, cache_enabled=False):
            return self.model(x, t, *given).squeeze(1).float()

    def _replay(self, record: "Record", x_t: Array, timestep: int, labels: Labels) -> Array:
        recorded = self._recorded.get(len(x_t))
        if recorded is None:
            recorded = _Recorded(record, self._forward, len(x_t), self.device)
            self._recorded[len(x_t)] = recorded
            while len(self._recorded) > _SHAPES:
                self._recorded.popitem(last=False)
        return recorded(x_t, timestep, labels)


Record = Callable[[Forward, Tensor, Tensor, Tensor], tuple[Callable[[], object], Tensor]]
"""``(forward, x, t, labels) -> (replay, result)``: ``replay`` computes ``result`` from what is in
``x``, ``t`` and ``labels`` by then."""


class _Recorded:
    """A pass for one batch size, with the memory it reads from and writes to."""

    def __init__(self, record: Record, forward: Forward, batch: int, device: torch.device) -> None:
        self._x = torch.zeros(batch, 1, SIDE, SIDE, device=device)
        self._t = torch.zeros(batch, dtype=torch.long, device=device)
        self._labels = torch.full((batch,), NO_LABEL, dtype=torch.long, device=device)
        self._replay, self._eps = record(forward, self._x, self._t, self._labels)

    def __call__(self, x_t: Array, timestep: int, labels: Labels) -> Array:
        self._x.copy_(torch.from_numpy(x_t).unsqueeze(1))
        self._t.fill_(timestep - 1)
        self._labels.copy_(torch.from_numpy(labels))
        self._replay()
        return self._eps.cpu().numpy().copy()


def record_cuda_graph(
    forward: Forward, x: Tensor, t: Tensor, labels: Tensor
) -> tuple[Callable[[], object], Tensor]:
    """Record ``forward(x, t, labels)`` as a CUDA graph (see :data:`Record`)."""
    with torch.cuda.device(x.device):
        aside = torch.cuda.Stream()
        aside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(aside):  # not on the stream that everything else waits for
            for _ in range(_WARM_UPS):
                forward(x, t, labels)
        torch.cuda.current_stream().wait_stream(aside)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            result = forward(x, t, labels)
    return graph.replay, result


def has_bf16(device: torch.device) -> bool:
    """Return whether ``device`` computes in bfloat16 itself, not by way of float32."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    if device.type == "cpu":
        supported = getattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", None)
        return supported is not None and bool(supported())
    return False
