"""``--digit`` and its guidance on the command line."""

import json

import numpy as np
import pytest
from PIL import Image


@pytest.fixture
def sample(diffviz, labelled_file, tmp_path):
    """Return a function that samples into ``tmp_path`` and gives the file."""

    def call(name, *arguments):
        path = tmp_path / name
        outcome = diffviz(
            "sample", "--weights", labelled_file, "--device", "cpu", "--steps", 3, "-o", path,
            *arguments,
        )  # fmt: skip
        assert outcome.status == 0, outcome.err
        return path, outcome.out

    return call


def test_an_archive_says_which_label_and_guidance(sample):
    path, said = sample("seven.npz", "-n", 2, "--digit", 7, "--guidance", 1.5)
    with np.load(path) as archive:
        meta = json.loads(str(archive["meta"]))
        assert archive["labels"].tolist() == [7, 7]
    wanted = {"label": "7", "guidance": 1.5, "guidance_from": 500, "guidance_until": 200}
    assert meta.items() >= wanted.items()
    assert meta["classes"] == list("0123456789")
    assert "label 7, guidance 1.5" in said


def test_without_a_label_an_archive_says_nothing_about_labels(sample):
    path, said = sample("any.npz", "-n", 2)
    with np.load(path) as archive:
        assert sorted(archive.files) == ["images", "meta", "seeds"]
        assert "guidance" not in str(archive["meta"])
    assert ", label" not in said
    same, _ = sample("same.npz", "-n", 2, "--digit", "any")
    assert same.read_bytes() == path.read_bytes()


@pytest.mark.slow
def test_one_of_each_is_a_table_with_a_column_for_each_class(sample):
    path, _ = sample("table.npz", "-n", 12, "--seed", 8, "--digit", "all")
    with np.load(path) as archive:
        assert archive["labels"].tolist() == [8, 9, *range(10)]
        eighth = archive["images"][0]
    picture, _ = sample("table.png", "-n", 20, "--digit", "all")
    with Image.open(picture) as image:
        assert image.size == (10 * 30 + 2, 2 * 30 + 2)
    alone, _ = sample("alone.npy", "-n", 1, "--seed", 8, "--digit", 8)
    assert np.abs(np.load(alone)[0].astype(int) - eighth.astype(int)).max() <= 1
    other, _ = sample("other.npy", "-n", 1, "--seed", 8, "--digit", 3)
    assert np.abs(np.load(other)[0].astype(int) - eighth.astype(int)).max() > 20


def test_guidance_and_its_interval_change_the_digit(sample):
    weights = (0, 3, 3, 3)
    intervals = ((1000, 0), (1000, 0), (900, 0), (1000, 900))
    ways = [
        ("--guidance", w, "--guidance-from", start, "--guidance-until", until)
        for w, (start, until) in zip(weights, intervals, strict=True)
    ]
    files = [sample(f"{i}.npy", "-n", 1, "--digit", 4, *way)[0] for i, way in enumerate(ways)]
    assert len({file.read_bytes() for file in files}) == 4


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--digit", "12"], "no label '12': choose one of 0, 1, 2"),
        (["--guidance", "2"], "guidance needs a label to guide to: add --digit"),
        (["--digit", "7", "--guidance-from", "300", "--guidance-until", "300"], "empty interval"),
    ],
)
@pytest.mark.parametrize("command", ["sample", "run", "eval", "record"])
def test_a_label_that_cannot_be_is_one_line(
    diffviz, labelled_file, tmp_path, monkeypatch, command, arguments, message
):
    monkeypatch.chdir(tmp_path)
    where = {"sample": ["-o", "a.png"], "record": ["a.cast"], "run": ["--once"]}.get(command, [])
    outcome = diffviz(command, *where, "--weights", labelled_file, "--steps", 3, *arguments)
    assert outcome.status == 2
    assert message in outcome.err
    assert len(outcome.err.splitlines()) == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("command", ["sample", "run"])
def test_weights_without_labels_are_named_as_such(diffviz, tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    outcome = diffviz(command, "--weights", "film-15", "--steps", 3, "--digit", 7)
    assert outcome.status == 2
    assert "trained without labels: leave --digit out" in outcome.err


@pytest.mark.parametrize(
    "arguments", [["--guidance", "21"], ["--guidance", "-1"], ["--guidance-from", "1001"]]
)
def test_numbers_out_of_range_are_usage_errors(diffviz, arguments):
    outcome = diffviz("sample", "--digit", 7, *arguments)
    assert outcome.status == 2
    assert arguments[0] in outcome.err


def test_plain_lines_say_the_label(diffviz, labelled_file):
    outcome = diffviz("run", "--weights", labelled_file, "--steps", 3, "--digit", 7)
    assert outcome.status == 0, outcome.err
    assert ", label 7, guidance" in outcome.out
