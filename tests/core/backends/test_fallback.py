"""What is computed with where OpenVINO, PyTorch or a GPU is there and can't be used."""

from types import SimpleNamespace

import pytest
import torch

from diffviz.core.backends import openvino_trial, pytorch, selection
from diffviz.core.errors import DiffvizError
from diffviz.core.machine import device, unusable
from diffviz.core.pipeline import Pipeline

from .examples import noisy, random_weights

pytestmark = pytest.mark.needs_torch

STOI = RuntimeError("Exception from src/core.cpp:126:\nException from plugin.cpp:58:\nstoi\n")


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    """Let the test begin as a process does: nothing was tried yet."""
    monkeypatch.setattr(unusable, "_reasons", {})
    monkeypatch.setattr(selection, "_checked", set())
    caches = (selection._openvino_failure, device._first_kernel_problem)
    for cached in caches:
        cached.cache_clear()
    yield
    for cached in caches:
        cached.cache_clear()


def fail(*_args, **_kwargs):
    raise STOI


def break_openvino(monkeypatch, where):
    pytest.importorskip("openvino")
    from diffviz.core.backends import openvino

    if where == "trial":
        monkeypatch.setattr(selection, "trial_problem", lambda threads: "stoi")
        return
    monkeypatch.setattr(selection, "trial_problem", lambda threads: "")
    if where == "start":
        monkeypatch.setattr(openvino, "inference_core", fail)
    elif where == "compilation":
        monkeypatch.setattr(openvino.OpenVinoDenoiser, "_compile", fail)
    else:
        monkeypatch.setattr(openvino._Request, "__call__", fail)


@pytest.mark.parametrize("where", ["trial", "start", "compilation", "first pass"])
def test_auto_goes_on_without_openvino_and_says_why(monkeypatch, where):
    break_openvino(monkeypatch, where)
    pipeline = Pipeline(random_weights("reference-unet"), "cpu", 1)
    assert pipeline.denoiser.name == "pytorch"
    assert pipeline.notice.startswith("OpenVINO can't be used here (")
    assert "stoi" in pipeline.notice
    assert pipeline.notice.endswith("computing with pytorch on cpu")
    assert "\n" not in pipeline.notice
    *_, last = pipeline.sample([7], 3)
    assert last.t == 0


@pytest.mark.parametrize("where", ["trial", "start", "compilation", "first pass"])
def test_openvino_by_name_is_one_line_with_what_else_works(monkeypatch, where):
    break_openvino(monkeypatch, where)
    with pytest.raises(DiffvizError, match=r"OpenVINO.*stoi.*or use pytorch or numpy") as caught:
        Pipeline(random_weights("reference-unet"), "cpu", 1, backend="openvino")
    assert "\n" not in str(caught.value)


def test_a_torch_that_fails_too_leaves_numpy(monkeypatch):
    break_openvino(monkeypatch, "trial")
    monkeypatch.setattr(pytorch, "TorchDenoiser", fail)
    pipeline = Pipeline(random_weights("reference-unet"), "cpu", 1)
    assert pipeline.denoiser.name == "numpy"
    assert "PyTorch can't be used here (stoi)" in pipeline.notice


def test_what_was_given_up_is_not_tried_again(monkeypatch):
    break_openvino(monkeypatch, "trial")
    tried = []
    monkeypatch.setattr(pytorch, "TorchDenoiser", lambda *a: tried.append(a) or fail())
    for _ in range(3):
        Pipeline(random_weights("reference-unet"), "cpu", 1)
    assert len(tried) == 1


def test_where_everything_works_there_is_nothing_to_say():
    assert Pipeline(random_weights("reference-unet"), "cpu", 1, backend="numpy").notice == ""


def test_a_later_failure_of_openvino_is_one_line(monkeypatch):
    pytest.importorskip("openvino")
    from diffviz.core.backends import openvino

    network = Pipeline(random_weights("reference-unet"), "cpu", 1, backend="openvino").denoiser
    monkeypatch.setattr(openvino.OpenVinoDenoiser, "_compile", fail)
    with pytest.raises(DiffvizError, match=r"OpenVINO failed \(stoi\): use --backend numpy"):
        network(noisy(500, 3), 500)


def pretend_gpu(monkeypatch, kernel):
    monkeypatch.setattr(device, "_GPU_FILES", ("/",))
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    monkeypatch.setattr(torch, "ones", kernel)


