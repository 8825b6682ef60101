"""The default UNet: FiLM, attention at 7 x 7, and a pixel-mixture output."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..names import NO_LABEL
from ..schedule import Schedule
from .embedding import sinusoidal_embedding
from .film_constants import (
    FEATURE_LIMIT,
    GREY_SPREAD,
    GREYS,
    GROUPS,
    HEADS,
    TIME_FEATURES,
    WHITE,
    WHITE_SPREAD,
    WIDTHS,
)
from .upsampling import Doubling


class FilmUNet(nn.Module):
    """Predicts the noise in ``x_t`` through a distribution over each clean pixel.

    The last convolution does not give eps itself. It gives, for each pixel, a mixture of
    background (exactly -1), stroke (about +1) and ``GREYS`` normal distributions whose means
    and spreads are predicted too. Bayes' rule with the known likelihood of ``x_t`` then yields
    the posterior mean of eps in closed form. At low noise, where eps must be read off ``x_t``
    with a gain of up to 100, the network only has to classify each pixel.

    With ``num_classes`` above 0 it also takes a label for each image: a row of a table is added
    to the time features before their last activation. The last row means "no label". All rows
    are zero at first.
    """

    signal: Tensor
    noise_std: Tensor

    def __init__(self, num_classes: int = 0) -> None:
        super().__init__()
        fine, middle, coarse = WIDTHS
        alpha_bars = torch.tensor(Schedule().alpha_bars[1:], dtype=torch.float64)
        self.register_buffer("signal", alpha_bars.sqrt().float(), persistent=False)
        self.register_buffer("noise_std", (1 - alpha_bars).sqrt().float(), persistent=False)
        self.time = nn.Sequential(
            nn.Linear(TIME_FEATURES, TIME_FEATURES),
            nn.SiLU(),
            nn.Linear(TIME_FEATURES, TIME_FEATURES),
            nn.SiLU(),
        )
        self.num_classes = num_classes
        self.labels = _label_table(num_classes) if num_classes else None
        self.stem = nn.Conv2d(3, fine, 3, padding=1)
        self.down1 = nn.Conv2d(fine, middle, 3, stride=2, padding=1)
        self.encoder = ResidualBlock(middle, middle)
        self.down2 = nn.Conv2d(middle, coarse, 3, stride=2, padding=1)
        self.bottleneck = ResidualBlock(coarse, coarse)
        self.attention = SelfAttention(coarse)
        self.up1 = Doubling(coarse, middle)
        self.decoder1 = ResidualBlock(2 * middle, middle)
        self.up2 = Doubling(middle, fine)
        self.decoder2 = ResidualBlock(fine, fine, normalise=False)
        self.output = _zeroed(nn.Conv2d(fine, 2 + 3 * GREYS, 3, padding=1))
        with torch.no_grad():  # most pixels are background; the greys start apart
            assert self.output.bias is not None
            self.output.bias[0] = 2.0
            self.output.bias[2 + GREYS : 2 + 2 * GREYS] = torch.linspace(-0.5, 0.5, GREYS)

    def forward(self, x: Tensor, t: Tensor, labels: Tensor | None = None) -> Tensor:
        """Return eps, ``[B, 1, 28, 28]`` like ``x``; ``t`` is ``[B]``, 0 … 999.

        ``labels`` is ``[B]``, int64: the number of a class, or :data:`NO_LABEL`; None: no labels.
        A network without classes ignores them.
        """
        signal, noise_std = self.levels(t)
        skip1, skip2, h, time = self._encode(x, t, labels, signal, noise_std)
        h = self.decoder1(torch.cat([self.up1(h), skip2], dim=1), time)
        h = self.decoder2(self.up2(h) + skip1, time)
        return _posterior_eps(self.output(F.silu(h)).float(), x, signal, noise_std)

    def features(self, x: Tensor, t: Tensor) -> tuple[Tensor, Tensor]:
        """Return what the encoder makes of ``x`` without a label: 48 x 14 x 14 and 72 x 7 x 7."""
        _, middle, coarse, _ = self._encode(x, t, None, *self.levels(t))
        return middle, coarse

    def levels(self, t: Tensor) -> tuple[Tensor, Tensor]:
        """Return the factors of signal and noise in x_t at ``t`` (0 … 999), ``[B, 1, 1, 1]``."""
        return self.signal[t].view(-1, 1, 1, 1), self.noise_std[t].view(-1, 1, 1, 1)

    def _encode(
        self, x: Tensor, t: Tensor, labels: Tensor | None, signal: Tensor, noise_std: Tensor
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Return the maps of the three resolutions, fine to coarse, and the time features."""
        if_black = ((x + signal) / noise_std).clamp(-FEATURE_LIMIT, FEATURE_LIMIT)
        if_white = ((x - signal) / noise_std).clamp(-FEATURE_LIMIT, FEATURE_LIMIT)
        *layers, activation = self.time
        time = sinusoidal_embedding(t, TIME_FEATURES)
        for layer in layers:
            time = layer(time)
        if self.labels is not None:
            time = time + self._label_features(t, labels)
        time = activation(time)

        skip1 = self.stem(torch.cat([x, if_black, if_white], dim=1))  # 16 x 28 x 28
        skip2 = self.encoder(self.down1(skip1), time)  # 48 x 14 x 14
        h = self.bottleneck(self.down2(skip2), time)  # 72 x 7 x 7
        return skip1, skip2, self.attention(h), time

    def _label_features(self, t: Tensor, labels: Tensor | None) -> Tensor:
        """Return the rows ``[B, TIME_FEATURES]`` of the table."""
        assert self.labels is not None
        if labels is None:
            return self.labels(torch.full_like(t, self.num_classes))
        return self.labels(torch.where(labels == NO_LABEL, self.num_classes, labels))


