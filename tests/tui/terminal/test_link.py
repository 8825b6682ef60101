"""Flow control, on a clock and a link that the test holds."""

import pytest

from diffviz.tui.terminal.link import QUERY, Link


class Wire:
    """A link of so many bytes a second and a round trip, with a terminal at its end."""

    def __init__(self, link_rate: float | None, rtt: float, **limits) -> None:
        self.now = 100.0
        self.link = Link(limits.pop("fps", 30), clock=lambda: self.now, **limits)
        self.link_rate, self.rtt = link_rate, rtt
        self.free = 0.0
        self.answers: list[float] = []
        self.lost = 0
        """How many of the next answers get lost."""
        self.sent: list[tuple[float, int]] = []

    def write(self, text: str) -> None:
        written = self.link.wrap(text)
        assert written.endswith(text + QUERY)
        self.sent.append((self.now, len(written)))
        for part in (written[: -len(text + QUERY)], text + QUERY):
            if part and self.link_rate is not None:
                self.free = max(self.free, self.now) + len(part) / self.link_rate
                self.answers.append(self.free + self.rtt)

    def run(self, seconds: float, frame: str, every: float = 1 / 30) -> int:
        """Try to draw ``frame`` so often; return how many were drawn."""
        drawn, end = 0, self.now + seconds
        while self.now < end:
            self.now += every
            while self.answers and self.answers[0] <= self.now:
                now, self.now = self.now, self.answers.pop(0)
                if self.lost:
                    self.lost -= 1
                else:
                    self.link.answered()
                self.now = now
            if self.link.ready():
                self.write(frame)
                drawn += 1
        return drawn


def test_a_fast_terminal_gets_every_frame():
    wire = Wire(1e8, 0.001)
    assert wire.run(10, "x" * 10_000) >= 298
    assert sum(n for _, n in wire.sent) <= 302 * 10_010, "and no question before each"


@pytest.mark.parametrize("size", [3_000, 10_000, 60_000])
def test_a_slow_link_keeps_half_of_its_speed_for_keys(size):
    wire = Wire(100_000, 0.1)
    wire.run(5, "x" * size)
    begun = wire.now
    wire.run(20, "x" * size)
    rate = sum(n for at, n in wire.sent if at >= begun) / 20
    assert 35_000 < rate < 60_000
    assert wire.link.speed == pytest.approx(100_000, rel=0.1)


def test_two_frames_are_unanswered_at_most():
    wire = Wire(None, 0)  # nothing is ever answered
    assert wire.run(1.0, "x" * 100) == 2
    assert wire.link.unanswered == 2


@pytest.mark.parametrize("lost", [1, 2, 3])
@pytest.mark.parametrize(("rate", "rtt"), [(1e8, 0.001), (100_000, 0.1)])
def test_lost_answers_slow_frames_down_only_briefly(rate, rtt, lost):
    frame = "x" * 5_000
    unharmed, wire = Wire(rate, rtt), Wire(rate, rtt)
    unharmed.run(30, frame)
    wire.run(5, frame)
    wire.lost = lost
    wire.run(25, frame)
    assert wire.run(20, frame) == pytest.approx(unharmed.run(20, frame), rel=0.05)
    assert wire.link.speed == pytest.approx(unharmed.link.speed, rel=0.1)


def test_without_answers_frames_follow_the_clock():
    wire = Wire(None, 0)
    wire.run(2.0, "x" * 100)
    assert 85 <= wire.run(10, "x" * 100) <= 101, "ten small frames a second"
    assert wire.run(10, "x" * 20_000) <= 21, "40 kB a second"


def test_late_answers_restore_flow_control():
    wire = Wire(None, 0)
    wire.run(3.0, "x" * 100)
    wire.link_rate, wire.rtt = 1e8, 0.001
    wire.run(1.0, "x" * 100)
    assert wire.run(10, "x" * 100) >= 290


def test_a_terminal_that_stops_answering_gets_frames_by_the_clock():
    wire = Wire(1e6, 0.01)
    wire.run(2, "x" * 1000)
    wire.link_rate = None
    assert wire.run(3, "x" * 1000) <= 2
    assert wire.run(10, "x" * 1000) >= 40


def test_a_fixed_rate_ignores_answers():
    wire = Wire(1e8, 0.001, rate=30_000)
    assert 28 <= wire.run(10, "x" * 10_000) <= 32


def test_frames_never_exceed_the_limit_per_second():
    assert 99 <= Wire(1e8, 0.001, fps=10).run(10, "x" * 1000) <= 103


def test_exit_waits_a_limited_time_for_answers():
    wire = Wire(1e6, 0.01)
    wire.write("x")
    wire.link.hurry()
    wire.link.drain()
    assert wire.link.unanswered == 1
    wire.link.answered()
    wire.link.answered()
    assert wire.link.unanswered == 0
    wire.link.drain()


def test_exit_waits_as_long_as_the_link_was_seen_to_take():
    now = [0.0]
    link = Link(30, clock=lambda: now[0])
    assert link.patience == 0.0  # nothing was asked
    link.wrap("x")
    now[0] = 0.8
    assert link.patience == pytest.approx(1.7)  # an answer may still come
    now[0] = 60.0
    assert link.patience == 0.0
    now[0] = 0.9
    link.answered()
    link.answered()
    assert link.patience == 0.0  # all were answered
    link.wrap("x")
    assert link.patience == pytest.approx(2.7)
    now[0] = 0.91
    link.answered()
    link.answered()
    link.wrap("x")
    assert link.patience == pytest.approx(2.7)  # a fast answer doesn't make it a fast link


def test_exit_from_a_fast_link_waits_half_a_second_at_most():
    now = [0.0]
    link = Link(30, clock=lambda: now[0])
    link.wrap("x")
    now[0] = 0.002
    link.answered()
    link.answered()
    link.wrap("x")
    assert link.patience == 0.5


def test_a_remote_link_is_taken_for_a_slow_one_until_it_is_measured():
    now = [0.0]
    near, far = (Link(30, clock=lambda: now[0], remote=remote) for remote in (False, True))
    assert near.expected_speed is None
    assert far.expected_speed == 100_000.0
    found = []
    for _ in range(12):
        far.wrap("x" * 20_000)
        now[0] += 0.1
        far.answered()  # the query before the frame
        now[0] += 0.04
        far.answered()
        found.append(far.speed)
    assert found[0] == pytest.approx(130_000), "one answer counts, but not for many times as much"
    assert found == sorted(found)
    assert far.expected_speed == found[-1] == pytest.approx(500_000, rel=0.15)


def test_answers_that_come_together_do_not_make_a_link_fast():
    now = [0.0]
    link = Link(30, clock=lambda: now[0], remote=True)
    for _ in range(30):
        link.wrap("x" * 50_000)
        now[0] += 0.6
        link.answered()
        now[0] += 0.001  # 50 MB/s, if only this pair counted
        link.answered()
        link.wrap("x")  # a short one, whose answer is early
        now[0] += 0.1
        link.answered()
        link.answered()
    assert link.speed == pytest.approx(100_000, rel=0.2)
