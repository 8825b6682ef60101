"""Headless Chromium for tests, driven by its debugging pipe: no driver, no network."""

import base64
import json
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--hide-scrollbars", "--remote-debugging-pipe",
)  # fmt: skip
_TIMEOUT_S = 60.0


class Browser:
    """One page of a headless Chromium; a context manager.

    ``problems`` are the messages of its console that are errors or warnings, and exceptions;
    ``requests`` the addresses that it asked for; ``received`` and ``sent`` what went over its
    web sockets.
    """

    def __init__(self, profile: Path, width: int = 1280, height: int = 900) -> None:
        assert CHROMIUM is not None
        self.problems: list[str] = []
        self.requests: list[str] = []
        self.received = b""
        self.sent: list[str] = []
        self._number = 0
        self._buffer = b""
        to_browser, self._out = os.pipe()
        self._in, from_browser = os.pipe()
        # Chromium reads descriptor 3 and writes descriptor 4.
        command = (
            f"exec {CHROMIUM} {' '.join(_FLAGS)} --user-data-dir='{profile}' "
            f"3<&{to_browser} 4>&{from_browser} about:blank"
        )
        self._process = subprocess.Popen(
            ["bash", "-c", command],
            pass_fds=(to_browser, from_browser),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_browser)
        os.close(from_browser)
        self._session = ""
        pages = self._send("Target.getTargets")["targetInfos"]
        target = next(page["targetId"] for page in pages if page["type"] == "page")
        self._session = self._send("Target.attachToTarget", targetId=target, flatten=True)[
            "sessionId"
        ]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._send(f"{domain}.enable")
        self._send("Emulation.setFocusEmulationEnabled", enabled=True)
        self.resize(width, height)

    def __enter__(self) -> "Browser":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._in)
        os.close(self._out)

    def open(self, address: str) -> None:
        """Load a page, and wait until it is there."""
        self.problems.clear()
        self.requests.clear()
        self._send("Page.navigate", url=address)
        self.wait_for("document.readyState === 'complete'")

    def run(self, script: str) -> Any:
        """Return the value of an expression, or of what it promises."""
        answer = self._send(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def wait_for(self, condition: str, timeout: float = _TIMEOUT_S) -> None:
        """Wait until an expression is true."""
        end = time.monotonic() + timeout
        while not self.run(f"Boolean({condition})"):
            assert time.monotonic() < end, f"never: {condition}"
            # in the browser, which goes on meanwhile
            self.run("new Promise(done => setTimeout(done, 50))")

    def press(self, key: str, text: str | None = None) -> None:
        """Press a key by its DOM name."""
        text = key if text is None and len(key) == 1 else text
        down = {"type": "keyDown", "key": key} | ({"text": text} if text else {})
        self._send(
            "Input.dispatchKeyEvent", **down, code=_code(key), windowsVirtualKeyCode=_number(key)
        )
        self._send("Input.dispatchKeyEvent", type="keyUp", key=key, code=_code(key))

    def click(self, x: float, y: float) -> None:
        """Click at a place of the window."""
        for kind in ("mousePressed", "mouseReleased"):
            self._send("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def resize(self, width: int, height: int, phone: bool = False, **media: str) -> None:
        """Set the size of the window, and media features such as ``prefers-color-scheme``."""
        self._send(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=2 if phone else 1, mobile=phone,
        )  # fmt: skip
        features = [
            {"name": name.replace("_", "-"), "value": value} for name, value in media.items()
        ]
        self._send("Emulation.setEmulatedMedia", features=features)

    def offline(self) -> None:
        """Cut the network off."""
        self._send("Network.emulateNetworkConditions",
                   offline=True, latency=0, downloadThroughput=0, uploadThroughput=0)  # fmt: skip

    def picture(self, path: Path, full: bool = True) -> None:
        """Write a screenshot, of the whole page if ``full``."""
        answer = self._send("Page.captureScreenshot", format="png", captureBeyondViewport=full)
        path.write_bytes(base64.b64decode(answer["data"]))

    def print(self, path: Path) -> None:
        """Print the page as PDF."""
        path.write_bytes(base64.b64decode(self._send("Page.printToPDF")["data"]))

    def _send(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._receive()
            if answer.get("id") == self._number:
                assert "error" not in answer, (method, answer["error"])
                return answer["result"]
            self._note(answer)

    def _receive(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            new = os.read(self._in, 1 << 16)
            assert new, "the browser is gone"
            self._buffer += new
        line, _, self._buffer = self._buffer.partition(b"\0")
        return json.loads(line)

    def _note(self, event: dict[str, Any]) -> None:
        what = event.get("params", {})
        match event.get("method"):
            case "Runtime.exceptionThrown":
                self.problems.append(json.dumps(what["exceptionDetails"]))
            case "Runtime.consoleAPICalled" if what["type"] in ("error", "warning"):
                self.problems.append(json.dumps(what["args"]))
            case "Log.entryAdded" if what["entry"]["level"] in ("error", "warning"):
                self.problems.append(what["entry"]["text"])
            case "Network.webSocketFrameReceived":
                payload = what["response"]["payloadData"]
                binary = what["response"]["opcode"] == 2
                self.received += base64.b64decode(payload) if binary else payload.encode()
            case "Network.webSocketFrameSent":
                self.sent.append(what["response"]["payloadData"])
            case "Network.requestWillBeSent":
                self.requests.append(what["request"]["url"])


def _code(key: str) -> str:
    if key == " ":
        return "Space"
    return (
        f"Key{key.upper()}"
        if key.isalpha() and len(key) == 1
        else f"Digit{key}"
        if key.isdigit()
        else key
    )


def _number(key: str) -> int:
    special = {"ArrowLeft": 37, "ArrowRight": 39, "Home": 36, "End": 35, "Enter": 13, "Escape": 27}
    return special.get(key, ord(key.upper()) if len(key) == 1 else 0)
