"""Data sets: files in torchvision's layout that the tests write, and what can be wrong there."""

import hashlib
import os
import pickle
import shutil

import numpy as np
import pytest
from PIL import Image

from diffviz.core.data import default_data_dir, load_dataset
from diffviz.core.data.synthetic import synthetic_digits
from diffviz.core.errors import DiffvizError


@pytest.mark.parametrize(("train", "count", "seed"), [(True, 32, 2), (False, 8, 3)])
def test_files_come_back_unchanged(mnist_dir, train, count, seed):
    data = load_dataset("mnist", mnist_dir, train=train)
    images, labels = synthetic_digits(count, seed)
    assert data.images.dtype == np.uint8
    assert data.images.shape == (count, 28, 28)
    assert data.labels.dtype == np.int64
    np.testing.assert_array_equal(data.images, images)
    np.testing.assert_array_equal(data.labels, labels)
    assert data.md5 == hashlib.md5(images.tobytes()).hexdigest()
    assert len(data) == count


def test_default_folder_is_the_users_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_data_dir() == tmp_path / "diffviz" / "data"
    with pytest.raises(DiffvizError, match=str(tmp_path)):
        load_dataset("mnist")


def test_missing_files_without_network_are_one_line(tmp_path):
    with pytest.raises(DiffvizError, match="could not be downloaded") as caught:
        load_dataset("mnist", tmp_path)
    text = str(caught.value)
    assert "\n" not in text
    assert str(tmp_path / "MNIST" / "raw") in text


def test_one_missing_file_is_refused_without_network(mnist_dir):
    (mnist_dir / "MNIST" / "raw" / "train-labels-idx1-ubyte").unlink()
    with pytest.raises(DiffvizError, match="could not be downloaded"):
        load_dataset("mnist", mnist_dir)


