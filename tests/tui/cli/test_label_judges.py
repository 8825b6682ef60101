"""``diffviz eval --train-classifier`` and ``--diffusion-classifier``."""

import json

import numpy as np
import pytest

from diffviz.core.data.synthetic import synthetic_digits
from diffviz.core.measure import accuracy_score
from diffviz.tui.cli import eval_diffusion

from ...conftest import write_mnist


@pytest.fixture(scope="module")
def mnist(tmp_path_factory):
    return write_mnist(tmp_path_factory.mktemp("data"), 300, 120)


@pytest.fixture(autouse=True)
def _cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def samples(tmp_path):
    """Return a file of digits that says which ones were asked for."""
    images, labels = synthetic_digits(200, 7)
    path = tmp_path / "samples.npz"
    meta = json.dumps({"classes": list("0123456789")})
    np.savez(path, images=images, labels=labels, meta=meta)
    return path


@pytest.mark.slow
def test_a_classifier_is_trained_on_the_samples(diffviz, mnist, samples, tmp_path, monkeypatch):
    pytest.importorskip("torch")
    monkeypatch.setattr(accuracy_score, "UPDATES", 30)
    asked = ("eval", "--samples", samples, "--data-dir", mnist, "--train-classifier")
    outcome = diffviz(*asked, "--json", tmp_path / "r.json")
    assert outcome.status == 0, outcome
    line = next(row for row in outcome.out.splitlines() if row.startswith("a classifier trained"))
    assert line.startswith("a classifier trained on 200 of them")
    score = json.loads((tmp_path / "r.json").read_text())["accuracy_score"]
    assert score["n"] == 200
    assert 0 <= score["samples"]["value"] <= 1
    assert f"{score['samples']['value']:.1%}" in line
    assert f"real {score['real']['value']:.1%}" in line


def test_samples_without_labels_teach_nothing(diffviz, mnist, tmp_path):
    pytest.importorskip("torch")
    path = tmp_path / "plain.npz"
    np.savez(path, images=synthetic_digits(150, 7)[0])
    outcome = diffviz("eval", "--samples", path, "--data-dir", mnist, "--train-classifier")
    assert outcome.status == 1
    assert "doesn't say which digits were asked for" in outcome.complaint
    outcome = diffviz("eval", "--data-dir", mnist, "--train-classifier")
    assert "add --digit all" in outcome.usage_complaint


@pytest.mark.slow
def test_weights_with_labels_classify_test_digits(
    diffviz, mnist, labelled_file, tmp_path, monkeypatch
):
    monkeypatch.setattr(eval_diffusion, "POINTS", 1)
    result = tmp_path / "r.json"
    asked = ("eval", "--diffusion-classifier", "--weights", labelled_file, "--data-dir", mnist)
    outcome = diffviz(*asked, "-n", 100, "--device", "cpu", "--json", result)
    assert outcome.status == 0, outcome
    assert "100 test digits, weights" in outcome.out
    assert "the label that explains a digit best is its own: " in outcome.out
    values = json.loads(result.read_text())
    assert values["timesteps"] == [500]
    confusion = np.array(values["confusion"])
    assert confusion.shape == (10, 10)
    assert confusion.sum() == 100
    assert values["accuracy"]["value"] == pytest.approx(np.trace(confusion) / 100)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--weights", "film-15"), "trained without labels"),
        (("--weights", "film-15", "--digit", "all"), "leave --digit out"),
        (("--steps", "3", "--seed", "2"), "leave --seed, --steps out"),
    ],
)
def test_what_the_diffusion_classifier_cannot_use_is_refused(diffviz, mnist, arguments, message):
    outcome = diffviz("eval", "--diffusion-classifier", "--data-dir", mnist, *arguments)
    assert outcome.status in (1, 2)
    assert message in outcome.err
