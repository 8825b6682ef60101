"""The configuration of a training run, and the named recipes."""

import math
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from .errors import DiffvizError
from .names import NUM_TIMESTEPS, PRECISIONS, SEEDS, is_finite_number, is_path_text, suggestion

# Mean loss of each epoch that the write-up published for the reference recipe.
PUBLISHED_LOSSES = (
    0.2203, 0.1124, 0.0987, 0.0889, 0.0839, 0.0779, 0.0756, 0.0727,
    0.0716, 0.0693, 0.0686, 0.0670, 0.0644, 0.0632, 0.0619,
)  # fmt: skip

WEIGHTS_FIELDS = ("init", "teacher", "guide")
"""Fields of :class:`TrainConfig` that name weights."""
_PATHS = ("dataset", *WEIGHTS_FIELDS)  # names, or paths
WEIGHTINGS = ("none", "sigmoid", "focus", "noisy")  # see objective.py


@dataclass(frozen=True)
class TrainConfig:
    """Everything except the machine that decides a training run's numbers.

    Written to ``config.json`` and into every checkpoint.
    """

    recipe: str = "reference"
    architecture: str = "reference-unet"
    dataset: str = "mnist"
    epochs: int = 15
    batch_size: int = 128
    seed: int = 0
    lr: float = 2e-4
    warmup_steps: int = 0
    """Steps over which the learning rate rises linearly from 0."""
    lr_decay: str = "constant"
    """``constant``, or ``cosine`` to 0 at the last step."""
    adam_beta2: float = 0.999
    weight_decay: float = 0.0
    """Decoupled (AdamW); on matrices and convolutions only."""
    ema_decay: float = 0.999
    loss_weighting: str = "none"
    """How timesteps count in the objective (:mod:`.objective`); the loss is reported without."""
    precision: str = "fp32"
    """``fp32``, or ``bf16`` autocast with float32 master weights."""
    default_set: str = "raw"
    """Which weights a bare name stands for: ``raw`` or ``ema``."""
    init: str = ""
    """Weights to begin with, as ``--weights`` names them; empty: random ones from the seed."""
    teacher: str = ""
    """Weights whose prediction is the target instead of the noise; empty: no teacher."""
    guide: str = ""
    """Worse weights that the teacher's prediction is moved away from (:mod:`.teacher`)."""
    guidance: float = 1.0
    """The factor ``w`` of autoguidance; 1: the teacher alone."""
    invert: bool = False
    """Whether black and white of the user's own images are exchanged."""
    white_level: int = 255
    """Which level of the user's own 8-bit images is white."""
    labels: bool = False
    """Whether the network takes the classes of the data set as labels."""
    label_dropout: float = 0.15
    """The part of the images that are shown without their label, 0 to 1."""
    label_guidance: float = 0.0
    """Classifier-free guidance of the teacher's prediction for labelled images; 0: none."""
    distilled_steps: int = 0
    """The number of steps that draws whole digits after distillation; 0: not distilled."""

    def __post_init__(self) -> None:
        checks = {
            "epochs": (1 <= self.epochs <= 100_000, "from 1 to 100000"),
            "batch_size": (1 <= self.batch_size <= 65_536, "from 1 to 65536"),
            "seed": (0 <= self.seed < SEEDS, "from 0 to 2**64 - 1"),
            "lr": (math.isfinite(self.lr) and self.lr > 0, "a number above 0"),
            "warmup_steps": (0 <= self.warmup_steps <= 10**9, "from 0 to 10**9"),
            "lr_decay": (self.lr_decay in ("constant", "cosine"), "constant or cosine"),
            "adam_beta2": (0 < self.adam_beta2 < 1, "between 0 and 1"),
            "weight_decay": (0 <= self.weight_decay < math.inf, "at least 0 and finite"),
            "ema_decay": (0 <= self.ema_decay < 1, "at least 0 and below 1"),
            "loss_weighting": (
                self.loss_weighting in WEIGHTINGS,
                "one of " + ", ".join(WEIGHTINGS),
            ),
            "precision": (self.precision in PRECISIONS, " or ".join(PRECISIONS)),
            "white_level": (1 <= self.white_level <= 255, "from 1 to 255"),
            "guidance": (1 <= self.guidance <= 100, "from 1 to 100"),
            "default_set": (self.default_set in ("raw", "ema"), "raw or ema"),
            "label_dropout": (0 <= self.label_dropout <= 1, "from 0 to 1"),
            "label_guidance": (0 <= self.label_guidance <= 100, "from 0 to 100"),
            "distilled_steps": (
                0 <= self.distilled_steps <= NUM_TIMESTEPS,
                f"from 0 to {NUM_TIMESTEPS}",
            ),
        }
        for name, (good, allowed) in checks.items():
            if not good:
                raise DiffvizError(
                    f"{name.replace('_', ' ')} must be {allowed}, not {getattr(self, name)}"
                )
        if bool(self.guide) != (self.guidance > 1) or (self.guide and not self.teacher):
            raise DiffvizError(
                "a teacher is guided by a guide and a guidance above 1, both or none"
            )
        if self.distilled_steps and (not self.teacher or self.guide or self.label_guidance):
            raise DiffvizError(
                "training for few steps needs a teacher, whose features judge, and no guidance"
            )
        if self.label_guidance and not (self.labels and self.teacher):
            raise DiffvizError("label guidance needs labels and a teacher that has them")
        if not self.labels and self.label_dropout != TrainConfig.label_dropout:
            raise DiffvizError("there are no labels to leave out: add --labels to --label-dropout")

    def learning_rate(self, step: int, total_steps: int) -> float:
        """Return the learning rate of optimizer step ``step`` (from 1 to ``total_steps``)."""
        if step <= self.warmup_steps:
            return self.lr * step / self.warmup_steps
        if self.lr_decay == "constant":
            return self.lr
        share = (step - self.warmup_steps) / max(1, total_steps - self.warmup_steps)
        return self.lr * 0.5 * (1.0 + math.cos(math.pi * min(1.0, share)))

    def ema_decay_at(self, step: int) -> float:
        """Return the decay of step ``step``: short memory at first, ``ema_decay`` later."""
        return min(self.ema_decay, (1 + step) / (10 + step))

    def to_json(self) -> dict[str, Any]:
        """Return the configuration as plain JSON values.

        Without labels there is nothing about them, and without distillation nothing about it.
        """
        values = asdict(self)
        if not self.labels:
            values = {k: v for k, v in values.items() if "label" not in k}
        if not self.distilled_steps:
            del values["distilled_steps"]
        return values

    @property
    def is_plain(self) -> bool:
        """Whether the objective is the loss: the paper's, with nothing added (eq. 14)."""
        return self.loss_weighting == "none" and not self.teacher

    @classmethod
    def from_json(cls, values: Any) -> "TrainConfig":
        """Return the configuration read back from JSON.

        Raises:
            DiffvizError: if ``values`` is not such a configuration.
        """
        types = {f.name: type(f.default) for f in fields(cls)}
        if not isinstance(values, dict) or not set(values) <= set(types):
            raise DiffvizError("not a training configuration of this version of diffviz")
        for name, value in values.items():
            kind = types[name]
            whole_as_float = kind is float and type(value) is int
            if type(value) is not kind and not whole_as_float:
                raise DiffvizError(f"training configuration: {name} must be {kind.__name__}")
            if kind is float and not is_finite_number(value):
                raise DiffvizError(f"training configuration: {name} must be a finite number")
            if kind is str and not (
                is_path_text(value) and (name in _PATHS or value.isprintable())
            ):
                raise DiffvizError(f"training configuration: {name} is no valid text")
        return cls(**values)


