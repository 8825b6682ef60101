"""Animations: as many frames as snapshots, exact greys, true to time."""

import io
import shutil
import subprocess
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from diffviz.core.errors import DiffvizError
from diffviz.core.names import SIDE
from diffviz.core.pictures import from_grey
from diffviz.tui.recording.animation import Snapshot, captioned
from diffviz.tui.recording.animation_files import durations, encode, find_ffmpeg, write_mp4
from diffviz.tui.recording.frames import Layout, frames, size_of
from diffviz.tui.text import with_article
from diffviz.tui.worker.live_classifier import load_classifier

ENDINGS = (".gif", ".apng", ".webp")


def noise(n: int, number: int) -> np.ndarray:
    return np.random.default_rng(number).integers(0, 256, (n, SIDE, SIDE), np.uint8)


def snapshots(n: int) -> list[Snapshot]:
    labels = tuple("abcdefgh"[:n]) if 1 < n <= 8 else ()
    return [
        Snapshot(noise(n, t), noise(n, t + 1), (t,) * max(1, len(labels)), labels)
        for t in (1000, 600, 333, 0)
    ]


def pictures(content: bytes) -> list[Image.Image]:
    with Image.open(io.BytesIO(content)) as image:
        found = []
        for index in range(getattr(image, "n_frames", 1)):
            image.seek(index)
            found.append(image.convert("RGB"))
        return found


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("n", [1, 4, 32])
def test_greys_are_exact(ending, n):
    some = snapshots(n)
    found = pictures(encode(ending, frames(some), [50] * 4))
    layout = Layout(some[0])
    assert [picture.size for picture in found] == [size_of(some)] * 4
    for snapshot, picture in zip(some, found, strict=True):
        pixels = np.asarray(picture)
        rows = [snapshot.x_t] if snapshot.many else [snapshot.x_t, snapshot.x0_hat]
        for row, images in enumerate(rows):
            for index, image in enumerate(images):
                at = (0, row) if n == 1 else (row + index // 8, index % 8)
                x, y = layout.place(*at)
                tile = pixels[y : y + layout.high, x : x + layout.wide]
                large = image.repeat(layout.scale, 0).repeat(layout.scale, 1)
                off = np.abs(tile.astype(int) - large[:, :, None])
                assert off.max() <= (ending == ".gif"), "256 colours are not all greys"


@pytest.mark.parametrize("ending", ENDINGS)
def test_durations_are_written_to_the_file(ending):
    content = encode(ending, frames(snapshots(1)), [50, 100, 30, 2000])
    with Image.open(io.BytesIO(content)) as image:
        found = []
        for index in range(getattr(image, "n_frames", 1)):
            image.seek(index)
            image.load()
            found.append(image.info["duration"])
        assert image.info["loop"] == 0
    assert found == [50, 100, 30, 2000]


def test_the_same_shots_have_the_same_bytes():
    for ending in ENDINGS:
        first, second = (encode(ending, frames(snapshots(1)), [50] * 4) for _ in range(2))
        assert first == second


def test_a_gif_has_the_colours_of_the_phases():
    some = snapshots(1)
    exact = [np.asarray(frame).astype(int) for frame in frames(some)]
    found = pictures(encode(".gif", frames(some), [50] * 4))
    bar = Layout(some[0]).bar + 2
    for wanted, picture in zip(exact, found, strict=True):
        assert np.array_equal(np.asarray(picture)[bar], wanted[bar])
        assert np.abs(np.asarray(picture).astype(int) - wanted).max() <= 40, "edges of letters"


@pytest.mark.parametrize("n", [1, 4, 32])
def test_captions_name_seed_digit_and_belief(n):
    plain = [replace(s, seeds=tuple(f"seed {i}" for i in range(n))) for s in snapshots(n)]
    made = captioned(plain)
    p = load_classifier().probabilities(from_grey(plain[2].x0_hat))
    digit = with_article(int(p[n - 1].argmax()))
    assert made[2].captions[n - 1] == f"seed {n - 1}: {digit}, {p[n - 1].max():.0%}"
    without, within = Layout(plain[0], 4), Layout(made[0], 4)
    assert within.height > without.height
    *_, last = frames(made, 4)
    x, y = within.place(*((0, 1) if n == 1 else (1, 3) if n == 4 else (3, 7)))
    below = np.asarray(last)[y + within.high : y + within.high + 14, x : x + within.wide]
    assert below.max() > 150, "there is a text"
    assert np.array_equal(np.asarray(last)[within.bar + 2], np.asarray(last)[within.bar + 3])


def test_rows_and_columns_of_branches_are_named():
    children = [replace(s, labels=("child 1", "child 2"), t=(s.t[0],)) for s in snapshots(2)]
    layout = Layout(children[0])
    first = np.asarray(next(frames(children)))
    for row in (0, 1):
        x, y = layout.place(row, 0)
        assert first[y : y + layout.high, 12 : x - 2].max() > 100, "x_t, x0_hat"
        x, y = layout.place(0, row)
        assert first[: y - 1, x : x + layout.wide].max() > 100, "child 1, child 2"


@pytest.mark.parametrize("scale", [1, 2, 12])
def test_the_scale_of_the_pictures_is_chosen(scale):
    (frame, *_) = frames(snapshots(1), scale)
    layout = Layout(snapshots(1)[0], scale)
    x, y = layout.place(0, 1)
    tile = np.asarray(frame)[y : y + 28 * scale : scale, x : x + 28 * scale : scale, 0]
    assert np.array_equal(tile, snapshots(1)[0].x0_hat[0])
    assert frame.size == size_of(snapshots(1), scale)


def test_durations_dont_add_up_their_rounding():
    begins = [n / 30 for n in range(300)]
    lengths = durations(begins, 10.0, 10, None)
    assert sum(lengths) == 10_000
    assert set(lengths) == {30, 40}


def test_durations_have_a_limit():
    assert durations([0.0, 0.1], 5.0, 10, 1.5) == [100, 1500]
    assert durations([0.0], 0.0, 10, None) == [10]


def test_shots_of_different_sizes_get_one_size():
    mixed = [*snapshots(1), *snapshots(32)]
    sizes = {frame.size for frame in frames(mixed)}
    assert sizes == {size_of(mixed)}
    assert all(side % 2 == 0 for side in size_of(mixed))


def test_without_ffmpeg_a_video_is_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DiffvizError, match="ffmpeg"):
        find_ffmpeg()


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="needs ffmpeg")
def test_a_video_has_a_frame_for_each_tick(tmp_path):
    path = tmp_path / "a.mp4"
    write_mp4(path, frames(snapshots(1)), [50, 100, 50, 200], 20)
    width, height = size_of(snapshots(1))
    decode = ["ffmpeg", "-v", "error", "-i", str(path), "-f", "rawvideo", "-pix_fmt", "gray", "-"]
    shown = subprocess.run(decode, capture_output=True, check=True).stdout
    assert len(shown) == 8 * width * height
    (tmp_path / "plain").touch()
    assert path.stat().st_mode == (tmp_path / "plain").stat().st_mode
    assert [entry.name for entry in tmp_path.iterdir() if entry.name.startswith(".")] == []
