"""What is known of the weights that were loaded: source, losses and measured phases."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ....core.sampling import SamplingSpec
from ...session.session import Session
from ...worker.pipelines import Source
from .run_view import RunView

if TYPE_CHECKING:
    from ....core.measure.phase_record import MeasuredPhases


class Loaded:
    """Keeps it by the weights' names, since one may come back to them."""

    def __init__(self, session: Session, view: RunView) -> None:
        self.sources: dict[str, Source] = {}
        """The weights loaded so far, by the names they were given."""
        self._losses: dict[str, Sequence[float]] = {}
        self._phases: dict[tuple[str, str, int], MeasuredPhases | None] = {}
        self._session, self._view = session, view

    @property
    def source(self) -> Source | None:
        """The weights in use; None before they are loaded."""
        return self.sources.get(self._session.weights)

    def add_losses(self, weights: str, losses: Sequence[float]) -> None:
        """Note the loss of each epoch of ``weights``."""
        self._losses[weights] = losses
        if weights == self._session.weights:
            self._view.show_losses(losses)

    def add_source(
        self, weights: str, source: Source, spec: SamplingSpec, phases: "MeasuredPhases | None"
    ) -> None:
        """Note what ``weights`` are, and their phases with the process of ``spec``."""
        self.sources[weights] = source
        self._phases[weights, spec.sampler, spec.total] = phases
        if weights == self._session.weights:
            self._view.show_phases(phases, spec)

    def show(self) -> None:
        """Show the losses and the phases of the weights in use, as far as they are known."""
        session = self._session
        self._view.show_losses(self._losses.get(session.weights, ()))
        spec = session.spec
        key = (session.weights, spec.sampler, spec.total)
        self._view.show_phases(self._phases.get(key), spec)
