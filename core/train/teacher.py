"""Targets from trained networks: distillation, guided by a worse network.

Autoguidance (Karras et al. 2024, "Guiding a Diffusion Model with a Bad Version of Itself", eq. 3)
moves the prediction of good weights away from that of worse ones, which makes the same errors but
larger: ``eps = eps_good + (w - 1) (eps_good - eps_worse)``. A network that learns this sum has its
quality in one pass, with no more parameters or operations than before.

With labels the teacher may also be guided by them (classifier-free guidance, Ho & Salimans 2022),
towards what tells a class from all: ``v (eps_good(label) - eps_good(no label))`` is added. A
teacher without labels can't tell what a label changes; for images with one the noise in them takes
the place of its prediction.
"""

import torch
from torch import Tensor, nn

from ..errors import DiffvizError
from ..models.weights import load_weights
from ..names import NO_LABEL
from ..recipes import TrainConfig


class Teacher:
    """Predicts the targets of a student."""

    def __init__(self, config: TrainConfig, device: torch.device, num_classes: int = 0) -> None:
        """Load the teacher that ``config`` names, and its guide if there is one.

        ``num_classes`` is the student's; 0: it takes no labels.

        Raises:
            DiffvizError: if their weights can't be loaded, or have labels for other classes.
        """
        self._autocast = config.precision == "bf16"
        self._good = _Network(config.teacher, device, num_classes)
        self._worse = _Network(config.guide, device, num_classes) if config.guide else None
        self._weight = config.guidance - 1.0
        self._label_weight = config.label_guidance
        if self._label_weight and not self._good.has_labels:
            raise DiffvizError(
                f"label guidance needs a teacher with labels, and {config.teacher} has none"
            )
        self._device = device

    @torch.no_grad()
    def __call__(self, x_t: Tensor, t: Tensor, eps: Tensor, labels: Tensor | None = None) -> Tensor:
        """Return the target, float32 ``[B, 1, 28, 28]``, for ``x_t`` at timesteps ``t`` (1 … T).

        ``eps`` is the noise in ``x_t``; ``labels`` is ``[B]``, a class's number or ``NO_LABEL``
        (None: no labels).
        """
        t = (t - 1).to(self._device)
        with torch.autocast(self._device.type, torch.bfloat16, enabled=self._autocast):
            good = target = self._good(x_t, t, labels)
            unlabelled = good
            if labels is not None and not self._good.has_labels:
                target = torch.where((labels == NO_LABEL).view(-1, 1, 1, 1), good, eps)
            elif labels is not None and (self._label_weight or not self._compares_labels):
                unlabelled = self._good(x_t, t, None)
                target = good + self._label_weight * (good - unlabelled)
            if self._worse is None:
                return target
            # like is compared with like: labelled with labelled only if both know the labels
            if self._compares_labels:
                return target + self._weight * (good - self._worse(x_t, t, labels))
            return target + self._weight * (unlabelled - self._worse(x_t, t, None))

    @property
    def _compares_labels(self) -> bool:
        return self._good.has_labels and (self._worse is None or self._worse.has_labels)


class _Network:
    """A trained network, asked with labels if it takes them."""

    def __init__(self, spec: str, device: torch.device, num_classes: int) -> None:
        try:
            weights = load_weights(spec)
        except DiffvizError as error:
            raise DiffvizError(f"the teacher or its guide: {error}") from error
        if num_classes and len(weights.classes) not in (0, num_classes):
            raise DiffvizError(
                f"the teacher or its guide: {spec} has labels for {len(weights.classes)} classes, "
                f"the data set has {num_classes}: choose weights that fit"
            )
        self.has_labels = bool(weights.classes)
        model: nn.Module = weights.model.eval().requires_grad_(False)
        # the layout of the student
        self._model = model.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]

    def __call__(self, x: Tensor, t: Tensor, labels: Tensor | None) -> Tensor:
        """Return eps in float32."""
        given = (labels,) if self.has_labels else ()
        return self._model(x, t, *given).float()
