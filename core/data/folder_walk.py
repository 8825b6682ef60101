"""The pictures below a folder, and what is left out there."""

import os
import stat
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import DiffvizError
from .picture_files import readable_endings

MAX_IMAGES = 1_000_000
# What systems and programs put beside pictures; names with a leading dot are left out too.
_LITTER = ("__macosx", "thumbs.db", "desktop.ini")
_HIDDEN = "hidden"
_NAMED = 5  # of things that a message lists


@dataclass
class FoundPictures:
    """The pictures of a folder in the order of their paths, and how many other files there are."""

    paths: list[Path] = field(default_factory=list[Path])
    left_out: Counter[str] = field(default_factory=Counter[str])
    """By ending; ``hidden`` are files and folders that systems and programs made."""

    @property
    def note(self) -> str:
        """What was left out, in words; empty if nothing was."""
        kinds = [f"{count:,} {kind}" for kind, count in self.left_out.most_common(_NAMED)]
        if len(self.left_out) > _NAMED:
            kinds.append("…")
        total = self.left_out.total()
        files = "file" if total == 1 else "files"
        return f"{total:,} other {files} left out: {', '.join(kinds)}" if total else ""


def find_pictures(folder: Path) -> FoundPictures:
    """Return the pictures below ``folder``; links are followed, and cycles of links cut.

    Raises:
        DiffvizError: if a folder can't be read.
    """
    found = FoundPictures()
    unreadable: list[str] = []
    endings = readable_endings()
    for path, is_file in _walk(folder, (), found.left_out, unreadable):
        if is_file and path.suffix.lower() in endings:
            found.paths.append(path)
            if len(found.paths) > MAX_IMAGES:
                raise DiffvizError(f"{folder} has more than {MAX_IMAGES:,} pictures in it")
        else:
            found.left_out[path.suffix.lower() or "without an ending"] += 1
    if unreadable:
        raise DiffvizError(f"can't read {listed(unreadable, 'folder')}: change the permissions, "
                           "or move what is not needed away")  # fmt: skip
    found.paths.sort()
    return found


def listed(names: list[str], what: str) -> str:
    """Return ``names`` as text; of many the first ones and the number."""
    if len(names) == 1:
        return names[0]
    more = ", …" if len(names) > _NAMED else ""
    return f"{len(names):,} {what}s ({', '.join(names[:_NAMED])}{more})"


def _walk(
    folder: Path, above: tuple[tuple[int, int], ...], left_out: Counter[str], unreadable: list[str]
) -> Iterator[tuple[Path, bool]]:
    """Yield what is below ``folder``, and whether it is an ordinary file."""
    try:
        here = os.stat(folder)
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        unreadable.append(f"{folder}: {error.strerror}")
        return
    identity = (here.st_dev, here.st_ino)
    if identity in above:
        return
    for entry in entries:
        if entry.name.startswith(".") or entry.name.lower() in _LITTER:
            left_out[_HIDDEN] += 1
            continue
        path = folder / entry.name
        try:
            mode = entry.stat().st_mode
        except OSError:  # a link to nothing: reading it says so
            yield path, True
            continue
        if stat.S_ISDIR(mode):
            yield from _walk(path, (*above, identity), left_out, unreadable)
        else:
            yield path, stat.S_ISREG(mode)
