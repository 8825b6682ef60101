"""Where MNIST's files are found: torchvision's layout, and those of other tools."""

import gzip
import shutil

import numpy as np
import pytest

from diffviz.core.data import load_dataset
from diffviz.core.data.synthetic import synthetic_digits
from diffviz.core.errors import DiffvizError

IMAGES, LABELS = synthetic_digits(32, 2)


def packed(path):
    with gzip.open(f"{path}.gz", "wb") as file:
        file.write(path.read_bytes())
    path.unlink()


def dotted(path):
    path.rename(path.with_name(path.name.replace("-idx", ".idx")))


def packed_and_dotted(path):
    new = path.with_name(path.name.replace("-idx", ".idx"))
    path.rename(new)
    packed(new)


def in_a_folder(path):
    content = path.read_bytes()
    path.unlink()
    path.mkdir()
    (path / path.name).write_bytes(content)


def in_a_dotted_folder(path):
    folder = path.with_name(path.name.replace("-idx", ".idx"))
    content = path.read_bytes()
    path.unlink()
    folder.mkdir()
    (folder / folder.name).write_bytes(content)


SPELLINGS = [packed, dotted, packed_and_dotted, in_a_folder, in_a_dotted_folder]


@pytest.mark.parametrize("named", [".", "MNIST", "MNIST/raw"])
@pytest.mark.parametrize("spell", [None, *SPELLINGS])
def test_files_are_found_as_other_tools_leave_them(mnist_dir, spell, named):
    for path in list((mnist_dir / "MNIST" / "raw").iterdir()):
        if spell is not None:
            spell(path)
    data = load_dataset("mnist", mnist_dir / named)
    np.testing.assert_array_equal(data.images, IMAGES)
    np.testing.assert_array_equal(data.labels, LABELS)
    assert data.images.flags.writeable  # torch would complain


def test_loose_files_are_mnist_unless_their_folder_says_otherwise(mnist_dir, tmp_path):
    raw = mnist_dir / "MNIST" / "raw"
    loose = shutil.copytree(raw, tmp_path / "loose")
    fashion = shutil.copytree(raw, tmp_path / "fashion-mnist")
    np.testing.assert_array_equal(load_dataset("mnist", loose).images, IMAGES)
    np.testing.assert_array_equal(load_dataset("fashion-mnist", fashion).images, IMAGES)
    for name, folder in (("fashion-mnist", loose), ("mnist", fashion), ("kmnist", raw)):
        with pytest.raises(DiffvizError, match="has t10k-images-idx3-ubyte"):
            load_dataset(name, folder)


def test_the_test_part_may_be_missing_for_training(mnist_dir):
    for path in (mnist_dir / "MNIST" / "raw").glob("t10k*"):
        path.unlink()
    assert len(load_dataset("mnist", mnist_dir)) == 32
    with pytest.raises(DiffvizError, match="could not be downloaded"):
        load_dataset("mnist", mnist_dir, train=False)


@pytest.mark.parametrize("there", ["nothing", "a file", "others", "empty"])
def test_what_was_seen_is_said_and_nothing_is_made(tmp_path, there):
    folder = tmp_path / "data"
    says = "there is no folder"
    if there == "a file":
        folder.write_text("")
        says = "is a file, not a folder"
    elif there == "empty":
        folder.mkdir()
        says = "data is empty"
    elif there == "others":
        (folder / "MNIST").mkdir(parents=True)
        (folder / "MNIST" / "mnist.pkl.gz").write_text("")
        says = r"MNIST has mnist\.pkl\.gz"
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(DiffvizError, match=says):
        load_dataset("mnist", folder)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("keep", [10, 200, -1])
def test_damaged_gzip_files_are_refused(mnist_dir, keep):
    path = mnist_dir / "MNIST" / "raw" / "train-images-idx3-ubyte"
    content = gzip.compress(path.read_bytes())
    path.write_bytes(content[:keep])  # also where the ending doesn't say what it is
    with pytest.raises(DiffvizError, match="are damaged"):
        load_dataset("mnist", mnist_dir)


def test_a_gzip_file_that_unpacks_to_more_is_refused(mnist_dir):
    path = mnist_dir / "MNIST" / "raw" / "train-images-idx3-ubyte"
    path.write_bytes(gzip.compress(path.read_bytes() + bytes(1 << 20)))
    with pytest.raises(DiffvizError, match="not the 25,088 of its header"):
        load_dataset("mnist", mnist_dir)


def test_the_variable_names_the_folder(mnist_dir, monkeypatch):
    monkeypatch.setenv("DIFFVIZ_DATA_DIR", str(mnist_dir))
    np.testing.assert_array_equal(load_dataset("mnist").images, IMAGES)
    monkeypatch.setenv("DIFFVIZ_DATA_DIR", "")  # as if it were not set
    with pytest.raises(DiffvizError, match=r"diffviz.data"):
        load_dataset("mnist")


@pytest.mark.parametrize("spell", [None, packed, dotted, packed_and_dotted])
def test_own_idx_files_are_a_data_set(mnist_dir, tmp_path, spell):
    """A folder that holds them, or the file of the images; the labels lie beside it."""
    raw = mnist_dir / "MNIST" / "raw"
    for path in list(raw.iterdir()):
        if spell is not None:
            spell(path)
    (train,) = raw.glob("train-images*")
    for source in (raw, train):
        data = load_dataset(str(source))
        np.testing.assert_array_equal(data.images, IMAGES)
        np.testing.assert_array_equal(data.labels, LABELS)
    alone = tmp_path / "alone" / train.name
    alone.parent.mkdir()
    alone.write_bytes(train.read_bytes())
    assert not load_dataset(str(alone)).labels.any()
    alone.write_bytes(train.read_bytes()[:100])
    with pytest.raises(DiffvizError, match="has a damaged IDX file"):
        load_dataset(str(alone))


def test_several_idx_files_are_not_guessed_from(mnist_dir, tmp_path):
    raw = mnist_dir / "MNIST" / "raw"
    shutil.copy(raw / "train-images-idx3-ubyte", tmp_path / "a-images-idx3-ubyte")
    shutil.copy(raw / "train-images-idx3-ubyte", tmp_path / "b-images-idx3-ubyte")
    shutil.rmtree(mnist_dir)
    with pytest.raises(DiffvizError, match=r"0 pictures .*2 other files left out"):
        load_dataset(str(tmp_path))
