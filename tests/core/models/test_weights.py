"""Loading weights by name: what is found, and every way a file can be wrong."""

import json
import os
import pickle
import struct

import pytest
import torch

from diffviz.core.errors import DiffvizError
from diffviz.core.models import arrays
from diffviz.core.models.catalog import bundled_names, read_card, training_losses
from diffviz.core.models.weight_files import read_tensors, save_tensors
from diffviz.core.models.weights import load_weights

pytestmark = pytest.mark.needs_torch


@pytest.fixture
def rewrite(weights_file, tmp_path):
    """Return a function that writes the good file again with changed tensors or metadata."""

    def write(change=None, **metadata):
        file = read_tensors(weights_file)
        tensors = dict(file.tensors)
        if change is not None:
            change(tensors)
        path = tmp_path / "changed.safetensors"
        kept = {k: v for k, v in (file.metadata | metadata).items() if v is not None}
        save_tensors(path, tensors, kept)
        return path

    return write


def refused(path, match):
    with pytest.raises(DiffvizError, match=match) as caught:
        load_weights(str(path))
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_file_has_its_sets(weights_file):
    raw, ema = load_weights(f"{weights_file}:raw"), load_weights(f"{weights_file}:ema")
    bare = load_weights(str(weights_file))
    assert (raw.set, ema.set, bare.set) == ("raw", "ema", "raw")
    assert raw.architecture == "reference-unet"
    states = [weights.model.state_dict() for weights in (raw, ema, bare)]
    stored = read_tensors(weights_file)
    for name in states[0]:
        assert torch.equal(states[0][name], stored.tensors[f"raw.{name}"])
        assert torch.equal(states[1][name], stored.tensors[f"ema.{name}"])
        assert torch.equal(states[2][name], states[0][name])


def test_default_set_is_the_files_own(rewrite):
    assert load_weights(str(rewrite(default_set="ema"))).set == "ema"


def test_run_folder_and_epochs(new_training):
    training = new_training()
    with pytest.raises(DiffvizError, match="no weights"):
        load_weights(str(training.run))
    training.sit(stop_at=4)
    unfinished = load_weights(str(training.run))  # from the checkpoint
    assert unfinished.metadata["step"] == 4
    training.sit(resume=True)
    assert load_weights(str(training.run)).metadata["step"] == 6
    first, second = (load_weights(f"{training.run}@{epoch}:ema") for epoch in (1, 2))
    assert (first.set, first.metadata["step"], second.metadata["step"]) == ("ema", 3, 6)
    assert not torch.equal(first.model.state_dict()["output.bias"],
                           second.model.state_dict()["output.bias"])  # fmt: skip
    with pytest.raises(DiffvizError, match="no weights of epoch 99"):
        load_weights(f"{training.run}@99")
    with pytest.raises(DiffvizError, match="no weights"):
        load_weights(f"{training.run}@last")


@pytest.mark.parametrize("name", ["nothing", "nothing:ema", "nothing@3", "nothing:foo", ":raw", ""])
def test_unknown_names_are_refused(name):
    with pytest.raises(DiffvizError, match=r"no weights|holds no weights"):
        load_weights(name)


def test_missing_files_folders_and_long_names_are_refused(tmp_path):
    refused(tmp_path / "missing.safetensors", "no file")
    (tmp_path / "folder.safetensors").mkdir()
    refused(tmp_path / "folder.safetensors", "holds no weights yet")
    refused(tmp_path, "holds no weights yet")


class Bomb:
    """A pickle that leaves a trace when it is loaded."""

    def __init__(self, path) -> None:
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


def test_pickles_are_not_loaded(tmp_path):
    path = tmp_path / "model.pt"
    path.write_bytes(pickle.dumps(Bomb(tmp_path / "exploded")))
    refused(path, "not a safetensors file")
    torch.save({"a": torch.zeros(2)}, path)
    refused(path, "not a safetensors file")
    assert not (tmp_path / "exploded").exists()


def header(text: bytes) -> bytes:
    return struct.pack("<Q", len(text)) + text


MARK = b'"__metadata__": {"format": "diffviz/1"'
GARBAGE = {
    "empty": b"",
    "noise": bytes(range(256)) * 40,
    "html": b"<html>404 not found</html>",
    "endless header": struct.pack("<Q", 2**63) + b"{}",
    "no JSON": header(b"{{{{"),
    "no data": header(b'{"raw.x": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}}'),
    "huge shape": header(
        b'{"raw.x": {"dtype": "F32", "shape": [4294967296, 4294967296], "data_offsets": [0, 16]}}'
    )
    + bytes(16),
    "metadata no JSON": header(b"{" + MARK + b', "architecture": "reference-unet"}}'),
    "metadata too deep": header(b"{" + MARK + b', "config": "' + b"[" * 100_000 + b'"}}'),
}


