"""Which calendar is served, and which edit of it waits for a person.

The calendar last in force is kept in the state by content, so that a bad or a refused edit, also
after a restart, leaves what people see exactly as it was.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from mapping.drafts import without_years
from mapping.model import CanonicalCalendar
from mapping.planning.edit_guards import guard_edit, guard_publishing, guard_unconfirmed, years_in_force
from mapping.planning.guards import GuardHit, Limits
from syncd.reconcile.revisions import note_revised
from syncd.source.folder import SourceFolder
from syncd.state.ledger import Ledger

IN_FORCE_FACT = "calendar-in-force"
_SERVED: dict[str, CanonicalCalendar] = {}
"""Calendars by their digests: the one this process put in force last, and the one it built last from kept files.

Reading them anew would hold up an edit: an edit compares with the calendar before it more than once.
"""
YEARS_FACT = "years-in-force"
"""Fact: the academic years that were ever in force in this state, a JSON list."""
PINNED_FACT = "pinned-calendar"
PINNED_OVER_FACT = "pinned-over"
"""Facts of an undo: the calendar served instead, and that of the data files it was pinned over."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A calendar as the data files give it, and the bytes it was read from."""

    calendar: CanonicalCalendar
    files: Mapping[str, bytes]
    edited_at: Mapping[str, float] = field(default_factory=dict)
    """See `syncd.source.folder.SourceFolder`; empty for what is served again from the state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Editions:
    """``base`` is None on a first run. ``hits``: guards the edit struck, none where there is no edit."""

    candidate: Candidate
    base: CanonicalCalendar | None
    hits: tuple[GuardHit, ...]

    @property
    def served(self) -> CanonicalCalendar:
        """What is in force until a waiting edit is admitted."""
        if self.hits and self.base is not None:
            return self.base
        return self.candidate.calendar

    @property
    def waiting(self) -> CanonicalCalendar | None:
        return self.candidate.calendar if self.hits and self.base is not None else None

    @property
    def edited(self) -> bool:
        return self.base is not None and self.base.digest != self.candidate.calendar.digest


def compare_editions(
    candidate: Candidate, ledger: Ledger, *, today: date, limits: Limits, publish: str
) -> Editions:
    """The candidate, or what an undo put in its place, against the calendar last in force."""
    as_typed, candidate = candidate, honour_undo(candidate, ledger)
    if ledger.fact(IN_FORCE_FACT) == candidate.calendar.digest:
        return Editions(candidate=candidate, base=candidate.calendar, hits=())
    base = last_in_force(ledger)
    if base is None:
        return _first_edition(candidate)
    hits = (
        *guard_edit(base, candidate.calendar, today=today, limits=limits, served=_years_served(ledger)),
        *guard_unconfirmed(base, candidate.calendar),
    )
    # Whoever undid a run has spoken: to ask for the publication of what had been published would only delay it.
    if publish == "manual" and candidate is as_typed:
        hits = (guard_publishing(candidate.calendar.digest), *hits)
    return Editions(candidate=candidate, base=base, hits=hits)


def _first_edition(candidate: Candidate) -> Editions:
    """Nothing is an edit yet; only years with unconfirmed dates wait, and the others are served meanwhile."""
    nothing = without_years(candidate.calendar, candidate.calendar.years)
    hits = tuple(guard_unconfirmed(nothing, candidate.calendar))
    if not hits:
        return Editions(candidate=candidate, base=None, hits=())
    return Editions(
        candidate=candidate, base=without_years(candidate.calendar, {hit.scope for hit in hits}), hits=hits
    )


def honour_undo(candidate: Candidate, ledger: Ledger) -> Candidate:
    """The calendar that an undo pinned, as long as the data files are those it was pinned over."""
    pinned = ledger.fact(PINNED_FACT)
    if not pinned or ledger.fact(PINNED_OVER_FACT) != candidate.calendar.digest:
        return candidate
    files = ledger.calendar_files(pinned)
    if files is None:
        return candidate
    return Candidate(calendar=SourceFolder.from_files(files).served(), files=files)


def pin(ledger: Ledger, *, calendar: str, over: str) -> None:
    """Serve the kept calendar of that digest instead of the data files', until these change; '' ends it."""
    ledger.set_fact(PINNED_OVER_FACT, over)
    ledger.set_fact(PINNED_FACT, calendar)


def last_in_force(ledger: Ledger) -> CanonicalCalendar | None:
    """The calendar last in force, rebuilt from its files; None on a first run."""
    return kept_calendar(ledger, ledger.fact(IN_FORCE_FACT))


def kept_calendar(ledger: Ledger, digest: str) -> CanonicalCalendar | None:
    """A calendar kept by its digest; None where it was never kept."""
    if digest in _SERVED:
        return _SERVED[digest]
    files = ledger.calendar_files(digest) if digest else None
    if files is None:
        return None
    while len(_SERVED) > 1:
        _SERVED.pop(next(reversed(_SERVED)))
    _SERVED[digest] = SourceFolder.from_files(files).served()
    return _SERVED[digest]


def _years_served(ledger: Ledger) -> frozenset[str]:
    return frozenset(json.loads(ledger.fact(YEARS_FACT) or "[]"))


def put_in_force(candidate: Candidate, ledger: Ledger, *, now: float) -> None:
    """Make the candidate the calendar in force; done before its first write."""
    is_in_force = ledger.fact(IN_FORCE_FACT) == candidate.calendar.digest
    before = candidate.calendar if is_in_force else last_in_force(ledger)
    note_revised(candidate.calendar, ledger, before, edited_at=candidate.edited_at)
    ledger.keep_calendar(candidate.calendar.digest, candidate.files, now=now)
    ledger.set_fact(IN_FORCE_FACT, candidate.calendar.digest)
    ledger.set_fact(
        YEARS_FACT, json.dumps(sorted(_years_served(ledger) | years_in_force(candidate.calendar)))
    )
    _SERVED.clear()
    _SERVED[candidate.calendar.digest] = candidate.calendar
    if candidate.calendar.digest != ledger.fact(PINNED_FACT):
        # The data files have moved on: going back to their old text must not bring the undo back.
        pin(ledger, calendar="", over="")
