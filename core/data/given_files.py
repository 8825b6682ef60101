"""The files of a given picture: what ``--from`` and the flags beside it name."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ..names import DEFAULT_JUMP, DEFAULT_RESAMPLINGS, DEFAULT_U_TURN, NUM_TIMESTEPS, SIDE
from ..pictures import from_grey
from ..sampling import Given
from .one_picture import read_colours, read_mask, read_picture


@dataclass(frozen=True, slots=True)
class GivenFiles:
    """A picture file to start from, and how."""

    picture: Path
    t: int | None = None
    """The timestep it is noised to; None: the default."""
    mask: Path | None = None
    """A picture file whose bright part is filled in; None: the whole picture is free."""
    resamplings: int = DEFAULT_RESAMPLINGS
    jump: int = DEFAULT_JUMP
    invert: bool | None = None
    """Whether black becomes white in the picture; None: as it looks."""

    @property
    def start(self) -> int:
        """The timestep of the first record; a picture with a mask starts from pure noise."""
        default = DEFAULT_U_TURN if self.mask is None else NUM_TIMESTEPS
        return default if self.t is None else self.t

    def read(self) -> tuple[Given, list[str]]:
        """Return what a sampler needs, and a line on each decision made in reading.

        Raises:
            DiffvizError: if a file can't be read, is no whole picture, or is blank.
        """
        picture, notes = read_picture(self.picture, self.invert)
        hidden = None if self.mask is None else read_mask(self.mask)
        given = Given(from_grey(picture), self.start, hidden, self.resamplings, self.jump)
        return given, notes

    def read_in_colour(self) -> tuple[Given, list[str]]:
        """Return the same for a model whose images have any shape.

        Raises:
            DiffvizError: as :meth:`read`.
        """
        picture, notes = read_colours(self.picture, self.invert)
        given = Given(np.zeros((SIDE, SIDE), np.float32), self.start, picture=picture)
        return replace(given, x_0=given.fitted((1, SIDE, SIDE))[0]), notes

    @property
    def words(self) -> list[str]:
        """The flags that say the same again."""
        words = ["--from", str(self.picture), "--t", str(self.start)]
        if self.invert is not None:
            words.append("--invert" if self.invert else "--no-invert")
        if self.mask is not None:
            words += ["--mask", str(self.mask)]
            words += ["--resamplings", str(self.resamplings), "--jump", str(self.jump)]
        return words

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values, under the names of the flags."""
        facts: dict[str, Any] = {"from": str(self.picture), "t": self.start}
        if self.mask is None:
            return facts
        mask = {"mask": str(self.mask), "resamplings": self.resamplings, "jump": self.jump}
        return facts | mask

    def describe(self) -> str:
        """Return the picture and its timestep in words, as ``from drawing.png at t = 500``."""
        held = "" if self.mask is None else f" without what {self.mask} hides"
        return f"from {self.picture}{held} at t = {self.start}"
