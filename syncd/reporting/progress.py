"""Progress of a cycle: a bar on a terminal after two seconds, a log line every half minute otherwise.

Both tell the rate and the time that is left, reckoned for each stage by itself.
"""

from __future__ import annotations

import sys
import threading
import time
from typing import Any, Self

BAR_AFTER_S = 2.0
LINE_EVERY_S = 30.0


class Progress:
    """Told (stage, done, all); called from several threads."""

    def __init__(self, log: Any, *, shows: bool = True) -> None:
        self._log = log
        self._mutex = threading.Lock()
        self._began = time.monotonic()
        self._said = self._began
        self._stages: dict[str, float] = {}
        """Stage to the moment it was first told of."""
        self._bar: Any = None
        self._tasks: dict[str, Any] = {}
        self._terminal = sys.stderr.isatty()
        self._shows = shows

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, stage: str, done: int, total: int) -> None:
        if not self._shows:
            return
        now = time.monotonic()
        with self._mutex:
            if not self._stages:
                # A daemon's cycles each begin anew.
                self._began = now if self._bar is None else self._began
            began = self._stages.setdefault(stage, now)
            rate = done / (now - began) if now > began else 0.0
            if done >= total:
                del self._stages[stage]
                if not self._stages and self._bar is not None:
                    self._bar.stop()
                    self._bar, self._tasks = None, {}
                    return
            if self._terminal and now - self._began > BAR_AFTER_S:
                self._draw(stage, done, total, rate)
            elif not self._terminal and now - self._said > LINE_EVERY_S:
                self._said = now
                left_s = int((total - done) / rate) if rate else None
                self._log.info(
                    "progress", stage=stage, done=done, of=total, per_s=round(rate, 1), left_s=left_s
                )

    def _draw(self, stage: str, done: int, total: int, rate: float) -> None:
        if self._bar is None:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
            from rich.progress import Progress as Bar

            self._bar = Bar(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[rate]:.1f}/s"),
                TimeRemainingColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            self._bar.start()
        if stage not in self._tasks:
            self._tasks[stage] = self._bar.add_task(stage, total=total, rate=rate)
        self._bar.update(self._tasks[stage], completed=done, total=total, rate=rate)
