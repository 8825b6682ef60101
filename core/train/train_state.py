"""The state before the first batch: a network, its EMA and its optimizer."""

import torch
from torch import nn

from ..backends.sinusoids import LABELS
from ..data.classes import Classes
from ..errors import DiffvizError
from ..models import build
from ..models.weights import load_weights
from ..noise import philox
from ..recipes import TrainConfig
from .adversary import Adversary
from .checkpoint import TrainState, raw_weights

LR_FACTOR = "lr_factor"
"""Of a group of parameters: what its learning rate is multiplied with; 1 where it is missing."""
# A row of the table is in a tenth of the images only. With the others' rate it took a whole epoch
# to learn what it learns in 250 batches so.
_LABEL_LR = 10.0


def new_state(
    config: TrainConfig,
    data_md5: str,
    device: torch.device,
    *,
    classes: Classes | None = None,
    resuming: bool = False,
) -> TrainState:
    """Return the state before the first batch; when ``resuming``, ``config.init`` isn't loaded.

    With ``classes`` the network takes labels.

    Raises:
        DiffvizError: if the initial weights can't be loaded or are another architecture's, or the
            architecture takes no labels.
    """
    num_classes = len(classes.names) if classes else 0
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(int(philox(config.seed, "init", 0).integers(2**63)))
        model = build(config.architecture, num_classes)
    if config.init and not resuming:
        _load_initial(model, config, num_classes)
    # channels-last is the faster layout for small convolutions on every device
    model = model.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    ema = {name: tensor.clone() for name, tensor in raw_weights(model).items()}
    table = [p for name, p in model.named_parameters() if name == LABELS]
    layers = [p for name, p in model.named_parameters() if name != LABELS]
    decayed = [p for p in layers if p.ndim > 1]
    others = [p for p in layers if p.ndim <= 1]
    groups = [
        {"params": decayed, "weight_decay": config.weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
    if table:
        groups.append({"params": table, "weight_decay": 0.0, LR_FACTOR: _LABEL_LR})
    optimizer = torch.optim.AdamW(
        groups,
        lr=config.lr,
        # an adversary changes what is wanted: what was wanted before must not go on counting
        betas=(0.0 if config.distilled_steps else 0.9, config.adam_beta2),
        fused=device.type in ("cpu", "cuda"),
    )
    adversary = None
    if config.distilled_steps:
        adversary = Adversary(
            config.teacher,
            config.distilled_steps,
            num_classes,
            seed=config.seed,
            device=device,
            bf16=config.precision == "bf16",
        )
    return TrainState(model, ema, optimizer, data_md5, classes=classes, adversary=adversary)


def _load_initial(model: nn.Module, config: TrainConfig, num_classes: int) -> None:
    """Copy the weights that ``config.init`` names into ``model``.

    A network with labels may begin with weights that have none: its table stays zero, so it
    begins with the same predictions.
    """
    weights = load_weights(config.init)
    if weights.architecture != config.architecture:
        raise DiffvizError(
            f"--init {config.init} is a {weights.architecture}, the recipe trains a "
            f"{config.architecture}: choose weights or a recipe that fit"
        )
    if len(weights.classes) not in (0, num_classes):
        raise DiffvizError(
            f"--init {config.init} has labels for {len(weights.classes)} classes, the data set "
            f"{config.dataset} has {num_classes or 'none in use'}: choose weights that fit"
        )
    tensors = {name: torch.from_numpy(array) for name, array in weights.tensors.items()}
    model.load_state_dict(tensors, strict=num_classes == len(weights.classes))
