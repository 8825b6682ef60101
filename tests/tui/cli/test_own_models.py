"""``--model`` of run, sample and record, and what it refuses."""

import json
import re

import numpy as np
import pytest
from PIL import Image

FILE = """
import numpy as np
import diffviz

TARGET = np.stack([np.full((16, 12), level) for level in (-0.5, 0.0, 0.5)]).astype(np.float32)
MODEL = diffviz.Model(lambda x, t: TARGET + 0 * x, (3, 16, 12), prediction="x0", name="flat")
def judge(images):
    return np.tile(np.float32([[0.25, 0.75]]), (len(images), 1))

JUDGED = diffviz.Model(
    lambda x, t: TARGET + 0 * x, (3, 16, 12), prediction="x0", name="judged", classifier=judge,
    classes=("odd one", "even one"),
)
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


def test_the_models_classifier_is_told(diffviz, mine):
    judged = mine.replace("MODEL", "JUDGED")
    out = diffviz("run", "--model", judged, "--steps", 3, "--sampler", "ddim").out
    assert "even one (75%)    static" in out
    told = diffviz("run", "--model", judged, "--steps", 3, "--sampler", "ddim", "--narrate").out
    assert "looks like even one, 75% sure" in told


def test_a_branch_is_repeated(diffviz, mine):
    steps = ("--model", mine, "--steps", 10, "--branch", "556.2")
    assert "child 2 of t 556" in diffviz("run", *steps).out


def test_phases_of_a_model_with_a_classifier(diffviz, tmp_path, mine):
    small = ("-n", 2, "--children", 2, "--points", 3, "--steps", 4)
    judged = mine.replace("MODEL", "JUDGED")
    out = diffviz("phases", "--model", judged, *small, "--json", tmp_path / "a.json").out
    assert "phases of judged, ddpm 4 steps" in out
    assert "agree on the class" in out
    assert "digit" not in out
    assert json.loads((tmp_path / "a.json").read_text())["agreement"][0]["value"] == 1.0
    assert "flat has no classifier" in diffviz("phases", "--model", mine, *small).complaint
    assert "--again" in diffviz("phases", "--model", mine, "--again").usage_complaint
    both = diffviz("phases", "--model", mine, "--weights", "reference").usage_complaint
    assert "--weights: give one" in both


@pytest.mark.parametrize("ending", ["gif", "webp", "apng"])
def test_recordings_are_in_colour(diffviz, tmp_path, mine, ending):
    path = tmp_path / f"a.{ending}"
    diffviz("record", path, "--model", mine, "--sampler", "ddim", "--steps", 3, "--speed", "max")
    with Image.open(path) as picture:
        picture.seek(getattr(picture, "n_frames") - 1)  # noqa: B009
        frame = np.array(picture.convert("RGB")).reshape(-1, 3)
    seen = {tuple(pixel) for pixel in frame.tolist()}
    assert any(max(abs(a - b) for a, b in zip(c, (64, 128, 191), strict=True)) < 6 for c in seen)


def test_a_page_has_the_beliefs_of_the_models_classifier(diffviz, tmp_path, mine):
    path = tmp_path / "a.html"
    model = mine.replace("MODEL", "JUDGED")
    diffviz("record", path, "--model", model, "--sampler", "ddim", "--steps", 3)
    (found,) = re.findall(r'id="data">(.*?)</script>', path.read_text(), re.S)
    data = json.loads(found)
    assert data["classes"] == ["odd one", "even one"]
    assert data["shape"] == [16, 12, 3]
    assert all(track["belief"] for track in data["tracks"])
    assert "noise becomes even one" in path.read_text()


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
        (("run", "--branch", "500.1", "--model", "folder"), "key b branches"),
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
