"""The user's cache folder, for files that can be made again."""

import os
from contextlib import suppress
from pathlib import Path

NO_CACHE = Path(os.devnull, "diffviz")
"""In place of the cache where the home folder is unknown: can be neither read nor made."""


def cache_folder(*parts: str) -> Path:
    """Return a folder (not made yet) in the user's cache: ``$XDG_CACHE_HOME/diffviz/...``.

    Without that variable it is ``~/.cache``. A user without a home folder (a number that the
    system has no entry for, in a container) has no cache: the folder is one below
    :data:`NO_CACHE`, which every access refuses with an OSError.
    """
    cache = os.environ.get("XDG_CACHE_HOME") or _home_cache()
    return (NO_CACHE if cache is None else Path(cache, "diffviz")).joinpath(*parts)


def _home_cache() -> Path | None:
    home = os.environ.get("HOME")
    if not home:
        with suppress(ImportError, KeyError):
            import pwd

            home = pwd.getpwuid(os.getuid()).pw_dir
    return Path(home, ".cache") if home else None
