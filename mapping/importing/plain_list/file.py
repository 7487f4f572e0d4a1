"""A plain list as a calendar file, and its questions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from mapping.document.dates import FARTHEST
from mapping.importing.dates import Form
from mapping.importing.plain_list.conclude import ListConclusion
from mapping.importing.plain_list.row import LONGEST_TITLE, ListSite
from mapping.importing.questions import OUT, Answers, Kind, Question, slug
from mapping.model import Days

LISTED = "imported"
"""What the calendar of entries is called that came from a list."""


def list_questions(made: ListConclusion, answers: Answers) -> Iterator[Question]:
    """One for each line that names a day and stands in no entry, and for each row with a doubt."""
    for number, one in enumerate(made.all_unread, start=1):
        yield Question(
            name=f"{Kind.UNREAD}-{number}", kind=Kind.UNREAD, spot=one.spot, text=one.text,
            reason="a day stands here and in no entry, which keeps the list from being used; make a row of it in the "
            "document, or say that it was read and belongs to none",
            how="read",
        )  # fmt: skip
    for number, one in enumerate(made.remarks, start=1):
        yield Question(
            name=f"remark-{number}", kind=Kind.TEXT, spot=one.spot, text=one.text,
            reason="this is in the file and was not taken as printed text", proposal="yes: it is known and changes nothing",
            how="yes",
        )  # fmt: skip
    for row in made.records:
        if row.asked or answers.of(row.name):
            proposal = " - ".join(str(day) for day in (row.reading.start, row.reading.end) if day)
            yield Question(
                name=row.name, kind=Kind.CELL, spot=row.spot, text=f"{row.title}: {row.text}",
                reason="; ".join(row.asked) or "answered", proposal=f"{proposal}; {row.category}".strip("; "),
                how=f"yes, a date, a category, a term, or {OUT}",
            )  # fmt: skip


def list_file(made: ListConclusion, site: ListSite, language: str, taken: set[str]) -> dict[str, Any]:
    """The calendar file with every row that is not left out."""
    entries = []
    used = set(taken)
    code = language or site.official
    for row in made.records:
        if row.left_out or row.reading.form is Form.NONE:
            continue
        id_ = _unused(slug(row.title), used)
        start, end = row.reading.start, row.reading.end
        kind = {Form.UNTIL: "until", Form.DAY: "day"}.get(row.reading.form, "window")
        entry: dict[str, Any] = {
            "id": id_,
            "terms": [row.term or site.whole_year] if row.term or site.whole_year else None,
            "schools": list(row.schools) or None,
            "category": row.category,
            "audience": site.audience,
            "kind": kind,
            "start": _iso(start or end),
            "end": _iso(end or start),
            "title": {code: row.title[:LONGEST_TITLE]},
            "text": {code: "\n".join(filter(None, (row.title, row.text)))},
            "note": {code: row.note} if row.note else None,
            "unconfirmed": ["dates"] if row.asked else None,
            "place": {key: str(value) for key, value in row.spot.as_json().items() if value is not None},
        }
        entries.append({key: value for key, value in entry.items() if value is not None})
    return {"calendar": LISTED, "programme": site.programme, "entries": entries}


def list_terms(entries: Sequence[Mapping[str, Any]], site: ListSite) -> dict[str, dict[str, str]]:
    """Proposed first and last entry of each term that has rows: days off and deadlines only where it has no others."""
    out: dict[str, dict[str, str]] = {}
    for term in site.terms:
        rows = [entry for entry in entries if entry.get("terms") == [term]] if term != site.whole_year else []
        best = [
            row
            for row in rows
            if row["category"] not in site.days_off and row["kind"] != "until" and not row.get("schools")
        ] or rows
        if best:
            first = min(best, key=lambda row: str(row["start"]))
            last = max(best, key=lambda row: str(row["end"]))
            out[term] = {"first": first["id"], "last": last["id"]}
    return out


def mark_far(entries: Sequence[dict[str, Any]], lasting: Sequence[Days]) -> list[str]:
    """Let entries lie far outside the terms, where check would refuse the list for them; their ids.

    ``lasting``: how long the year's terms last.
    """
    if not lasting:
        return []
    first = min(days.start for days in lasting) - timedelta(days=FARTHEST)
    last = max(days.last for days in lasting) + timedelta(days=FARTHEST)
    far = [
        entry
        for entry in entries
        if not first <= date.fromisoformat(entry["start"]) <= date.fromisoformat(entry["end"]) <= last
    ]
    for entry in far:
        entry["far"] = "yes"
    return [entry["id"] for entry in far]


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _unused(base: str, used: set[str]) -> str:
    name, number = base, 1
    while name in used:
        number += 1
        name = f"{base}-{number}"
    used.add(name)
    return name
