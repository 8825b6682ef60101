import io

import numpy as np
import pytest

from diffviz.core.errors import DiffvizError
from diffviz.tui.pixels.colours import Colours
from diffviz.tui.plain.run import run_once, run_plain


def test_plain_lines_report_every_phase(make_options, make_sampler, classifier):
    out = io.StringIO()
    assert run_plain(make_options(steps=1000), out, make_sampler(), classifier) == 0
    text = out.getvalue()
    lines = text.splitlines()
    assert text.isascii()
    assert "\x1b" not in text
    assert "\r" not in text
    assert lines[:3] == [
        "weights  toy raw, toy-net, 1,234 parameters",
        "sampler  ddpm 1000 steps, seed 7",
        "device   cpu, threads 1",
    ]
    told = [line for line in lines if line.startswith("t ")]
    assert 10 <= len(told) <= 20
    assert told[0] == "t 1000  alpha_bar 4.0e-05  SNR -43.9 dB  0 (82%)    static (1000-600)"
    assert told[-1] == "t    0  alpha_bar 1.0000   SNR   inf dB  9 (82%)"
    names = [line.split("%)")[1].strip() for line in told]
    assert [name for name in names if name] == [
        "static (1000-600)",
        "blob (600-400)",
        "lock-in (400-100)",
        "refinement (100-0)",
    ]
    assert lines[-1].startswith("done: seed 7 in ")


def test_the_digit_is_the_last_picture(make_options, make_sampler, classifier):
    sampler = make_sampler()
    sampler.picture = lambda seed, t: np.where(np.eye(28) > 0, 1.0, -1.0).astype(np.float32)
    out = io.StringIO()
    run_plain(make_options(), out, sampler, classifier)
    lines = out.getvalue().splitlines()
    start = lines.index("") + 1
    assert lines[start : start + 28] == ["  " * i + "@@" for i in range(28)]


def test_a_loop_goes_on_with_the_next_seed(make_options, make_sampler, classifier):
    class Full(io.StringIO):
        def write(self, text):
            if "seed 9 in" in text:
                raise BrokenPipeError
            return super().write(text)

    out = Full()
    with pytest.raises(BrokenPipeError):
        run_plain(make_options(loop=True), out, make_sampler(), classifier)
    assert [f"seed {seed} in" in out.getvalue() for seed in (7, 8)] == [True, True]


@pytest.mark.parametrize(
    ("colours", "row"),
    [
        (Colours.ASCII, "@" * 28),
        (Colours.MONO, "⣿" * 28),
        (Colours.PALETTE, "\x1b[48;5;231m" + " " * 28 + "\x1b[0m"),
    ],
)
def test_once_prints_the_last_picture_only(make_options, make_sampler, colours, row):
    sampler = make_sampler()
    sampler.picture = lambda seed, t: np.full((28, 28), 1.0 if t == 0 else -1.0, np.float32)
    out = io.StringIO()
    assert run_once(make_options(), colours, out, sampler) == 0
    assert out.getvalue() == f"{row}\n" * 14


@pytest.mark.parametrize("steps", [1, 3, 10, 50])
def test_few_steps_are_reported_too(make_options, make_sampler, classifier, steps):
    out = io.StringIO()
    assert run_plain(make_options(steps=steps), out, make_sampler(), classifier) == 0
    told = [line for line in out.getvalue().splitlines() if line.startswith("t ")]
    assert 2 <= len(told) <= min(steps + 1, 20)


def test_errors_are_raised_to_the_command(make_options):
    def refuse(weights):
        raise DiffvizError("no weights")

    with pytest.raises(DiffvizError):
        run_plain(make_options(), io.StringIO(), refuse)
