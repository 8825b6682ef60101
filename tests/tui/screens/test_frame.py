"""What all screens have in common: one margin, and a header that begins with the name."""

import pytest

from diffviz.tui.keys import State
from diffviz.tui.pixels.tiles import Mode
from diffviz.tui.screens.base_screen import margin_of
from diffviz.tui.screens.draw.draw_layout import plan_draw
from diffviz.tui.screens.draw.morph_layout import plan_morph
from diffviz.tui.screens.forward.forward_layout import plan_forward
from diffviz.tui.screens.jobs.branch_layout import plan_branch
from diffviz.tui.screens.jobs.grid_layout import plan_grid
from diffviz.tui.screens.jobs.label_grid_layout import plan_label_grid
from diffviz.tui.screens.jobs.race_layout import plan_race
from diffviz.tui.screens.jobs.tree_layout import plan_tree
from diffviz.tui.screens.run.own_layout import plan_own
from diffviz.tui.screens.run.run_layout import plan_run
from diffviz.tui.screens.steps.steps_layout import plan_steps
from diffviz.tui.screens.tour.tour_layout import plan_tour
from diffviz.tui.screens.training.run_list_layout import plan_list
from diffviz.tui.screens.training.training_layout import plan_train

SIZES = [(40, 20), (60, 20), (60, 60), (80, 24), (84, 24), (120, 40), (230, 20), (230, 60)]
PLANS = {
    "run": plan_run,
    "model of the user": lambda w, h: plan_own(w, h, (28, 28)),
    "grid": plan_grid,
    "labels": lambda w, h: plan_label_grid(w, h, 10),
    "race": lambda w, h: plan_race(w, h, 4),
    "branch": lambda w, h: plan_branch(w, h, 8),
    "tree": lambda w, h: plan_tree(w, h, 5),
    "forward": lambda w, h: plan_forward(w, h, True, Mode.QUADRANT),
    "draw": plan_draw,
    "morph": plan_morph,
    "steps": plan_steps,
    "tour": lambda w, h: plan_tour(w, h, 2, False, Mode.QUADRANT),
    "runs": lambda w, h: plan_list(w, h, 3),
    "training": plan_train,
}


@pytest.mark.parametrize("name", PLANS)
def test_header_and_footer_have_the_same_margin_on_every_screen(name):
    for width, height in SIZES:
        regions = PLANS[name](width, height).regions
        margin = margin_of(width)
        across = (margin, width - 2 * margin)
        header, footer = regions["header"], regions["footer"]
        assert (header.x, header.width, header.y) == (*across, 0), (width, height)
        assert (footer.x, footer.width, footer.y) == (*across, height - 1), (width, height)
        for line in {"timeline", "status", "phase", "slider", "bar"} & regions.keys():
            if name != "forward":  # whose timeline is below its pictures
                assert regions[line].x == margin, (line, width, height)


def test_every_header_begins_with_the_name_and_what_is_shown(drive):
    keys = [(), ("g",), ("c",), ("C",), ("f",), ("2", "b", "8"), ("T",), ("D",)]

    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        for opened in keys:
            await d.press(*opened)
            await d.pilot.pause()
            header = d.lines()[0]
            assert header.startswith("  diffviz   "), (opened, header)
            assert header[12] not in " ·", (opened, header)
            if d.app.screen is not d.screen:
                await d.press("escape")
                await d.until(lambda: d.app.screen is d.screen)

    drive(act, size=(120, 40))
