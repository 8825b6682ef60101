"""The themes: every colour has a counterpart, readable and distinct."""

from itertools import pairwise

import numpy as np
import pytest
from rich.color import Color
from rich.segment import Segment
from textual.color import Color as TextualColor

from diffviz.tui import theme
from diffviz.tui.keys import THEME
from diffviz.tui.pixels.colours import Colours
from diffviz.tui.screens.forward.forward_keys import FORWARD_KEYS
from diffviz.tui.screens.jobs.branch_keys import BRANCH_KEYS
from diffviz.tui.screens.jobs.job_keys import GRID_KEYS, RACE_KEYS
from diffviz.tui.screens.run.run_keys import RUN_KEYS
from diffviz.tui.screens.training.training_keys import LIST_KEYS, TRAIN_KEYS
from diffviz.tui.terminal import Terminal
from diffviz.tui.terminal.background import BackgroundAnswered
from diffviz.tui.terminal.capabilities import AUTO_THEME, THEMES
from diffviz.tui.terminal.line_filters import filters_for
from diffviz.tui.terminal.themes import ThemeFilter, next_theme, themed
from diffviz.tui.terminal_app import TerminalApp
from diffviz.tui.widgets.canvas import Canvas

from .app_tester import screen_strips


def light(colour: str) -> str:
    return themed("light", colour)


def brightness(colour: str) -> float:
    red, green, blue = Color.parse(colour).get_truecolor()
    return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255


def colours_on(app) -> set[tuple[str, str]]:
    """Return the colours of all text on the screen: front and back."""
    return {
        (segment.style.color.name, segment.style.bgcolor.name)
        for strip in screen_strips(app)
        for segment in strip
        if segment.text.strip(" ▀▄█") and segment.style and segment.style.color
    }


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_t_changes_every_colour_but_the_pictures(drive, size):
    async def act(d):
        await d.until_t(1000)
        before, picture = colours_on(d.app), d.screen.query_one("#xt", Canvas).image
        assert {back for _, back in before} == {theme.BACKGROUND}
        await d.press("t")
        after = colours_on(d.app)
        assert {back for _, back in after} == {light(theme.BACKGROUND)}
        assert all(brightness(front) < brightness(back) for front, back in after)
        assert d.screen.query_one("#xt", Canvas).image is picture
        await d.press(*"t" * (len(THEMES) - 1))
        assert colours_on(d.app) == before

    drive(act, size=size, permits=1)


def test_the_grid_and_its_labels_are_light_too(drive):
    async def act(d):
        await d.until(lambda: d.screen.session.index >= 0)
        await d.press("t", "g")
        await d.until(lambda: d.app.screen is not d.screen)
        await d.pilot.pause()
        assert {back for _, back in colours_on(d.app)} <= {light(theme.BACKGROUND), "#000000"}

    drive(act, size=(230, 60), permits=2)


@pytest.mark.parametrize("name", THEMES)
def test_a_terminal_may_begin_with_any_theme(name):
    app = TerminalApp(Terminal(theme=name))
    assert app.colour_theme == name
    assert app.choices.theme == name


def test_t_goes_through_all_themes():
    seen = [THEMES[0]]
    while (name := next_theme(seen[-1])) != seen[0]:
        seen.append(name)
    assert seen == list(THEMES)


def test_an_automatic_theme_is_dark_until_the_terminal_says_that_it_is_light(drive):
    async def act(d):
        d.app.chosen_theme = AUTO_THEME
        d.app.on_background_answered(BackgroundAnswered(light=False))
        assert d.app.colour_theme == "dark"
        d.app.on_background_answered(BackgroundAnswered(light=True))
        assert d.app.colour_theme == "light"
        assert d.app.choices.theme == AUTO_THEME, "that is what is kept"
        await d.press("t")
        assert d.app.choices.theme == d.app.colour_theme == "contrast"
        d.app.on_background_answered(BackgroundAnswered(light=True))
        assert d.app.colour_theme == "contrast", "what was chosen stays"

    assert TerminalApp(Terminal(theme=AUTO_THEME)).colour_theme == "dark"
    drive(act)


def contrast(one: str, other: str) -> float:
    """Return WCAG's contrast ratio of two colours."""
    light = sorted(float(linear(c) @ np.array([0.2126, 0.7152, 0.0722])) for c in (one, other))
    return (light[1] + 0.05) / (light[0] + 0.05)


