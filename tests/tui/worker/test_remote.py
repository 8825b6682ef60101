"""A bridge whose sampling is done in another process."""

import os
import queue
import signal
import sys
from functools import partial

import numpy as np
import pytest

from diffviz.core.noise import NoiseStream
from diffviz.core.sampling import SamplingSpec
from diffviz.tui.worker.bridge import Bridge
from diffviz.tui.worker.events import (
    BackendReplaced,
    LaneFinished,
    PhaseEntered,
    SamplingFailed,
    SamplingFinished,
    SamplingStarted,
    WeightsLoaded,
)
from diffviz.tui.worker.jobs import Job, Lane
from diffviz.tui.worker.pipelines import Pipelines
from diffviz.tui.worker.remote import RemoteDriver

LONG = 30.0
# The sampling process with another way to open weights.
CHILD = '''
import os
import sys
from types import SimpleNamespace
import numpy as np
from diffviz.core.errors import DiffvizError
from diffviz.core.noise import BatchNoise
from diffviz.core.sampling import find_sampler
from diffviz.tui.worker import process
from diffviz.tui.worker.pipelines import Pipelines

class Half:
    """Takes half of every image for noise; says which process it is in."""
    parameters, device = 3, "cpu"
    def __init__(self, weights):
        print("noise on stdout")
        if __name__ == "__main__":
            assert sys.stdin.read() == ""  # no command is taken away
            sys.stdin.close()
        self.weights = SimpleNamespace(name=weights, set=str(os.getpid()), architecture="half")
    def sample(self, seeds, num_inference_steps=None, *, sampler, eta, noise_scale, start=None):
        eps = lambda x_t, t: x_t * np.float32(0.5)
        noise = BatchNoise.from_seeds(seeds)
        how = dict(num_inference_steps=num_inference_steps, noise_scale=noise_scale, start=start)
        return find_sampler(sampler)(eps, noise, eta=eta, **how)

def open_half(pipelines, weights):
    assert pipelines.device == "cpu"
    if weights == "none":
        raise DiffvizError("there are no such weights")
    return Half(weights)

Pipelines.__call__ = open_half
if __name__ == "__main__":
    process.main()
'''


class Receiver:
    """A bridge with the messages that it posted."""

    def __init__(self, open_pipeline, **how) -> None:
        self.messages: queue.Queue = queue.Queue()
        self.bridge = Bridge(open_pipeline, **how)

    def play(self, weights="toy", steps=40) -> int:
        lanes = [
            Lane("lane", weights, (NoiseStream(seed),), SamplingSpec(steps=steps))
            for seed in (7, 8)
        ]
        return self.bridge.start(Job(tuple(lanes)), self.messages.put)

    def until(self, kind, seen=None):
        while True:
            event = self.messages.get(timeout=LONG).event
            if seen is not None:
                seen.append(type(event))
            if isinstance(event, kind):
                return event


@pytest.fixture
def opened(monkeypatch):
    monkeypatch.setattr(Pipelines, "__call__", Pipelines.__call__)  # put back after the test
    exec(CHILD, {"__name__": "child"})
    made = []

    def make(backend="auto", **how) -> Receiver:
        receiver = Receiver(Pipelines("cpu", None, backend=backend), **how)
        made.append(receiver.bridge)
        return receiver

    yield make
    for bridge in made:
        bridge.driver.close()
        assert bridge.driver.join(LONG), "the process doesn't end"


@pytest.fixture
def remote(opened):
    command = (sys.executable, "-P", "-c", CHILD)
    return partial(opened, make_driver=partial(RemoteDriver, command=command))


def test_another_process_gives_the_same_steps_and_messages(opened, remote):
    news, steps = [], []
    for receiver in (opened(), remote()):
        seen: list[type] = []
        receiver.bridge.driver.open()
        receiver.play()
        loaded = receiver.until(WeightsLoaded, seen)
        elsewhere = loaded.source.set != str(os.getpid())
        receiver.until(SamplingFinished, seen)
        news.append(sorted(kind.__name__ for kind in seen))
        steps.append([receiver.bridge.trajectory(lane) for lane in (0, 1)])
        frame = receiver.bridge.mailbox.take()
        assert [step.t for step in frame.steps] == [0, 0]
    assert elsewhere
    assert news[0] == news[1]
    assert {WeightsLoaded, SamplingStarted, PhaseEntered, LaneFinished} <= set(seen)
    for here, there in zip(*steps, strict=True):
        assert len(here) == len(there) == 41
        for index in range(41):
            a, b = here.step(index), there.step(index)
            assert (a.t, a.phase, a.alpha_bar) == (b.t, b.phase, b.alpha_bar)
            for name in ("x_t", "x0_hat", "eps"):
                assert np.array_equal(getattr(a, name), getattr(b, name))


