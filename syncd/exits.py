"""Exit codes, and which of several reasons a command ends with: the first of this order wins.

The grammar takes its usage code from here, so nothing that `syncd --help` does not need is imported at the top.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mapping.errors import SyncdError
    from syncd.reconcile.report import CycleReport
    from syncd.reporting.status import Status

USAGE = 64
"""The command line cannot be understood, or names what there is not."""
INVALID = 78
"""Settings or data cannot be used."""
DECIDE = 3
"""Refused; a person must decide."""
FAILED = 1
"""Something failed and a retry may help."""
PENDING = 2
"""A dry run found changes."""
DONE = 0
INTERRUPTED = 130
"""Ended from the keyboard."""


def of_error(error: SyncdError) -> int:
    """The code an error ends a command with."""
    from mapping.errors import InvalidCalendarError
    from syncd.errors import RefusedError, SettingsError, StaleApprovalError, UsageError

    if isinstance(error, UsageError):
        return USAGE
    if isinstance(error, (SettingsError, InvalidCalendarError)):
        return INVALID
    if isinstance(error, (RefusedError, StaleApprovalError)):
        return DECIDE
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


def of_status(status: Status) -> int:
    """The code of `syncd status`: 0 only where all is in step."""
    if status.needs_a_person:
        return DECIDE
    return DONE if status.is_in_step else FAILED
