"""The diffusion classifier's result as text."""

from rich.console import Console

from ...core.measure.diffusion_classifier import DiffusionClassified
from .columns import print_aligned
from .eval_table import percent

_MISTAKES = 5


def print_classified(result: DiffusionClassified, title: str, console: Console) -> None:
    """Print the accuracy, that of each timestep alone, and the commonest mistakes."""
    console.print(title)
    console.print(f"the label that explains a digit best is its own: {percent(result.accuracy)}")
    rows = [
        (str(t), percent(share))
        for t, share in zip(result.timesteps, result.by_timestep, strict=True)
    ]
    print_aligned(console, ("t", "with the noise of t alone"), rows)
    found = [
        (count, own, other)
        for own, row in enumerate(result.confusion)
        for other, count in enumerate(row)
        if own != other and count
    ]
    found.sort(key=lambda mistake: -mistake[0])
    commonest = ", ".join(f"{own} for {other}: {n}" for n, own, other in found[:_MISTAKES])
    console.print(f"taken for another: {commonest or 'none'}; in brackets: 95% intervals")
