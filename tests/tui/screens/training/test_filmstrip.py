import numpy as np
import pytest

from diffviz.tui.pixels.tiles import Mode, Tiles
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
    assert film.noises(MOMENTS) == 0
    assert len(asked) == 9