class ResidualBlock(nn.Module):
    """Two 3 x 3 convolutions; the time features scale and shift what lies between them (FiLM)."""

    def __init__(self, channels_in: int, channels_out: int, normalise: bool = True) -> None:
        super().__init__()
        self.norm1 = GroupNorm(channels_in) if normalise else nn.Identity()
        self.conv1 = nn.Conv2d(channels_in, channels_out, 3, padding=1)
        self.norm2 = GroupNorm(channels_out) if normalise else nn.Identity()
        self.film = nn.Linear(TIME_FEATURES, 2 * channels_out)
        self.conv2 = _zeroed(nn.Conv2d(channels_out, channels_out, 3, padding=1))
        same = channels_in == channels_out
        self.skip = nn.Identity() if same else nn.Conv2d(channels_in, channels_out, 1)

    def forward(self, x: Tensor, time: Tensor) -> Tensor:
        """Map ``[B, in, H, W]`` to ``[B, out, H, W]``; ``time`` is ``[B, TIME_FEATURES]``."""
        h = self.conv1(F.silu(self.norm1(x)))
        scale, shift = self.film(time)[:, :, None, None].chunk(2, dim=1)
        h = torch.addcmul(shift, self.norm2(h), 1 + scale)
        return self.skip(x) + self.conv2(F.silu(h))


class SelfAttention(nn.Module):
    """Pre-norm self-attention over the pixels, added to its input; shape ``[B, C, H, W]``."""

    def __init__(self, channels: int, heads: int = HEADS) -> None:
        super().__init__()
        self.heads = heads
        self.norm = GroupNorm(channels)
        self.qkv = nn.Conv2d(channels, 3 * channels, 1)
        self.project = _zeroed(nn.Conv2d(channels, channels, 1))

    def forward(self, x: Tensor) -> Tensor:
        """Return ``x`` plus what attention adds, ``[B, C, H, W]``."""
        b, c, height, width = x.shape
        qkv = self.qkv(self.norm(x)).reshape(b, 3, self.heads, c // self.heads, height * width)
        q, k, v = qkv.transpose(-1, -2).unbind(dim=1)  # each [B, heads, H W, C / heads]
        # written out: for 49 pixels the fused kernel is several times slower on a CPU
        weights = torch.softmax(q @ k.transpose(-1, -2) * (c // self.heads) ** -0.5, dim=-1)
        h = (weights.to(v.dtype) @ v).transpose(-1, -2).reshape(b, c, height, width)
        return x + self.project(h)


class GroupNorm(nn.GroupNorm):
    """Group norm in float32 also under autocast, where a CPU's bf16 kernel is slower."""

    def __init__(self, channels: int) -> None:
        super().__init__(GROUPS, channels)

    def forward(self, input: Tensor) -> Tensor:
        """Return the normalised input, in its precision."""
        normalised = F.group_norm(input.float(), self.num_groups, self.weight, self.bias, self.eps)
        return normalised.to(input.dtype)


def _label_table(num_classes: int) -> nn.Embedding:
    """Return a table of zeros, a row for each class and one for no label."""
    # made from zeros: drawing random numbers here would change those of the layers after it
    return nn.Embedding.from_pretrained(torch.zeros(num_classes + 1, TIME_FEATURES), freeze=False)


def _zeroed(conv: nn.Conv2d) -> nn.Conv2d:
    """Return ``conv`` with all parameters zero."""
    for parameter in conv.parameters():
        nn.init.zeros_(parameter)
    return conv


def _posterior_eps(mixture: Tensor, x: Tensor, signal: Tensor, noise_std: Tensor) -> Tensor:
    """Return E[eps | x_t] where each clean pixel follows the predicted mixture.

    ``mixture`` is ``[B, 2 + 3 GREYS, H, W]``: a logit per component, then a mean and a spread
    per grey; ``x`` is ``[B, 1, H, W]``, and so is the result. For a component N(m, s²),
    ``x_t`` is N(a m, a² s² + σ²), and E[eps] is ``σ (x_t - a m) / (a² s² + σ²)``. Below,
    variances are in units of σ² and distances in units of σ: then nothing over- or underflows.
    """
    logits, means, spreads = mixture.split([2 + GREYS, GREYS, GREYS], dim=1)
    low, high = GREY_SPREAD
    spreads = low + (high - low) * torch.sigmoid(spreads - 1)
    gain = signal / noise_std
    distances = torch.cat([x + signal, x - WHITE * signal, x - signal * means], dim=1) / noise_std
    ones = torch.ones_like(x)
    fixed = torch.cat([ones, ones + (gain * WHITE_SPREAD).square()], dim=1)
    variances = torch.cat([fixed, 1 + (gain * spreads).square()], dim=1)
    log_likelihood = -0.5 * (distances.square() / variances + variances.log())
    posterior = torch.softmax(logits + log_likelihood, dim=1)
    return (posterior * distances / variances).sum(dim=1, keepdim=True)
