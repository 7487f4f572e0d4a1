"""The plan that waits for a person, kept as a page beside the state: what the notify command attaches.

It shows what the cycle that found it read. Written anew only where the plan is another one; gone with it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

from mapping.model import CanonicalCalendar
from syncd.reconcile.desired import DesiredSets
from syncd.reconcile.report import CycleReport
from syncd.reporting.plan import Wanted, render_plan
from syncd.state.plans import Edition

FILE_NAME = "plan.html"


class PlanPage:
    """One daemon's page. ``folder``: the state's; the page is for the service's own user alone."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE_NAME
        self._shown: str | None = None
        """Names the plan that was written last; None where none was."""

    def keep(self, report: CycleReport, edited: CanonicalCalendar, today: date) -> None:
        """Write or remove it after a cycle. ``edited``: the calendar of the data files. Raises `OSError`."""
        if not report.refused:
            self._shown = None
            self.path.unlink(missing_ok=True)
            return
        if report.decision == self._shown and self.path.exists():
            return
        language = next(iter(edited.university.languages), "")
        self._write(render_plan(_as_it_waits(report, edited, today), "html", Wanted(language=language)))
        self._shown = report.decision

    def _write(self, pieces: Iterable[str]) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        number = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(number, "w", encoding="utf-8", errors="replace") as file:  # noqa: PTH123 - a descriptor
            file.writelines(pieces)
        fresh.replace(self.path)


def _as_it_waits(report: CycleReport, edited: CanonicalCalendar, today: date) -> CycleReport:
    """The report as a dry run has it: of the edit that waits, where one does."""
    if not any(report.plans.counts(Edition.WAITING).values()):
        return report
    return replace(
        report,
        verdict=replace(report.verdict, edition=Edition.WAITING),
        calendar=edited,
        desired=DesiredSets(edited, today),
    )
