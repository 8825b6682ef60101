"""``diffviz uturn`` with untrained weights and the shortest of chains."""

import json

import pytest
from PIL import Image

from diffviz.core.data.synthetic import synthetic_digits

FAST = ("--points", 3, "--steps", 5)


@pytest.fixture
def drawing(tmp_path):
    path = tmp_path / "drawing.png"
    Image.fromarray(synthetic_digits(1, seed=0)[0][0]).save(path)
    return path


@pytest.fixture
def own_weights(weights_file, tmp_path):
    """Return weights beside which nobody has saved measured phases."""
    path = tmp_path / "own.safetensors"
    path.write_bytes(weights_file.read_bytes())
    return path


def test_a_picture_is_sent_there_and_back(diffviz, own_weights, drawing, tmp_path):
    chart = tmp_path / "u.png"
    command = ("uturn", "--weights", own_weights, "--from", drawing, "--repeats", 3, *FAST)
    done = diffviz(*command, "--png", chart)
    assert done.status == 0, done
    lines = done.out.splitlines()
    assert "drawing.png, 3 ways back at each of 3 timesteps" in lines[0]
    assert any(line.startswith("1000") for line in lines)
    assert "the classifier takes the picture for" in done.out
    assert "diffviz phases does that" in done.out
    assert chart.read_bytes().startswith(b"\x89PNG")


def test_json_has_the_curve_of_test_digits(diffviz, own_weights, mnist_dir, tmp_path):
    command = ("uturn", "--weights", own_weights, "-n", 4, "--data-dir", mnist_dir, *FAST)
    values = json.loads(diffviz(*command, "--json", "-").out)
    assert values["schema"] == "diffviz-uturn/1"
    assert (values["count"], values["repeats"], values["spec"]["steps"]) == (4, 1, 5)
    assert values["timesteps"] == [1000, 500, 1]
    assert all(sum(row) == 4 for row in values["became"])
    assert set(values["stays"][0]) == {"value", "low", "high"}
    assert values["branches"] is None
    assert diffviz(*command, "--json", tmp_path / "u.json").status == 0
    assert json.loads((tmp_path / "u.json").read_text()) == values


def test_branches_of_bundled_weights_stand_beside_it(diffviz, drawing):
    done = diffviz("uturn", "--from", drawing, "--repeats", 2, *FAST)
    assert "branches agree" in done.out
    assert "two branches agree half of the time at t = " in done.out


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("--from", "a.png", "-n", "5"), 2, "-n has no effect on --from"),
        (("--from", "a.png", "--data-dir", "x"), 2, "--data-dir has no effect"),
        (("--from", "missing.png"), 1, "missing.png"),
        (("--from", "a.png", "--json", "x.png"), 1, "end it in .json"),
        (("--points", "1"), 2, "from 2 to 1000"),
    ],
)
def test_what_can_not_be_done_is_one_line(diffviz, arguments, status, words):
    outcome = diffviz("uturn", *arguments)
    assert (outcome.status, len(outcome.err.splitlines())) == (status, 1), outcome
    assert words in outcome.err


def test_more_test_digits_than_there_are(diffviz, weights_file, mnist_dir):
    command = ("uturn", "--weights", weights_file, "-n", 9, "--data-dir", mnist_dir, *FAST)
    assert "there are 8 test digits" in diffviz(*command).complaint
