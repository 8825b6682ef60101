"""Backends agree with each other, repeat themselves to the bit, and say why they can't serve."""

import importlib
import os
import subprocess
import sys
from contextlib import contextmanager, nullcontext
from typing import Any

import numpy as np
import pytest
import torch

from diffviz.core.backends import open_backend, pytorch, selection
from diffviz.core.backends.pytorch import TorchDenoiser
from diffviz.core.errors import DiffvizError
from diffviz.core.machine.torch_install import is_installed
from diffviz.core.models import ARCHITECTURES, build
from diffviz.core.models.shapes import tensor_shapes
from diffviz.core.models.weight_files import shapes_of
from diffviz.core.models.weights import Weights, load_weights
from diffviz.core.noise import BatchNoise
from diffviz.core.pictures import to_grey
from diffviz.core.sampling import SAMPLERS

from .examples import noisy, random_weights

pytestmark = pytest.mark.needs_torch

NAMES = tuple(ARCHITECTURES)


@pytest.fixture(scope="module", params=NAMES)
def weights(request):
    return random_weights(request.param)


def hide(monkeypatch, *packages):
    """Make ``packages`` look as if they weren't installed."""
    monkeypatch.setattr(
        selection, "is_installed", lambda name: name not in packages and is_installed(name)
    )


def fast(weights, precision="fp32"):
    pytest.importorskip("openvino")
    return open_backend(weights, "cpu", 1, precision=precision, backend="openvino")


@pytest.mark.parametrize("name", NAMES)
def test_shapes_match_the_modules(name):
    assert tensor_shapes(name) == shapes_of(build(name))


def largest_difference(weights):
    ours, plain = fast(weights), TorchDenoiser(weights.model)
    pictures = [(noisy(t, count), t) for t in (1, 2, 30, 400, 999, 1000) for count in (1, 3)]
    return max(float(np.abs(ours(*picture) - plain(*picture)).max()) for picture in pictures)


def test_openvino_equals_pytorch_layer_by_layer(weights):
    # at t = 1 random weights of the default network amplify rounding a thousandfold
    assert largest_difference(weights) < 5e-4


@pytest.mark.parametrize("name", ["default", "reference"])
def test_openvino_equals_pytorch_with_the_bundled_weights(name):
    assert largest_difference(load_weights(name)) < 1e-4


def test_same_backend_threads_and_batch_give_the_same_bytes(weights):
    def run(seeds):
        steps = SAMPLERS["ddpm"](fast(weights), BatchNoise.from_seeds(seeds), num_inference_steps=8)
        return list(steps)[-1].x_t

    assert run([1, 2, 3]).tobytes() == run([1, 2, 3]).tobytes()
    apart = np.concatenate([run([1, 2]), run([3])])
    together = to_grey(run([1, 2, 3])).astype(int)
    assert np.abs(to_grey(apart).astype(int) - together).max() <= 1


@pytest.mark.parametrize("backend", ["pytorch", "openvino"])
@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_batch_and_threads_change_no_pixel_by_more_than_a_level(backend, precision):
    if backend == "openvino":
        pytest.importorskip("openvino")
    if precision == "bf16" and not pytorch.has_bf16(torch.device("cpu")):
        pytest.skip("this CPU has no bfloat16 arithmetic")

    def digits(batch, threads):
        network = open_backend(load_weights("default"), "cpu", threads, precision=precision,
                               backend=backend)  # fmt: skip
        parts = []
        for first in range(0, 4, batch):
            noise = BatchNoise.from_seeds(range(first, first + batch))
            *_, last = SAMPLERS["ddpm"](network, noise, num_inference_steps=4)
            parts.append(to_grey(last.x_t))
        return np.concatenate(parts).astype(int)

    before = torch.get_num_threads()
    try:
        expected = digits(4, 1)
        for batch, threads in ((1, 1), (2, 2)):
            assert np.abs(digits(batch, threads) - expected).max() <= 1
    finally:
        torch.set_num_threads(before)


