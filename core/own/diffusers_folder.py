"""Models that diffusers has saved: a UNet of pictures and the configuration of its scheduler.

diffusers is imported here and only here. Only safetensors are read, and nothing is downloaded.
"""

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import DiffvizError, message_of
from ..files.reading import read_bounded
from ..machine.torch_install import import_torch
from ..names import NUM_TIMESTEPS
from .model import Model
from .own_schedule import OwnSchedule, cosine, flow_schedule, make_schedule

_MAX_JSON = 1 << 20
MAX_TIMESTEPS = 100_000
_WEIGHTS = "diffusion_pytorch_model.safetensors"
_PREDICTIONS = {"epsilon": "eps", "sample": "x0", "v_prediction": "v", "flow_prediction": "flow"}


def load_folder(folder: Path) -> Model:
    """Return the model in a folder that ``DDPMPipeline.save_pretrained`` wrote, or one like it.

    Raises:
        DiffvizError: if it isn't one, it is of latents, or diffusers isn't installed.
    """
    unet = folder / "unet" if (folder / "unet").is_dir() else folder
    config, scheduler = _read(unet / "config.json"), _scheduler_config(folder)
    kind = config.get("_class_name")
    if kind != "UNet2DModel" or (folder / "vae").is_dir():
        what = "a pipeline of latents" if (folder / "vae").is_dir() else f"a {kind}"
        raise DiffvizError(
            f"{folder} is {what}, and --model takes a UNet2DModel of pictures: "
            "diffviz.step_callback shows the steps of any pipeline"
        )
    if config.get("num_class_embeds") or config.get("class_embed_type"):
        raise DiffvizError(f"{folder} takes labels: load it in a Python file, --model FILE.py:NAME")
    shape = _shape(folder, config)
    if not (unet / _WEIGHTS).is_file():
        raise DiffvizError(f"no {_WEIGHTS} in {unet}: other formats are not read")
    flow = "FlowMatch" in str(scheduler.get("_class_name", ""))
    prediction: Any = _PREDICTIONS.get(str(scheduler.get("prediction_type", "epsilon")))
    if prediction is None:
        raise DiffvizError(f"{folder} predicts {scheduler['prediction_type']!r}: that isn't known")
    return Model(
        _load_unet(unet),
        shape,
        _schedule(folder, scheduler, flow),
        "flow" if flow else prediction,
        name=folder.resolve().name,
    )


def _load_unet(folder: Path) -> Any:
    import_torch("a folder of diffusers")
    try:
        diffusers: Any = import_module("diffusers")
        kind: Any = diffusers.UNet2DModel
    except (ImportError, AttributeError) as error:
        raise DiffvizError(
            f"a folder of diffusers needs diffusers: pip install diffusers ({message_of(error)})"
        ) from None
    try:
        # low_cpu_mem_usage needs another package, and a line on the terminal says so
        return kind.from_pretrained(
            folder, local_files_only=True, use_safetensors=True, low_cpu_mem_usage=False
        )
    except Exception as error:  # its kinds are many
        raise DiffvizError(f"diffusers can't load {folder}: {message_of(error)}") from None


def _shape(folder: Path, config: dict[str, Any]) -> tuple[int, ...]:
    size = config.get("sample_size")
    sides = [size, size] if isinstance(size, int) else size
    channels = config.get("in_channels")
    if not isinstance(sides, list) or channels not in (1, 3):
        raise DiffvizError(
            f"{folder} has {channels} channels and the size {size}: pictures have 1 or 3 channels"
        )
    return channels, *sides


def _scheduler_config(folder: Path) -> dict[str, Any]:
    for path in (folder / "scheduler", folder, folder.parent / "scheduler"):
        if (path / "scheduler_config.json").is_file():
            return _read(path / "scheduler_config.json")
    raise DiffvizError(f"no scheduler/scheduler_config.json in {folder}: is it a diffusers folder?")


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(read_bounded(path, _MAX_JSON))
    except OSError as error:
        raise DiffvizError(f"no model of diffusers: can't read {path} ({error.strerror})") from None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise DiffvizError(f"{path} is damaged: it is no configuration of diffusers")
    return found


def _schedule(folder: Path, config: dict[str, Any], flow: bool) -> OwnSchedule:
    """Return the schedule that a scheduler's configuration describes.

    Raises:
        DiffvizError: if it is of another kind.
    """
    try:
        if flow:
            return flow_schedule(_within(config, "shift", 1.0, 1e-3, 1e3))
        with np.errstate(all="ignore"):  # what is no schedule is refused
            schedule = make_schedule(_alpha_bars(config))
        schedule.spacing = str(config.get("timestep_spacing", "leading"))
        schedule.steps_offset = int(_within(config, "steps_offset", 0, 0, NUM_TIMESTEPS - 1))
        name = str(config.get("_class_name", ""))
        clips = config.get("clip_sample", name in ("DDPMScheduler", "DDIMScheduler"))
        schedule.clips = bool(clips)  # pyright: ignore[reportAttributeAccessIssue]
        if config.get("thresholding"):
            raise DiffvizError(f"{folder}: its scheduler thresholds, which isn't known here")
        return schedule
    except (ValueError, TypeError, OverflowError) as error:
        raise DiffvizError(f"{folder}: its scheduler can't be read: {message_of(error)}") from None


def _within(config: dict[str, Any], name: str, default: float, low: float, high: float) -> float:
    """Return a number of the configuration.

    Raises:
        ValueError: if it isn't from ``low`` to ``high``.
    """
    value = float(config.get(name, default))
    if not low <= value <= high:
        raise ValueError(f"{name} must be from {low:g} to {high:g}, not {value:g}")
    return value


def _alpha_bars(config: dict[str, Any]) -> Any:
    number = int(_within(config, "num_train_timesteps", 1000, 2, MAX_TIMESTEPS))
    begin, end = (
        _within(config, f"beta_{n}", b, 0, 1) for n, b in (("start", 1e-4), ("end", 0.02))
    )
    kind = str(config.get("beta_schedule", "linear"))
    if config.get("trained_betas") is not None:
        betas = np.asarray(config["trained_betas"], np.float64)
    elif kind == "linear":
        betas = np.linspace(begin, end, number)
    elif kind == "scaled_linear":
        betas = np.linspace(begin**0.5, end**0.5, number) ** 2
    elif kind == "squaredcos_cap_v2":
        return cosine(number)
    elif kind == "sigmoid":
        betas = 1.0 / (1.0 + np.exp(-np.linspace(-6, 6, number))) * (end - begin) + begin
    else:
        raise ValueError(f"beta_schedule {kind!r} is not known")
    alpha_bars = np.cumprod(1.0 - betas)
    if config.get("rescale_betas_zero_snr"):
        roots = np.sqrt(alpha_bars)
        alpha_bars = ((roots - roots[-1]) * roots[0] / (roots[0] - roots[-1])) ** 2
    return alpha_bars