@pytest.mark.parametrize("name", GARBAGE)
def test_garbage_is_refused(tmp_path, name):
    path = tmp_path / "garbage.safetensors"
    path.write_bytes(GARBAGE[name])
    refused(path, "truncated or not a safetensors file")


@pytest.mark.parametrize("size", [1, 7, 100, 5000, -1])
def test_truncated_files_are_refused(weights_file, tmp_path, size):
    path = tmp_path / "short.safetensors"
    path.write_bytes(weights_file.read_bytes()[:size])
    refused(path, "truncated")


def test_files_that_are_too_large_are_refused(weights_file, monkeypatch):
    monkeypatch.setattr(arrays, "MAX_BYTES", 1000)
    refused(weights_file, "too large")


def test_safetensors_of_other_programs_are_refused(tmp_path):
    from safetensors.torch import save

    path = tmp_path / "theirs.safetensors"
    for metadata in (None, {"format": "pt"}):
        path.write_bytes(save({"raw.x": torch.zeros(2)}, metadata=metadata))
        refused(path, "was not written by diffviz")


def test_metadata_without_architecture_or_default_set_are_refused(rewrite):
    refused(rewrite(architecture=None), "which architecture")
    refused(rewrite(architecture=["reference-unet"]), "which architecture")
    refused(rewrite(default_set=None), "which architecture")
    refused(rewrite(default_set=["raw"]), "which architecture")
    with pytest.raises(DiffvizError, match="unknown architecture 'resnet'"):
        load_weights(str(rewrite(architecture="resnet")))


def test_tensors_of_wrong_shapes_are_refused(rewrite):
    def surplus(tensors):
        tensors["raw.conv9.weight"] = torch.zeros(3)

    def misshapen(tensors):
        tensors["raw.conv1.bias"] = torch.zeros(33)

    def broadcastable(tensors):
        tensors["raw.conv1.bias"] = torch.zeros(1)

    def no_ema(tensors):
        for name in [name for name in tensors if name.startswith("ema.")]:
            del tensors[name]

    refused(rewrite(lambda tensors: tensors.pop("raw.conv3.bias")), "lacks conv3.bias")
    refused(rewrite(surplus), "has conv9.weight, which the architecture lacks")
    refused(rewrite(misshapen), r"conv1.bias as \[33\], not \[32\]")
    refused(rewrite(broadcastable), r"conv1.bias as \[1\], not \[32\]")
    with pytest.raises(DiffvizError, match="has no ema weights"):
        load_weights(f"{rewrite(no_ema)}:ema")


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("name", ["raw.conv2.weight", "ema.output.bias"])
def test_nan_and_infinite_numbers_are_refused(rewrite, bad, name):
    def poison(tensors):
        tensors[name] = tensors[name].clone()
        tensors[name].view(-1)[-1] = bad

    refused(rewrite(poison), f"NaN or infinite numbers .in {name}")


@pytest.mark.parametrize("dtype", [torch.int32, torch.uint8, torch.bool, torch.float8_e4m3fn])
def test_tensors_of_unsupported_types_are_refused(rewrite, dtype):
    def convert(tensors):
        tensors["raw.conv1.bias"] = tensors["raw.conv1.bias"].to(dtype)

    refused(rewrite(convert), "conv1.bias as")


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_other_floats_are_converted(rewrite, dtype):
    def convert(tensors):
        tensors["raw.conv1.bias"] = tensors["raw.conv1.bias"].to(dtype)

    parameters = load_weights(str(rewrite(convert))).model.state_dict()
    assert parameters["conv1.bias"].dtype == torch.float32


@pytest.mark.parametrize("name", bundled_names())
def test_bundled_weights_and_their_card(name):
    card = read_card(name)
    losses = training_losses(name)
    assert all(0 < loss < 1 for loss in losses)
    for set_name in ("raw", "ema"):
        assert load_weights(f"{name}:{set_name}").set == set_name
    bare = load_weights(name)
    assert card.get("architecture", bare.architecture) == bare.architecture
    for ending in ("foo", "", "raws"):
        with pytest.raises(DiffvizError, match="raw or ema"):
            load_weights(f"{name}:{ending}")


def test_bundled_reference_is_raw():
    if "reference" in bundled_names():
        weights = load_weights("reference")
        assert (weights.set, weights.architecture) == ("raw", "reference-unet")
        assert json.dumps(weights.metadata)
