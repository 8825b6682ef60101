"""The tour: its document, its questions, and every key of it to the end."""

import asyncio
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from diffviz.core.measure.phase_record import read_phases
from diffviz.core.noise import BatchNoise
from diffviz.core.sampling.chain import run_chain
from diffviz.core.sampling.consistency import consistency_update
from diffviz.core.sampling.trajectory import Trajectory
from diffviz.core.schedule import Schedule
from diffviz.tui.keys import State
from diffviz.tui.screens.run.run_film import RunFilm
from diffviz.tui.screens.tour import guide as guide_module
from diffviz.tui.screens.tour.facts import Known, fact, measured_phases
from diffviz.tui.screens.tour.scenes import job_of
from diffviz.tui.screens.tour.stations import STATIONS, questions, questions_text
from diffviz.tui.screens.tour.tour_screen import step_at
from diffviz.tui.screens.tour.worksheet import worksheet
from diffviz.tui.tour_app import TourApp
from diffviz.tui.widgets.mosaic import Mosaic
from diffviz.tui.widgets.timeline import Timeline
from diffviz.tui.worker.live_classifier import LiveClassifier

from ...app_tester import screen_text

LEARN = Path(__file__).resolve().parents[4] / "docs" / "learn.md"
ASKS = [(place, ask) for place, s in enumerate(STATIONS, 1) for ask in questions(s)]


@pytest.fixture(autouse=True)
def installed(monkeypatch):
    """Install weights of every name that a station needs, whichever are there; return the names."""
    scenes = [beat.scene for station in STATIONS for beat in station.beats if beat.scene]
    names = set().union(*(scene.needs for scene in scenes))
    monkeypatch.setattr(guide_module, "bundled_names", lambda: sorted(names))
    return names


@pytest.fixture
def tour(make_options, make_sampler, classifier):
    """Run ``act(app, pilot)`` in the tour, with a fake network."""

    def run(act, station=1, large=False, size=(80, 24), sampler=None):
        async def main():
            app = TourApp(make_options(), station, large, sampler or make_sampler(), classifier)
            async with app.run_test(size=size) as pilot:
                await act(app, pilot)
            app.bridge.driver.close()
            assert app.bridge.driver.join(20)
            return app

        return asyncio.run(main())

    return run


async def go_on(app, pilot, answer=1) -> None:
    """Answer what is asked, else go on."""
    tour = app.tour
    if tour.guide.question is not None and tour.state in (State.DONE, State.PAUSED):
        await pilot.press(str(answer))
    else:
        await pilot.press("enter")
    await pilot.pause(0.01)


def test_the_document_has_the_same_stations_and_questions():
    text = LEARN.read_text("utf-8")
    for number, station in enumerate(STATIONS, 1):
        assert f"\n## {number}. {station.title}\n" in text
        assert f"\nGuess first (`diffviz tour --station {number}`):\n\n" in text
        assert f"\n{questions_text(station)}\n" in text, f"\n{questions_text(station)}\n"
    assert text.count("Guess first") == len(STATIONS) == 12


def test_the_command_line_knows_the_last_station(diffviz, tmp_path):
    assert "1 to 12" in diffviz("tour", "--station", "13").usage_complaint
    assert "needs a terminal" in diffviz("tour", "--station", len(STATIONS)).complaint
    assert "leave" in diffviz("tour", "--export", "a.html", "--large").usage_complaint
    path = tmp_path / "sheet.html"
    assert diffviz("tour", "--export", path).status == 0
    assert path.read_text("utf-8") == worksheet()


def test_every_station_asks():
    assert all(questions(station) for station in STATIONS)


@pytest.mark.slow
def test_the_whole_tour_by_its_keys(tour):
    async def act(app, pilot):
        guide, seen, titles = app.tour.guide, set(), set()
        for _ in range(600):
            if guide.over:
                break
            seen.add((guide.place, guide.beat_place))
            titles.add(screen_text(app).splitlines()[0].split(":")[1][:12])
            await go_on(app, pilot)
        assert guide.over
        assert seen == {(p, b) for p, s in enumerate(STATIONS) for b in range(len(s.beats))}
        assert len(titles) == len(STATIONS)
        assert len(guide.guesses) == len(ASKS)
        await pilot.pause()
        assert f"of your {len(guide.guesses)} guesses" in screen_text(app)
        assert "go on" not in screen_text(app).splitlines()[-1]
        assert "next station" not in screen_text(app).splitlines()[-1]

    tour(act)