_FILM = TrainConfig(
    architecture="film-unet",
    lr_decay="cosine",
    adam_beta2=0.99,
    precision="bf16",
    default_set="ema",
)
"""What the recipes of this network have in common."""
_LABELLED = replace(
    _FILM,
    recipe="labelled",
    epochs=12,
    lr=2e-3,
    warmup_steps=100,
    ema_decay=0.9995,
    loss_weighting="focus",
    init="film-59",
    labels=True,
)

RECIPES: dict[str, TrainConfig] = {
    config.recipe: config
    for config in (
        replace(_FILM, recipe="default", lr=4e-3, warmup_steps=200),
        replace(
            _FILM,
            recipe="long",
            epochs=44,
            lr=3e-3,
            warmup_steps=500,
            ema_decay=0.9995,
            init="film-15",
        ),
        replace(
            _FILM,
            recipe="guided",
            epochs=10,
            lr=1e-3,
            warmup_steps=200,
            ema_decay=0.9995,
            init="film-59",
            teacher="film-59",
            guide="film-15",
            guidance=4.0,
        ),
        _LABELLED,
        replace(
            _LABELLED,
            recipe="labelled-long",
            epochs=8,
            lr=1.5e-3,
            loss_weighting="noisy",
            init="labelled-12",
        ),
        replace(
            _FILM,
            recipe="few-steps",
            epochs=11,
            lr=5e-4,
            warmup_steps=50,
            init="labelled-12",
            teacher="default",
            labels=True,
            distilled_steps=4,
        ),
        TrainConfig(),
    )
}


def recipe(name: str, **changes: Any) -> TrainConfig:
    """Return a named recipe with ``changes``; entries that are None change nothing.

    Raises:
        DiffvizError: if there is no such recipe, or a value is out of range.
    """
    if name not in RECIPES:
        raise DiffvizError(f"unknown recipe '{name}': {suggestion(name, RECIPES)}")
    return replace(RECIPES[name], **{k: v for k, v in changes.items() if v is not None})
