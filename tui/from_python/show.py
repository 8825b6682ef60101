"""``diffviz.show``: the screens on a model or steps of the program that calls it."""

from collections.abc import Iterable
from typing import Any

from ...core.errors import DiffvizError
from ...core.names import OWN, SAMPLER_INFO, find_name, suggestion
from ...core.own import Model, OwnPipeline
from ...core.sampling import SamplingSpec
from ..exit_codes import INTERRUPTED
from ..run_options import RunOptions
from ..terminal import Terminal

_LENGTH_S = 10.0  # of the whole way, unless a speed is given


def show(
    what: Any,
    *,
    seed: int = 0,
    sampler: str = "ddim",
    steps: int | None = None,
    eta: float | None = None,
    speed: float | None = None,
    color: str = "auto",
) -> None:
    """Open the app on a :class:`diffviz.Model`, or on an iterable of steps; return when it is left.

    A model is sampled in this process, and all keys of ``diffviz run`` work. Steps are
    :class:`diffviz.Step` objects or tuples ``(t, x_t)`` or ``(t, x_t, x0_hat)``; they are taken as
    they come, for looking only. ``speed`` is in steps per second; None shows the whole way in ten
    seconds. Where the terminal can't show an app, lines are printed.

    Raises:
        DiffvizError: if the settings don't fit, or nothing could ever be sampled.
        KeyboardInterrupt: after Ctrl+C.
        TypeError: if ``what`` is neither.
    """
    terminal = Terminal.here(color, None)
    if isinstance(what, Model):
        name = find_name(sampler, SAMPLER_INFO)
        if name is None:
            raise DiffvizError(f"unknown sampler '{sampler}': {suggestion(sampler, SAMPLER_INFO)}")
        spec = SamplingSpec(name, steps, eta).resolved()
        length = _LENGTH_S if speed is None else None
        options = RunOptions(OWN + what.name, seed, spec, "own", None, speed, length)
        code = _show_model(what, options, terminal)
    elif isinstance(what, Iterable):
        code = _show_steps(what, terminal)
    else:
        kind = type(what).__name__
        raise TypeError(f"show() takes a diffviz.Model or steps, nothing of type {kind}")
    if code == INTERRUPTED:
        raise KeyboardInterrupt


def _show_model(model: Model, options: RunOptions, terminal: Terminal) -> int:
    def open_pipeline(_weights: str) -> OwnPipeline:
        return OwnPipeline(model, "this process")

    if not terminal.interactive:
        import sys

        from ..plain.run import run_plain

        return run_plain(options, sys.stdout, open_pipeline)
    from ..app import RunApp
    from ..terminal_app import run_until_left

    app = RunApp(options, open_pipeline, terminal=terminal)
    try:
        failure = run_until_left(app)
    finally:
        app.bridge.driver.close()  # its thread ends after the step under way
    if failure:
        raise DiffvizError(failure)
    return app.return_code or 0


def _show_steps(steps: Iterable[Any], terminal: Terminal) -> int:
    from ..screens.steps.step_source import IteratorSource

    source = IteratorSource(steps)
    if not terminal.interactive:
        source.take()
        if source.problem:
            raise DiffvizError(source.problem)
        last = source.read(source.number - 1) if source.number else None
        print(f"{source.number} steps" + (f", the last at t = {last.t:g}" if last else ""))
        return 0
    from ..screens.steps.steps_screen import StepsScreen
    from ..training_app import show as show_screen

    return show_screen(lambda: StepsScreen(source), terminal)
