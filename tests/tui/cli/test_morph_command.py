"""``diffviz morph``: a strip, an animation, arrays; of seeds, and of pictures."""

import json

import numpy as np
import pytest
from PIL import Image

from diffviz.core.data.synthetic import synthetic_digits


def images_in(path):
    with np.load(path) as arrays:
        return arrays["images"].astype(int), json.loads(str(arrays["meta"]))


def test_the_ends_are_the_digits_of_their_seeds(diffviz, tmp_path):
    between, ends = tmp_path / "morph.npz", tmp_path / "ends.npz"
    done = diffviz("morph", "--seed", 7, 8, "--frames", 5, "--steps", 20, "-o", between)
    assert done.status == 0, done
    assert "5 digits between seed 7 and seed 8" in done.out
    arguments = ("--sampler", "ddim", "--steps", 20, "--seed", 7, "-n", 2, "-o", ends)
    assert diffviz("sample", *arguments).status == 0
    images, meta = images_in(between)
    wanted, _ = images_in(ends)
    assert np.abs(images[[0, -1]] - wanted).max() <= 1
    assert meta["shares"] == [0.0, 0.25, 0.5, 0.75, 1.0]
    middle = np.abs(images[2] - images[[0, -1]]).mean(axis=(1, 2))
    assert middle.min() > 5  # the middle is neither of them


def test_two_pictures_come_back_at_the_ends(diffviz, tmp_path):
    digits, _ = synthetic_digits(2, seed=0)
    for name, digit in zip("ab", digits, strict=True):
        Image.fromarray(digit).save(tmp_path / f"{name}.png")
    output = tmp_path / "morph.npz"
    pictures = (tmp_path / "a.png", tmp_path / "b.png")
    done = diffviz("morph", "--from", *pictures, "--frames", 3, "-o", output)
    assert done.status == 0, done
    images, meta = images_in(output)
    assert np.abs(images[[0, -1]] - digits).mean() < 3
    assert meta["from"] == [str(path) for path in pictures]


@pytest.mark.parametrize("ending", [".png", ".gif", ".webp"])
def test_strips_and_animations_can_be_opened(diffviz, tmp_path, ending):
    output = tmp_path / f"morph{ending}"
    assert diffviz("morph", "--frames", 3, "--steps", 2, "-o", output).status == 0
    with Image.open(output) as picture:
        assert getattr(picture, "n_frames", 1) == (1 if ending == ".png" else 4)


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("--seed", "7"), 2, "expected 2 arguments"),
        (("--seed", "7", "8", "--from", "a", "b"), 2, "not allowed with"),
        (("--invert",), 2, "--invert needs pictures"),
        (("--frames", "1"), 2, "from 2 to 200"),
        (("-o", "morph.mp4"), 1, "end it in"),
        (("--from", "a.png", "b.png"), 1, "a.png"),
    ],
)
def test_what_can_not_be_done_is_one_line(diffviz, tmp_path, monkeypatch, arguments, status, words):
    monkeypatch.chdir(tmp_path)
    outcome = diffviz("morph", *arguments)
    assert (outcome.status, len(outcome.err.splitlines())) == (status, 1), outcome
    assert words in outcome.err
