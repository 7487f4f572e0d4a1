"""When the entries got their present form, kept in the state for feeds; the rule is `mapping.revisions`."""

from __future__ import annotations

import json
from collections.abc import Mapping

from mapping.model import CanonicalCalendar
from mapping.revisions import Moments, moments_by_files, revise
from syncd.state.ledger import Ledger

REVISED_FACT = "revised-entries"
"""Fact: year/entry to its moment, a JSON object."""
TIMES_FACT = "edition-times"
"""Fact where several machines serve one state: the digest of what is to be served and when its files were written."""


def note_revised(
    calendar: CanonicalCalendar,
    ledger: Ledger,
    before: CanonicalCalendar | None,
    *,
    edited_at: Mapping[str, float],
) -> None:
    """Take in that ``calendar`` is put in force in place of ``before``; done in the order of the editions."""
    moments = revise(calendar, before, _known(ledger), edited_at)
    kept = {"/".join(name): moment for name, moment in moments.items()}
    ledger.set_fact(REVISED_FACT, json.dumps(kept, sort_keys=True))


def revised(
    calendar: CanonicalCalendar,
    ledger: Ledger,
    before: CanonicalCalendar | None,
    *,
    edited_at: Mapping[str, float],
) -> Moments:
    """What `note_revised` would keep, and nothing is kept: of a calendar in force, or of what its files say now."""
    known = _known(ledger)
    return revise(calendar, before, known, edited_at) if known else moments_by_files(calendar, edited_at)


def keep_edition_times(ledger: Ledger, digest: str, edited_at: Mapping[str, float]) -> None:
    """For the machines that read an edition from the state: of several copies the times of the first one count."""
    if not edition_times(ledger, digest):
        ledger.set_fact(TIMES_FACT, json.dumps({"digest": digest, "edited_at": dict(edited_at)}))


def edition_times(ledger: Ledger, digest: str) -> dict[str, float]:
    """What `keep_edition_times` kept of that edition; empty where it kept nothing."""
    try:
        kept = json.loads(ledger.fact(TIMES_FACT) or "{}")
        return (
            {str(year): float(at) for year, at in kept["edited_at"].items()}
            if kept["digest"] == digest
            else {}
        )
    except (ValueError, KeyError, AttributeError, TypeError):
        return {}


def _known(ledger: Ledger) -> Moments:
    try:
        kept = json.loads(ledger.fact(REVISED_FACT) or "{}")
        return {(name.split("/")[0], name.split("/")[1]): int(at) for name, at in kept.items()}
    except (ValueError, IndexError, AttributeError, TypeError, OverflowError):
        return {}
