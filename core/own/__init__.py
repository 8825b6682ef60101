"""Models of other people: what they are, where they come from, and how they are sampled."""

from .model import Model
from .names import OWN, own_name, shown_name
from .own_pipeline import OwnPipeline, open_own

__all__ = ["OWN", "Model", "OwnPipeline", "open_own", "own_name", "shown_name"]
