"""What an animation shows: snapshots of the digits on the screen, without the screen itself."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ...core.array_types import Grey
from ...core.noise import NoiseStream
from ...core.pictures import to_pictures
from ...core.step import Step
from ..plain.captions import captions_with
from ..screens.jobs.job_screen import JobScreen
from ..screens.run.run_screen import RunScreen
from ..session.step_history import branch_path
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
    x0_hat: Grey
    """The estimate of each final image; not drawn for more than ``MAX_WITH_X0_HAT`` digits."""
    t: tuple[int, ...]
    """The timestep of each lane."""
    labels: tuple[str, ...]
    """The name of each column of few digits: its lane or its child; empty for none."""
    seeds: tuple[str, ...] = ()
    """The seed of each digit, or which child of a branch it is."""
    captions: tuple[str, ...] = ()
    """What stands below each digit; empty for nothing."""

    @property
    def many(self) -> bool:
        """Whether there are more digits than have room for x0_hat."""
        return len(self.x_t) > MAX_WITH_X0_HAT

    def equals(self, other: "Snapshot") -> bool:
        """Return whether both show the same."""
        return (
            (self.t, self.labels) == (other.t, other.labels)
            and np.array_equal(self.x_t, other.x_t)
            and (self.many or np.array_equal(self.x0_hat, other.x0_hat))
        )


def snapshot_of(app: TerminalApp) -> Snapshot | None:
    """Return the digits that ``app`` shows; None while it shows none."""
    for screen in reversed(app.screen_stack):  # below an overlay there is a screen
        if isinstance(screen, RunScreen):
            step = screen.session.step()
            stream = screen.session.history.stream
            return None if step is None else _snapshot((step,), (), (_name_of(stream),))
        if isinstance(screen, JobScreen) and screen.frame is not None:
            lanes = screen.job().lanes
            seeds = tuple(_name_of(stream) for lane in lanes for stream in lane.streams)
            labels = tuple(short_name(lane.label) for lane in lanes)
            if len(labels) == 1:
                labels = seeds if 1 < len(seeds) <= MAX_WITH_X0_HAT else ()
            return _snapshot(screen.frame.steps, labels, seeds)
        if isinstance(screen, JobScreen):
            return None
    return None


def _name_of(stream: NoiseStream) -> str:
    path = branch_path(stream)
    return f"child {path[-1][1]}" if path else f"seed {stream.seed}"


def captioned(snapshots: Sequence[Snapshot]) -> list[Snapshot]:
    """Return the snapshots with captions: seed, digit and belief, where these are digits."""
    return [
        replace(each, captions=tuple(captions_with(each.seeds, each.x0_hat))) for each in snapshots
    ]


def _snapshot(
    steps: Sequence[Step | None], labels: tuple[str, ...], seeds: tuple[str, ...]
) -> Snapshot | None:
    known = [step for step in steps if step is not None]
    if len(known) < len(steps):
        return None
    x_t = to_pictures(np.concatenate([step.x_t for step in known]))
    x0_hat = to_pictures(np.concatenate([step.x0_hat for step in known]))
    return Snapshot(x_t, x0_hat, tuple(step.t for step in known), labels, seeds)


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
