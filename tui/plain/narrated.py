"""``--narrate``: a sampling, a training, or the log of one, told in few lines."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from ...core.errors import DiffvizError, printable
from ...core.files.reading import open_regular
from ...core.records import Finished, TrainEvent
from ...core.runs import LOG, MAX_LINE, parse_event
from ...core.runs.lock import is_held
from ...core.step import Step
from ..text import DIGITS, shell_word
from ..worker.live_classifier import LiveClassifier
from .narration import RunNarrator, TrainNarrator

_POLL_S = 1.0


def narrate_steps(
    steps: Iterable[Step],
    settings: str,
    classifier: LiveClassifier,
    say: Callable[[str], object],
    clock: Callable[[], float] = time.monotonic,
    names: Sequence[str] = DIGITS,
    noun: str = "digit",
    sampler: str = "ddpm",
) -> None:
    """Tell of a sampling by ``sampler`` with these settings, as text, while its steps come.

    ``names`` are the classes that beliefs are about, ``noun`` is what a sample is called.
    """
    narrator, begun = RunNarrator(settings, names, noun, sampler), clock()
    say(narrator.begin())
    for step in steps:
        belief = classifier.belief(step)
        for line in narrator.step(step, None if belief is None else belief[0]):
            say(line)
    for line in narrator.end(clock() - begun):
        say(line)


def narrate_training(
    events: Iterable[TrainEvent], say: Callable[[str], object]
) -> TrainEvent | None:
    """Consume ``events`` and tell of them; return the last one, or None if there was none."""
    narrator, last = TrainNarrator(), None
    for event in events:
        last = event
        for line in narrator.event(event):
            say(printable(line))
    return last


def narrate_run(
    run: Path,
    say: Callable[[str], object],
    pause: Callable[[float], object] = time.sleep,
) -> None:
    """Tell of the training in ``run``, from its beginning until no process trains there.

    Raises:
        DiffvizError: if its log can't be read.
    """
    last = narrate_training(_log_events(run, pause), say)
    if not isinstance(last, Finished) or not last.complete:
        name = shell_word(run)
        say(printable(f"It doesn't train now. diffviz train --resume {name} goes on."))


def _log_events(run: Path, pause: Callable[[float], object]) -> Iterator[TrainEvent]:
    """Yield the events of a log, and the new ones while a process trains in ``run``."""
    path, offset = run / LOG, 0
    while True:
        held = is_held(run)  # before reading: if training ends in between, the end is read
        try:
            with open_regular(path) as log:
                log.seek(offset)
                while (line := log.readline(MAX_LINE)).endswith(b"\n"):
                    offset += len(line)
                    if (event := parse_event(line)) is not None:
                        yield event
        except FileNotFoundError:
            pass  # it begins
        except OSError as error:
            raise DiffvizError(f"can't read {path}: {error.strerror}") from error
        if not held:
            return
        pause(_POLL_S)
