"""The strip of beliefs over time, the end of a run, and what is said at its beginning."""

import numpy as np
import pytest

from diffviz.core.noise import NoiseStream
from diffviz.core.pictures import to_grey
from diffviz.tui.keys import State
from diffviz.tui.screens.run.run_film import RunFilm
from diffviz.tui.widgets.belief_strip import BeliefStrip
from diffviz.tui.widgets.canvas import Canvas


async def done(d) -> None:
    await d.until(lambda: d.screen.state is State.DONE)
    await d.until(lambda: "decided" in d.text())


def test_loading_says_what_is_seen(drive, make_sampler):
    import threading

    loaded = threading.Event()

    def slow(weights):
        loaded.wait(20)
        return make_sampler()

    async def act(d):
        await d.until(lambda: "loading weights ..." in d.text())
        sentence = "a network removes a little of this noise, 10 times, until a digit is left"
        assert sentence in d.text()
        loaded.set()
        await done(d)

    drive(act, sampler=slow)


def test_the_strip_names_the_most_likely_digit_over_time(drive):
    async def act(d):
        await d.until_t(556)
        strip = d.screen.query_one(BeliefStrip)
        await d.until(lambda: any(c is not None for c in strip._columns[30:]))
        shown = d.at("strip").strip()
        assert shown[0] == "0", "at t = 1000 the fake's x0_hat is dark"
        assert shown.rstrip("·")[-1] == "4"
        assert shown.endswith("··"), "what wasn't sampled yet is empty"
        d.sampler.allow_all()
        await done(d)
        await d.until(lambda: "·" not in d.at("strip"))
        assert d.at("strip").strip() == "".join(sorted(d.at("strip").strip()))
        assert d.at("strip").strip()[-1] == "9"

    drive(act, permits=5)


def test_a_tall_strip_has_a_row_for_each_digit(drive):
    async def act(d):
        await done(d)
        await d.until(lambda: "·" not in d.at("strip"))
        rows = d.at("strip").splitlines()
        assert [row[0] for row in rows] == list("0123456789")
        assert "".join(row[-1] for row in rows) == "         ▓"
        assert rows[0][1] == "▓"

    drive(act, size=(230, 60))


def test_the_end_says_which_digit_it_is_and_what_can_follow(drive):
    async def act(d):
        await done(d)
        await d.until(lambda: "It is a 9." in d.text())
        verdict = d.at("verdict")
        assert "It is a 9." in verdict
        assert "82% sure" in verdict
        assert "decided at t = 1." in verdict
        assert "done: a 9 (82%), decided at t = 1;" in d.text()
        assert "blue −, red +" not in d.text(), "no square without noise"
        assert "x_1000  the noise" in d.text()
        assert "x_0  the finished digit" in d.text()
        noise = to_grey(d.sampler.picture(7, 1000))
        assert np.array_equal(d.screen.query_one("#xt", Canvas).image, noise)
        await d.press("left")
        await d.until(lambda: "blue −, red +" in d.text())
        assert "x_t" in d.text()
        assert "It is a" not in d.text()

    drive(act, size=(120, 40))


def test_the_keys_of_the_verdict_can_be_clicked(drive):
    async def act(d):
        await done(d)
        await d.until(lambda: "It is a 9." in d.text())
        region = d.screen.plan(*d.app.size).regions["verdict"]
        row = next(i for i, line in enumerate(d.at("verdict").splitlines()) if "next seed" in line)
        await d.pilot.click(offset=(region.x + 9, region.y + row))
        await d.until(lambda: d.screen.session.seed == 8)

    drive(act, size=(120, 40))


def test_without_a_classifier_the_end_says_what_it_can(drive):
    async def act(d):
        d.app.classifier.__dict__["_classifier"] = None
        await d.press("n")
        await d.until(lambda: d.screen.state is State.DONE)
        assert "done: seed 8 in" in d.text()

    drive(act)


def test_story_and_header_stay_where_they_are(drive):
    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        rights, rows = set(), set()
        for key in ("1", "2", "3", "4", "space", "space"):
            await d.press(key)
            header = d.lines()[0].rstrip()
            rights.add((len(header), header.index("toy")))
            rows.add(d.at("phase").splitlines()[0].strip() != "")
        assert len(rights) == 1
        assert rows == {True}, "the story begins in the same row"

    drive(act, size=(120, 40))


def test_the_noise_of_the_beginning_is_that_of_the_seed(drive):
    async def act(d):
        image = d.screen.query_one("#xt", Canvas).image
        assert np.array_equal(image, to_grey(NoiseStream(7).draw(0)))

    async def acted(d):
        await d.until(lambda: d.screen.query_one("#xt", Canvas).image is not None)
        await act(d)

    drive(acted, permits=0)


@pytest.mark.parametrize("size", [(40, 20), (48, 20), (60, 20), (60, 60), (80, 24), (120, 40)])
def test_the_finished_digit_and_what_it_is_are_seen_at_every_size(drive, size):
    async def act(d):
        await done(d)
        await d.until(lambda: "a 9 (82%), decided at t = 1" in " ".join(d.text().split()))
        # not only the noise that it began with
        await d.until(lambda: d.screen.query_one("#x0", Canvas).region.area > 0)
        await d.until(lambda: "x_0  the finished digit" in d.text())
        assert "decided at t = 1…" not in d.text()
        await d.press("left")
        await d.until(lambda: "x_t  " in d.text())

    drive(act, size=size)


def test_the_end_shows_how_the_digit_came_about_where_there_is_room(drive):
    async def act(d):
        await done(d)
        film = d.screen.query_one(RunFilm)
        await d.until(lambda: len(film.images) > 3)
        history = d.screen.session.history
        place = len(film.images) // 2
        await d.pilot.click(
            film, offset=(film.tiles.place(place)[0] + 1, film.tiles.place(place)[1] + 1)
        )
        step = d.screen.session.step()
        assert 200 < step.t < 800
        np.testing.assert_array_equal(film.images[place], to_grey(step.x0_hat[0]))
        assert "film" not in d.screen.plan(230, 60).regions, "only beside the finished digit"
        await d.press("end")
        await d.pilot.pause()
        for index in range(1, history.last):
            assert f"t {history.step(index).t}" in d.at("film")

    drive(act, size=(230, 60))
