"""The tree of branches: what was drawn of a seed, walked and gone back to."""

import numpy as np
import pytest

from diffviz.core.noise import NoiseStream
from diffviz.core.pictures import to_grey
from diffviz.core.sampling.trajectory import Trajectory
from diffviz.tui.keys import State
from diffviz.tui.screens.jobs.branch_keys import TREE_KEYS
from diffviz.tui.screens.jobs.tree_layout import plan_tree
from diffviz.tui.screens.jobs.tree_screen import TreeScreen
from diffviz.tui.session.branches import Children, Tree
from diffviz.tui.session.step_history import Segment, StepHistory
from diffviz.tui.widgets.canvas import Canvas
from diffviz.tui.widgets.timeline import column_of
from diffviz.tui.widgets.tree_list import tree_lines


def drawn(make_sampler, streams, start=None, steps=10, until=None) -> Trajectory:
    """Return what the fake sampler draws of ``streams`` from ``start`` on."""
    kept = Trajectory(0 if start is None else start[0])
    for step in make_sampler().sample(streams, steps, start=start):
        if until is None or step.index <= until:
            kept.append(step)
    return kept


@pytest.fixture
def root(make_sampler) -> StepHistory:
    return StepHistory((Segment(0, drawn(make_sampler, [7]), NoiseStream(7)),))


@pytest.fixture
def grow(make_sampler):
    """Return a function that branches a history of a tree and adds the children."""

    def grow(tree, path, index, number, until=None) -> None:
        start, noise = tree[path].branched(index, number)
        kept = drawn(make_sampler, noise.streams, start, until=until)
        tree.grow(tree[path], Children(index, kept, noise.streams))

    return grow


def test_children_come_below_their_parent_and_earlier_ones_first(root, grow):
    tree = Tree(root)
    grow(tree, (), 8, 1)
    grow(tree, (), 4, 3)
    grow(tree, ((556, 2),), 8, 1)
    assert tree.paths == [
        (),
        ((556, 1),),
        ((556, 2),),
        ((556, 2), (112, 1)),
        ((556, 3),),
        ((112, 1),),
    ]
    assert tree_lines(tree.paths) == ["", "├ ", "├ ", "│ └ ", "├ ", "└ "]
    assert tree.neighbour(((556, 3),), 1) == ((112, 1),)
    assert tree.neighbour(((112, 1),), 1) == (), "round and round"
    assert tree.neighbour((), -1) == ((112, 1),)


def test_the_longer_trajectory_of_a_branch_stays(root, grow):
    tree = Tree(root)
    grow(tree, (), 4, 3)
    grow(tree, (), 4, 8, until=5)
    assert [tree[((556, n),)].last for n in (1, 3, 4, 8)] == [10, 10, 5, 5]
    grow(tree, (), 4, 8)
    assert tree[((556, 8),)].last == 10


def test_the_oldest_branches_are_forgotten_where_memory_is_short(root, grow):
    size = 7 * 3 * 2 * 28 * 28 * 4
    tree = Tree(root, limit=2 * size)
    grow(tree, (), 4, 3)
    grow(tree, ((556, 2),), 4, 3)
    assert len(tree.paths) == 4, "a branch at the same step is a sibling"
    grow(tree, ((556, 2),), 6, 3)
    grow(tree, ((556, 2), (334, 1)), 8, 3)
    assert ((556, 2), (334, 1), (112, 1)) in tree.paths, "the way that is gone on with stays"
    grow(tree, (), 3, 3)
    assert tree.paths == [(), ((667, 1),), ((667, 2),), ((667, 3),)]


async def branched(d, *keys: str) -> None:
    """Branch a finished run at t = 556 and leave the children with ``keys``."""
    await d.until(lambda: d.screen.state is State.DONE)
    await d.press("2", "b", "3")
    children = d.app.screen
    await d.until(lambda: children.state is State.DONE)
    await d.press(*keys)
    await d.until(lambda: d.app.screen is d.screen)


