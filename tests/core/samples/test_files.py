"""Anyone's samples: what is taken, and the one line that says why something is not."""

import io
import json
import pickle
import zipfile

import numpy as np
import pytest

from diffviz.core.errors import DiffvizError
from diffviz.core.export import save_images
from diffviz.core.names import MIN_SAMPLES
from diffviz.core.samples.files import read_samples

IMAGES = np.random.default_rng(0).integers(0, 256, (120, 28, 28), dtype=np.uint8)


def npy(array, **options) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, **options)
    return buffer.getvalue()


def test_files_of_diffviz_are_read(tmp_path):
    path = tmp_path / "s.npz"
    save_images(path, IMAGES, range(120), {"sampler": "ddpm"})
    images, meta = read_samples(path)
    np.testing.assert_array_equal(images, IMAGES)
    assert meta == {"sampler": "ddpm"}
    save_images(tmp_path / "s.npy", IMAGES, range(120), {})
    np.testing.assert_array_equal(read_samples(tmp_path / "s.npy")[0], IMAGES)


def test_fortran_order_and_bare_archives_are_read(tmp_path):
    path = tmp_path / "f.npy"
    np.save(path, np.asfortranarray(IMAGES))
    np.testing.assert_array_equal(read_samples(path)[0], IMAGES)
    np.savez(tmp_path / "bare.npz", images=IMAGES)
    images, meta = read_samples(tmp_path / "bare.npz")
    np.testing.assert_array_equal(images, IMAGES)
    assert meta == {}


@pytest.mark.parametrize("meta", ["no json", "[1]", "[" * 100_000])
def test_invalid_meta_is_ignored(tmp_path, meta):
    np.savez(tmp_path / "s.npz", images=IMAGES, meta=np.array(meta))
    assert read_samples(tmp_path / "s.npz")[1] == {}


class Trap:
    def __reduce__(self):
        return (pytest.fail, ("unpickled",))


ARRAYS = {
    "float": (IMAGES.astype(np.float32), "float32"),
    "shape": (np.zeros((120, 32, 32), np.uint8), "[120, 32, 32]"),
    "flat": (IMAGES.reshape(120, 784), "[120, 784]"),
    "channel": (IMAGES[:, None], "[120, 1, 28, 28]"),
    "one": (IMAGES[0], "[28, 28]"),
    "few": (IMAGES[: MIN_SAMPLES - 1], "holds 99 images"),
    "none": (IMAGES[:0], "holds 0 images"),
    "objects": (np.array([Trap()] * 120, dtype=object), "object"),
    "blank": (np.zeros((120, 28, 28), np.uint8), "120 of 120 images are blank"),
}


@pytest.mark.parametrize("name", ARRAYS)
@pytest.mark.parametrize("ending", [".npy", ".npz"])
def test_arrays_that_are_no_samples_are_refused(tmp_path, name, ending):
    array, message = ARRAYS[name]
    path = tmp_path / f"s{ending}"
    if ending == ".npy":
        np.save(path, array)
    else:
        np.savez(path, images=array)
    with pytest.raises(DiffvizError, match=r"^[^\n]*$") as caught:
        read_samples(path)
    assert message in str(caught.value)


def test_one_blank_picture_among_many_is_named(tmp_path):
    images = IMAGES.copy()
    images[77] = 9
    np.save(tmp_path / "s.npy", images)
    with pytest.raises(DiffvizError, match=r"1 of 120 images are blank.*number 77"):
        read_samples(tmp_path / "s.npy")


def damaged() -> dict[str, bytes]:
    whole = npy(IMAGES)
    archive = io.BytesIO()
    np.savez_compressed(archive, images=IMAGES)
    packed = archive.getvalue()
    flipped = bytearray(packed)
    flipped[len(packed) // 2] ^= 0xFF
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as file:
        file.writestr("pictures.npy", whole)
    # a header that promises more than there is, and one no memory could hold
    huge = npy(IMAGES).replace(b"(120, 28, 28)", b"(10**9, 28, 28)"[:13])
    return {
        "empty.npy": b"",
        "empty.npz": b"",
        "text.npy": b"hello",
        "text.npz": b"hello",
        "half.npy": whole[: len(whole) // 2],
        "header.npy": whole[:40],
        "long.npy": whole + b"x",
        "half.npz": packed[: len(packed) // 2],
        "flipped.npz": bytes(flipped),
        "names.npz": other.getvalue(),
        "huge.npy": huge,
        "pickle.npy": pickle.dumps(Trap()),
        "json.txt": json.dumps([1]).encode(),
    }


@pytest.mark.parametrize("name", damaged())
def test_damaged_files_are_one_line(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(damaged()[name])
    with pytest.raises(DiffvizError, match=r"^[^\n]*$"):
        read_samples(path)


def test_missing_files_and_folders_are_one_line(tmp_path):
    with pytest.raises(DiffvizError, match="No such file"):
        read_samples(tmp_path / "none.npz")
    (tmp_path / "folder.npy").mkdir()
    with pytest.raises(DiffvizError, match="can't read"):
        read_samples(tmp_path / "folder.npy")