def test_results_are_not_overwritten_by_the_next_call(weights):
    denoiser, x_t = fast(weights), noisy(500, 2)
    before = x_t.copy()
    first = denoiser(x_t, 500)
    kept = first.copy()
    denoiser(noisy(30, 2), 30)
    np.testing.assert_array_equal(first, kept)
    np.testing.assert_array_equal(x_t, before)


def test_more_batch_sizes_than_are_cached_still_work(weights):
    denoiser = fast(weights)
    first = denoiser(noisy(500, 1), 500)
    for count in range(2, 6):
        assert denoiser(noisy(500, count), 500).shape == (count, 28, 28)
    assert denoiser(noisy(500, 1), 500).tobytes() == first.tobytes()


def test_bf16_is_near_fp32_or_refused(weights):
    if not pytorch.has_bf16(torch.device("cpu")):
        with pytest.raises(DiffvizError, match="bfloat16"):
            fast(weights, "bf16")
        return
    reduced = fast(weights, "bf16")
    x_t = noisy(600, 2)
    difference = np.abs(reduced(x_t, 600) - fast(weights)(x_t, 600))
    assert 0 < difference.max() < 0.5


def test_unsupported_bf16_is_refused(weights, monkeypatch):
    monkeypatch.setattr(pytorch, "has_bf16", lambda device: False)
    with pytest.raises(DiffvizError, match="bfloat16"):
        open_backend(weights, "cpu", 1, precision="bf16", backend="pytorch")
    if "openvino" in sys.modules:
        from diffviz.core.backends import openvino

        monkeypatch.setattr(openvino, "_capabilities", lambda core: ["FP32"])
        with pytest.raises(DiffvizError, match="bfloat16"):
            open_backend(weights, "cpu", 1, precision="bf16", backend="openvino")


def test_without_openvino_torch_computes(weights, monkeypatch):
    hide(monkeypatch, "openvino")
    assert open_backend(weights, "cpu", None).name == "pytorch"
    with pytest.raises(DiffvizError, match=r"not installed.*leave --backend openvino out"):
        open_backend(weights, "cpu", 1, backend="openvino")


def test_without_openvino_and_torch_numpy_computes(weights, monkeypatch):
    hide(monkeypatch, "openvino", "torch")
    assert open_backend(weights, "cpu", None).name == "numpy"
    with pytest.raises(DiffvizError, match=r"needs torch.*leave --backend pytorch out"):
        open_backend(weights, "cpu", 1, backend="pytorch")
    with pytest.raises(DiffvizError, match="fp32 only"):
        open_backend(weights, "cpu", 1, precision="bf16")
    with pytest.raises(DiffvizError, match="needs torch"):
        open_backend(weights, "cuda", 1)


def test_numpy_is_asked_for_by_name(weights):
    assert open_backend(weights, "cpu", None, backend="numpy").name == "numpy"
    unknown = Weights("test", "raw", "other-net", {}, {})
    with pytest.raises(DiffvizError, match=r"doesn't know other-net.*leave --backend numpy out"):
        open_backend(unknown, "cpu", 1, backend="numpy")


@pytest.mark.parametrize(
    ("options", "words"),
    [({"precision": "fp8"}, "fp32 or bf16"), ({"backend": "onnx"}, "openvino, pytorch, numpy")],
)
def test_unknown_backends_and_precisions_are_refused(options, words):
    nothing = Weights("test", "raw", "reference-unet", {}, {})
    with pytest.raises(DiffvizError, match=words):
        open_backend(nothing, "cpu", 1, **options)


@pytest.mark.parametrize("backend", ["openvino", "numpy"])
def test_another_device_than_the_cpu_is_refused(backend):
    nothing = Weights("test", "raw", "reference-unet", {}, {})
    with pytest.raises(DiffvizError, match=f"{backend} computes on the CPU only, not on cuda"):
        open_backend(nothing, "cuda", 1, backend=backend)


