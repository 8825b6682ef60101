"""Measured phases: the arithmetic, and a process whose moment of decision is known."""

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from diffviz.core.measure import phase_record as phase_records
from diffviz.core.measure.metrics import Estimate
from diffviz.core.measure.phase_chart import save_phase_chart
from diffviz.core.measure.phase_measurement import (
    PhaseProgress,
    chance_agreement,
    crossing,
    curves,
    measure_phases,
    monotone,
)
from diffviz.core.measure.phase_record import (
    MeasuredPhases,
    best_phases,
    read_phases,
    save_phases,
    weights_sha256,
)
from diffviz.core.noise import BatchNoise
from diffviz.core.phases import phase_at
from diffviz.core.pipeline import Pipeline
from diffviz.core.records import Step
from diffviz.core.schedule import Schedule

UNDECIDED = 10.0


class Decider:
    """A process that picks its digit from one draw of noise and shows it at once.

    The digit is written into every pixel; before the update at index ``at`` there is none.
    """

    def __init__(self, at, name):
        self.at = at
        self.weights = SimpleNamespace(name=str(name), set="raw")

    def sample(self, seeds, steps, *, sampler, start=None):
        assert sampler == "ddpm"
        noise, schedule = BatchNoise.from_seeds(seeds), Schedule()
        first, x = start or (0, np.full((len(noise), 28, 28), UNDECIDED, np.float32))
        for index, t in list(enumerate([*schedule.timesteps(steps), 0]))[first:]:
            decided = (x != UNDECIDED).all()
            x0_hat = x if decided else np.zeros_like(x)
            yield Step(index, steps, t, schedule.alpha_bar(t), phase_at(t), x, x0_hat, x)
            if index == self.at:
                digits = np.floor(np.abs(noise.draw(index + 1)[:, 0, 0]) * 1000) % 10
                x = np.broadcast_to(digits[:, None, None] / 10, x.shape).astype(np.float32)


class Reader:
    """Reads the digit that :class:`Decider` writes."""

    def probabilities(self, images):
        return np.eye(10, dtype=np.float32)[np.rint(images[:, 0, 0] * 10).astype(int) % 10]


def measure(pipeline, classifier=None, **options) -> MeasuredPhases:
    seeds = options.pop("seeds", range(40))
    options = {"children": 4, "points": 11, "num_inference_steps": 101} | options
    *before, result = measure_phases(pipeline, classifier or Reader(), seeds, **options)
    progress = [p for p in before if isinstance(p, PhaseProgress)]
    assert len(progress) == len(before)
    done = [p.done for p in progress]
    assert done == sorted(done)
    assert done[-1] == progress[-1].total
    assert isinstance(result, MeasuredPhases)
    return result


@pytest.fixture(scope="module")
def decided_at_595(weights_file):
    """Decided between the grid points 40 (t = 600) and 50 (t = 500)."""
    return measure(Decider(44, weights_file))


def test_a_sudden_decision_is_found_between_its_grid_points(decided_at_595):
    result = decided_at_595
    assert result.timesteps == tuple(Schedule().timesteps(101)[::10])
    before, after = result.timesteps[4], result.timesteps[5]
    for boundary in result.boundaries:
        assert after <= boundary.t.low <= boundary.t.value <= boundary.t.high <= before
    assert [b.written for b in result.boundaries] == [600, 400, None, 100]
    assert result.boundary("decided").t.value < result.boundary("static | blob").t.value


def test_the_curves_of_a_sudden_decision(decided_at_595):
    result = decided_at_595
    assert result.chance == pytest.approx(0.1, abs=0.05)
    agreed = [e.value for e in result.agreement]
    assert agreed[:5] == pytest.approx([0.1] * 5, abs=0.1)
    assert agreed[5:] == [1.0] * 6
    assert result.movement[0].value == 1.0
    assert [e.value for e in result.movement[5:]] == [0.0] * 6
    for estimate in (*result.agreement, *result.certainty, *result.movement):
        assert estimate.low <= estimate.value + 1e-9
        assert estimate.value <= estimate.high + 1e-9


