"""Another revision of this program, installed beside this one, and what its processes take.

Both builds are measured from outside and alike: as whole processes of the command line, their processor time as the
kernel counts it. Nothing of either is imported here.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from bench.bench_site import SiteFiles

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_S = 600.0
_FINE = (0, 2)
"""Done, and a dry run that would change something."""


@dataclass(frozen=True, slots=True)
class Build:
    """``python``: the interpreter of its environment."""

    name: str
    python: Path

    def data(self) -> Path:
        """The data files inside its package."""
        asked = [str(self.python), "-P", "-c", "from importlib.resources import files; print(files('data'))"]
        told = subprocess.run(asked, cwd="/", check=True, capture_output=True, text=True)  # noqa: S603
        return Path(told.stdout.strip())


@dataclass(frozen=True, slots=True)
class Spent:
    """What one process took: seconds of processor time, user and system, and seconds on the wall."""

    cpu_s: float
    wall_s: float

    def less(self, other: Spent) -> Spent:
        """What this one took beyond another; negative where that took more."""
        return Spent(self.cpu_s - other.cpu_s, self.wall_s - other.wall_s)


def this_build() -> Build:
    """The one that measures."""
    return Build("this build", Path(sys.executable))


@contextmanager
def other_build(revision: str) -> Iterator[Build]:
    """The revision, taken out of the repository and installed into an environment of its own.

    Everything else in there is by this tree's lock, so that only the program differs; a lock of the revision's own
    may not be installable by itself (that of 3870269 leaves out the extras that its packages ask for).
    """
    with tempfile.TemporaryDirectory(prefix="bench-against-") as name:
        folder = Path(name)
        source, python = folder / "source", folder / "venv" / "bin" / "python"
        source.mkdir()
        packed = subprocess.run(  # noqa: S603 - the repository's own git
            ["git", "-C", str(ROOT), "archive", revision],  # noqa: S607
            check=True,
            stdout=subprocess.PIPE,
        )
        subprocess.run(["tar", "-x", "-C", str(source)], input=packed.stdout, check=True)  # noqa: S603, S607
        _run([sys.executable, "-m", "venv", "--without-pip", str(folder / "venv")])
        pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps"]
        _run([*pip, "--require-hashes", "-r", str(ROOT / "requirements.txt")])
        _run([*pip, "--no-build-isolation", str(source)])
        yield Build(revision, python)


def _run(command: Sequence[str]) -> None:
    subprocess.run(command, check=True)  # noqa: S603 - commands of this module


def spend(build: Build, files: SiteFiles, *arguments: str) -> Spent:
    """Run one command of a build to its end. Raises RuntimeError where it fails."""
    environment = _environment(files)
    began = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603 - a build of ours
        [str(build.python), "-m", "syncd", *arguments],
        cwd=files.folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None  # noqa: S101 - asked for above
    said = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall_s = time.perf_counter() - began
    if process.returncode not in _FINE:
        raise RuntimeError(f"{build.name}: syncd {' '.join(arguments)}: {said.decode()[-500:]}")
    return Spent(used.ru_utime + used.ru_stime, wall_s)


def _environment(files: SiteFiles) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ") if name in os.environ}
    return {**kept, **files.variables(), "SYNCD_LOG_LEVEL": "INFO", "SYNCD_LOG_FORMAT": "json"}


class Daemon:
    """A running `syncd run`, followed by the lines of its log."""

    def __init__(self, build: Build, files: SiteFiles) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - a build of ours
            [str(build.python), "-m", "syncd", "run"],
            cwd=files.folder,
            env=_environment(files),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._lines: list[str] = []
        self._told = threading.Condition()
        threading.Thread(target=self._listen, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def cpu_s(self) -> float:
        """Processor seconds of all its threads so far."""
        # The clock of another process, by the rule of Linux that clock_getcpuclockid(3) follows.
        return time.clock_gettime((~self._process.pid << 3) | 2)

    def tell(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    def await_line(self, event: str, nth: int = 1) -> None:
        """Wait until a line of this name was logged for the nth time."""
        latest = time.monotonic() + PATIENCE_S
        with self._told:
            while self.count(event) < nth:
                if self._process.poll() is not None or not self._told.wait(latest - time.monotonic()):
                    raise RuntimeError(f"no {nth} lines {event!r}: {''.join(self._lines[-20:])}")

    def count(self, event: str) -> int:
        return sum(event_of(line) == event for line in self._lines)

    def _listen(self) -> None:
        assert self._process.stdout is not None  # noqa: S101 - asked for above
        for line in self._process.stdout:
            with self._told:
                self._lines.append(line)
                self._told.notify_all()
        with self._told:
            self._told.notify_all()


def event_of(line: str) -> str:
    """Name of a log line, '' of what is none."""
    try:
        told: Any = json.loads(line)
    except ValueError:
        return ""
    return str(told.get("event", "")) if isinstance(told, dict) else ""
