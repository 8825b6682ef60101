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
from diffviz.tui.recording import recorder as studio
from diffviz.tui.recording.animation import FilmWatcher
from diffviz.tui.recording.recorder import Take, record
from diffviz.tui.recording.script import DONE, SCENARIOS, Press, Until, Wait
from diffviz.tui.recording.watchers import CastWatcher, ScreenshotWatcher
from diffviz.tui.screens.run.run_screen import RunScreen
from diffviz.tui.terminal import Terminal

SIZE = (80, 24)


class TextWatcher(ScreenshotWatcher):
    """Keeps what is on the screen at the end, as Textual's compositor has it."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def ended(self, time, app) -> None:
        self.lines = [strip.text for strip in app.screen._compositor.render_strips()]


@pytest.fixture
def take(make_options):
    def make(*script, look_every=None, **options) -> Take:
        return Take(make_options(**options), script, SIZE, look_every=look_every)

    return make


@pytest.fixture
def cast_of(make_sampler, judge, tmp_path):
    """Return a function that records a take and returns its file."""

    def make(take: Take, *others, sampler=None, **header):
        watcher = CastWatcher(CastHeader(*take.size, **header))
        record(take, [watcher, *others], sampler or make_sampler(), judge)
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


@pytest.mark.parametrize("name", ["run", "race", "branch", "grid"])
def test_the_same_take_has_the_same_bytes(take, cast_of, name):
    this = take(*SCENARIOS[name], steps=20, speed=50)
    first = cast_of(this).read_bytes()
    assert cast_of(this).read_bytes() == first
    assert len(first) > 10_000


def test_the_forward_process_is_recorded_without_anyones_data_set(take, cast_of, monkeypatch):
    def somebodys(*_):
        raise AssertionError("a recording depends on the user's data folder")

    where = "diffviz.tui.screens.forward.training_images.load_training_images"
    monkeypatch.setattr(where, somebodys)
    this = take(Until(DONE), Press("f"), Wait(1.0), Press("3"), Wait(1.0), steps=20, speed=50)
    first = cast_of(this)
    screen = "\n".join(final_screen(first))
    assert "forward" in screen
    assert "the finished digit" in screen
    assert cast_of(this).read_bytes() == first.read_bytes()


def test_the_cast_shows_what_the_screen_showed(take, cast_of):
    text = TextWatcher()
    path = cast_of(take(Until(DONE), Wait(0.2), steps=20, speed=50), text)
    assert final_screen(path) == [line.ljust(SIZE[0]) for line in text.lines]
    assert "done" in text.lines[0]


def test_markers_are_true_to_time(take, cast_of):
    path = cast_of(take(Until(DONE), Wait(1.0), steps=1000, speed=500))
    events = list(CastReader(path))
    marks = {event.data: event.time for event in events if event.code == "m"}
    begin = marks["static"]
    expected = {"static": 0.0, "blob": 0.8, "lock-in": 1.2, "refinement": 1.8}
    assert {name: time - begin for name, time in marks.items()} == pytest.approx(expected, abs=0.01)
    assert events[-1].time == pytest.approx(begin + 2.0 + 1.0, abs=0.02)


def test_frames_come_at_a_steady_pace(take, cast_of):
    this = replace(take(Until(DONE), steps=100, speed=50), terminal=Terminal(fps=10))
    events = list(CastReader(cast_of(this)))
    frames = [e.time for e in events if len(e.data) > 2000 and 0.2 < e.time < 1.9]
    assert np.diff(frames) == pytest.approx(0.1, abs=0.04)


def test_nothing_but_drawing_is_recorded(take, cast_of):
    text = "".join(event.data for event in CastReader(cast_of(take(Until(DONE)))))
    for query in ("\x1b[6n", "\x1b[?1000h", "\x1b[?2004h", "\x1b[?2026", "\x1b[?1049l"):
        assert query not in text


def test_the_header_has_the_seed(take, cast_of):
    path = cast_of(take(Wait(0.1)), seed=7, version=2)
    assert json.loads(path.read_text().partition("\n")[0])["diffviz"]["seed"] == 7


def test_keys_are_pressed(take, cast_of):
    path = cast_of(take(Until(DONE), Press("n"), Until(DONE), Wait(0.1), Press("?"), Wait(0.1)))
    assert "seed 8" in "".join(event.data for event in CastReader(path))


def test_q_ends_a_recording(take, cast_of):
    path = cast_of(take(Until(DONE), Press("q"), Wait(100.0)))
    assert list(CastReader(path))[-1].time < 100


def test_failures_are_told(take, cast_of, make_sampler):
    with pytest.raises(DiffvizError, match="pixels ran out"):
        cast_of(take(Until(DONE)), sampler=make_sampler(fail_at=4))


def test_an_app_that_fails_leaves_no_recording(take, cast_of, monkeypatch):
    def bug(*_):
        raise TypeError("a bug")

    monkeypatch.setattr(RunScreen, "action_help", bug)
    with pytest.raises(DiffvizError, match="the app failed"):
        cast_of(take(Press("?"), Wait(1.0)))


def test_what_never_happens_ends_too(take, cast_of, monkeypatch):
    monkeypatch.setattr(studio, "_PATIENCE_S", 5.0)
    with pytest.raises(DiffvizError, match="doesn't come"):
        cast_of(take(Until(DONE), Until(DONE)))


def test_a_live_recording_shows_the_same_end(take, cast_of, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    script = (Wait(0.2), Press("r"), Until(DONE), Wait(0.2), Press("r"), Wait(0.2))
    path = cast_of(take(*script[:-2], steps=20, speed=50))
    cast_of(take(*script, steps=20, speed=50))
    live = tmp_path / "diffviz-7.cast"
    assert final_screen(live) == final_screen(path)
    assert "● diffviz-7.cast" in final_screen(live)[-1]
    assert CastReader(live).made == {"seed": "7"}
    assert {e.data for e in CastReader(live) if e.code == "m"} == {"lock-in", "refinement"}


def test_looks_see_the_digits(take, make_sampler, judge):
    film = FilmWatcher()
    record(take(Until(DONE), Wait(1.0), steps=10, speed=10, look_every=0.1), [film], make_sampler())
    times = [shot.t[0] for shot in film.shots]
    assert times == [*Schedule().timesteps(10), 0]
    picture = make_sampler().picture(7, times[7])
    assert np.array_equal(film.shots[7].x_t[0], np.rint((picture + 1) / 2 * 255))
    assert film.end - film.begins[-1] == pytest.approx(1.0, abs=0.1)


def test_looks_at_several_digits(take, make_sampler):
    film = FilmWatcher()
    script = (Press("c"), Until(DONE), Wait(0.2))
    record(take(*script, speed=500, look_every=0.1), [film], make_sampler())
    assert film.shots[-1].t == (0, 0, 0, 0)
    assert film.shots[-1].labels[1] == "DDIM 50"
    assert film.shots[-1].x_t.shape == (4, 28, 28)
