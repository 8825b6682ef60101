"""Stand-ins for what the screens get from elsewhere: a sampler and a classifier, no network."""

import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np

from diffviz.core.errors import DiffvizError
from diffviz.core.names import NO_LABEL
from diffviz.core.noise import NoiseStream
from diffviz.core.phases import phase_at
from diffviz.core.pipeline import Pipeline
from diffviz.core.records import Step
from diffviz.core.schedule import Schedule


class FakeSampler:
    """Yields records whose pictures tell seed and timestep; each needs a permit from the test."""

    def __init__(self, permits: int | None = None, fail_at: int | None = None) -> None:
        self.weights = SimpleNamespace(name="toy", set="raw", architecture="toy-net")
        self.parameters = 1234
        self.device = "cpu"
        self.threads = 1
        self.fail_at = fail_at
        self.started: list[int] = []
        self.asked: list[dict] = []  # what each call of sample() was given beside the seeds
        self.closed = 0
        self.opened = threading.Event()
        self._alive: list[Iterator[Step]] = []
        self._free = permits is None
        self._permits = threading.Semaphore(permits or 0)

    def __call__(self, weights: str) -> "FakeSampler":
        self.opened.set()
        return self

    def allow(self, steps: int) -> None:
        """Let ``steps`` more records out."""
        self._permits.release(steps)

    def allow_all(self) -> None:
        """Never hold back again."""
        self._free = True
        self._permits.release()

    def picture(self, seed: int, t: int) -> np.ndarray:
        """Return x_t: grey level ``t / 1000`` everywhere, but for the seed's own column."""
        image = np.full((28, 28), t / 500 - 1, np.float32)
        image[:, seed % 28] = 1.0
        return image

    def sample(self, seeds, num_inference_steps=None, **how) -> Iterator[Step]:
        self.asked.append(how)
        given, first = how.get("given"), 0
        if given is not None and given.hidden is None:
            first, _ = given.enter(Schedule().timesteps(num_inference_steps or 1000))
        records = self._records(seeds, num_inference_steps, how.get("start"), first)
        self._alive.append(records)  # so that only close() ends it, not its last reference
        return records

    def _records(self, seeds, num_inference_steps, start, first) -> Iterator[Step]:
        streams = [s if isinstance(s, NoiseStream) else NoiseStream(s) for s in seeds]
        numbers = [sum((stream.seed, *stream.branch[1::2])) for stream in streams]
        schedule = Schedule()
        times = [*schedule.timesteps(num_inference_steps or 1000), 0]
        self.started.append(numbers[0])
        try:
            for index, t in enumerate(times):
                if index < (first if start is None else start[0]):
                    continue
                if not self._free:
                    self._permits.acquire(timeout=10)
                if index == self.fail_at:
                    raise DiffvizError("the pixels ran out")
                x_t = np.stack([self.picture(number, t) for number in numbers])
                if start is not None and index == start[0]:
                    x_t = start[1]
                alpha_bar = schedule.alpha_bar(t)
                yield Step(
                    index, len(times) - 1, t, alpha_bar, phase_at(t), x_t, -x_t, np.zeros_like(x_t)
                )
        finally:
            self.closed += 1


class FakeLabelledPipeline(Pipeline):
    """The real pipeline around a denoiser with three classes; each step needs a permit.

    What is predicted depends on the label, and is finite for every guidance.
    """

    CLASSES = ("circle", "square", "7")

    def __init__(self, permits: int | None = None) -> None:
        self.weights: Any = SimpleNamespace(
            name="toy", set="raw", architecture="toy-net", classes=self.CLASSES, metadata={}
        )
        self.parameters = 1234
        self.device: Any = "cpu"
        self.threads = 1
        self.denoiser: Any = self._denoise
        self.asked: list[tuple[int, list[int]]] = []
        """Timestep and labels of each evaluation."""
        self._free = permits is None
        self._permits = threading.Semaphore(permits or 0)

    @property
    def notice(self) -> str:
        return ""

    def __call__(self, weights: str) -> "FakeLabelledPipeline":
        return self

    def allow(self, steps: int) -> None:
        """Let ``steps`` more steps be computed."""
        self._permits.release(steps)

    def allow_all(self) -> None:
        """Never hold back again."""
        self._free = True
        self._permits.release()

    def _denoise(self, x_t, timestep, labels=None) -> np.ndarray:
        if not self._free:
            self._permits.acquire(timeout=10)
        given = np.full(len(x_t), NO_LABEL) if labels is None else labels
        self.asked.append((timestep, given.tolist()))
        return (0.5 * x_t + 0.01 * (1 + given[:, None, None])).astype(np.float32)


class FakeClassifier:
    """Believes in the digit that the picture's brightness names; counts what it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self) -> "FakeClassifier":
        return self

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        self.asked += 1
        digits = np.clip((images.mean(axis=(1, 2)) + 1) * 5, 0, 9).astype(int)
        belief = np.full((len(images), 10), 0.02, np.float32)
        belief[np.arange(len(images)), digits] = 0.82
        return belief
