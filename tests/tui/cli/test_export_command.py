"""``diffviz export``, ``watch --csv`` and ``--png`` from the command line."""

import numpy as np
import pytest
from safetensors import safe_open

from diffviz import Pipeline, RunWriter, Schedule
from diffviz.core.models.weights import load_weights
from diffviz.core.sampling.retimed import retimed


@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_one_set_is_written_by_the_names_of_the_module(diffviz, tmp_path, dtype):
    path = tmp_path / "a.safetensors"
    out = diffviz("export", "reference:ema", "-o", path, "--dtype", dtype).out
    assert "reference:ema, reference-unet" in out
    weights = load_weights("reference:ema")
    with safe_open(path, "np") as file:
        assert file.metadata()["architecture"] == "reference-unet"
        assert set(file.keys()) == set(weights.tensors)
        for name, array in weights.tensors.items():
            assert np.array_equal(file.get_tensor(name), array.astype(dtype))


def test_plain_pytorch_loads_it(diffviz, tmp_path, monkeypatch):
    """The lines of docs/api.md compute what the pipeline does."""
    torch = pytest.importorskip("torch")
    from pathlib import Path

    monkeypatch.chdir(tmp_path)
    diffviz("export", "default", "-o", "default.safetensors")
    text = (Path(__file__).resolve().parents[3] / "docs" / "api.md").read_text("utf-8")
    code = next(b.split("```")[0] for b in text.split("```python\n") if "load_file" in b)
    names: dict = {}
    exec(code, names)
    assert names["eps"].shape == (1, 1, 28, 28)
    x = np.random.default_rng(0).standard_normal((2, 28, 28)).astype(np.float32)
    with torch.no_grad():
        found = names["network"](torch.from_numpy(x[:, None]), torch.tensor([499, 499]))
    expected = Pipeline.load("default", "cpu", 1).denoiser(x, 500)
    assert np.abs(found[:, 0].numpy() - expected).max() < 1e-3


@pytest.mark.slow
@pytest.mark.parametrize("name", ["reference", "default", "labelled"])
@pytest.mark.filterwarnings("ignore")  # about the exporter's own code
def test_an_onnx_file_computes_what_the_pipeline_does(diffviz, tmp_path, name):
    pytest.importorskip("onnxscript")
    onnx = pytest.importorskip("onnx")
    openvino = pytest.importorskip("openvino")
    path = tmp_path / "a.onnx"
    assert f"{name}:" in diffviz("export", name, "-o", path).out
    facts = {entry.key: entry.value for entry in onnx.load(path).metadata_props}
    weights = load_weights(name)
    assert facts["architecture"] == weights.architecture
    assert ("classes" in facts) == bool(weights.classes)
    network = openvino.Core().compile_model(path, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    pipeline = Pipeline.load(name, "cpu", 1)
    for t, batch in ((1000, 1), (500, 3), (3, 3)):  # more and fewer than in the exporter's example
        x = np.random.default_rng(t).standard_normal((batch, 28, 28)).astype(np.float32)
        inputs = {"x": x[:, None], "t": np.full(batch, t - 1)}
        labels = None
        if weights.classes:
            labels = np.array([0, -1, len(weights.classes) - 1][:batch])
            inputs["labels"] = labels
        found = network(inputs)["eps"][:, 0]
        expected = pipeline.denoiser(x, t, labels) if weights.classes else pipeline.denoiser(x, t)
        assert np.abs(found - expected).max() < 1e-4


def test_onnx_needs_its_extra(diffviz, tmp_path, monkeypatch):
    import diffviz.core.models.onnx_file as onnx_file

    monkeypatch.setattr(onnx_file, "is_installed", lambda package: False)
    words = diffviz("export", "default", "-o", tmp_path / "a.onnx").complaint
    assert "needs onnx and onnxscript, which are not installed: " in words
    assert words.endswith("install onnx onnxscript")
    float16 = ("--dtype", "float16")
    refused = diffviz("export", "default", "-o", tmp_path / "a.onnx", *float16).usage_complaint
    assert "--dtype has no effect on .onnx" in refused
    assert not list(tmp_path.iterdir())


def test_what_export_refuses(diffviz, tmp_path):
    assert (
        "end it in .safetensors" in diffviz("export", "default", "-o", tmp_path / "a.pt").complaint
    )
    assert "--output" in diffviz("export", "default").usage_complaint


def test_losses_are_written_and_differences_named(diffviz, tmp_path):
    runs = [tmp_path / "runs" / name for name in "ab"]
    for seed, path in enumerate(runs):
        with RunWriter(path, seed=seed) as run:
            run.log(1, 0.5)
            run.log(2, 0.25)
    csv, png = tmp_path / "a.csv", tmp_path / "a.png"
    out = diffviz("watch", *runs, "--csv", csv, "--png", png).out
    assert out == f"{csv}: 4 rows, 2 runs\n{png}: losses of 2 runs\n"
    assert csv.read_text().startswith("run,step,epoch,")
    assert png.read_bytes().startswith(b"\x89PNG")
    lines = diffviz("watch", *runs).out.splitlines()
    assert [line.rpartition("  ")[2] for line in lines] == ["seed 0", "seed 1"]
    assert "name some" in diffviz("watch", "--csv", csv).usage_complaint
    assert "end it in .csv" in diffviz("watch", runs[0], "--csv", png).complaint


def test_digits_are_arrays(tmp_path):
    pipeline = Pipeline.load("default", "cpu", 1)
    digits = pipeline.digits([3, 4], 4)
    assert (digits.shape, digits.dtype) == ((2, 28, 28), np.uint8)
    *_, last = pipeline.sample([3, 4], 4, sampler="sa-solver")
    assert np.array_equal(digits, np.rint(np.clip((last.x_t + 1) * 0.5, 0, 1) * 255))


def test_a_network_is_asked_where_it_knows_the_noise():
    asked = []

    def denoiser(x_t, timestep):
        asked.append(timestep)
        return x_t

    other = Schedule(1000, 1e-4, 0.01)
    ask = retimed(denoiser, other)
    ask(np.zeros((1, 28, 28), np.float32), 1000)
    own = Schedule().alpha_bars
    near = np.abs(np.log(own[1:] / other.alpha_bars[1000])).argmin() + 1
    assert abs(asked[0] - near) <= 1
    *_, last = Pipeline.load("default", "cpu", 1).sample(
        [3], 20, sampler="ddim", schedule=Schedule(1000, 2e-4, 0.018)
    )
    assert last.x_t.max() > 0.5  # ink
