"""A picture file to start from, and one that says which part to fill in."""

import numpy as np
import pytest
from PIL import Image

from diffviz.core.data.given_files import GivenFiles
from diffviz.core.data.one_picture import read_mask, read_picture
from diffviz.core.data.synthetic import synthetic_digits
from diffviz.core.errors import DiffvizError

DIGIT = synthetic_digits(1, seed=0)[0][0]
LARGE = Image.fromarray(DIGIT).resize((280, 280), Image.Resampling.NEAREST)
KINDS = {
    "plain": (Image.fromarray(DIGIT), "png"),
    "black on white": (Image.fromarray(255 - DIGIT), "png"),
    "large": (LARGE, "png"),
    "16 bits": (Image.fromarray(DIGIT.astype(np.uint16) * 257), "png"),
    "CMYK": (Image.fromarray(DIGIT).convert("RGB").convert("CMYK"), "tif"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_any_kind_of_picture_gives_the_same_greys(tmp_path, kind):
    picture, ending = KINDS[kind]
    picture.save(path := tmp_path / f"a.{ending}")
    read, _ = read_picture(path)
    difference = np.abs(read.astype(int) - DIGIT)
    assert difference.mean() < 6 if kind == "large" else difference.max() <= 2


def test_the_polarity_is_said_and_may_be_chosen(tmp_path):
    Image.fromarray(255 - DIGIT).save(path := tmp_path / "a.png")
    _, notes = read_picture(path)
    assert len(notes) == 1
    assert "--no-invert" in notes[0]
    kept, _ = read_picture(path, invert=False)
    np.testing.assert_array_equal(kept, 255 - DIGIT)


def test_an_animation_gives_its_first_picture_and_says_so(tmp_path):
    frames = [Image.fromarray(DIGIT), Image.fromarray(255 - DIGIT)]
    frames[0].save(path := tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    read, notes = read_picture(path)
    assert np.abs(read.astype(int) - DIGIT).max() <= 2
    assert any("first of 2 frames" in note for note in notes)


def test_bad_pictures_are_one_line_each(tmp_path):
    (tmp_path / "text.png").write_text("no picture")
    LARGE.save(tmp_path / "whole.png")
    cut = (tmp_path / "whole.png").read_bytes()[:400]
    (tmp_path / "cut.png").write_bytes(cut)
    Image.new("L", (9000, 4)).save(tmp_path / "huge.png")
    Image.new("L", (28, 28), 255).save(tmp_path / "blank.png")
    (tmp_path / "folder.png").mkdir()
    said = {
        "text": "not a whole picture", "cut": "not a whole picture", "huge": "too large",
        "blank": "blank", "folder": "folder", "missing": "No such file",
    }  # fmt: skip
    for name, words in said.items():
        with pytest.raises(DiffvizError, match=words) as caught:
            read_picture(tmp_path / f"{name}.png")
        assert "\n" not in str(caught.value)
        assert f"{name}.png" in str(caught.value)


def test_a_mask_is_what_is_painted_white(tmp_path):
    painted = np.zeros((56, 56), np.uint8)
    painted[28:] = 255
    Image.fromarray(painted).save(path := tmp_path / "mask.png")
    hidden = read_mask(path)
    assert hidden.dtype == np.bool_
    assert not hidden[:14].any()
    assert hidden[14:].all()
    for level, words in ((0, "hides nothing"), (255, "hides everything")):
        Image.new("L", (28, 28), level).save(path)
        with pytest.raises(DiffvizError, match=words):
            read_mask(path)


def test_a_mask_starts_from_noise_and_a_picture_from_the_middle(tmp_path):
    assert GivenFiles(tmp_path / "a.png").start == 500
    assert GivenFiles(tmp_path / "a.png", mask=tmp_path / "b.png").start == 1000
    assert GivenFiles(tmp_path / "a.png", 300, tmp_path / "b.png").start == 300
