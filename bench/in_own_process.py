"""Runs what is measured in a process of its own, so that its memory and processor time are its own.

Memory is the kernel's high-water mark of the process, set back right before the measured part where the
kernel allows it; processor time is user and system time of all its threads.
"""

from __future__ import annotations

import multiprocessing
import re
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

_STATUS = Path("/proc/self/status")
_RESET = Path("/proc/self/clear_refs")


@dataclass(slots=True, kw_only=True)
class Effort:
    """What a measured part took. ``peak_mb``: highest memory of the process, 0 where it is not told."""

    seconds: float = 0.0
    cpu_s: float = 0.0
    peak_mb: float = 0.0


@contextmanager
def measuring() -> Iterator[Effort]:
    """Measure the block; the values are there once it is over."""
    effort = Effort()
    with suppress(OSError):
        _RESET.write_text("5", encoding="ascii")
    began, cpu = time.perf_counter(), _cpu_s()
    try:
        yield effort
    finally:
        effort.seconds = time.perf_counter() - began
        effort.cpu_s = _cpu_s() - cpu
        effort.peak_mb = _peak_mb()


def run_apart(work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """The answer of a function of a module, called in a fresh process."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_answer, args=(theirs, work, args, kwargs))
    process.start()
    theirs.close()
    try:
        fine, answer = ours.recv()
    except EOFError:
        fine, answer = False, "the process ended without an answer"
    process.join()
    if not fine:
        raise RuntimeError(f"{work.__name__}: {answer}")
    return answer


def _answer(pipe: Connection, work: Callable[..., Any], args: Any, kwargs: Any) -> None:
    try:
        pipe.send((True, work(*args, **kwargs)))
    except BaseException as error:
        pipe.send((False, repr(error)))
        raise


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _peak_mb() -> float:
    with suppress(OSError):
        found = re.search(r"VmHWM:\s*(\d+) kB", _STATUS.read_text(encoding="ascii"))
        if found is not None:
            return int(found[1]) / 1024
    return 0.0
