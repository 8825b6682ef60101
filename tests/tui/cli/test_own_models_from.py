"""``--from FILE`` with ``--model``: the user's picture in the shape of the model's images."""

import json

import numpy as np
import pytest
from PIL import Image

FILE = """
import numpy as np
import diffviz

# x_t is all of the picture that there is, so x0_hat is the given picture with some noise
COLOUR = diffviz.Model(lambda x, t: 0 * x, (3, 16, 24), name="colour")
GREY = diffviz.Model(lambda x, t: 0 * x, (1, 16, 24), name="grey")
"""


@pytest.fixture
def mine(tmp_path):
    (tmp_path / "mine.py").write_text(FILE)
    return f"{tmp_path}/mine.py"


@pytest.fixture
def photo(tmp_path):
    """A picture of 60 x 60 whose upper half is orange and whose lower half is blue."""
    pixels = np.zeros((60, 60, 3), np.uint8)
    pixels[:30], pixels[30:] = (200, 120, 40), (20, 60, 220)
    Image.fromarray(pixels).save(tmp_path / "photo.png")
    return tmp_path / "photo.png"


def sampled(diffviz, tmp_path, *arguments):
    path = tmp_path / "out.npz"
    run = diffviz("sample", *arguments, "-n", 1, "--sampler", "ddim", "-o", path)
    assert run.status == 0
    with np.load(path) as arrays:
        return arrays["images"].astype(int), json.loads(str(arrays["meta"]))


@pytest.mark.parametrize(
    ("name", "top", "bottom"),
    [("COLOUR", (200, 120, 40), (20, 60, 220)), ("GREY", (135,), (66,))],
)
def test_the_picture_is_taken_in_the_models_shape(
    diffviz, tmp_path, mine, photo, name, top, bottom
):
    start = ("--from", photo, "--t", 1)
    images, meta = sampled(diffviz, tmp_path, "--model", f"{mine}:{name}", *start)
    image = images[0].reshape(16, 24, -1)
    assert np.abs(image[:8].mean((0, 1)) - top).max() < 3
    assert np.abs(image[8:].mean((0, 1)) - bottom).max() < 3
    assert (meta["from"], meta["t"]) == (str(photo), 1)


def test_more_noise_leaves_less_of_it_and_invert_turns_it_round(diffviz, tmp_path, mine, photo):
    model = ("--model", f"{mine}:COLOUR", "--from", photo)
    early, _ = sampled(diffviz, tmp_path, *model, "--t", 900)
    late, _ = sampled(diffviz, tmp_path, *model, "--t", 1)
    inverted, _ = sampled(diffviz, tmp_path, *model, "--t", 1, "--invert")
    assert early[0].std() > late[0].std()
    assert np.abs(late[0] + inverted[0] - 255).max() < 20


def test_a_run_says_where_it_begins(diffviz, mine, photo):
    run = diffviz("run", "--model", f"{mine}:GREY", "--from", photo, "--t", 300, "--steps", 10)
    assert f"from {photo} at t = 300" in run.out


def test_a_recorded_page_begins_with_the_picture(diffviz, tmp_path, mine, photo):
    start = ("--from", photo, "--t", 300, "--sampler", "ddim", "--steps", 10)
    diffviz("record", tmp_path / "a.html", "--model", f"{mine}:COLOUR", *start)
    assert "from photo.png at t = 300" in (tmp_path / "a.html").read_text()


def test_what_cannot_be_is_one_line(diffviz, tmp_path, mine, photo):
    model = ("--model", f"{mine}:COLOUR", "--from", photo)
    assert "--mask is for digits" in diffviz("run", *model, "--mask", photo).usage_complaint
    folder = ("--model", tmp_path, "--from", photo)
    assert "folder of diffusers" in diffviz("run", *folder).usage_complaint
    Image.new("RGB", (20, 20), (9, 9, 9)).save(tmp_path / "blank.png")
    model = ("--model", f"{mine}:COLOUR", "--from")
    assert "is blank" in diffviz("run", *model, tmp_path / "blank.png").complaint
    assert "can't read" in diffviz("run", *model, tmp_path / "none.png").complaint
    (tmp_path / "damaged.png").write_bytes(photo.read_bytes()[:90])
    assert "not a whole picture" in diffviz("run", *model, tmp_path / "damaged.png").complaint


@pytest.mark.parametrize("size", [(9, 300), (300, 9), (700, 500)])
def test_any_size_and_kind_of_file_fits(diffviz, tmp_path, mine, size):
    width, height = size
    ramp = np.linspace(0, 1, width)[None] + np.linspace(0, 1, height)[:, None]
    levels = (ramp * 32767).astype(np.uint16)
    Image.fromarray(levels).save(tmp_path / "deep.png")
    Image.fromarray((levels >> 8).astype(np.uint8)).convert("LA").save(tmp_path / "alpha.png")
    for name in ("deep.png", "alpha.png"):
        model = ("--model", f"{mine}:COLOUR", "--from", tmp_path / name, "--t", 1)
        images, _ = sampled(diffviz, tmp_path, *model)
        assert images.shape == (1, 16, 24, 3)
        assert 40 < images[0, 8, 12, 0] < 140, "the middle is kept"
        assert images[0, 0, 0, 0] < images[0, 8, 12, 0] < images[0, 15, 23, 0]
