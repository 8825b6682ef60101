"""What guidance does to a set of digits, as records and as JSON."""

from dataclasses import asdict, dataclass
from typing import Any

from ..names import NUM_TIMESTEPS
from .metrics import Estimate

SCHEMA = "diffviz-guidance/1"


@dataclass(frozen=True, slots=True)
class Guidance:
    """Guidance ``weight`` at timesteps above ``until``, up to ``start``."""

    weight: float
    start: int = NUM_TIMESTEPS
    until: int = 0

    @property
    def everywhere(self) -> bool:
        """Whether it counts at all timesteps."""
        return (self.start, self.until) == (NUM_TIMESTEPS, 0)

    @property
    def interval(self) -> str:
        """The interval as the command takes it: ``800-200``."""
        return f"{self.start}-{self.until}"


@dataclass(frozen=True, slots=True)
class GuidancePoint:
    """The digits of one guidance, judged."""

    guidance: Guidance
    asked: Estimate
    """Share of digits that the classifier takes for the one asked for."""
    distance: Estimate
    """Frechet distance to the test digits in the classifier's features."""
    sure: Estimate
    """Share of digits whose best class has a probability above 0.9."""
    precision: Estimate
    recall: Estimate
    evaluations: int
    """Network evaluations a digit."""
    seconds: float
    """Spent on sampling, earlier sessions included."""


@dataclass(frozen=True, slots=True)
class RealFigures:
    """The same figures for real digits; the distance is that of as many training digits."""

    asked: float
    distance: float
    sure: float
    precision: float
    recall: float


@dataclass(frozen=True, slots=True)
class GuidanceReport:
    """All that ``diffviz guidance`` has measured so far."""

    n: int
    """Digits of each point, in equal parts of all classes."""
    first_seed: int
    source: dict[str, Any]
    """Weights and sampler."""
    points: tuple[GuidancePoint, ...]
    wanted: int
    """Points that were asked for; fewer are there after an interruption."""
    real: RealFigures | None
    """None before the first point."""

    @property
    def over_weights(self) -> list[GuidancePoint]:
        """The points whose guidance counts at all timesteps, by its weight."""
        found = [p for p in self.points if p.guidance.everywhere or not p.guidance.weight]
        return sorted(found, key=lambda point: point.guidance.weight)

    @property
    def over_intervals(self) -> list[GuidancePoint]:
        """The points whose guidance is limited to an interval."""
        return [p for p in self.points if p.guidance.weight and not p.guidance.everywhere]

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values: ``schema`` and the fields above under their own names."""
        return {"schema": SCHEMA} | asdict(self)
