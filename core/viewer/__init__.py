"""Sampled steps as one HTML page that plays by itself. No torch."""

from .notebook import notebook_html
from .page import Page, render
from .tracks import (
    Track,
    fitting_size,
    likeliest_classes,
    most_moments,
    track_of,
    within_budget,
)

__all__ = [
    "Page",
    "Track",
    "fitting_size",
    "likeliest_classes",
    "most_moments",
    "notebook_html",
    "render",
    "track_of",
    "within_budget",
]
