"""Atomic writing: a file has its old content or its new content, never a part of it."""

import errno
import os
import shutil
import stat
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from ..errors import DiffvizError

# A rename is impossible: a file mounted on its own, a folder that may not be changed.
_NO_RENAME = {errno.EBUSY, errno.EXDEV, errno.EPERM, errno.EACCES}
_NO_TEMPORARY = {errno.EACCES, errno.EPERM, errno.EROFS}
# The file system has no such call; the data are written. EIO and ENOSPC are real failures.
_NO_SYNC = {errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}
_LONGEST_NAME = 64  # bytes of the target's name in a temporary one, which has 14 more


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file atomically: at any time ``path`` has either its old bytes or the new ones.

    Raises:
        DiffvizError: if the folder can't be written or the disk is full; the old file stays.
    """
    with replacing(path) as file:
        file.write(content)


@contextmanager
def replacing(path: Path) -> Generator[BinaryIO]:
    """Yield a file to write to, which takes the place of ``path`` when all went well.

    Of a link, the file that it points to is replaced. An existing file keeps its mode and, where
    that is allowed, its owner. What can't be replaced (a device, a named pipe, a file that is a
    mount point or lies in a folder without permission) is written in place at the end.

    Raises:
        DiffvizError: if the folder can't be written or the disk is full; the old file stays.
    """
    temporary, kept = None, ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        before = existing(path)
        replaceable = before is None or stat.S_ISREG(before.st_mode)
        target = Path(os.path.realpath(path)) if replaceable else path
        handle, temporary = _make_temporary(target, path.name, before)
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            _sync(file.fileno())
        if replaceable:
            _set_mode(temporary, before)
        if not (replaceable and _moved(temporary, target, before)):
            if replaceable:
                kept = f"; the new content is in {temporary}"  # the old one is lost by a failure
            _overwrite(target, temporary)
            kept = ""
            os.unlink(temporary)
        temporary = None
    except OSError as error:
        reason = error.strerror or error
        raise DiffvizError(f"can't write {path}: {reason}{kept}") from error
    finally:
        if temporary is not None and not kept:
            Path(temporary).unlink(missing_ok=True)
    _sync_folder(target.parent)


def existing(path: Path) -> os.stat_result | None:
    """Return the facts about what ``path`` names, links followed; None if there is nothing.

    Raises:
        OSError: if that can't be known, for instance because the name is too long.
    """
    try:
        return os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None


def temporary_beside(target: Path, name: str) -> tuple[int, str]:
    """Make an empty file in the folder of ``target``; return its handle and path.

    It is called ``.NAME.xxxxxxxx.tmp``, with ``name`` unless that is long.

    Raises:
        OSError: if there can be none.
    """
    short = name if len(os.fsencode(name)) <= _LONGEST_NAME else "diffviz"
    return tempfile.mkstemp(dir=target.parent, prefix=f".{short}.", suffix=".tmp")


def _make_temporary(target: Path, name: str, before: os.stat_result | None) -> tuple[int, str]:
    if before is not None and not stat.S_ISREG(before.st_mode):
        return tempfile.mkstemp(suffix=".tmp")
    try:
        return temporary_beside(target, name)
    except OSError as error:
        if before is None or error.errno not in _NO_TEMPORARY or not os.access(target, os.W_OK):
            raise
        return tempfile.mkstemp(suffix=".tmp")


def _set_mode(temporary: str, before: os.stat_result | None) -> None:
    """Give the new file the mode and owner of the old one, as far as the file system allows."""
    with suppress(OSError):
        if before is not None and (before.st_uid, before.st_gid) != (os.geteuid(), os.getegid()):
            os.chown(temporary, before.st_uid, before.st_gid)
    with suppress(OSError):
        mode = 0o666 & ~_umask() if before is None else stat.S_IMODE(before.st_mode)
        os.chmod(temporary, mode)


def _moved(temporary: str, target: Path, before: os.stat_result | None) -> bool:
    try:
        os.replace(temporary, target)
    except OSError as error:
        if before is None or error.errno not in _NO_RENAME:
            raise
        return False
    return True


def _overwrite(target: Path, source: str) -> None:
    with open(source, "rb") as new, open(os.open(target, os.O_WRONLY), "wb") as file:
        shutil.copyfileobj(new, file)
        file.flush()
        if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            file.truncate()
            _sync(file.fileno())


def _sync(handle: int) -> None:
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _NO_SYNC:
            raise


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _sync_folder(folder: Path) -> None:
    # The rename itself has to reach the disk too; not every file system allows the call.
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        pass
    finally:
        os.close(handle)
