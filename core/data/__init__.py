"""Data sets: MNIST and its relatives, a synthetic one, the user's folders and arrays."""

from .datasets import ImageData, default_data_dir, load_dataset

__all__ = ["ImageData", "default_data_dir", "load_dataset"]
