"""Folders that diffusers saved: sampled as diffusers does, with its own code as the judge."""

import json
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from diffviz.core.errors import DiffvizError
from diffviz.core.noise import NoiseStream
from diffviz.core.own import open_own

CONFIG = {"_class_name": "UNet2DModel", "in_channels": 3, "sample_size": 16}
SCHEDULER = {"_class_name": "DDPMScheduler", "num_train_timesteps": 1000}


def folder(path, config=None, scheduler=None, weights=False):
    (path / "unet").mkdir(parents=True)
    (path / "scheduler").mkdir()
    (path / "unet" / "config.json").write_text(json.dumps(CONFIG | (config or {})))
    (path / "scheduler" / "scheduler_config.json").write_text(
        json.dumps(SCHEDULER | (scheduler or {}))
    )
    if weights:
        (path / "unet" / "diffusion_pytorch_model.safetensors").write_bytes(b"")
    return path


@pytest.mark.parametrize(
    ("config", "scheduler", "words"),
    [
        ({"_class_name": "UNet2DConditionModel"}, {}, "step_callback"),
        ({"in_channels": 4}, {}, "4 channels"),
        ({"num_class_embeds": 10}, {}, "takes labels"),
        ({"sample_size": None}, {}, "size None"),
        ({"sample_size": 512}, {}, "no diffusion_pytorch_model.safetensors"),
        ({}, {"prediction_type": "magic"}, "no diffusion_pytorch_model.safetensors"),
    ],
)
def test_folders_of_other_kinds_are_refused(tmp_path, config, scheduler, words):
    with pytest.raises(DiffvizError, match=words):
        open_own(str(folder(tmp_path / "m", config, scheduler)), "cpu")


def test_pickles_are_never_read(tmp_path):
    path = folder(tmp_path / "m")
    (path / "unet" / "diffusion_pytorch_model.bin").write_bytes(b"\x80\x04.")
    with pytest.raises(DiffvizError, match="other formats are not read"):
        open_own(str(path), "cpu")


def test_no_folder_of_diffusers(tmp_path):
    with pytest.raises(DiffvizError, match="can't read"):
        open_own(str(tmp_path), "cpu")
    (tmp_path / "config.json").write_text("[]")
    with pytest.raises(DiffvizError, match="damaged"):
        open_own(str(tmp_path), "cpu")


def test_core_knows_no_diffusers():
    code = (
        "import sys; import diffviz.core.own.own_pipeline, diffviz.core.writers;"
        "print([m for m in sys.modules if m in ('diffusers', 'torch')])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """Return a folder with a small network whose predictions are smooth, and the network."""
    diffusers = pytest.importorskip("diffusers")
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    unet = diffusers.UNet2DModel(
        sample_size=32, in_channels=3, out_channels=3, layers_per_block=1, norm_num_groups=4,
        block_out_channels=(8, 8), down_block_types=("DownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "UpBlock2D"),
    )  # fmt: skip
    path = tmp_path_factory.mktemp("diffusers") / "tiny"
    diffusers.DDPMPipeline(unet.eval(), diffusers.DDPMScheduler()).save_pretrained(path)
    return path, unet


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(
    ("name", "sampler", "steps"), [("DDPMScheduler", "ddpm", 25), ("DDIMScheduler", "ddim", 10)]
)
def test_the_final_picture_is_that_of_diffusers(saved, monkeypatch, name, sampler, steps):
    import torch

    diffusers: Any = pytest.importorskip("diffusers")
    module: Any = pytest.importorskip("diffusers.schedulers.scheduling_ddpm")
    path, unet = saved
    stream, drawn = NoiseStream(7, shape=(3, 32, 32)), [0]

    def noise(*_args, **_kwargs):
        drawn[0] += 1
        return torch.from_numpy(stream.draw(drawn[0])[None].copy())

    monkeypatch.setattr(module, "randn_tensor", noise)
    scheduler = getattr(diffusers, name)()
    scheduler.set_timesteps(steps)
    x = torch.from_numpy(stream.draw(0)[None].copy())
    with torch.no_grad():
        for t in scheduler.timesteps:
            x = scheduler.step(unet(x, t).sample, t, x).prev_sample
    pipeline = open_own(str(path), "cpu")
    taken = list(pipeline.sample([7], steps, sampler=sampler))
    assert [step.t - 1 for step in taken[:-1]] == scheduler.timesteps.tolist()
    grey = np.clip((taken[-1].x_t - x.numpy()) * 127.5, -300, 300)
    assert np.abs(grey).max() <= 2
