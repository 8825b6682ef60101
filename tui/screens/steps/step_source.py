"""Where the steps of a sampling loop come from: a file that grows, or an iterator."""

import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np

from ....core.errors import message_of, printable
from ....core.pictures import to_pictures
from ....core.step import Step
from ....core.writers.step_file import StepFile, StepPictures


class StepFacts(NamedTuple):
    """What is known of a step without its pictures."""

    sampling: int
    """Which sampling of the loop, from 1."""
    t: float
    moved: float
    """Mean change of x0_hat since the step before, in levels of 255; NaN where there is none."""


class StepSource(Protocol):
    """Steps by their index; more may come."""

    name: str
    """Printable."""
    facts: list[StepFacts]
    ended: bool
    """Whether it is known that no more will come."""

    @property
    def problem(self) -> str:
        """Why there is no more, if it is an error."""
        ...

    def poll(self) -> bool:
        """Look for more steps; return whether anything is different."""
        ...

    def read(self, index: int) -> StepPictures | None:
        """Return a step with its pictures; None if they can't be read."""
        ...

    def close(self) -> None:
        """Free what is open."""
        ...


class FileSource:
    """The steps of a file that another program writes; it need not exist yet."""

    ended = False

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = printable(path.name)
        self.facts: list[StepFacts] = []
        self._file = StepFile(path)

    @property
    def problem(self) -> str:
        """Why no more steps can be read, if that is so."""
        return self._file.problem

    def poll(self) -> bool:
        """Look for more steps; return whether anything is different."""
        before = self._file.problem
        changed = self._file.poll()
        if changed:
            entries = self._file.entries
            if len(entries) < len(self.facts):  # another file
                self.facts.clear()
            new = entries[len(self.facts) :]
            self.facts += [StepFacts(e.sampling, e.t, e.moved) for e in new]
        return changed or before != self._file.problem

    def read(self, index: int) -> StepPictures | None:
        """Return a step with its pictures; None if they can't be read."""
        return self._file.read(index) if index < len(self._file.entries) else None

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class IteratorSource:
    """The steps that an iterator yields, taken in a thread; their pictures are kept."""

    def __init__(self, steps: Iterable[Any], name: str = "steps") -> None:
        """Take :class:`Step` objects, or tuples ``(t, x_t)`` or ``(t, x_t, x0_hat)``."""
        self.name = printable(name)
        self.facts: list[StepFacts] = []
        self.problem = ""
        self.ended = False
        self._steps = steps
        self._kept: list[StepPictures] = []
        self._seen = -1
        self._left = False
        self._thread = threading.Thread(target=self.take, name="diffviz-steps", daemon=True)

    def poll(self) -> bool:
        """Begin at the first call; return whether steps have come since the last one."""
        if self._thread.ident is None:
            self._thread.start()
        state = len(self._kept) + self.ended
        changed, self._seen = state != self._seen, state
        new = self._kept[len(self.facts) :]
        self.facts += [StepFacts(s.sampling, s.t, s.moved) for s in new]
        return changed

    def read(self, index: int) -> StepPictures | None:
        """Return a step with its pictures."""
        return self._kept[index] if index < len(self._kept) else None

    def close(self) -> None:
        """Take no more steps."""
        self._left = True

    @property
    def number(self) -> int:
        """How many steps were taken so far."""
        return len(self._kept)

    def take(self) -> None:
        """Take all steps, in the calling thread."""
        before: StepPictures | None = None
        try:
            for item in self._steps:
                before = _pictures_of(item, before)
                self._kept.append(before)
                if self._left:
                    return
        except Exception as error:
            self.problem = printable(f"{type(error).__name__}: {message_of(error)}")
        self.ended = True


def _pictures_of(item: Any, before: StepPictures | None) -> StepPictures:
    from ....core.writers.foreign_arrays import first_image

    if isinstance(item, Step):
        t, x_t, x0_hat = float(item.t), item.x_t, item.x0_hat
    else:
        t, x_t, *rest = item
        x0_hat = rest[0] if rest else None
    images = [first_image(image) for image in (x_t, x0_hat) if image is not None]
    finite = all(np.isfinite(image).all() for image in images)
    pictures = [to_pictures(np.nan_to_num(image)[np.newaxis])[0] for image in images]
    clean = pictures[1] if len(pictures) == 2 else None
    moved, sampling = float("nan"), 1
    if before is not None:
        sampling = before.sampling + (float(t) > before.t)
        if clean is not None and before.x0_hat is not None and sampling == before.sampling:
            moved = float(np.abs(clean.astype(np.int16) - before.x0_hat).mean())
    return StepPictures(sampling, float(t), pictures[0], clean, moved, finite)


def number_text(t: float) -> str:
    """Return a timestep: whole numbers as such, others with four digits."""
    return f"{t:.0f}" if t == round(t) else f"{t:.4g}"
