"""The callback for pipelines of diffusers: with schedulers like theirs, and with theirs."""

from types import SimpleNamespace

import numpy as np
import pytest

from diffviz.core.writers import step_callback
from diffviz.core.writers.step_file import StepFile


class Scheduler:
    """A deterministic scheduler with the parts of diffusers' that count."""

    truth: tuple[np.ndarray, np.ndarray]

    def __init__(self, prediction: str, kind: str) -> None:
        self.config = {"prediction_type": prediction} if prediction != "flow" else {}
        self.timesteps = np.array([900, 600, 300, 0])
        self.kind = kind
        if kind == "vp":
            self.alphas_cumprod = np.cos(np.arange(1000) / 1000 * 1.5) ** 2
        else:
            self.sigmas = np.array([0.9, 0.6, 0.3, 0.01, 0.0])
            if kind == "ve":
                self.sigmas = self.sigmas * 20
                self.alphas_cumprod, self.init_noise_sigma = np.ones(1), 18.0

    def parts(self, index: int) -> tuple[float, float]:
        """Return the factors of the image and of the noise in x_t."""
        if self.kind == "vp":
            t = self.timesteps[index] if index < 4 else 0
            a = float(self.alphas_cumprod[t]) if index < 4 else 1.0
            return a**0.5, (1 - a) ** 0.5
        sigma = float(self.sigmas[index])
        return (1.0 - sigma, sigma) if self.kind == "flow" else (1.0, sigma)

    def step(self, model_output, timestep, sample, return_dict=True):
        index = list(self.timesteps).index(timestep)
        x0, eps = self.truth
        a, s = self.parts(index + 1)
        assert np.isfinite(model_output).all()
        return (a * x0 + s * eps,)


