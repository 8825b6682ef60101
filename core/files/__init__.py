"""Atomic writing, safe reading of untrusted files, and the user's cache folder."""