def test_up_and_down_walk_the_tree_and_compute_nothing(drive):
    async def act(d):
        await branched(d, "escape")
        asked = len(d.sampler.asked)
        await d.press("4", "left")
        t = d.value("t")
        seen = []
        for _ in range(4):
            await d.press("down")
            assert d.value("t") == t, "the same timestep of another branch"
            number = 7 + sum(child for _, child in d.screen.session.history.branch)
            image = d.screen.query_one("#xt", Canvas).image
            assert np.array_equal(image, to_grey(d.sampler.picture(number, int(t))))
            seen.append(d.lines()[0].partition("◀")[0].split("seed ")[1].strip())
        assert seen == [*(f"7, child {n} of t 556" for n in (1, 2, 3)), "7"]
        await d.press("up")
        assert "branch 4 of 4: seed 7, child 3 of t 556" in d.text()
        await d.press("end")
        assert "● done" in d.lines()[0]
        assert len(d.sampler.asked) == asked

    drive(act, size=(120, 40))


def test_up_leads_from_a_chosen_child_to_its_parent(drive):
    async def act(d):
        await branched(d, "right", "enter")
        assert "seed 7, child 2 of t 556" in d.lines()[0]
        await d.press("up", "up")
        assert "child" not in d.lines()[0]
        assert d.screen.session.history.branch == ()
        assert np.array_equal(d.screen.session.step().x_t[0], d.sampler.picture(7, 0))

    drive(act)


def test_without_branches_up_and_down_do_nothing(drive):
    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        assert "branches" not in d.lines()[-1]
        await d.press("up")
        assert "there are no branches yet: b takes one" in d.text()
        await branched(d, "escape")
        assert "↑ ↓ T branches" in d.lines()[-1]
        await d.press("n")
        await d.until(lambda: d.screen.state is State.DONE)
        assert "branches" not in d.lines()[-1], "the tree is that of one seed"

    drive(act, size=(120, 40))


def test_an_unfinished_branch_is_sampled_further_when_opened(drive):
    async def act(d):
        await d.until_t(556)
        await d.press("b", "3")
        children = d.app.screen
        d.sampler.allow(3)
        await d.until(lambda: children.frame is not None and children.frame.steps[0].index >= 5)
        await d.press("escape")
        await d.until(lambda: d.app.screen is d.screen)
        await d.press("down")
        d.sampler.allow_all()
        await d.until(lambda: d.screen.state is State.DONE)
        history = d.screen.session.history
        assert history.branch == ((556, 1),)
        assert [history.step(i).t for i in (0, 4, 10)] == [1000, 556, 0]
        await d.press("up")
        await d.until(lambda: d.screen.state is State.DONE)
        assert d.screen.session.history.branch == ()
        assert d.screen.session.history.last == 10, "the parent too"

    drive(act, permits=5)


def test_the_tree_screen_shows_every_branch(drive):
    async def act(d):
        await branched(d, "right", "enter")
        await d.press("T")
        screen = d.app.screen
        assert isinstance(screen, TreeScreen)
        lines = d.lines()
        assert "branches of seed 7" in lines[0]
        rows = [line for line in lines if "child" in line or "  seed 7 " in line]
        assert ["▸" in row for row in rows[-4:]] == [False, False, True, False], "where one is"
        await d.press("down", "k", "j")
        assert "seed 7, child 3 of t 556" in d.lines()[0]
        picture = screen.query_one("#picture", Canvas)
        assert picture.image is not None
        assert np.array_equal(picture.image, to_grey(-d.sampler.picture(10, 0)))
        await d.press("enter")
        await d.until(lambda: d.app.screen is d.screen)
        assert d.screen.session.history.branch == ((556, 3),)
        await d.press("T", "home", "escape")
        assert d.screen.session.history.branch == ((556, 3),), "Esc changes nothing"

    drive(act, size=(80, 24))


@pytest.mark.parametrize(
    ("size", "where", "rows"),
    [
        ((80, 24), "#list", 1),
        ((120, 40), "#lines", 8),
        ((120, 40), "#thumbnails", 8),
    ],
)
def test_a_branch_is_picked_by_mouse(drive, size, where, rows):
    async def act(d):
        await branched(d, "escape")
        await d.press("T")
        await d.pilot.click(where, offset=(6, rows))
        assert d.app.screen.selected == ((556, 1),)
        await d.pilot.click(where, offset=(6, 2 * rows), times=2)
        await d.until(lambda: d.app.screen is d.screen)
        assert d.screen.session.history.branch == ((556, 2),)

    drive(act, size=size)