class Pipeline:
    """Samples with a model that knows the right answer."""

    def __init__(self, scheduler: Scheduler, shape=(1, 3, 8, 8), seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        self.scheduler = scheduler
        self.x0 = np.clip(rng.standard_normal(shape), -0.9, 0.9).astype(np.float32)
        self.eps = rng.standard_normal(shape).astype(np.float32)
        scheduler.truth = self.x0, self.eps

    def __call__(self, callback_on_step_end):
        scheduler = self.scheduler
        a, s = scheduler.parts(0)
        latents = a * self.x0 + s * self.eps
        for index, t in enumerate(scheduler.timesteps):
            a, s = scheduler.parts(index)
            if scheduler.kind == "vp":
                outputs = {
                    "epsilon": self.eps,
                    "v_prediction": a * self.eps - s * self.x0,
                    "sample": self.x0,
                }
            else:
                outputs = {"epsilon": self.eps}
            output = (
                self.eps - self.x0
                if scheduler.kind == "flow"
                else outputs[scheduler.config["prediction_type"]]
            )
            latents = scheduler.step(output, t, latents, return_dict=False)[0]
            out = callback_on_step_end(self, index, t, {"latents": latents})
            latents = out.pop("latents", latents)
        return latents


CASES = [
    ("epsilon", "vp"),
    ("v_prediction", "vp"),
    ("sample", "vp"),
    ("epsilon", "ve"),
    ("flow", "flow"),
]


def steps_of(path):
    file = StepFile(path)
    file.poll()
    steps = [file.read(index) for index in range(len(file.entries))]
    file.close()
    return [step for step in steps if step is not None]


@pytest.mark.parametrize(("prediction", "kind"), CASES)
def test_the_estimate_is_formed_from_the_scheduler(tmp_path, prediction, kind):
    pipeline = Pipeline(Scheduler(prediction, kind))
    callback = step_callback(tmp_path / "p.steps", scheduler=pipeline.scheduler)
    pipeline(callback)
    callback.close()
    steps = steps_of(tmp_path / "p.steps")
    assert [step.t for step in steps] == [900, 600, 300, 0, 0]
    wanted = np.rint((np.moveaxis(pipeline.x0[0], 0, -1) + 1) * 127.5)
    for step in steps[:-1]:
        assert np.abs(step.x0_hat - wanted).max() <= 1
    assert "step" not in vars(pipeline.scheduler)  # as it was


def test_without_the_scheduler_the_first_step_is_missing_and_nothing_else(tmp_path):
    pipeline = Pipeline(Scheduler("epsilon", "vp"))
    callback = step_callback(tmp_path / "p.steps")
    pipeline(callback)
    pipeline(callback)
    callback.close()
    steps = steps_of(tmp_path / "p.steps")
    assert [(s.sampling, s.t) for s in steps] == [
        (number, t) for number in (1, 2) for t in (600, 300, 0, 0)
    ]
    assert all(step.x0_hat is not None for step in steps)


@pytest.mark.parametrize("channels", [4, 16])
def test_latents_become_rgb(tmp_path, channels):
    pipeline = Pipeline(Scheduler("epsilon", "vp"), (1, channels, 8, 8))
    callback = step_callback(tmp_path / "p.steps")
    pipeline(callback)
    callback.close()
    given = step_callback(tmp_path / "q.steps", matrix=np.eye(channels, 3))
    pipeline(given)
    given.close()
    assert all(step.x_t.shape == (8, 8, 3) for step in steps_of(tmp_path / "p.steps"))
    last = steps_of(tmp_path / "q.steps")[-1]
    wanted = np.rint((np.moveaxis(pipeline.x0[0, :3], 0, -1) + 1) * 127.5)
    assert np.abs(last.x_t - wanted).max() <= 1


def test_a_picture_is_not_worth_the_pipelines_work(tmp_path):
    callback = step_callback(tmp_path / "p.steps")
    latents = np.zeros((1, 5, 7), np.float32)  # packed
    broken = SimpleNamespace(scheduler=None)
    kwargs = {"latents": latents}
    with pytest.warns(RuntimeWarning, match="no longer written"):
        assert callback(broken, 0, 5, kwargs) is kwargs
    assert callback(broken, 1, 4, kwargs) is kwargs  # a second warning would be an error here
    callback.close()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of diffusers itself
@pytest.mark.parametrize(
    "name",
    [
        "DDIMScheduler",
        "EulerDiscreteScheduler",
        "PNDMScheduler",
        "DPMSolverMultistepScheduler",
        "FlowMatchEulerDiscreteScheduler",
    ],
)
def test_schedulers_of_diffusers(tmp_path, name):
    diffusers = pytest.importorskip("diffusers")
    torch = pytest.importorskip("torch")
    scheduler = getattr(diffusers, name)()
    scheduler.set_timesteps(6)
    callback = step_callback(tmp_path / "p.steps", scheduler=scheduler)
    x0 = torch.rand(1, 3, 8, 8) * 1.6 - 0.8
    torch.manual_seed(0)
    x = torch.randn(1, 3, 8, 8)
    flow = name.startswith("Flow")
    x = x if flow else x * scheduler.init_noise_sigma
    for index, t in enumerate(scheduler.timesteps):
        # a model that always expects x0
        if flow or float(scheduler.init_noise_sigma) > 1.5:
            output = (x - x0) / scheduler.sigmas[index]
        else:
            a = scheduler.alphas_cumprod[int(t)]
            output = (x - a**0.5 * x0) / (1 - a) ** 0.5
        x = scheduler.step(output, t, x, return_dict=False)[0]
        callback(SimpleNamespace(scheduler=scheduler), index, t, {"latents": x})
    callback.close()
    steps = steps_of(tmp_path / "p.steps")
    assert len(steps) == len(scheduler.timesteps) + 1
    wanted = np.rint((np.moveaxis(x0[0].numpy(), 0, -1) + 1) * 127.5)
    for step in steps[:-1]:
        assert np.abs(step.x0_hat - wanted).max() <= 1