def test_a_question_waits_for_its_answer_and_the_answer_comes_from_the_run(tour):
    async def act(app, pilot):
        guide = app.tour.guide
        for _ in range(500):
            if guide.question is not None and app.tour.state is State.PAUSED:
                break
            await pilot.press("enter")
            await pilot.pause(0.01)
        assert "Which digit will it be?" in screen_text(app)
        assert "t 600" in screen_text(app).splitlines()[0]
        await pilot.press("enter")
        assert guide.beat_place == 1
        await pilot.press("3")
        await pilot.pause()
        assert "Your guess: 3" in screen_text(app)
        for _ in range(500):
            if guide.right is not None:
                break
            await pilot.press("enter")
            await pilot.pause(0.01)
        assert guide.right == 9  # of a white picture, which the fake network ends on
        await pilot.pause()
        assert "Your guess was 3; the answer is 9." in " ".join(screen_text(app).split())

    tour(act)


def test_branches_begin_at_the_picture_that_is_shown(tour):
    async def act(app, pilot):
        guide, shown = app.tour.guide, []
        for _ in range(400):
            if guide.place != 1:
                break
            if guide.question is not None and app.tour.state is State.PAUSED:
                shown.append(screen_text(app).splitlines()[0].split("   ")[-3:])
            await go_on(app, pilot, 8)
        assert [line[1].strip() for line in shown] == ["t 600", "t 100"]
        assert [line[0].strip() for line in shown] == ["parent: 9"] * 2
        assert guide.guesses == {(1, 1): True, (1, 3): True}  # all eight end white, as the parent

    tour(act, station=2)


def four_steps() -> Trajectory:
    chain, noise = Trajectory(), BatchNoise.from_seeds([17])
    update, ts = consistency_update(Schedule()), [1000, 750, 500, 250]
    for step in run_chain(lambda x_t, timestep: np.zeros_like(x_t), noise, Schedule(), ts, update):
        chain.append(step)
    return chain


def test_each_of_a_few_steps_is_seen_until_the_next():
    chain = four_steps()
    shown = [step_at(chain, cursor, 0).t for cursor in (1000, 999, 751, 750.0, 501, 250, 249, 1)]
    assert shown == [1000, 1000, 1000, 750, 750, 250, 250, 250]
    assert step_at(chain, 0, 0).t == 0
    assert step_at(chain, 700, 700).t == 500  # where a beat ends, no step after it is missing


def test_children_in_four_steps_begin_at_the_second_step():
    (branch,) = (b.scene for b in STATIONS[11].beats if b.scene and b.scene.kind == "branch")
    job = job_of(branch, four_steps(), 17)
    assert job is not None
    (lane,) = job.lanes
    assert lane.start is not None
    assert lane.start[0] == 1
    assert (lane.weights, lane.spec.sampler, lane.spec.total) == ("few-steps", "consistency", 4)
    assert len(lane.streams) == 8


@pytest.mark.parametrize(("digits", "right"), [((8, 8), 2), ((8, 3), 1)])
def test_two_networks_agree_if_their_pictures_show_the_same_digit(digits, right):
    class Classifier:
        def probabilities(self, images):
            return np.eye(10)[list(digits)]

    judge: Any = Classifier()
    known = Known(judge, np.zeros((2, 28, 28), np.float32), "compare", None, None)
    assert fact("agree", known) == right
    assert fact("agree", known._replace(finished=None)) is None


def test_the_classifier_accepts_digits_of_which_it_is_sure():
    belief = np.full((4, 10), 0.01)
    belief[[0, 1, 2], [3, 5, 7]] = 0.91, 0.9, 0.89

    class Classifier:
        def probabilities(self, images):
            return belief

    judge: Any = Classifier()
    known = Known(judge, np.zeros((4, 28, 28), np.float32), "seeds", None, None)
    assert fact("accepted", known) == 2
    assert fact("accepted", known._replace(kind="run")) is None
    assert fact("accepted", known._replace(finished=None)) is None