def test_the_tree_is_a_picture_along_the_time_axis(drive):
    async def act(d):
        await branched(d, "right", "enter")
        await d.press("T")
        screen = d.app.screen
        lines = screen.query_one("#lines")
        x, y, width, height = lines.region
        rows = [line[x : x + width] for line in d.lines()[y : y + height]]
        fork = column_of(556, width)
        root, *children = [row for row in rows if set(row) & set("─━")]
        assert len(children) == 3
        assert root[0] in "─━", "the seed begins at t = 1000"
        assert root[fork] == "┬"
        assert all(row[:fork].strip(" │") == "" and row[fork] in "╰├" for row in children)
        assert all(row.rstrip()[-1] == "●" for row in (root, *children))
        thumbnails = screen.query_one("#thumbnails")
        assert len(thumbnails.images) == 4
        assert np.array_equal(thumbnails.images[2], to_grey(-d.sampler.picture(9, 0)))
        assert "9  82%" in d.text()

    drive(act, size=(120, 40))


def test_a_large_terminal_shows_what_each_branch_was_before(drive):
    async def act(d):
        await branched(d, "right", "enter")
        await d.press("T")
        screen = d.app.screen
        plan = screen.plan(230, 60)
        columns = plan.thumbnails.columns
        assert len(plan.earlier) == columns - 1 >= 2
        images = screen.query_one("#thumbnails").images.reshape(4, columns, 28, 28)
        for place, t in enumerate(plan.earlier):
            shown = d.screen.session.tree[()]
            step = shown.step(shown.index_at(t))
            picture = to_grey(step.x0_hat[0])
            assert np.array_equal(images[0, place], picture)
            same = np.array_equal(images[1, place], picture // 3)
            assert same == (t > 556), "before its fork a child is its parent, shown darker"
        await d.pilot.click("#thumbnails", offset=(2, 2 * plan.pitch + 2))
        assert screen.selected == screen.session.tree.paths[2]

    drive(act, size=(230, 60))


def test_the_tree_can_become_smaller_and_larger(drive):
    async def act(d):
        await branched(d, "right", "enter")
        await d.press("T")
        for size in ((230, 60), (120, 40), (230, 60), (90, 22), (40, 20), (230, 60)):
            await d.resize(*size)
            d.app.screen.refresh_tree()  # before the widgets have their new sizes, too
            assert "seed 7" in d.text()

    drive(act, size=(120, 40))


def test_branches_that_have_no_room_are_on_further_pages(drive):
    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        await d.press("2", "b", "9")
        await d.until(lambda: getattr(d.app.screen, "state", None) is State.DONE)
        await d.press("escape", "T")
        screen = d.app.screen
        assert screen.plan(120, 40).pages == 2
        assert "page 1/2, PgDn" in d.lines()[0]
        await d.press("pagedown")
        assert screen.selected == ((556, 5),)
        assert "page 2/2" in d.lines()[0]
        await d.press("up")
        assert "page 1/2" in d.lines()[0]

    drive(act, size=(120, 40))


@pytest.mark.parametrize("width", [40, 61, 62, 80, 100, 120, 200, 230])
def test_nothing_of_the_tree_overlaps(width, planned_well):
    for height in (20, 22, 24, 30, 40, 60):
        for branches in (1, 4, 10, 40):
            planned_well(plan_tree(width, height, branches).regions, width, height)
        regions = plan_tree(width, height).regions
        assert ("picture" in regions) is (width >= 63 or height >= 24)
    assert plan_tree(width, 60, 8).regions.keys() >= {"picture", "belief"}
    assert plan_tree(width, 19).regions.keys() == {"too-small"}


def test_every_key_of_the_tree_has_an_action():
    for key in TREE_KEYS:
        if key.action != "interrupt" and not key.action.startswith("app."):
            assert callable(getattr(TreeScreen, f"action_{key.action.partition('(')[0]}"))
