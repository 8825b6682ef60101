"""Branches: of a step under the cursor, kept, walked back and branched again."""

import numpy as np
import pytest

from diffviz.core.names import BRANCH_CHILDREN
from diffviz.core.noise import NoiseStream
from diffviz.core.pictures import to_grey
from diffviz.core.sampling.trajectory import Trajectory
from diffviz.tui.keys import State
from diffviz.tui.pixels.tiles import Mode
from diffviz.tui.screens.jobs.branch_keys import BRANCH_KEYS
from diffviz.tui.screens.jobs.branch_layout import plan_branch
from diffviz.tui.screens.jobs.branch_screen import BranchScreen
from diffviz.tui.screens.question import QuestionScreen
from diffviz.tui.session.step_history import Segment, StepHistory
from diffviz.tui.widgets.mosaic import Mosaic


async def branch_at_556(d, *keys: str) -> BranchScreen:
    """Stop at t = 556 (index 4) of a finished run and branch there."""
    await d.until(lambda: d.screen.state is State.DONE)
    await d.press("2", "b")
    assert isinstance(d.app.screen, QuestionScreen)
    assert "Branch from t = 556" in d.text()
    await d.press(*keys)
    assert isinstance(d.app.screen, BranchScreen)
    return d.app.screen


@pytest.mark.parametrize(
    ("key", "children"), [("1", 1), ("3", 3), ("8", 8), ("b", 3), ("enter", 3)]
)
def test_children_go_on_from_the_step_under_the_cursor(drive, key, children):
    async def act(d):
        screen = await branch_at_556(d, key)
        await d.until(lambda: screen.state is State.DONE)
        start = d.sampler.asked[-1]["start"]
        assert start[0] == 4
        parent = d.screen.session.history.step(4).x_t
        assert np.array_equal(start[1], np.repeat(parent, children, axis=0))
        streams = screen.lane.streams
        assert [s.branch for s in streams] == [(556, n) for n in range(1, children + 1)]
        assert len(screen.query_one("#mosaic", Mosaic).images) == children
        assert "branch of seed 7 at t = 556" in d.lines()[0]
        if children > 1:
            assert f"{children} children look like a 9" in d.lines()[0]

    drive(act, size=(120, 40))


def test_children_that_part_ways_are_counted_by_digit(drive, classifier, monkeypatch):
    def parted(images: np.ndarray) -> np.ndarray:
        return np.eye(10, dtype=np.float32)[[8, 3, 8] if len(images) == 3 else [0] * len(images)]

    monkeypatch.setattr(classifier, "probabilities", parted)

    async def act(d):
        screen = await branch_at_556(d, "3")
        await d.until(lambda: screen.state is State.DONE)
        assert "3 children became 2× 8, 3" in d.lines()[0]
        await d.press("home")
        await d.until(lambda: "3 children so far 2× 8, 3" in d.lines()[0])

    drive(act, size=(120, 40))


def test_escape_closes_the_branch_prompt(drive):
    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        await d.press("2", "b", "escape")
        assert d.app.screen is d.screen
        assert len(d.sampler.asked) == 1

    drive(act)


@pytest.mark.parametrize("children", [1, 2, 5, 8, 9])
def test_any_number_of_children_is_asked_for_with_a_click(drive, children):
    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        await d.press("2", "b")
        y = next(y for y, line in enumerate(d.lines()) if " 1  2  3 " in line)
        assert await d.pilot.click(offset=(d.lines()[y].index(f" {children} ") + 1, y))
        await d.until(lambda: isinstance(d.app.screen, BranchScreen))
        assert len(d.app.screen.lane.streams) == children

    drive(act, size=(80, 24))


def test_a_click_beside_the_answers_cancels_the_branch_prompt(drive):
    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        await d.press("2", "b")
        assert await d.pilot.click(offset=(2, 2))
        assert d.app.screen is d.screen

    drive(act)


