"""What the actions of the run screen share: beginning, going on, pace."""

from dataclasses import replace
from typing import TYPE_CHECKING

from ...keys import State
from ...options import RunOptions
from ...worker.pipelines import Source

if TYPE_CHECKING:
    from textual.screen import Screen

    from ...session.session import Session
    from ...worker.bridge import Bridge
    from ...worker.live_classifier import Belief
    from .follow import Follow
    from .run_view import RunView

    _Base = Screen[None]
else:
    _Base = object


class RunControl(_Base):
    """Steers the session of the :class:`.run.RunScreen` that it is a part of."""

    if TYPE_CHECKING:
        options: RunOptions
        bridge: Bridge
        belief: Belief
        session: Session
        view: RunView
        state: State
        page: int
        explaining: bool
        speed: float | None
        playing: bool
        sources: dict[str, Source]
        follow: Follow
        _shown: object

        def show(self) -> None:
            """Show the step under the cursor, if it isn't on the screen already."""

        def show_state(self) -> None:
            """Say what is going on."""

        def tell(self, message: str) -> None:
            """Say something for a while, or until the next change."""

        def looked(self) -> None:
            """Show the place that is looked at now."""

        def arranged(self) -> None:
            """Note that the panels are others now."""

        def enter(self, state: State, message: str = "") -> None:
            """Note what the sampling does."""

    def begin(self) -> None:
        """Start the current seed from its noise, playing; wait where there are no weights yet."""
        session = self.session
        waiting = self.follow.must_wait()
        if not waiting:
            session.begin()
        self.playing = True
        loading = session.recipe.weights not in self.sources
        note = "waiting for weights…" if waiting else "loading weights…" if loading else ""
        self.view.show_noise(session.seed, session.recipe.total, session.recipe.noise, note)
        says = self.follow.waits if waiting else ""
        self.enter(State.LOADING if loading else State.PLAYING, says)

    def has_nothing(self) -> bool:
        """Return whether there are no weights yet that another screen could use; say so."""
        if self.follow.waiting:
            self.tell(self.follow.waits)
        return self.follow.waiting

    def resume(self) -> bool:
        """Go on where the run was left; False if it is finished."""
        if not self.session.resume():
            return False
        self.bridge.set_speed(self.speed)
        self.play(self.playing)
        return True

    def options_now(self) -> RunOptions:
        """Return the options of what is on the screen now."""
        r = self.session.recipe
        return replace(
            self.options,
            weights=r.weights,
            sampler=r.sampler,
            steps=r.steps,
            eta=r.eta,
            noise=r.noise,
            speed=self.speed,
        )

    def play(self, playing: bool) -> None:
        """Let the sampling go on or pause."""
        self.playing = playing
        self.bridge.set_playing(playing)
        if self.state is State.LOADING:
            self.show_state()
        else:
            self.enter(State.PLAYING if playing else State.PAUSED)

    def set_speed(self, speed: float | None) -> None:
        """Set the pace of sampling and of looking back."""
        self.speed = speed
        self.bridge.set_speed(speed)
        self.view.set_speed(speed)
        pace = "as fast as possible" if speed is None else f"up to {speed:g} steps per second"
        self.tell(f"speed: {pace}")

    def arrange_again(self) -> None:
        """Lay the screen out anew."""
        self.arranged()
        # Asked of a child: that also clears what the screen remembers of its arrangement.
        self.query_one("#header").refresh(layout=True)
        self.call_after_refresh(self.show_again)

    def show_again(self) -> None:
        """Show the present on panels that have just come into view."""
        self._shown = None
        self.show()
