"""Sampled steps as one HTML page that plays by itself. No torch."""

from .notebook import notebook_html
from .page import Page, render
from .tracks import Track, track_of, within_budget

__all__ = ["Page", "Track", "notebook_html", "render", "track_of", "within_budget"]
