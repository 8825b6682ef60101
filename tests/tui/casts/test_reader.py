"""Casts of any origin: played as far as they go, or refused in one line."""

import json

import pytest

from diffviz.core.errors import DiffvizError
from diffviz.tui.casts.cast import CastEncoder, CastHeader
from diffviz.tui.casts.reader import MAX_LINE, CastReader, Event

V3 = b'{"version": 3, "term": {"cols": 80, "rows": 24}}\n'
V2 = b'{"version": 2, "width": 80, "height": 24}\n'


@pytest.fixture
def read(tmp_path):
    def read(content: bytes) -> CastReader:
        path = tmp_path / "a.cast"
        path.write_bytes(content)
        return CastReader(path)

    return read


@pytest.mark.parametrize("version", [2, 3])
def test_a_written_cast_is_read_back(read, version):
    header = CastHeader(80, 24, version, seed=7, idle_time_limit=1.5)
    encoder = CastEncoder(header)
    lines = [header.line(), encoder.output(0.25, "\x1b[1m▀"), encoder.marker(1.0, "blob")]
    reader = read("".join([*lines, encoder.end(3.0)]).encode())
    assert (reader.width, reader.height, reader.version) == (80, 24, version)
    assert (reader.idle_time_limit, reader.details) == (1.5, {"seed": "7"})
    last = Event(3.0, "x", "0") if version == 3 else Event(3.0, "o", "")
    assert list(reader) == [Event(0.25, "o", "\x1b[1m▀"), Event(1.0, "m", "blob"), last]
    assert reader.cut_off is None


def test_comments_and_empty_lines_are_skipped(read):
    assert list(read(V3 + b'# a comment\n\n[1, "o", "a"]\n')) == [Event(1.0, "o", "a")]


def test_a_truncated_cast_is_read_up_to_the_cut(read):
    lines = [V3, b'[0.5, "o", "a"]\n', '[1, "o", "▀"]\n'.encode(), b'[2, "x", "0"]\n']
    whole = b"".join(lines)
    for end in range(len(V3), len(whole)):
        reader = read(whole[:end])
        complete = whole[:end].count(b"\n") - 1
        events = list(reader)
        at_line_end = whole[end - 1 : end] == b"\n" or whole[end : end + 1] == b"\n"
        assert len(events) == complete + (whole[end : end + 1] == b"\n"), end
        assert (reader.cut_off is None) == at_line_end, end


BAD_HEADERS = [b"", b"\n", b"GIF89a", b"[]\n", b"{}\n", b'{"version": 1}\n', b'{"version": 3}\n']
BAD_HEADERS += [b'{"version": 2, "width": 1e9, "height": 24}\n', b"\xff\xfe\n", b"[" * 100_000]
BAD_HEADERS += [b'{"version": 2, "width": 99999, "height": 24}\n', b'{"version": [3]}\n']


@pytest.mark.parametrize("content", BAD_HEADERS)
def test_other_files_are_refused(read, content):
    with pytest.raises(DiffvizError) as problem:
        read(content)
    assert "a.cast" in str(problem.value)


BAD_LINES = {
    "JSON": b"[1, ",
    "an event": b'{"time": 1}',
    "an event ": b'["1", "o", "a"]',
    "an event  ": b'[1, "o", 7]',
    "UTF-8": b'[1, "o", "\xff"]',
    "time": b'[-1, "o", "a"]',
    "an event   ": b'[NaN, "o", "a"]',
    "an event    ": b'[1e999, "o", "a"]',
    "an event     ": b"[" + b"1" * 4000 + b', "o", "a"]',
    "time ": b'[1.7e308, "o", "a"]\n[1.7e308, "o", "a"]',
    "MiB": b'[1, "o", "' + b"a" * MAX_LINE + b'"]',
    "JSON ": b"[" * 200_000,
}


@pytest.mark.parametrize("says", BAD_LINES)
def test_damage_in_the_middle_is_an_error_with_its_line(read, says):
    with pytest.raises(DiffvizError) as problem:
        list(read(V3 + BAD_LINES[says] + b'\n[1, "o", "a"]\n'))
    assert "line" in str(problem.value)
    assert says.strip() in str(problem.value)


def test_a_line_that_is_too_long_is_refused_unread(read):
    with pytest.raises(DiffvizError, match="MiB"):
        list(read(V2 + b"a" * (2 * MAX_LINE)))


def test_missing_files_and_folders_are_refused(tmp_path):
    for path in (tmp_path, tmp_path / "missing.cast"):
        with pytest.raises(DiffvizError, match="can't read"):
            CastReader(path)


def test_header_text_is_made_printable(read):
    header = json.loads(V3) | {"title": "\x1b[2Ja", "diffviz": {"seed\x07": "\x1b[6n" * 10_000}}
    reader = read(json.dumps(header).encode())
    assert reader.title.isprintable()
    assert all((k + v).isprintable() and len(v) < 2000 for k, v in reader.details.items())
