"""Data sets of 28x28 grey images, as numpy arrays."""

import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path

from ..array_types import Grey
from ..errors import DiffvizError, message_of
from ..files.cache import NO_CACHE, cache_folder
from ..names import DATA_DIR_VARIABLE, DATASETS
from .arrays import ARRAY_ENDINGS, read_array_file
from .classes import DIGITS, Classes, numbered
from .download import SOURCES, Bar, Tell, download
from .folders import read_picture_folder
from .idx_files import is_idx_file, read_idx_file
from .idx_sets import IDX_SETS, IdxSet, find_idx_files, read_idx_set, what_is_there
from .own_images import AS_STORED, AS_THEY_LOOK, Labels, OwnImages, Reading
from .synthetic import synthetic_digits

SYNTHETIC_IMAGES = {True: 2048, False: 512}


class MissingDataError(DiffvizError):
    """A data set is not on this machine and can't be downloaded."""


@dataclass(frozen=True, eq=False)
class ImageData:
    """Images ``[N, 28, 28]`` uint8, white ink on black, and their labels ``[N]`` int64."""

    name: str
    images: Grey
    labels: Labels
    md5: str
    """MD5 of the images' bytes: shows whether two runs used the same data."""
    class_names: dict[int, str] = field(default_factory=dict[int, str])
    """The names of labels; a label without one is called by its number."""
    reading: Reading = AS_STORED
    """How own images were read: the same reading gives the same images again."""
    notes: tuple[str, ...] = ()
    """What was decided in reading own images, and what was left out; a line each."""

    def __len__(self) -> int:
        return len(self.images)

    def classes(self) -> Classes:
        """Return the classes of the images, numbered from 0.

        Raises:
            DiffvizError: if a network with labels can't take them.
        """
        return Classes.of(self.name, self.labels, self.class_names or numbered(self.labels))


def default_data_dir() -> Path:
    """Return the folder of the data sets unless ``--data-dir`` names another.

    It is ``$DIFFVIZ_DATA_DIR``, or in the user's cache.
    """
    named = os.environ.get(DATA_DIR_VARIABLE)
    return Path(named) if named else cache_folder("data")


def load_dataset(
    name: str,
    data_dir: Path | None = None,
    *,
    train: bool = True,
    reading: Reading = AS_THEY_LOOK,
    tell: Tell = lambda line: None,
    bar: Bar = lambda task, done, total: None,
) -> ImageData:
    """Return a data set: one of :data:`DATASETS`, a folder of pictures, or a file of arrays.

    MNIST and its relatives are read from ``data_dir``, in torchvision's layout or loose, and
    downloaded when they are missing: ``tell`` gets a line before, ``bar`` the progress. The user's
    data have no test part: ``train`` changes nothing. ``reading`` fixes what would be decided
    from the look of the user's images.

    Raises:
        MissingDataError: if the data set is missing and can't be downloaded.
        DiffvizError: if it is unknown or damaged.
    """
    path = Path(name)
    if reading.invert and name in DATASETS:
        raise DiffvizError(f"{name} is white ink on black already: only own images are inverted")
    if name == "synthetic":
        drawn = synthetic_digits(SYNTHETIC_IMAGES[train], seed=0 if train else 1)
        return _image_data(name, *drawn, DIGITS)
    if name in IDX_SETS:
        folder = data_dir or default_data_dir()
        if NO_CACHE in folder.parents:
            raise DiffvizError(
                "there is no home folder to keep data sets in: name one with --data-dir or set "
                f"{DATA_DIR_VARIABLE}"
            )
        arrays = _load_idx_set(name, folder, train, tell, bar)
        return _image_data(name, *arrays, IDX_SETS[name].class_names)
    if path.suffix.lower() in ARRAY_ENDINGS and not path.is_dir():
        return _own_data(name, read_array_file(path, reading))
    if is_idx_file(path):
        return _own_data(name, read_idx_file(path, reading))
    if path.is_dir():
        return _own_data(name, read_picture_folder(path, reading))
    if path.is_file():
        raise DiffvizError(
            f"{name} is no data set: name a folder of pictures, or an .npz or .npy file"
        )
    raise DiffvizError(
        f"unknown data set '{name}': choose one of {', '.join(DATASETS)}, or name a folder of "
        "pictures, or an .npz or .npy file"
    )


def _load_idx_set(
    name: str, data_dir: Path, train: bool, tell: Tell, bar: Bar
) -> tuple[Grey, Labels]:
    kind = IDX_SETS[name]
    files = find_idx_files(kind, data_dir, kind.files(train))
    if files is None:
        _download(name, kind, data_dir, tell, bar)
        files = find_idx_files(kind, data_dir, kind.files(train))
    if files is None:
        raise MissingDataError(f"no {kind.title} in {data_dir} after the download: try again")
    return read_idx_set(kind, files)


def _download(name: str, kind: IdxSet, data_dir: Path, tell: Tell, bar: Bar) -> None:
    place = kind.place(data_dir)

    def there() -> bool:
        return find_idx_files(kind, data_dir, kind.all_files) is not None

    try:
        download(SOURCES[name], kind.title, kind.all_files, place, there, tell, bar)
    except (OSError, ValueError, DiffvizError) as error:  # the network, the server or the disk
        raise MissingDataError(
            f"no {kind.title} in {data_dir} ({what_is_there(kind, data_dir)}), and it could not be "
            f"downloaded ({message_of(error)}): put {', '.join(kind.all_files)} into {place}"
        ) from error


def _own_data(name: str, own: OwnImages) -> ImageData:
    return _image_data(name, own.images, own.labels, own.class_names, own.reading, own.notes)


def _image_data(
    name: str,
    images: Grey,
    labels: Labels,
    class_names: dict[int, str] | None = None,
    reading: Reading = AS_STORED,
    notes: tuple[str, ...] = (),
) -> ImageData:
    md5 = hashlib.md5(images.tobytes(), usedforsecurity=False).hexdigest()
    return ImageData(name, images, labels, md5, class_names or {}, reading, notes)
