import numpy as np
import pytest

from diffviz.tui.pixels.tiles import Mode, Tiles
from diffviz.tui.screens.training.film_tiles import larger_tiles
from diffviz.tui.screens.training.filmstrip import Film, spread
from diffviz.tui.screens.training.log_history import Moment

MOMENTS = [Moment(step, 1, str(step)) for step in (10, 20, 40, 100, 200, 400, 800)]
TILES = Tiles(Mode.QUADRANT, 4, 2, 1, 1)


@pytest.fixture
def film():
    return Film(lambda moment: np.full((3, 28, 28), moment.step // 10, np.uint8))


def columns(film: Film) -> list[int]:
    strip = film.strip(MOMENTS, TILES)
    return strip.pictures[: strip.tiles.columns, 0, 0].tolist()


@pytest.mark.parametrize("count", [1, 2, 3, 5, 9])
def test_moments_are_spread_with_the_first_and_the_last(count):
    steps = [1, 2, 3, 1000, 1001, 1002, 1003]
    chosen = spread(steps, count)
    assert len(chosen) == min(count, len(steps))
    assert chosen == sorted(set(chosen))
    assert chosen[-1] == len(steps) - 1
    assert count == 1 or chosen[0] == 0


def test_early_moments_are_closer_together():
    assert [MOMENTS[i].step for i in spread([m.step for m in MOMENTS], 4)] == [10, 40, 200, 800]


def marked(film: Film) -> int:
    """Return the moment that is marked with an arrow, as its pictures show it."""
    strip = film.strip(MOMENTS, TILES)
    names = ["".join(part.text for part in label) for label in strip.labels[-strip.tiles.columns :]]
    (place,) = [place for place, name in enumerate(names) if name.startswith("▸")]
    return int(strip.pictures[place, 0, 0])


def test_the_cursor_moves_over_pictures_that_stay(film):
    assert (columns(film), marked(film)) == ([1, 4, 20, 80], 80)
    film.move(-2, MOMENTS)
    assert (columns(film), marked(film)) == ([1, 4, 20, 80], 20)
    film.move(-1, MOMENTS)
    assert (columns(film), marked(film)) == ([1, 10, 20, 80], 10), "the nearest makes room for it"
    film.move(-100, MOMENTS)
    assert (columns(film), marked(film)) == ([1, 4, 20, 80], 1)
    film.choose(4, MOMENTS)
    assert marked(film) == 20
    film.move(100, MOMENTS)
    assert film.cursor is None


def test_a_cursor_at_the_newest_moment_follows_new_ones(film):
    film.move(-1, MOMENTS[:3])
    film.move(1, MOMENTS[:3])
    assert film.at(MOMENTS) == 6
    film.move(-1, MOMENTS[:3])
    assert film.at(MOMENTS) == 1


def test_rows_are_noises_and_can_be_scrolled():
    film = Film(lambda moment: np.arange(3, dtype=np.uint8).repeat(784).reshape(3, 28, 28))
    assert film.noises(MOMENTS) == 3
    assert film.strip(MOMENTS, TILES).pictures[::4, 0, 0].tolist() == [0, 1]
    film.next_noise(TILES, MOMENTS)
    assert film.strip(MOMENTS, TILES).pictures[::4, 0, 0].tolist() == [2, 0]


def test_missing_pictures_are_black_and_read_again():
    asked = []
    film = Film(lambda moment: asked.append(moment))
    assert not film.strip(MOMENTS, TILES).pictures.any()
    before = asked.count(MOMENTS[-1])
    assert film.noises(MOMENTS) == 0
    assert asked.count(MOMENTS[-1]) == before + 1


def test_few_moments_have_several_noises_each():
    """A line joins the pictures of one moment; a click on any of them chooses it."""
    film = Film(
        lambda moment: moment.step + np.arange(8, dtype=np.uint8).repeat(784).reshape(8, 28, 28)
    )
    tiles = Tiles(Mode.QUADRANT, 7, 2, 1, 1)
    strip = film.strip(MOMENTS[:3], tiles)
    assert strip.tiles.columns == 6
    pictures = strip.pictures[:, 0, 0].tolist()
    assert pictures == [10, 11, 20, 21, 40, 41, 12, 13, 22, 23, 42, 43]
    assert strip.places == [0, 0, 1, 1, 2, 2]
    labels = ["".join(part.text for part in label) for label in strip.labels[-6:]]
    assert [label.strip("─ ") for label in labels] == [
        "batch 10",
        "",
        "batch 20",
        "",
        "▸batch 40",
        "",
    ]
    assert all(label.endswith("─") and len(label) == tiles.tile_width for label in labels)
    film.next_noise(tiles, MOMENTS[:3])
    assert film.first_noise == 4, "the four that weren't shown"


@pytest.mark.parametrize("moments", [2, 3, 4, 5, 6, 7, 12, 99])
def test_pictures_of_few_and_many_moments_take_the_width(moments):
    tiles = larger_tiles(226, 32, 8, moments)
    assert tiles is not None
    film = Film(lambda moment: np.zeros((8, 28, 28), np.uint8))
    strip = film.strip([Moment(10 * n, 1, str(n)) for n in range(moments)], tiles)
    assert 0.84 * 226 < strip.tiles.width <= 226
    assert 0.8 * 32 < strip.tiles.height <= 32
    assert strip.tiles.columns // len(set(strip.places)) * strip.tiles.rows <= 8, "none twice"
