"""Tells after the run how many worlds, writes, faults and kills there were."""

from __future__ import annotations

import pytest

from tests.laws.machine import TOTALS


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line of counts."""
    if TOTALS:
        counts = ", ".join(f"{count} {name}" for name, count in sorted(TOTALS.items()))
        terminalreporter.write_line(f"laws: {counts}")
