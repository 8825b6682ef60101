"""The layout of the canvas, as a pure function of the terminal's size."""

from .stage_layout import StagePlan, plan_stage

_TIMELINE = (2, 3)  # fewest and most rows
_TOOLS = 3
_NAMES = {"picture": "paper", "picture-title": "paper-title", "bar": "timeline"}


def plan_draw(width: int, height: int) -> StagePlan:
    """Lay out the canvas as large as fits, with the belief and, with room, x_t of the drawing."""
    plan = plan_stage(width, height, _TIMELINE, _TOOLS)
    regions = {_NAMES.get(name, name): region for name, region in plan.regions.items()}
    return StagePlan(regions, plan.strip)
