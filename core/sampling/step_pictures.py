"""The pictures of many steps, kept in a file instead of in memory."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..array_types import Array
from ..files.scratch import Scratch
from ..names import SIDE
from ..step import Step

NO_PICTURE = np.zeros((0, SIDE, SIDE), np.float32)
"""In the place of what is elsewhere, or is computed when it is asked for."""
_MOST = 3  # pictures of a step: x_t, x0_hat, and x0_hat without labels


class StepPictures:
    """Takes the pictures of steps and gives them back; one thread puts, any thread asks."""

    def __init__(self) -> None:
        """Hold nothing yet; there is no file before the first step."""
        self._scratch: Scratch | None = None
        self._full = False
        self._places: dict[int, int] = {}
        self._like = NO_PICTURE

    def put(self, step: Step) -> Step:
        """Return ``step`` without its pictures, or as it is where the file has no room for them.

        All steps have pictures of the same shape and type.
        """
        if self._full:
            return step
        pictures = _pictures(step)
        try:
            if self._scratch is None:
                self._like = np.empty_like(step.x_t[:1])
                self._scratch = Scratch(_MOST * step.x_t.nbytes)
            content = b"".join(picture.tobytes() for picture in pictures)
            self._places[step.index] = self._scratch.put(content)
        except OSError:
            self._full = True
            return step
        return _with(step, [NO_PICTURE] * len(pictures))

    def whole(self, step: Step, row: int | None = None) -> Step | None:
        """Return ``step`` with its pictures, or one row of it; None if it was dropped since."""
        part = step if row is None else step.rows(slice(row, row + 1))
        if step.x_t.size or self._scratch is None:
            return part
        place = self._places.get(step.index)
        if place is None:
            return None
        one = self._like.nbytes
        count = self._scratch.size // (_MOST * one)
        first, rows = (0, count) if row is None else (row, 1)
        pictures = []
        for number in range(len(_pictures(step))):
            content = self._scratch.get(place, (number * count + first) * one, rows * one)
            read = np.frombuffer(content, self._like.dtype)
            pictures.append(read.reshape(rows, *self._like.shape[1:]).copy())
        if self._places.get(step.index) != place:
            return None  # another step has taken its place meanwhile
        return _with(part, pictures)

    def drop(self, step: Step) -> None:
        """Give up the pictures of ``step``."""
        place = self._places.pop(step.index, None)
        if place is not None and self._scratch is not None:
            self._scratch.release(place)


def _pictures(step: Step) -> list[Array]:
    told = step.conditioning
    null = None if told is None else told.x0_null
    return [step.x_t, step.x0_hat, *([] if null is None else [null])]


def _with(step: Step, pictures: Sequence[Array]) -> Step:
    x_t, x0_hat, *null = pictures
    told = step.conditioning
    if null and told is not None:
        told = replace(told, x0_null=null[0])
    return replace(step, x_t=x_t, x0_hat=x0_hat, conditioning=told)