def test_a_finished_digit_has_no_branches(drive):
    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        await d.press("b")
        assert d.app.screen is d.screen
        assert "go back in time" in d.text()

    drive(act)


def test_a_chosen_child_becomes_the_run(drive):
    async def act(d):
        screen = await branch_at_556(d, "3")
        await d.until(lambda: screen.state is State.DONE)
        await d.press("right", "enter")
        await d.until(lambda: d.app.screen is d.screen)
        session = d.screen.session
        assert "seed 7, child 2 of t 556" in d.lines()[0]
        assert session.history.last == 10
        assert session.history.step(3).t == 667, "the parent's steps up to there"
        child = session.history.step(7)
        assert child.x_t.shape == (1, 28, 28)
        number = 7 + 2  # the fake's pictures are made of seed and children
        assert np.array_equal(child.x_t[0], d.sampler.picture(number, child.t))
        assert len(d.sampler.asked) == 2, "it was finished: nothing is sampled again"
        await d.press("left")
        shown = d.screen.query_one("#xt").image
        assert np.array_equal(shown, to_grey(d.sampler.picture(number, 1)))

    drive(act)


def test_a_child_chosen_before_its_end_is_sampled_further(drive):
    async def act(d):
        await d.until_t(556)
        await d.press("b", "8")
        screen = d.app.screen
        d.sampler.allow(4)
        await d.until(lambda: screen.frame is not None and screen.frame.steps[0].index >= 5)
        await d.press("right", "right", "right", "right", "enter")
        await d.until(lambda: d.app.screen is d.screen)
        d.sampler.allow_all()
        await d.until(lambda: d.screen.state is State.DONE)
        last = d.sampler.asked[-1]
        assert len(last["start"][1]) == 1
        assert [s.t for s in map(d.screen.session.history.step, range(11))][-1] == 0
        assert d.screen.session.history.branch == ((556, 5),)

    drive(act, permits=5, size=(80, 24))


def test_escape_goes_back_to_the_parent_which_goes_on(drive):
    async def act(d):
        await d.until_t(556)
        await d.press("b", "3", "escape")
        await d.until(lambda: d.app.screen is d.screen)
        d.sampler.allow_all()
        await d.until(lambda: d.screen.state is State.DONE)
        history = d.screen.session.history
        assert history.branch == ()
        assert [history.step(i).index for i in range(11)] == list(range(11))
        assert d.sampler.asked[-1]["start"][0] >= 4, "not from the noise"
        assert "seed 7   ● done" in d.lines()[0]

    drive(act, permits=5)


def test_a_chosen_child_can_be_branched_before_and_after_its_branch_point(drive):
    async def act(d):
        screen = await branch_at_556(d, "3")
        await d.until(lambda: screen.state is State.DONE)
        await d.press("enter")
        await d.until(lambda: d.app.screen is d.screen)
        await d.press("left", "left", "b", "3")
        screen = d.app.screen
        assert [s.branch for s in screen.lane.streams] == [(556, 1, 112, n) for n in (1, 2, 3)]
        await d.until(lambda: screen.state is State.DONE)
        await d.press("right", "right", "enter")
        await d.until(lambda: d.app.screen is d.screen)
        assert "seed 7, child 1 of t 556, child 3 of t 112" in d.lines()[0]
        for width, title in ((80, "seed 7 … child 3 of t 112"), (40, "child 3 of t 112")):
            await d.resize(width, 20)
            assert title in d.lines()[0]
            assert ("ddpm" in d.lines()[0]) == (width > 40), "what is sampled is named too"
        await d.resize(120, 40)
        await d.press("1", "right", "b", "1")
        assert [s.branch for s in d.app.screen.lane.streams] == [(889, 1)], "the seed's own child"

    drive(act, size=(120, 40))


