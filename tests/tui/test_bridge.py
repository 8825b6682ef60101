"""The thread, without a screen."""

import queue
import threading

import pytest

from diffviz.core.errors import DiffvizError
from diffviz.core.noise import NoiseStream
from diffviz.core.phases import Phase
from diffviz.tui.bridge import Bridge
from diffviz.tui.jobs import Job, Lane
from diffviz.tui.messages import (
    Failed,
    Finished,
    Frame,
    LaneFinished,
    Loaded,
    Losses,
    Mailbox,
    PhaseChanged,
    Started,
)

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
            Lane("fake", lane.get("weights", "toy"), (NoiseStream(seed),), steps=steps)
            for seed in seeds
        ]
        return self.bridge.start(Job(tuple(lanes), aligned), self.messages.put)

    def until(self, kind: type, seen: list | None = None):
        while True:
            message = self.messages.get(timeout=LONG)
            if seen is not None:
                seen.append(message)
            if isinstance(message, kind):
                return message

    def next_frame(self, index: int) -> Frame:
        """Wait for the frame with this index."""

        def wanted() -> Frame | None:
            frame = self.bridge.mailbox.take()
            step = frame.steps[0] if frame is not None else None
            return frame if step is not None and step.index == index else None

        return self.until_true(wanted)


@pytest.fixture
def start():
    opened = []

    def make(sampler, *, speed=None, seeds=(7,), also_load=None, **job) -> Harness:
        harness = Harness(sampler, speed, also_load=also_load)
        opened.append((harness, sampler))
        harness.start(*seeds, **job)
        harness.bridge.open()
        return harness

    yield make
    for harness, sampler in opened:
        harness.bridge.close()
        if hasattr(sampler, "allow_all"):
            sampler.allow_all()
        assert harness.bridge.join(LONG)


def test_no_lifecycle_message_is_lost_and_all_are_in_order(start, make_sampler):
    seen: list = []
    harness = start(make_sampler(), steps=1000)
    done = harness.until(Finished, seen)
    kinds = [type(message) for message in seen]
    assert kinds == [Losses, Loaded, Started, *[PhaseChanged] * 4, LaneFinished, Finished]
    assert [m.phase for m in seen if isinstance(m, PhaseChanged)] == list(Phase)
    assert done.run == 1
    frame = harness.bridge.mailbox.take()
    assert frame is not None
    assert frame.steps[0].t == 0, "the newest frame replaces all before it"
    assert harness.bridge.mailbox.take() is None


def test_the_mailbox_keeps_only_the_newest():
    box = Mailbox()
    frames = [Frame(1, (None,), (0,), (0.0,), None, float(i)) for i in range(3)]
    for frame in frames:
        box.put(frame)
    assert box.take() is frames[2]
    assert box.take() is None


def test_pause_takes_no_step_and_single_steps_take_one_each(start, make_sampler):
    sampler = make_sampler(permits=0)
    harness = start(sampler)
    harness.until(Started)
    harness.bridge.set_playing(False)
    sampler.allow(1)  # the step that was already asked for
    harness.next_frame(0)
    sampler.allow(100)
    assert harness.bridge.mailbox.take() is None
    harness.bridge.step_once()
    harness.next_frame(1)
    harness.bridge.step_once()
    harness.bridge.step_once()
    harness.next_frame(3)
    assert sampler._permits.acquire(blocking=False), "the sampler wasn't asked for more"
    harness.bridge.set_playing(True)
    harness.until(Finished)


def test_another_seed_closes_the_running_generator(start, make_sampler):
    sampler = make_sampler(permits=3)
    harness = start(sampler)
    harness.next_frame(2)
    assert harness.start(8) == 2
    sampler.allow_all()
    assert harness.until(Finished).run == 2
    assert sampler.started == [7, 8]
    assert sampler.closed == 2


def test_of_several_seeds_only_the_last_is_sampled(start, make_sampler):
    sampler = make_sampler(permits=0)
    harness = start(sampler)
    harness.until(Started)
    for seed in (8, 9, 10):
        harness.start(seed)
    sampler.allow_all()
    assert harness.until(Finished).run == 4
    assert sampler.started == [7, 10]


def test_closing_ends_the_thread_between_steps(start, make_sampler):
    sampler = make_sampler()
    harness = start(sampler, speed=0.001)  # the next step is due in 1000 s
    harness.next_frame(0)
    harness.bridge.close()
    assert harness.bridge.join(LONG)
    assert sampler.closed == 1


def test_a_raised_speed_ends_the_wait(start, make_sampler):
    harness = start(make_sampler(), speed=0.001)
    harness.next_frame(0)
    harness.bridge.set_speed(None)
    harness.until(Finished)


def test_weights_that_cannot_be_had_are_one_line(start):
    def refuse(weights):
        raise DiffvizError("no weights 'toy':   give  a name")

    failed = start(refuse).until(Failed)
    assert failed.at_start
    assert failed.text == "no weights 'toy': give a name"


def test_an_unexpected_error_names_its_kind_and_nothing_a_terminal_obeys(start):
    def refuse(weights):
        raise RuntimeError("bad \x1b[31m thing")

    failed = start(refuse).until(Failed)
    assert failed.at_start
    assert failed.text == "RuntimeError: bad ?[31m thing"


def test_a_failure_before_the_first_step_is_one_at_the_start(start, make_sampler):
    assert start(make_sampler(fail_at=0)).until(Failed).at_start


