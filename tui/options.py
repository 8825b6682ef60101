"""What ``diffviz run`` was asked for."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class RunOptions:
    """The flags of ``diffviz run``, checked; plain values only."""

    weights: str
    """A bundled name, a file or a run folder, as the user wrote it."""
    seed: int
    steps: int | None
    """Network evaluations; None for the sampler's default."""
    device: str
    threads: int | None
    """CPU threads; None for as many as are fastest beside the screen."""
    speed: float | None
    """Steps per second; None for as fast as possible."""
    sampler: str = "ddpm"
    eta: float | None = None
    """DDIM's eta; None for the sampler's default."""
    noise: float = 1.0
    """Scale of the noise injected at each step, 0 to 1."""
    precision: str = "fp32"
    """Of the network's products: fp32 or bf16."""
    backend: str = "auto"
    """What computes the network: auto, openvino or pytorch."""
    branch: tuple[tuple[int, int], ...] = ()
    """Branches to take: (timestep, child) pairs, timesteps falling, all visited."""

    data_dir: Path | None = None
    """Where MNIST is, to hold digits against; None for the user's cache."""
    loop: bool = False
    """Go on with the next seed again and again, until a key is pressed."""
    follow: bool = False
    """``weights`` is a run folder: sample the same seed anew when it has newer weights."""

    @property
    def total_steps(self) -> int:
        """Network evaluations of one digit."""
        from ..core.sampling import find_sampler

        return find_sampler(self.sampler).default_steps if self.steps is None else self.steps
