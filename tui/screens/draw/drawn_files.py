"""The files of drawings, and the command that shows a drawing and its U-turns again."""

import hashlib
import io
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import numpy as np

from ....core.array_types import Grey
from ....core.files.atomic import write_atomically
from ....core.files.cache import cache_folder
from ....core.sampling import Given, SamplingSpec
from ...session.replay import spec_words, weights_words
from ...session.session import Session
from ...text import shell_word


@dataclass(frozen=True, eq=False, slots=True)
class Turns:
    """U-turns of a drawing: where they started, and how many there were."""

    image: Grey
    """The drawing, ``[28, 28]``."""
    given: Given
    spec: SamplingSpec
    number: int
    seed: int


def keep(image: Grey) -> Path:
    """Write a picture to where it can be found again by its content; return the path.

    Raises:
        DiffvizError: if it can't be written.
    """
    content = png(image)
    name = hashlib.sha256(image.tobytes()).hexdigest()[:12]
    path = cache_folder("drawings", f"{name}.png")
    if not path.is_file():
        write_atomically(path, content)
    return path


def save_here(image: Grey) -> Path:
    """Write a picture to the current folder under a free name; return the path.

    Raises:
        DiffvizError: if it can't be written.
    """
    names = (Path("drawing.png" if number == 1 else f"drawing-{number}.png") for number in count(1))
    path = next(path for path in names if not path.exists())
    write_atomically(path, png(image))
    return path


def png(image: Grey) -> bytes:
    """Return a grey picture as the content of a PNG file."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, format="png")
    return buffer.getvalue()


def draw_command(session: Session, turns: Turns) -> str:
    """Return the command that shows these U-turns again; their pictures are kept in files.

    Raises:
        DiffvizError: if a picture can't be written.
    """
    given = turns.given
    parts = ["diffviz", "draw", "--from", str(keep(turns.image)), "--no-invert"]
    parts += ["--t", str(given.t), "-n", str(turns.number), "--seed", str(turns.seed)]
    parts += [*weights_words(session), *spec_words(turns.spec)]
    if given.hidden is not None:
        mask = keep(given.hidden.astype(np.uint8) * 255)
        parts += ["--mask", str(mask), "--resamplings", str(given.resamplings)]
        parts += ["--jump", str(given.jump)]
    return " ".join(shell_word(part) for part in parts)
