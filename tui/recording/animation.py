"""What an animated picture shows: the digits on the screen, look by look, without the screen."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...core.pictures import to_grey
from ...core.step import Step
from ..screens.jobs.job_screen import JobScreen
from ..screens.run.run_screen import RunScreen
from ..terminal_app import TerminalApp

Grey = NDArray[np.uint8]

FEW = 8
"""Up to as many digits, x0_hat is shown too."""


@dataclass(frozen=True, eq=False, slots=True)
class Shot:
    """One look at the digits on the screen."""

    x_t: Grey
    """The noisy images: uint8 ``[n, 28, 28]``."""
    x0_hat: Grey | None
    """What the model expects of each; None for more than ``FEW`` digits."""
    t: tuple[int, ...]
    """The timestep of each lane."""
    labels: tuple[str, ...]
    """The name of each lane; empty where there is one."""

    def same(self, other: "Shot") -> bool:
        """Return whether both look the same."""
        return (
            (self.t, self.labels) == (other.t, other.labels)
            and np.array_equal(self.x_t, other.x_t)
            and (self.x0_hat is None) == (other.x0_hat is None)
            and (self.x0_hat is None or np.array_equal(self.x0_hat, other.x0_hat))  # type: ignore[arg-type]
        )


def shot_of(app: TerminalApp) -> Shot | None:
    """Return the digits that ``app`` shows; None while there are none."""
    for screen in reversed(app.screen_stack):  # below an overlay there is a screen
        if isinstance(screen, RunScreen):
            step = screen.session.step()
            return None if step is None else _shot((step,), ())
        if isinstance(screen, JobScreen) and screen.frame is not None:
            labels = tuple(lane.label for lane in screen.job().lanes)
            return _shot(screen.frame.steps, labels if len(labels) > 1 else ())
        if isinstance(screen, JobScreen):
            return None
    return None


def _shot(steps: Sequence[Step | None], labels: tuple[str, ...]) -> Shot | None:
    known = [step for step in steps if step is not None]
    if len(known) < len(steps):
        return None
    x_t = to_grey(np.concatenate([step.x_t for step in known]))
    x0_hat = to_grey(np.concatenate([step.x0_hat for step in known])) if len(x_t) <= FEW else None
    return Shot(x_t, x0_hat, tuple(step.t for step in known), labels)


class FilmWatcher:
    """Keeps what is seen at each look; looks that show nothing new lengthen the shot before."""

    def __init__(self) -> None:
        self.shots: list[Shot] = []
        self.begins: list[float] = []
        """When each shot begins, in seconds."""
        self.end = 0.0
        """When the last shot ends."""

    def wrote(self, time: float, text: str) -> None:
        """The text isn't needed."""

    def marked(self, time: float, label: str) -> None:
        """The timestep tells the phase."""

    def looked(self, time: float, app: TerminalApp) -> None:
        """Keep what is on the screen."""
        self.end = time
        shot = shot_of(app)
        if shot is not None and not (self.shots and shot.same(self.shots[-1])):
            self.shots.append(shot)
            self.begins.append(time)

    def ended(self, time: float, app: TerminalApp) -> None:
        """Let the last shot last until now."""
        self.looked(time, app)
