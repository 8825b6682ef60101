"""The app in a real terminal (a pty): how it is left, and what it leaves behind."""

import os
import signal
import time
from pathlib import Path

import pytest

from ...processes import DIFFVIZ, TerminalProcess

LAUNCH = """
import contextlib, fcntl, importlib.util, sys, termios
from dataclasses import replace
spec = importlib.util.spec_from_file_location("fakes", {fakes!r})
fakes = importlib.util.module_from_spec(spec)
spec.loader.exec_module(fakes)
from diffviz.core.errors import DiffvizError
from diffviz.tui.app import run_app
from diffviz.tui.run_options import RunOptions
from diffviz.core.sampling import SamplingSpec

def refuse(weights):
    raise DiffvizError("no weights 'toy'")

def hang(weights):
    import threading
    threading.Event().wait(60)

def with_torch(weights):
    import atexit, types
    sys.modules["torch"] = types.ModuleType("torch")
    atexit.register(print, "torn down")
    return fakes.FakeSampler(permits=1)

def raise_it(*_args):
    raise RuntimeError("a bug")

class Broken(fakes.FakeSampler):
    # Its worker meets a bug after the first step.

    def sample(self, seeds, num_inference_steps=None, **how):
        yield next(super().sample(seeds, 10))
        raise_it()

if {source!r} == "patient":
    from diffviz.tui.terminal import signals
    signals._GRACE_S = 60

if {source!r} == "bug_on_screen":
    from diffviz.tui.widgets.canvas import Canvas
    Canvas.render_lines = raise_it

class Endless(fakes.FakeSampler):
    # Never stops drawing.

    def sample(self, seeds, num_inference_steps=None, **how):
        import numpy as np
        rng = np.random.default_rng(0)
        step = next(super().sample(seeds, 10))
        for index in range(10**9):
            x_t = rng.normal(size=(1, 28, 28))
            yield replace(step, index=index, total=10**9, x_t=x_t)

with contextlib.suppress(OSError):
    if {source!r} != "orphan":
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # so that the kernel sends SIGHUP when it goes away

sources = dict(
    endless=Endless(),
    patient=Endless(),
    orphan=Endless(),
    broken=Broken(),
    bug_on_screen=fakes.FakeSampler(permits=1),
    with_torch=with_torch, fake=fakes.FakeSampler(permits=1), refuse=refuse, hang=hang
)
options = RunOptions("toy", 7, SamplingSpec(steps=10), "cpu", 1, None)
sys.exit(run_app(options, sources[{source!r}], fakes.FakeClassifier()))
"""
# Alternate screen, mouse (twice), focus, bracketed paste; cursor, line wrap; kitty's keys.
ON = [b"\x1b[?%dh" % mode for mode in (1049, 1000, 1003, 1004, 2004)]
OFF = [on[:-1] + b"l" for on in ON]
ON += [b"\x1b[?25l", b"\x1b[?7l", b"\x1b[>"]
OFF += [b"\x1b[?25h", b"\x1b[?7h", b"\x1b[<u"]


