"""Asciicasts: writing, reading and playing them, without the app."""
