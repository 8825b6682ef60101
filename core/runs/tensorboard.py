"""Writes the events of a training as TensorBoard event files."""

from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path

from ..errors import DiffvizError
from ..records import Batch, EpochDone, Preview, Score, Started, TrainEvent
from .preview_files import read_preview

FOLDER = "tensorboard"


def check_tensorboard() -> None:
    """Raise a DiffvizError if the ``tensorboard`` package is not installed."""
    try:
        import_module("torch.utils.tensorboard")
    except ImportError as error:
        raise DiffvizError(
            "--tensorboard needs the package: pip install 'diffviz[tensorboard]'"
        ) from error


def export_events(events: Iterable[TrainEvent], run: Path) -> Iterator[TrainEvent]:
    """Yield ``events`` unchanged after writing them to event files in ``run``/tensorboard.

    In a resumed training, what the earlier session wrote after the checkpoint is hidden.

    Raises:
        DiffvizError: if the files can't be written.
    """
    from torch.utils.tensorboard import SummaryWriter

    writer = None
    try:
        for event in events:
            if isinstance(event, Started):
                writer = SummaryWriter(str(run / FOLDER), purge_step=event.step + 1)
            if writer is not None:
                for tag, value in _scalars(event):
                    writer.add_scalar(tag, value, event.step)
            if writer is not None and isinstance(event, Preview):
                strip = read_preview(run, event.path)
                if strip is not None:
                    writer.add_images("digits", strip[:, None], event.step)
            yield event
    except OSError as error:
        raise DiffvizError(f"can't write {run / FOLDER}: {error.strerror or error}") from error
    finally:
        if writer is not None:
            writer.close()


def _scalars(event: TrainEvent) -> Iterator[tuple[str, float]]:
    """Yield the names of the curves and the value that ``event`` adds to each."""
    if isinstance(event, Batch):
        yield "loss/batch", event.loss
        yield "learning rate", event.lr
        yield "images per second", event.images_per_s
        if event.grad_norm is not None:
            yield "gradient norm", event.grad_norm
        for phase, loss in (event.bands or {}).items():
            yield f"loss by phase/{phase}", loss
    elif isinstance(event, EpochDone):
        yield "loss/epoch", event.loss
    elif isinstance(event, Score):
        yield "Frechet distance", event.fld
