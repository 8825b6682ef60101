"""Samplers, one a file; each an iterator of Step records."""
