"""The state of the run screen, and the messages about it."""

from ....core.models.few_steps import misfit
from ...keys import State
from ...session.session import Session
from ...worker.events import SamplingFailed


def window_title(session: Session, state: State) -> str:
    """Return the title of the window: it changes with the state and the phase, not at each step.

    Where time stands still it has the timestep.
    """
    step = session.step()
    where = ""
    if step is not None and state in (State.PAUSED, State.BACK):
        where = f" t={step.t}"
    elif step is not None and step.t > 0:
        where = f" {step.phase.label}"
    return f"diffviz {session.title}{where}"


class RunStatus:
    """The state of the sampling, the message about it, and a notice that replaces it for a while.

    The notice lasts for a number of frames, not seconds, since recordings use a virtual clock.
    """

    def __init__(self, session: Session, notice_frames: int) -> None:
        self.sampling = State.LOADING
        """The state of the sampling, independent of the cursor."""
        self.message = ""
        """About the newest step, until the state changes."""
        self.notice = ""
        """The effect of the last key; empty for none."""
        self.other_backend: str | None = None
        """What may compute instead, after a crash."""
        self._session = session
        self._notice_frames = notice_frames
        self._frames_left = 0

    @property
    def shown(self) -> State:
        """The state that keys act on: of the sampling, or of the cursor when it is back in time."""
        if self._session.live:
            return self.sampling
        return State.REPLAY if self._session.cursor.replaying else State.BACK

    @property
    def hidden_keys(self) -> set[str]:
        """Actions that have no effect now: they aren't offered."""
        hidden = set() if self.other_backend else {"app.other_backend"}
        return hidden | {"app.branch"} if self._session.origin.masked else hidden

    @property
    def misfit(self) -> str:
        """Why the weights in use draw no whole digits by this process; empty if they do."""
        return misfit(self._session.spec, self._session.weights)

    @property
    def going_on(self) -> tuple[State, str]:
        """The state of a sampling that plays or is paused, and the message about it."""
        if not self._session.playing:
            return State.PAUSED, ""
        return State.PLAYING, self.misfit

    def enter(self, state: State, message: str = "") -> None:
        """Set the state of the sampling and the message about it."""
        self.sampling, self.message = state, message
        self.clear_notice()

    def failed(self, failure: SamplingFailed) -> str:
        """Return the message about a failure, and remember the backend that it offers."""
        self.other_backend = failure.other_backend
        if self.other_backend is None:
            return f"stopped: {failure.text}: space tries again"
        # first what helps, for there may be no room for the rest
        keys = f"B computes with --backend {self.other_backend}, space tries again"
        return f"stopped: {keys}: {failure.text}"

    def set_notice(self, notice: str) -> None:
        """Show ``notice`` for a while."""
        self.notice, self._frames_left = notice, self._notice_frames

    def clear_notice(self) -> None:
        """Remove the notice."""
        self.notice, self._frames_left = "", 0

    def count_frame(self) -> bool:
        """Count a frame; return whether the notice has ended with it."""
        if not self._frames_left:
            return False
        self._frames_left -= 1
        if self._frames_left:
            return False
        self.clear_notice()
        return True
