"""Pages of recordings: the steps of the last screen, whatever it is."""

import numpy as np
import pytest

from diffviz.core.errors import DiffvizError
from diffviz.core.noise import NoiseStream
from diffviz.core.phases import phase_at
from diffviz.core.pictures import to_grey
from diffviz.core.step import Step
from diffviz.tui.recording.pages import PageWatcher
from diffviz.tui.recording.recorder import Recorder, RecordingJob
from diffviz.tui.recording.script import DONE, SCENARIOS, Press, Until, Wait
from diffviz.tui.worker.events import LaneStep

from ..screens.training.fake_run import PER_EPOCH, FakeRun


@pytest.fixture
def watched(make_options, make_sampler, classifier):
    """Return a function that records a script and returns the watcher."""

    def record(*script, training=None, **options) -> PageWatcher:
        watcher = PageWatcher()
        settings = {"steps": 20, "speed": 50} | options
        job = RecordingJob(make_options(**settings), script, training=training)
        Recorder(job, [watcher], make_sampler(), classifier).record()
        return watcher

    return record


@pytest.fixture
def page_of(watched):
    def made(*script, **options):
        page = watched(*script, **options).page
        assert page is not None
        return page

    return made


def test_a_run_has_all_its_steps_and_beliefs(page_of, make_sampler):
    page = page_of(*SCENARIOS["run"])
    (track,) = page.tracks
    assert track.times[0] == 1000
    assert track.times[-1] == 0
    assert len(track.times) == 21
    expected = np.stack([make_sampler().picture(7, t) for t in track.times])
    assert np.array_equal(track.x_t, to_grey(expected))
    assert track.belief is not None
    assert track.belief.max(axis=1).tolist() == [82] * 21
    assert page.command.startswith("diffviz run")
    assert page.title == "Seed 7: noise becomes a 9"  # what the fake classifier sees in white


@pytest.fixture
def judged():
    """Return a function that makes step ``index`` of a model of the user, with beliefs."""

    def step(index: int, total: int = 400) -> Step:
        t = 1000 - index
        x = np.full((2, 3, 16, 16), index / total, np.float32)
        belief = np.array([[1 - index / total, index / total], [0.5, 0.5]], np.float32)
        return Step(index, total, t, 0.5, phase_at(t), x, -x, x, belief=belief)

    return step


def test_steps_that_take_much_memory_are_left_out(judged):
    watcher = PageWatcher(max_bytes=100 * judged(0).x_t.nbytes)
    for index in range(400):
        watcher.on_steps([LaneStep(1, lane, judged(index), 0, 0.0, None, 0.0) for lane in (0, 1)])
        assert sum(lane.bytes for lane in watcher._lanes.values()) <= watcher._max_bytes
    for lane in watcher._lanes.values():
        assert lane.indices[0] == 0
        assert lane.indices[-1] == 399
        assert 12 <= len(lane.indices) <= 26
        assert np.diff(lane.indices[:-1]).std() == 0


def test_all_steps_are_kept_where_there_is_room(judged):
    watcher = PageWatcher()
    for index in [*range(100), 99, *range(100, 300)]:  # step 99 again: another backend
        watcher.on_steps([LaneStep(1, 0, judged(index), 0, 0.0, None, 0.0)])
    assert watcher._lanes[0].indices == list(range(300))


@pytest.mark.slow
def test_a_race_has_a_track_for_each_sampler(page_of):
    page = page_of(*SCENARIOS["race"])
    assert [track.name.split()[0] for track in page.tracks] == [
        "DDPM", "DDIM", "DPM-Solver++", "SA-Solver",
    ]  # fmt: skip
    assert all(track.times[0] == 1000 and track.times[-1] == 0 for track in page.tracks)
    assert len(page.tracks[0].times) == 1001
    assert len(page.tracks[1].times) == 51
    for track in page.tracks[1:]:
        assert np.array_equal(track.x_t[0], page.tracks[0].x_t[0])


def test_a_grid_has_every_seed(page_of, make_sampler):
    page = page_of(*SCENARIOS["grid"])
    assert [track.name for track in page.tracks] == [f"seed {seed}" for seed in range(7, 39)]
    last = page.tracks[5]
    assert np.array_equal(last.x_t[0], to_grey(make_sampler().picture(12, 1000)))


def test_branches_are_below_their_parent(page_of):
    page = page_of(*SCENARIOS["branch"])
    root, *children = page.tracks
    assert root.parent is None
    assert [child.parent for child in children] == [0] * 8
    begin = children[0].times[0]
    assert begin in root.times
    assert begin <= 400
    at = root.times.index(begin)
    for child in children:
        assert child.times[-1] == 0
        assert np.array_equal(child.x_t[0], root.x_t[at])


def test_kept_branches_are_on_the_page_of_the_run(page_of):
    keys = (Press("b"), Wait(0.5), Press("3"), Until(DONE), Press("enter"), Wait(0.5))
    page = page_of(Until(DONE), Press("3"), Wait(0.1), *keys)
    assert [track.parent for track in page.tracks] == [None, 0, 0, 0]
    assert page.tracks[1].times[0] == page.tracks[3].times[0]
    assert page.tracks[1].name == f"child 1 of t {page.tracks[1].times[0]}"
    assert "--branch" in page.command


def test_a_page_below_an_overlay_is_that_of_its_screen(page_of):
    page = page_of(Until(DONE), Press("?"), Wait(0.3))
    assert len(page.tracks[0].times) == 21


def test_the_same_recording_has_the_same_bytes(watched):
    first = watched(*SCENARIOS["run"]).content()
    assert watched(*SCENARIOS["run"]).content() == first
    assert first.startswith(b"<!doctype html>")


@pytest.fixture
def run(tmp_path):
    """Return a finished run of two epochs."""
    run = FakeRun(tmp_path / "digits-001", epochs=2)
    run.start()
    for step in range(1, 2 * PER_EPOCH + 1):
        run.batch(step, 1 / step)
    return run


def test_a_training_shows_what_the_same_noise_became(page_of, run):
    noises = np.stack([NoiseStream(seed).draw(0) for seed in range(2)])
    for step in (0, 1, PER_EPOCH):
        run.preview(step, to_grey(noises / np.float32(step + 1)))
    page = page_of(*SCENARIOS["train"], training=run.path)
    assert [track.name for track in page.tracks] == ["noise 1", "noise 2"]
    assert page.tracks[0].times == (0, 1, PER_EPOCH)
    assert np.array_equal(page.tracks[1].x_t[1], to_grey(noises[1] * np.float32(0.5)))
    assert page.labels is not None
    assert page.labels[2] == f"epoch 1, batch {PER_EPOCH}"
    assert page.losses is not None
    assert page.losses[:2] == [None, 1.0]
    assert page.losses[2] == pytest.approx(np.mean([1 / n for n in range(1, PER_EPOCH + 1)]))


def test_a_training_without_previews_is_refused_with_the_reason(watched, run):
    with pytest.raises(DiffvizError, match="--preview-every"):
        watched(*SCENARIOS["train"], training=run.path)
