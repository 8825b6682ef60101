"""The lines of a cast, as the asciicast formats want them."""

import json

import pytest

from diffviz.tui.casts.cast import CastEncoder, CastHeader


def test_version_3_has_its_header():
    header = CastHeader(100, 30, version=3, seed=7, title="a title", idle_time_limit=2.0)
    assert json.loads(header.line()) == {
        "version": 3,
        "term": {"cols": 100, "rows": 30, "type": "xterm-256color"},
        "idle_time_limit": 2.0,
        "title": "a title",
        "diffviz": {"seed": 7},
    }


def test_version_2_has_its_header():
    header = CastHeader(100, 30, version=2, seed=2**64 - 1, details={"sampler": "ddim"})
    assert json.loads(header.line()) == {
        "version": 2,
        "width": 100,
        "height": 30,
        "env": {"TERM": "xterm-256color"},
        "diffviz": {"seed": 2**64 - 1, "sampler": "ddim"},
    }


def test_intervals_dont_add_up_their_rounding():
    encoder = CastEncoder(CastHeader(1, 1, version=3))
    third = [json.loads(encoder.output(n / 3000, "x"))[0] for n in range(1, 30_001)]
    assert sum(third) == pytest.approx(10.0, abs=1e-6)
    assert set(third) == {0.0, 0.001}


def test_version_2_has_times_from_the_beginning():
    encoder = CastEncoder(CastHeader(1, 1, version=2))
    times = [json.loads(encoder.output(time, "x"))[0] for time in (0.25, 100.0004, 100.0)]
    assert times == [0.25, 100.0, 100.0]  # they never fall


def test_events_are_encoded_by_kind():
    encoder = CastEncoder(CastHeader(1, 1, version=3))
    lines = [encoder.output(0.5, "\x1b[1m▀\n"), encoder.marker(1.0, "blob")]
    lines += [encoder.resize(1.0, 80, 24), encoder.end(4.0)]
    assert all(line.endswith("\n") and line.count("\n") == 1 for line in lines)
    assert [json.loads(line) for line in lines] == [
        [0.5, "o", "\x1b[1m▀\n"],
        [0.5, "m", "blob"],
        [0.0, "r", "80x24"],
        [3.0, "x", "0"],
    ]


def test_version_2_ends_with_an_empty_output():
    encoder = CastEncoder(CastHeader(1, 1, version=2))
    assert json.loads(encoder.end(4.0)) == [4.0, "o", ""]
