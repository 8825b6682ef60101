"""Torch stays away until the first frame is on the screen."""

import subprocess
import sys

CODE = """
import asyncio, sys, threading
import diffviz.tui.app as app_module
import diffviz.tui.plain.run
from diffviz.core.sampling import SamplingSpec
from diffviz.tui.worker.thread_driver import ThreadDriver
from diffviz.tui.run_options import RunOptions
from diffviz.tui.widgets.canvas import Canvas

assert "torch" not in sys.modules, "imported with the modules"
asked, go = threading.Event(), threading.Event()
painted_before_asked = []

open_driver = ThreadDriver.open
def watched_open(self):
    painted_before_asked.append(painted[0])
    open_driver(self)
ThreadDriver.open = watched_open

def source(weights):
    asked.set()
    go.wait(20)
    raise RuntimeError("enough")

painted = [False]
draw = Canvas.render_lines
def watched(self, crop):
    painted[0] = True
    return draw(self, crop)
Canvas.render_lines = watched

async def main():
    app = app_module.RunApp(RunOptions("toy", 7, SamplingSpec(), "cpu", 1, None), source)
    async with app.run_test(size=(80, 24)) as pilot:
        while not asked.is_set():
            await pilot.pause(0.01)
        assert painted_before_asked == [True], "asked for weights before the first frame"
        assert "loading weights" in app.export_screenshot().replace("&#160;", " ")
        assert "torch" not in sys.modules, "imported by the first frame"
        go.set()

asyncio.run(main())
print("fine")
"""


def test_first_frame_needs_no_torch():
    done = subprocess.run(
        [sys.executable, "-c", CODE], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout == "fine\n", done.stderr
