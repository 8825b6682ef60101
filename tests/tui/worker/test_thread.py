"""The thread: its life, its messages, its troubles."""

from diffviz.core.errors import DiffvizError
from diffviz.core.noise import NoiseStream
from diffviz.core.phases import Phase
from diffviz.core.sampling import SamplingSpec
from diffviz.tui.worker.bridge import Bridge
from diffviz.tui.worker.events import (
    LaneFinished,
    LossesRead,
    PhaseEntered,
    SamplingFailed,
    SamplingFinished,
    SamplingStarted,
    WeightsLoaded,
)
from diffviz.tui.worker.jobs import Job, Lane
from diffviz.tui.worker.messages import Frame, Mailbox

LONG = 20.0  # seconds that nothing takes unless it hangs


def test_no_lifecycle_message_is_lost_and_all_are_in_order(start, make_sampler):
    seen: list = []
    harness = start(make_sampler(), steps=1000)
    done = harness.until(SamplingFinished, seen)
    kinds = [type(message) for message in seen]
    assert kinds == [
        LossesRead,
        WeightsLoaded,
        SamplingStarted,
        *[PhaseEntered] * 4,
        LaneFinished,
        SamplingFinished,
    ]
    assert [m.phase for m in seen if isinstance(m, PhaseEntered)] == list(Phase)
    assert done.run == 1
    frame = harness.bridge.mailbox.take()
    assert frame is not None
    assert frame.steps[0].t == 0, "the newest frame replaces all before it"
    assert harness.bridge.mailbox.take() is None


def test_the_mailbox_holds_only_the_newest_frame():
    box = Mailbox()
    frames = [Frame(1, (None,), (0,), (0.0,), None, float(i)) for i in range(3)]
    for frame in frames:
        box.put(frame)
    assert box.take() is frames[2]
    assert box.take() is None


def test_pause_takes_no_step_and_single_steps_take_one_each(start, make_sampler):
    sampler = make_sampler(permits=0)
    harness = start(sampler)
    harness.until(SamplingStarted)
    harness.bridge.driver.set_playing(False)
    sampler.allow(1)  # the step that was already asked for
    harness.next_frame(0)
    sampler.allow(100)
    assert harness.bridge.mailbox.take() is None
    harness.bridge.driver.step_once()
    harness.next_frame(1)
    harness.bridge.driver.step_once()
    harness.bridge.driver.step_once()
    harness.next_frame(3)
    assert sampler._permits.acquire(blocking=False), "the sampler wasn't asked for more"
    harness.bridge.driver.set_playing(True)
    harness.until(SamplingFinished)


def test_another_seed_closes_the_running_generator(start, make_sampler):
    sampler = make_sampler(permits=3)
    harness = start(sampler)
    harness.next_frame(2)
    assert harness.start(8) == 2
    sampler.allow_all()
    assert harness.until(SamplingFinished).run == 2
    assert sampler.started == [7, 8]
    assert sampler.closed == 2


def test_of_several_seeds_only_the_last_is_sampled(start, make_sampler):
    sampler = make_sampler(permits=0)
    harness = start(sampler)
    harness.until(SamplingStarted)
    for seed in (8, 9, 10):
        harness.start(seed)
    sampler.allow_all()
    assert harness.until(SamplingFinished).run == 4
    assert sampler.started == [7, 10]


def test_closing_ends_the_thread_between_steps(start, make_sampler):
    sampler = make_sampler()
    harness = start(sampler, speed=0.001)  # the next step is due in 1000 s
    harness.next_frame(0)
    harness.bridge.driver.close()
    assert harness.bridge.driver.join(LONG)
    assert sampler.closed == 1


def test_a_raised_speed_ends_the_wait(start, make_sampler):
    harness = start(make_sampler(), speed=0.001)
    harness.next_frame(0)
    harness.bridge.driver.set_speed(None)
    harness.until(SamplingFinished)


def test_missing_weights_fail_with_one_line(start):
    def refuse(weights):
        raise DiffvizError("no weights 'toy':   give  a name")

    failed = start(refuse).until(SamplingFailed)
    assert failed.at_start
    assert failed.text == "no weights 'toy': give a name"


def test_an_unexpected_error_is_one_printable_line_with_its_kind(start):
    def refuse(weights):
        raise RuntimeError("bad \x1b[31m thing")

    failed = start(refuse).until(SamplingFailed)
    assert failed.at_start
    assert failed.text == r"RuntimeError: bad \x1b[31m thing"


def test_a_failure_before_the_first_step_is_one_at_the_start(start, make_sampler):
    assert start(make_sampler(fail_at=0)).until(SamplingFailed).at_start


def test_after_a_failed_job_the_next_one_runs(start, make_sampler):
    sampler = make_sampler(fail_at=4)
    harness = start(sampler)
    failed = harness.until(SamplingFailed)
    assert not failed.at_start
    assert failed.text == "the pixels ran out"
    sampler.fail_at = None
    harness.start(8)
    assert harness.until(SamplingFinished).run == 2


def test_a_closed_event_loop_ends_the_thread(make_sampler):
    def gone(message):
        raise RuntimeError("Event loop is closed")

    bridge = Bridge(make_sampler())
    bridge.start(Job((Lane("fake", "toy", (NoiseStream(7),), SamplingSpec()),)), gone)
    bridge.driver.open()
    assert bridge.driver.join(LONG)


def test_joining_a_thread_that_never_ran_returns_at_once(make_sampler):
    bridge = Bridge(make_sampler())
    bridge.driver.close()
    assert bridge.driver.join(0.0)
