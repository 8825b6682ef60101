"""Files that a user asked for: checked before the work, and never lost at its end."""

import errno
import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import BinaryIO

from ..errors import DiffvizError
from .atomic import existing, replacing, temporary_beside

_PROBE = bytes(4096)  # shows a full disk before the work
_FULL = (errno.ENOSPC, errno.EDQUOT)
_LONGEST_STEM = 40


def check_writable(path: Path) -> None:
    """Check that a file can be written, before time is spent on its content.

    Raises:
        DiffvizError: if it is a folder or write-protected, or its folder is missing, full or not
            writable.
    """
    try:
        found = existing(path)
        if found is not None and stat.S_ISDIR(found.st_mode):
            raise DiffvizError(f"can't write {path}: it is a folder")
        if found is not None:
            _check_protection(path)
            if not stat.S_ISREG(found.st_mode):
                return  # a device or a pipe takes what it is given
        target = Path(os.path.realpath(path))  # a link stays, and the file behind it is written
        if not target.parent.is_dir():
            raise DiffvizError(f"can't write {path}: there is no folder {target.parent}")
        _try_folder(target, found is not None)
    except PermissionError as error:
        raise DiffvizError(
            f"can't write {path}: no permission to write in {path.parent}"
        ) from error
    except OSError as error:
        raise DiffvizError(f"can't write {path}: {error.strerror or error}") from error


def write_result(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Call ``write`` with a file that takes the place of ``path``.

    If that fails, ``write`` is called again with a file of another name, in the same folder or in
    the one for temporary files: a result is never lost.

    Raises:
        DiffvizError: if it isn't in ``path``; it says where it is.
    """
    try:
        _check_protection(path)
        with replacing(path) as file:
            write(file)
    except DiffvizError as error:  # kept in no variable: it would keep what the caller holds alive
        place = _put_elsewhere(path, write)
        if place is None:
            raise
        raise DiffvizError(f"{error}: the result is in {place} instead") from error


def _put_elsewhere(path: Path, write: Callable[[BinaryIO], object]) -> Path | None:
    """Write to the first other place with room; return it, or None if there is none."""
    for other in _other_places(path):
        with suppress(DiffvizError), replacing(other) as file:
            write(file)
            return other
    return None


def _check_protection(path: Path) -> None:
    try:
        found = existing(path)
    except OSError:
        return  # writing says why
    if found is not None and not os.access(path, os.W_OK):
        raise DiffvizError(
            f"can't write {path}: it is write-protected; name another file, or make it writable"
        )


def _try_folder(target: Path, overwritable: bool) -> None:
    """Write and delete a small file in the folder of ``target``."""
    try:
        handle, temporary = temporary_beside(target, target.name)
    except OSError as error:
        if overwritable and error.errno not in _FULL:
            return  # it is written in place
        raise
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(_PROBE)
    finally:
        os.unlink(temporary)


def _other_places(path: Path) -> Iterator[Path]:
    """Yield free names in the folder of ``path`` and in the one for temporary files."""
    folders = [path.parent]
    with suppress(OSError):
        folders.append(Path(tempfile.gettempdir()))
    for folder in folders:
        for number in count(2):
            other = folder / f"{path.stem[:_LONGEST_STEM]}-{number}{path.suffix}"
            if not os.path.lexists(other):
                yield other
                break
