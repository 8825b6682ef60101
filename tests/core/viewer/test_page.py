"""The page of sampled steps: exact pictures, bounded size, nothing from outside."""

import base64
import html
import json
import re
import zlib
from dataclasses import replace

import numpy as np
import pytest

from diffviz.core.phases import phase_at
from diffviz.core.pictures import to_grey
from diffviz.core.sampling.trajectory import Trajectory
from diffviz.core.schedule import Schedule
from diffviz.core.step import Step
from diffviz.core.viewer import (
    Page,
    Track,
    fitting_size,
    likeliest_classes,
    render,
    track_of,
    within_budget,
)
from diffviz.core.viewer.packing import pack


def unpacked(text: str, count: int) -> np.ndarray:
    """Return what the page's script makes of packed values: ``[count, size]``."""
    differences = np.frombuffer(zlib.decompress(base64.b64decode(text), -15), np.uint8)
    return np.cumsum(differences.reshape(-1, count), axis=1, dtype=np.uint8).T


def steps_of(samples: int = 1, total: int = 20) -> list[Step]:
    schedule, rng = Schedule(), np.random.default_rng(5)
    times = [*schedule.timesteps(total), 0]
    steps = []
    for index, t in enumerate(times):
        x_t, x0 = rng.normal(size=(2, samples, 28, 28)).astype(np.float32)
        steps.append(Step(index, total, t, schedule.alpha_bar(t), phase_at(t), x_t, x0, x_t))
    return steps


def data_of(page: str) -> dict:
    (found,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page, re.S)
    return json.loads(found)


def test_packed_values_are_exactly_the_same_again():
    values = np.random.default_rng(0).integers(0, 256, (30, 28, 28), np.uint8)
    assert np.array_equal(unpacked(pack(values), 30), values.reshape(30, -1))
    assert np.array_equal(unpacked(pack(values[:1]), 1), values[:1].reshape(1, -1))


def test_a_page_has_every_step_with_its_pictures_and_numbers():
    steps = steps_of()
    belief = np.full((21, 10), 0.1, np.float32)
    data = data_of(render(Page("a run", [track_of("seed 1", steps, belief=belief)])))
    assert data["times"] == [step.t for step in steps]
    assert data["alphaBars"] == pytest.approx([step.alpha_bar for step in steps], rel=1e-5)
    assert [phase["name"] for phase in data["phases"]] == [
        "static",
        "blob",
        "lock-in",
        "refinement",
    ]
    for phase in data["phases"]:
        assert steps[phase["first"]].phase.label == phase["name"]
        assert steps[phase["first"] - 1].phase.label != phase["name"]
    (track,) = data["tracks"]
    x_t, x0 = (np.concatenate([getattr(s, name) for s in steps]) for name in ("x_t", "x0_hat"))
    assert np.array_equal(unpacked(track["x_t"], 21), to_grey(x_t).reshape(21, -1))
    assert np.array_equal(unpacked(track["x0_hat"], 21), to_grey(x0).reshape(21, -1))
    assert (unpacked(track["belief"], 21) == 10).all()
    assert [data["times"][place] for place in data["strip"]][:3] == [1000, 790, 579]
    assert data["strip"][-1] == 20


def test_tracks_of_different_lengths_share_the_moments_of_the_page():
    long, short = track_of("a", steps_of(total=20)), track_of("b", steps_of(total=5))
    data = data_of(render(Page("two", [long, short])))
    assert data["times"] == sorted({*long.times, *short.times}, reverse=True)
    for track, made in zip((long, short), data["tracks"], strict=True):
        assert [data["times"][place] for place in made["places"]] == list(track.times)


def test_a_process_that_goes_back_in_time_is_shown_moment_after_moment():
    steps = steps_of(total=10)
    there_and_back = [*steps[:6], *steps[4:]]
    data = data_of(render(Page("back", [track_of("a", there_and_back)])))
    assert data["times"] == [step.t for step in there_and_back]
    assert data["tracks"][0]["places"] == list(range(len(there_and_back)))


def test_pictures_in_colour_keep_their_channels():
    colours = np.random.default_rng(2).normal(size=(3, 3, 28, 28)).astype(np.float32)
    steps = [
        replace(step, x_t=x[None], x0_hat=x[None])
        for step, x in zip(steps_of(), colours, strict=False)
    ]
    data = data_of(render(Page("colours", [track_of("a", steps)])))
    assert data["shape"] == [28, 28, 3]
    first = unpacked(data["tracks"][0]["x_t"], 3)[0].reshape(28, 28, 3)
    assert np.array_equal(first, np.moveaxis(to_grey(colours[0]), 0, -1))


def test_beliefs_are_about_the_classes_of_the_page():
    names = ["</script>", "green disc"]
    belief = np.linspace(0, 1, 21)[:, None] * [1, -1] + [0, 1]
    page = Page("two", [track_of("a", steps_of(), belief=belief)], classes=names, noun="picture")
    text = render(page)
    data = data_of(text)
    assert data["classes"] == names
    assert "<script>alert" not in text
    assert unpacked(data["tracks"][0]["belief"], 21)[[0, -1]].tolist() == [[0, 100], [100, 0]]
    assert data["captions"]["x_0"] == "the finished picture"


