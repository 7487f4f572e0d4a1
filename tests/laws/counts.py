"""Tells after the run how many worlds, writes, faults and kills there were, in however many processes.

A plugin named in `tests/conftest.py`: where workers run the tests, the process that prints loads no conftest of a
folder that only they collect.
"""

from __future__ import annotations

import sys
from collections import Counter
from typing import Any

import pytest

_TOTALS = {"in memory": "tests.laws.machine", "over HTTP": "tests.laws.wire"}
"""Kind of world to the module that counts it; loaded only where its tests ran."""

_of_workers: dict[str, Counter[str]] = {kind: Counter() for kind in _TOTALS}


def _of_this_process() -> dict[str, dict[str, int]]:
    return {kind: dict(sys.modules[name].TOTALS) for kind, name in _TOTALS.items() if name in sys.modules}


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker hands its counts to the process that prints."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["laws"] = _of_this_process()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Add up what a worker counted; one that fell has handed over nothing."""
    for kind, counts in getattr(node, "workeroutput", {}).get("laws", {}).items():
        _of_workers[kind].update(counts)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line of counts for each kind of world."""
    own = _of_this_process()
    for kind, counts in _of_workers.items():
        if totals := counts + Counter(own.get(kind, {})):
            told = ", ".join(f"{count} {what}" for what, count in sorted(totals.items()))
            terminalreporter.write_line(f"laws {kind}: {told}")
