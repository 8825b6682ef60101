"""Backends that compute a network: PyTorch on every device, OpenVINO on CPUs, numpy anywhere."""

from .selection import Backend, open_backend

__all__ = ["Backend", "open_backend"]