def test_a_real_network_can_be_measured(weights_file):
    pipeline = Pipeline.load(str(weights_file), "cpu")
    from diffviz.core.classifier import Classifier

    result = measure(
        pipeline, Classifier.load(), seeds=range(2), children=2, points=3, num_inference_steps=6
    )
    assert result.timesteps == (1000, 600, 1)
    assert result.agreement[-1] == Estimate(1.0, 1.0, 1.0)  # the last update injects nothing
    assert result.weights_sha256 == weights_sha256(str(weights_file))


@pytest.mark.parametrize("few", [{"seeds": range(1)}, {"children": 1}, {"points": 1}])
def test_too_few_samples_are_refused(weights_file, few):
    with pytest.raises(ValueError, match="at least 2"):
        measure(Decider(44, weights_file), **few)


def test_monotone_is_the_isotonic_fit():
    assert monotone(np.array([0.0, 1.0, 2.0])).tolist() == [0, 1, 2]
    assert monotone(np.array([0.0, 3.0, 1.0, 4.0])).tolist() == [0, 2, 2, 4]
    assert monotone(np.array([3.0, 2.0, 1.0])).tolist() == [2, 2, 2]


@pytest.mark.parametrize(
    ("curve", "level", "expected"),
    [
        ([0.0, 0.0, 1.0, 1.0], 0.5, 450.0),
        ([0.0, 0.2, 0.6, 1.0], 0.5, 375.0),
        ([0.0, 0.7, 0.3, 1.0], 0.5, 600.0),  # fitted: 0, .5, .5, 1
        ([0.8, 0.9, 0.9, 1.0], 0.5, 900.0),
        ([0.0, 0.1, 0.1, 0.2], 0.5, 0.0),
    ],
)
def test_the_crossing_of_a_level_is_interpolated(curve, level, expected):
    t = np.array([900.0, 600.0, 300.0, 0.0])
    assert crossing(t, np.array(curve), level) == pytest.approx(expected)


def test_chance_counts_pairs_of_different_seeds():
    # two seeds, each sure of its own digit: no agreement between them, whatever within
    assert chance_agreement(np.array([[4, 0], [0, 4]])) == 0.0
    assert chance_agreement(np.array([[4, 0], [4, 0]])) == 1.0
    assert chance_agreement(np.array([[2, 2], [2, 2]])) == 0.5


def test_curves_of_known_counts():
    counts = np.array([[[4, 0], [4, 0]], [[2, 2], [4, 0]]])
    agreed, certainty, movement = curves(counts, np.array([[2.0, 1.0], [4.0, 0.5]]), 0.25)
    assert agreed.tolist() == pytest.approx([(1 + 1 / 3) / 2, 1.0])
    assert certainty.tolist() == pytest.approx([(2 / 3 - 0.25) / 0.75, 1.0])
    assert movement.tolist() == pytest.approx([1.0, 0.25])


def test_json_round_trip(decided_at_595):
    values = json.loads(json.dumps(decided_at_595.to_json(), allow_nan=False))
    assert values["schema"] == "diffviz-phases/1"
    assert MeasuredPhases.from_json(values) == decided_at_595


@pytest.mark.parametrize("values", [None, [], {}, {"schema": "diffviz-phases/1"}, {"schema": "x"}])
def test_invalid_measurements_are_refused(values):
    with pytest.raises(ValueError, match=r"."):
        MeasuredPhases.from_json(values)