def test_the_mouse_selects_and_chooses_a_child(drive):
    async def act(d):
        screen = await branch_at_556(d, "3")
        await d.until(lambda: screen.state is State.DONE)
        tiles = screen.query_one("#mosaic", Mosaic).tiles
        assert tiles is not None
        x, y = tiles.place(2)
        await d.pilot.click("#mosaic", offset=(x + 2, y + 2))
        assert screen.selected == 2
        await d.pilot.click("#mosaic", offset=(x + 2, y + 2), times=2)
        await d.until(lambda: d.app.screen is d.screen)
        assert d.screen.session.history.branch == ((556, 3),)

    drive(act, size=(120, 40))


def test_an_error_in_a_branch_is_shown_on_its_screen(drive):
    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        d.sampler.fail_at = 7
        await d.press("2", "b", "3")
        screen = d.app.screen
        await d.until(lambda: screen.state is State.FAILED)
        assert "stopped: the pixels ran out" in d.text()
        await d.press("escape")
        await d.until(lambda: d.app.screen is d.screen)
        assert "◀ back" in d.lines()[0]

    drive(act)


@pytest.mark.slow
def test_branching_survives_resizing(drive):
    async def act(d):
        screen = await branch_at_556(d, "8")
        for size in [(230, 60), (40, 12), (80, 24), (120, 40), (40, 20), (230, 60)]:
            await d.pilot.resize_terminal(*size)
            await d.press("right", "x")
            assert len(d.lines()) == size[1]
        await d.until(lambda: screen.state is State.DONE)
        assert screen.selected == 6

    drive(act, size=(230, 60))


@pytest.mark.parametrize("width", [40, 57, 80, 100, 120, 200, 230])
def test_nothing_of_a_branch_overlaps(planned_well, width):
    for height in (20, 22, 24, 30, 40, 60):
        for children in BRANCH_CHILDREN:
            made = plan_branch(width, height, children)
            assert made.tiles is not None
            assert made.tiles.capacity >= 1
            planned_well(made.regions, width, height)


def test_children_fill_a_tall_terminal():
    made = plan_branch(60, 60, 8)
    assert made.tiles is not None
    assert made.tiles.height >= 50


def test_all_children_are_seen_at_the_usual_sizes():
    for size in [(80, 24), (100, 30), (120, 40), (230, 60)]:
        for children in BRANCH_CHILDREN:
            tiles = plan_branch(*size, children).tiles
            assert tiles is not None
            assert tiles.capacity >= children
    for children in (8, 9):
        tiles = plan_branch(120, 40, children, parent=False).tiles
        assert tiles is not None
        assert tiles.mode is Mode.HALF, "larger than 14x7 where there is room for it"
        assert tiles.tile_width >= 22


def test_children_that_have_no_room_are_on_further_pages(drive):
    async def act(d):
        screen = await branch_at_556(d, "8")
        await d.until(lambda: screen.state is State.DONE)
        seen = set()
        for page in (1, 2, 3):
            assert f"{page}/3 PgDn" in d.lines()[0]
            seen |= {number for number in range(1, 9) if f"#{number} " in d.text()}
            await d.press("pagedown")
        assert seen == set(range(1, 9))

    drive(act, size=(60, 20))


def test_every_key_of_the_branch_screen_has_an_action():
    for key in BRANCH_KEYS:
        if key.action != "interrupt" and not key.action.startswith("app."):
            assert callable(getattr(BranchScreen, f"action_{key.action.partition('(')[0]}"))


def test_a_branch_without_steps_ends_at_its_branch_point(make_sampler):
    parent = Trajectory()
    for step in make_sampler().sample([7], 10):
        parent.append(step)
    history = StepHistory((Segment(0, parent, NoiseStream(7)),))
    child = history.with_child(4, Trajectory(4), NoiseStream(7).child(556, 1), 0)
    assert child.last == 4
    assert child.step(4).t == 556
    assert child.stream.branch == (556, 1)
    with pytest.raises(IndexError):
        child.step(5)
