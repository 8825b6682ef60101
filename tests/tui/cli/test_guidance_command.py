"""``diffviz guidance`` with drawn digits in MNIST's place and the shortest of chains."""

import json

import pytest

from diffviz.core.measure import guidance_measurement
from diffviz.core.measure.guidance_record import Guidance
from diffviz.tui.exit_codes import INTERRUPTED

from ...conftest import write_mnist


@pytest.fixture(scope="module")
def mnist(tmp_path_factory):
    return write_mnist(tmp_path_factory.mktemp("data"), 300, 150)


@pytest.fixture
def guidance(diffviz, mnist, labelled_file, tmp_path, monkeypatch):
    """Return a function that measures 100 digits of two steps for each point."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def call(*arguments):
        return diffviz(
            "guidance", "--weights", labelled_file, "--data-dir", mnist, "--device", "cpu",
            "-n", 100, "--steps", 2, *arguments,
        )  # fmt: skip

    return call


def test_weights_and_intervals_are_measured_and_written(guidance, tmp_path):
    png, result = tmp_path / "g.png", tmp_path / "g.json"
    outcome = guidance("--guidance", 0, "--intervals", "900-0", "--png", png, "--json", result)
    assert outcome.status == 0, outcome
    assert png.read_bytes().startswith(b"\x89PNG")
    values = json.loads(result.read_text())
    assert values["schema"] == "diffviz-guidance/1"
    assert (values["n"], values["wanted"]) == (100, 2)
    points = {
        (p["guidance"]["weight"], p["guidance"]["start"], p["guidance"]["until"]): p
        for p in values["points"]
    }
    # two steps, at t = 1000 and 250
    evaluations = {key: p["evaluations"] for key, p in points.items()}
    assert evaluations == {(0, 1000, 0): 2, (2, 900, 0): 3}
    for point in points.values():
        for name in ("asked", "precision", "recall", "sure"):
            assert 0 <= point[name]["low"] <= point[name]["value"] <= point[name]["high"] <= 1
    lines = outcome.out.splitlines()
    assert lines[0].endswith("100 digits each, seeds 0 to 99")
    figures = [line.split()[0] for line in lines if "±" in line and line[0].isdigit()]
    assert figures == ["0", "900-0"]
    assert any(line.startswith("real") for line in lines)


@pytest.mark.slow
def test_stopped_it_prints_what_there_is_and_goes_on_later(guidance, monkeypatch):
    arguments = ("--guidance", 0, 1, "--intervals")
    sample = guidance_measurement.sample_digits

    def stops_at_the_second(pipeline, source, seeds, **how):
        if source.spec.guidance:
            raise KeyboardInterrupt
        yield from sample(pipeline, source, seeds, **how)

    monkeypatch.setattr(guidance_measurement, "sample_digits", stops_at_the_second)
    stopped = guidance(*arguments, "--json", "-")
    assert stopped.status == INTERRUPTED
    assert "interrupted after 1 of 2 sets: the same command continues" in stopped.err
    first = json.loads(stopped.out)["points"]
    monkeypatch.setattr(guidance_measurement, "sample_digits", sample)
    whole = json.loads(guidance(*arguments, "--json", "-").out)["points"]
    assert whole[0] == first[0], "the seconds too: its digits were kept"
    assert len(whole) == 2


def test_labels_other_than_digits_and_none_are_refused(diffviz, tmp_path):
    outcome = diffviz("guidance", "--weights", "film-15", "--data-dir", tmp_path)
    assert outcome.status == 1
    assert "trained without labels" in outcome.complaint
    with pytest.raises(Exception, match="have the labels a, b"):
        guidance_measurement.check_classes(["a", "b"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--intervals", "200-800"), "empty interval"),
        (("--intervals", "800"), "write it as 800-200"),
        (("--intervals", "2000-0"), "empty interval"),
        (("--guidance", "21"), "from 0 to 20"),
        (("--interval-guidance", "0"), "leave --intervals empty"),
        (("-n", "10"), "100"),
        (("--png", "x.gif"), "end it in .png"),
    ],
)
def test_wrong_flags_are_reported_before_any_work(diffviz, arguments, message):
    outcome = diffviz("guidance", *arguments)
    assert outcome.status in (1, 2)
    assert message in outcome.err


def test_a_guidance_of_0_is_the_same_everywhere():
    spec = guidance_measurement.with_guidance(
        guidance_measurement.SamplingSpec("ddim"), Guidance(0.0, 800, 200)
    )
    assert (spec.guidance, spec.guidance_from, spec.guidance_until) == (0.0, 1000, 0)
