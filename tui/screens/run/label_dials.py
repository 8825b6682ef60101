"""Which digit is drawn, and how much guidance counts where: what keys and mouse change."""

from dataclasses import replace
from typing import TYPE_CHECKING

from ....core.errors import DiffvizError
from ....core.models.catalog import LABELLED, bundled_names
from ....core.names import NUM_TIMESTEPS
from ....core.sampling import SamplingSpec
from ....core.sampling.labels import find_label
from ...keys import State

if TYPE_CHECKING:
    from .run_screen import RunScreen

GUIDANCES = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 20.0)
"""The guidance that the dial can be turned to."""
_TIMESTEPS = 50  # that a key moves an end of the interval by


class LabelDials:
    """Changes label and guidance, from what is seen on.

    While a digit is sampled that is the next step, looking back it is the step at the cursor,
    and after the last step the same seed begins again from its noise.
    """

    def __init__(self, screen: "RunScreen") -> None:
        self._screen = screen
        self._kept = SamplingSpec(label="")
        """Guidance and interval for the next label after a time without one."""

    @property
    def hidden_keys(self) -> set[str]:
        """Actions that the weights in use have no labels for: the footer doesn't offer them."""
        return set() if self._classes else {"digit"}

    @property
    def _classes(self) -> tuple[str, ...]:
        source = self._screen.loaded.source
        return () if source is None else source.classes

    def known_classes(self) -> tuple[str, ...]:
        """Return the classes of the weights in use; without any, say which weights have labels."""
        if not self._classes:
            loaded = self._screen.loaded.source is not None
            notice = _no_labels() if loaded else "the weights are still being loaded"
            self._screen.show_notice(notice)
        return self._classes

    def ask(self) -> None:
        """Ask for a digit, or say which weights have labels."""
        from .label_question import label_question

        screen, classes = self._screen, self.known_classes()
        if not classes:
            return

        def answered(answer: str | None) -> None:
            if answer == "quit":
                screen.action_quit()
            elif answer:
                self.set_label(None if answer == "any" else classes[int(answer)])

        from ..question import QuestionScreen

        question = label_question(classes, self._number(classes))
        screen.app.push_screen(QuestionScreen(question), answered)

    def ask_for(self, label: str) -> None:
        """Draw a class by its name, or say which weights have labels."""
        if label in self.known_classes():
            self.set_label(label)
        elif self._classes:
            self._screen.show_notice(f"these weights have no label {label}: d asks for another")

    def set_label(self, label: str | None) -> None:
        """Draw the class called ``label``; None: any."""
        spec = self._screen.session.spec
        if label is None:
            if spec.label is not None:
                self._kept = spec
                self._apply(spec.unlabelled(), f"any {self._screen.noun}")
            return
        settings = self._kept if spec.label is None else spec
        self._apply(replace(spec.labelled_as(settings), label=label), f"label {label}")

    def turn_guidance(self, by: int) -> None:
        """Choose the next guidance up or down."""
        spec = self._screen.session.spec
        if not self.has_label():
            return
        now = spec.label_settings.guidance
        others = [w for w in GUIDANCES if (w - now) * by > 0]
        if others:
            guidance = min(others) if by > 0 else max(others)
            self._apply(replace(spec, guidance=guidance), f"guidance {guidance:g}")

    def move_start(self, by: int) -> None:
        """Let the guidance begin at a higher (1) or a lower (-1) timestep."""
        spec = self._screen.session.spec
        wanted = _next_multiple(spec.guidance_from, by)
        self.set_interval(max(wanted, spec.guidance_until + 1), spec.guidance_until)

    def move_end(self, by: int) -> None:
        """Let the guidance end at a higher (1) or a lower (-1) timestep."""
        spec = self._screen.session.spec
        wanted = _next_multiple(spec.guidance_until, by)
        self.set_interval(spec.guidance_from, min(wanted, spec.guidance_from - 1))

    def set_interval(self, start: int, until: int) -> None:
        """Let guidance count at ``t`` above ``until``, up to ``start``."""
        spec = self._screen.session.spec
        if self.has_label() and (start, until) != (spec.guidance_from, spec.guidance_until):
            changed = replace(spec, guidance_from=start, guidance_until=until)
            self._apply(changed, f"guidance at t = {start} … {until + 1}")

    def show_pictures(self) -> None:
        """Show x0_hat with and without the label, or the usual pictures again."""
        screen = self._screen
        wanted = not screen.view.label_pictures
        if wanted and not self.has_label():
            return
        screen.view.show_label_pictures(wanted)
        screen.redraw()
        if wanted:
            screen.show_notice("x0_hat with and without the label, and their difference: P ends it")

    def _apply(self, spec: SamplingSpec, what: str) -> None:
        screen = self._screen
        session = screen.session
        step = None if session.live else session.step()
        ended = screen.state in (State.DONE, State.FAILED)
        if step is not None or ended:
            session.remember()
        session.set_labels(spec)
        if step is not None:
            session.sample_on(step)
            screen.view.set_rate(None, None)
            screen.enter_playing()
            since = f"from t = {step.t} on, the same noise"
        elif ended:
            screen.begin()
            since = "the same seed from its noise"
        else:
            since = "from the next step on"
        screen.show_status()
        screen.show_notice(f"{what}: {since}")

    def has_label(self) -> bool:
        """Return whether there is a label to guide to; if not, show a notice."""
        has = self._screen.session.spec.label is not None
        if not has:
            asks = f"d asks for a {self._screen.noun}" if self._classes else _no_labels()
            self._screen.show_notice(f"guidance needs a label: {asks}")
        return has

    def _number(self, classes: tuple[str, ...]) -> int | None:
        """Return the class of the label in use; None for any or for one of each."""
        label = self._screen.session.spec.label
        try:
            return None if label is None else find_label(label, classes)
        except DiffvizError:
            return None


def _next_multiple(timestep: int, by: int) -> int:
    """Return the next multiple of 50 above or below ``timestep``, within 0 to T."""
    step = _TIMESTEPS
    near = (timestep // step + 1) * step if by > 0 else (-(-timestep // step) - 1) * step
    return min(NUM_TIMESTEPS, max(0, near))


def _no_labels() -> str:
    """Return a line about which weights have labels."""
    if LABELLED in bundled_names():
        return f"these weights have no labels: diffviz run --weights {LABELLED} has them"
    return "these weights have no labels: diffviz train --labels trains some that have"
