"""Playing a recording: what the keys do, on a fake clock."""

import pytest

from diffviz.tui.casts import player
from diffviz.tui.casts.cast import CastEncoder, CastHeader
from diffviz.tui.casts.player import Player
from diffviz.tui.casts.reader import CastReader


class FakeTerminal:
    """Records what is shown when; ``presses`` are times and keys, and q follows them."""

    def __init__(self, presses=(), sizes=((100, 30),)) -> None:
        self.now = 0.0
        self.shown: list[tuple[float, str]] = []
        self.statuses: list[str] = []
        self.messages: list[str] = []
        self._presses = list(presses)
        self._sizes = list(sizes)

    def size(self):
        return self._sizes[0]

    def fits(self, picture) -> bool:
        return self.size()[0] >= picture[0] and self.size()[1] >= picture[1]

    def take_resumed(self) -> bool:
        return False

    def write(self, text: str) -> None:
        if not text.startswith("\x1b"):
            self.shown.append((round(self.now, 3), text))

    def show_message(self, message: str) -> None:
        self.messages.append(message)

    def status_due(self) -> bool:
        return True

    def show_status(self, wordings, over=False) -> bool:
        covers = self.size()[1] <= 24
        if over or not covers:
            self.statuses.append(wordings[0])
        return over and covers

    def read_keys(self, timeout: float | None) -> list[str]:
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
    def run(*presses, sizes=((100, 30),), kind=FakeTerminal, **how) -> FakeTerminal:
        terminal = kind(presses, sizes)
        monkeypatch.setattr(player, "monotonic", lambda: terminal.now)
        Player(reader, terminal, **how).play()  # pyright: ignore[reportArgumentType]
        return terminal

    return run


def test_events_are_played_at_their_times(play):
    terminal = play()
    assert terminal.shown == [(float(second), str(second)) for second in range(1, 7)]
    assert " end " in terminal.statuses[-1]
    assert "blob" in terminal.statuses[-1]


def test_double_speed_halves_the_waits(play):
    assert [at for at, _ in play(speed=2.0).shown] == [0.5, 1.0, 1.5, 2.0, 2.5, 3.0]


def test_the_speed_can_change_while_playing(play):
    terminal = play((1.5, "+"))
    assert [at for at, _ in terminal.shown] == [1.0, 1.75, 2.25, 2.75, 3.25, 3.75]
    assert any("2x" in line for line in terminal.statuses)


def test_a_pause_stops_the_clock(play):
    terminal = play((1.5, " "), (9.5, " "))
    assert [at for at, _ in terminal.shown] == [1.0, 9.5, 10.5, 11.5, 12.5, 13.5]
    assert any("paused" in line for line in terminal.statuses)


def test_a_single_step_shows_one_event(play):
    terminal = play((1.5, " "), (3.0, "."), (4.0, "."), (8.0, "q"))
    assert terminal.shown == [(1.0, "1"), (3.0, "2"), (4.0, "3")]


def test_arrows_go_back_and_forth(play, monkeypatch):
    terminal = play((0.5, "right"), (1.7, "q"))
    assert terminal.shown == [*((0.5, text) for text in "1234"), (0.5, "5"), (1.5, "6")]
    terminal = play((6.5, "left"), (7.1, "q"))
    assert terminal.shown[6:] == [(6.5, "1")], "from 6 s to 1 s"
    assert [text for _, text in play((3.5, "left")).shown] == [*"123", *"123456"]
    monkeypatch.setattr(player, "SEEK_S", 0.25)
    assert play((0.5, "right"), (0.5, "right")).shown[0] == (1.0, "1"), "inside of a wait"


def test_a_pause_lasts_while_going_back_and_forth(play, monkeypatch):
    monkeypatch.setattr(player, "SEEK_S", 2.0)
    terminal = play((2.5, " "), (3.0, "right"), (4.0, "left"), (9.0, "q"))
    assert terminal.shown == [(1.0, "1"), (2.0, "2"), (3.0, "3"), (4.0, "1")]
    assert any("paused" in line and "space go on" in line for line in terminal.statuses)


def test_a_pause_is_shown_where_the_recording_fills_the_terminal(play):
    terminal = play((2.5, " "), (4.0, " "), sizes=((80, 24),))
    assert len([line for line in terminal.statuses if "paused" in line]) == 1
    texts = [text for _, text in terminal.shown]
    assert texts[:4] == ["1", "2", "1", "2"], "drawn again, without the status"
    assert texts[4:] == ["3", "4", "5", "6"]


def test_a_key_jumps_to_the_next_marker(play):
    terminal = play((1.5, "]"))
    assert [at for at, _ in terminal.shown] == [1.0, 1.5, 1.5, 1.5, 1.5, 2.5]


def test_a_key_restarts_from_the_beginning(play):
    texts = [text for _, text in play((2.5, "home")).shown]
    assert texts == ["1", "2", "1", "2", "3", "4", "5", "6"]


def test_idle_time_is_limited(play):
    assert [at for at, _ in play(max_wait=0.5).shown] == [0.5, 1.0, 1.5, 2.0, 2.5, 3.0]


def test_looping_plays_repeatedly(play):
    texts = [text for _, text in play((13.5, "q"), loop=True).shown]
    assert texts[:13] == ["1", "2", "3", "4", "5", "6"] * 2 + ["1"]


def test_a_small_terminal_shows_a_message(play):
    terminal = play(sizes=((60, 20), (70, 30), (80, 24)))
    assert ["60x20" in terminal.messages[0], "70x30" in terminal.messages[1]] == [True, True]
    assert len(terminal.shown) == 6
    assert play((5.0, " "), sizes=((60, 20),)).shown[0] == (6.0, "1"), "regardless"
    assert play((5.0, "q"), sizes=((60, 20),)).shown == []


def test_a_terminal_that_shrinks_shows_a_message_and_is_redrawn(play):
    class Shrinks(FakeTerminal):
        def read_keys(self, timeout):
            if timeout and self.now == 2.0 and not self.messages:
                self.now = 2.5
                self._sizes = [(79, 30), (100, 30)]
                return []
            return super().read_keys(timeout)

    terminal = play(kind=Shrinks)
    assert len(terminal.messages) == 1
    assert "needs 80x24, this is 79x30" in terminal.messages[0]
    assert terminal.shown[:2] == [(1.0, "1"), (2.0, "2")]
    assert terminal.shown[2:4] == [(2.5, "1"), (2.5, "2")], "at once"
    assert [text for _, text in terminal.shown[4:]] == list("3456")
    assert terminal.shown[-1][0] - terminal.shown[4][0] == 3.0


def test_resizing_at_the_end_redraws_the_last_frame(play):
    class Late(FakeTerminal):
        def read_keys(self, timeout):
            if timeout is None and len(self._sizes) == 1 and not self.messages:
                self.messages.append("resized")
                self._sizes = [(120, 40)]
                return []
            return super().read_keys(timeout)

    terminal = play(kind=Late)
    assert [text for _, text in terminal.shown] == list("123456" * 2)
    assert {at for at, _ in terminal.shown[6:]} == {6.0}
    assert " end " in terminal.statuses[-1]


def test_a_truncated_cast_plays_to_its_last_event(play, reader):
    content = reader.path.read_bytes()
    reader.path.write_bytes(content[:-9])
    terminal = play()
    assert len(terminal.shown) == 5
    assert "cut off in line 8" in terminal.statuses[-1]
