"""Which weights of epochs a run keeps."""

import pytest

from diffviz.core.runs.files import delete_epochs, epoch_weights, is_kept, kept_epochs


def train(run, epochs, keep):
    """Do what a training does after each epoch; return what is left at the end."""
    for epoch in range(1, epochs + 1):
        path = epoch_weights(run, epoch)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        delete_epochs(run, epoch, keep)
        assert epoch in kept_epochs(run)
    return kept_epochs(run)


def test_the_first_epochs_stay_and_later_ones_become_sparse(tmp_path):
    first = list(range(1, 16))
    assert train(tmp_path / "a", 15, None) == first
    assert train(tmp_path / "b", 17, None) == [*first, 16, 17]
    sparse = [*first, *range(16, 31, 2), *range(32, 61, 4), *range(64, 101, 8), 100]
    assert train(tmp_path / "c", 100, None) == sparse
    assert sum(is_kept(epoch, 100_000, None) for epoch in range(1, 100_001)) < 130


@pytest.mark.parametrize(("keep", "left"), [(1, [20]), (3, [18, 19, 20]), (0, [*range(1, 21)])])
def test_a_number_of_epochs_is_kept(tmp_path, keep, left):
    assert train(tmp_path, 20, keep) == left


def test_other_files_stay(tmp_path):
    (tmp_path / "epochs").mkdir()
    others = {"0001.safetensors.bak", "notes.safetensors", "1.safetensors", "best.npz"}
    for name in others:
        (tmp_path / "epochs" / name).touch()
    assert train(tmp_path, 3, 1) == [3]
    assert {p.name for p in (tmp_path / "epochs").iterdir()} == {*others, "0003.safetensors"}
    epoch_weights(tmp_path, 7).touch()  # of a longer training before
    delete_epochs(tmp_path, 3, 1)
    assert kept_epochs(tmp_path) == [3, 7]
