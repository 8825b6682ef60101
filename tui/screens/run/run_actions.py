"""What the keys of the run screen do."""

from typing import TYPE_CHECKING

from ....core.models.catalog import bundled_names, split_set
from ....core.names import SEEDS
from ....core.phases import Phase
from ...keys import State, faster, slower
from .run_control import RunControl
from .run_layout import pages, plan

if TYPE_CHECKING:
    from ...session.branches import Path

_PHASES = tuple(Phase)


class RunActions(RunControl):
    """The actions; the screen they act on is a :class:`.run.RunScreen`.

    What other screens need is loaded when they are opened: the first frame doesn't wait for it.
    """

    # Time.

    def action_play(self) -> None:
        """Play, pause, or play again what was seen."""
        session = self.session
        if session.live and self.state is State.FAILED:
            self.begin()
        elif session.live and self.state is State.DONE:
            session.look(0)
            session.replaying = not session.live
            self.looked()
        elif session.live:
            self.play(not self.playing)
        else:
            session.replaying = not session.replaying
            self.show_state()

    def action_move(self, steps: int) -> None:
        """Look ``steps`` further on; past the newest step, sample it if paused."""
        session = self.session
        if steps > 0 and session.live:
            if self.state is State.PLAYING:
                self.play(False)
            elif self.state is State.PAUSED:
                for _ in range(steps):
                    self.bridge.step_once()
            return
        session.look(session.index + steps)
        self.looked()

    def action_first(self) -> None:
        """Look at the noise."""
        self.session.look(0)
        self.looked()

    def action_live(self) -> None:
        """Follow the newest step."""
        self.session.go_live()
        self.looked()

    def action_phase(self, number: int) -> None:
        """Look at the beginning of a phase (1 to 4), or at the newest step before it."""
        self.session.look_at_phase(_PHASES[number - 1])
        self.looked()

    def action_faster(self) -> None:
        """Raise the speed."""
        self.set_speed(faster(self.speed))

    def action_slower(self) -> None:
        """Lower the speed."""
        self.set_speed(slower(self.speed, self.view.numbers.rate))

    # Branches.

    def action_branch(self) -> None:
        """Ask how many children the step that is looked at shall have."""
        from ..jobs.branch_prompt import BranchPrompt
        from ..jobs.branch_screen import BranchScreen

        session = self.session
        index, step = session.index, session.step()
        if step is None:
            return
        if step.t == 0:
            self.tell("the digit is finished: go back in time (←, 1-4) to branch")
            return

        def answered(children: int | None) -> None:
            if children is not None:
                options = self.options_now()
                screen = BranchScreen(options, self.bridge, self.belief, session, index, children)
                self.app.push_screen(screen, self._keep)

        self.app.push_screen(BranchPrompt(step.t), answered)

    def _keep(self, path: "Path | None") -> None:
        """Go on with a branch that was chosen on another screen."""
        if path is not None:
            self.playing = True
            self.session.go_live()
            self._go(path, f"kept: {self.session.title_of(path)}")

    def action_walk(self, by: int) -> None:
        """Go to another branch of the tree, looking at the same timestep."""
        session = self.session
        paths, path = session.tree.paths, session.tree.neighbour(session.history.branch, by)
        if len(paths) == 1:
            self.tell("there are no branches yet: b takes one")
        else:
            place = f"{paths.index(path) + 1} of {len(paths)}"
            self._go(path, f"branch {place}: {session.title_of(path)}")

    def action_tree(self) -> None:
        """Show the whole tree of branches."""
        from ..jobs.tree_screen import TreeScreen

        self.app.push_screen(TreeScreen(self.session, self.belief), self._keep)

    def _go(self, path: "Path", message: str) -> None:
        """Go on with what lies at ``path`` of the tree, and say so."""
        self.bridge.forget()
        self.session.walk(path)
        self._shown = None
        if not self.resume():
            self.show()
            self.enter(State.DONE, f"{message}, space replays, n next seed")
        self.tell(message)

    # The next run.

    def action_next_seed(self) -> None:
        """Start the next seed."""
        self.session.seed = (self.session.seed + 1) % SEEDS
        self.session.forget_path()
        self.begin()

    def action_noise(self, by: int) -> None:
        """Turn the noise dial by tenths."""
        noise = round(min(1.0, max(0.0, self.session.recipe.noise + by / 10)), 1)
        if noise != self.session.recipe.noise:
            self.session.set_noise(noise)
            self.view.set_noise(noise)
            what = "run" if self.state is State.DONE else "step"
            self.tell(f"injected noise times {noise:.1f} from the next {what} on")

    def action_sampler(self) -> None:
        """Sample the same seed with the next sampler."""
        self.session.change(sampler=self.session.next_sampler())
        self.begin()

    def action_weights(self) -> None:
        """Sample the same seed with the next bundled weights."""
        names = bundled_names()
        if not names:
            return
        now = split_set(self.session.recipe.weights)[0]
        place = names.index(now) + 1 if now in names else 0
        self.session.change(weights=names[place % len(names)])
        self.view.show_losses(())
        self.view.show_phases(None)
        self.begin()

    # The screen.

    def action_explain(self) -> None:
        """Explain what is seen: beside it where there is room, else over it."""
        from ..explain import ExplainScreen

        self.explaining = not self.explaining
        if "explain" in plan(*self.size, self.page, True).regions:
            self.arrange_again()
        else:
            self.explaining = False
            session = self.session
            self.app.push_screen(ExplainScreen(lambda: (session.step(), session.recipe.sampler)))

    def action_panels(self) -> None:
        """Show other panels where not all of them have room."""
        different = pages(*self.size, self.explaining)
        after = [page for page in different if page > self.page]
        self.page = after[0] if after else different[0]
        self.arrange_again()

    def action_help(self) -> None:
        """Show all keys."""
        from ..help import HelpScreen

        self.app.push_screen(HelpScreen())

    def action_quit(self) -> None:
        """Leave."""
        self.app.exit(return_code=0)
