"""``diffviz eval`` with drawn digits in MNIST's place and untrained weights."""

import json
import struct

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import save_file

from diffviz.core import pipeline
from diffviz.core.data.synthetic import synthetic_digits
from diffviz.core.files.reading import sha256_of
from diffviz.core.models.arrays import FORMAT, read_arrays
from diffviz.core.models.catalog import FOLDER


@pytest.fixture(scope="module")
def mnist(tmp_path_factory):
    """Return a data folder in MNIST's layout with drawn digits."""
    folder = tmp_path_factory.mktemp("data")
    raw = folder / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name, n, seed in (("train", 400, 0), ("t10k", 200, 1)):
        images, labels = synthetic_digits(n, seed)
        header = struct.pack(">IIII", 0x803, n, 28, 28)
        (raw / f"{name}-images-idx3-ubyte").write_bytes(header + images.tobytes())
        header = struct.pack(">II", 0x801, n)
        labels = labels.astype(np.uint8).tobytes()
        (raw / f"{name}-labels-idx1-ubyte").write_bytes(header + labels)
    return folder


@pytest.fixture(autouse=True)
def _cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def samples(tmp_path):
    path = tmp_path / "samples.npz"
    np.savez(path, images=synthetic_digits(150, 7)[0])
    return path


def test_a_sample_file_is_evaluated_as_plain_lines(diffviz, mnist, samples):
    outcome = diffviz("eval", "--samples", samples, "--data-dir", mnist)
    assert outcome.status == 0
    assert outcome.err == ""
    assert "\x1b" not in outcome.out
    lines = outcome.out.splitlines()
    assert lines[0] == f"150 digits from {samples}"
    assert any(line.startswith("Frechet LeNet distance") and "real" in line for line in lines)
    assert any(line.startswith("digits 0-9: ") for line in lines)
    assert not any(line.startswith("sampling:") for line in lines)


def test_json_on_stdout_is_nothing_but_json(diffviz, mnist, samples):
    outcome = diffviz("eval", "--samples", samples, "--data-dir", mnist, "--json", "-")
    values = json.loads(outcome.out)
    assert values["n"] == 150
    assert values["source"]["file"] == str(samples)
    assert values["cost"] is None


def test_another_classifier_judges_in_features_of_its_own(diffviz, mnist, samples, tmp_path):
    command = ["eval", "--samples", samples, "--data-dir", mnist, "--json", "-"]
    bundled = read_arrays(FOLDER / "classifier.safetensors")
    other = tmp_path / "other.safetensors"
    tensors = {name: array * np.float32(1.1) for name, array in bundled.tensors.items()}
    metadata = {key: json.dumps(value) for key, value in bundled.metadata.items()}
    save_file(tensors, other, {"format": FORMAT} | metadata)
    first = json.loads(diffviz(*command).out)
    second = json.loads(diffviz(*command, "--classifier", other).out)
    assert second["real"]["classifier_sha256"] == sha256_of(other)
    assert second["frechet"] != first["frechet"]
    assert second["memorisation"] == first["memorisation"]  # of pixels
    outcome = diffviz(*command, "--classifier", FOLDER / "default.safetensors")
    assert outcome.status == 1
    assert "holds no digit classifier" in outcome.err


def test_sampled_digits_are_evaluated_cached_and_saved(diffviz, mnist, weights_file, tmp_path):
    command = ["eval", "--weights", weights_file, "-n", "100", "--steps", "2", "--seed", "5"]
    command += ["--data-dir", mnist, "--json", tmp_path / "r.json", "--save", tmp_path / "s.npz"]
    command += ["--pairs", tmp_path / "pairs.png"]
    first = diffviz(*command)
    assert first.status == 0, first
    assert "seeds 5 to 104" in first.out
    assert "sa-solver 2 steps, eta 0.7" in first.out
    assert "2 network evaluations a digit, 200 in all" in first.out
    report = json.loads((tmp_path / "r.json").read_text())
    assert report["source"]["sampler"] == "sa-solver"
    assert len(report["source"]["weights_sha256"]) == 64
    saved = np.load(tmp_path / "s.npz")
    assert saved["images"].shape == (100, 28, 28)
    assert saved["seeds"].tolist() == list(range(5, 105))

    nearest = report["memorisation"]["nearest"]
    with Image.open(tmp_path / "pairs.png") as picture:
        pixels = np.asarray(picture)
    tile = pixels[24 : 24 + 112, -120:-8]  # the last column's upper one, four pixels a pixel
    np.testing.assert_array_equal(tile[::4, ::4], saved["images"][nearest[-1]["sample"]])

    assert diffviz(*command).out == first.out
    again = json.loads((tmp_path / "r.json").read_text())
    assert again == report
    judged = diffviz("eval", "--samples", tmp_path / "s.npz", "--data-dir", mnist, "--json", "-")
    assert json.loads(judged.out)["frechet"] == report["frechet"]