@pytest.fixture
def terminal():
    """Return a function that starts the app on a terminal, with one of the sources above."""
    opened = []

    def make(source: str) -> TerminalProcess:
        fakes = str(Path(__file__).parents[1] / "fakes.py")
        env = os.environ | {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
        opened.append(TerminalProcess(code=LAUNCH.format(fakes=fakes, source=source), env=env))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


def assert_restored(term: TerminalProcess) -> None:
    """Compare what was switched off with what was switched on, and the line's modes."""
    for on, off in zip(ON, OFF, strict=True):
        assert on in term.printed
        assert term.printed.rindex(off) > term.printed.rindex(on)
    assert term.modes_restored


@pytest.mark.parametrize("source", ["fake", pytest.param("hang", marks=pytest.mark.slow)])
@pytest.mark.parametrize(
    ("how", "code"),
    [
        (b"q", 0),
        (b"\x03", 130),
        (signal.SIGTERM, 143),
        (signal.SIGHUP, 129),
        (signal.SIGINT, 130),
        (signal.SIGQUIT, 131),
        (signal.SIGUSR1, 138),
    ],
)
def test_keys_and_signals_end_the_app_with_the_terminal_restored(terminal, source, how, code):
    term = terminal(source)
    # the frame of the noise may be left out on a busy machine, and no other has half-blocks
    term.read_until(lambda: b"quit" in term.printed)
    term.send(how)
    assert term.wait() == code
    assert_restored(term)
    assert b"Traceback" not in term.printed
    left = term.printed[term.printed.rindex(b"\x1b[?1049l") :]
    told = b"diffviz run --weights toy --seed 7 --sampler ddpm --steps 10\r\n" in left
    assert told == (code in (0, 130)), "how to see it again, on the terminal as it was"


def test_a_bug_in_the_worker_is_shown_and_the_app_goes_on(terminal):
    term = terminal("broken")
    term.read_until(lambda: b"a bug" in term.printed)
    term.press(b"q")
    assert term.wait() == 0
    assert_restored(term)
    assert b"Traceback" not in term.printed


def test_a_bug_in_drawing_exits_1_with_the_terminal_restored(terminal):
    term = terminal("bug_on_screen")
    assert term.wait() == 1
    assert_restored(term)


def test_a_second_interrupt_exits_at_once(terminal):
    term = terminal("patient")
    term.read_until(lambda: b"cpu" in term.printed)
    term.let_fill()
    for _ in range(2):
        term.process.send_signal(signal.SIGINT)
        time.sleep(0.1)  # two at once would be one
    assert term.process.wait(20) == 130
    assert term.modes_restored


def test_missing_weights_print_one_line_after_the_terminal_is_restored(terminal):
    term = terminal("refuse")
    assert term.wait() == 1
    left = term.printed[term.printed.rindex(b"\x1b[?1049l") :]
    assert b"diffviz: error: no weights 'toy'\r\n" in left
    assert left.count(b"\n") == 1
    assert b"Traceback" not in term.printed


def test_exit_with_torch_loaded_skips_its_teardown(terminal):
    term = terminal("with_torch")
    term.read_until(lambda: b"pause" in term.printed and b"cpu" in term.printed)
    term.press(b"q")
    assert term.wait() == 0
    assert b"torn down" not in term.printed


@pytest.mark.parametrize("source", ["endless", "orphan"])
def test_a_closed_terminal_ends_the_app(terminal, source):
    """Also an app that isn't the leader of the terminal's session, and so gets no SIGHUP."""
    term = terminal(source)
    term.read_until(lambda: b"cpu" in term.printed)
    term.hang_up()
    assert term.process.wait(20) == 129


@pytest.mark.slow
def test_a_signal_ends_the_app_while_the_terminal_takes_no_output(terminal):
    term = terminal("endless")
    term.read_until(lambda: b"cpu" in term.printed)
    term.let_fill()
    term.process.send_signal(signal.SIGTERM)
    assert term.process.wait(20) == 143
    assert term.modes_restored


HELD = """
import os, queue, signal, sys
from textual.drivers import _writer_thread
from diffviz.tui.cli import main

class Output(queue.Queue):
    # A signal that suspends comes while the queue of the output is locked.
    signals = [signal.SIGTSTP]

    def put(self, text):
        if self.signals and text and "starts a run" in text:
            with self.mutex:
                os.kill(os.getpid(), self.signals.pop())
        super().put(text)

_writer_thread.Queue = Output
sys.exit(main())
"""


@pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="asks /proc")
@pytest.mark.parametrize("how", [b"\x1a", signal.SIGTSTP, "while the output is locked"])
def test_an_app_is_suspended_with_the_terminal_restored_and_goes_on(tmp_path, how):
    def state() -> str:
        with open(f"/proc/{watch.process.pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0]

    command, held = ["watch", "--runs-dir", tmp_path], isinstance(how, str)
    with TerminalProcess(command, HELD if held else DIFFVIZ) as watch:
        if not isinstance(how, str):
            watch.read_until(lambda: b"diffviz train starts a run" in watch.printed)
            watch.send(how)
        watch.read_until(lambda: state() == "T")
        assert watch.modes_restored
        watch.read(0.2)
        assert watch.printed.rindex(b"\x1b[?1049l") > watch.printed.rindex(b"\x1b[?1049h")
        seen = watch.printed.count(b"diffviz train starts a run")
        watch.process.send_signal(signal.SIGCONT)
        watch.read_until(lambda: watch.printed.count(b"diffviz train starts a run") > seen)
        watch.press("q")
        assert watch.end() == 0
        assert watch.modes_restored
