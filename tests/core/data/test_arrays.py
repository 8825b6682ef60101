"""Arrays of images in the layouts that other tools write."""

import os

import numpy as np
import pytest

from diffviz.core.data import load_dataset
from diffviz.core.data.synthetic import synthetic_digits
from diffviz.core.errors import DiffvizError

DIGITS, LABELS = synthetic_digits(30, 5)
OTHER = DIGITS[:8]


def load(folder, name="own.npz", **arrays):
    path = folder / name
    with path.open("wb") as file:
        np.savez(file, **arrays)
    return load_dataset(str(path))


LAYOUTS = {
    "images": {"images": DIGITS, "labels": LABELS},
    "Keras": {"x_train": DIGITS, "y_train": LABELS, "x_test": OTHER, "y_test": LABELS[:8]},
    "capitals": {"X_train": DIGITS, "Y_train": LABELS},
    "MedMNIST": {"train_images": DIGITS, "train_labels": LABELS[:, None], "val_images": OTHER},
    "scikit-learn": {"data": DIGITS.reshape(30, 784), "target": LABELS},
    "positions": {"arr_0": DIGITS, "arr_1": LABELS},
    "one array of images": {"digits": DIGITS, "y": LABELS},
    "rows of pixels": {"images": DIGITS.reshape(30, 784), "labels": LABELS},
    "a last axis": {"images": DIGITS[..., None], "labels": LABELS},
    "a second axis": {"images": DIGITS[:, None], "labels": LABELS},
    "Fortran order": {"images": np.asfortranarray(DIGITS), "labels": LABELS},
    "floats": {"images": DIGITS / 255, "labels": LABELS.astype(float)},
    "half floats": {
        "images": (DIGITS / 255).astype(np.float16),
        "labels": LABELS.astype(np.float16),
    },
    "from -1": {"images": DIGITS / 127.5 - 1, "labels": LABELS},
    "floats to 255": {"images": DIGITS.astype(np.float32), "labels": LABELS},
    "64 bits": {"images": DIGITS.astype(np.int64), "labels": LABELS},
    "16 bits": {"images": DIGITS.astype(">u2") * 257, "labels": LABELS},
    "one column a class": {"images": DIGITS, "labels": np.eye(10)[LABELS]},
    "bytes": {"images": DIGITS, "labels": LABELS.astype("S1")},
    "text": {"images": DIGITS, "labels": LABELS.astype(str)},
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts_of_other_tools_are_read(tmp_path, layout):
    data = load(tmp_path, **LAYOUTS[layout])
    assert np.abs(data.images.astype(int) - DIGITS).max() <= 1
    np.testing.assert_array_equal(data.labels, LABELS)
    assert data.images.flags.writeable  # torch would complain


def test_a_choice_among_arrays_is_said(tmp_path):
    data = load(tmp_path, **LAYOUTS["MedMNIST"])
    assert data.notes == (f"the array train_images of {tmp_path / 'own.npz'} is used, "
                          "not val_images",)  # fmt: skip


@pytest.mark.parametrize("name", ["own.npy", "OWN.NPY"])
def test_a_single_array_is_read(tmp_path, name):
    with (tmp_path / name).open("wb") as file:
        np.save(file, DIGITS.reshape(30, 784))
    data = load_dataset(str(tmp_path / name))
    np.testing.assert_array_equal(data.images, DIGITS)
    assert not data.labels.any()


def test_endings_in_capitals_are_read(tmp_path):
    np.testing.assert_array_equal(load(tmp_path, "OWN.NPZ", images=DIGITS).images, DIGITS)


def test_bits_are_black_and_white(tmp_path):
    images = load(tmp_path, images=DIGITS > 127).images
    np.testing.assert_array_equal(images, np.where(DIGITS > 127, 255, 0))


@pytest.mark.parametrize(("top", "white"), [(1, 1), (15, 15), (16, 16), (3, 3)])
@pytest.mark.parametrize("kind", [np.uint8, np.int64, np.float64])
def test_few_levels_are_scaled_and_said(tmp_path, top, white, kind):
    few = np.rint(DIGITS / 255 * top)
    data = load(tmp_path, images=few.astype(kind)[:, ::3, ::3])
    assert data.images.max() == 255
    assert any(f"{white} is taken as white" in note for note in data.notes)


def test_levels_of_no_usual_range_end_at_the_brightest(tmp_path):
    data = load(tmp_path, images=DIGITS.astype(np.int32) * 400)
    np.testing.assert_array_equal(data.images, DIGITS)
    assert "so 102000 is taken as white" in data.notes[0]


def test_text_labels_name_the_classes(tmp_path):
    names = np.array(["cat", "dog", "ant"])[np.arange(30) % 3]
    data = load(tmp_path, images=DIGITS, labels=names)
    assert [data.class_names[label] for label in data.labels.tolist()] == names.tolist()


class Bomb:
    """A pickle that leaves a trace when it is loaded."""

    def __init__(self, path) -> None:
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("which", ["images", "labels", "npy"])
def test_python_objects_are_never_unpickled(tmp_path, which):
    objects = np.array([Bomb(tmp_path / "exploded")] * 30, object)
    path = tmp_path / ("own.npy" if which == "npy" else "own.npz")
    if which == "npy":
        np.save(path, objects)
    else:
        images, labels = (objects, LABELS) if which == "images" else (DIGITS, objects)
        np.savez(path, images=images, labels=labels)
    with pytest.raises(DiffvizError, match="made of Python objects"):
        load_dataset(str(path))
    assert not (tmp_path / "exploded").exists()


@pytest.mark.parametrize(
    ("arrays", "complaint"),
    [
        ({"pictures": DIGITS, "masks": DIGITS}, r"no array 'images'.*pictures uint8 \[30, 28, 28"),
        ({"weights": np.zeros(3)}, r"it has weights float64 \[3\]"),
        ({}, "it has none"),
        ({"images": DIGITS.astype(int) - 3}, "negative levels"),
        ({"images": DIGITS / 100 - 0.4}, "levels from -0.4 to 2.15: store"),
        ({"images": np.full((2, 28, 28), np.nan)}, "not finite"),
        ({"images": DIGITS.astype("U3")}, "numbers are needed"),
        ({"images": DIGITS.astype(complex)}, "numbers are needed"),
        ({"images": np.zeros((2, 28, 28, 3), np.uint8)}, "not .n, height, width"),
        ({"images": np.zeros((0, 28, 28), np.uint8)}, "not .n, height, width"),
        ({"images": np.zeros((4, 785), np.uint8)}, "not .n, height, width"),
        ({"images": DIGITS * 0}, "blank"),
        ({"images": DIGITS, "labels": np.zeros(3, int)}, r"labels in .* are \[3\]: 30 whole"),
        ({"images": DIGITS, "labels": LABELS - 3}, "whole numbers from 0"),
        ({"images": DIGITS, "labels": LABELS + 0.5}, "whole numbers from 0"),
        ({"images": DIGITS, "labels": np.full(30, np.nan)}, "whole numbers from 0"),
        ({"images": DIGITS, "labels": np.full(30, np.inf)}, "below 2"),
        ({"images": DIGITS, "labels": np.full(30, 2**63, np.uint64)}, "below 2"),
        ({"images": DIGITS, "labels": np.ones((30, 10))}, r"are \[30, 10\]"),
    ],
)
def test_other_arrays_are_refused(tmp_path, arrays, complaint):
    with pytest.raises(DiffvizError, match=complaint):
        load(tmp_path, **arrays)


def test_a_missing_or_damaged_file_is_refused(tmp_path):
    for name in ("gone.npz", "gone.npy"):
        with pytest.raises(DiffvizError, match="can't read"):
            load_dataset(str(tmp_path / name))
    for name in ("bad.npz", "bad.npy"):
        (tmp_path / name).write_bytes(b"PK\x03\x04 and no more")
        with pytest.raises(DiffvizError, match="damaged"):
            load_dataset(str(tmp_path / name))


def test_an_archive_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("diffviz.core.data.arrays._MAX_BYTES", 1000)
    with pytest.raises(DiffvizError, match="too large"):
        load(tmp_path, images=DIGITS)
