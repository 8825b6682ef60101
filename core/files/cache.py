"""The user's cache folder, for files that can be made again."""

import os
from pathlib import Path


def cache_folder(*parts: str) -> Path:
    """Return a folder (not made yet) in the user's cache: ``$XDG_CACHE_HOME/diffviz/...``."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache, "diffviz", *parts)
