"""``diffviz record``: record the app into a file, without a terminal."""

import argparse
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ...core.errors import printable
from ..exit_codes import INTERRUPTED
from ..recording.script import DRAWN, SCENARIOS
from ..stderr import print_fallback, print_misfit, print_notice
from ..terminal.capabilities import THEMES
from ..text import duration
from .flags import (
    MAX_SCALE,
    add_model,
    add_sampling,
    add_speed,
    branch_path,
    frame_size,
    positive_number,
    whole_number,
)
from .given_flags import add_given
from .parser import UsageError, one_of
from .run import DEFAULT_PACE, DEFAULT_SEED, begun_options

if TYPE_CHECKING:
    from ..casts.cast import CastHeader
    from ..recording.recorder import RecordingJob
    from ..run_options import RunOptions

ANIMATIONS = (".gif", ".apng", ".webp", ".mp4")
ENDINGS = (".cast", *ANIMATIONS, ".svg", ".html")
FPS = {".cast": 10, ".gif": 10}  # large files; the others have twice as many frames
OTHER_FPS = 20


def add_parser(commands) -> None:
    """Add ``record`` to the command line."""
    parser = commands.add_parser(
        "record",
        help="record the app into a file, without a terminal",
        examples=(
            "diffviz record digit.html --seed 17",
            "diffviz record race.cast --scenario race --size 120x40",
        ),
        description="Run the app on a clock of its own, without a terminal, and write what it "
        "shows into OUT. The same command writes the same bytes.",
    )
    add = parser.add_argument
    add(
        "output",
        type=Path,
        metavar="OUT",
        help=".cast: the terminal, for diffviz play or asciinema; .gif .apng .webp .mp4 (by "
        "ffmpeg): the digits, or the pictures of a training; .svg: the last screen; .html: a page "
        "with every step, for any browser",
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--scenario",
        type=one_of(SCENARIOS),
        choices=SCENARIOS,
        default="run",
        help="what to show (default: %(default)s)",
    )
    what.add_argument(
        "--script",
        type=Path,
        metavar="FILE",
        help="keys to press instead, one action a line: KEY or KEY*TIMES (space, right, b, 8, "
        "enter, ...), wait SECONDS, until PHASE, until done; # begins a comment",
    )
    add(
        "--run",
        type=Path,
        metavar="RUN",
        help="show the training in this run folder again, in twelve seconds (with --scenario "
        "train, or a --script of keys)",
    )
    add(
        "--size",
        type=frame_size,
        default=(100, 30),
        metavar="WxH",
        help="columns and rows of the terminal (default: 100x30)",
    )
    add_speed(parser, DEFAULT_PACE, f"{DEFAULT_PACE.length:g}s")
    add(
        "--fps",
        type=whole_number(1, 50),
        metavar="N",
        help="frames per second, 1 to 50 (default: 10 in a .cast and .gif, else 20)",
    )
    add(
        "--scale",
        type=whole_number(1, MAX_SCALE),
        metavar="N",
        help=f"pixels of a .gif, .apng, .webp or .mp4 for each pixel of a digit, 1 to {MAX_SCALE} "
        "(default: 8 for one digit, less for several)",
    )
    add(
        "--captions",
        action="store_true",
        help="write seed, digit and belief below each digit of a .gif, .apng, .webp or .mp4",
    )
    add(
        "--idle-time-limit",
        type=positive_number,
        metavar="S",
        help="longest time without a change, in seconds (a .cast leaves it to the player)",
    )
    add(
        "--cast-version",
        type=int,
        choices=(2, 3),
        default=2,
        help="asciicast format of a .cast: 2 plays everywhere, 3 in asciinema 3 (default: 2)",
    )
    add(
        "--color",
        type=one_of(("truecolor", "256")),
        choices=("truecolor", "256"),
        help="colours of the terminal (default: 256 in a cast, truecolor in a screenshot)",
    )
    add(
        "--theme",
        type=one_of(THEMES),
        choices=THEMES,
        default=THEMES[0],
        help="colours of the screen in a .cast or .svg (default: %(default)s)",
    )
    add(
        "--branch",
        type=branch_path,
        default=(),
        metavar="T.C[,T.C]",
        help="at t = T go on as child C of a branch, as in diffviz run",
    )
    add_given(parser)
    add_model(parser)
    add_sampling(parser, DEFAULT_SEED)
    parser.set_defaults(execute=execute, default_of=parser.get_default)


_OF_PROCESS = ("sampler", "steps", "eta")
_OF_PICTURE = ("picture", "t", "mask", "resamplings", "jump", "invert")
_NO_EFFECT = {
    "race": (*_OF_PROCESS, "branch"),
    "grid": ("branch",),
    "train": (
        *("weights", "seed", *_OF_PROCESS, "noise", "branch", "speed", "captions"),
        *_OF_PICTURE,
    ),
}
"""Flags without an effect on a scenario."""
_FLAGS = {"picture": "from"}