@pytest.fixture
def own_weights(weights_file, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = tmp_path / "mine.safetensors"
    path.write_bytes(weights_file.read_bytes())
    return path


def small(path, **options) -> MeasuredPhases:
    return measure(Decider(5, path), seeds=range(3), children=2, points=3, num_inference_steps=9)


def test_a_measurement_is_saved_next_to_the_users_weights(own_weights):
    assert read_phases(str(own_weights), "raw") == []
    result = small(own_weights)
    path = save_phases(result)
    assert path == own_weights.with_name("mine.raw-ddpm-9-3.phases.json")
    assert read_phases(str(own_weights), "raw") == [result]
    assert read_phases(str(own_weights), "ema") == []


@pytest.mark.parametrize("name", ["r53\u3000名", "a\u00a0b", "tab\there", "\udcff"])
def test_a_measurement_of_weights_with_any_name_is_read_again(own_weights, name):
    """Also names that can't be printed as they are."""
    path = own_weights.rename(own_weights.with_name(f"{name}.safetensors"))
    result = small(path)
    assert save_phases(result).parent == path.parent
    assert read_phases(str(path), "raw") == [result]


def test_the_users_measurements_can_be_ignored(monkeypatch, tmp_path):
    """A recording is the same whatever lies in the cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (card,) = read_phases("film-15", "ema")
    mine = replace(card, seeds=7)
    save_phases(mine)
    assert read_phases("film-15", "ema") == [mine, card]
    assert read_phases("film-15", "ema", cached=False) == [card]


def test_a_quick_measurement_replaces_no_better_one(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (card,) = read_phases("film-15", "ema")
    quick = replace(card, seeds=4, steps=20)
    assert save_phases(quick) != save_phases(replace(quick, seeds=5))
    measured = read_phases("film-15", "ema")
    assert len(measured) == 3
    assert best_phases(measured, "ddpm", 1000) == card, "no other has as many seeds"
    assert best_phases(measured, "ddpm", 100) == card
    assert best_phases(measured, "sa-solver", 20) == card
    assert best_phases(measured, "ddpm", 20) == replace(quick, seeds=5), "of the same steps"
    assert best_phases([], "ddpm", 20) is None


def test_a_measurement_of_an_earlier_version_is_still_read(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (card,) = read_phases("film-15", "ema")
    old = replace(card, seeds=64)
    folder = tmp_path / "diffviz" / "phases"
    folder.mkdir(parents=True)
    name = f"{card.weights_sha256[:20]}-ema.json"
    (folder / name).write_text(json.dumps(old.to_json()))
    assert best_phases(read_phases("film-15", "ema"), "ddpm", 1000) == old


def test_a_measurement_next_to_the_weights_counts_without_the_cache(own_weights):
    result = small(own_weights)
    save_phases(result)
    assert read_phases(str(own_weights), "raw", cached=False) == [result]


def test_a_measurement_of_other_weights_is_ignored(own_weights):
    save_phases(small(own_weights))
    own_weights.write_bytes(own_weights.read_bytes() + b" ")
    assert read_phases(str(own_weights), "raw") == []


def test_a_measurement_is_cached_if_the_folder_is_read_only(own_weights, monkeypatch):
    result = small(own_weights)
    write = phase_records.write_atomically

    def closed(path, content):
        if path.parent == own_weights.parent:
            raise phase_records.DiffvizError("read-only")
        write(path, content)

    monkeypatch.setattr(phase_records, "write_atomically", closed)
    assert "cache" in str(save_phases(result))
    assert read_phases(str(own_weights), "raw") == [result]


def test_bundled_weights_use_the_cache_then_the_card(own_weights, monkeypatch):
    monkeypatch.setattr(phase_records, "bundled_names", lambda: ["mine"])
    monkeypatch.setattr(phase_records, "resolve", lambda name: own_weights)
    in_card = small("mine")
    card = {"phases": {"raw": in_card.to_json()}}
    monkeypatch.setattr(phase_records, "read_card", lambda name: card)
    assert read_phases("mine", "raw") == [in_card]
    assert read_phases("mine", "ema") == []
    measured = measure(
        Decider(7, "mine"), seeds=range(3), children=2, points=3, num_inference_steps=9
    )
    assert measured != in_card
    path = save_phases(measured)
    assert "cache" in str(path)
    assert read_phases("mine", "raw") == [measured, in_card]
    path.write_text("{")
    assert read_phases("mine", "raw") == [in_card]


def test_the_chart_is_a_picture(decided_at_595, tmp_path):
    from PIL import Image

    save_phase_chart(tmp_path / "p.png", decided_at_595)
    picture = np.asarray(Image.open(tmp_path / "p.png"))
    colours = {tuple(pixel) for pixel in picture.reshape(-1, 3)}
    assert picture.shape[2] == 3
    assert {(102, 194, 255), (255, 176, 84)} <= colours