def truncated(content):
    return content[: len(content) // 2]


def bad_magic(content):
    return b"\x12\x34\x56\x78" + content[4:]


def other_type(content):
    return content[:2] + b"\x0d" + content[3:]  # float32 by its header


def more_promised(content):
    return content[:4] + b"\xff" + content[5:]


def nothing(_content):
    return b""


def text(_content):
    return b"<html>404 not found</html>"


DAMAGE = [truncated, bad_magic, other_type, more_promised, nothing, text]


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("name", ["train-images-idx3-ubyte", "train-labels-idx1-ubyte"])
def test_damaged_files_are_refused(mnist_dir, damage, name):
    path = mnist_dir / "MNIST" / "raw" / name
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(DiffvizError, match="damaged") as caught:
        load_dataset("mnist", mnist_dir)
    assert "\n" not in str(caught.value)


def test_images_and_labels_of_different_counts_are_refused(mnist_dir):
    raw = mnist_dir / "MNIST" / "raw"
    test_labels = (raw / "t10k-labels-idx1-ubyte").read_bytes()
    (raw / "train-labels-idx1-ubyte").write_bytes(test_labels)
    with pytest.raises(DiffvizError, match=r"\(32, 28, 28\) and 8 labels"):
        load_dataset("mnist", mnist_dir)


class Bomb:
    """A pickle that leaves a trace when it is loaded."""

    def __init__(self, path) -> None:
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("raw_is_whole", [True, False])
def test_legacy_pickles_are_never_read(mnist_dir, tmp_path, raw_is_whole):
    """Where torchvision looks for them, and took them before anything else."""
    processed = mnist_dir / "MNIST" / "processed"
    processed.mkdir()
    for name in ("training.pt", "test.pt"):
        (processed / name).write_bytes(pickle.dumps(Bomb(tmp_path / "exploded")))
    if raw_is_whole:
        assert len(load_dataset("mnist", mnist_dir)) == 32
    else:
        (mnist_dir / "MNIST" / "raw" / "train-images-idx3-ubyte").unlink()
        with pytest.raises(DiffvizError, match="could not be downloaded"):
            load_dataset("mnist", mnist_dir)
    assert not (tmp_path / "exploded").exists()


def test_an_unknown_data_set_is_refused():
    with pytest.raises(
        DiffvizError, match="mnist, fashion-mnist, kmnist, emnist-letters, synthetic"
    ):
        load_dataset("cifar")


def test_synthetic_digits_are_reproducible():
    images, labels = synthetic_digits(200, seed=1)
    assert images.shape == (200, 28, 28)
    assert images.dtype == np.uint8
    assert sorted(labels.tolist()) == sorted(list(range(10)) * 20)
    again, _ = synthetic_digits(200, seed=1)
    np.testing.assert_array_equal(images, again)
    assert len({image.tobytes() for image in images}) == 200
    # white ink on black, in about MNIST's amount (0.13), away from the border
    assert 0.08 < images.mean() / 255 < 0.2
    assert images.max() == 255
    assert images[:, [0, -1]].mean() < 1
    # digits of a class look alike: the nearest class mean recognises most of them
    means = np.stack([images[labels == digit].mean(0) for digit in range(10)])
    fresh, truth = synthetic_digits(100, seed=5)
    distance = ((fresh[:, None].astype(float) - means) ** 2).sum((2, 3))
    assert (distance.argmin(1) == truth).mean() > 0.7


def test_training_and_test_digits_differ():
    train, test = (load_dataset("synthetic", train=part) for part in (True, False))
    assert (len(train), len(test)) == (2048, 512)
    assert train.md5 != test.md5
    seen = {image.tobytes() for image in train.images}
    assert not any(image.tobytes() in seen for image in test.images)
    assert load_dataset("synthetic", train=False).md5 == test.md5


@pytest.mark.parametrize(
    ("name", "folder", "train", "test"),
    [
        ("fashion-mnist", "FashionMNIST", "train", "t10k"),
        ("kmnist", "KMNIST", "train", "t10k"),
        ("emnist-letters", "EMNIST", "emnist-letters-train", "emnist-letters-test"),
    ],
)
def test_relatives_of_mnist_are_read_from_their_folders(
    mnist_dir, tmp_path, name, folder, train, test
):
    with pytest.raises(DiffvizError, match=f"{train}-images-idx3-ubyte.*{folder}.raw"):
        load_dataset(name, tmp_path)
    images, labels = synthetic_digits(32, 2)
    own = mnist_dir / "MNIST" / "raw"
    (tmp_path / folder / "raw").mkdir(parents=True, exist_ok=True)
    for part, there in (("train", train), ("t10k", test)):
        for kind in ("images-idx3-ubyte", "labels-idx1-ubyte"):
            shutil.copy(own / f"{part}-{kind}", tmp_path / folder / "raw" / f"{there}-{kind}")
    data = load_dataset(name, tmp_path)
    upright = images.transpose(0, 2, 1) if folder == "EMNIST" else images
    np.testing.assert_array_equal(data.images, upright)
    np.testing.assert_array_equal(data.labels, labels)


def test_a_folder_of_pictures_is_read(tmp_path):
    images, _ = synthetic_digits(4)
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
    Image.fromarray(images[0]).save(tmp_path / "a" / "0.png")
    Image.fromarray(images[1]).convert("RGB").save(tmp_path / "a" / "1.bmp")
    Image.fromarray(images[2]).resize((56, 56), Image.Resampling.NEAREST).save(
        tmp_path / "b" / "2.PNG"
    )
    Image.new("LA", (40, 20), (255, 0)).save(tmp_path / "b" / "3.png")  # nothing but transparent
    data = load_dataset(str(tmp_path))
    np.testing.assert_array_equal(data.images[:2], images[:2])
    assert np.abs(data.images[2].astype(int) - images[2]).mean() < 12
    assert not data.images[3].any()
    assert data.labels.tolist() == [0, 0, 1, 1]
    (tmp_path / "b" / "4.png").write_bytes((tmp_path / "a" / "0.png").read_bytes()[:60])
    with pytest.raises(DiffvizError, match=r"4\.png is not a whole picture"):
        load_dataset(str(tmp_path))
    (tmp_path / "empty").mkdir()
    with pytest.raises(DiffvizError, match="has 0 pictures"):
        load_dataset(str(tmp_path / "empty"))


def test_an_archive_of_images_is_read(tmp_path):
    images, labels = synthetic_digits(6)
    path = tmp_path / "own.npz"
    np.savez(path, images=images)
    data = load_dataset(str(path))
    np.testing.assert_array_equal(data.images, images)
    assert data.labels.tolist() == [0] * 6
    np.savez(path, x_train=images[..., None] / 255.0, y_train=labels)
    data = load_dataset(str(path))
    np.testing.assert_array_equal(data.images, images)
    np.testing.assert_array_equal(data.labels, labels)
    np.savez(path, images=images[:, ::2])
    assert load_dataset(str(path)).images.shape == (6, 28, 28)