def _check_flags(args: argparse.Namespace, ending: str) -> None:
    """Refuse flags that have no effect.

    Raises:
        UsageError: if there is one.
    """
    scenario = "train" if args.run is not None else "" if args.script else args.scenario
    what = "a training" if scenario == "train" else f"--scenario {scenario}"
    _refuse(args, _NO_EFFECT.get(scenario, ()), what)
    if scenario == "branch" and args.mask is not None:
        raise UsageError("--scenario branch can't be with --mask: take --scenario grid or draw")
    if ending != ".cast":
        _refuse(args, ("cast_version",), ending)
    if ending not in ANIMATIONS:
        _refuse(args, ("scale", "captions"), ending)
    if ending == ".svg":
        _refuse(args, ("fps", "idle_time_limit"), ending)
    if ending in ANIMATIONS:
        _refuse(args, ("color", "theme"), ending)
    if ending == ".html":
        _refuse(args, ("size", "speed", "fps", "idle_time_limit", "color", "theme"), ending)


def _refuse(args: argparse.Namespace, names: Iterable[str], what: str) -> None:
    given = [name for name in names if getattr(args, name) != args.default_of(name)]
    if given:
        flags = ", ".join(f"--{_FLAGS.get(name, name).replace('_', '-')}" for name in given)
        raise UsageError(f"{flags} has no effect on {what}: leave it out")


def execute(args: argparse.Namespace) -> int:
    """Record and write the file; after a signal, the recording so far."""
    from ...core.export import check_output

    check_output(args.output, ENDINGS)
    if args.scenario == "train" and args.run is None:
        raise UsageError(
            "--scenario train shows a run folder again: name it with --run (one is made by "
            "diffviz train --plain --dataset synthetic --epochs 2 --out RUN)"
        )
    if args.run is not None and args.script is None and args.scenario != "train":
        raise UsageError("--run needs --scenario train or a --script: add one, or leave --run out")
    ending = args.output.suffix.lower()
    _check_flags(args, ending)
    fps = args.fps or FPS.get(ending, OTHER_FPS)
    options = begun_options(args, threads=1)  # the same bytes on any number of cores
    _forget_terminal()

    from ..pixels.colours import Colours
    from ..recording.recorder import RecordingJob
    from ..recording.script import read_script
    from ..terminal import Terminal

    script = SCENARIOS[args.scenario] if args.script is None else read_script(args.script)
    if args.scenario == "draw" and args.picture is not None:
        script = DRAWN
    colours = Colours(args.color or ("truecolor" if ending == ".svg" else "256"))
    terminal = Terminal(fps=fps, theme=args.theme).showing(colours)
    job = RecordingJob(
        options, script, args.size, terminal, 1 / fps if ending in ANIMATIONS else None, args.run
    )
    if ending in ANIMATIONS and args.run is not None:
        return _training_film(args, job, ending, fps)
    if ending in ANIMATIONS:
        return _animation(args, job, ending, fps)
    if ending == ".html":
        return _page(args, job)
    return _screen(args, job, ending)


def _screen(args: argparse.Namespace, job: "RecordingJob", ending: str) -> int:
    """Write a cast or a screenshot."""
    from ...core.files.results import write_result
    from ..recording.watchers import CastWatcher, ScreenshotWatcher

    cast = ending == ".cast"
    watcher = CastWatcher(_header(args, job.options)) if cast else ScreenshotWatcher()
    seconds, status = _record(job, watcher)
    content = watcher.content()
    write_result(args.output, lambda file: file.write(content))
    what = f"{duration(seconds)}, asciicast {args.cast_version}" if cast else "a screenshot"
    columns, rows = args.size
    shown = f"seed {args.seed}" if args.run is None else f"training of {args.run.name}"
    return _report(args, f"{what}, {columns}x{rows}, {shown}", status)


def _page(args: argparse.Namespace, job: "RecordingJob") -> int:
    """Write a page."""
    from ...core.files.results import write_result
    from ..recording.pages import PageWatcher

    watcher = PageWatcher()
    _, status = _record(job, watcher)
    if watcher.page is None and status:
        raise SystemExit(status)
    content = watcher.content()
    write_result(args.output, lambda file: file.write(content))
    shown = f"seed {args.seed}" if args.run is None else f"training of {args.run.name}"
    return _report(args, f"a page for any browser, {shown}", status)


