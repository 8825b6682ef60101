"""Any words on the command line: a command, or one line and exit status 2."""

import contextlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffviz.core.names import DATASETS, SAMPLER_INFO
from diffviz.tui.cli import build_parser, main
from diffviz.tui.cli.command_line import COMMANDS

from .test_strange_values import hypothesis_settings

FLAGS = sorted(
    {
        flag
        for command in build_parser()._subparsers._group_actions[0].choices.values()  # type: ignore[union-attr, index]
        for flag in command._option_string_actions
        if flag not in ("-h", "--help")
    }
)
WORDS = st.one_of(
    st.sampled_from([*FLAGS, *DATASETS, *SAMPLER_INFO, "-", "--", "", "7", "1e3", "x.png"]),
    st.text(st.characters(), max_size=12),
    st.sampled_from(FLAGS).map(lambda flag: flag[:-1]),
    st.sampled_from(FLAGS).map(lambda flag: f"{flag}=\x1b[2J"),
)
FIRST = st.one_of(st.sampled_from(COMMANDS), st.text(st.characters(), max_size=12))
AMOUNTS = [pytest.param(60, id="few"), pytest.param(3000, id="many", marks=pytest.mark.slow)]


@pytest.mark.parametrize("cases", AMOUNTS)
def test_any_words_are_parsed_or_refused_on_one_line(cases, monkeypatch):
    # What is parsed isn't executed: the parser decides.
    monkeypatch.setattr("diffviz.tui.cli.command_line.check_torch", lambda *_: None)

    @hypothesis_settings(cases)
    @given(FIRST, st.lists(WORDS, max_size=5))
    def check(first, rest):
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                if first in COMMANDS:
                    build_parser([first]).parse_args([first, *rest])
                    status = 0
                else:
                    status = main([first, *rest])
            except SystemExit as leaving:
                status = leaving.code
        assert out.getvalue() == ""
        lines = err.getvalue().splitlines()
        assert all(line.isprintable() for line in lines)
        if status != 0:
            assert status == 2
            assert lines[-1].startswith("diffviz: error: ")
            assert len([line for line in lines if "error" in line]) == 1

    check()
