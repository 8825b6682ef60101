"""Models of other people: what they are, where they come from, and how they are sampled."""

from .model import Model
from .own_pipeline import OwnPipeline, open_own

__all__ = ["Model", "OwnPipeline", "open_own"]
