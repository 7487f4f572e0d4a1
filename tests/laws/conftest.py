"""Tells after the run how many worlds, writes, faults and kills there were."""

from __future__ import annotations

import pytest

from tests.laws import machine, wire


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line of counts for each kind of world."""
    for name, totals in (("in memory", machine.TOTALS), ("over HTTP", wire.TOTALS)):
        if totals:
            counts = ", ".join(f"{count} {what}" for what, count in sorted(totals.items()))
            terminalreporter.write_line(f"laws {name}: {counts}")
