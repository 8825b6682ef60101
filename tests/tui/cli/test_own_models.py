"""``--model`` of run, sample and record, and what it refuses."""

import json

import numpy as np
import pytest
from PIL import Image

FILE = """
import numpy as np
import diffviz

TARGET = np.stack([np.full((16, 12), level) for level in (-0.5, 0.0, 0.5)]).astype(np.float32)
MODEL = diffviz.Model(lambda x, t: TARGET + 0 * x, (3, 16, 12), prediction="x0", name="flat")
BAD = diffviz.Model(lambda x, t: x * np.nan, (1, 8, 8), name="bad")
"""


@pytest.fixture
def mine(tmp_path):
    (tmp_path / "mine.py").write_text(FILE)
    return f"{tmp_path}/mine.py:MODEL"


def test_pictures_are_sampled_into_files(diffviz, tmp_path, mine):
    out = diffviz("sample", "--model", mine, "-n", 3, "--steps", 4, "-o", tmp_path / "a.npz").out
    assert "3 pictures, seeds 0 to 2, model flat" in out
    with np.load(tmp_path / "a.npz") as arrays:
        assert arrays["images"].shape == (3, 16, 12, 3)
        assert set(arrays["images"][..., 0].ravel()) == {64}
        assert json.loads(str(arrays["meta"]))["weights"] == "flat"
    more = ("--steps", 4, "--trajectory", tmp_path / "strip.png")
    diffviz("sample", "--model", mine, "-n", 9, "-o", tmp_path / "a.png", *more)
    with Image.open(tmp_path / "a.png") as grid:
        assert grid.size == (8 * 14 + 2, 2 * 18 + 2)
        assert grid.getpixel((3, 3)) == (64, 128, 191)
    with Image.open(tmp_path / "strip.png") as strip:
        assert strip.mode == "RGB"


def test_the_picture_is_printed(diffviz, mine):
    run = diffviz("run", "--model", mine, "--steps", 3, "--sampler", "ddim")
    assert "flat" in run.out
    assert "belief" not in run.out
    once = diffviz("run", "--model", mine, "--steps", 3, "--sampler", "ddim", "--once")
    assert len(once.out.splitlines()) == 8
    colour = diffviz("run", "--model", mine, "--steps", 3, "--once", "--color", "256")
    assert "38;5;" in colour.out or "48;5;" in colour.out


@pytest.mark.parametrize("ending", ["gif", "webp", "apng"])
def test_recordings_are_in_colour(diffviz, tmp_path, mine, ending):
    path = tmp_path / f"a.{ending}"
    diffviz("record", path, "--model", mine, "--sampler", "ddim", "--steps", 3, "--speed", "max")
    with Image.open(path) as picture:
        picture.seek(getattr(picture, "n_frames") - 1)  # noqa: B009
        frame = np.array(picture.convert("RGB")).reshape(-1, 3)
    seen = {tuple(pixel) for pixel in frame.tolist()}
    assert any(max(abs(a - b) for a, b in zip(c, (64, 128, 191), strict=True)) < 6 for c in seen)


def test_a_cast_is_in_colour(diffviz, tmp_path, mine):
    path = tmp_path / "a.cast"
    more = ("--steps", 3, "--speed", "max", "--color", "truecolor")
    diffviz("record", path, "--model", mine, "--sampler", "ddim", *more)
    assert "48;2;65;130;190" in path.read_text() or "38;2;65;130;190" in path.read_text()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("run", "--weights", "reference", "--model", "MINE"), "takes the place of --weights"),
        (("run", "--follow", "runs/a", "--model", "MINE"), "leave --model out"),
        (("run", "--branch", "500.1", "--model", "MINE"), "key b branches"),
        (("run", "--weights", "model:x.py:M"), "--model names a model"),
    ],
)
def test_flags_that_do_not_go_together(diffviz, mine, arguments, words):
    arguments = [mine if argument == "MINE" else argument for argument in arguments]
    assert words in diffviz(*arguments).usage_complaint


def test_failures_are_one_line(diffviz, tmp_path, mine):
    bad = mine.replace("MODEL", "BAD")
    for command in (("run", "--once"), ("sample", "-o", tmp_path / "a.png")):
        assert "bad returned NaN" in diffviz(*command, "--model", bad).complaint
    assert "did you mean MODEL" in diffviz("run", "--model", mine + "L", "--once").complaint
    assert not (tmp_path / "a.png").exists()
