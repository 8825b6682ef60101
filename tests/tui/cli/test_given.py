"""``diffviz sample`` from a picture of the user's: U-turns, and filling in a part."""

import json

import numpy as np
import pytest
from PIL import Image

from diffviz.core.data.synthetic import synthetic_digits
from diffviz.core.names import MASK_SAMPLER, MASK_STEPS
from diffviz.core.pictures import from_grey
from diffviz.core.sampling import Given, SamplingSpec
from diffviz.core.sampling.samplers import evaluations
from diffviz.tui.casts.reader import CastReader

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
    assert "ddpm 8 steps" in done.out
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


@pytest.mark.parametrize(
    ("named", "used"),
    [
        ((), f"{MASK_SAMPLER} {MASK_STEPS} steps"),
        (("--sampler", "sa-solver"), "sa-solver 20 steps"),
        (("--sampler", "ddpm", "--steps", "9"), "ddpm 9 steps"),
    ],
)
def test_a_mask_is_filled_in_by_what_does_it_well_unless_another_is_named(
    diffviz, files, tmp_path, named, used
):
    arguments = ("--from", files[0], "--mask", files[1], "--resamplings", 1, *named)
    done = diffviz("sample", *arguments, "-n", 1, "-o", tmp_path / "out.npz")
    assert used in done.out


def test_the_help_tells_what_a_mask_costs(diffviz):
    spec = SamplingSpec(MASK_SAMPLER, MASK_STEPS)
    cost = evaluations(spec, Given(from_grey(DIGIT), 1000, np.eye(28, dtype=np.bool_)))
    assert f"{cost} evaluations" in " ".join(diffviz("sample", "--help").out.split())


def test_run_tells_what_becomes_of_a_picture(diffviz, files):
    how = ("--from", files[0], "--t", 300, "--steps", 20)
    done = diffviz("run", *how)
    assert done.status == 0
    assert f"picture  from {files[0]} at t = 300" in done.out
    lines = [line for line in done.out.splitlines() if line.startswith("t ")]
    assert lines[0].startswith("t  300")
    told = diffviz("run", *how, "--narrate").out.splitlines()
    assert "at t = 300" in told[0]
    assert told[1].startswith("t 300: lock-in.")


def test_a_mask_is_told_once_for_each_phase(diffviz, files):
    how = ("--from", files[0], "--mask", files[1], "--steps", 40)
    told = diffviz("run", *how, "--narrate").out
    assert [told.count(f": {name}.") for name in ("static", "blob", "lock-in", "refinement")] == [
        1, 1, 1, 1
    ]  # fmt: skip
    assert len(told.splitlines()) <= 25


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("run", "--from", "{0}", "--branch", "600.1"), "the nearest is t=500"),
        (("run", "--from", "{0}", "--mask", "{1}", "--branch", "500.1"), "--branch can't be"),
        (("run", "--from", "{0}", "--mask", "{1}", "--model", "x.py:y"), "--mask is for digits"),
        (("record", "a.gif", "--from", "{0}", "--mask", "{1}", "--scenario", "branch"), "grid"),
        (("record", "a.cast", "--from", "{0}", "--run", "r", "--scenario", "train"), "--from has"),
    ],
)
def test_what_can_not_start_from_a_picture_is_a_usage_error(diffviz, files, arguments, words):
    assert words in diffviz(*[word.format(*files) for word in arguments]).usage_complaint


@pytest.mark.parametrize("scenario", ["run", "draw"])
def test_a_recording_from_a_picture_is_the_same_again_and_plays(diffviz, files, tmp_path, scenario):
    how = ("--from", files[0], "--steps", 8, "--scenario", scenario, "--size", "80x24")
    outputs = [tmp_path / f"{number}.cast" for number in (1, 2)]
    for output in outputs:
        assert diffviz("record", output, *how).status == 0
    first, second = (output.read_bytes() for output in outputs)
    assert first == second
    text = "".join(event.data for event in CastReader(outputs[0]) if event.code == "o")
    assert "digit.png" in text
    assert "500" in text


@pytest.mark.slow
def test_a_page_of_a_mask_has_each_phase_once(diffviz, files, tmp_path):
    output = tmp_path / "page.html"
    how = ("--from", files[0], "--mask", files[1], "--steps", 40)
    assert diffviz("record", output, *how).status == 0
    page = output.read_text()
    assert [page.count(f'"name": "{name}"') + page.count(f'"name":"{name}"')
            for name in ("static", "blob", "lock-in", "refinement")] == [1, 1, 1, 1]  # fmt: skip


def test_a_page_from_a_picture_names_it(diffviz, files, tmp_path):
    output = tmp_path / "page.html"
    assert diffviz("record", output, "--from", files[0], "--steps", 8).status == 0
    page = output.read_text()
    assert "Seed 30 from digit.png at t = 500" in page
    assert f"--from {files[0]} --t 500" in page
