"""Few steps on the command line: which weights are chosen, and what is said where none fit."""

import hashlib
import json

import numpy as np
import pytest

from diffviz.core.models import catalog

from ...weights_files import save_distilled

CHOSEN = "diffviz: weights few-steps, for consistency in 4 steps\n"


@pytest.fixture
def bundled(tmp_path, monkeypatch):
    """Bundle untrained distilled weights as ``few-steps``, beside those that there are."""
    folder = tmp_path / "weights"
    folder.mkdir()
    for path in catalog.FOLDER.glob("*.*"):
        (folder / path.name).symlink_to(path)
    for ending in ("safetensors", "json"):
        (folder / f"few-steps.{ending}").unlink(missing_ok=True)

    def bundle(classes=()):
        path = save_distilled(folder / "few-steps.safetensors", classes)
        card = {"recipe": {"distilled_steps": 4}, "losses": []}
        card["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
        card |= {"classes": list(classes)} if classes else {}
        (folder / "few-steps.json").write_text(json.dumps(card))

    monkeypatch.setattr(catalog, "FOLDER", folder)
    bundle()
    return bundle


@pytest.fixture
def sample(diffviz, tmp_path):
    """Return a function that samples and gives what was used and what stderr says."""

    def call(*arguments):
        path = tmp_path / "digits.npz"
        outcome = diffviz("sample", "-n", 1, "-o", path, *arguments)
        assert outcome.status == 0, outcome.err
        with np.load(path) as archive:
            meta = json.loads(str(archive["meta"]))
        return (meta["weights"], meta["sampler"], meta["steps"]), outcome.err

    return call


def test_few_steps_choose_the_weights_and_the_sampler_that_fit(bundled, sample):
    for steps in (1, 2, 4):
        used, said = sample("--steps", steps)
        assert used == ("few-steps", "consistency", steps)
        assert said == CHOSEN.replace("4 steps", f"{steps} step" + "s" * (steps > 1))
    assert sample("--sampler", "consistency") == (("few-steps", "consistency", 4), CHOSEN)


def test_five_steps_are_done_by_the_usual_weights(bundled, sample):
    assert sample("--steps", 5) == (("default", "sa-solver", 5), "")


def test_distilled_weights_bring_their_sampler(bundled, sample):
    assert sample("--weights", "few-steps") == (("few-steps", "consistency", 4), "")
    assert sample("--weights", "few-steps", "--steps", 1) == (("few-steps", "consistency", 1), "")


def test_named_weights_and_samplers_stay_and_a_line_says_what_fits(bundled, sample):
    line = "diffviz: 4 steps need distilled weights: --weights few-steps\n"
    assert sample("--weights", "default", "--steps", 4) == (("default", "sa-solver", 4), line)
    assert sample("--sampler", "ddim", "--steps", 4) == (("default", "ddim", 4), line)
    used, said = sample("--weights", "few-steps", "--sampler", "ddim", "--steps", 8)
    assert used == ("few-steps", "ddim", 8)
    assert said == (
        "diffviz: distilled weights need --sampler consistency with 1, 2 or 4 steps: ddim with 8 "
        "steps needs others, such as --weights default\n"
    )
    _, said = sample("--weights", "few-steps", "--steps", 3)
    assert said == "diffviz: these weights were distilled for 1, 2 or 4 steps\n"


def test_a_digit_in_few_steps_needs_few_step_weights_with_labels(bundled, sample):
    used, said = sample("--digit", 7, "--steps", 4)
    assert used == ("labelled", "sa-solver", 4)
    assert said == (
        "diffviz: 4 steps need distilled weights: none with labels exist; leave --digit out, or "
        "use --steps 20\n"
    )
    bundled("0123456789")
    assert sample("--digit", 7, "--steps", 4) == (("few-steps", "consistency", 4), CHOSEN)


def test_every_command_that_samples_says_so(bundled, diffviz, tmp_path):
    for command in (
        ["run", "--steps", 4],
        ["run", "--steps", 4, "--once"],
        ["record", tmp_path / "a.svg", "--steps", 4, "--size", "40x12"],
    ):
        outcome = diffviz(*command)
        assert (outcome.status, outcome.err) == (0, CHOSEN)
        misfit = diffviz(*command, "--weights", "default")
        assert misfit.status == 0
        assert misfit.err == "diffviz: 4 steps need distilled weights: --weights few-steps\n"


def test_plain_lines_name_what_was_used(bundled, diffviz):
    told = diffviz("run", "--steps", 4, "--speed", "max").out
    assert "weights  few-steps raw" in told
    assert "sampler  consistency 4 steps, seed 30" in told
    narrated = diffviz("run", "--steps", 4, "--narrate").out
    assert narrated.count("t 1000: static. Each evaluation draws a whole digit") == 1
    assert "blob" not in narrated, "no phase has another sentence"


def test_weights_that_cannot_be_loaded_are_one_line(bundled, diffviz, tmp_path):
    path = tmp_path / "half.safetensors"
    path.write_bytes((catalog.FOLDER / "few-steps.safetensors").read_bytes()[:-4])
    assert "truncated" in diffviz("run", "--weights", path, "--steps", 3).complaint


@pytest.fixture
def distilled(tmp_path):
    return save_distilled(tmp_path / "mine.safetensors")


def test_phases_branch_the_four_steps_of_distilled_weights(diffviz, distilled):
    command = ("phases", "--weights", distilled, "-n", 2, "--children", 2, "--json", "-")
    measured = json.loads(diffviz(*command).out)
    assert (measured["sampler"], measured["steps"]) == ("consistency", 4)
    assert measured["timesteps"] == [1000, 750, 500, 250]
    assert measured["agreement"][-1]["value"] <= 1
    assert distilled.with_name("mine.raw-consistency-4-2.phases.json").is_file()
    assert "consistency 4 steps" in diffviz(*command[:-2]).out


def test_digits_of_one_step_are_evaluated(diffviz, distilled, larger_mnist):
    command = ("eval", "--weights", distilled, "--steps", 1, "-n", 100, "--data-dir", larger_mnist)
    outcome = diffviz(*command)
    assert (outcome.status, outcome.err) == (0, "")
    assert "consistency 1 step" in outcome.out
    assert "1 network evaluation a digit, 100 in all" in outcome.out


def test_a_branch_a_picture_and_a_mask_go_through_few_steps(diffviz, distilled, tmp_path):
    from PIL import Image

    from diffviz.core.data.synthetic import synthetic_digits

    picture, mask = tmp_path / "a.png", tmp_path / "mask.png"
    Image.fromarray(synthetic_digits(1, seed=0)[0][0]).save(picture)
    half = np.zeros((28, 28), np.uint8)
    half[14:] = 255
    Image.fromarray(half).save(mask)
    weights = ("--weights", distilled)
    plain = diffviz("run", *weights)
    branch = diffviz("run", *weights, "--branch", "750.1")
    assert "child 1 of t 750" in branch.out
    assert plain.out.splitlines()[-30:-2] != branch.out.splitlines()[-30:-2]
    wrong = diffviz("run", *weights, "--branch", "600.1").usage_complaint
    assert "4 steps don't pass t=600" in wrong
    for more in (("--t", 500), ("--mask", mask)):
        path = tmp_path / "b.npz"
        command = ("sample", *weights, "-n", 2, "-o", path, "--from", picture, *more)
        outcome = diffviz(*command)
        assert outcome.status == 0, outcome
        assert "consistency 4 steps" in outcome.out
