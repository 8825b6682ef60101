"""The training screens: readers of a run folder that can send it commands."""
