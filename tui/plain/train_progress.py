"""Training progress without a screen: a progress line on a TTY, plain lines elsewhere."""

import sys
from collections.abc import Iterable
from typing import TextIO, cast

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from ...core.errors import printable
from ...core.records import Batch, EpochDone, Finished, Started, TrainEvent
from ..stderr import print_notice
from ..text import duration
from .console import plain_console
from .optional_output import OptionalOutput


def show_progress(
    events: Iterable[TrainEvent], console: Console | None = None
) -> TrainEvent | None:
    """Consume ``events`` and print them: one line an epoch, and on a TTY a live line below.

    Returns the last event, or None if there was none. A stdout that goes away doesn't end it.
    """
    console = console or _console()
    last, started = None, None
    with Progress(
        TextColumn("epoch {task.fields[epoch]}"),
        BarColumn(bar_width=None),
        TextColumn("loss {task.fields[loss]}  {task.fields[rate]}  {task.fields[left]} left"),
        console=console,
        disable=not console.is_terminal,
        expand=True,
        transient=True,
    ) as progress:
        task: TaskID | None = None
        rate = 0.0
        for event in events:
            last = event
            match event:
                case Started():
                    started = event
                    total = event.epochs * event.batches_per_epoch
                    task = progress.add_task(
                        "", total=total, completed=event.step, epoch="", loss="…", rate="", left="…"
                    )
                    console.print(started_line(event))
                case Batch() if started is not None and task is not None:
                    # a running mean: single batches vary too much to be read
                    rate = (
                        event.images_per_s if not rate else 0.95 * rate + 0.05 * event.images_per_s
                    )
                    todo = started.epochs * started.batches_per_epoch - event.step
                    progress.update(
                        task,
                        completed=event.step,
                        epoch=f"{event.epoch}/{started.epochs}",
                        loss=f"{event.loss:.4f}",
                        rate=f"{rate:.0f} images/s",
                        left=duration(todo * started.batch_size / rate),
                    )
                case EpochDone() if started is not None:
                    console.print(epoch_line(event, started))
                case Finished(complete=True):
                    console.print(f"done in {duration(event.wall_s)}: {printable(event.weights)}")
                case _:
                    pass
    return last


def _console() -> Console:
    if sys.stdout is None:
        return plain_console()
    output = OptionalOutput(
        sys.stdout,
        lambda reason: print_notice(
            f"stdout can't be written ({reason}): the training goes on without; "
            "diffviz watch shows it"
        ),
    )
    return plain_console(file=cast(TextIO, output))


def started_line(event: Started) -> str:
    """Return the lines about the network, the data and the device."""
    run, dataset = printable(event.run), printable(event.dataset)
    lines = (
        f"training {event.architecture}, {event.parameters:,} parameters, in {run}\n"
        f"{event.images:,} {dataset} images, {event.epochs} epochs at batch "
        f"{event.batch_size}, {event.device}"
    )
    return lines if event.step == 0 else f"{lines}; resuming after batch {event.step}"


def epoch_line(event: EpochDone, started: Started) -> str:
    """Return one epoch's line: its loss, duration and speed, and the time left."""
    images = started.batches_per_epoch * started.batch_size
    left = (started.epochs - event.epoch) * images
    return (
        f"epoch {event.epoch:>{len(str(started.epochs))}}/{started.epochs}  loss {event.loss:.4f}  "
        f"{duration(images / event.images_per_s)}  {event.images_per_s:.0f} images/s  "
        f"{duration(left / event.images_per_s)} left"
    )
