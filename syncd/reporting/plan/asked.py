"""What a person asked to see of a plan, made good: an entry that is there, a language that the reader has."""

from __future__ import annotations

from dataclasses import replace

from mapping.document.plain import unknown
from mapping.model import CanonicalCalendar
from syncd.errors import UsageError
from syncd.reconcile.report import CycleReport
from syncd.reporting.plan import Wanted
from syncd.reporting.plan.voice import ENGLISH
from syncd.source.languages import LANGUAGES

_LEAST = 2
"""Letters of a language's code."""


def wanted_of(report: CycleReport, view: str, wanted: Wanted, *, spoken: str = "") -> Wanted:
    """``spoken``: the language of the asking side's terminal, as its locale names it, '' for none.

    Raises `UsageError` for an entry or a language that there is not.
    """
    if wanted.entry:
        _check_entry(report, wanted.entry)
    if wanted.language:
        _check_language(report.calendar, wanted.language)
        return wanted
    return replace(wanted, language=_default(report.calendar, spoken) if view == "html" else "")


def _check_entry(report: CycleReport, entry: str) -> None:
    known = {group.entry for group in report.plans.groups(report.edition)}
    if report.calendar is not None:
        years = report.calendar.with_drafts().years.values()
        known |= {one.id for year in years for one in year.entries}
    if entry not in known:
        raise UsageError(f"--entry: {unknown('entry', entry, known)}")


def _check_language(calendar: CanonicalCalendar | None, language: str) -> None:
    known = {*LANGUAGES, *(calendar.university.languages if calendar is not None else ())}
    if language not in known:
        raise UsageError(f"--language: {unknown('language', language, known)}")


def _default(calendar: CanonicalCalendar | None, spoken: str) -> str:
    """A page is handed on: the language of who asks for it, else English where the university has it, else its first."""
    code = spoken.partition("_")[0].partition(".")[0].casefold()
    own = tuple(calendar.university.languages) if calendar is not None else ()
    if len(code) >= _LEAST and code in {*LANGUAGES, *own}:
        return code
    return ENGLISH if not own or ENGLISH in own else own[0]
