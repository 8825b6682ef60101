"""Models of one's own: what is taken as a denoiser, and samples of exact ones."""

import sys
from itertools import pairwise

import numpy as np
import pytest

from diffviz import Model, Schedule
from diffviz.core.errors import DiffvizError
from diffviz.core.noise import BatchNoise, NoiseStream
from diffviz.core.own import OwnPipeline, open_own
from diffviz.core.own.own_schedule import cosine, make_schedule

RNG = np.random.default_rng(3)
TARGET = RNG.uniform(-0.9, 0.9, (3, 12, 10)).astype(np.float32)
SHAPE = TARGET.shape
ALPHA_BARS = Schedule().alpha_bars[1:]


def knowing(prediction: str, alpha_bars=ALPHA_BARS):
    """Return a denoiser that expects TARGET, whatever it sees."""

    def denoiser(x, t):
        assert x.dtype == np.float32
        assert x.shape[1:] == SHAPE
        if prediction == "flow":
            assert t.dtype == np.float32
            return (x - TARGET) / t[:, None, None, None]
        assert t.dtype == np.int64
        a = alpha_bars[t].astype(np.float32)[:, None, None, None]
        eps = (x - a**0.5 * TARGET) / (1 - a) ** 0.5
        return {"eps": eps, "x0": TARGET + 0 * x, "v": a**0.5 * eps - (1 - a) ** 0.5 * TARGET}[
            prediction
        ]

    return denoiser


def last_of(model: Model, sampler: str = "ddim", steps: int = 20, seeds=(7, 8)):
    *_, last = OwnPipeline(model).sample(seeds, steps, sampler=sampler)
    return last


@pytest.mark.parametrize("prediction", ["eps", "x0", "v", "flow"])
@pytest.mark.parametrize("sampler", ["ddpm", "ddim", "dpmpp-2m", "dpmpp-2m-sde", "sa-solver"])
def test_every_prediction_is_sampled_by_every_sampler(prediction, sampler):
    last = last_of(Model(knowing(prediction), SHAPE, prediction=prediction), sampler)
    assert last.x_t.shape == (2, *SHAPE)
    assert last.x_t.dtype == np.float32
    assert np.abs(last.x_t - TARGET).max() < 0.02


def test_other_numbers_of_timesteps_and_other_schedules():
    for table in (cosine(300), cosine(4000), ALPHA_BARS**0.5):
        model = Model(knowing("eps", table), SHAPE, table)
        for sampler in ("ddpm", "dpmpp-2m"):
            assert np.abs(last_of(model, sampler, 25).x_t - TARGET).max() < 0.05


def test_a_flow_is_eulers_method():
    """DDIM over a flow's timesteps is what samplers of flows do."""

    def field(x, t):
        return np.tanh(x) * t[:, None, None, None]

    model = Model(field, (1, 8, 8), prediction="flow")
    steps = list(OwnPipeline(model).sample([3], 10, sampler="ddim"))
    x = NoiseStream(3, shape=(1, 8, 8)).draw(0)[None].astype(np.float64)
    times = [step.t / 1000 for step in steps]
    for now, then in pairwise(times):
        x = x + (then - now) * field(x, np.array([now]))
    assert np.abs(steps[-1].x_t - x).max() < 1e-3


def test_the_linear_schedule_is_the_one_of_digits():
    own = make_schedule("linear")
    assert np.allclose(own.alpha_bars, Schedule().alpha_bars, atol=1e-8)
    assert np.allclose(own.betas, Schedule().betas, atol=1e-7)


@pytest.mark.parametrize("given", [[0.9, 0.95], [1.5, 0.1], "quadratic", 7, object(), [[0.9, 0.1]]])
def test_what_is_no_schedule_is_refused(given):
    with pytest.raises(DiffvizError, match="schedule"):
        Model(knowing("eps"), SHAPE, given)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"shape": (28, 28)}, r"\(C, H, W\)"),
        ({"shape": (2, 16, 16)}, "C = 1 or 3"),
        ({"shape": (3, 4, 16)}, "from 8 to 256"),
        ({"shape": (3, 16, 257)}, "from 8 to 256"),
        ({"prediction": "epsilon"}, "did you mean eps"),
        ({"denoiser": 3}, "callable"),
    ],
)
def test_settings_that_cannot_be_are_refused(changes, words):
    values = {"denoiser": knowing("eps"), "shape": SHAPE} | changes
    with pytest.raises(DiffvizError, match=words):
        Model(**values)


class Output:
    def __init__(self, sample) -> None:
        self.sample = sample


