"""An adversary: it learns to tell real images from drawn ones, in a trained network's features.

Both are noised to a random timestep, and the frozen encoder of a diffusion network turns them into
features (Sauer et al. 2024, "Fast High-Resolution Image Synthesis with Latent Adversarial Diffusion
Distillation"). The features are the network's own, not those of a classifier that judges samples.
A few convolutions on top of them learn which image is real. The two losses compare a
real image with a drawn one (Huang et al. 2024, "The GAN is dead; long live the GAN!", eq. 2), which
keeps all the kinds of images that the data have, and the gradient in both is penalised (eq. 3).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..errors import DiffvizError
from ..models.embedding import sinusoidal_embedding
from ..models.film_constants import TIME_FEATURES, WIDTHS
from ..models.film_unet import FilmUNet
from ..models.weights import load_weights
from ..names import NO_LABEL
from ..noise import philox
from .class_balance import ClassBalance

_BETAS = 0.0, 0.99
_LR_FACTOR = 4.0  # of the student's learning rate: the critic has to follow what it draws
_WIDTH = 48
_NOISIEST = 500  # of the timesteps at which images are compared
_PENALTY, _PENALTY_EVERY = 0.05, 4  # in every fourth step, four times as much


class Critic(nn.Module):
    """Scores features: higher for those that look real."""

    def __init__(self, steps: int, num_classes: int = 0) -> None:
        """``steps``: how many timesteps the student draws at."""
        super().__init__()
        _, middle, coarse = WIDTHS
        self.middle1 = nn.Conv2d(middle, _WIDTH, 3, stride=2, padding=1)
        self.middle2 = nn.Conv2d(_WIDTH, _WIDTH, 3, padding=1)
        self.coarse = nn.Conv2d(coarse, _WIDTH, 3, padding=1)
        self.time = nn.Linear(TIME_FEATURES, 2 * _WIDTH)
        self.rows = num_classes + 1  # the last means no label
        self.origins = nn.Embedding(steps * self.rows, 2 * _WIDTH)
        self.parts = nn.Conv2d(2 * _WIDTH, 1, 1)
        self.down = nn.Conv2d(2 * _WIDTH, 2 * _WIDTH, 3, stride=2, padding=1)
        self.whole = nn.Linear(2 * _WIDTH * 16, 1)
        self.balance = ClassBalance(steps, num_classes) if num_classes else None

    def forward(
        self,
        features: Sequence[Tensor],
        t: Tensor,
        steps: Tensor,
        labels: Tensor | None = None,
    ) -> Tensor:
        """Return a score for each image, ``[B]``.

        ``features`` are those of :meth:`FilmUNet.features` of the images with the noise of
        timestep ``t`` (0 … 999). ``steps`` says at which of the student's timesteps (0: the
        noisiest) an image was drawn: those of each must be as varied as the data, not all
        together only. ``labels`` is what the image is meant to show (``NO_LABEL``: not told).
        """
        middle, coarse = features
        middle = F.leaky_relu(self.middle2(F.leaky_relu(self.middle1(middle), 0.2)), 0.2)
        coarse = F.leaky_relu(self.coarse(coarse), 0.2)
        told = self.time(sinusoidal_embedding(t, TIME_FEATURES))
        h = F.leaky_relu(torch.cat([middle, coarse], dim=1) + told[:, :, None, None], 0.2)
        score = self.parts(h).mean(dim=(1, 2, 3))
        h = F.leaky_relu(self.down(h), 0.2)
        score = score + self.whole(h.flatten(1)).squeeze(1)
        # how well the image fits its origin (Miyato & Koyama 2018, eq. 3)
        label = torch.full_like(steps, NO_LABEL) if labels is None else labels
        row = torch.where(label == NO_LABEL, self.rows - 1, label)
        origin = self.origins(steps * self.rows + row)
        return score + (origin * h.mean(dim=(2, 3))).sum(dim=1)


class _Seen(NamedTuple):
    """What the critic has seen in one step of the student."""

    real: Sequence[Tensor]
    drawn: Sequence[Tensor]
    t: Tensor
    steps: Tensor
    real_labels: Tensor | None
    labels: Tensor | None
    classes: Tensor | None
    """What the real images show."""
    logits: Tensor | None
    """Which classes the drawn images look like; None without labels."""


class Adversary:
    """A critic, its optimizer and the frozen network whose features it sees."""

    def __init__(
        self,
        spec: str,
        steps: int,
        num_classes: int,
        *,
        seed: int,
        device: torch.device,
        bf16: bool,
    ) -> None:
        """``spec`` names the weights whose features count; the critic is new, from ``seed``.

        Raises:
            DiffvizError: if they can't be loaded, or are no FiLM network.
        """
        try:
            network = load_weights(spec).model
        except DiffvizError as error:
            raise DiffvizError(f"the teacher: {error}") from error
        if not isinstance(network, FilmUNet):
            raise DiffvizError(
                f"the teacher {spec} is no film-unet: only that network's features can be used"
            )
        network = network.eval().requires_grad_(False)
        self._network = network.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(int(philox(seed, "critic", 0).integers(2**63)))
            critic = Critic(steps, num_classes)
        self.critic = critic.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.optimizer = torch.optim.Adam(
            self.critic.parameters(),
            betas=_BETAS,
            fused=device.type in ("cpu", "cuda"),
        )
        self._seed, self._device, self._bf16 = seed, device, bf16
        self._seen: _Seen | None = None

    def loss(
        self,
        drawn: Tensor,
        real: Tensor,
        steps: Tensor,
        labels: Tensor | None,
        classes: Tensor | None,
        step: int,
    ) -> Tensor:
        """Return the student's loss, a scalar: how much more real than ``drawn`` others look.

        Both are ``[B, 1, 28, 28]``, -1 … 1; ``steps`` and ``labels`` are those of
        :meth:`Critic.forward`, ``classes`` is what ``real`` shows. Random numbers are functions
        of the seed and ``step``, the number of the optimizer step. :meth:`learn` then uses the
        same images.
        """
        generator = philox(self._seed, "critic", step)
        t = torch.from_numpy(generator.integers(0, _NOISIEST, len(real))).to(self._device)
        noise = generator.standard_normal((2, *real.shape), dtype=np.float32)
        of_real, of_drawn = torch.from_numpy(noise).to(self._device)
        # an image and what was drawn from it are not compared
        order = torch.from_numpy(generator.permutation(len(real))).to(self._device)
        real_labels = None if labels is None else labels[order]
        self.critic.requires_grad_(False)
        with torch.no_grad():
            real_seen = self._features(real[order], t, of_real)
            score = self.critic(real_seen, t, steps, real_labels)
        drawn_seen = self._features(drawn, t, of_drawn)
        behind = score - self.critic(drawn_seen, t, steps, labels)
        shown = None if classes is None else classes[order]
        loss, logits = F.softplus(behind).mean(), None
        if (balance := self.critic.balance) is not None and labels is not None:
            logits = balance(drawn_seen)
            loss = loss + balance.cost(logits, steps, labels)
            logits = logits.detach()
        self._seen = _Seen(real_seen, drawn_seen, t, steps, real_labels, labels, shown, logits)
        return loss

    def learn(self, step: int, lr: float) -> None:
        """Take one optimizer step with the images of the last :meth:`loss`.

        ``lr`` is the student's learning rate, ``step`` the number of its optimizer step.
        """
        assert self._seen is not None
        seen, self._seen = self._seen, None
        self.critic.requires_grad_(True)
        real = [x.detach().requires_grad_(True) for x in seen.real]
        drawn = [x.detach().requires_grad_(True) for x in seen.drawn]
        of_real = self.critic(real, seen.t, seen.steps, seen.real_labels)
        of_drawn = self.critic(drawn, seen.t, seen.steps, seen.labels)
        loss = F.softplus(of_drawn - of_real).mean()
        if step % _PENALTY_EVERY == 0:
            total = of_real.sum() + of_drawn.sum()
            gradients = torch.autograd.grad(total, real + drawn, create_graph=True)
            squared = torch.stack([g.square().sum(dim=(1, 2, 3)).mean() for g in gradients]).sum()
            loss = loss + 0.5 * _PENALTY * _PENALTY_EVERY * squared
        if (
            (balance := self.critic.balance) is not None
            and seen.logits is not None
            and seen.classes is not None
            and seen.labels is not None
        ):
            logits = balance(seen.real)
            loss = loss + F.cross_entropy(logits, seen.classes)
            balance.count(logits.detach(), seen.logits, seen.steps, seen.labels)
        for group in self.optimizer.param_groups:
            group["lr"] = _LR_FACTOR * lr
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()

    def _features(self, images: Tensor, t: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:
        """Return the network's features of ``images`` with ``noise`` at timesteps ``t``."""
        signal, noise_std = self._network.levels(t)
        with torch.autocast(self._device.type, torch.bfloat16, enabled=self._bf16):
            middle, coarse = self._network.features(signal * images + noise_std * noise, t)
        return middle.float(), coarse.float()
