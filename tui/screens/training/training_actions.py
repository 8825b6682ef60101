"""What the keys of the training screen do."""

import os
import signal
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from ....core.errors import DiffvizError
from ....core.runs.state import RunState
from ...theme import ERROR, TEXT, style
from ...widgets.text_widget import Row, text
from ..help import HelpScreen
from .curves import SPANS, Looking, deepest, view_of
from .filmstrip import Film
from .questions import LEAVE, STOP, QuestionScreen, more_epochs
from .run_source import RunSource
from .training_keys import TRAIN_KEYS
from .training_layout import TrainPlan

if TYPE_CHECKING:
    from textual.screen import Screen

    from ...plain.detached import Detached

    _Base = Screen[None]
else:
    _Base = object


class TrainActions(_Base):
    """The actions; the screen itself is the rest."""

    source: RunSource
    others: tuple[RunSource, ...]
    earlier: tuple[RunSource, ...]
    compared: tuple[RunSource, ...]
    published: bool
    begun: "Detached | None"
    looking: Looking
    film: Film
    page: int
    _said = ""
    _trouble = False
    _heard: object = None
    _leaving = False

    def plan(self, width: int, height: int) -> TrainPlan:
        """Return the layout for this size."""
        raise NotImplementedError

    def show(self) -> None:
        """Show everything as it is now."""
        raise NotImplementedError

    def arrange_again(self) -> None:
        """Lay the screen out anew."""
        raise NotImplementedError

    def tell(self) -> None:
        """Fill the line above the footer."""
        raise NotImplementedError

    # Looking.

    def action_smooth(self) -> None:
        """Take the next smoothing."""
        span = SPANS[(SPANS.index(self.looking.span) + 1) % len(SPANS)]
        self._look(replace(self.looking, span=span))

    def action_log(self) -> None:
        """Change between a linear and a logarithmic axis."""
        self._look(replace(self.looking, log=not self.looking.log))

    def action_zoom(self, by: int) -> None:
        """Halve or double what is seen."""
        zoom = min(max(0, self.looking.zoom + by), deepest(self.source.history))
        self._look(replace(self.looking, zoom=zoom, back=self.looking.back if zoom else 0.0))

    def action_pan(self, by: int) -> None:
        """Look at earlier (-1) or later batches, by a quarter of the view."""
        if self.looking.zoom:
            history = self.source.history
            view = view_of(self.looking, history)
            width = view.last - view.first
            furthest = history.step / history.batches_per_epoch - width
            back = min(max(0.0, self.looking.back - by * width / 4), furthest)
            self._look(replace(self.looking, back=back))

    def action_overlay(self) -> None:
        """Compare with the published losses, with other runs too, with nothing."""
        if self.published and self.earlier and not set(self.earlier) <= set(self.compared):
            self.compared = (*self.others, *self.earlier)
            for run in self.earlier:
                run.read()
        else:
            self.published = not self.published
            self.compared = self.others
        self.show()

    def action_film(self, by: int) -> None:
        """Look at an earlier or a later moment of the filmstrip."""
        self.film.move(by, self.source.history.moments)
        self.show()

    def action_film_end(self, end: int) -> None:
        """Look at the first moment (0) or the newest (1)."""
        self.film.move(10**9 if end else -(10**9), self.source.history.moments)
        self.show()

    def action_noise(self) -> None:
        """Show other noises."""
        tiles = self.plan(*self.app.size).tiles
        if tiles is not None:
            self.film.next_noise(tiles, self.source.history.moments)
            self.show()

    def action_page(self) -> None:
        """Show other panels, where there isn't room for all."""
        self.page = (self.page + 1) % self.plan(*self.app.size).pages
        self.arrange_again()

    def action_help(self) -> None:
        """Show all keys."""
        self.app.push_screen(HelpScreen(TRAIN_KEYS))

    def _look(self, looking: Looking) -> None:
        self.looking = looking
        self.show()

    # Commands to the run.

    def action_pause(self) -> None:
        """Pause, or go on."""
        if self.source.state is RunState.PAUSED:
            self.send("resume", "goes on")
        else:
            self.send("pause", "pauses after this batch")

    def action_checkpoint(self) -> None:
        """Have a checkpoint saved."""
        self.send("checkpoint", "saves a checkpoint after this batch")

    def action_halve(self) -> None:
        """Have the learning rate halved."""
        self.send("halve_lr", "halves its learning rate from the next batch on")

    def action_extend(self) -> None:
        """Ask how many epochs to add."""
        if self.source.listening:
            self._ask(more_epochs(self.source.history.epochs_wanted), self._extend)
        else:
            self.send("epochs", "")  # which says why not

    def action_stop(self) -> None:
        """Ask, then have the training stop."""
        if self.source.alive:
            self._ask(STOP, lambda answer: self._stop() if answer else None)
        else:
            self.send("stop", "")

    def action_quit(self) -> None:
        """Leave; of a training that was begun here, ask whether it goes on."""
        if self.begun is not None and not self.begun.ended and not self._leaving:
            self._ask(LEAVE, self._leave)
        else:
            self.app.exit(return_code=0)

    def action_back(self) -> None:
        """Go back to the list of runs."""
        if len(self.app.screen_stack) > 1:
            self.dismiss(None)

    def send(self, command: str, says: str, value: int | None = None) -> bool:
        """Send a command to the run and say so; return whether it could be sent."""
        try:
            self.source.send(command, value)
        except DiffvizError as error:
            self._said, self._trouble = str(error), True
        else:
            self._said, self._trouble = f"sent: the training {says}", False
            self._heard = self.source.answers
        self.tell()
        return not self._trouble

    def status(self) -> list[Row]:
        """Return what was said last, or how the run ended; longest wording first."""
        if self._said and not self._trouble and self._heard != self.source.answers:
            self._said = ""  # the training has answered
        said, trouble = [self._said], self._trouble
        if not self._said:
            said = self.source.notices
            trouble = self.source.state in (RunState.FAILED, RunState.DEAD)
        return [[text(words, style(ERROR if trouble else TEXT))] for words in said]

    def _ask(self, question, answered) -> None:
        self.app.push_screen(QuestionScreen(question), answered)

    def _extend(self, answer: str | None) -> None:
        if answer:
            wanted = self.source.history.epochs_wanted + int(answer)
            self.send("epochs", f"goes on to epoch {wanted}", wanted)

    def _stop(self) -> None:
        if self.begun is not None and not self.source.listening:
            with suppress(ProcessLookupError):
                os.kill(self.begun.pid, signal.SIGTERM)  # it can't read commands yet
        else:
            self.send("stop", "stops after this batch, with a checkpoint")

    def _leave(self, answer: str | None) -> None:
        if answer == "leave":
            self.app.exit(return_code=0)
        elif answer == "stop":
            self._stop()
            self._leaving = True  # once it has saved its checkpoint
