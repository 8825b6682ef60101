"""The classes of data sets: names, numbers, and what a network with labels can't take."""

import struct

import numpy as np
import pytest
from PIL import Image

from diffviz.core.data import load_dataset
from diffviz.core.data.classes import Classes, numbered, printable_names
from diffviz.core.data.idx_sets import IDX_SETS
from diffviz.core.data.synthetic import synthetic_digits
from diffviz.core.errors import DiffvizError
from diffviz.core.names import MAX_CLASS_NAME


def test_classes_are_numbered_in_the_order_of_their_labels():
    labels = np.array([26, 1, 2, 26])
    letters = Classes.of("letters", labels, IDX_SETS["emnist-letters"].class_names)
    assert letters.labels.tolist() == [25, 0, 1, 25]
    assert (letters.names[0], letters.names[25]) == ("a", "z")
    own = Classes.of("own", np.array([7, -3, 7]), numbered(np.array([7, -3, 7])))
    assert own.names == ("-3", "7")
    assert own.labels.tolist() == [1, 0, 1]
    assert own.labels.dtype == np.int64


def test_labels_have_a_fingerprint():
    a, b = (Classes.of("x", np.array(v), {0: "p", 1: "q"}) for v in ([0, 1], [1, 0]))
    assert a.md5 != b.md5


@pytest.mark.parametrize("count", [1, 63])
def test_too_few_or_too_many_classes_are_refused(count):
    labels = np.arange(count)
    with pytest.raises(DiffvizError, match=rf"the data set own has {count} class.*from 2 to 62"):
        Classes.of("own", labels, numbered(labels))


def test_a_label_of_no_class_is_refused():
    with pytest.raises(DiffvizError, match="label 5, which is none of its classes"):
        Classes.of("own", np.array([0, 5]), {0: "a", 1: "b"})


def test_bundled_data_sets_name_their_classes():
    names = {name: list(kind.class_names.values()) for name, kind in IDX_SETS.items()}
    assert names["mnist"] == list("0123456789")
    assert names["fashion-mnist"][9] == "ankle boot"
    assert [len(names[n]) for n in ("fashion-mnist", "kmnist", "emnist-letters")] == [10, 10, 26]
    assert load_dataset("synthetic").classes().names == tuple("0123456789")


def test_idx_files_keep_all_classes_of_their_set(tmp_path):
    """Also those that no image has: weights of one set fit another part of it."""
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    pixels, labels = synthetic_digits(3)[0], np.array([4, 9, 4], np.uint8)
    for part in ("train", "t10k"):
        head = struct.pack(">HBB3I", 0, 8, 3, *pixels.shape)
        (raw / f"{part}-images-idx3-ubyte").write_bytes(head + pixels.tobytes())
        (raw / f"{part}-labels-idx1-ubyte").write_bytes(
            struct.pack(">HBBI", 0, 8, 1, 3) + labels.tobytes()
        )
    classes = load_dataset("mnist", tmp_path).classes()
    assert len(classes.names) == 10
    assert classes.labels.tolist() == [4, 9, 4]


def test_folders_name_their_classes(tmp_path):
    for name in ("cats", "ants"):
        (tmp_path / name).mkdir()
        Image.fromarray(synthetic_digits(1)[0][0]).save(tmp_path / name / "1.png")
    classes = load_dataset(str(tmp_path)).classes()
    assert classes.names == ("ants", "cats")
    assert classes.labels.tolist() == [0, 1]


def test_strange_names_can_be_shown_and_stored():
    names = printable_names(["a\x1b[2J", "long" * 60, ""])
    assert names[0] == "a?[2J"
    assert len(names[1]) == MAX_CLASS_NAME
    assert all(name and name.isprintable() for name in names)
    assert len(set(printable_names(["x" * 200, "x" * 300, "y"]))) == 3