def _animation(args: argparse.Namespace, job: "RecordingJob", ending: str, fps: int) -> int:
    """Write an animation."""
    from ...core.errors import DiffvizError
    from ..recording.animation import AnimationWatcher, captioned
    from ..recording.animation_files import TICK_MS, durations, find_ffmpeg, write_frames
    from ..recording.frames import frames, size_of

    if ending == ".mp4":
        find_ffmpeg()  # fails here rather than after the sampling
    watcher = AnimationWatcher()
    _, status = _record(job, watcher)
    if not watcher.snapshots:
        raise SystemExit(status) if status else DiffvizError("nothing was sampled, nothing to show")
    tick = TICK_MS.get(ending, 1)
    snapshots = captioned(watcher.snapshots) if args.captions else watcher.snapshots
    lengths = durations(watcher.starts, watcher.end, tick, args.idle_time_limit)
    made = frames(snapshots, args.scale)
    write_frames(args.output, made, lengths, fps, rgb=snapshots[0].x_t.ndim == 4)
    width, height = size_of(snapshots, args.scale)
    seconds = sum(lengths) / 1000
    what = f"{len(lengths)} frames, {duration(seconds)}, {width}x{height}, seed {args.seed}"
    return _report(args, what, status)


def _training_film(args: argparse.Namespace, job: "RecordingJob", ending: str, fps: int) -> int:
    """Write an animation of what the noises of a training became."""
    from ..recording.animation_files import TICK_MS, durations, find_ffmpeg, write_frames
    from ..recording.pages import PageWatcher
    from ..recording.training_film import (
        LENGTH_S,
        REST_S,
        TrainingLayout,
        starts_of,
        training_frames,
    )

    if ending == ".mp4":
        find_ffmpeg()
    watcher = PageWatcher()
    _, status = _record(job, watcher)
    page = watcher.page
    if page is None:
        raise SystemExit(status)
    end, limit = LENGTH_S + REST_S, args.idle_time_limit
    lengths = durations(starts_of(page), end, TICK_MS.get(ending, 1), limit)
    made = training_frames(page, args.scale)
    write_frames(args.output, made, lengths, fps, rgb=page.tracks[0].x_t.ndim == 4)
    layout = TrainingLayout(page, args.scale)
    seconds = sum(lengths) / 1000
    what = f"{len(lengths)} frames, {duration(seconds)}, {layout.width}x{layout.height}"
    return _report(args, f"{what}, training of {args.run.name}", status)


def _record(job: "RecordingJob", watcher) -> tuple[float, int]:
    """Record; return the length in seconds and the exit status. A signal ends the recording."""
    from ..recording.recorder import Recorder
    from ..terminal.signals import stop_on_signals
    from ..worker.pipelines import PipelineLike, Pipelines

    pipelines: list[PipelineLike] = []

    def opened(weights: str) -> PipelineLike:
        pipelines.append(Pipelines.of(job.options)(weights))
        return pipelines[-1]

    try:
        with stop_on_signals(announce=False) as stop, _progress() as show:
            recorder = Recorder(
                job, [watcher], opened, on_progress=show, stop_requested=stop.event.is_set
            )
            seconds = recorder.record()
    except KeyboardInterrupt:  # a second one: Python must not shut down while a network computes
        print_notice("interrupted")
        os._exit(INTERRUPTED)
    for pipeline in pipelines:  # not before: the app that is recorded takes what is printed
        print_fallback(pipeline)
    if job.training is None:
        print_misfit(job.options.spec, job.options.weights)
    return seconds, stop.status


def _report(args: argparse.Namespace, what: str, status: int) -> int:
    size = args.output.stat().st_size
    with suppress(OSError):  # the terminal may be gone
        print(printable(f"{args.output}: {what}, {size / 1e6:.2f} MB"))
        if status:
            print_notice(f"interrupted; {args.output} has the recording so far")
    return status


def _forget_terminal() -> None:
    """Remove environment variables that change a recording; Textual reads them on import."""
    for name in list(os.environ):
        if name.startswith("TEXTUAL") or name in ("NO_COLOR", "COLORTERM", "COLUMNS", "LINES"):
            del os.environ[name]
    os.environ["TERM"] = "xterm-256color"


def _header(args: argparse.Namespace, options: "RunOptions") -> "CastHeader":
    from ..casts.cast import CastHeader

    header = partial(
        CastHeader, *args.size, version=args.cast_version, idle_time_limit=args.idle_time_limit
    )
    if args.run is not None:
        return header(title=f"diffviz, training of {args.run.name}")
    details = {
        "weights": options.weights,
        "sampler": options.spec.sampler,
        "steps": options.spec.total,
    }
    return header(seed=args.seed, title=f"diffviz, seed {args.seed}", details=details)


@contextmanager
def _progress() -> Iterator[Callable[[float], object]]:
    """Show the time recorded so far, if stderr is a terminal."""
    from ..plain.console import plain_console

    console = plain_console(stderr=True)
    if not console.is_terminal:
        yield lambda time: None
        return
    status = console.status("recording")
    status.start()
    try:
        yield lambda time: status.update(f"recording: {duration(time)} so far")
    finally:
        with suppress(OSError):  # the terminal may be gone
            status.stop()
