"""Training images a second: against the write-up's loop and denoising_diffusion_pytorch's Trainer.

python -m benchmarks.training [--quick] [--threads 2] [--data-dir DIR]

All train on digits drawn by rule, held in memory, in batches of 128. The write-up's loop is
eager float32 with torchvision's way of reading (an image of Pillow's, transforms, a DataLoader).
"""

import argparse
import contextlib
import io
import itertools
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from PIL import Image
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

from diffviz.core.backends.pytorch import has_bf16
from diffviz.core.data import ImageData
from diffviz.core.data.synthetic import synthetic_digits
from diffviz.core.machine.device import default_threads
from diffviz.core.models import build, multiply_adds
from diffviz.core.recipes import RECIPES, TrainConfig
from diffviz.core.records import Batch
from diffviz.core.train import train

from .loops import gaussian_diffusion, peer, stepping
from .timing import Work, interleaved, table

BATCH = 128
IMAGES = 4096
EPOCHS, MNIST_IMAGES = 15, 60_000
_SIDE = 1024


class _Pictures(Dataset[Any]):
    """Reads as torchvision's MNIST does: an array to an image, and the transforms."""

    def __init__(self, data: ImageData) -> None:
        self._data = data
        self._transform = transforms.Compose(
            [transforms.ToTensor(), transforms.Normalize((0.5,), (0.5,))]
        )

    def __len__(self) -> int:
        return len(self._data)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
        image: Any = Image.fromarray(self._data.images[index], mode="L")
        return self._transform(image), int(self._data.labels[index])


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Training images a second.")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--threads", type=int, default=default_threads())
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    torch.set_num_threads(args.threads)
    rounds, steps = (3, 3) if args.quick else (8, 8)
    images, labels = synthetic_digits(IMAGES)
    data = ImageData("synthetic", images, labels, "none")
    precisions = ["fp32", *(["bf16"] if has_bf16(torch.device("cpu")) else [])]
    print(f"{args.threads} threads, batches of {BATCH}, best of {rounds} turns\n")
    with tempfile.TemporaryDirectory() as folder:
        for architecture, recipe in (("reference-unet", "reference"), ("film-unet", "default")):
            works: dict[str, tuple[Work, int]] = {
                "the write-up's loop": (stepping(lambda a=architecture: _write_up(a, data)), steps)
            }
            for precision in precisions:
                config = replace(
                    RECIPES[recipe], precision=precision, batch_size=BATCH, init="", epochs=1000
                )
                run = Path(folder, f"{recipe}-{precision}")
                run.mkdir()
                works[f"diffviz, {precision}"] = (_ours(config, data, run), steps)
            works |= {f"peak {p}": (_product(p), 10) for p in precisions}
            best = interleaved(works, rounds)
            if architecture == "reference-unet":
                with contextlib.suppress(ImportError):
                    best |= _trainer(architecture, data, Path(folder), steps * rounds)
            _print(architecture, best, precisions)


def _print(architecture: str, best: dict[str, float], precisions: list[str]) -> None:
    operations = 6 * multiply_adds(build(architecture))  # forward, and twice that backward
    base = best["the write-up's loop"]
    rows = []
    for name, seconds in best.items():
        if name.startswith("peak"):
            continue
        precision = next((p for p in precisions if name == f"diffviz, {p}"), "fp32")
        peak = 2 * _SIDE**3 / best[f"peak {precision}"]
        rows.append(
            [
                name,
                f"{BATCH / seconds:,.0f}",
                f"{base / seconds:.2f}x",
                f"{BATCH * operations / seconds / peak:.0%}",
                f"{EPOCHS * MNIST_IMAGES / BATCH * seconds / 60:.0f} min",
            ]
        )
    print(f"\n### {architecture}: {operations / 1e6:.0f} MFLOP an image\n")
    head = ["", "images/s", "times faster", "of the peak", f"{EPOCHS} epochs of MNIST"]
    print(table(head, rows))


def _ours(config: TrainConfig, data: ImageData, run: Path) -> Work:
    """Return diffviz's own training, all that it records included."""

    def batches() -> Iterator[Batch]:
        events = train(config, data, run)
        return (event for event in events if isinstance(event, Batch))

    return stepping(batches)


def _write_up(architecture: str, data: ImageData) -> Iterator[float]:
    """Yield the losses of the loop as tutorials have it."""
    model = build(architecture).train()
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-4)
    alpha_bars = torch.cumprod(1.0 - torch.linspace(1e-4, 0.02, 1000), dim=0)
    while True:
        for x_0, _ in DataLoader(_Pictures(data), batch_size=BATCH, shuffle=True, drop_last=True):
            t = torch.randint(0, 1000, (len(x_0),))
            eps = torch.randn_like(x_0)
            alpha_bar = alpha_bars[t].view(-1, 1, 1, 1)
            x_t = torch.sqrt(alpha_bar) * x_0 + torch.sqrt(1 - alpha_bar) * eps
            loss = F.mse_loss(model(x_t, t), eps)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            yield loss.item()


def _product(precision: str) -> Work:
    kind = torch.float32 if precision == "fp32" else torch.bfloat16
    left, right = (torch.randn(_SIDE, _SIDE, dtype=kind) for _ in range(2))

    def work(count: int) -> None:
        for _ in range(count):
            torch.mm(left, right)

    return work


def _trainer(architecture: str, data: ImageData, folder: Path, steps: int) -> dict[str, float]:
    """Return the seconds of a step of denoising_diffusion_pytorch's Trainer, the best of all."""
    lucidrains = peer("denoising_diffusion_pytorch")
    diffusion = gaussian_diffusion(build(architecture).train())
    if lucidrains is None or diffusion is None:
        print("denoising_diffusion_pytorch is not installed: left out")
        return {}
    pictures = folder / "pictures"
    pictures.mkdir()
    for index, image in enumerate(data.images[:1024]):
        Image.fromarray(image, mode="L").save(pictures / f"{index}.png")
    times: list[float] = []
    diffusion.register_forward_pre_hook(lambda *_: times.append(time.perf_counter()))
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        trainer = lucidrains.Trainer(
            diffusion, str(pictures), train_batch_size=BATCH, gradient_accumulate_every=1,
            train_num_steps=steps, save_and_sample_every=10**9, calculate_fid=False,
            results_folder=str(folder / "results"), convert_image_to="L",
        )  # fmt: skip
        _quietly(trainer.train)
    between = [after - before for before, after in itertools.pairwise(times)]
    return {"denoising_diffusion_pytorch's Trainer": min(between)}


def _quietly(work: Callable[[], object]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        work()


if __name__ == "__main__":
    main()
