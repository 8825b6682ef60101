"""Only so that a wheel has the same bytes whenever and wherever it is built; see pyproject.toml."""

import os

from setuptools import setup

# The times in a wheel's directory: those of the files it is built from would change each time.
os.environ.setdefault("SOURCE_DATE_EPOCH", "1780272000")

setup()
