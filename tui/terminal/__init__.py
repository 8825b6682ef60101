"""The terminal: what it can show, how fast it is, and how it is left."""

from .capabilities import (
    LOCAL_FPS,
    REMOTE_FPS,
    Terminal,
    environment,
)

__all__ = [
    "LOCAL_FPS",
    "REMOTE_FPS",
    "Terminal",
    "environment",
]
