"""Every example of docs/own-models.md runs as printed."""

import re
from pathlib import Path

import numpy as np
import pytest

from diffviz.core.own import open_own
from diffviz.core.writers.step_file import StepFile

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "own-models.md"
BLOCKS = [
    block for _, block in re.findall(r"^```(\w*)\n(.*?)^```$", DOCUMENT.read_text(), re.M | re.S)
]


def block_with(words: str) -> str:
    """Return the one block that has ``words``."""
    (found,) = [block for block in BLOCKS if words in block]
    return found


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", ["rgb", "flow"])
def test_the_models_in_files_are_sampled(tmp_path, name):
    if name == "rgb":
        pytest.importorskip("torch")
    (tmp_path / f"{name}.py").write_text(block_with(f"# {name}.py"))
    pipeline = open_own(f"{name}.py:MODEL", "cpu")
    *_, last = pipeline.sample([1], 8, sampler="ddim")
    assert last.x_t.shape == (1, *pipeline.shape)
    assert np.isfinite(last.x_t).all()
    if name == "flow":
        y, x = np.mgrid[0:48, 0:48] / 48
        assert np.abs(last.x_t[0, 2] - (x - y)).max() < 1e-3


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_folder_of_diffusers_is_opened():
    pytest.importorskip("diffusers")
    code = block_with("save_pretrained")
    small = ", block_out_channels=(8, 8), norm_num_groups=4, layers_per_block=1, "
    small += 'down_block_types=("DownBlock2D",) * 2, up_block_types=("UpBlock2D",) * 2)'
    exec(code.replace("out_channels=3)", "out_channels=3" + small), {})
    assert open_own("my-unet", "cpu").shape == (3, 32, 32)


def test_the_loops_write_what_is_watched(diffviz):
    exec(block_with("StepWriter("), {})
    file = StepFile(Path("loop.steps"))
    file.poll()
    assert [entry.t for entry in file.entries] == [*range(1000, 0, -20), 0]
    file.close()
    exec(block_with("RunWriter("), {})
    assert "finished" in diffviz("watch", "runs/mine").out


def test_the_program_shows_steps_and_a_model(capsys):
    exec(block_with("diffviz.show(steps())"), {})
    out = capsys.readouterr().out
    assert "10 steps" in out
    assert "own model" in out
