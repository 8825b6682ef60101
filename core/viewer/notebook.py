"""What a notebook shows for steps: the page in a frame."""

import math
from collections.abc import Sequence
from html import escape

from ..step import Step
from .page import Page, render
from .tracks import fitting_size, most_moments, track_of, within_budget

_HEIGHT = 720  # pixels: a page of one sample without scrolling
_HEIGHT_OF_STEP = 420


def notebook_html(steps: Sequence[Step]) -> str:
    """Return HTML that plays ``steps``, all samples of the batch; a note if there is none."""
    if not steps:
        return "<p>no step yet</p>"
    samples, shape = len(steps[0].x_t), steps[0].x_t.shape[1:]
    size = fitting_size(shape, samples)
    values = math.prod(shape[:-2]) * size[0] * size[1]
    kept = within_budget([len(steps)] * samples, most_moments(values))
    names = ["sample"] if samples == 1 else [f"sample {row + 1}" for row in range(samples)]
    tracks = [
        track_of(name, [steps[index] for index in indices], row, size=size)
        for row, (name, indices) in enumerate(zip(names, kept, strict=True))
    ]
    first, last = steps[0], steps[-1]
    time = f"t = {first.t}" if len(steps) == 1 else f"t = {first.t} to {last.t}"
    digits = "" if samples == 1 else f"{samples} samples, "
    page = Page(f"{digits}{time}", tracks)
    return _framed(page, _HEIGHT_OF_STEP if len(steps) == 1 else _HEIGHT)


def _framed(page: Page, height: int) -> str:
    """Return the page in a frame of its own: a notebook keeps its styles, the page its keys."""
    content, title = escape(render(page)), escape(page.title)
    return (
        f'<iframe srcdoc="{content}" title="{title}" sandbox="allow-scripts" '
        f'style="width:100%;height:{height}px;border:0"></iframe>'
    )
