"""What ``diffviz run`` was asked for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RunOptions:
    """The flags of ``diffviz run``, checked; plain values only."""

    weights: str
    """A bundled name, a file or a run folder, as the user wrote it."""
    seed: int
    steps: int | None
    """Network evaluations; None for all 1000."""
    device: str
    threads: int | None
    """CPU threads; None leaves torch's choice."""
    speed: float | None
    """Steps per second; None for as fast as possible."""
