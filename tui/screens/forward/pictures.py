"""The pictures of the forward screen, with their labels, and the nearest training image."""

import numpy as np
from numpy.typing import NDArray

from ....core.names import SIDE
from ....core.pictures import from_grey
from ....core.step import Step
from ...text import with_article
from ...theme import DIM, TEXT, style
from ...widgets.text_widget import Row, longest_that_fits, text
from .training_images import Nearest, TrainingImages

Picture = tuple[NDArray[np.float32], Row]
"""Values ``[28, 28]`` in [-1, 1], and the label below them."""

_BLACK = np.full((SIDE, SIDE), -1.0, np.float32)


def label(name: str, wordings: list[str], width: int) -> Row:
    """Return the name of a picture and the longest of ``wordings`` that fits."""
    meaning = longest_that_fits([*wordings, ""], max(0, width - len(name) - 1))
    return [text(name, style(TEXT, bold=True)), text(f" {meaning}", style(DIM))]


def reverse_picture(step: Step | None, t: int, noise: NDArray[np.float32], width: int) -> Picture:
    """Return x_t of the reverse process at ``t``, or of its newest ``step`` before that."""
    if step is None:
        return noise, label("x_t", ["reverse, not begun", "reverse"], width)
    at = f"reverse at t {step.t}" if step.t <= t else f"reverse: still at t {step.t}"
    return step.x_t[0], label("x_t", [at, "reverse"], width)


def expected_picture(step: Step | None, width: int) -> Picture:
    """Return x0_hat at ``step`` of the reverse process, black before it begins."""
    if step is None:
        return _BLACK, label("x0_hat", ["not begun", ""], width)
    name = "x_0" if step.t == 0 else "x0_hat"
    return step.x0_hat[0], label(
        name, ["of the reverse process", "of the reverse", "reverse"], width
    )


def nearest_picture(found: Nearest | None, training: TrainingImages, width: int) -> Picture:
    """Return the nearest training image, black while it is searched."""
    if found is None:
        return _BLACK, label("nearest", ["to x0_hat: searching ...", "…"], width)
    far = f"{found.distance:.1f}"
    image = from_grey(training.images[found.index])
    return image, label("nearest", [f"to x0_hat, {far}", far], width)


def nearest_wordings(
    loaded: bool, training: TrainingImages | None, found: Nearest | None
) -> list[str]:
    """Return wordings about the nearest training image, longest first."""
    if not loaded:
        return ["loading real digits ..."]
    if training is None:
        missing = "no MNIST on this machine (diffviz train fetches it)"
        return [f"{missing}: x_0 is the generated digit", "x_0 is generated: no MNIST here"]
    if found is None:
        return ["closest training image to x0_hat: searching ...", "closest: searching ..."]
    what = f"no. {found.index}, {with_article(found.label)}"
    far = f"{found.distance:.2f}"
    long = f"closest training image to x0_hat: {what} (distance {far}"
    near = f"closest: {what}"
    short = f"{near} (distance {far}"
    return [
        f"{long}; an exact copy would be 0)",
        f"{long})",
        f"{short}; a copy: 0)",
        f"{short})",
        near,
    ]
