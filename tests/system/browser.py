"""Headless Chromium over its DevTools pipe: enough to open a page, ask it, press keys and take pictures."""

import base64
import itertools
import json
import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import pytest

QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)

_PIECE = 1 << 18
"""Bytes read from the browser at once."""


class Browser:
    """One page. Use as a context."""

    def __init__(self, folder: Path) -> None:
        program = shutil.which("chromium")
        if program is None:
            pytest.skip("chromium is not installed here")
        ours_in, theirs_out = os.pipe()
        theirs_in, ours_out = os.pipe()
        # The pipe's ends are expected under these two numbers.
        shell = f'exec "$@" 3<&{theirs_in} 4>&{theirs_out}'
        self._process = subprocess.Popen(
            ["bash", "-c", shell, "bash", program, *QUIET, f"--user-data-dir={folder}"],
            pass_fds=(theirs_in, theirs_out),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._in = os.fdopen(ours_in, "rb", buffering=0)
        self._told = bytearray()
        self._out = os.fdopen(ours_out, "wb")
        self._numbers = itertools.count(1)
        self._session = ""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.call("Page.enable")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        self._in.close()
        with suppress(BrokenPipeError):
            self._out.close()

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One command and its result."""
        number = next(self._numbers)
        asked: dict[str, Any] = {"id": number, "method": method, "params": parameters}
        if self._session:
            asked["sessionId"] = self._session
        self._out.write(json.dumps(asked).encode() + b"\0")
        self._out.flush()
        while True:
            told = self._next()
            if told.get("id") == number:
                assert "error" not in told, told
                return dict(told["result"])

    def open(self, address: str, *, width: int = 1280, height: int = 900) -> None:
        """Show a page and wait until it has loaded."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        self.call("Page.navigate", url=address)
        self.loaded()

    def loaded(self) -> None:
        """Wait until the page that is on its way has loaded."""
        while self._next().get("method") != "Page.loadEventFired":
            pass

    def like(self, **features: str) -> None:
        """Media features such as ``prefers_color_scheme``, and ``media`` itself."""
        media = features.pop("media", "")
        named = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.call("Emulation.setEmulatedMedia", media=media, features=named)

    def ask(self, expression: str) -> Any:
        """The value of an expression in the page; its policy does not bind the debugger."""
        told = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

    def wait_for(self, expression: str) -> Any:
        """What a promise in the page comes to."""
        told = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

    def press(self, key: str) -> None:
        """One key, down and up."""
        codes = {"Tab": 9, "Enter": 13}
        for kind in ("rawKeyDown", "keyUp"):
            self.call(
                "Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=codes[key]
            )

    def picture(self, path: Path) -> None:
        """The whole page as a PNG."""
        shot = self.call("Page.captureScreenshot", captureBeyondViewport=True, optimizeForSpeed=True)
        path.write_bytes(base64.b64decode(shot["data"]))

    def paper(self, path: Path) -> int:
        """The page on A4; how many sheets."""
        printed = self.call("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
        raw = base64.b64decode(printed["data"])
        path.write_bytes(raw)
        return raw.count(b"/Type /Page\n") or raw.count(b"/Type /Page ")

    def names(self) -> list[tuple[str, str]]:
        """(role, name) of everything that a screen reader meets."""
        nodes = self.call("Accessibility.getFullAXTree")["nodes"]
        return [
            (node["role"]["value"], node.get("name", {}).get("value", ""))
            for node in nodes
            if not node["ignored"] and "role" in node
        ]

    def _next(self) -> dict[str, Any]:
        while (end := self._told.find(0)) < 0:
            piece = os.read(self._in.fileno(), _PIECE)
            assert piece, "the browser ended"
            self._told += piece
        raw = bytes(self._told[:end])
        del self._told[: end + 1]
        return dict(json.loads(raw))