def test_a_process_that_dies_is_reported_and_replaced(remote):
    receiver = remote(speed=1.0)
    receiver.bridge.driver.open()
    receiver.play()
    child = int(receiver.until(WeightsLoaded).source.set)
    receiver.until(PhaseEntered)  # the first step
    os.kill(child, signal.SIGKILL)
    failed = receiver.until(SamplingFailed)
    assert not failed.at_start
    assert failed.text == "the sampling process ended unexpectedly (signal 9)"
    receiver.bridge.driver.set_speed(None)
    run = receiver.play()
    assert int(receiver.until(WeightsLoaded).source.set) != child
    assert receiver.until(SamplingFinished).run == run


def test_errors_in_the_process_are_reported(remote):
    receiver = remote()
    receiver.play(weights="none")
    receiver.bridge.driver.open()
    failed = receiver.until(SamplingFailed)
    assert failed.at_start
    assert failed.text == "there are no such weights"


def test_a_process_that_cannot_be_started_is_reported(opened):
    receiver = opened(make_driver=partial(RemoteDriver, command=("/nonexistent/python",)))
    receiver.play()
    receiver.bridge.driver.open()
    assert "can't be started" in receiver.until(SamplingFailed).text


def test_a_forgotten_job_is_not_sampled_further(remote):
    receiver = remote(speed=1.0)
    receiver.bridge.driver.open()
    receiver.play()
    receiver.until(PhaseEntered)
    receiver.bridge.forget()
    with pytest.raises(ValueError, match="no job is sampled"):
        receiver.bridge.trajectory()
    assert receiver.bridge.mailbox.take() is None
    receiver.bridge.driver.set_speed(None)
    run = receiver.play()
    assert receiver.until(SamplingFinished).run == run


# A process that is killed unless a certain backend computes.
FRAGILE = CHILD.replace(
    "    assert pipelines.device",
    "    if pipelines.backend != GOOD:\n"
    "        os.kill(os.getpid(), 11)\n"
    "    assert pipelines.device",
)


@pytest.fixture
def fragile(opened, monkeypatch):
    there = ["openvino", "pytorch", "numpy"]
    monkeypatch.setattr("diffviz.core.backends.selection._installed", lambda: there)

    def make(good, backend="auto"):
        command = (sys.executable, "-P", "-c", f"GOOD = {good!r}\n{FRAGILE}")
        driver = partial(RemoteDriver, command=command)
        return opened(backend=backend, make_driver=driver)

    return make


def test_a_backend_that_crashes_at_the_start_is_replaced(fragile):
    receiver = fragile("numpy")  # so both others crash
    receiver.bridge.driver.open()
    run = receiver.play()
    replaced = receiver.until(BackendReplaced)
    if replaced.text.startswith("OpenVINO"):  # no notice if it crashes before anything is played
        replaced = receiver.until(BackendReplaced)
    assert replaced.text == (
        "PyTorch can't be used here (it crashes, signal 11): computing with numpy"
    )
    assert receiver.until(SamplingFinished).run == run


def test_a_backend_by_name_that_crashes_is_reported_with_the_way_out(fragile):
    receiver = fragile("pytorch", backend="openvino")
    receiver.play()
    receiver.bridge.driver.open()
    failed = receiver.until(SamplingFailed)
    assert failed.at_start
    assert failed.other_backend == "pytorch"
    assert failed.text_with_way_out.endswith("(signal 11): use --backend pytorch")
    receiver.bridge.driver.use_backend("pytorch")
    run = receiver.play()
    assert receiver.until(SamplingFinished).run == run


def test_after_the_last_backend_nothing_is_offered(fragile):
    receiver = fragile("none of them")
    receiver.bridge.driver.open()
    receiver.play()
    failed = receiver.until(SamplingFailed)
    assert failed.other_backend is None
    assert failed.text_with_way_out == failed.text
