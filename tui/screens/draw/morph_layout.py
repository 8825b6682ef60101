"""The layout of the way between two digits, as a pure function of the terminal's size."""

from .stage_layout import StagePlan, plan_stage

_SLIDER = (1, 1)  # fewest and most rows
_NAMES = {"picture": "digit", "picture-title": "digit-title", "bar": "slider"}


def plan_morph(width: int, height: int) -> StagePlan:
    """Lay out the digit as large as fits, with the belief and, with room, its noise and the way."""
    plan = plan_stage(width, height, _SLIDER)
    regions = {_NAMES.get(name, name): region for name, region in plan.regions.items()}
    return StagePlan(regions, plan.strip)
