"""The app in headless Chromium, as ``textual serve "diffviz run"`` shows it."""

import importlib.util
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pyte
import pytest

from ..browser import CHROMIUM, Browser

TEXTUAL = Path(sys.executable).with_name("textual")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium"),
    pytest.mark.skipif(
        not TEXTUAL.is_file() or importlib.util.find_spec("textual_serve") is None,
        reason="needs textual serve: the extra web",
    ),
]
DIFFVIZ = "diffviz run --seed 17 --speed max --threads 1"
_TIMEOUT_S = 60.0


class WebScreen:
    """What the terminal in the browser shows, by another emulator."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        sizes = [json.loads(message) for message in browser.sent if "resize" in message]
        self.columns, self.rows = sizes[-1][1]["width"], sizes[-1][1]["height"]
        self._screen = pyte.Screen(self.columns, self.rows)
        self._stream = pyte.ByteStream(self._screen)
        self._read = 0

    @property
    def lines(self) -> list[str]:
        """Return the lines now."""
        self.browser.run("0")  # takes in what has come
        self._stream.feed(self.browser.received[self._read :])
        self._read = len(self.browser.received)
        return self._screen.display

    def wait_for(self, text: str) -> tuple[int, int]:
        """Wait until ``text`` is on the screen; return its column and row."""
        end = time.monotonic() + _TIMEOUT_S
        while time.monotonic() < end:
            for row, line in enumerate(self.lines):
                if text in line:
                    return line.index(text), row
            self.browser.run("new Promise(done => setTimeout(done, 100))")
        raise AssertionError(f"no {text!r} in\n" + "\n".join(self.lines))

    def click(self, column: float, row: float) -> None:
        """Click on a cell."""
        x, y, width, height = self.browser.run(
            "(r => [r.x, r.y, r.width, r.height])"
            "(document.querySelector('.xterm-screen').getBoundingClientRect())"
        )
        self.browser.click(
            x + (column + 0.5) * width / self.columns, y + (row + 0.5) * height / self.rows
        )


@pytest.fixture
def address():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [TEXTUAL, "serve", DIFFVIZ, "--host", "127.0.0.1", "--port", str(port)],
        env={**os.environ, "PATH": f"{TEXTUAL.parent}{os.pathsep}{os.environ['PATH']}"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        end = time.monotonic() + _TIMEOUT_S
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert server.poll() is None
            assert time.monotonic() < end
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.terminate()
        server.wait()


def test_noise_becomes_a_digit_and_keys_and_clicks_work(address, tmp_path):
    with Browser(tmp_path / "profile", 1280, 800) as browser:
        browser.open(address)
        browser.wait_for("document.querySelector('.xterm-screen')")
        end = time.monotonic() + _TIMEOUT_S
        while not any("resize" in message for message in browser.sent):
            assert time.monotonic() < end
            browser.run("new Promise(done => setTimeout(done, 100))")
        screen = WebScreen(browser)
        screen.wait_for("seed 17")
        screen.wait_for("● done")
        assert b"38;2;" in browser.received  # true colour
        browser.picture(tmp_path / "run.png", full=False)
        screen.click(2, 0)  # the terminal has the keys now
        browser.press("3")
        screen.wait_for("t  400")
        browser.press("b")
        screen.wait_for("Esc cancel")
        browser.press("8")
        screen.wait_for("8 children")
        screen.wait_for("child 1: Enter keeps it")
        column, row = screen.wait_for("#5")  # the label below the fifth child
        screen.click(column + 2, row - 2)
        screen.wait_for("child 5: Enter keeps it")
        browser.picture(tmp_path / "branch.png", full=False)
        browser.press("Escape")
        screen.wait_for("b branch")  # on the run screen again
        browser.press("q")
        browser.wait_for("document.body.innerText.includes('ended')")
