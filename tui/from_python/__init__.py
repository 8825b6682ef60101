"""Screens opened by a program of the user."""

from .show import show

__all__ = ["show"]
