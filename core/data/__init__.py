"""Data sets: the known ones, folders and arrays of pictures, a synthetic one."""

from .datasets import ImageData, default_data_dir, load_dataset

__all__ = ["ImageData", "default_data_dir", "load_dataset"]
