"""``diffviz sample``: the same command gives the same bytes, and a digit is its seed's."""

import json

import numpy as np
import pytest
from PIL import Image

from diffviz.core.errors import DiffvizError
from diffviz.core.pipeline import Pipeline
from diffviz.core.sampling import SAMPLERS


@pytest.fixture
def sample(diffviz, weights_file, tmp_path):
    """Return a function that samples into ``tmp_path`` and gives the file."""

    def call(name, *arguments, sampler="ddpm", steps=5):
        path = tmp_path / name
        outcome = diffviz(
            "sample", "--weights", weights_file, "--device", "cpu", "--sampler", sampler,
            "--steps", steps, "-o", path, *arguments,
        )  # fmt: skip
        assert outcome.status == 0, outcome.err
        assert outcome.err == ""
        assert str(path) in outcome.out
        return path

    return call


def picture(path):
    with Image.open(path) as image:
        return np.asarray(image.convert("L"))


@pytest.mark.parametrize("ending", ["png", "npz", "npy"])
def test_the_same_command_writes_the_same_bytes(sample, ending):
    first, second = (sample(f"{i}.{ending}", "-n", 4, "--seed", 5) for i in range(2))
    assert first.read_bytes() == second.read_bytes()
    other = sample(f"other.{ending}", "-n", 4, "--seed", 6)
    assert other.read_bytes() != first.read_bytes()


def test_a_png_is_enlarged_and_captioned(sample):
    plain = picture(sample("a.png", "-n", 3))
    large = picture(sample("b.png", "-n", 3, "--scale", 3))
    assert np.array_equal(large, plain.repeat(3, 0).repeat(3, 1))
    captioned = picture(sample("c.png", "-n", 3, "--captions"))
    assert captioned.shape == (4 * 32 + 16, 4 * plain.shape[1])
    assert np.array_equal(captioned[8:120, 8:120:4][:, 0], plain[2:30, 2].repeat(4))
    for left in (8, 128, 248):
        assert captioned[121:134, left : left + 112].max() > 100, "a text below each digit"
    assert not captioned[:8].any()


@pytest.mark.parametrize("flags", [["--captions"], ["--scale", "2"]])
def test_arrays_have_no_scale_and_no_captions(diffviz, tmp_path, flags):
    outcome = diffviz("sample", "-n", 1, "-o", tmp_path / "a.npz", *flags)
    assert "--scale and --captions are for a .png" in outcome.usage_complaint
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("sampler", ["ddpm", "ddim", "dpmpp-2m", "dpmpp-2m-sde"])
def test_a_seed_alone_equals_its_place_in_a_grid(sample, sampler):
    alone = np.load(sample("one.npy", "-n", 1, "--seed", 7, sampler=sampler))
    grid = np.load(sample("grid.npy", "-n", 4, "--seed", 5, sampler=sampler))
    assert alone.shape == (1, 28, 28)
    assert grid.shape == (4, 28, 28)
    difference = np.abs(alone[0].astype(int) - grid[2].astype(int))
    assert difference.max() <= 1
    others = [np.abs(alone[0].astype(int) - grid[i].astype(int)).max() for i in (0, 1, 3)]
    assert min(others) > 20


def test_seeds_go_on_over_batches(sample, monkeypatch):
    whole = np.load(sample("whole.npy", "-n", 5, "--seed", 3))
    monkeypatch.setattr("diffviz.core.samples.plan.BATCH", 2)
    parts = np.load(sample("parts.npy", "-n", 5, "--seed", 3))
    assert parts.shape == (5, 28, 28)
    assert np.abs(whole.astype(int) - parts.astype(int)).max() <= 1


def test_npz_has_seeds_and_meta(sample, weights_file):
    with np.load(sample("a.npz", "-n", 3, "--seed", 2**63)) as file:
        assert set(file.files) == {"images", "seeds", "meta"}
        images, seeds, meta = file["images"], file["seeds"], json.loads(str(file["meta"]))
    assert images.shape == (3, 28, 28)
    assert images.dtype == np.uint8
    assert seeds.tolist() == [2**63, 2**63 + 1, 2**63 + 2]
    expected = {"weights": str(weights_file), "set": "raw", "sampler": "ddpm", "steps": 5}
    assert expected.items() <= meta.items()
    assert np.array_equal(images, np.load(sample("a.npy", "-n", 3, "--seed", 2**63)))


