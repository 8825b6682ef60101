"""One palette, dark or light."""

import pytest
from rich.color import Color

from diffviz.tui import theme
from diffviz.tui.keys import THEME
from diffviz.tui.screens.forward.forward_keys import FORWARD_KEYS
from diffviz.tui.screens.jobs.branch_keys import BRANCH_KEYS
from diffviz.tui.screens.jobs.job_keys import GRID_KEYS, RACE_KEYS
from diffviz.tui.screens.run.run_keys import RUN_KEYS
from diffviz.tui.screens.training.training_keys import LIST_KEYS, TRAIN_KEYS
from diffviz.tui.terminal import Terminal
from diffviz.tui.terminal.light_theme import light
from diffviz.tui.terminal_app import TerminalApp
from diffviz.tui.widgets.canvas import Canvas

from .app_tester import screen_strips


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
        await d.press("t")
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


def test_a_terminal_may_begin_light():
    assert TerminalApp(Terminal(light=True)).light
    assert not TerminalApp(Terminal()).light


@pytest.mark.parametrize(
    "colour", [theme.TEXT, theme.DIM, theme.ACCENT, theme.ERROR, *theme.PHASE_COLOURS.values()]
)
@pytest.mark.parametrize("of", [lambda c: c, light], ids=["dark", "light"])
def test_text_is_readable(colour, of):
    """WCAG's contrast ratio, of text on both backgrounds: at least 4 (large text: 3)."""

    def luminance(name: str) -> float:
        parts = [part / 255 for part in Color.parse(name).get_truecolor()]
        lin = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * lin[0] + 0.7152 * lin[1] + 0.0722 * lin[2]

    pair = sorted((luminance(of(colour)), luminance(of(theme.BACKGROUND))))
    assert (pair[1] + 0.05) / (pair[0] + 0.05) > 4


def test_dimmed_colours_are_mirrored_in_the_light_theme():
    faint = theme.faded(theme.TEXT)
    assert brightness(faint) < 0.5 < brightness(light(faint))


@pytest.mark.parametrize(
    "keys", [RUN_KEYS, GRID_KEYS, RACE_KEYS, FORWARD_KEYS, BRANCH_KEYS, TRAIN_KEYS, LIST_KEYS]
)
def test_every_screen_has_the_key_that_changes_it(keys):
    assert THEME in keys
