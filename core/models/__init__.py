"""Networks, one architecture a file, and their weights by name."""

from .architectures import ARCHITECTURES, build, multiply_adds, parameter_count

__all__ = [
    "ARCHITECTURES",
    "build",
    "multiply_adds",
    "parameter_count",
]
