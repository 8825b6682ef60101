"""Bundled weights, each with its card."""
