"""The app on a virtual clock: the same bytes again, and what they show."""

import json
from dataclasses import replace

import numpy as np
import pyte
import pytest

from diffviz.core.errors import DiffvizError
from diffviz.core.schedule import Schedule
from diffviz.tui.casts.cast import CastHeader
from diffviz.tui.casts.reader import CastReader
from diffviz.tui.recording import recorder
from diffviz.tui.recording.animation import AnimationWatcher
from diffviz.tui.recording.recorder import Recorder, RecordingJob
from diffviz.tui.recording.script import DONE, SCENARIOS, Press, Until, Wait
from diffviz.tui.recording.watchers import CastWatcher, ScreenshotWatcher
from diffviz.tui.screens.run.run_screen import RunScreen
from diffviz.tui.terminal import Terminal

from ..app_tester import screen_lines

SIZE = (80, 24)


class TextWatcher(ScreenshotWatcher):
    """Stores the lines of the last screen, as Textual's compositor has them."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def on_end(self, time, app) -> None:
        self.lines = screen_lines(app)


@pytest.fixture
def make_job(make_options):
    def make(*script, sample_interval=None, **options) -> RecordingJob:
        return RecordingJob(make_options(**options), script, SIZE, sample_interval=sample_interval)

    return make


@pytest.fixture
def cast_of(make_sampler, classifier, tmp_path):
    """Return a function that records a job and returns its file."""

    def make(job: RecordingJob, *others, sampler=None, **header):
        watcher = CastWatcher(CastHeader(*job.size, **header))
        Recorder(job, [watcher, *others], sampler or make_sampler(), classifier).record()
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.cast"
        path.write_bytes(watcher.content())
        return path

    return make


def final_screen(path) -> list[str]:
    """Return what another terminal emulator shows at the end of a cast."""
    screen = pyte.Screen(*SIZE)
    stream = pyte.Stream(screen)
    for event in CastReader(path):
        if event.code == "o":
            stream.feed(event.data)
    return screen.display


@pytest.mark.parametrize(
    "name", ["run", pytest.param("race", marks=pytest.mark.slow), "branch", "grid"]
)
def test_the_same_job_has_the_same_bytes(make_job, cast_of, name):
    job = make_job(*SCENARIOS[name], steps=20, speed=50)
    first = cast_of(job).read_bytes()
    assert cast_of(job).read_bytes() == first
    assert len(first) > 10_000


def test_the_forward_recording_ignores_local_data_sets(make_job, cast_of, monkeypatch):
    def somebodys(*_):
        raise AssertionError("a recording depends on the user's data folder")

    where = "diffviz.tui.screens.forward.training_images.load_training_images"
    monkeypatch.setattr(where, somebodys)
    job = make_job(Until(DONE), Press("f"), Wait(1.0), Press("3"), Wait(1.0), steps=20, speed=50)
    first = cast_of(job)
    screen = "\n".join(final_screen(first))
    assert "forward" in screen
    assert "the finished digit" in screen
    assert cast_of(job).read_bytes() == first.read_bytes()


def test_the_cast_shows_what_the_screen_showed(make_job, cast_of):
    text = TextWatcher()
    path = cast_of(make_job(Until(DONE), Wait(0.2), steps=20, speed=50), text)
    assert final_screen(path) == [line.ljust(SIZE[0]) for line in text.lines]
    assert "done" in text.lines[0]


def test_markers_have_the_time_of_their_phase(make_job, cast_of):
    path = cast_of(make_job(Until(DONE), Wait(1.0), steps=1000, speed=500))
    events = list(CastReader(path))
    marks = {event.data: event.time for event in events if event.code == "m"}
    begin = marks["static"]
    expected = {"static": 0.0, "blob": 0.8, "lock-in": 1.2, "refinement": 1.8}
    assert {name: time - begin for name, time in marks.items()} == pytest.approx(expected, abs=0.01)
    assert events[-1].time == pytest.approx(begin + 2.0 + 1.0, abs=0.02)


def test_frames_come_at_a_steady_pace(make_job, cast_of):
    job = replace(make_job(Until(DONE), steps=100, speed=50), terminal=Terminal(fps=10))
    events = list(CastReader(cast_of(job)))
    frames = [e.time for e in events if len(e.data) > 2000 and 0.2 < e.time < 1.9]
    assert np.diff(frames) == pytest.approx(0.1, abs=0.04)


def test_nothing_but_drawing_is_recorded(make_job, cast_of):
    text = "".join(event.data for event in CastReader(cast_of(make_job(Until(DONE)))))
    for query in ("\x1b[6n", "\x1b[?1000h", "\x1b[?2004h", "\x1b[?2026", "\x1b[?1049l"):
        assert query not in text


def test_the_header_has_the_seed(make_job, cast_of):
    path = cast_of(make_job(Wait(0.1)), seed=7, version=2)
    assert json.loads(path.read_text().partition("\n")[0])["diffviz"]["seed"] == 7


def test_scripted_keys_are_pressed(make_job, cast_of):
    path = cast_of(make_job(Until(DONE), Press("n"), Until(DONE), Wait(0.1), Press("?"), Wait(0.1)))
    assert "seed 8" in "".join(event.data for event in CastReader(path))


def test_q_ends_a_recording(make_job, cast_of):
    path = cast_of(make_job(Until(DONE), Press("q"), Wait(100.0)))
    assert list(CastReader(path))[-1].time < 100


def test_a_failed_job_raises_its_error(make_job, cast_of, make_sampler):
    with pytest.raises(DiffvizError, match="pixels ran out"):
        cast_of(make_job(Until(DONE)), sampler=make_sampler(fail_at=4))


def test_an_app_that_fails_leaves_no_recording(make_job, cast_of, monkeypatch):
    def bug(*_):
        raise TypeError("a bug")

    monkeypatch.setattr(RunScreen, "action_help", bug)
    with pytest.raises(DiffvizError, match="the app failed"):
        cast_of(make_job(Press("?"), Wait(1.0)))


def test_waiting_for_what_never_happens_ends(make_job, cast_of, monkeypatch):
    monkeypatch.setattr(recorder, "_TIMEOUT_S", 5.0)
    with pytest.raises(DiffvizError, match="doesn't come"):
        cast_of(make_job(Until(DONE), Until(DONE)))


def test_a_live_recording_shows_the_same_end(make_job, cast_of, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    script = (Wait(0.2), Press("r"), Until(DONE), Wait(0.2), Press("r"), Wait(0.2))
    path = cast_of(make_job(*script[:-2], steps=20, speed=50))
    cast_of(make_job(*script, steps=20, speed=50))
    live = tmp_path / "diffviz-7.cast"
    assert final_screen(live) == final_screen(path)
    assert "● diffviz-7.cast" in final_screen(live)[-1]
    assert CastReader(live).details == {"seed": "7"}
    assert {e.data for e in CastReader(live) if e.code == "m"} == {"lock-in", "refinement"}


def test_snapshots_show_the_digits(make_job, make_sampler):
    animation = AnimationWatcher()
    job = make_job(Until(DONE), Wait(1.0), steps=10, speed=10, sample_interval=0.1)
    Recorder(job, [animation], make_sampler()).record()
    times = [snapshot.t[0] for snapshot in animation.snapshots]
    assert times == [*Schedule().timesteps(10), 0]
    picture = make_sampler().picture(7, times[7])
    assert np.array_equal(animation.snapshots[7].x_t[0], np.rint((picture + 1) / 2 * 255))
    assert animation.end - animation.starts[-1] == pytest.approx(1.0, abs=0.1)


def test_snapshots_of_several_digits(make_job, make_sampler):
    animation = AnimationWatcher()
    script = (Press("c"), Until(DONE), Wait(0.2))
    job = make_job(*script, speed=500, sample_interval=0.1)
    Recorder(job, [animation], make_sampler()).record()
    assert animation.snapshots[-1].t == (0, 0, 0, 0)
    assert animation.snapshots[-1].labels[1] == "DDIM 50"
    assert animation.snapshots[-1].x_t.shape == (4, 28, 28)
