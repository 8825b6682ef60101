"""``diffviz run`` without an app: plain lines about the sampling, or only the finished digit."""

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import count
from typing import TextIO

import numpy as np

from ...core.errors import printable
from ...core.models.catalog import run_of
from ...core.names import noun_of
from ...core.noise import NoiseStream
from ...core.phases import Phase
from ...core.pictures import to_picture, to_pictures
from ...core.runs.lock import is_held
from ...core.step import Step
from ..pixels.ascii import ascii_rows
from ..pixels.colours import Colours
from ..pixels.printed import printed
from ..run_options import RunOptions
from ..session.wording import child_text
from ..stderr import print_fallback, print_misfit
from ..text import alpha_bar_text, duration, percent, snr_text
from ..worker.jobs import Lane
from ..worker.lanes import LaneRun
from ..worker.live_classifier import LiveClassifier, OpenClassifier, load_classifier
from ..worker.pipelines import OpenPipeline, PipelineLike, Pipelines, Source, version_of
from .narrated import narrate_steps

_POLL_S = 1.0
_EVERY = 100  # timesteps between two lines within a phase


def run_plain(
    options: RunOptions,
    out: TextIO,
    open_pipeline: OpenPipeline | None = None,
    open_classifier: OpenClassifier = load_classifier,
    pause: Callable[[float], object] = time.sleep,
    *,
    narrate: bool = False,
) -> int:
    """Sample, and print the settings, the progress and the digit as text; return 0.

    With ``narrate`` only what is worth hearing, in at most 25 lines a digit.

    With ``options.loop`` successive seeds are sampled without end; with ``options.follow`` the
    seed is sampled again with newer weights until their training ends.

    Raises:
        DiffvizError: if the weights or the device can't be used, or sampling fails.
    """
    open_pipeline = open_pipeline or Pipelines.of(options)
    version = newer_weights(options.weights, None, pause) if options.follow else None
    pipeline = open_pipeline(options.weights)
    print_fallback(pipeline)
    print_misfit(options.spec, options.weights)
    classifier = LiveClassifier(open_classifier)
    show = _tell_digit if narrate else _print_digit
    show(options, pipeline, classifier, out)
    while version and (version := newer_weights(options.weights, version, pause)):
        out.write("\n")
        show(options, open_pipeline(options.weights), classifier, out)
    for seed in count(options.seed + 1) if options.loop else ():
        out.write("\n")
        show(replace(options, seed=seed, branch=()), pipeline, classifier, out)
    return 0


def run_once(
    options: RunOptions, colours: Colours, out: TextIO, open_pipeline: OpenPipeline | None = None
) -> int:
    """Print the finished digit and nothing else, drawn with ``colours``; return 0.

    Raises:
        DiffvizError: if the weights or the device can't be used, or sampling fails.
    """
    pipeline = (open_pipeline or Pipelines.of(options))(options.weights)
    print_fallback(pipeline)
    print_misfit(options.spec, options.weights)
    lane = _lane(options, pipeline)
    for step in deque(_steps(lane), maxlen=1):
        for row in printed(to_pictures(step.x_t[:1]), colours):
            _print_line(out, row)
    return 0


def newer_weights(
    weights: str, used: str | None, pause: Callable[[float], object] = time.sleep
) -> str | None:
    """Wait for a version of a run's weights other than ``used``; None when its training ends."""
    run = run_of(weights)
    while True:
        held = run is not None and is_held(run)  # before the weights: training may end in between
        version = version_of(weights)
        if version not in (None, used):
            return version
        if not held:
            return None
        pause(_POLL_S)


def _print_digit(
    options: RunOptions, pipeline: PipelineLike, classifier: LiveClassifier, out: TextIO
) -> None:
    used = Source.of(pipeline)
    begun = time.monotonic()
    weights = used.label
    parameters = f", {used.parameters:,} parameters" if used.parameters else ""
    _print_line(out, f"weights  {weights}, {used.architecture}{parameters}")
    path = "".join(f", {child_text(branch)}" for branch in options.branch)
    if options.follow and used.step is not None:
        _print_line(out, f"trained  {used.step:,} batches")
    spec = options.spec
    _print_line(out, f"sampler  {spec.describe()}, seed {options.seed}{path}")
    if options.given_files is not None:
        _print_line(out, f"picture  {printable(options.given_files.describe())}")
    threads = f", threads {used.threads}" if used.threads else ""
    _print_line(out, f"device   {used.device}{threads}")
    last: Step | None = None
    names = used.belief_names
    for step, line in _with_lines(_steps(_lane(options, pipeline)), classifier, names):
        last = step
        if line:
            _print_line(out, line)
    if last is not None:
        out.write("\n")
        for row in ascii_rows(to_picture(last.x_t[0])):
            _print_line(out, row)
        out.write("\n")
    _print_line(out, f"done: seed {options.seed} in {duration(time.monotonic() - begun)}")


def _tell_digit(
    options: RunOptions, pipeline: PipelineLike, classifier: LiveClassifier, out: TextIO
) -> None:
    path = "".join(f", {child_text(branch)}" for branch in options.branch)
    source = Source.of(pipeline)
    weights, files = f"weights {source.label}", options.given_files
    begun = "" if files is None else f" {printable(files.describe())}"
    settings = f"seed {options.seed}{begun}{path}, {weights}, {options.spec.describe()}"
    steps = _steps(_lane(options, pipeline))
    narrate_steps(
        steps,
        settings,
        classifier,
        lambda line: _print_line(out, line),
        names=source.belief_names,
        noun=noun_of(options.weights),
        sampler=options.spec.sampler,
    )


def _lane(options: RunOptions, pipeline: PipelineLike) -> LaneRun:
    lane = LaneRun(
        Lane(
            options.spec.sampler,
            options.weights,
            (NoiseStream(options.seed),),
            options.spec,
            path=options.branch,
            given=options.given,
        )
    )
    lane.open(pipeline)
    return lane


def _steps(lane: LaneRun) -> Iterator[Step]:
    while not lane.finished:
        yield lane.advance(None, time.monotonic)


def _with_lines(
    steps: Iterator[Step], classifier: LiveClassifier, names: Sequence[str]
) -> Iterator[tuple[Step, str]]:
    """Yield each step and the line to print for it, often an empty one."""
    phase: Phase | None = None
    due, width = 0, max(map(len, names), default=1) + len(" (100%)  x")
    for step in steps:
        line = ""
        entered = step.phase.follows(phase)
        if entered or step.t <= due:
            name = f"{step.phase.label} ({step.phase.span})" if entered else ""
            belief = _belief_text(classifier, step, names).ljust(width)
            line = (
                f"t {step.t:>4}  alpha_bar {alpha_bar_text(step.alpha_bar):<7}  "
                f"SNR {snr_text(step.alpha_bar):>8}  {belief}{name}"
            ).rstrip()
            phase = step.phase if entered else phase
            due = (step.t - 1) // _EVERY * _EVERY
        yield step, line


def _belief_text(classifier: LiveClassifier, step: Step, names: Sequence[str]) -> str:
    """Return which class the classifier sees in x0_hat, and how sure it is."""
    probabilities = classifier.belief(step)
    if probabilities is None:
        return ""
    number = int(np.argmax(probabilities[0]))
    return f"{names[number]} ({percent(probabilities[0][number]).strip()})"


def _print_line(out: TextIO, line: str) -> None:
    out.write(line + "\n")
    out.flush()
