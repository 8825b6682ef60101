"""``diffviz sample`` from a picture of the user's: U-turns, and filling in a part."""

import json

import numpy as np
import pytest
from PIL import Image

from diffviz.core.data.synthetic import synthetic_digits

DIGIT = synthetic_digits(1, seed=0)[0][0]


@pytest.fixture
def files(tmp_path):
    """Return a digit and a mask of its lower half, as paths."""
    mask = np.zeros((28, 28), np.uint8)
    mask[14:] = 255
    Image.fromarray(DIGIT).save(picture := tmp_path / "digit.png")
    Image.fromarray(mask).save(hidden := tmp_path / "mask.png")
    return picture, hidden


def digits_in(path):
    with np.load(path) as arrays:
        return arrays["images"], json.loads(str(arrays["meta"]))


def test_from_little_noise_the_picture_comes_back(diffviz, files, tmp_path):
    output = tmp_path / "out.npz"
    done = diffviz("sample", "--from", files[0], "--t", 30, "-n", 3, "-o", output)
    assert done.status == 0
    assert "at t = 30" in done.out
    images, meta = digits_in(output)
    assert (meta["from"], meta["t"]) == (str(files[0]), 30)
    assert "mask" not in meta
    assert np.abs(images.astype(int) - DIGIT).mean() < 15


def test_what_is_not_hidden_is_held(diffviz, files, tmp_path):
    output = tmp_path / "out.npz"
    arguments = ("--from", files[0], "--mask", files[1], "--steps", 8, "--jump", 2)
    done = diffviz("sample", *arguments, "-n", 2, "-o", output)
    assert done.status == 0
    images, meta = digits_in(output)
    np.testing.assert_array_equal(images[:, :14], np.stack([DIGIT[:14]] * 2))
    assert not np.array_equal(images[0, 14:], images[1, 14:])
    assert (meta["mask"], meta["t"], meta["jump"]) == (str(files[1]), 1000, 2)


def test_a_strip_begins_where_the_picture_does(diffviz, files, tmp_path):
    out, strip = tmp_path / "a.npy", tmp_path / "strip.png"
    done = diffviz("sample", "--from", files[0], "-n", 1, "-o", out, "--trajectory", strip)
    assert "from t = 500 to 0" in done.out
    assert strip.is_file()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--t", "500"), "--t needs a picture"),
        (("--mask", "a.png"), "--mask needs a picture"),
        (("--invert",), "--invert needs a picture"),
        (("--from", "a.png", "--jump", "2"), "--mask only"),
        (("--from", "a.png", "--t", "0"), "from 1 to 1000"),
        (("--from", "a.png", "--t", "1001"), "from 1 to 1000"),
    ],
)
def test_flags_without_an_effect_are_usage_errors(diffviz, arguments, words):
    assert words in diffviz("sample", *arguments).usage_complaint


def test_a_missing_picture_is_one_line_before_anything_is_sampled(diffviz, tmp_path):
    output = tmp_path / "out.npz"
    complaint = diffviz("sample", "--from", tmp_path / "no.png", "-o", output).complaint
    assert "no.png" in complaint
    assert not output.exists()