def test_a_failure_later_on_leaves_the_thread_usable(start, make_sampler):
    sampler = make_sampler(fail_at=4)
    harness = start(sampler)
    failed = harness.until(Failed)
    assert not failed.at_start
    assert failed.text == "the pixels ran out"
    sampler.fail_at = None
    harness.start(8)
    assert harness.until(Finished).run == 2


def test_an_event_loop_that_is_gone_ends_the_thread(make_sampler):
    def gone(message):
        raise RuntimeError("Event loop is closed")

    bridge = Bridge(make_sampler())
    bridge.start(Job((Lane("fake", "toy", (NoiseStream(7),)),)), gone)
    bridge.open()
    assert bridge.join(LONG)


def test_joining_a_thread_that_never_ran(make_sampler):
    bridge = Bridge(make_sampler())
    bridge.close()
    assert bridge.join(0.0)


def test_lanes_at_their_own_pace_share_the_time(make_sampler):
    """The lane that has used the least time goes next, however long its chain is."""
    ticks = iter(range(10**9))
    harness = Harness(make_sampler(), clock=lambda: float(next(ticks)))
    harness.bridge.start(
        Job(
            (
                Lane("long", "toy", (NoiseStream(1),), steps=20),
                Lane("short", "toy", (NoiseStream(2),), steps=5),
            )
        ),
        harness.messages.put,
    )
    harness.bridge.open()
    first, second = harness.until(LaneFinished), harness.until(LaneFinished)
    assert (first.lane, second.lane) == (1, 0)
    harness.until(Finished)
    frame = harness.bridge.mailbox.take()
    assert frame is not None
    assert frame.evaluations == (20, 5)
    assert frame.seconds == (21.0, 6.0)
    assert [step.t for step in frame.steps if step] == [0, 0]
    harness.bridge.close()
    assert harness.bridge.join(LONG)


def test_aligned_lanes_show_about_the_same_timestep(start, make_sampler):
    sampler = make_sampler(permits=0)
    harness = start(sampler, seeds=(1, 2, 3), aligned=True)
    sampler.allow(12)
    harness.until_true(lambda: sum(len(harness.bridge.trajectory(lane)) for lane in range(3)) == 12)
    assert [len(harness.bridge.trajectory(lane)) for lane in range(3)] == [4, 4, 4]


def test_every_step_is_kept_in_the_trajectory(start, make_sampler):
    harness = start(make_sampler(), steps=50)
    trajectory = harness.bridge.trajectory()
    harness.until(Finished)
    assert len(trajectory) == 51
    assert trajectory.step(0).t == 1000
    assert trajectory.step(50).t == 0


def test_weights_are_loaded_once_and_told_to_every_job(start, make_sampler):
    sampler, loads, extra = make_sampler(), [], []

    def load(weights):
        loads.append(weights)
        return sampler

    harness = start(load, seeds=(1, 2), also_load=lambda: extra.append(1))
    assert harness.until(Loaded).weights == "toy"
    harness.until(Finished)
    harness.start(3)
    assert harness.until(Loaded).weights == "toy"
    harness.until(Finished)
    harness.start(3, weights="other")
    assert harness.until(Loaded).weights == "other"
    assert loads == ["toy", "other"]
    assert extra == [1]


def test_the_dial_takes_the_chain_up_where_it_is(start, make_sampler):
    sampler = make_sampler(permits=3)
    harness = start(sampler)
    before = harness.next_frame(2)
    harness.bridge.set_noise(0.5)
    sampler.allow_all()
    harness.until(Finished)
    trajectory = harness.bridge.trajectory()
    assert [trajectory.step(i).index for i in range(11)] == list(range(11))
    assert len(sampler.asked) == 2
    again = sampler.asked[1]
    assert again["noise_scale"] == 0.5
    # One more step was on its way when the dial was turned.
    index, x_t = again["start"]
    assert index in (2, 3)
    assert (x_t == trajectory.step(index).x_t).all()
    assert before.evaluations == (3,)
    last = harness.bridge.mailbox.take()
    assert last is not None
    assert last.evaluations == (11,), "ten steps, and one again"
    assert sampler.closed == 2


def test_the_dial_before_the_first_step_and_at_the_next_job(make_sampler):
    sampler = make_sampler()
    harness = Harness(sampler)
    harness.start(7)
    harness.bridge.set_noise(0.0)
    harness.bridge.open()
    harness.until(Finished)
    assert [how["noise_scale"] for how in sampler.asked] == [1.0, 0.0]
    assert sampler.asked[-1]["start"] is None
    harness.start(8)
    harness.until(Finished)
    assert sampler.asked[-1]["noise_scale"] == 1.0, "a new run has its own scale"
    harness.bridge.close()
    assert harness.bridge.join(LONG)


def test_a_job_may_begin_in_the_middle(start, make_sampler):
    sampler = make_sampler()
    harness = start(sampler)
    harness.until(Finished)
    parent = harness.bridge.trajectory()
    (index, x_t), noise = parent.branch(4, NoiseStream(7), 3)
    lane = Lane("branch", "toy", noise.streams, steps=10, start=(index, x_t))
    harness.bridge.start(Job((lane,)), harness.messages.put)
    harness.until(Finished)
    children = harness.bridge.trajectory()
    assert (children.first, children.last) == (4, 10)
    assert children.step(10).x_t.shape == (3, 28, 28)
