"""The terminal: capabilities, speed, signals."""

from .capabilities import LOCAL_FPS, REMOTE_FPS, Terminal, environment

__all__ = [
    "LOCAL_FPS",
    "REMOTE_FPS",
    "Terminal",
    "environment",
]