@pytest.mark.parametrize(
    ("number", "name"), [(6, "reference"), (10, "labelled"), (12, "few-steps")]
)
def test_a_station_without_its_weights_says_so_and_the_tour_goes_on(tour, installed, number, name):
    installed.remove(name)

    async def act(app, pilot):
        await pilot.pause()
        words = " ".join(screen_text(app).split())
        assert f"needs the weights {name}, which are not installed" in words
        assert app.tour.guide.question is None
        await pilot.press("enter")
        assert app.tour.guide.place == number if number < len(STATIONS) else app.tour.guide.over

    tour(act, station=number)


def test_one_can_go_to_any_station_and_back(tour):
    async def act(app, pilot):
        assert app.tour.guide.place == 4
        await pilot.press("right")
        assert app.tour.guide.place == 5
        await pilot.press("left", "left", "left")
        assert app.tour.guide.place == 2
        for _ in range(14):
            await pilot.press("right")
        assert app.tour.guide.place == len(STATIONS) - 1
        await pilot.press("q")

    assert tour(act, station=5).return_code == 0


def test_large_shows_pictures_phase_and_timestep_only(tour):
    async def act(app, pilot):
        for _ in range(500):
            if app.tour.state is State.PAUSED and app.tour.guide.beat_place == 1:
                break
            await pilot.press("enter")
            await pilot.pause(0.01)
        lines = screen_text(app).splitlines()
        assert "t 600" in lines[0]
        assert "Which digit" not in "".join(lines)
        assert "q quit" not in "".join(lines)

    tour(act, large=True, size=(120, 40))


def test_a_large_terminal_has_the_belief_and_a_timeline_that_goes_back(tour):
    async def act(app, pilot):
        for _ in range(500):
            if app.tour.guide.question is not None and app.tour.state is State.PAUSED:
                break
            await pilot.press("enter")
            await pilot.pause(0.01)
        assert "classifier's belief: P(digit | x0_hat)" in screen_text(app)
        film = app.tour.query_one(RunFilm)
        assert 0 < len(film.images) < film.tiles.capacity, "only what was seen"
        before = app.tour.query_one("#pictures", Mosaic).images.copy()
        timeline = app.tour.query_one("#timeline", Timeline)
        await pilot.click(timeline, offset=(timeline.size.width // 10, 1))
        await pilot.pause()
        header = screen_text(app).splitlines()[0]
        assert 850 < int(header.split(" t ")[1].split()[0]) < 950
        after = app.tour.query_one("#pictures", Mosaic).images
        assert not np.array_equal(before, after)
        await pilot.click(timeline, offset=(timeline.size.width - 1, 1))
        await pilot.pause()
        header = screen_text(app).splitlines()[0]
        assert "t 600" in header, "what is asked about isn't shown yet"

    tour(act, size=(230, 60))


def test_a_race_begins_with_its_one_noise_and_no_label_is_cut_off(tour):
    async def act(app, pilot):
        await pilot.pause()
        pictures = app.tour.query_one("#pictures", Mosaic)
        assert len(pictures.images) == 1
        assert "seed 30" in screen_text(app)
        await pilot.press("1")
        for _ in range(400):
            if app.tour.guide.beat_place == 1 and app.tour.state is State.DONE:
                break
            await pilot.press("enter")
            await pilot.pause(0.01)
        names = next(line for line in screen_text(app).splitlines() if "sa-solver" in line)
        assert names.split() == ["ddpm", "9", "82%", "ddim", "9", "82%", "dpmpp-2m", "9",
                                 "sa-solver", "9"]  # fmt: skip

    tour(act, station=5)


def test_pictures_are_there_before_the_network_is_loaded(tour, make_sampler):
    async def act(app, pilot):
        await pilot.pause()
        assert len(app.tour.query_one("#pictures", Mosaic).images) == 2
        lines = screen_text(app).splitlines()
        assert "loading the network" in lines[0]
        assert "x_t" in "".join(lines)
        sampler.allow_all()  # or leaving would wait for it

    sampler = make_sampler(permits=0)
    tour(act, sampler=sampler)


def test_the_measured_answer_is_that_of_the_card(classifier):
    phases = measured_phases()
    assert phases in read_phases("default", "ema", cached=False)
    known = Known(LiveClassifier(classifier), None, "", Trajectory(), phases)
    t = phases.boundary("blob | lock-in").t.value
    assert fact("measured", known) == (1 if t > 600 else 2 if t > 400 else 3 if t > 100 else 4)
