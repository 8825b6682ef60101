"""The options of ``diffviz run``."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..core.sampling.spec import SamplingSpec

if TYPE_CHECKING:
    from ..core.data.given_files import GivenFiles
    from ..core.sampling.given import Given


@dataclass(frozen=True, slots=True)
class RunOptions:
    """The flags of ``diffviz run``, checked."""

    weights: str
    """A bundled name, a file or a run folder, as the user wrote it."""
    seed: int
    spec: SamplingSpec
    device: str
    threads: int | None
    """CPU threads; None for the number that is fastest while the app draws."""
    speed: float | None
    """Steps per second; None for as fast as possible."""
    length: float | None = None
    """Seconds for the whole way of the run screen, where that counts and not ``speed``."""
    uneven: bool = False
    """Whether the run screen is slow where the digit gets decided and fast elsewhere."""
    precision: str = "fp32"
    """Of the network's products: fp32 or bf16."""
    backend: str = "auto"
    """What computes the network: auto, openvino, pytorch or numpy."""
    branch: tuple[tuple[int, int], ...] = ()
    """The path of branches: (timestep, child) pairs with falling, visited timesteps."""
    data_dir: Path | None = None
    """Folder of MNIST, for real digits; None for the user's cache."""
    loop: bool = False
    """Go on with the next seed again and again, until one pauses, looks back or branches."""
    follow: bool = False
    """``weights`` is a run folder: sample the same seed anew when it has newer weights."""
    given: "Given | None" = None
    """A picture that every run starts from or fills in; None for pure noise."""
    given_files: "GivenFiles | None" = None
    """The files that it was read from."""
