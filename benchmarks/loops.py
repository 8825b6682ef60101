"""Other people's sampling loops, each as a function that does so many steps."""

from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import torch
from torch import Tensor, nn

from .timing import Work

T = 1000


def peer(name: str) -> Any | None:
    """Return a peer's package, or None where it is not installed."""
    return import_module(name) if find_spec(name) else None


def stepping(steps: Callable[[], Iterator[Any]]) -> Work:
    """Return a work that goes on with one chain, and begins another at its end."""
    current: Iterator[Any] = iter(())

    def work(count: int) -> None:
        nonlocal current
        for _ in range(count):
            try:
                next(current)
            except StopIteration:
                current = steps()
                next(current)

    return work


def write_up(model: nn.Module, batch: int) -> Work:
    """Return the loop as it is written in tutorials: eager, coefficients gathered each step."""
    betas = torch.linspace(1e-4, 0.02, T)
    alphas = 1.0 - betas
    alpha_bars = torch.cumprod(alphas, dim=0)

    @torch.no_grad()
    def work(count: int) -> None:
        x = torch.randn(batch, 1, 28, 28)
        for i in range(T - 1, T - 1 - count, -1):
            t = torch.full((batch,), i, dtype=torch.long)
            eps = model(x, t)
            alpha = alphas[t].view(-1, 1, 1, 1)
            alpha_bar = alpha_bars[t].view(-1, 1, 1, 1)
            beta = betas[t].view(-1, 1, 1, 1)
            mean = (x - (1 - alpha) / torch.sqrt(1 - alpha_bar) * eps) / torch.sqrt(alpha)
            x = mean + torch.sqrt(beta) * torch.randn_like(x) if i > 0 else mean

    return work


def diffusers_scheduler(model: nn.Module, batch: int) -> Work | None:
    """Return diffusers' DDPMScheduler around the same network; None without diffusers."""
    if (diffusers := peer("diffusers")) is None:
        return None
    scheduler = diffusers.DDPMScheduler(num_train_timesteps=T, clip_sample=False)
    scheduler.set_timesteps(T)

    @torch.no_grad()
    def work(count: int) -> None:
        x = torch.randn(batch, 1, 28, 28)
        for t in scheduler.timesteps[:count]:
            eps = model(x, t.expand(batch))
            x = scheduler.step(eps, t, x).prev_sample

    return work


def diffusers_pipeline(batch: int, multiply_adds: int) -> tuple[Work, int, int] | None:
    """Return diffusers' DDPMPipeline, its parameters and multiply-adds; None without diffusers.

    Its UNet2DModel has three levels without attention; the width is that of about as many
    multiply-adds as asked for.
    """
    if (diffusers := peer("diffusers")) is None:
        return None

    def unet(width: int) -> nn.Module:
        return diffusers.UNet2DModel(
            sample_size=28,
            in_channels=1,
            out_channels=1,
            layers_per_block=1,
            block_out_channels=(width, 2 * width, 4 * width),
            down_block_types=("DownBlock2D",) * 3,
            up_block_types=("UpBlock2D",) * 3,
            norm_num_groups=4,
        ).eval()

    model, count = _closest(unet, multiply_adds)
    pipeline = diffusers.DDPMPipeline(model, diffusers.DDPMScheduler(num_train_timesteps=T))
    pipeline.set_progress_bar_config(disable=True)

    def work(steps: int) -> None:
        pipeline(batch_size=batch, num_inference_steps=steps, output_type="np")

    return work, sum(p.numel() for p in model.parameters()), count


def denoising_diffusion(model: nn.Module, batch: int) -> Work | None:
    """Return denoising_diffusion_pytorch's sampling steps around the same network, or None."""
    diffusion = gaussian_diffusion(model)
    if diffusion is None:
        return None

    @torch.no_grad()
    def work(count: int) -> None:
        x = torch.randn(batch, 1, 28, 28)
        for t in range(T - 1, T - 1 - count, -1):
            x, _ = diffusion.p_sample(x, t, None)

    return work


def gaussian_diffusion(model: nn.Module) -> Any | None:
    """Return denoising_diffusion_pytorch's GaussianDiffusion of ``model``, or None without it."""
    if (lucidrains := peer("denoising_diffusion_pytorch")) is None:
        return None
    return lucidrains.GaussianDiffusion(
        _Dressed(model), image_size=28, timesteps=T, objective="pred_noise", beta_schedule="linear"
    )


class _Dressed(nn.Module):
    """A network with the attributes that denoising_diffusion_pytorch asks for."""

    channels = out_dim = 1
    self_condition = random_or_learned_sinusoidal_cond = False

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, x: Tensor, t: Tensor, x_self_cond: Tensor | None = None) -> Tensor:
        return self.model(x, t)


def _closest(make: Callable[[int], nn.Module], wanted: int) -> tuple[nn.Module, int]:
    """Return the network of the width (a multiple of 4) whose multiply-adds are closest."""
    from diffviz.core.models import multiply_adds

    best: tuple[nn.Module, int] | None = None
    for width in range(4, 68, 4):
        model = make(width)
        count = multiply_adds(model)
        if best is None or abs(count - wanted) < abs(best[1] - wanted):
            best = model, count
    assert best is not None
    return best
