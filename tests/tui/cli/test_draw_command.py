"""``diffviz draw`` without a terminal, its flags, and its recording."""

import pytest
from PIL import Image

from diffviz.tui.cli import build_parser
from diffviz.tui.cli.given_flags import read_given
from diffviz.tui.session.drawn import Drawn

from ..screens.draw.strokes import SEVEN, drawn


@pytest.fixture
def seven(tmp_path):
    """Return a drawn 7 as a file."""
    path = tmp_path / "seven.png"
    Image.fromarray(drawn(SEVEN).image).save(path)
    return path


def test_without_a_terminal_it_prints_what_the_picture_becomes(diffviz, seven):
    done = diffviz("draw", "--from", seven, "--t", 100, "-n", 3, "--seed", 4, "--steps", 50)
    assert done.status == 0, done
    lines = done.out.splitlines()
    assert lines[0].startswith("seven.png looks like 7 (")
    assert [line.split(":")[0] for line in lines[1:4]] == ["seed 4", "seed 5", "seed 6"]
    assert all("came back from t = 100 as " in line for line in lines[1:4])
    assert lines[4].startswith("7 x")


def test_a_mask_is_filled_in(diffviz, seven, tmp_path):
    mask = Image.new("L", (28, 28), 0)
    mask.paste(255, (0, 14, 28, 28))
    mask.save(tmp_path / "mask.png")
    flags = ("--mask", tmp_path / "mask.png", "--resamplings", 1, "--steps", 10, "-n", 2)
    done = diffviz("draw", "--from", seven, *flags)
    assert done.out.count("filled in from t = 1000 as ") == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "no terminal to draw in"),
        (("-n", "3"), "-n needs a picture"),
        (("--t", "300"), "--t needs a picture"),
        (("--from", "a.png", "-n", "9"), "from 1 to 8"),
    ],
)
def test_what_can_not_be_done_is_a_usage_error(diffviz, arguments, words):
    assert words in diffviz("draw", *arguments).usage_complaint


def test_a_damaged_picture_is_one_line(diffviz, tmp_path):
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n but no more")
    assert "not a whole picture" in diffviz("draw", "--from", tmp_path / "a.png").complaint


def test_the_flags_of_the_exit_command_are_the_flags_of_the_command(seven):
    words = ["draw", "--from", str(seven), "--no-invert", "--t", "300", "-n", "8", "--seed", "9"]
    args = build_parser(["draw"]).parse_args(words)
    found = Drawn.of(*read_given(args), args.n, args.seed)
    assert (found.t, found.number, found.seed) == (300, 8, 9)
    assert found.image is not None
    assert (found.image == drawn(SEVEN).image).all()


def test_the_scenario_draws_a_seven_and_sends_it_there_and_back(diffviz, tmp_path):
    cast = tmp_path / "draw.cast"
    command = ("record", cast, "--scenario", "draw", "--size", "80x24", "--steps", 20)
    assert diffviz(*command, "--speed", "max").status == 0
    text = cast.read_text()
    assert "U-turn at t=500: 8 ways back" in text
    assert "drawn" in text
    page = tmp_path / "draw.html"
    assert diffviz("record", page, "--scenario", "draw", "--steps", 10).status == 0
    assert "A drawing at t = 500, and 8 ways back" in page.read_text()


@pytest.mark.slow
def test_a_script_draws_and_the_recording_plays(diffviz, tmp_path):
    script, cast = tmp_path / "keys.txt", tmp_path / "draw.cast"
    script.write_text(
        "D\nspace\nshift+right*6\nshift+down*8\nwait 0.5\nenter\n3\nuntil done\nwait 0.5\n"
    )
    command = ("record", cast, "--script", script, "--size", "80x24", "--steps", 10)
    assert diffviz(*command, "--speed", "max").status == 0
    first = cast.read_bytes()
    text = first.decode()
    assert "classifier sees" in text
    assert "U-turn at t=500: 3 ways back" in text
    assert diffviz(*command, "--speed", "max").status == 0
    assert cast.read_bytes() == first
