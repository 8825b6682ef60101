"""Digits into files: what is no set of digits is refused, and a full disk loses none."""

import io
import json
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from diffviz.core.errors import DiffvizError
from diffviz.core.export import ImageFile, save_images

DIGITS = np.arange(3 * 28 * 28, dtype=np.uint32).reshape(3, 28, 28).astype(np.uint8)


def test_each_ending_has_its_format(tmp_path):
    for ending in ("npz", "npy", "png", "NPZ"):
        save_images(tmp_path / f"digits.{ending}", DIGITS, range(5, 8), {"n": 3})
    assert np.array_equal(np.load(tmp_path / "digits.npy"), DIGITS)
    for name in ("digits.npz", "digits.NPZ"):
        with np.load(tmp_path / name) as file:
            assert np.array_equal(file["images"], DIGITS)
            assert file["seeds"].tolist() == [5, 6, 7]
            assert json.loads(str(file["meta"])) == {"n": 3}
    with Image.open(tmp_path / "digits.png") as grid:
        assert grid.size == (3 * 30 + 2, 32)


@pytest.mark.parametrize(
    ("images", "words"),
    [
        (DIGITS.astype(np.float32), "uint8, not float32: to_grey"),
        (DIGITS > 9, "uint8, not bool"),
        (DIGITS.tolist(), "uint8, not list"),
        (np.zeros((3, 56), np.uint8), r"not \[3, 56\]"),
        (np.zeros((3, 3, 32, 32), np.uint8), r"not \[3, 3, 32, 32\]"),
        (np.zeros((28, 28), np.uint8), r"not \[28, 28\]"),
        (np.zeros((0, 28, 28), np.uint8), r"not \[0, 28, 28\]"),
        (np.uint8(7), r"not \[\]"),
    ],
)
@pytest.mark.parametrize("ending", ["npz", "npy", "png"])
def test_what_is_no_set_of_digits_is_refused(tmp_path, images, words, ending):
    with pytest.raises(DiffvizError, match=words):
        save_images(tmp_path / f"digits.{ending}", images, range(3), {})
    assert not list(tmp_path.iterdir())


def test_another_number_of_seeds_or_another_ending_is_refused(tmp_path):
    with pytest.raises(DiffvizError, match="99 seeds for 3 images"):
        save_images(tmp_path / "digits.npz", DIGITS, range(99), {})
    with pytest.raises(DiffvizError, match=r"end it in .png or .npz or .npy"):
        save_images(tmp_path / "digits.txt", DIGITS, range(3), {})
    assert not list(tmp_path.iterdir())


class Spool(io.FileIO):
    """A file on a disk with room for so many bytes."""

    def __init__(self, path: Path, room: int) -> None:
        super().__init__(path, "w+b")
        self.room = room

    def write(self, content) -> int:
        if self.tell() + len(content) > self.room:
            os.pwrite(self.fileno(), bytes(content)[: self.room - self.tell()], self.tell())
            raise OSError(28, "No space left on device")
        return super().write(content)


@pytest.mark.parametrize("digits", [0, 1, 2.5])
def test_a_disk_that_is_full_while_sampling_loses_no_digit(tmp_path, monkeypatch, digits):
    def small_disk(dir):
        return io.BufferedRandom(Spool(tmp_path / "spool", int(digits * 784)))

    monkeypatch.setattr("diffviz.core.export.tempfile.TemporaryFile", small_disk)
    with ImageFile(tmp_path / "digits.npy") as file:
        for digit in DIGITS:
            file.add(digit[None])
        file.save(range(3), {})
    assert np.array_equal(np.load(tmp_path / "digits.npy"), DIGITS)
