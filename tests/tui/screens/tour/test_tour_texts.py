"""The tour's questions and texts: they have room, and guesses are counted."""

from html import escape
from textwrap import wrap

import pytest

from diffviz.tui.pixels.tiles import Mode
from diffviz.tui.screens.tour.guide import Guide
from diffviz.tui.screens.tour.stations import STATIONS, questions
from diffviz.tui.screens.tour.tour_layout import plan_tour
from diffviz.tui.screens.tour.tour_text import TourText
from diffviz.tui.screens.tour.worksheet import worksheet

ASKS = [(place, ask) for place, s in enumerate(STATIONS, 1) for ask in questions(s)]


def guide_at(number, ask, verdict=None) -> Guide:
    """Return the guide of a station at a question; ``verdict`` is the outcome of the others."""
    guide = Guide(number)
    while guide.question is not ask:
        if guide.question is not None:
            guide.reply(1)
        guide.next()
        if verdict is not None:
            guide.resolve(verdict)
    return guide


def rows_of(guide: Guide, room: tuple[int, int]) -> list[str]:
    """Return what is said in this room (columns and rows), while no picture plays."""
    said = TourText(guide)
    said.show(playing=False)
    return ["".join(segment.text for segment in row) for row in said.rows(*room)]


@pytest.mark.parametrize("size", [(40, 20), (80, 24), (100, 30), (230, 60)])
@pytest.mark.parametrize("pictures", [1, 2, 4, 8])
def test_the_layout_has_room_for_all_pictures(planned_well, size, pictures):
    for large, run in ((False, False), (False, pictures < 3), (True, False)):
        plan = plan_tour(size[0], size[1], pictures, large, Mode.QUADRANT, run)
        planned_well(plan.regions, *size)
        assert plan.tiles is not None
        if size[0] >= 80:
            assert plan.tiles.capacity >= pictures


@pytest.mark.parametrize(("pictures", "run"), [(2, True), (4, False), (1, False)])
def test_low_wide_terminals_have_the_text_beside_large_pictures(planned_well, pictures, run):
    plan = plan_tour(230, 20, pictures, False, Mode.QUADRANT, run)
    planned_well(plan.regions, 230, 20)
    assert plan.tiles is not None
    assert plan.tiles.mode is Mode.HALF
    said = plan.regions["said"]
    assert said.x > plan.regions["pictures"].right
    assert said.width == 72
    assert ("belief" in plan.regions) == run


@pytest.mark.parametrize("room", [(78, 6), (72, 18)])
@pytest.mark.parametrize(("number", "ask"), ASKS)
def test_a_question_fits_below_the_pictures(number, ask, room):
    rows = rows_of(guide_at(number, ask), room)
    assert len(rows) <= room[1]
    assert ask.question in rows
    for place, answer in enumerate(ask.answers, 1):
        assert any(f"{place} {answer}" in row for row in rows)


@pytest.mark.parametrize("room", [(78, 6), (72, 18)])
@pytest.mark.parametrize(("number", "ask"), ASKS)
def test_all_answers_are_there_below_the_verdict_of_the_question_before(number, ask, room):
    guide = guide_at(number, ask, verdict=2)
    rows = [row.rstrip() for row in rows_of(guide, room)]
    assert len(rows) <= room[1]
    assert all(len(row) <= room[0] for row in rows)
    assert ask.question in rows
    assert " ".join(rows).count(guide.beat.text) == 1, "what is said is not cut off"
    for place, answer in enumerate(ask.answers, 1):
        assert any(f"{place} {answer}" in row for row in rows)


def test_what_is_said_fits_below_the_pictures():
    for number, station in enumerate(STATIONS, 1):
        guide = Guide(number)
        for beat in station.beats:
            assert len(wrap(beat.text, 78)) <= 3
        for ask in questions(station):
            right = ask.answers[0] if ask.answers else "9"
            assert len(wrap(f"Your guess was {right}; the answer is {right}. {ask.after}", 78)) <= 3
        assert guide.station is station


def test_guesses_are_counted_and_only_answers_are_taken():
    guide = Guide(6)  # yes or no
    ask = guide.question
    assert ask is not None
    assert not guide.reply(3)
    assert not guide.reply(0)
    guide.next()
    assert guide.beat_place == 0
    assert guide.reply(2)
    assert guide.verdict == ""
    guide.resolve(1)
    assert guide.verdict.startswith("Your guess was yes; the answer is no.")
    assert guide.score == "Your guess was wrong."
    assert Guide().score == "You answered no question."


def test_a_verdict_stays_until_one_goes_on():
    guide = Guide(2)
    guide.next()
    guide.reply(8)
    guide.next()
    guide.resolve(2)
    assert guide.verdict.startswith("Your guess was 8; the answer is 2.")
    guide.next()
    assert guide.verdict == ""
    assert guide.guesses == {(1, 1): False}


def test_the_worksheet_has_every_question_and_loads_nothing():
    page = worksheet()
    for _, ask in ASKS:
        assert escape(ask.question) in page
        assert escape(ask.after) not in page
    assert "http" not in page
    assert "src=" not in page
