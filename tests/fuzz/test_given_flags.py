"""Any flags of a picture to start from: a process that begins with it, or a line that says why."""

import contextlib
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from diffviz.core.data.synthetic import synthetic_digits
from diffviz.core.errors import DiffvizError, printable
from diffviz.core.names import SAMPLER_INFO
from diffviz.core.sampling import record_timesteps
from diffviz.core.sampling.samplers import evaluations
from diffviz.tui.cli import build_parser
from diffviz.tui.cli.run import begun_options

from .test_strange_values import hypothesis_settings

AMOUNTS = [pytest.param(40, id="few"), pytest.param(2000, id="many", marks=pytest.mark.slow)]
FILES = ["digit.png", "mask.png", "white.png", "large.jpg", "no.png", "broken.png", "", "."]
NUMBERS = ["0", "1", "2", "7", "100", "499", "1000", "1001", "-1", "1e3", "nan", "٣", ""]
VALUES = {
    "--from": FILES,
    "--mask": FILES,
    "--t": NUMBERS,
    "--resamplings": NUMBERS,
    "--jump": NUMBERS,
    "--steps": NUMBERS,
    "--sampler": [*SAMPLER_INFO, "none"],
    "--eta": ["0", "0.5", "11"],
    "--noise": ["0", "0.5", "2"],
    "--branch": ["500.1", "500.1,100.2", "1000.1", "1.1", "100.1,500.1"],
}
PAIRS = st.sampled_from(sorted(VALUES)).flatmap(
    lambda flag: st.sampled_from(VALUES[flag]).map(lambda value: [flag, value])
)
FLAGS = st.lists(st.one_of(PAIRS, st.sampled_from([["--invert"], ["--no-invert"]])), max_size=6)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Go to a folder with good and bad pictures."""
    digit = synthetic_digits(1, seed=0)[0][0]
    Image.fromarray(digit).save(tmp_path / "digit.png")
    lower = np.zeros((28, 28), np.uint8)
    lower[14:] = 255
    Image.fromarray(lower).save(tmp_path / "mask.png")
    Image.fromarray(np.full_like(lower, 255)).save(tmp_path / "white.png")
    Image.fromarray(255 - np.kron(digit, np.ones((20, 30), np.uint8))).save(tmp_path / "large.jpg")
    (tmp_path / "broken.png").write_bytes((tmp_path / "digit.png").read_bytes()[:60])
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("cases", AMOUNTS)
def test_a_process_begins_with_the_picture_or_a_line_says_why_not(cases):
    @hypothesis_settings(cases)
    @given(FLAGS)
    def check(flags):
        words, err = [word for flag in flags for word in flag], io.StringIO()
        options, refused = None, ""
        with contextlib.redirect_stderr(err):
            try:
                options = begun_options(build_parser(["run"]).parse_args(["run", *words]))
            except SystemExit as left:
                refused = f"status {left.code}"
            except DiffvizError as error:
                refused = str(error)
        if options is None:
            assert refused == printable(refused)
            assert "status" not in refused or refused == "status 2"
            return
        first, timesteps = record_timesteps(options.spec, options.given)
        assert timesteps[-1] == 0
        assert evaluations(options.spec, options.given) == len(timesteps) - 1
        if options.given is None:
            assert "--from" not in words
            return
        assert timesteps[0] == options.given.t
        assert 0 <= first < options.spec.total
        assert options.given_files is not None
        assert str(options.given_files.picture) in words

    check()
