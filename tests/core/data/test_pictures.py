"""Folders of pictures: they arrive as they are seen, or a line says what was left out."""

import os
import shutil
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest
from PIL import Image

from diffviz.core.data import Reading, load_dataset
from diffviz.core.data.picture_files import readable_endings
from diffviz.core.data.synthetic import synthetic_digits
from diffviz.core.errors import DiffvizError

DIGITS, _ = synthetic_digits(10, 5)
PLAIN = DIGITS[0]


def save(picture, path, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    image.save(path, **options)


def load(folder, **options):
    return load_dataset(str(folder), **options)


def fill(folder, pictures: Iterable[Any] = DIGITS):
    """Save pictures as 0/0.png, 1/1.png, …."""
    for i, picture in enumerate(pictures):
        save(picture, folder / str(i) / f"{i}.png")
    return folder


DEPTHS = {
    "16 bits": (PLAIN.astype(np.uint16) * 257, "png"),
    "16 bits in a TIFF": (PLAIN.astype(np.uint16) * 257, "tif"),
    "16 bits, big-endian": ((PLAIN.astype(np.uint16) * 257).astype(">u2"), "tif"),
    "32 bits": (PLAIN.astype(np.int32) * 257, "tif"),
    "32 bits of 8": (PLAIN.astype(np.int32), "tif"),
    "floats to 1": (PLAIN.astype(np.float32) / 255, "tif"),
    "floats from -1": (PLAIN.astype(np.float32) / 127.5 - 1, "tif"),
    "floats to 255": (PLAIN.astype(np.float32), "tif"),
    "12 bits in 16": (np.rint(PLAIN / 255 * 4095).astype(np.uint16), "png"),
    "palette": (Image.fromarray(PLAIN).convert("P"), "png"),
    "colours": (Image.fromarray(PLAIN).convert("RGB"), "ppm"),
    "CMYK": (Image.fromarray(PLAIN).convert("RGB").convert("CMYK"), "tif"),
}


@pytest.mark.parametrize("depth", DEPTHS)
def test_every_depth_gives_the_picture_of_8_bits(tmp_path, depth):
    picture, ending = DEPTHS[depth]
    save(picture, tmp_path / "0" / f"a.{ending}")
    data = load(tmp_path)
    assert np.abs(data.images[0].astype(int) - PLAIN).max() <= 1
    deep = isinstance(picture, np.ndarray)
    assert any("taken as" in note for note in data.notes) == deep, data.notes


def test_depths_in_one_folder_are_told_apart(tmp_path):
    for i, (picture, ending) in enumerate(DEPTHS.values()):
        if not isinstance(picture, np.ndarray) or picture.dtype != np.float32:
            save(picture, tmp_path / "0" / f"{i}.{ending}")
    images = load(tmp_path).images
    whole = np.abs(images.astype(int) - PLAIN).max(axis=(1, 2)) <= 1
    assert whole.sum() == len(images) - 2  # 8 and 12 bits in files of more can't be told apart


def test_levels_that_mean_nothing_are_refused(tmp_path):
    save(PLAIN.astype(np.float32) / 100 - 0.42, tmp_path / "0" / "a.tif")
    with pytest.raises(DiffvizError, match=r"levels from -0\.42 to 2\.13: store"):
        load(tmp_path)
    odd = PLAIN.astype(np.float32)
    odd[3, 3] = np.nan
    save(odd, tmp_path / "0" / "a.tif")
    with pytest.raises(DiffvizError, match="not finite"):
        load(tmp_path)


def test_masks_and_few_levels_are_scaled(tmp_path):
    fill(tmp_path / "mask", (DIGITS > 127).astype(np.uint8))
    data = load(tmp_path / "mask")
    np.testing.assert_array_equal(data.images, np.where(DIGITS > 127, 255, 0))
    assert "the brightest level of all is 1 of 255, so 1 is taken as white" in data.notes[0]
    assert data.reading == Reading(False, 1)
    again = load(tmp_path / "mask", reading=Reading(False, 255))  # as a run of before
    np.testing.assert_array_equal(again.images, DIGITS > 127)
    # shrinking comes after scaling: it would otherwise round to nothing
    fill(tmp_path / "large", [np.kron(d // 16, np.ones((5, 5), np.uint8)) for d in DIGITS])
    assert np.abs(load(tmp_path / "large").images.astype(int) - DIGITS).mean() < 12


def inked(ink, paper, size=28):
    share = DIGITS / 255
    pictures = np.rint(paper + (ink - paper) * share).astype(np.uint8)
    return [np.asarray(Image.fromarray(p).resize((size, size))) for p in pictures]


@pytest.mark.parametrize(("ink", "paper"), [(0, 255), (40, 200), (90, 235)])
def test_black_ink_on_white_is_inverted_and_said(tmp_path, ink, paper):
    fill(tmp_path, inked(ink, paper, 64))
    data = load(tmp_path)
    assert data.images[:, 0].mean() < 64
    assert any("inverted; --no-invert keeps them" in note for note in data.notes)
    assert data.reading.invert is True
    kept = load(tmp_path, reading=Reading(False))
    np.testing.assert_array_equal(255 - kept.images, data.images)
    assert any("kept as they are" in note for note in kept.notes)
    again = load(tmp_path, reading=data.reading)
    assert again.md5 == data.md5


@pytest.mark.parametrize("kind", ["white on black", "bold", "photograph", "noise", "half"])
def test_what_is_no_ink_on_white_stays(tmp_path, kind):
    rows = np.mgrid[0:28, 0:28][0]
    random = np.random.default_rng(1)
    pictures = {
        "white on black": DIGITS,
        "bold": np.pad(np.full((10, 24, 24), 230, np.uint8), ((0, 0), (2, 2), (2, 2))),
        "photograph": np.stack([(255 - 7 * rows).astype(np.uint8)] * 9 + [PLAIN]),
        "noise": random.integers(0, 256, (10, 28, 28)).astype(np.uint8),
        "half": np.concatenate([DIGITS[:6], 255 - DIGITS[6:]]),
    }
    fill(tmp_path, pictures[kind])
    data = load(tmp_path)
    np.testing.assert_array_equal(data.images, pictures[kind])
    assert data.reading.invert is False
    forced = load(tmp_path, reading=Reading(True))
    np.testing.assert_array_equal(forced.images, 255 - pictures[kind])
    assert "inverted: black becomes white" in forced.notes


def test_scans_of_other_shapes_are_inverted_before_they_get_margins(tmp_path):
    fill(tmp_path, [np.asarray(Image.fromarray(p).resize((20, 40))) for p in inked(0, 255)])
    images = load(tmp_path).images
    assert images[:, :, :7].max() == 0, "the margin is as black as the paper"
    assert images.mean() < 80


@pytest.mark.parametrize("ink", [0, 255])
def test_strokes_on_nothing_stay_visible(tmp_path, ink):
    """Transparent pictures: the ground is what the ink isn't, and the result is white on black."""
    for i, digit in enumerate(DIGITS):
        grey = np.full_like(digit, ink)
        save(Image.merge("LA", [Image.fromarray(grey), Image.fromarray(digit)]),
             tmp_path / "0" / f"{i}.png")  # fmt: skip
    data = load(tmp_path)
    assert np.abs(data.images.astype(int) - DIGITS).max() <= 1
    assert any("transparent pixels of 10 pictures" in note for note in data.notes)


def test_a_scan_with_transparent_corners_stays_a_scan(tmp_path):
    alpha = np.full((28, 28), 255, np.uint8)
    alpha[:4, :4] = 0
    for i, picture in enumerate(inked(0, 255)):
        save(Image.merge("LA", [Image.fromarray(picture), Image.fromarray(alpha)]),
             tmp_path / "0" / f"{i}.png")  # fmt: skip
    assert load(tmp_path).images[:, :4, :4].max() < 30


def test_cameras_turn_pictures(tmp_path):
    picture = Image.fromarray(PLAIN).resize((112, 112))
    for orientation, how in ((3, "ROTATE_180"), (6, "ROTATE_90"), (8, "ROTATE_270")):
        exif = Image.Exif()
        exif[0x0112] = orientation
        turned = picture.transpose(getattr(Image.Transpose, how))
        save(turned, tmp_path / "0" / f"{orientation}.jpg", quality=95, exif=exif)
        save(turned, tmp_path / "0" / f"{orientation}.png", exif=exif)
    save(picture, tmp_path / "0" / "9.png")
    images = load(tmp_path).images.astype(int)
    assert np.abs(images - images[-1]).mean(axis=(1, 2)).max() < 2


def test_further_frames_are_counted(tmp_path):
    frames = [Image.fromarray(digit) for digit in DIGITS]
    save(frames[0], tmp_path / "0" / "a.gif", save_all=True, append_images=frames[1:5])
    save(frames[0], tmp_path / "0" / "b.tif", save_all=True, append_images=frames[1:3])
    save(frames[0], tmp_path / "0" / "c.png")
    data = load(tmp_path)
    assert all(np.abs(image.astype(int) - PLAIN).max() <= 1 for image in data.images)
    assert "only the first frame of 2 pictures is used: 6 left out" in data.notes


def test_linked_folders_and_files_are_followed(tmp_path):
    real = fill(tmp_path / "real")
    linked = tmp_path / "linked"
    shutil.copytree(real, linked)
    for name in "56789":
        shutil.rmtree(linked / name)
        (linked / name).symlink_to(real / name)
    (linked / "4" / "more.png").symlink_to(real / "5" / "5.png")
    (linked / "self").symlink_to(linked)  # cycles
    (linked / "4" / "up").symlink_to(linked / "4", target_is_directory=True)
    data = load(linked)
    assert len(data) == 11
    assert sorted(set(data.labels.tolist())) == list(range(10))
    assert data.class_names == {i: str(i) for i in range(10)}


def test_unreadable_folders_and_files_are_named(tmp_path, monkeypatch):
    fill(tmp_path)
    scandir = os.scandir

    def refuse(folder):
        if str(folder).endswith(("3", "7")):
            raise PermissionError(13, "Permission denied", str(folder))
        return scandir(folder)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", refuse)
        with pytest.raises(DiffvizError, match=r"2 folders .*/3: Permission denied, .*/7: Perm"):
            load(tmp_path)
    (tmp_path / "2" / "gone.png").symlink_to(tmp_path / "nothing.png")
    with pytest.raises(DiffvizError, match=r"gone\.png: No such file"):
        load(tmp_path)


def test_litter_and_other_files_are_left_out_with_a_count(tmp_path):
    fill(tmp_path)
    for name in (".DS_Store", "0/._0.png", "1/Thumbs.db", "__MACOSX/0/._0.png", "notes.txt",
                 "1/.ipynb_checkpoints/1-checkpoint.png", "2/a.heic", "2/b.HEIC", "Makefile",
                 "desktop.ini"):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"\0\5\26\7\0\2\0\0Mac OS X        ")
    data = load(tmp_path)
    assert len(data) == 10
    assert len(set(data.labels.tolist())) == 10
    assert data.notes == (
        "10 other files left out: 6 hidden, 2 .heic, 1 without an ending, 1 .txt",
    )


def test_all_formats_of_pixels_are_taken(tmp_path):
    colours = ("ppm", "jp2", "avif", "jfif", "jpg", "webp", "qoi")
    for ending in readable_endings():
        picture = Image.fromarray(PLAIN)
        mode = "RGB" if ending[1:] in colours else "F" if ending == ".pfm" else "L"
        save(picture.convert(mode), tmp_path / "0" / f"a{ending}")
    data = load(tmp_path)
    assert len(data) == len(readable_endings()) >= 20
    near = np.abs(data.images.astype(int) - PLAIN).mean(axis=(1, 2))
    assert (near < 6).sum() >= len(data) - 1  # .ico shrinks


def test_a_picture_may_have_another_formats_ending(tmp_path):
    save(PLAIN, tmp_path / "0" / "a.png", format="BMP")
    np.testing.assert_array_equal(load(tmp_path).images[0], PLAIN)
    (tmp_path / "0" / "a.png").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n")
    with pytest.raises(DiffvizError, match="not a whole picture"):
        load(tmp_path)  # and Ghostscript isn't started


def test_all_broken_pictures_are_named_at_once(tmp_path):
    fill(tmp_path)
    for i in (3, 5, 8):
        path = tmp_path / str(i) / f"{i}.png"
        path.write_bytes(path.read_bytes()[:60])
    (tmp_path / "0" / "0.png").write_bytes(b"")
    with pytest.raises(DiffvizError) as caught:
        load(tmp_path)
    assert str(caught.value).startswith("4 pictures (0/0.png, 3/3.png, 5/5.png, 8/8.png) of 10 in ")


@pytest.mark.parametrize("level", [0, 128, 255])
def test_blank_pictures_are_refused(tmp_path, level):
    fill(tmp_path, np.full((4, 28, 28), level, np.uint8))
    with pytest.raises(DiffvizError, match=r"all images in .* are blank"):
        load(tmp_path)


def test_little_content_is_said(tmp_path):
    fill(tmp_path / "same", [PLAIN] * 4)
    assert "all 4 images are equal" in load(tmp_path / "same").notes[0]
    fill(tmp_path / "blank", [*DIGITS, np.zeros_like(PLAIN)])
    assert "1 of 11 images are blank" in load(tmp_path / "blank").notes[0]
    fill(tmp_path / "dark", DIGITS // 3)
    assert "go from 0 to 85" in load(tmp_path / "dark").notes[0]


def test_folders_of_one_name_are_called_by_their_paths(tmp_path):
    for name in ("train/a", "test/a"):
        save(PLAIN, tmp_path / name / "0.png")
    assert load(tmp_path).class_names == {0: "test/a", 1: "train/a"}


def test_what_is_no_data_set_says_what_would_be(tmp_path):
    (tmp_path / "a.heic").write_bytes(b"ftypheic")
    with pytest.raises(DiffvizError, match=r"has 0 pictures .*1 other file left out: 1 \.heic"):
        load(tmp_path)
    with pytest.raises(DiffvizError, match="no data set: name a folder"):
        load(tmp_path / "a.heic")
