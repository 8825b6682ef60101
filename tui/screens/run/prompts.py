"""What can be typed on the run screen after ``:``, and what it does."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from ....core.names import NUM_TIMESTEPS, SEEDS
from ....core.phases import Phase
from ..prompt import PromptScreen, Rule, Target

if TYPE_CHECKING:
    from .run_screen import RunScreen


class Prompts:
    """Asks where to go: a seed, a timestep, a phase."""

    def __init__(self, screen: "RunScreen") -> None:
        self._screen = screen
        self.rules: list[Rule] = [
            Rule("17", "a seed", self._seed),
            Rule("t 600", "a timestep, 1000 to 0", self._timestep),
            Rule("lock-in", "a phase: static, blob, lock-in, refinement", self._phase),
        ]
        """The first rule that knows the words counts; further ones can be appended."""

    def ask(self) -> None:
        """Show the prompt, and go where the words lead."""

        def answered(target: Target | None) -> None:
            if target is not None and target.act is not None:
                target.act()

        self._screen.app.push_screen(PromptScreen("go to", self.rules), answered)

    def _seed(self, words: str) -> Target | None:
        found = re.fullmatch(r"(?:seed\s*)?(\d+)", words.lower(), re.ASCII)
        if found is None:
            return None
        seed = int(found[1])
        if seed >= SEEDS:
            return Target("seeds go from 0 to 2^64 - 1", None)
        return Target(f"seed {seed}", lambda: self._screen.choices.seed(seed))

    def _timestep(self, words: str) -> Target | None:
        found = re.fullmatch(r"t\s*=?\s*(\d*)", words.lower(), re.ASCII)
        if found is None:
            return None
        if not found[1]:
            return Target("a number follows: t 600", None)
        t = int(found[1])
        if t > NUM_TIMESTEPS:
            return Target(f"timesteps go from {NUM_TIMESTEPS} down to 0", None)
        return Target(f"t = {t}", lambda: self._screen.time.timestep(t))

    def _phase(self, words: str) -> Target | None:
        typed = _letters(words)
        for number, phase in enumerate(Phase, 1):
            if typed and _letters(phase.label).startswith(typed):
                return Target(f"the beginning of {phase.label}", self._to(number))
        return None

    def _to(self, number: int) -> Callable[[], None]:
        return lambda: self._screen.time.phase(number)


def _letters(words: str) -> str:
    return "".join(filter(str.isalpha, words.lower()))
