"""What the run screen shows about the label of a step: pictures, numbers, the band."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from ....core.array_types import Array
from ....core.names import NO_LABEL
from ....core.sampling import SamplingSpec
from ....core.step import Step
from ...session.step_history import StepHistory
from ...widgets.guidance_band import Band
from ...widgets.quantities import MEANINGS

_NO_LABEL, _NO_GUIDANCE = "no label: d asks for a digit", "no guidance at this step"


class Picture(NamedTuple):
    """A picture and its title, or a note in its place."""

    name: str
    meanings: Sequence[str]
    image: Array | None
    """``[28, 28]``."""
    note: str = ""


_WITHOUT = Picture("x0_hat", ("without the label",), None)
_DIFFERENCE = Picture("difference", ("what the label wants", "label"), None)


def label_pictures(step: Step) -> tuple[Picture, Picture, Picture]:
    """Return x0_hat for the label, x0_hat without it, and their difference.

    Both are computed where there is guidance; elsewhere there is a note.
    """
    told = step.conditioning
    if step.t == 0:
        done = Picture("x_0", (MEANINGS["x_0"],), step.x_t[0])
        return done, _WITHOUT, _DIFFERENCE
    cond = null = difference = None
    note = _NO_GUIDANCE
    if told is None:
        note = _NO_LABEL
    else:
        cond, null = told.x0_cond(step.x0_hat), told.x0_null
        if cond is None:
            cond = step.x0_hat  # the label alone
    if cond is not None and null is not None:
        difference = cond[0] - null[0]  # 0 is grey, what the label adds is white
    return (
        Picture("x0_hat", ("with the label",), None if cond is None else cond[0], note),
        _WITHOUT._replace(image=None if null is None else null[0], note=note),
        _DIFFERENCE._replace(image=difference, note=note),
    )


def told(step: Step, classes: Sequence[str], history: StepHistory) -> dict[str, Any]:
    """Return the fields of the run's numbers about label and guidance of ``step``."""
    used = step.conditioning
    if used is None:
        return {"label": "", "guidance": 0.0, "evaluations": 0}
    number = used.labels[0]
    known = 0 <= number < len(classes)
    name = classes[number] if known else "any" if number == NO_LABEL else str(number)
    if used.drawn:
        name = f"{name} (seed)"
    evaluations = history.evaluations(step.index)
    return {"label": name, "guidance": used.guidance, "evaluations": evaluations}


def band_of(spec: SamplingSpec) -> Band | None:
    """Return the interval of the guidance; None without a label."""
    if spec.label is None:
        return None
    settings = spec.label_settings
    return Band(settings.guidance, settings.guidance_from, settings.guidance_until)
