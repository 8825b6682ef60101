"""The packages of the wheel, and the same bytes whenever it is built; see pyproject.toml."""

import os
from pathlib import Path

from setuptools import setup

# The times in a wheel's directory: those of the files it is built from would change each time.
os.environ.setdefault("SOURCE_DATE_EPOCH", "1780272000")


def packages() -> list[str]:
    """Return every folder of the product that has an ``__init__.py``, by its installed name."""
    files = (file for top in ("core", "tui", "weights") for file in Path(top).rglob("__init__.py"))
    return ["diffviz", *sorted(".".join(("diffviz", *file.parent.parts)) for file in files)]


setup(packages=packages())
