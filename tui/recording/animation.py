"""What an animation shows: snapshots of the digits on the screen, without the screen itself."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...core.array_types import Grey
from ...core.pictures import to_pictures
from ...core.step import Step
from ..screens.jobs.job_screen import JobScreen
from ..screens.run.run_screen import RunScreen
from ..terminal_app import TerminalApp
from ..widgets.lane_table import short_name
from .watchers import Watcher

MAX_WITH_X0_HAT = 8
"""Up to this many digits, x0_hat is shown too."""


@dataclass(frozen=True, eq=False, slots=True)
class Snapshot:
    """The digits on the screen at one moment."""

    x_t: Grey
    """The noisy images: uint8 ``[n, 28, 28]``."""
    x0_hat: Grey | None
    """The estimate of each final image; None for more than ``MAX_WITH_X0_HAT`` digits."""
    t: tuple[int, ...]
    """The timestep of each lane."""
    labels: tuple[str, ...]
    """The name of each lane; empty where there is one."""

    def equals(self, other: "Snapshot") -> bool:
        """Return whether both show the same."""
        return (
            (self.t, self.labels) == (other.t, other.labels)
            and np.array_equal(self.x_t, other.x_t)
            and (self.x0_hat is None or np.array_equal(self.x0_hat, other.x0_hat))  # type: ignore[arg-type]
        )


def snapshot_of(app: TerminalApp) -> Snapshot | None:
    """Return the digits that ``app`` shows; None while it shows none."""
    for screen in reversed(app.screen_stack):  # below an overlay there is a screen
        if isinstance(screen, RunScreen):
            step = screen.session.step()
            return None if step is None else _snapshot((step,), ())
        if isinstance(screen, JobScreen) and screen.frame is not None:
            labels = tuple(short_name(lane.label) for lane in screen.job().lanes)
            return _snapshot(screen.frame.steps, labels if len(labels) > 1 else ())
        if isinstance(screen, JobScreen):
            return None
    return None


def _snapshot(steps: Sequence[Step | None], labels: tuple[str, ...]) -> Snapshot | None:
    known = [step for step in steps if step is not None]
    if len(known) < len(steps):
        return None
    x_t = to_pictures(np.concatenate([step.x_t for step in known]))
    x0_hat = to_pictures(np.concatenate([step.x0_hat for step in known]))
    x0_hat = x0_hat if len(x_t) <= MAX_WITH_X0_HAT else None
    return Snapshot(x_t, x0_hat, tuple(step.t for step in known), labels)


class AnimationWatcher(Watcher):
    """Collects snapshots; one that equals the one before lengthens that one instead."""

    def __init__(self) -> None:
        self.snapshots: list[Snapshot] = []
        self.starts: list[float] = []
        """When each snapshot begins, in seconds."""
        self.end = 0.0
        """When the last snapshot ends."""

    def on_sample(self, time: float, app: TerminalApp) -> None:
        """Add a snapshot of the screen."""
        self.end = time
        snapshot = snapshot_of(app)
        if snapshot is None or (self.snapshots and snapshot.equals(self.snapshots[-1])):
            return
        self.snapshots.append(snapshot)
        self.starts.append(time)

    def on_end(self, time: float, app: TerminalApp) -> None:
        """Make the last snapshot last until ``time``."""
        self.on_sample(time, app)
