"""Starts the real program with a kill switch in it: the n-th write or commit, before or after, ends in SIGKILL.

Reads one job a line (JSON: ``environment``, ``words``, ``kill``), runs each in a process of its own, forked
from this one so that nothing is imported twice, and answers with a line (JSON: ``status``, ``counts``, empty
after a kill). The
product knows nothing of this: its functions are wrapped here, in the child.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from connectors.canvas.connector import CanvasConnector
from connectors.google_calendar.connector import GoogleCalendarConnector
from syncd import cli
from syncd.commands import cycle
from syncd.state.database import Database

__all__ = ["cycle"]
"""Imported before any child is forked: it brings all that a run needs."""


class Switch:
    """Counts calls of each kind and ends the process at the one that was chosen."""

    def __init__(self, chosen: str, counts: Path) -> None:
        self._chosen = chosen
        self._counts = counts
        self._calls: Counter[str] = Counter()
        self._mutex = threading.Lock()

    def passes(self, what: str) -> None:
        """One moment, such as ``write before``; the chosen one is ``write before 3``, 0 the first."""
        with self._mutex:
            number = self._calls[what]
            self._calls[what] += 1
            if self._chosen == f"{what} {number}":
                os.kill(os.getpid(), signal.SIGKILL)

    def tell(self) -> None:
        """Leave the counts for the parent."""
        self._counts.write_text(json.dumps(self._calls), encoding="utf-8")

    def around_apply(self, apply: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*words: Any) -> Any:
            self.passes("write before")
            written = apply(*words)
            self.passes("write after")
            return written

        return watched

    def around_commit(self, write: Callable[..., Any]) -> Callable[..., Any]:
        @contextmanager
        def watched(database: Database) -> Iterator[Any]:
            self.passes("commit before")
            with write(database) as connection:
                yield connection
            self.passes("commit after")

        return watched

    def set(self) -> None:
        """Wrap what writes."""
        for connector in (CanvasConnector, GoogleCalendarConnector):
            vars_of: Any = connector
            vars_of.apply = self.around_apply(connector.apply)
        database: Any = Database
        database.write = self.around_commit(Database.write)


def run(job: dict[str, Any], counts: Path) -> int:
    """One job in a child; the answer is its exit status, or minus the signal that ended it."""
    counts.unlink(missing_ok=True)
    child = os.fork()
    if child == 0:
        os.environ.clear()
        os.environ.update(job["environment"])
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        switch = Switch(job["kill"], counts)
        switch.set()
        code = cli.main(job["words"])
        switch.tell()
        sys.stderr.flush()
        os._exit(code)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def serve() -> None:
    """Jobs from standard input until it ends."""
    counts = Path(sys.argv[1])
    for line in sys.stdin:
        status = run(json.loads(line), counts)
        told = json.loads(counts.read_text(encoding="utf-8")) if counts.exists() else {}
        sys.stdout.write(json.dumps({"status": status, "counts": told}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve()
