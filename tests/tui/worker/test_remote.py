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
from diffviz.tui.worker.jobs import Job, Lane
from diffviz.tui.worker.messages import (
    Failed,
    Finished,
    LaneFinished,
    Loaded,
    PhaseChanged,
    Started,
)
from diffviz.tui.worker.remote import RemoteDriver

LONG = 30.0
# Importable by name on both sides: what travels is a reference to it.
SOURCE = '''
import os, sys
from types import SimpleNamespace
import numpy as np
from diffviz.core.errors import DiffvizError
from diffviz.core.noise import BatchNoise
from diffviz.core.sampling import find_sampler

class Half:
    """Takes half of every image for noise; says which process it is in."""
    parameters, device = 3, "cpu"
    def __init__(self, weights):
        print("noise on stdout")
        self.weights = SimpleNamespace(name=weights, set=str(os.getpid()), architecture="half")
    def sample(self, seeds, num_inference_steps=None, *, sampler, eta, noise_scale, start=None):
        eps = lambda x_t, t: x_t * np.float32(0.5)
        noise = BatchNoise.from_seeds(seeds)
        how = dict(num_inference_steps=num_inference_steps, noise_scale=noise_scale, start=start)
        return find_sampler(sampler)(eps, noise, eta=eta, **how)

def open_half(weights):
    if weights == "none":
        raise DiffvizError("there are no such weights")
    return Half(weights)
'''


class Heard:
    """A bridge with the messages that it posted."""

    def __init__(self, open_sampler, **how) -> None:
        self.messages: queue.Queue = queue.Queue()
        self.bridge = Bridge(open_sampler, **how)

    def play(self, weights="toy", steps=40) -> int:
        lanes = [
            Lane("lane", weights, (NoiseStream(seed),), SamplingSpec(steps=steps))
            for seed in (7, 8)
        ]
        return self.bridge.start(Job(tuple(lanes)), self.messages.put)

    def until(self, kind, seen=None):
        while True:
            message = self.messages.get(timeout=LONG)
            if seen is not None:
                seen.append(type(message))
            if isinstance(message, kind):
                return message


@pytest.fixture
def opened(tmp_path, monkeypatch):
    (tmp_path / "half_source.py").write_text(SOURCE)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.syspath_prepend(str(tmp_path))
    open_half = __import__("half_source").open_half
    made = []

    def make(**how) -> Heard:
        heard = Heard(open_half, **how)
        made.append(heard.bridge)
        return heard

    yield make
    sys.modules.pop("half_source")
    for bridge in made:
        bridge.close()
        assert bridge.join(LONG), "the process doesn't end"


@pytest.fixture
def remote(opened):
    return partial(opened, make_host=RemoteDriver)


def test_another_process_gives_the_same_steps_and_news(opened, remote):
    news, steps = [], []
    for heard in (opened(), remote()):
        seen: list[type] = []
        heard.bridge.open()
        heard.play()
        loaded = heard.until(Loaded, seen)
        elsewhere = loaded.source.set != str(os.getpid())
        heard.until(Finished, seen)
        news.append(sorted(kind.__name__ for kind in seen))
        steps.append([heard.bridge.trajectory(lane) for lane in (0, 1)])
        frame = heard.bridge.mailbox.take()
        assert [step.t for step in frame.steps] == [0, 0]
    assert elsewhere
    assert news[0] == news[1]
    assert {Loaded, Started, PhaseChanged, LaneFinished} <= set(seen)
    for here, there in zip(*steps, strict=True):
        assert len(here) == len(there) == 41
        for index in range(41):
            a, b = here.step(index), there.step(index)
            assert (a.t, a.phase, a.alpha_bar) == (b.t, b.phase, b.alpha_bar)
            for name in ("x_t", "x0_hat", "eps"):
                assert np.array_equal(getattr(a, name), getattr(b, name))


def test_a_process_that_dies_is_told_and_replaced(remote):
    heard = remote(speed=1.0)
    heard.bridge.open()
    heard.play()
    child = int(heard.until(Loaded).source.set)
    heard.until(PhaseChanged)  # the first step
    os.kill(child, signal.SIGKILL)
    failed = heard.until(Failed)
    assert not failed.at_start
    assert failed.text == "the sampling process ended unexpectedly (signal 9)"
    heard.bridge.set_speed(None)
    run = heard.play()
    assert int(heard.until(Loaded).source.set) != child
    assert heard.until(Finished).run == run


def test_what_goes_wrong_there_is_told_here(remote):
    heard = remote()
    heard.play(weights="none")
    heard.bridge.open()
    failed = heard.until(Failed)
    assert failed.at_start
    assert failed.text == "there are no such weights"


def test_a_process_that_cannot_be_started_is_told(opened):
    heard = opened(make_host=partial(RemoteDriver, command=("/nonexistent/python",)))
    heard.play()
    heard.bridge.open()
    assert "can't be started" in heard.until(Failed).text


def test_what_is_forgotten_is_sampled_no_further(remote):
    heard = remote(speed=1.0)
    heard.bridge.open()
    heard.play()
    heard.until(PhaseChanged)
    heard.bridge.forget()
    with pytest.raises(ValueError, match="no run that is kept"):
        heard.bridge.trajectory()
    assert heard.bridge.mailbox.take() is None
    heard.bridge.set_speed(None)
    run = heard.play()
    assert heard.until(Finished).run == run
