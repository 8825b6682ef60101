"""Data sets of 28x28 grey images, as numpy arrays; only a download needs torchvision."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import DiffvizError, message_of
from ..files.cache import cache_folder
from ..files.idx import read_idx
from ..machine.torch_install import import_torch
from ..names import DATASETS, SIDE
from .folders import Images, Labels, read_image_archive, read_picture_folder
from .synthetic import synthetic_digits


@dataclass(frozen=True)
class IdxSet:
    """A data set in four IDX files, in torchvision's layout."""

    folder: str
    """Below the data folder; also the name of torchvision's class."""
    prefix: str = ""
    test: str = "t10k"
    turned: bool = False
    """Whether the images in the files are transposed."""

    def files(self, train: bool) -> tuple[str, str]:
        """Return the names of the images' and the labels' file."""
        part = self.prefix + ("train" if train else self.test)
        return f"{part}-images-idx3-ubyte", f"{part}-labels-idx1-ubyte"


IDX_SETS = {
    "mnist": IdxSet("MNIST"),
    "fashion-mnist": IdxSet("FashionMNIST"),
    "kmnist": IdxSet("KMNIST"),
    "emnist-letters": IdxSet("EMNIST", "emnist-letters-", "test", turned=True),
}
SYNTHETIC_IMAGES = {True: 2048, False: 512}


@dataclass(frozen=True, eq=False)
class ImageData:
    """Images ``[N, 28, 28]`` uint8, white ink on black, and their labels ``[N]`` int64."""

    name: str
    images: Images
    labels: Labels
    md5: str
    """MD5 of the images' bytes: shows whether two runs used the same data."""

    def __len__(self) -> int:
        return len(self.images)


def default_data_dir() -> Path:
    """Return the folder of the data sets unless ``--data-dir`` names another."""
    return cache_folder("data")


def load_dataset(name: str, data_dir: Path | None = None, *, train: bool = True) -> ImageData:
    """Return a data set: one of :data:`DATASETS`, a folder of pictures, or an ``.npz`` file.

    MNIST and its relatives are read from ``data_dir`` in torchvision's layout and downloaded
    when they are missing. The user's data have no test part: ``train`` changes nothing.

    Raises:
        DiffvizError: if the data set is unknown, damaged, or missing and can't be downloaded.
    """
    if name == "synthetic":
        arrays = synthetic_digits(SYNTHETIC_IMAGES[train], seed=0 if train else 1)
    elif name in IDX_SETS:
        arrays = _load_idx_set(name, data_dir or default_data_dir(), train)
    elif name.endswith(".npz"):
        arrays = read_image_archive(Path(name))
    elif Path(name).is_dir():
        arrays = read_picture_folder(Path(name))
    else:
        raise DiffvizError(
            f"unknown data set '{name}': choose one of {', '.join(DATASETS)}, or name a folder of "
            "pictures or an .npz file"
        )
    return _image_data(name, *arrays)


def _load_idx_set(name: str, data_dir: Path, train: bool) -> tuple[Images, Labels]:
    kind = IDX_SETS[name]
    raw = data_dir / kind.folder / "raw"
    if not all((raw / file).exists() for part in (True, False) for file in kind.files(part)):
        _download(name, data_dir)
    title = "MNIST" if name == "mnist" else name
    images_file, labels_file = kind.files(train)
    try:
        images = read_idx(raw / images_file, 3)
        labels = read_idx(raw / labels_file, 1)
    except (ValueError, OSError, DiffvizError) as error:
        raise DiffvizError(
            f"the {title} files in {raw} are damaged ({message_of(error)[:160]}): "
            "delete them and download them again"
        ) from error
    if images.shape[1:] != (SIDE, SIDE) or not 0 < len(images) == len(labels):
        raise DiffvizError(
            f"the {title} files in {raw} hold images {images.shape} and {len(labels)} labels, "
            "not as many of 28x28: delete them and download them again"
        )
    if kind.turned:
        images = np.ascontiguousarray(images.transpose(0, 2, 1))
    return images, labels.astype(np.int64)


def _download(name: str, data_dir: Path) -> None:
    kind = IDX_SETS[name]
    folder = data_dir / kind.folder
    legacy = folder / "processed"
    if legacy.exists():
        # torchvision would unpickle the files in it.
        raise DiffvizError(f"{legacy} holds an old pickle format: delete that folder, then retry")
    options = {"split": "letters"} if name == "emnist-letters" else {}
    title = "MNIST" if name == "mnist" else name
    torchvision = import_torch(f"there is no {title} in {data_dir}; downloading it", "torchvision")
    try:
        getattr(torchvision.datasets, kind.folder)(str(data_dir), download=True, **options)
    except Exception as error:  # the network, the disk or torchvision's reader failed
        files = ", ".join((*kind.files(True), *kind.files(False)))
        raise DiffvizError(
            f"no {title} in {data_dir} and it could not be "
            f"downloaded ({message_of(error)[:160]}): put {files} into {folder / 'raw'}, or use "
            "--dataset synthetic"
        ) from error


def _image_data(name: str, images: Images, labels: Labels) -> ImageData:
    md5 = hashlib.md5(images.tobytes(), usedforsecurity=False).hexdigest()
    return ImageData(name, images, labels, md5)
