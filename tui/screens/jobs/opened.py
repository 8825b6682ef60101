"""What a screen of several digits returns when one of them is opened on the run screen."""

from dataclasses import dataclass

from ...session.branches import Tree
from ...session.step_history import Segment, StepHistory
from ...session.visits import Visit
from .job_screen import JobScreen


@dataclass(frozen=True, eq=False, slots=True)
class Opened:
    """One digit of a screen, with everything that was sampled of it."""

    screen: JobScreen
    """Where it comes from, to go back to."""
    lane: int
    row: int
    """Its place in the batch of the lane."""

    @property
    def seed(self) -> int:
        """The seed of the digit."""
        return self.screen.kept[self.lane].lane.streams[self.row].seed

    def visit(self) -> Visit:
        """Return what was sampled of it, for the run screen's session."""
        kept = self.screen.kept[self.lane]
        lane, stream = kept.lane, kept.lane.streams[self.row]
        steps = kept.sample(self.row)
        segment = Segment(steps.first, steps, stream)
        history = StepHistory((segment,), ((0, lane.spec.noise),))
        return Visit(stream.seed, lane.weights, lane.spec, (), False, history, Tree(history))