def test_of_many_classes_a_page_has_the_ten_likeliest():
    first, second = np.full((2, 3, 30), 0.01)
    first[1, 29], second[2, 7] = 0.5, 0.4
    shown = likeliest_classes([first, None, second])
    assert len(shown) == 10
    assert shown == sorted(shown)
    assert {7, 29} <= set(shown)
    assert likeliest_classes([None]) == []


@pytest.mark.parametrize(
    ("shape", "tracks", "size"),
    [
        ((28, 28), 1, (28, 28)),
        ((28, 28), 32, (28, 28)),
        ((3, 64, 64), 1, (64, 64)),
        ((3, 32, 32), 32, (32, 32)),
        ((3, 256, 256), 1, (118, 118)),
        ((3, 256, 128), 32, (51, 26)),
    ],
)
def test_large_pictures_are_averaged_down(shape, tracks, size):
    assert fitting_size(shape, tracks) == size


def test_a_page_of_large_pictures_has_many_moments_and_a_bounded_size():
    rng = np.random.default_rng(3)
    steps = [
        replace(step, x_t=x[None], x0_hat=0 * x[None])
        for step in steps_of(total=60)
        for x in [rng.normal(size=(3, 128, 128)).astype(np.float32)]
    ]
    size = fitting_size((3, 128, 128), 1)
    text = render(Page("large", [track_of("a", steps, size=size)]))
    assert len(text) < 1_500_000
    assert len(data_of(text)["times"]) >= 20


def test_a_page_loads_nothing_and_is_the_same_each_time():
    page = Page("a run", [track_of("seed 1", steps_of())], [("sampler", "ddpm")], "diffviz run")
    text = render(page)
    assert render(page) == text
    assert "default-src 'none'" in text
    assert not re.search(r"(?:src|href)=[\"'](?!data:)", text)
    assert not re.search(r"https?://|@import|url\(|\{\{", text)


def test_names_cannot_change_the_page():
    bad = "</script><script>alert(1)</script><!-- & \" '"
    page = Page(bad, [track_of(bad, steps_of())], [(bad, bad)], bad, key=bad)
    text = render(page)
    assert "<script>alert" not in text
    assert "<!-- &" not in text
    assert data_of(text)["tracks"][0]["name"] == bad
    assert html.unescape(re.findall("<title>(.*?)</title>", text)[0]) == bad


def test_a_training_has_labels_instead_of_timesteps():
    pictures = np.zeros((3, 28, 28), np.uint8)
    track = Track("noise 1", (0, 8, 16), pictures)
    data = data_of(render(Page("t", [track], labels=["a", "b", "c"], losses=[None, 0.5, 0.25])))
    assert data["times"] == [0, 8, 16]
    assert (data["labels"], data["losses"]) == (["a", "b", "c"], [None, 0.5, 0.25])
    assert (data["phases"], data["alphaBars"]) == ([], None)
    assert data["strip"] == [0, 1, 2]


def test_a_page_without_pictures_is_refused():
    with pytest.raises(ValueError, match="picture"):
        render(Page("nothing", []))


@pytest.mark.parametrize("lengths", [[5], [1001], [1001, 51, 21, 21], [1001] * 32, [1, 602, 400]])
def test_a_page_keeps_as_many_moments_as_fit(lengths):
    kept = within_budget(lengths, 1100)
    assert sum(map(len, kept)) <= 1100
    for length, places in zip(lengths, kept, strict=True):
        assert (places[0], places[-1]) == (0, length - 1)
        assert places == sorted(set(places))
    if sum(lengths) <= 1100:
        assert list(map(len, kept)) == lengths
    else:
        assert sum(map(len, kept)) > 1000


def test_the_largest_page_stays_below_its_limit():
    noise = np.random.default_rng(1).normal(size=(1100, 28, 28)).astype(np.float32)
    x_t, x0 = to_grey(noise), to_grey(noise[::-1] * np.float32(0.5))
    tracks = [
        Track(f"{row}", tuple(range(110, 0, -1)), x_t[row::10], x0[row::10]) for row in range(10)
    ]
    assert 1_000_000 < len(render(Page("noise", tracks))) < 1_500_000


def test_a_trajectory_and_a_step_show_themselves_in_a_notebook():
    trajectory = Trajectory()
    assert "no step" in trajectory._repr_html_()
    steps = steps_of(samples=2)
    for step in steps:
        trajectory.append(step)
    for shown, moments in ((trajectory, 21), (steps[-1], 1)):
        (content,) = re.findall(r'<iframe srcdoc="([^"]*)"', shown._repr_html_())
        data = data_of(html.unescape(content))
        assert [track["name"] for track in data["tracks"]] == ["sample 1", "sample 2"]
        assert len(data["times"]) == moments
        x_t = unpacked(data["tracks"][1]["x_t"], moments)[-1]
        assert np.array_equal(x_t, to_grey(steps[-1].x_t[1]).reshape(-1))