@pytest.mark.parametrize(
    "wrap",
    [
        Output,
        lambda x: (x, None),
        lambda x: {"sample": x},
        lambda x: x.astype(np.float64),
        lambda x: np.concatenate([x, x * 9], axis=1),
        lambda x: x.tolist(),
    ],
)
def test_outputs_of_all_usual_kinds_are_taken(wrap):
    plain = knowing("eps")
    model = Model(lambda x, t: wrap(plain(x, t)), SHAPE)
    assert np.array_equal(last_of(model).x_t, last_of(Model(plain, SHAPE)).x_t)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (lambda x, t: x[:, :, :4], r"returned \[1, 3, 4, 10\] for images \[1, 3, 12, 10\]"),
        (lambda x, t: x * np.nan, "returned NaN or infinity at t = 1000"),
        (lambda x, t: None, "returned None: it has to be an array"),
        (lambda x, t: x * 1j, "returned a complex array"),
        (lambda x, t: "eps", "returned an object of type str"),
        (lambda x, t: 1 / 0, r"test_models.py, line \d+: ZeroDivisionError"),
        (lambda x: x, "TypeError"),
        (lambda x, t: sys.exit(3), r"test_models.py, line \d+: SystemExit: 3"),
    ],
)
def test_bad_outputs_are_one_clear_line(bad, words):
    with pytest.raises(DiffvizError, match=words) as caught:
        last_of(Model(bad, SHAPE, name="mine"), seeds=[7])
    assert "\n" not in str(caught.value)


def test_torch_modules_get_tensors_on_their_device_and_type():
    torch = pytest.importorskip("torch")
    seen = []

    class Network(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.scale = torch.nn.Parameter(torch.ones((), dtype=torch.float64))

        def forward(self, x, t):
            seen.append((x.dtype, t.dtype, x.requires_grad, torch.is_grad_enabled()))
            return x * self.scale

    last = last_of(Model(Network(), SHAPE), steps=4)
    assert last.x_t.dtype == np.float32
    assert set(seen) == {(torch.float64, torch.int64, False, False)}
    model = Model(lambda x, t: torch.tanh(x) * t.dim(), SHAPE, tensors=True)
    assert last_of(model, steps=4).x_t.shape == (2, *SHAPE)


def test_labels_are_given_by_their_numbers():
    seen = []

    def denoiser(x, t, labels):
        seen.append(labels.tolist())
        return knowing("eps")(x, t)

    model = Model(denoiser, SHAPE, labels=("cat", "dog", "fox"))
    pipeline = OwnPipeline(model)
    list(pipeline.sample([1, 2], 2, sampler="ddim", label="all", guidance=0.0))
    assert seen == [[1, 2]] * 2
    seen.clear()
    list(pipeline.sample([1], 2, sampler="ddim"))
    assert seen == [[3]] * 2  # no label: the number after the last one's


def test_a_seed_has_the_same_noise_alone_and_in_a_batch():
    one, two = (last_of(Model(knowing("eps"), SHAPE), "ddpm", 5, seeds) for seeds in ([8], [7, 8]))
    assert np.allclose(one.x_t[0], two.x_t[1], atol=1e-5)
    assert np.array_equal(NoiseStream(5, shape=(1, 28, 28)).draw(40)[0], NoiseStream(5).draw(40))
    big = BatchNoise.from_seeds([1, 2], (3, 256, 256))
    assert big.draw(3).shape == (2, 3, 256, 256)
    assert not np.array_equal(big.draw(3), big.draw(2))


FILE = """
import numpy as np
import neighbour
import diffviz

def MODEL():
    return diffviz.Model(neighbour.denoiser, (1, 8, 8), name="tiny")

READY = MODEL()
OTHER = 7

def broken():
    raise RuntimeError("no weights here")
"""


@pytest.fixture
def own_file(tmp_path):
    (tmp_path / "neighbour.py").write_text("def denoiser(x, t):\n    return x\n")
    path = tmp_path / "mine.py"
    path.write_text(FILE)
    return path


def test_models_are_found_by_name_in_a_file(own_file):
    for name in ("MODEL", "READY"):
        pipeline = open_own(f"{own_file}:{name}", "cpu")
        assert (pipeline.weights.name, pipeline.shape) == ("tiny", (1, 8, 8))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("mine.py:MODLE", "did you mean MODEL"),
        ("mine.py:OTHER", "OTHER is of type int"),
        ("mine.py:broken", r"mine.py, line 13: RuntimeError: no weights here"),
        ("missing.py:MODEL", "no file"),
        ("mine.py", "which object of"),
        ("nothing", "no model 'nothing'"),
    ],
)
def test_what_is_no_model_is_one_clear_line(own_file, monkeypatch, name, words):
    monkeypatch.chdir(own_file.parent)
    with pytest.raises(DiffvizError, match=words):
        open_own(name, "cpu")


@pytest.mark.parametrize("code", ["import nothing_like_it\n", "def f(:\n", "raise SystemExit(3)\n"])
def test_errors_of_the_file_itself_name_their_line(tmp_path, code):
    (tmp_path / "bad.py").write_text("\n" + code)
    with pytest.raises(DiffvizError, match=r"bad.py, line 2: \w+"):
        open_own(f"{tmp_path}/bad.py:MODEL", "cpu")
