"""What the thread is asked to do: lanes, where they begin, the dial on their way."""

from functools import partial

from diffviz.core.noise import NoiseStream
from diffviz.core.sampling import SamplingSpec
from diffviz.tui.worker.events import LaneFinished, SamplingFinished, WeightsLoaded
from diffviz.tui.worker.jobs import Job, Lane
from diffviz.tui.worker.thread_driver import ThreadDriver


def test_lanes_at_their_own_pace_share_the_time(make_harness, make_sampler):
    """The lane that has used the least time goes next, however long its chain is."""
    ticks = iter(range(10**9))
    harness = make_harness(
        make_sampler(), make_driver=partial(ThreadDriver, clock=lambda: float(next(ticks)))
    )
    harness.bridge.start(
        Job(
            (
                Lane("long", "toy", (NoiseStream(1),), SamplingSpec(steps=20)),
                Lane("short", "toy", (NoiseStream(2),), SamplingSpec(steps=5)),
            )
        ),
        harness.messages.put,
    )
    harness.bridge.driver.open()
    first, second = harness.until(LaneFinished), harness.until(LaneFinished)
    assert (first.lane, second.lane) == (1, 0)
    harness.until(SamplingFinished)
    frame = harness.bridge.mailbox.take()
    assert frame is not None
    assert frame.evaluations == (20, 5)
    assert frame.seconds == (21.0, 6.0)
    assert [step.t for step in frame.steps if step] == [0, 0]


def test_aligned_lanes_show_about_the_same_timestep(start, make_sampler):
    sampler = make_sampler(permits=0)
    harness = start(sampler, seeds=(1, 2, 3), aligned=True)
    sampler.allow(12)
    harness.until_true(lambda: sum(len(harness.bridge.trajectory(lane)) for lane in range(3)) == 12)
    assert [len(harness.bridge.trajectory(lane)) for lane in range(3)] == [4, 4, 4]


def test_every_step_is_appended_to_the_trajectory(start, make_sampler):
    harness = start(make_sampler(), steps=50)
    trajectory = harness.bridge.trajectory()
    harness.until(SamplingFinished)
    assert len(trajectory) == 51
    assert trajectory.step(0).t == 1000
    assert trajectory.step(50).t == 0


def test_weights_are_loaded_once_and_reported_to_every_job(start, make_sampler):
    sampler, loads = make_sampler(), []

    def load(weights):
        loads.append(weights)
        return sampler

    harness = start(load, seeds=(1, 2))
    assert harness.until(WeightsLoaded).weights == "toy"
    harness.until(SamplingFinished)
    harness.start(3)
    assert harness.until(WeightsLoaded).weights == "toy"
    harness.until(SamplingFinished)
    harness.start(3, weights="other")
    assert harness.until(WeightsLoaded).weights == "other"
    assert loads == ["toy", "other"]


def test_turning_the_noise_dial_continues_from_the_current_step(start, make_sampler):
    sampler = make_sampler(permits=3)
    harness = start(sampler)
    before = harness.next_frame(2)
    harness.bridge.driver.set_noise(0.5)
    sampler.allow_all()
    harness.until(SamplingFinished)
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


def test_the_noise_dial_applies_before_the_first_step_and_to_the_next_job(
    make_harness, make_sampler
):
    sampler = make_sampler()
    harness = make_harness(sampler)
    harness.start(7)
    harness.bridge.driver.set_noise(0.0)
    harness.bridge.driver.open()
    harness.until(SamplingFinished)
    assert [how["noise_scale"] for how in sampler.asked] == [1.0, 0.0]
    assert sampler.asked[-1]["start"] is None
    harness.start(8)
    harness.until(SamplingFinished)
    assert sampler.asked[-1]["noise_scale"] == 1.0, "a new run has its own scale"


def test_a_job_can_start_from_a_middle_step(start, make_sampler):
    sampler = make_sampler()
    harness = start(sampler)
    harness.until(SamplingFinished)
    parent = harness.bridge.trajectory()
    (index, x_t), noise = parent.branch(4, NoiseStream(7), 3)
    lane = Lane("branch", "toy", noise.streams, SamplingSpec(steps=10), start=(index, x_t))
    harness.bridge.start(Job((lane,)), harness.messages.put)
    harness.until(SamplingFinished)
    children = harness.bridge.trajectory()
    assert (children.first, children.last) == (4, 10)
    assert children.step(10).x_t.shape == (3, 28, 28)
