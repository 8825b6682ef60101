"""What computes a network: PyTorch on every device, OpenVINO on CPUs."""

from .selection import (
    BACKENDS,
    PRECISIONS,
    Backend,
    open_backend,
)

__all__ = [
    "BACKENDS",
    "PRECISIONS",
    "Backend",
    "open_backend",
]
