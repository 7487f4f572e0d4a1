"""Exit codes, and which of several reasons a command ends with: the first of this order wins."""

from __future__ import annotations

from connectors.errors import ConnectorError
from mapping.errors import InvalidCalendarError, SyncdError
from syncd.errors import LockedError, RefusedError, SettingsError, StaleApprovalError, UsageError
from syncd.reconcile.report import CycleReport

USAGE = 64
INVALID = 78
"""Settings or data cannot be used."""
DECIDE = 3
"""Refused; a person must decide."""
FAILED = 1
"""Something failed and a retry may help."""
PENDING = 2
"""A dry run found changes."""
DONE = 0


def of_error(error: SyncdError) -> int:
    """The code an error ends a command with."""
    if isinstance(error, UsageError):
        return USAGE
    if isinstance(error, (SettingsError, InvalidCalendarError)):
        return INVALID
    if isinstance(error, (RefusedError, StaleApprovalError)):
        return DECIDE
    if isinstance(error, (ConnectorError, LockedError)):
        return FAILED
    return FAILED


def of_report(report: CycleReport, *, dry: bool) -> int:
    """The code a cycle ends a command with."""
    if report.must_decide:
        return DECIDE
    if report.failed or report.stopped:
        return FAILED
    if dry and any(report.pending().values()):
        return PENDING
    return DONE