def test_ctrl_c_caches_whole_batches_and_reports_them(diffviz, mnist, weights_file, monkeypatch):
    command = ["eval", "--weights", weights_file, "-n", "100", "--steps", "2", "--data-dir", mnist]
    sample, batches = pipeline.Pipeline.sample, []

    def interrupted(self, seeds, *args, **options):
        batches.append(len(seeds))
        if len(batches) == 3:
            raise KeyboardInterrupt
        return sample(self, seeds, *args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(pipeline.Pipeline, "sample", interrupted)
        outcome = diffviz(*command)
    assert outcome.status == 130
    assert outcome.out == ""
    assert "saved 64 of 100 digits in" in outcome.err
    assert "interrupted" in outcome.err

    batches.clear()
    monkeypatch.setattr(pipeline.Pipeline, "sample", interrupted)
    assert diffviz(*command).status == 0
    assert sum(batches) == 36


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "No such file"),
        (np.zeros((120, 28, 28), np.uint8), "blank"),
        (np.zeros((120, 27, 28), np.uint8), "[120, 27, 28]"),
        (b"\x93NUMPY\x01\x00", "truncated"),
    ],
)
def test_samples_that_cannot_be_evaluated_are_refused(diffviz, mnist, tmp_path, content, message):
    path = tmp_path / "s.npy"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content is not None:
        np.save(path, content)
    outcome = diffviz("eval", "--samples", path, "--data-dir", mnist)
    assert message in outcome.complaint
    assert outcome.out == ""


def test_missing_mnist_says_what_goes_where(diffviz, samples, tmp_path):
    outcome = diffviz("eval", "--samples", samples, "--data-dir", tmp_path / "nothing")
    announced, complaint = outcome.err.splitlines()
    place = str(tmp_path / "nothing" / "MNIST" / "raw")
    assert announced == f"diffviz: downloading MNIST (11 MB) to {place}"
    assert f"there is no folder {tmp_path / 'nothing'}" in complaint
    assert place in complaint
    assert "--dataset" not in complaint  # which eval doesn't have
    assert "--data-dir" in complaint
    assert outcome.status == 1
    assert not (tmp_path / "nothing").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--samples", "s.npz", "--steps", "5"],
        ["--samples", "s.npz", "--sampler", "ddim"],
        ["--samples", "s.npz", "-n", "500"],
        ["--samples", "s.npz", "--save", "x.npz"],
        ["--samples", "s.npz", "--digit", "7"],
        ["--sampler", "ddpm", "--eta", "0.5"],
        ["--seed", str(2**64 - 10)],
    ],
)
def test_conflicting_flags_are_refused(diffviz, arguments):
    assert diffviz("eval", "--data-dir", "data", *arguments).usage_complaint


@pytest.mark.parametrize(
    "arguments", [["--json", "result.txt"], ["--save", "missing/folder/x.npz"]]
)
def test_impossible_outputs_are_refused(diffviz, mnist, weights_file, monkeypatch, arguments):
    monkeypatch.chdir(mnist)
    assert diffviz("eval", "--data-dir", mnist, "--weights", weights_file, *arguments).complaint


@pytest.mark.parametrize("arguments", [["-n", "99"], ["-n", "x"], ["--noise", "2"]])
def test_wrong_values_are_usage_errors(diffviz, arguments):
    assert diffviz("eval", *arguments).status == 2


def test_the_digit_asked_for_is_counted(diffviz, mnist, labelled_file, tmp_path):
    saved = tmp_path / "asked.npz"
    asked = ("--weights", labelled_file, "-n", 100, "--steps", 1, "--digit", "all",
             "--guidance-from", 1000, "--guidance-until", 0)  # fmt: skip
    outcome = diffviz("eval", *asked, "--data-dir", mnist, "--save", saved, "--json", "-")
    values = json.loads(outcome.out)
    assert 0 <= values["asked"]["share"]["value"] <= 1
    assert values["source"]["label"] == "all"
    assert values["cost"]["evaluations_per_digit"] == 2  # with the label and without
    # the file knows what was asked for
    again = diffviz("eval", "--samples", saved, "--data-dir", mnist, "--json", "-")
    assert json.loads(again.out)["asked"] == values["asked"]
    table = diffviz("eval", "--samples", saved, "--data-dir", mnist).out
    assert any(line.startswith("the digit asked for") for line in table.splitlines())


def test_asked_for_digits_are_all_right_where_they_are_drawn_so(diffviz, mnist, tmp_path):
    images, labels = synthetic_digits(150, 7)
    path = tmp_path / "right.npz"
    meta = json.dumps({"classes": list("0123456789")})
    shares = []
    for given in (labels, (labels + 1) % 10):
        np.savez(path, images=images, labels=given, meta=meta)
        outcome = diffviz("eval", "--samples", path, "--data-dir", mnist, "--json", "-")
        shares.append(json.loads(outcome.out)["asked"]["share"]["value"])
    assert shares[0] > 0.8
    assert shares[1] < 0.2