def test_png_holds_the_digits_eight_to_a_row(sample):
    images = np.load(sample("a.npy", "-n", 10))
    grid = picture(sample("a.png", "-n", 10))
    assert grid.shape == (2 + 2 * 30, 2 + 8 * 30)
    for index, image in enumerate(images):
        row, column = divmod(index, 8)
        tile = grid[2 + 30 * row : 30 + 30 * row, 2 + 30 * column : 30 + 30 * column]
        np.testing.assert_array_equal(tile, image)
    assert picture(sample("one.png", "-n", 1)).shape == (28, 28)  # no frame


def test_the_file_has_the_last_step(sample, weights_file):
    images = np.load(sample("a.npy", "-n", 2, "--seed", 9))
    *_, last = Pipeline.load(str(weights_file), "cpu").sample([9, 10], 5)
    expected = np.clip((last.x_t.astype(np.float64) + 1) / 2, 0, 1) * 255  # white ink on black
    assert np.abs(images - expected).max() < 0.501


def test_the_trajectory_file_is_a_strip_of_steps(sample, tmp_path):
    strip = tmp_path / "strip.png"
    sample("a.png", "-n", 2, "--seed", 5, "--trajectory", strip)
    first = strip.read_bytes()
    height, width = picture(strip).shape
    assert height > 2 * 28
    assert width > 5 * 28
    assert len(np.unique(picture(strip))) > 20
    sample("b.png", "-n", 1, "--seed", 5, "--trajectory", strip)
    assert strip.read_bytes() == first


def test_the_chosen_set_is_used_and_named(diffviz, weights_file, tmp_path):
    outs = []
    for ending in (":raw", ":ema", ""):
        path = tmp_path / f"{len(outs)}.npy"
        outcome = diffviz(
            "sample", "--weights", f"{weights_file}{ending}", "-n", 1, "--steps", 5, "-o", path
        )
        assert outcome.status == 0, outcome.err
        assert f"{weights_file}{ending or ':raw'}" in outcome.out
        outs.append(np.load(path))
    assert np.array_equal(outs[0], outs[2])
    assert not np.array_equal(outs[0], outs[1])


def test_one_file_for_grid_and_trajectory_is_refused(diffviz, weights_file, tmp_path):
    both = tmp_path / "both.png"
    result = diffviz("sample", "--weights", weights_file, "-o", both, "--trajectory", both)
    assert result.status == 1
    assert "same file" in result.complaint
    assert not both.exists()


def test_help_shows_the_defaults_of_the_samplers(diffviz):
    help_text = " ".join(diffviz("sample", "--help").out.split())
    assert "sa-solver: 0 to 10, default 0.7" in help_text
    for name, sampler in SAMPLERS.items():
        assert f"{name} {sampler.info.default_steps}" in help_text


@pytest.mark.parametrize("ending", ["npz", "npy", "png"])
def test_an_interrupt_caches_whole_batches(diffviz, weights_file, tmp_path, monkeypatch, ending):
    monkeypatch.setattr("diffviz.core.samples.plan.BATCH", 2)
    sample_rest = Pipeline.sample

    def interrupted_in_the_third_batch(self, seeds, *args, **options):
        for step in sample_rest(self, seeds, *args, **options):
            if seeds[0] == 4 and step.t < 600:
                raise KeyboardInterrupt
            yield step

    command = ("sample", "--weights", weights_file, "-n", 8, "--steps", 5, "--device", "cpu", "-o")
    whole, part = tmp_path / f"whole.{ending}", tmp_path / f"part.{ending}"
    diffviz(*command[:4], 4, *command[5:], whole)
    monkeypatch.setattr(Pipeline, "sample", interrupted_in_the_third_batch)
    outcome = diffviz(*command, part)
    assert outcome.status == 130
    assert outcome.err == "diffviz: interrupted after 4 of 8 digits\n"
    assert part.read_bytes() == whole.read_bytes()
    assert sorted(tmp_path.iterdir()) == [part, whole], "nothing else remains"


def test_a_failure_leaves_the_old_file(diffviz, weights_file, tmp_path, monkeypatch):
    out = tmp_path / "digits.npy"
    out.write_bytes(b"old")

    def fails(self, seeds, *args, **options):
        raise DiffvizError("no more")
        yield

    monkeypatch.setattr(Pipeline, "sample", fails)
    outcome = diffviz("sample", "--weights", weights_file, "-n", 2, "--device", "cpu", "-o", out)
    assert outcome.complaint.endswith("no more")
    assert out.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [out]