def test_sampling_with_openvino_imports_no_torch():
    pytest.importorskip("openvino")
    code = (
        "import sys; from diffviz.core.pipeline import Pipeline; "
        "list(Pipeline.load('reference', 'cpu', 1).sample([7], 2)); "
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-P", "-c", code], check=False).returncode == 0


def test_a_signal_after_several_networks_ends_no_process():
    """Whichever of them goes first: OpenVINO changes the stack of signal handlers."""
    pytest.importorskip("openvino")
    code = (
        "import gc, signal; from diffviz.core.pipeline import Pipeline; "
        "first, second = (Pipeline.load('reference', 'cpu', 1) for _ in range(2)); "
        "del first; gc.collect(); del second; gc.collect(); "
        "signal.signal(signal.SIGUSR1, lambda number, frame: print('handled')); "
        "signal.raise_signal(signal.SIGUSR1)"
    )
    command = [sys.executable, "-P", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "handled\n", "")


def test_openvino_sends_no_telemetry():
    pytest.importorskip("openvino")
    importlib.import_module("diffviz.core.backends.openvino")
    assert sys.modules["openvino_telemetry"] is None
    assert "openvino_telemetry.backend" not in sys.modules


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="this system doesn't tell")
def test_loading_a_backend_leaves_the_cpu_affinity_alone(weights):
    # bound to the first core, several processes side by side would share that one
    before = os.sched_getaffinity(0)
    fast(weights)(noisy(500, 1), 500)
    assert os.sched_getaffinity(0) == before


class Recorder:
    """Stands in for a CUDA graph on the CPU: a recording computes when it is replayed."""

    def __init__(self):
        self.batches = []

    def __call__(self, forward, x, t, labels):
        self.batches.append(len(x))
        result = torch.empty(len(x), 28, 28)
        return lambda: result.copy_(forward(x, t, labels)), result


def test_a_recorded_pass_equals_the_plain_one(weights, monkeypatch):
    """What a GPU does, with the CPU in its place."""
    plain, recorded = TorchDenoiser(weights.model), TorchDenoiser(weights.model)
    recorder = Recorder()
    monkeypatch.setattr(recorded, "_record", recorder)
    results = []
    for timestep, count in ((1000, 1), (30, 3), (999, 1), (500, 3)):
        x_t = noisy(timestep, count)
        results.append((recorded(x_t, timestep), plain(x_t, timestep)))
    for ours, expected in results:  # compared late: a result is the caller's
        assert ours.dtype == np.float32
        np.testing.assert_array_equal(ours, expected)
    assert recorder.batches == [1, 3], "once for each batch size"
    for count in (2, 4, 5, 1):
        recorded(noisy(500, count), 500)
    assert recorder.batches == [1, 3, 2, 4, 5, 1], "the oldest was let go"


def test_only_cuda_records_passes():
    class Network:
        def eval(self):
            return self

        def to(self, **_):
            return self

    stand_in: Any = Network()
    records = {name: TorchDenoiser(stand_in, torch.device(name))._record
               for name in ("cuda", "cuda:1", "mps", "cpu")}  # fmt: skip
    graph = pytorch.record_cuda_graph
    assert records == {"cuda": graph, "cuda:1": graph, "mps": None, "cpu": None}


def test_a_cuda_graph_is_recorded_after_warming_up_on_a_side_stream(monkeypatch):
    said = []

    @contextmanager
    def within(name):
        said.append(f"{name} begins")
        yield
        said.append(f"{name} ends")

    class Stream:
        def wait_stream(self, other):
            said.append("wait")

    class Graph:
        def replay(self):
            said.append("replay")

    monkeypatch.setattr(torch.cuda, "device", lambda device: nullcontext())
    monkeypatch.setattr(torch.cuda, "Stream", Stream)
    monkeypatch.setattr(torch.cuda, "current_stream", Stream)
    monkeypatch.setattr(torch.cuda, "stream", lambda stream: within("aside"))
    monkeypatch.setattr(torch.cuda, "CUDAGraph", Graph)
    monkeypatch.setattr(torch.cuda, "graph", lambda graph: within("recording"))

    def forward(x, t, labels):
        said.append("pass")
        return x

    x = torch.zeros(2)
    replay, result = pytorch.record_cuda_graph(forward, x, x, x)
    replay()
    aside = ["wait", "aside begins", "pass", "pass", "pass", "aside ends", "wait"]
    assert said == [*aside, "recording begins", "pass", "recording ends", "replay"]
    assert result is x
