"""Which weights are distilled, and what is said of processes that don't fit weights."""

import json

import pytest

from diffviz.core.errors import DiffvizError
from diffviz.core.models import catalog, few_steps
from diffviz.core.models.arrays import read_metadata
from diffviz.core.models.few_steps import (
    distilled_steps,
    few_step_weights,
    fitted,
    misfit,
    steps_of_config,
)
from diffviz.core.models.weights import load_weights
from diffviz.core.recipes import TrainConfig
from diffviz.core.sampling import SamplingSpec

from ...weights_files import save_distilled


@pytest.fixture
def file(tmp_path):
    return str(save_distilled(tmp_path / "mine.safetensors"))


@pytest.fixture
def bundled(tmp_path, monkeypatch):
    """Return a function that bundles weights, as far as names and cards tell."""
    monkeypatch.setattr(catalog, "FOLDER", tmp_path)

    def add(name, **card):
        (tmp_path / f"{name}.safetensors").write_bytes(b"")
        card = {"recipe": {"distilled_steps": 4}} | card
        (tmp_path / f"{name}.json").write_text(json.dumps(card))

    add("default", recipe={})
    return add


def test_a_file_says_that_its_weights_are_distilled(file):
    assert distilled_steps(file) == 4
    assert distilled_steps(f"{file}:raw") == 4
    assert load_weights(file).distilled_steps == 4
    assert read_metadata(few_steps.resolve(file)) == load_weights(file).metadata


def test_a_run_says_so_before_it_has_weights(tmp_path):
    config = TrainConfig(teacher="default", distilled_steps=4).to_json()
    content = {"config": config, "environment": {"data_dir": None, "device": "cpu"}}
    (tmp_path / "config.json").write_text(json.dumps(content))
    assert distilled_steps(str(tmp_path)) == 4


def test_other_weights_are_not():
    assert distilled_steps("default") == 0
    assert load_weights("default").distilled_steps == 0


@pytest.mark.parametrize("weights", ["no such", "default:best", "model:mine.py:net", "\0"])
def test_what_cannot_be_read_is_left_to_what_loads_it(weights):
    assert distilled_steps(weights) is None
    assert misfit(SamplingSpec("ddim", 1), weights) == ""


@pytest.mark.parametrize("steps", ["4", -1, True, 10**9, 4.0, None])
def test_nonsense_in_a_file_is_no_distillation(steps):
    assert steps_of_config({"distilled_steps": steps}) == 0
    assert steps_of_config(steps) == 0


def test_the_metadata_of_a_truncated_file_is_refused(file):
    path = few_steps.resolve(file)
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(DiffvizError, match="truncated"):
        read_metadata(path)
    assert distilled_steps(file) is None


def test_the_configuration_of_other_trainings_keeps_its_bytes():
    assert "distilled_steps" not in TrainConfig().to_json()
    distilled = TrainConfig(teacher="default", distilled_steps=4)
    assert distilled.to_json()["distilled_steps"] == 4
    assert TrainConfig.from_json(distilled.to_json()) == distilled
    with pytest.raises(DiffvizError, match="distilled steps must be from 0 to 1000"):
        TrainConfig(distilled_steps=1001)


def test_bundled_weights_are_chosen_by_their_labels(bundled):
    assert few_step_weights() is None
    bundled("a-few")
    bundled("few-steps")
    assert few_step_weights() == "few-steps"
    assert few_step_weights(labelled=True) is None
    bundled("few-labelled", classes=["0", "1"])
    assert few_step_weights(labelled=True) == "few-labelled"
    assert few_step_weights() == "few-steps"


@pytest.mark.parametrize(
    ("spec", "line"),
    [
        (SamplingSpec("ddpm", 4), "4 steps need distilled weights: --weights few-steps"),
        (SamplingSpec("sa-solver", 1), "1 step needs distilled weights: --weights few-steps"),
        (SamplingSpec("ddim", 5), ""),
        (SamplingSpec("ddpm"), ""),
        (
            SamplingSpec("consistency", 20),
            "consistency needs distilled weights: --weights few-steps",
        ),
        (
            SamplingSpec("ddpm", 2, label="7"),
            "2 steps need distilled weights: none with labels exist; leave --digit out, or use "
            "--steps 20",
        ),
    ],
)
def test_few_steps_of_ordinary_weights_are_told(bundled, spec, line):
    bundled("few-steps")
    assert misfit(spec, "default") == line


def test_where_there_are_no_distilled_weights_more_steps_are_advised(bundled):
    line = misfit(SamplingSpec("ddim", 3), "default")
    trains = "or train some: diffviz train --recipe few-steps"
    assert line == f"3 steps need distilled weights: none are installed; use --steps 20, {trains}"
    other = misfit(SamplingSpec("consistency", 8), "default")
    assert other.endswith(f"use --sampler sa-solver, {trains}")


def test_other_samplers_and_steps_of_distilled_weights_are_told(file):
    for steps in (1, 2, 4, None):
        assert misfit(SamplingSpec("consistency", steps), file) == ""
    assert misfit(SamplingSpec("consistency", 3), file) == (
        "these weights were distilled for 1, 2 or 4 steps"
    )
    assert misfit(SamplingSpec("ddpm"), file) == (
        "distilled weights need --sampler consistency with 1, 2 or 4 steps: ddpm with 1000 steps "
        "needs others, such as --weights default"
    )


def test_a_process_is_fitted_to_other_weights(file):
    assert fitted(SamplingSpec("ddpm", 1000, noise=0.5), file) == SamplingSpec(
        "consistency", noise=0.5
    )
    few = SamplingSpec("consistency", 2)
    assert fitted(few, file) is few
    assert fitted(few, "default") == SamplingSpec("ddpm")
    asked = SamplingSpec("ddim", 4)
    assert fitted(asked, "default") is asked
