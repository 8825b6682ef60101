"""A bridge without a screen, whose messages and frames can be waited for."""

import queue
import threading

import pytest

from diffviz.core.noise import NoiseStream
from diffviz.core.sampling import SamplingSpec
from diffviz.tui.worker.bridge import Bridge
from diffviz.tui.worker.jobs import Job, Lane
from diffviz.tui.worker.messages import Frame

LONG = 20.0  # seconds that nothing takes unless it hangs


class Harness:
    """A bridge whose messages can be waited for."""

    def __init__(self, sampler, speed=None, **more) -> None:
        self.messages: queue.Queue = queue.Queue()
        self.bridge = Bridge(sampler, speed, **more)
        self._noticed, put = threading.Event(), self.bridge.mailbox.put

        def put_and_notice(frame: Frame) -> None:
            put(frame)
            self._noticed.set()

        self.bridge.mailbox.put = put_and_notice  # type: ignore[method-assign]

    def until_true(self, condition):
        """Return what ``condition`` gives once it is true, asked after every frame."""
        while not (result := condition()):
            assert self._noticed.wait(LONG), "no frame came"
            self._noticed.clear()
        return result

    def start(self, *seeds: int, aligned: bool = False, steps=10, **lane) -> int:
        """Start a job with a lane for each seed."""
        lanes = [
            Lane(
                "fake", lane.get("weights", "toy"), (NoiseStream(seed),), SamplingSpec(steps=steps)
            )
            for seed in seeds
        ]
        return self.bridge.start(Job(tuple(lanes), aligned), self.messages.put)

    def until(self, kind: type, seen: list | None = None):
        while True:
            event = self.messages.get(timeout=LONG).event
            if seen is not None:
                seen.append(event)
            if isinstance(event, kind):
                return event

    def next_frame(self, index: int) -> Frame:
        """Wait for the frame with this index."""

        def wanted() -> Frame | None:
            frame = self.bridge.mailbox.take()
            step = frame.steps[0] if frame is not None else None
            return frame if step is not None and step.index == index else None

        return self.until_true(wanted)


@pytest.fixture
def make_harness():
    """Return a function that makes a bridge around a sampler; its thread ends with the test."""
    made = []

    def make(sampler, speed=None, **more) -> Harness:
        harness = Harness(sampler, speed, **more)
        made.append((harness, sampler))
        return harness

    yield make
    for harness, sampler in made:
        harness.bridge.driver.close()
        if hasattr(sampler, "allow_all"):
            sampler.allow_all()
        assert harness.bridge.driver.join(LONG)


@pytest.fixture
def start(make_harness):
    """Return a function that makes a bridge and starts a job on it, a lane for each seed."""

    def make(sampler, *, speed=None, seeds=(7,), **job) -> Harness:
        harness = make_harness(sampler, speed)
        harness.start(*seeds, **job)
        harness.bridge.driver.open()
        return harness

    return make
