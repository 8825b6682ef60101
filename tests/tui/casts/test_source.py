"""Casts as they come from other tools: packed, from a pipe, with a byte order mark, resized."""

import gzip
import os
import signal
import threading

import pytest

from diffviz.core.errors import DiffvizError
from diffviz.tui.casts import source
from diffviz.tui.casts.player import Player
from diffviz.tui.casts.reader import CastReader
from diffviz.tui.recording.script import Press, read_script

from ...processes import TerminalProcess
from .test_player import FakeTerminal

LINES = [
    b'{"version": 2, "width": 80, "height": 24}\n',
    b'[0.1, "o", "frame 1"]\n',
    b'[1.0, "r", "120x40"]\n',
    b'[1.1, "o", "frame 2"]\n',
    b'[2.0, "r", "60x50"]\n',
    b'[2.1, "o", "frame 3"]\n',
]
CAST = b"".join(LINES)
BOM = b"\xef\xbb\xbf"


def outputs(path) -> list[str]:
    return [event.data for event in CastReader(path) if event.code == "o"]


FORMS = {
    "plain": CAST,
    "bom": BOM + CAST,
    "crlf": CAST.replace(b"\n", b"\r\n"),
    "gz": gzip.compress(CAST),
    "bom-gz": gzip.compress(BOM + CAST),
    "two-gz": gzip.compress(CAST[:100]) + gzip.compress(CAST[100:]),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_cast_is_read_in_every_form(tmp_path, form):
    path = tmp_path / "a.cast"
    path.write_bytes(FORMS[form])
    reader = CastReader(path)
    assert outputs(path) == ["frame 1", "frame 2", "frame 3"]
    assert reader.cut_off is None
    assert [event.time for event in reader] == [event.time for event in reader]


def test_a_gzip_file_that_was_cut_off_plays_to_its_end(tmp_path):
    path = tmp_path / "a.cast.gz"
    many = CAST + b"".join(b'[3.%d, "o", "%x"]\n' % (n, n * 7919) for n in range(2000))
    path.write_bytes(gzip.compress(many)[:-2000])
    reader = CastReader(path)
    assert len(list(reader)) > 5
    assert reader.cut_off is not None
    assert reader.largest == (120, 50)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x28\xb5\x2f\xfd" + bytes(20), "zstd -dc FILE"),
        (b"\xfd7zXZ\0" + bytes(20), "xz -dc FILE"),
        (b"BZh9" + bytes(20), "bzip2 -dc FILE"),
        (CAST.decode().encode("utf-16"), "UTF-16"),
        (b"\x1f\x8b" + bytes(20), "can't read"),
        (gzip.compress(CAST)[:5], "can't read"),
    ],
    ids=["zstd", "xz", "bzip2", "utf-16", "damaged", "cut-off"],
)
def test_other_forms_are_named(tmp_path, content, words):
    path = tmp_path / "a.cast"
    path.write_bytes(content)
    with pytest.raises(DiffvizError, match=words):
        CastReader(path)


@pytest.mark.parametrize("content", [CAST, gzip.compress(CAST)], ids=["plain", "gz"])
def test_a_pipe_is_read_more_than_once(tmp_path, content):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(content,))
    writer.start()
    reader = CastReader(path)
    writer.join()
    for _ in range(2):
        assert [event.data for event in reader if event.code == "o"][-1] == "frame 3"
    assert reader.largest == (120, 50)


def test_a_pipe_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(source, "MAX_PIPED_BYTES", 1 << 16)
    path = tmp_path / "pipe"
    os.mkfifo(path)

    def flood():
        with pytest.raises(BrokenPipeError):
            path.write_bytes(bytes(1 << 24))

    writer = threading.Thread(target=flood)
    writer.start()
    with pytest.raises(DiffvizError, match="more than"):
        CastReader(path)
    writer.join()


def test_standard_input_is_read_from_a_pipe(diffviz, tmp_path):
    reading, writing = os.pipe()
    before = os.dup(0)
    try:
        os.write(writing, gzip.compress(CAST))
        os.close(writing)
        os.dup2(reading, 0)
        out = diffviz("play", "-").out
    finally:
        os.dup2(before, 0)
        os.close(before)
        os.close(reading)
    assert out.startswith("standard input: 80x24 to 120x50, asciicast 2")
    assert "3 changes of the screen" in out


@pytest.mark.parametrize("name", ["/dev/null", ".", "nothing.cast"])
def test_what_is_no_file_is_one_line(diffviz, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    assert "can't read" in diffviz("play", name).complaint


def test_the_player_asks_for_the_largest_size(tmp_path, monkeypatch):
    path = tmp_path / "a.cast"
    path.write_bytes(CAST)
    terminal = FakeTerminal(sizes=[(100, 30), (120, 50)])
    monkeypatch.setattr("diffviz.tui.casts.player.monotonic", lambda: terminal.now)
    Player(CastReader(path), terminal).play()  # type: ignore[arg-type]
    assert "needs 120x50, this is 100x30" in terminal.messages[0]
    assert [text for _, text in terminal.shown] == ["frame 1", "frame 2", "frame 3"]


@pytest.mark.parametrize("size", ["0x5", "x", "9x9x9", "-1x5", "99999999x1", "axb", ""])
def test_sizes_that_are_none_are_ignored(tmp_path, size):
    path = tmp_path / "a.cast"
    path.write_bytes(LINES[0] + b'[1.0, "r", "%s"]\n' % size.encode())
    assert CastReader(path).largest == (80, 24)


def test_a_script_may_begin_with_a_byte_order_mark(tmp_path):
    path = tmp_path / "keys.txt"
    path.write_bytes(BOM + b"space\r\nwait 1\r\n")
    assert read_script(path)[0] == Press("space")


def stopped(process: TerminalProcess) -> bool:
    """Return whether the process was stopped by a signal."""
    with open(f"/proc/{process.process.pid}/stat") as file:
        return file.read().rpartition(")")[2].split()[0] == "T"


@pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="asks /proc")
@pytest.mark.parametrize("how", [b"\x1a", signal.SIGTSTP])
def test_play_is_suspended_and_goes_on(tmp_path, how):
    path = tmp_path / "a.cast"
    path.write_bytes(LINES[0] + b'[0.0, "o", "frame 1"]\n')
    # a process group that is no orphan: otherwise the kernel ignores the stop
    with TerminalProcess(["play", path], size=(100, 30), start_new_session=False,
                         process_group=0) as playing:  # fmt: skip
        playing.read_until(lambda: b"end" in playing.printed)
        playing.send(how)
        playing.read_until(lambda: stopped(playing))
        assert playing.modes_restored
        playing.read(0.2)
        assert playing.printed.endswith(b"\x1b[?1049l\x1b[?25h")
        before = playing.printed.count(b"frame 1")
        playing.process.send_signal(signal.SIGCONT)
        playing.read_until(lambda: playing.printed.count(b"frame 1") > before)
        playing.press("q")
        assert playing.end() == 0
        assert playing.modes_restored
