"""Live recording: a cast that is whole at every moment, of everything that is seen."""

import os

import pytest

from diffviz.core.errors import DiffvizError
from diffviz.tui.casts.cast import CastHeader
from diffviz.tui.casts.live import LiveCast, free_name
from diffviz.tui.casts.reader import CastReader


class Terminal:
    """Takes what a driver writes."""

    def __init__(self) -> None:
        self.seen = ""

    def write(self, data: str) -> None:
        self.seen += data


@pytest.fixture
def clock():
    """Return a clock that tells 1, 2, 3, … seconds."""
    return iter(range(1, 100)).__next__


@pytest.fixture
def cast(tmp_path, clock):
    return LiveCast(tmp_path / "a.cast", CastHeader(80, 24, seed=7), clock)


def outputs(path) -> list[tuple[float, str]]:
    events = [event for event in CastReader(path) if event.code == "o" and event.data]
    return [(event.time, event.data) for event in events]


def test_every_write_is_in_the_file_at_once(cast):
    terminal = Terminal()
    cast.attach(terminal)
    for number in range(3):
        terminal.write(f"frame {number}\x1b[6n")
        assert outputs(cast.path)[-1] == (number + 1.0, f"frame {number}")
    assert terminal.seen == "frame 0\x1b[6nframe 1\x1b[6nframe 2\x1b[6n"


def test_writes_that_draw_nothing_are_not_recorded(cast):
    terminal = Terminal()
    cast.attach(terminal)
    terminal.write("\x1b[?2026h")
    assert len(outputs(cast.path)) == 1  # the empty screen it begins with


def test_stopping_restores_the_drivers_write(cast):
    terminal = Terminal()
    cast.attach(terminal)
    cast.mark("blob")
    cast.stop()
    cast.stop()
    cast.mark("later")
    terminal.write("unseen")
    assert not cast.running
    assert [(e.time, e.code, e.data) for e in CastReader(cast.path)][1:] == [
        (1.0, "m", "blob"),
        (2.0, "o", ""),
    ]
    assert cast.seconds == 2.0


def test_leaving_the_alternate_screen_ends_the_recording(cast):
    terminal = Terminal()
    cast.attach(terminal)
    terminal.write("\x1b[?1049l")
    assert not cast.running
    assert len(outputs(cast.path)) == 1


def test_a_full_disk_ends_the_recording_only(cast):
    terminal = Terminal()
    cast.attach(terminal)
    os.dup2(os.open("/dev/full", os.O_WRONLY), cast._file)
    terminal.write("a frame")
    terminal.write("another")
    assert terminal.seen == "a frameanother"
    assert not cast.running
    assert "No space" in (cast.failure or "")
    cast.stop()


def test_a_recording_never_overwrites_a_file(tmp_path):
    assert free_name("a", tmp_path).name == "a.cast"
    (tmp_path / "a.cast").touch()
    assert free_name("a", tmp_path).name == "a-2.cast"
    with pytest.raises(DiffvizError, match="can't write"):
        LiveCast(tmp_path / "a.cast", CastHeader(80, 24))
    with pytest.raises(DiffvizError, match="can't write"):
        LiveCast(tmp_path / "missing" / "a.cast", CastHeader(80, 24))
