"""Converted networks in the user's cache, so that the next start needn't convert again."""

import hashlib
from collections.abc import Callable
from contextlib import suppress

from ..errors import DiffvizError
from .atomic import write_atomically
from .cache import cache_folder

_KEPT_BYTES = 64 << 20  # some forty conversions; the ones used longest ago go first
_CHECK = hashlib.sha256().digest_size


def kept(key: str, make: Callable[[], bytes]) -> bytes:
    """Return what ``make`` gives, from the cache where it is kept under ``key``.

    ``key`` has to change with everything the content depends on. A damaged file is made again,
    and a cache that can't be written or read is done without.
    """
    folder = cache_folder("converted")
    path = folder / hashlib.sha256(key.encode()).hexdigest()[:32]
    with suppress(OSError):
        content = path.read_bytes()
        if hashlib.sha256(content[_CHECK:]).digest() == content[:_CHECK]:
            path.touch()
            return content[_CHECK:]
    content = make()
    with suppress(OSError, DiffvizError):
        write_atomically(path, hashlib.sha256(content).digest() + content)
        _tidy()
    return content


def _tidy() -> None:
    """Delete what was used longest ago beyond the size that is kept."""
    files = [(path.stat(), path) for path in cache_folder("converted").glob("[!.]*")]
    total = 0
    for facts, path in sorted(files, key=lambda file: -file[0].st_mtime_ns):
        total += facts.st_size
        if total > _KEPT_BYTES:
            path.unlink(missing_ok=True)
