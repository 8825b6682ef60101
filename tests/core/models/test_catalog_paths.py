"""Which weights a name stands for, where a path has the form of another name."""

import pytest

from diffviz.core.errors import DiffvizError
from diffviz.core.models.catalog import resolve, run_of, split_set, training_losses
from diffviz.core.records import EpochDone
from diffviz.core.runs import event_line


def make_run(folder, loss, epochs=(1, 2)):
    (folder / "epochs").mkdir(parents=True)
    (folder / "config.json").touch()
    (folder / "weights.safetensors").touch()
    for epoch in epochs:
        (folder / "epochs" / f"{epoch:04d}.safetensors").touch()
    events = [EpochDone(e, e, 1, 1.0, loss / e, 1e-3, 1.0) for e in epochs]
    (folder / "log.jsonl").write_text("".join(map(event_line, events)))
    return folder


@pytest.fixture
def run(tmp_path):
    return make_run(tmp_path / "lr", 0.5)


@pytest.mark.parametrize("name", ["lr@2", "lr@99", "x:raw", "x:ema", "run.safetensors", "lr@x"])
def test_a_run_may_be_called_like_another_name(run, tmp_path, name):
    other = make_run(tmp_path / name, 8.0)
    spec, chosen = split_set(str(other))
    assert (spec, chosen) == (str(other), None)
    assert resolve(spec) == other / "weights.safetensors"
    assert resolve(f"{other}@1") == other / "epochs" / "0001.safetensors"
    assert split_set(f"{other}@1:ema") == (f"{other}@1", "ema")
    assert run_of(str(other)) == other
    assert training_losses(str(other)) == [8.0, 4.0]
    assert training_losses(f"{other}@1:raw") == [8.0]
    assert training_losses(str(run)) == [0.5, 0.25]


def test_epochs_are_those_of_the_run_where_no_path_is_called_so(run):
    assert resolve(f"{run}@2") == run / "epochs" / "0002.safetensors"
    assert training_losses(f"{run}@1") == [0.5]
    assert training_losses(f"{run}@x") == []


def test_an_epoch_that_is_not_kept_names_the_nearest(tmp_path):
    run = make_run(tmp_path / "run", 0.5, (1, 2, 16, 20))
    with pytest.raises(DiffvizError, match=r"no weights of epoch 17 .*the nearest is .*run@16"):
        resolve(f"{run}@17")
