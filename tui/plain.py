"""``diffviz run`` without a terminal: what happens, as plain lines."""

import time
from collections.abc import Iterator
from typing import TextIO

from ..core.noise import NoiseStream
from ..core.phases import Phase
from ..core.pictures import to_grey
from ..core.records import Step
from .jobs import Lane
from .lanes import LaneRun
from .options import RunOptions
from .pixels.ascii import ascii_rows
from .source import OpenSampler, Pipelines, Source
from .widgets.readout import alpha_bar_text, duration, snr_text

_EVERY = 100  # timesteps between two lines within a phase


def run_plain(options: RunOptions, out: TextIO, open_sampler: OpenSampler | None = None) -> int:
    """Sample and print: what is used, how it goes, and the digit as text; return 0.

    Raises:
        DiffvizError: if the weights or the device can't be had, or sampling fails.
    """
    sampler = (open_sampler or Pipelines.of(options))(options.weights)
    used = Source.of(sampler)
    lane = LaneRun(
        Lane(
            options.sampler,
            options.weights,
            (NoiseStream(options.seed),),
            options.sampler,
            options.steps,
            options.eta,
            options.noise,
            path=options.branch,
        )
    )
    lane.open(sampler)
    begun = time.monotonic()
    _say(
        out,
        f"weights  {used.weights} {used.set}, {used.architecture}, {used.parameters:,} parameters",
    )
    path = "".join(f", child {child} at t={t}" for t, child in options.branch)
    _say(out, f"sampler  {options.sampler}, {options.total_steps} steps, seed {options.seed}{path}")
    threads = f", threads {options.threads}" if options.threads else ""
    _say(out, f"device   {used.device}{threads}")
    last: Step | None = None
    for step, says in _told(_steps(lane)):
        last = step
        if says:
            _say(out, says)
    if last is not None:
        out.write("\n")
        for row in ascii_rows(to_grey(last.x_t[0])):
            _say(out, row)
        out.write("\n")
    _say(out, f"done: seed {options.seed} in {duration(time.monotonic() - begun)}")
    return 0


def _steps(lane: LaneRun) -> Iterator[Step]:
    while not lane.finished:
        yield lane.advance(None, time.monotonic)


def _told(steps: Iterator[Step]) -> Iterator[tuple[Step, str]]:
    """Yield each step and what to say about it, often nothing."""
    phase: Phase | None = None
    due = 0
    for step in steps:
        says = ""
        if step.phase is not phase or step.t <= due:
            name = f"{step.phase.label} ({step.phase.span})" if step.phase is not phase else ""
            says = (
                f"t {step.t:>4}  alpha_bar {alpha_bar_text(step.alpha_bar):<7}  "
                f"SNR {snr_text(step.alpha_bar).replace('∞', 'inf'):>8}  {name}"
            ).rstrip()
            phase = step.phase
            due = (step.t - 1) // _EVERY * _EVERY
        yield step, says


def _say(out: TextIO, line: str) -> None:
    out.write(line + "\n")
    out.flush()
