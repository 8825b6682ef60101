"""The page of ``diffviz record digit.html`` in headless Chromium: from a file, no network."""

from pathlib import Path

import numpy as np
import pytest

from diffviz.core.pipeline import Pipeline
from diffviz.core.viewer import Page, render, track_of
from diffviz.tui.cli import main

from ..browser import CHROMIUM, Browser

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
SIZES = ((1280, 900), (390, 844))
SCHEMES = ("dark", "light")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium"),
]


@pytest.fixture(scope="module")
def steps():
    return list(Pipeline.load(threads=1).sample([30]))


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with Browser(tmp_path_factory.mktemp("profile")) as browser:
        browser.offline()
        yield browser


@pytest.fixture(scope="module")
def file(steps, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "digit.html"
    page = Page("Seed 30", [track_of("seed 30", steps)], [("sampler", "ddpm")], "diffviz run")
    path.write_text(render(page), "utf-8")
    return path


@pytest.fixture
def opened(browser, file):
    def open_page(path=file, fragment="", **media):
        browser.resize(*SIZES[0], **media)
        browser.open("about:blank")  # an address that differs in its end only isn't loaded again
        browser.open(path.as_uri() + fragment)
        browser.wait_for("!document.getElementById('viewer').hidden")
        return browser

    return open_page


def pixels(browser, name: str) -> np.ndarray:
    script = (
        f"Array.from(document.getElementById('{name}').getContext('2d')"
        ".getImageData(0, 0, 28, 28).data)"
    )
    rgba = np.array(browser.run(script), np.uint8).reshape(28, 28, 4)
    assert (rgba[..., 3] == 255).all()
    assert (rgba[..., :1] == rgba[..., :3]).all()
    return rgba[..., 0]


def shows(browser, step) -> None:
    for name in ("x_t", "x0_hat"):
        image = getattr(step, name)[0]
        expected = np.rint(np.clip((image + 1) / 2, 0, 1) * 255)
        assert np.array_equal(pixels(browser, name), expected), name
    assert browser.run("document.getElementById('moment').textContent") == f"t = {step.t}"


def test_it_shows_exactly_the_pixels_of_a_step(opened, steps):
    browser = opened()
    shows(browser, steps[0])
    browser.run("document.getElementById('slider').value = 500")
    browser.run("document.getElementById('slider').dispatchEvent(new Event('input'))")
    shows(browser, next(step for step in steps if step.t == 500))
    shows(opened(fragment="#t=137"), next(step for step in steps if step.t == 137))


def test_keys_go_through_time(opened, steps):
    browser = opened()
    browser.press("ArrowRight")
    shows(browser, steps[1])
    browser.press("End")
    shows(browser, steps[-1])
    browser.press("ArrowLeft")
    shows(browser, steps[-2])
    browser.press("3")
    shows(browser, next(step for step in steps if step.t == 400))
    browser.press("Home")
    shows(browser, steps[0])


def test_it_plays_to_its_end_and_can_be_paused(opened, steps):
    browser = opened()
    browser.press("+")
    browser.press("+")
    browser.press(" ")
    browser.wait_for("document.getElementById('play').textContent === 'Pause'")
    browser.wait_for("place > 20")
    browser.press(" ")
    assert browser.run("document.getElementById('play').textContent") == "Play"
    at = browser.run("place")
    assert browser.run("new Promise(done => setTimeout(() => done(place), 300))") == at
    browser.press(" ")
    browser.wait_for(f"place === {len(steps) - 1}")
    shows(browser, steps[-1])
    assert browser.run("document.getElementById('play').textContent") == "Play"


def test_it_asks_for_nothing_and_has_no_problem(opened, file):
    browser = opened()
    browser.press("End")
    assert [address for address in browser.requests if not address.startswith("data:")] == [
        file.as_uri()
    ]
    assert browser.problems == []
    assert file.stat().st_size < 1_500_000


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("size", SIZES)
def test_it_fits_the_window_in_dark_and_light(opened, size, scheme):
    browser = opened()
    browser.resize(*size, phone=size == SIZES[1], prefers_color_scheme=scheme)
    assert browser.run("document.documentElement.scrollWidth") == size[0]
    back = browser.run("getComputedStyle(document.body).backgroundColor")
    assert (int(back.split("(")[1].split(",")[0]) < 128) == (scheme == "dark")


@pytest.mark.skipif(not AXE.exists(), reason="needs axe-core: npm install --no-save axe-core")
@pytest.mark.parametrize("scenario", ["run", "race"])
def test_an_accessibility_checker_finds_no_violation(opened, tmp_path, scenario):
    path = tmp_path / "page.html"
    assert main(["record", str(path), "--scenario", scenario]) == 0
    for scheme in SCHEMES:
        for size in SIZES:
            browser = opened(path)
            browser.resize(*size, prefers_color_scheme=scheme)
            browser.run("void 0;" + AXE.read_text("utf-8"))
            found = browser.run(
                "axe.run().then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html)]))"
            )
            assert found == [], (scheme, size)
            assert browser.problems == []
