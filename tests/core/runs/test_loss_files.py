"""The losses of runs in files, and what differs between runs."""

import csv

import numpy as np
import pytest
from PIL import Image

from diffviz.core.errors import DiffvizError
from diffviz.core.recipes import recipe
from diffviz.core.runs import RunFolder
from diffviz.core.runs.differences import differences, settings_of
from diffviz.core.runs.loss_files import write_csv, write_png
from diffviz.core.writers import RunWriter


@pytest.fixture
def runs(tmp_path):
    paths = []
    for name, lr in (("slow", 1e-4), ("fast", 1e-3)):
        paths.append(tmp_path / name)
        with RunWriter(paths[-1], lr=lr, total_steps=300) as run:
            for step in range(1, 301):
                run.log(step, 2.0 / step**0.5 * (1 + 900 * (lr - 1e-4)), timestep=500, lr=lr)
    return paths


def test_a_table_has_a_row_for_each_batch(tmp_path, runs):
    assert write_csv(tmp_path / "a.csv", runs) == 600
    with (tmp_path / "a.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["run"] for row in rows[::300]] == [str(run) for run in runs]
    assert float(rows[3]["loss"]) == 1.0
    assert float(rows[3]["loss_blob"]) == 1.0
    assert rows[3]["loss_static"] == ""
    assert rows[3]["lr"] == "0.0001"


def test_a_picture_has_a_line_for_each_run(tmp_path, runs):
    write_png(tmp_path / "a.png", runs)
    with Image.open(tmp_path / "a.png") as picture:
        pixels = np.array(picture).reshape(-1, 3)
    for colour in ((138, 184, 224), (226, 162, 95)):
        assert (pixels == colour).all(axis=1).sum() > 100
    write_png(tmp_path / "a.png", runs[:1])
    with Image.open(tmp_path / "a.png") as picture:
        pixels = np.array(picture).reshape(-1, 3)
    assert not (pixels == (226, 162, 95)).all(axis=1).any()


def test_runs_without_a_loss(tmp_path):
    with RunFolder.create(tmp_path / "new", recipe("reference")):
        pass
    assert write_csv(tmp_path / "a.csv", [tmp_path / "new"]) == 0
    with pytest.raises(DiffvizError, match="no loss to draw"):
        write_png(tmp_path / "a.png", [tmp_path / "new"])
    assert not (tmp_path / "a.png").exists()


def test_what_differs_is_named_and_nothing_else(tmp_path, runs):
    assert differences([settings_of(run) for run in runs]) == ["lr 0.0001", "lr 0.001"]
    for name, changes in (("a", {}), ("b", {"seed": 3, "lr": 0.5})):
        with RunFolder.create(tmp_path / name, recipe("reference", **changes)):
            pass
    ours = [settings_of(tmp_path / name) for name in "ab"]
    assert differences(ours) == ["lr 0.0002, seed 0", "lr 0.5, seed 3"]
    assert differences(ours[:1]) == [""]
    assert differences([ours[0], {}]) == ["", ""]
