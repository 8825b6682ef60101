"""A folder of pictures as a data set."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ..array_types import Grey
from ..errors import DiffvizError
from .folder_walk import MAX_IMAGES, FoundPictures, find_pictures, listed
from .idx_files import idx_file_in, read_idx_file
from .levels import Levels, byte_levels, levels_of
from .own_images import AS_THEY_LOOK, WHITE, OwnImages, Reading, check_content, in_right_polarity
from .picture_files import Picture, centred, look_at, pixels_of, readable_endings

_DEPTHS = {"uint8": "8-bit", "uint16": "16-bit", "int32": "32-bit", "float32": "32-bit"}


def read_picture_folder(folder: Path, reading: Reading = AS_THEY_LOOK) -> OwnImages:
    """Return every picture below ``folder``, in the order of their paths.

    Colours become grey; other sizes than 28x28 are scaled to fit, on black. Levels of any depth
    become 0 … 255, transparent pixels the colour that lets the strokes be seen, and black ink on
    white is inverted: ``reading`` fixes what is otherwise decided from all pictures together. The
    label is the number of the folder that directly contains the picture.

    Raises:
        DiffvizError: if there is none, or some can't be read, or all are blank.
    """
    found = find_pictures(folder)
    paths = found.paths
    if not paths:
        idx_file = idx_file_in(folder)
        if idx_file is not None:
            return read_idx_file(idx_file, reading)
        raise DiffvizError(_nothing_found(folder, found))
    looks = _look_at_all(folder, paths)
    dark_ink = [look.dark_ink for look in looks if look.on_white is not None]
    ground = 255 if 2 * sum(dark_ink) > len(dark_ink) else 0
    ranges = _ranges(looks, reading)
    pictures = _pixels(paths, looks, ranges, ground)
    pictures, inverted, polarity = in_right_polarity(pictures, reading.invert)
    images = np.stack([centred(picture) for picture in pictures])
    frames = [look.more_frames for look in looks if look.more_frames]
    notes = (
        found.note,
        f"only the first frame of {_pictures(len(frames))} is used: {sum(frames):,} left out"
        if frames else "",
        *(levels.said for levels in ranges.values()),
        f"transparent pixels of {_pictures(len(dark_ink))} are taken as "
        f"{'white' if ground else 'black'}, so that the strokes can be seen" if dark_ink else "",
        polarity,
        *check_content(images, str(folder)),
    )  # fmt: skip
    folders = sorted({path.parent for path in paths})
    numbers = {name: i for i, name in enumerate(folders)}
    white = ranges["uint8"].white if "uint8" in ranges else WHITE
    return OwnImages(
        images,
        np.array([numbers[path.parent] for path in paths], np.int64),
        _class_names(folders, folder),
        Reading(inverted, round(white)),
        tuple(note for note in notes if note),
    )


def _look_at_all(folder: Path, paths: Sequence[Path]) -> list[Picture]:
    looks: list[Picture] = []
    broken: list[str] = []
    reason = ""
    for path in paths:
        try:
            looks.append(look_at(path))
        except DiffvizError as error:
            broken.append(str(path.relative_to(folder)))
            reason = str(error)
        except OSError as error:
            broken.append(f"{path.relative_to(folder)}: {error.strerror}")
            reason = f"can't read {path}: {error.strerror}"
    if len(broken) == 1:
        raise DiffvizError(reason)
    if broken:
        raise DiffvizError(
            f"{listed(broken, 'picture')} of {len(paths):,} in {folder} can't be read: remove "
            "them, or get them again"
        )
    return looks


def _ranges(looks: Sequence[Picture], reading: Reading) -> dict[str, Levels]:
    """Return the range of each type of pixels that occurs, decided from all pictures of it."""
    ranges: dict[str, Levels] = {}
    counts = Counter(look.dtype.name for look in looks)
    for name, count in sorted(counts.items()):
        found = [look for look in looks if look.dtype.name == name]
        what = f"{count:,} {_DEPTHS.get(name, name)} picture{'s' * (count != 1)}"
        if name == "uint8" and reading.white_level is not None:
            ranges[name] = byte_levels(reading.white_level, what)
            continue
        low, high = min(look.low for look in found), max(look.high for look in found)
        ranges[name] = levels_of(found[0].dtype, low, high, what)
    return ranges


def _pixels(
    paths: Sequence[Path], looks: Sequence[Picture], ranges: dict[str, Levels], ground: int
) -> list[Grey]:
    """Return the shrunk pictures; those that had to wait for a decision are read again."""
    return [
        pixels_of(path, look, ranges[look.dtype.name], ground)
        for path, look in zip(paths, looks, strict=True)
    ]


def _nothing_found(folder: Path, found: FoundPictures) -> str:
    seen = f" ({found.note})" if found.note else ""
    return (
        f"{folder} has 0 pictures ({', '.join(readable_endings())}) in it{seen}: put from 1 to "
        f"{MAX_IMAGES:,} there, or name an .npz or .npy file"
    )


def _pictures(n: int) -> str:
    return f"{n:,} picture{'s' * (n != 1)}"


def _class_names(folders: Sequence[Path], root: Path) -> dict[int, str]:
    """Return the names of the folders; their paths below ``root`` where two are called alike."""
    names = [folder.name for folder in folders]
    if len(set(names)) < len(names):
        names = [folder.relative_to(root).as_posix() for folder in folders]
    return dict(enumerate(names))
