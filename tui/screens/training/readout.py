"""The texts and numbers of the training screen, from a run's history."""

from collections.abc import Sequence

from ....core.runs.foreign import known_settings
from ....core.runs.run_state import RunState
from ...text import duration, short_number
from ...theme import ACCENT, BACK, DIM, ERROR, LIVE, TEXT, style
from ...widgets.text_widget import Row, text
from .log_history import LogHistory
from .number_columns import smoothed
from .run_source import RunSource
from .training_panels import sparkline

_LABELS = {
    RunState.STARTING: ("starting", DIM),
    RunState.RUNNING: ("training", LIVE),
    RunState.PAUSED: ("paused", BACK),
    RunState.FINISHED: ("finished", ACCENT),
    RunState.STOPPED: ("stopped", DIM),
    RunState.FAILED: ("failed", ERROR),
    RunState.DEAD: ("died", ERROR),
    RunState.UNREADABLE: ("unreadable", ERROR),
}
_SPARK_SPAN = 20


def state_label(state: RunState) -> tuple[str, str]:
    """Return the name of a state, and its colour."""
    return _LABELS[state]


def state_text(state: RunState) -> Row:
    """Return a dot and the state, in its colour."""
    word, colour = state_label(state)
    return [text(f"● {word}", style(colour))]


def newest_loss(history: LogHistory, span: int) -> float | None:
    """Return the mean loss of the last ``span`` batches."""
    losses = history.column("loss")[-span:]
    _, means = smoothed(history.column("step")[-span:], losses, span)
    return float(means[-1]) if len(means) else None


def heading(source: RunSource, span: int, with_loss: bool = False) -> tuple[list[Row], list[str]]:
    """Return the header: name and state; network and data.

    ``with_loss``: also the loss and a sparkline of it, for pages without its chart.
    """
    name = text("diffviz", style(ACCENT, bold=True))
    run = text(f"   {source.name}   ", style(TEXT))
    state = state_text(source.state)
    rows: list[Row] = []
    loss = newest_loss(source.history, max(span, _SPARK_SPAN)) if with_loss else None
    if loss is not None:
        shown = text(f"   loss {short_number(loss)} ", style(TEXT, bold=True))
        losses = source.history.column("loss")[10:]  # the first ones are much larger
        sparks = [text(sparkline(losses, cells), style(ACCENT)) for cells in (32, 20, 12)]
        rows = [*([name, run, *state, shown, spark] for spark in sparks), [run, *state, shown]]
    started = source.history.started
    rows += [[name, run, *state], [text(f"{source.name}   ", style(TEXT)), *state]]
    if started is None or not (started.architecture and started.dataset):
        return rows, [""]
    what, data = started.architecture, started.dataset
    if started.parameters:
        what = f"{what}, {started.parameters:,} parameters"
    if started.images:
        data = f"{started.images:,} {data} images"
    return rows, [f"{what}  ·  {data}", what, started.architecture]


def progress(source: RunSource) -> tuple[Sequence[str], Sequence[str], float]:
    """Return the progress line: position, time left, and the share done."""
    history = source.history
    if history.started is None:
        return [f"waiting for {source.path}"], [""], 0.0
    if source.foreign:
        return _foreign_progress(source)
    epoch, batch = history.position
    epochs = history.epochs_wanted
    words = [
        f"epoch {epoch}/{epochs}   batch {batch:,}/{history.batches_per_epoch:,}",
        f"epoch {epoch}/{epochs}",
    ]
    share = history.step / max(1, history.total_steps)
    left = history.seconds_left
    if source.state in (RunState.RUNNING, RunState.PAUSED) and left is not None:
        return words, [f"{share:.0%}   {duration(left)} left", f"{share:.0%}"], share
    return words, [f"{share:.0%}"], share


def _foreign_progress(source: RunSource) -> tuple[Sequence[str], Sequence[str], float]:
    """Return the progress of another program's loop, which has no epochs, and maybe no end."""
    history = source.history
    total = known_settings(source.environment).get("total_steps")
    if not isinstance(total, int) or total < 1:
        return [f"step {history.step:,}"], [""], 1.0 if source.state is RunState.FINISHED else 0.0
    share, left = history.step / total, history.seconds_left
    rest = [f"{share:.0%}"]
    if source.trains and left is not None:
        rest.insert(0, f"{share:.0%}   {duration(left)} left")
    return [f"step {history.step:,}/{total:,}", f"step {history.step:,}"], rest, share


def _foreign_numbers(source: RunSource) -> list[tuple[str, str]]:
    """Return the measurements of another program's loop: those that it has given."""
    history = source.history
    given = [
        ("images/s", _or_dash(history.rate if source.trains else None, "{:,.0f}".format)),
        ("learning rate", _or_dash(history.learning_rate or None, "{:.3g}".format)),
        ("gradient norm", _or_dash(history.newest("grad_norm"), short_number)),
        ("memory", _or_dash(history.newest("memory_mb"), lambda mb: f"{mb:,.0f} MB")),
    ]
    own = [(name[:14], short_number(value)) for name, value in history.numbers.items()]
    return [
        *own,
        *(pair for pair in given if pair[1] != "–"),
        ("time so far", _or_dash(history.newest("wall_s"), duration)),
    ]


def numbers(source: RunSource) -> list[tuple[str, str]]:
    """Return labels and measurements, the most important first; the loss is in its chart."""
    if source.foreign:
        return _foreign_numbers(source)
    history, started = source.history, source.history.started
    elapsed, checkpoint = history.newest("wall_s"), history.checkpoint_step
    trains = source.trains
    return [
        ("images/s", _or_dash(history.rate if trains else None, "{:,.0f}".format)),
        ("learning rate", _or_dash(history.learning_rate, "{:.3g}".format)),
        ("gradient norm", _or_dash(history.newest("grad_norm"), short_number)),
        ("time so far", _or_dash(elapsed, duration)),
        ("time left", _or_dash(history.seconds_left if trains else None, duration)),
        ("checkpoint", "–" if checkpoint is None else f"batch {checkpoint:,}"),
        ("device", _device(source)),
        ("memory", _or_dash(history.newest("memory_mb"), lambda mb: f"{mb:,.0f} MB")),
        ("batch size", str((started and started.batch_size) or "–")),
        ("precision", str(source.config.get("precision", "–"))),
    ]


def _or_dash(value: float | None, write) -> str:
    return "–" if value is None else write(value)


def _device(source: RunSource) -> str:
    started = source.history.started
    device = (started and started.device) or "–"
    threads = source.environment.get("threads")
    return (
        f"{device}, {threads} thread{'s' * (threads != 1)}"
        if threads and device == "cpu"
        else device
    )
