"""Results of slow computations in the user's cache, such as converted networks."""

import hashlib
from collections.abc import Callable
from contextlib import suppress

from ..errors import DiffvizError
from .atomic import write_atomically
from .cache import cache_folder

_MAX_BYTES = 64 << 20  # some forty conversions; the least recently used are deleted first
_CHECK = hashlib.sha256().digest_size


def cached(
    key: str, make: Callable[[], bytes], should_save: Callable[[], bool] = lambda: True
) -> bytes:
    """Return the bytes cached under ``key``; make them first where there are none.

    ``key`` has to change with everything the content depends on. ``should_save`` is called after
    ``make`` and decides whether the result is saved. A damaged file is made again, and a cache
    that can't be read or written is ignored.
    """
    folder = cache_folder("converted")
    path = folder / hashlib.sha256(key.encode()).hexdigest()[:32]
    with suppress(OSError):
        content = path.read_bytes()
        if hashlib.sha256(content[_CHECK:]).digest() == content[:_CHECK]:
            path.touch()
            return content[_CHECK:]
    content = make()
    if not should_save():
        return content
    with suppress(OSError, DiffvizError):
        write_atomically(path, hashlib.sha256(content).digest() + content)
        _delete_old_files()
    return content


def _delete_old_files() -> None:
    """Delete the least recently used files until the rest fit into the cache's size."""
    files = [(path.stat(), path) for path in cache_folder("converted").glob("[!.]*")]
    total = 0
    for facts, path in sorted(files, key=lambda file: -file[0].st_mtime_ns):
        total += facts.st_size
        if total > _MAX_BYTES:
            path.unlink(missing_ok=True)
