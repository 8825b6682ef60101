"""Playing a recording: what the keys do, by a clock of the test's own."""

import pytest

from diffviz.tui.casts import player
from diffviz.tui.casts.cast import CastEncoder, CastHeader
from diffviz.tui.casts.player import Player
from diffviz.tui.casts.reader import CastReader


class Stage:
    """Notes what is shown when; ``presses`` are times and keys, and after them comes q."""

    def __init__(self, presses=(), sizes=((100, 30),)) -> None:
        self.now = 0.0
        self.shown: list[tuple[float, str]] = []
        self.told: list[str] = []
        self.said: list[str] = []
        self._presses = list(presses)
        self._sizes = list(sizes)

    def size(self):
        return self._sizes[0]

    def fits(self, picture) -> bool:
        return self.size()[0] >= picture[0] and self.size()[1] >= picture[1]

    def write(self, text: str) -> None:
        if not text.startswith("\x1b"):
            self.shown.append((round(self.now, 3), text))

    def say(self, message: str) -> None:
        self.said.append(message)

    def may_tell(self) -> bool:
        return True

    def tell(self, wordings) -> None:
        self.told.append(wordings[0])

    def keys(self, timeout: float | None) -> list[str]:
        if len(self._sizes) > 1:  # somebody enlarges the terminal
            self._sizes.pop(0)
            return []
        if timeout is None and not self._presses:
            return ["q"]
        if self._presses and (timeout is None or self._presses[0][0] <= self.now + timeout):
            at, key = self._presses.pop(0)
            self.now = max(self.now, at)
            return [key]
        self.now += timeout or 0.0
        return []


@pytest.fixture
def reader(tmp_path):
    encoder = CastEncoder(CastHeader(80, 24))
    lines = [encoder.header.line()]
    for second in range(1, 7):
        if second == 5:
            lines.append(encoder.marker(second, "blob"))
        lines.append(encoder.output(second, str(second)))
    path = tmp_path / "a.cast"
    path.write_text("".join(lines))
    return CastReader(path)


@pytest.fixture
def play(reader, monkeypatch):
    def run(*presses, sizes=((100, 30),), kind=Stage, **how) -> Stage:
        stage = kind(presses, sizes)
        monkeypatch.setattr(player, "monotonic", lambda: stage.now)
        Player(reader, stage, **how).play()  # pyright: ignore[reportArgumentType]
        return stage

    return run


def test_everything_comes_in_its_time(play):
    stage = play()
    assert stage.shown == [(float(second), str(second)) for second in range(1, 7)]
    assert " end " in stage.told[-1]
    assert "blob" in stage.told[-1]


def test_twice_as_fast(play):
    assert [at for at, _ in play(speed=2.0).shown] == [0.5, 1.0, 1.5, 2.0, 2.5, 3.0]


def test_the_speed_changes_under_way(play):
    stage = play((1.5, "+"))
    assert [at for at, _ in stage.shown] == [1.0, 1.75, 2.25, 2.75, 3.25, 3.75]
    assert any("2x" in line for line in stage.told)


def test_a_pause_stops_the_clock(play):
    stage = play((1.5, " "), (9.5, " "))
    assert [at for at, _ in stage.shown] == [1.0, 9.5, 10.5, 11.5, 12.5, 13.5]
    assert any("paused" in line for line in stage.told)


def test_steps_show_one_change_each(play):
    stage = play((1.5, " "), (3.0, "."), (4.0, "right"), (8.0, "q"))
    assert stage.shown == [(1.0, "1"), (3.0, "2"), (4.0, "3")]


def test_on_to_the_next_mark(play):
    stage = play((1.5, "]"))
    assert [at for at, _ in stage.shown] == [1.0, 1.5, 1.5, 1.5, 1.5, 2.5]


def test_once_more_from_the_beginning(play):
    texts = [text for _, text in play((2.5, "home")).shown]
    assert texts == ["1", "2", "1", "2", "3", "4", "5", "6"]


def test_no_wait_is_longer_than_the_limit(play):
    assert [at for at, _ in play(longest_wait=0.5).shown] == [0.5, 1.0, 1.5, 2.0, 2.5, 3.0]


def test_again_and_again(play):
    texts = [text for _, text in play((13.5, "q"), loop=True).shown]
    assert texts[:13] == ["1", "2", "3", "4", "5", "6"] * 2 + ["1"]


def test_a_small_terminal_is_told_of(play):
    stage = play(sizes=((60, 20), (70, 30), (80, 24)))
    assert ["60x20" in stage.said[0], "70x30" in stage.said[1]] == [True, True]
    assert len(stage.shown) == 6
    assert play((5.0, " "), sizes=((60, 20),)).shown[0] == (6.0, "1"), "regardless"
    assert play((5.0, "q"), sizes=((60, 20),)).shown == []


def test_a_terminal_that_shrinks_under_way_is_told_of_and_drawn_again(play):
    class Shrinks(Stage):
        def keys(self, timeout):
            if timeout and self.now == 2.0 and not self.said:
                self.now = 2.5
                self._sizes = [(79, 30), (100, 30)]
                return []
            return super().keys(timeout)

    stage = play(kind=Shrinks)
    assert len(stage.said) == 1
    assert "needs 80x24, this is 79x30" in stage.said[0]
    assert stage.shown[:2] == [(1.0, "1"), (2.0, "2")]
    assert stage.shown[2:4] == [(2.5, "1"), (2.5, "2")], "at once"
    assert [text for _, text in stage.shown[4:]] == list("3456")
    assert stage.shown[-1][0] - stage.shown[4][0] == 3.0


def test_at_the_end_another_size_shows_the_end_again(play):
    class Late(Stage):
        def keys(self, timeout):
            if timeout is None and len(self._sizes) == 1 and not self.said:
                self.said.append("resized")
                self._sizes = [(120, 40)]
                return []
            return super().keys(timeout)

    stage = play(kind=Late)
    assert [text for _, text in stage.shown] == list("123456" * 2)
    assert {at for at, _ in stage.shown[6:]} == {6.0}
    assert " end " in stage.told[-1]


def test_where_it_was_cut_off(play, reader):
    content = reader.path.read_bytes()
    reader.path.write_bytes(content[:-9])
    stage = play()
    assert len(stage.shown) == 5
    assert "cut off in line 8" in stage.told[-1]
