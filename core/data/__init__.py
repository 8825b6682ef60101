"""Data sets: MNIST and its relatives, a synthetic one, the user's folders and arrays."""

from .datasets import ImageData, MissingDataError, default_data_dir, load_dataset
from .own_images import Reading

__all__ = ["ImageData", "MissingDataError", "Reading", "default_data_dir", "load_dataset"]