READ = [theme.TEXT, theme.DIM, theme.ACCENT, theme.ERROR, *theme.PHASE_COLOURS.values()]


@pytest.mark.parametrize("colour", dict.fromkeys([*READ, *theme.DIGIT_COLOURS]))
@pytest.mark.parametrize("name", THEMES)
def test_text_is_readable(colour, name):
    """On each background: at least 4, with high contrast 9."""
    for paper in (theme.BACKGROUND, theme.PANEL):
        ratio = contrast(themed(name, colour), themed(name, paper))
        assert ratio > (9 if name == "contrast" else 3.5 if paper == theme.PANEL else 4)


# Machado, Oliveira and Fernandes (2009), severity 1, for linear RGB.
PROTANOPIA = np.array(
    [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ]
)
DEUTERANOPIA = np.array(
    [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ]
)
TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)


def linear(colour: str) -> np.ndarray:
    parts = np.array(Color.parse(colour).get_truecolor()) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    x = TO_XYZ @ np.clip(rgb, 0, 1) / np.array([0.95047, 1.0, 1.08883])
    f = np.where(x > 216 / 24389, np.cbrt(x), (24389 / 27 * x + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def smallest_distance(name: str, seen: np.ndarray) -> float:
    """Return the smallest colour distance (CIE 1976) between neighbouring phases."""
    colours = [themed(name, colour) for colour in theme.PHASE_COLOURS.values()]
    places = [lab(seen @ linear(colour)) for colour in colours]
    return min(float(np.linalg.norm(a - b)) for a, b in pairwise(places))


@pytest.mark.parametrize("seen", [np.eye(3), PROTANOPIA, DEUTERANOPIA], ids=["all", "red", "green"])
def test_neighbouring_phases_differ_for_the_colour_blind(seen):
    assert smallest_distance("colour-blind", seen) >= 24


def test_the_simulation_tells_the_themes_apart():
    assert smallest_distance("dark", DEUTERANOPIA) < 12 < smallest_distance("dark", np.eye(3))


def test_faded_phases_have_the_theme_s_colours_too():
    for colour in theme.PHASE_COLOURS.values():
        for share in (theme.BAR_SHARE, theme.NAME_SHARE):
            mixed = theme.faded(themed("colour-blind", colour), share)
            assert themed("colour-blind", theme.faded(colour, share)) == mixed


@pytest.mark.parametrize("name", THEMES)
def test_the_names_of_other_phases_than_the_current_one_are_readable(name):
    for colour in theme.PHASE_COLOURS.values():
        shown = themed(name, theme.faded(colour, theme.NAME_SHARE))
        assert contrast(shown, themed(name, theme.BACKGROUND)) > 4


@pytest.mark.parametrize("colours", [Colours.MONO, Colours.ASCII])
def test_a_terminal_without_colours_has_no_theme(colours):
    app = TerminalApp(Terminal(colours, colours, theme="light"))
    assert not any(isinstance(line_filter, ThemeFilter) for line_filter in app.get_line_filters())


def test_dimmed_colours_are_mirrored_in_the_light_theme():
    faint = theme.faded(theme.TEXT)
    assert brightness(faint) < 0.5 < brightness(light(faint))


@pytest.mark.parametrize(
    "keys", [RUN_KEYS, GRID_KEYS, RACE_KEYS, FORWARD_KEYS, BRANCH_KEYS, TRAIN_KEYS, LIST_KEYS]
)
def test_every_screen_has_the_key_that_changes_it(keys):
    assert THEME in keys


@pytest.mark.parametrize("name", THEMES)
def test_in_16_colours_text_stands_out_and_important_text_more(name):
    filters = [ThemeFilter(name), *filters_for(Terminal(Colours.BASIC, Colours.BASIC))]

    def stands_out(colour: str) -> float:
        line = [Segment("x", theme.style(colour))]
        for line_filter in filters:
            line = line_filter.apply(line, TextualColor.parse(theme.BACKGROUND))
        style = line[0].style
        assert style is not None
        assert style.color is not None
        assert style.bgcolor is not None
        return contrast(style.color.get_truecolor().hex, style.bgcolor.get_truecolor().hex)

    marks = theme.ACCENT, theme.ERROR, theme.LIVE, theme.BACK, *theme.PHASE_COLOURS.values()
    for colour in (theme.TEXT, theme.DIM, *marks):
        assert stands_out(colour) > 2.4, colour
    assert stands_out(theme.TEXT) >= stands_out(theme.DIM) > stands_out(theme.FAINT) > 1
