"""A training that is replayed in a recording."""

import json

import numpy as np
import pytest
from PIL import Image

from diffviz.core.errors import DiffvizError
from diffviz.core.runs.run_state import RunState
from diffviz.tui.casts.cast import CastHeader
from diffviz.tui.casts.reader import CastReader
from diffviz.tui.cli import main
from diffviz.tui.recording.recorder import Recorder, RecordingJob
from diffviz.tui.recording.rerun import LENGTH_S, Rerun
from diffviz.tui.recording.script import SCENARIOS
from diffviz.tui.recording.watchers import CastWatcher, ScreenshotWatcher

from ..app_tester import screen_text
from ..screens.training.fake_run import PER_EPOCH, FakeRun

EPOCHS = 3


@pytest.fixture
def run(tmp_path):
    """Return a finished run with a picture after each epoch."""
    run = FakeRun(tmp_path / "digits-001", epochs=EPOCHS)
    run.start()
    for step in range(1, EPOCHS * PER_EPOCH + 1):
        run.batch(step, 1 / step)
        if step % PER_EPOCH == 0:
            run.epoch(step // PER_EPOCH, 2 / step)
            run.preview(step, np.full((2, 28, 28), 20 * step, np.uint8))
    total = EPOCHS * PER_EPOCH
    run.event("finished", step=total, epoch=3, batch=4, complete=True, weights="w", wall_s=6)
    return run


class Screens(ScreenshotWatcher):
    """Stores the screen at each sample, and at the end."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def on_sample(self, time, app) -> None:
        self.seen.append(screen_text(app))

    def on_end(self, time, app) -> None:
        super().on_end(time, app)
        self.on_sample(time, app)


@pytest.fixture
def job(run, make_options):
    return RecordingJob(
        make_options(), SCENARIOS["train"], (80, 24), sample_interval=1.0, training=run.path
    )


def test_a_training_recording_covers_the_whole_log(job):
    screens = Screens()
    assert Recorder(job, [screens]).record() >= LENGTH_S
    first, middle, last = screens.seen[0], screens.seen[5], screens.seen[-1]
    assert "epoch 1/3" in first
    assert "● training" in first
    assert "epoch 2/3" in middle
    assert "epoch 3/3   batch 4/4" in last
    assert "● finished" in last
    assert "3 of 3, newest" in last
    assert b"digits-001" in screens.content()


def test_the_same_run_gives_the_same_bytes_and_a_marker_per_epoch(job, tmp_path):
    contents = []
    for _ in range(2):
        cast = CastWatcher(CastHeader(*job.size))
        Recorder(job, [cast]).record()
        contents.append(cast.content())
    assert contents[0] == contents[1]
    path = tmp_path / "training.cast"
    path.write_bytes(contents[0])
    marks = {event.data: event.time for event in CastReader(path) if event.code == "m"}
    assert list(marks) == ["epoch 1", "epoch 2", "epoch 3"]
    gaps = np.diff([0.0, *marks.values()])
    assert gaps == pytest.approx(LENGTH_S / EPOCHS, abs=1.0)


def test_a_replayed_training_takes_no_commands(run):
    source = Rerun(run.path, lambda: LENGTH_S / 2, lambda label: None)
    source.read()
    assert source.state is RunState.RUNNING
    with pytest.raises(DiffvizError, match="can't receive commands"):
        source.send("pause")
    assert run.commands() == []


def test_the_state_of_an_unfinished_run_follows_its_lock(run):
    lines = (run.path / "log.jsonl").read_text().splitlines(keepends=True)
    (run.path / "log.jsonl").write_text("".join(lines[:-1]))
    source = Rerun(run.path, lambda: LENGTH_S, lambda label: None)
    run.hold()
    source.read()
    assert source.state is RunState.RUNNING
    run.release()
    again = Rerun(run.path, lambda: LENGTH_S, lambda label: None)
    again.read()
    assert again.state is RunState.DEAD


def test_the_command_writes_a_screenshot_and_a_cast(run, tmp_path, capsys):
    common = ["--scenario", "train", "--run", str(run.path), "--size", "80x24"]
    picture, cast = tmp_path / "a.svg", tmp_path / "a.cast"
    assert main(["record", str(picture), *common]) == 0
    assert "training of digits-001" in capsys.readouterr().out
    assert "finished" in picture.read_text()
    assert main(["record", str(cast), *common]) == 0
    header = json.loads(cast.read_text().partition("\n")[0])
    assert header["title"] == "diffviz, training of digits-001"
    assert "diffviz" not in header  # no seed, no sampler
    script = tmp_path / "keys.txt"
    script.write_text("until done\nleft\nwait 1\n")
    command = ["record", str(picture), "--script", str(script), *common[2:]]
    assert main(command) == 0
    assert "2&#160;of&#160;3" in picture.read_text()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--scenario", "train"], 2, "name it with --run"),
        (["--scenario", "train", "--run", "nowhere"], 1, "no run in nowhere"),
        (["--scenario", "train", "--run", "empty"], 1, "has no log to show"),
        (["--run", "digits-001"], 2, "--scenario train"),
        (["--scenario", "race", "--run", "digits-001"], 2, "--scenario train"),
    ],
)
def test_a_run_that_cannot_be_recorded_is_refused(
    run, tmp_path, monkeypatch, capsys, arguments, code, words
):
    FakeRun(tmp_path / "empty")
    monkeypatch.chdir(tmp_path)
    assert main(["record", "a.cast", *arguments]) == code
    assert words in capsys.readouterr().err
    assert not (tmp_path / "a.cast").exists()


@pytest.mark.parametrize("ending", ["gif", "webp"])
def test_a_training_is_a_film(run, tmp_path, ending, capsys):
    path = tmp_path / f"a.{ending}"
    command = ["record", str(path), "--scenario", "train", "--run", str(run.path)]
    assert main([*command, "--scale", "3"]) == 0
    assert "3 frames, 14.0 s" in capsys.readouterr().out
    with Image.open(path) as film:
        assert getattr(film, "n_frames", 1) == EPOCHS
        for moment in range(EPOCHS):
            film.seek(moment)
            pixels = np.asarray(film.convert("RGB")).astype(int)
            level = 20 * PER_EPOCH * (moment + 1)
            corner = pixels[40 : 40 + 84, 12 : 12 + 84]
            assert abs(np.median(corner) - level) <= 1
            assert abs(np.median(pixels[40 : 40 + 84, 12 + 92 : 12 + 92 + 84]) - level) <= 1