def no_kernel(*_args, **_kwargs):
    raise RuntimeError("CUDA error: no kernel image is available\nCUDA kernel errors might be")


def test_a_gpu_without_kernels_is_left_for_the_cpu(monkeypatch):
    pretend_gpu(monkeypatch, no_kernel)
    assert device.find_device("auto") == "cpu"
    reason = "the GPU can't be used here (CUDA error: no kernel image is available)"
    assert unusable.fallback_notice("numpy on cpu") == f"{reason}: computing with numpy on cpu"


@pytest.mark.parametrize("name", ["cuda", "cuda:0"])
def test_a_gpu_without_kernels_by_name_is_one_line(monkeypatch, name):
    pretend_gpu(monkeypatch, no_kernel)
    with pytest.raises(DiffvizError, match=r"can't compute on cuda.*no kernel.*--device cpu"):
        device.find_device(name)
    with pytest.raises(DiffvizError, match="no kernel"):
        device.pick_device(name)


def test_a_gpu_that_computes_is_used(monkeypatch):
    real = torch.ones
    pretend_gpu(monkeypatch, lambda *shape, device: real(*shape))
    assert device.find_device("auto") == "cuda"
    assert unusable.fallback_notice("") == ""


def fake_openvino(folder, monkeypatch, code):
    """Put a package in the place of OpenVINO, for processes that are started."""
    (folder / "openvino").mkdir()
    (folder / "openvino" / "__init__.py").write_text(code)
    monkeypatch.setenv("PYTHONPATH", str(folder))


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "crashes, signal 11"),
        ("import os; os.abort()", "crashes, signal 6"),
        ("raise RuntimeError('places\\nstoi\\n')", "stoi"),
        ("raise SystemExit(3)", "status 3"),
    ],
)
def test_a_trial_that_fails_says_how(tmp_path, monkeypatch, code, words):
    fake_openvino(tmp_path, monkeypatch, code)
    assert words in openvino_trial._try(1)


def test_a_good_trial_succeeds_and_is_remembered(tmp_path, monkeypatch):
    pytest.importorskip("openvino")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert openvino_trial.trial_problem(1) == ""
    monkeypatch.setattr(openvino_trial, "_try", lambda threads: "it was tried again")
    assert openvino_trial.trial_problem(1) == ""
    assert openvino_trial.trial_problem(2) == "it was tried again"
    booted = tmp_path / "boot_id"
    booted.write_text("another")
    monkeypatch.setattr(openvino_trial, "_MACHINE", (str(booted),))
    assert openvino_trial.trial_problem(1) == "it was tried again"


def test_a_bad_trial_is_not_remembered(tmp_path, monkeypatch):
    pytest.importorskip("openvino")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    results = iter(["it crashes", ""])
    monkeypatch.setattr(openvino_trial, "_try", lambda threads: next(results))
    assert openvino_trial.trial_problem(1) == "it crashes"
    assert openvino_trial.trial_problem(1) == ""


def test_a_process_that_may_crash_needs_no_trial(monkeypatch):
    monkeypatch.setattr(openvino_trial._Process, "expendable", True)
    monkeypatch.setattr(openvino_trial, "_try", lambda threads: "it was tried")
    assert openvino_trial.trial_problem(1) == ""


def test_a_trial_that_cannot_be_started(monkeypatch):
    def refuse(*_args, **_kwargs):
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(openvino_trial, "subprocess", SimpleNamespace(
        run=refuse, DEVNULL=-3, PIPE=-1, TimeoutExpired=TimeoutError))  # fmt: skip
    assert "can't be tried: Resource temporarily unavailable" in openvino_trial._try(1)


@pytest.mark.parametrize(
    ("there", "crashed", "following"),
    [
        ("openvino torch numpy", "auto", "pytorch"),
        ("openvino numpy", "auto", "numpy"),
        ("torch numpy", "auto", "numpy"),
        ("openvino torch numpy", "pytorch", "numpy"),
        ("numpy", "auto", None),
        ("openvino torch numpy", "numpy", None),
    ],
)
def test_the_backend_after_one_that_crashes(monkeypatch, there, crashed, following):
    monkeypatch.setattr(selection, "is_installed", lambda name: name in there.split())
    assert selection.backend_after(crashed) == following
