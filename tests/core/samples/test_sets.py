"""Digits sampled in batches: kept, taken up again, kept apart by how they were made."""

import itertools
import shutil

import numpy as np
import pytest

from diffviz.core.errors import DiffvizError
from diffviz.core.pipeline import Pipeline
from diffviz.core.samples.sets import Sampled, count_cached, sample_digits, source_of
from diffviz.core.sampling import SamplingSpec


@pytest.fixture
def pipeline(weights_file, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return Pipeline.load(str(weights_file), "cpu")


def collect(pipeline, seeds, **changes) -> tuple[Sampled, list[float]]:
    options = {"sampler": "ddpm", "steps": 2, "eta": None, "noise": 1.0} | changes
    *before, last = sample_digits(
        pipeline, source_of(pipeline, SamplingSpec(**options)), seeds, batch=4
    )
    return last, [state.done for state in before]


def test_an_interrupted_sampling_continues(pipeline):
    source = source_of(pipeline, SamplingSpec("ddpm", 2))
    whole, done = collect(pipeline, range(3, 13))
    assert whole.images.shape == (10, 28, 28)
    assert done == sorted(done)
    assert (whole.cached, whole.total, whole.done) == (0, 10, 10)
    for path in source.folder().iterdir():
        path.unlink()

    states = sample_digits(pipeline, source, range(3, 13), batch=4)
    for state in itertools.takewhile(lambda s: s.done < 7, states):
        assert state.total == 10
    states.close()  # type: ignore[attr-defined]
    assert count_cached(source, range(3, 13)) == 4
    again, done = collect(pipeline, range(3, 13))
    assert again.cached == 4
    assert done[0] == 4
    np.testing.assert_array_equal(again.images, whole.images)


def test_a_larger_set_reuses_a_smaller_one(pipeline):
    small, _ = collect(pipeline, range(5))
    large, _ = collect(pipeline, range(8))
    assert large.cached == 5
    np.testing.assert_array_equal(large.images[:5], small.images)
    assert large.seconds > small.seconds
    part, _ = collect(pipeline, range(2, 4))
    assert part.cached == 2
    np.testing.assert_array_equal(part.images, small.images[2:4])


@pytest.mark.parametrize(
    "change", [{"steps": 3}, {"noise": 0.5}, {"sampler": "ddim"}, {"sampler": "dpmpp-2m-sde"}]
)
def test_digits_of_other_settings_are_cached_apart(pipeline, change):
    collect(pipeline, range(4))
    assert collect(pipeline, range(4), **change)[0].cached == 0


def test_eta_separates_sets_and_its_default_is_a_value(pipeline):
    ddim = {"sampler": "ddim", "steps": 2, "noise": 1.0}
    default = source_of(pipeline, SamplingSpec(**ddim))
    assert default == source_of(pipeline, SamplingSpec(eta=0.0, **ddim))
    assert default.folder() != source_of(pipeline, SamplingSpec(eta=0.5, **ddim)).folder()
    with pytest.raises(DiffvizError, match="has no eta"):
        source_of(pipeline, SamplingSpec("ddpm", 2, 0.5))


def test_sets_are_identified_by_the_content_of_weights(pipeline, weights_file, tmp_path):
    collect(pipeline, range(4))
    copy = tmp_path / "copy.safetensors"
    copy.write_bytes(weights_file.read_bytes())
    assert collect(Pipeline.load(str(copy), "cpu"), range(4))[0].cached == 4
    assert collect(Pipeline.load(f"{copy}:ema", "cpu"), range(4))[0].cached == 0


def test_damaged_files_in_the_cache_are_made_again(pipeline):
    whole, _ = collect(pipeline, range(8))
    source = source_of(pipeline, SamplingSpec("ddpm", 2))
    first, second = sorted(source.folder().iterdir())
    first.write_bytes(first.read_bytes()[:50])
    (source.folder() / "9-9-1.npz").write_bytes(b"")
    again, _ = collect(pipeline, range(8))
    assert again.cached == 4
    np.testing.assert_array_equal(again.images, whole.images)
    assert second.exists()


def test_without_a_writable_cache_sampling_works_and_starts_anew_next_time(pipeline, tmp_path):
    whole, _ = collect(pipeline, range(8))
    shutil.rmtree(tmp_path / "cache")
    (tmp_path / "cache").write_text("a file where the folder should be")
    again, _ = collect(pipeline, range(8))
    np.testing.assert_array_equal(again.images, whole.images)
    assert collect(pipeline, range(8))[0].cached == 0
