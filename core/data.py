"""Data sets of 28x28 grey images, held as one uint8 tensor."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from .cache import cache_folder
from .errors import DiffvizError
from .idx import read_idx
from .synthetic import synthetic_digits

DATASETS = ("mnist", "synthetic")
MNIST_FILES = tuple(
    f"{part}-{kind}-ubyte" for part in ("train", "t10k") for kind in ("images-idx3", "labels-idx1")
)
SYNTHETIC_IMAGES = {True: 2048, False: 512}


@dataclass(frozen=True, eq=False)
class ImageData:
    """Images ``[N, 28, 28]`` uint8, white ink on black, and their labels ``[N]`` int64."""

    name: str
    images: Tensor
    labels: Tensor
    md5: str
    """Of the images' bytes, so that two runs can be told to have seen the same data."""

    def __len__(self) -> int:
        return len(self.images)


def default_data_dir() -> Path:
    """Return the folder data sets are kept in unless ``--data-dir`` names another."""
    return cache_folder("data")


def load_dataset(name: str, data_dir: Path | None = None, *, train: bool = True) -> ImageData:
    """Return a data set by name: ``mnist`` or ``synthetic``.

    MNIST is read from ``data_dir`` in torchvision's layout and downloaded when it is missing.

    Raises:
        DiffvizError: if the data set is unknown, broken, or missing and not to be had.
    """
    if name == "synthetic":
        images, labels = synthetic_digits(SYNTHETIC_IMAGES[train], seed=0 if train else 1)
        return _image_data(name, torch.from_numpy(images), torch.from_numpy(labels))
    if name == "mnist":
        images, labels = _load_mnist(data_dir or default_data_dir(), train)
        return _image_data(name, images, labels)
    raise DiffvizError(f"unknown data set '{name}': choose one of {', '.join(DATASETS)}")


def _load_mnist(data_dir: Path, train: bool) -> tuple[Tensor, Tensor]:
    raw = data_dir / "MNIST" / "raw"
    if not all((raw / name).exists() for name in MNIST_FILES):
        _download_mnist(data_dir, raw)
    part = "train" if train else "t10k"
    try:
        images = read_idx(raw / f"{part}-images-idx3-ubyte", 3)
        labels = read_idx(raw / f"{part}-labels-idx1-ubyte", 1)
    except (ValueError, OSError, DiffvizError) as error:
        raise DiffvizError(
            f"the MNIST files in {raw} are damaged ({_one_line(error)}): "
            "delete them and download them again"
        ) from error
    if images.shape[1:] != (28, 28) or not 0 < len(images) == len(labels):
        raise DiffvizError(
            f"the MNIST files in {raw} hold images {images.shape} and {len(labels)} labels, "
            "not as many of 28x28: delete them and download them again"
        )
    return torch.from_numpy(images), torch.from_numpy(labels)


def _download_mnist(data_dir: Path, raw: Path) -> None:
    from torchvision.datasets import MNIST

    legacy = data_dir / "MNIST" / "processed"
    if legacy.exists():
        # torchvision would unpickle what lies there.
        raise DiffvizError(f"{legacy} holds an old pickle format: delete that folder, then retry")
    try:
        MNIST(str(data_dir), download=True)
    except Exception as error:  # of the network, the disk, torchvision's reader
        raise DiffvizError(
            f"no MNIST in {data_dir} and it could not be downloaded ({_one_line(error)}): put the "
            f"four idx-ubyte files into {raw}, or use --dataset synthetic"
        ) from error


def _one_line(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return text[:160] or type(error).__name__


def _image_data(name: str, images: Tensor, labels: Tensor) -> ImageData:
    images = images.contiguous()
    md5 = hashlib.md5(images.numpy().tobytes(), usedforsecurity=False).hexdigest()
    return ImageData(name, images, labels.long(), md5)
