"""Last year's plain documents to a proposal for the next year: ids, names and texts kept, dates moved on.

Proposes and decides nothing: whatever was made here is marked ``unconfirmed``, and the year is a draft.
Days off follow the law where a list of public holidays is given, and the calendar's own rule for those that
fall on a weekend; every other date stays on its weekday.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from mapping.comparison import year_numbers
from mapping.document.files import YEAR_FILE
from mapping.document.plain import PlainDocument
from mapping.drafts import DATES, TEXTS
from mapping.model import AcademicYear, Days, Entry, University
from mapping.terms import whole_span

_LEFT_BEHIND = ("review", "place", "amended", "unconfirmed", "worked")
"""What an entry says of last year's document alone."""
_DAY = timedelta(days=1)
_YEAR_DAYS = 365.2425
_SLACK = timedelta(days=7)
_IN_BRACKETS = re.compile(r"\s*\([^)]*\)")
_TRANSFER = re.compile(r"\((?:[^)]*[0-9]|observed)[^)]*\)")
"""How the list names a day that is off in another's place: by that day's date, or as observed."""
_NUMBER = re.compile(r"[0-9]{4}")

Holidays = Mapping[date, str]


@dataclass(slots=True, kw_only=True)
class Proposal:
    """Plain values of the new year's files by name within its folder, and what people should know of them."""

    name: str
    files: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def propose_year(
    documents: Mapping[str, PlainDocument],
    old: AcademicYear,
    name: str,
    university: University,
    law: Holidays,
) -> Proposal:
    """The year ``name`` as it follows from ``old``.

    ``documents``: the old year's files by name within its folder. ``law``: public holidays of both years,
    empty where no country is given.
    """
    made = Proposal(name=name)
    shift = shift_between(old.name, name)
    days_off = _DaysOff(university=university, old=old, shift=shift, law=law)
    entries = {entry.id: entry for entry in old.entries}
    for file, document in documents.items():
        if file == YEAR_FILE:
            made.files[file] = _year_file(document.value, name, shift)
            if known := document.value.get("known"):
                days = ", ".join(str(one["date"]) for one in known)
                made.notes.append(f"known in {YEAR_FILE} is of the old year and was left out: {days}.")
            continue
        worked = [
            *document.value.get("worked", ()),
            *(day for row in document.value["entries"] for day in row.get("worked", ())),
        ]
        if worked:
            days = ", ".join(map(str, worked))
            made.notes.append(
                f"The worked days of {file} are of the old year and were left out: {days}; name the new ones."
            )
        value = {key: inner for key, inner in document.value.items() if key not in {"source", "worked"}}
        value["entries"] = list(_entries(document.value["entries"], entries, days_off, shift))
        if not value["entries"]:
            made.notes.append(f"{file} has no entry left and was not made.")
            continue
        made.files[file] = value
    made.notes.extend(days_off.notes)
    return made


def empty_year(old: AcademicYear, name: str, university: University) -> Proposal:
    """A year with one row to be replaced and nothing of the old one's."""
    official = next(code for code, language in university.languages.items() if language.official)
    category = next((key for key, one in university.categories.items() if not one.day_off), "")
    first = date(_first_number(name) or old.document.approved_on.year + 1, 9, 1)
    row = {
        "id": "first-row",
        "category": category or next(iter(university.categories)),
        "audience": next(iter(university.audiences)),
        "kind": "day",
        "start": first.isoformat(),
        "end": first.isoformat(),
        "title": {official: "Replace this row"},
        "unconfirmed": [DATES, TEXTS],
    }
    week = [str(day) for day in sorted(old.working_week)]
    document = {
        "title": {official: name},
        "number": old.document.number,
        "date": first.isoformat(),
        "body": dict(old.document.body),
        "unconfirmed": "true",
    }
    made = Proposal(name=name)
    made.files[YEAR_FILE] = {
        "year": name,
        "draft": "true",
        "document": {key: value for key, value in document.items() if value},
        "terms": {},
    }
    made.files["calendar.yaml"] = {"calendar": "calendar", "working_week": week, "entries": [row]}
    return made


def shift_between(old: str, new: str) -> timedelta:
    """Whole weeks from one academic year to another, by the numbers in their names; one year without any."""
    before, after = _first_number(old), _first_number(new)
    years = after - before if before and after and after != before else 1
    return timedelta(weeks=round(_YEAR_DAYS * years / 7))


def _first_number(name: str) -> int:
    found = _NUMBER.search(name)
    return int(found.group()) if found else 0


def _year_file(value: Any, name: str, shift: timedelta) -> dict[str, Any]:
    document = {**value["document"], "unconfirmed": "true"}
    if document.get("date"):
        document["date"] = (date.fromisoformat(document["date"]) + shift).isoformat()
    rest = {key: inner for key, inner in value.items() if key not in {"year", "draft", "document", "known"}}
    return {"year": name, "draft": "true", "document": document, **rest}


def _entries(
    rows: list[dict[str, Any]], entries: Mapping[str, Entry], days_off: _DaysOff, shift: timedelta
) -> Iterator[dict[str, Any]]:
    for row in rows:
        entry = entries[row["id"]]
        is_off = days_off.concerns(entry)
        moved = days_off.days(entry) if is_off else None
        if is_off and moved is None:
            continue
        made = {key: _moved(key, inner, shift) for key, inner in row.items() if key not in _LEFT_BEHIND}
        if moved is not None and entry.days is not None:
            made |= _on_days(row, moved)
        doubts = [DATES] if entry.days is not None else []
        doubts += [TEXTS] if year_numbers(entry) else []
        if doubts:
            made["unconfirmed"] = doubts
        yield made
        if is_off and moved is not None:
            yield from days_off.new_transfer(row, entry, moved)


def _moved(key: str, value: Any, shift: timedelta) -> Any:
    """A field's value with the days in it moved on."""
    if key in {"start", "end"} and isinstance(value, str):
        return (date.fromisoformat(value) + shift).isoformat()
    if key == "days" and isinstance(value, list):
        return [(date.fromisoformat(one) + shift).isoformat() for one in value]
    return value


def _on_days(row: Mapping[str, Any], days: Days) -> dict[str, Any]:
    value = {"start": days.start.isoformat()}
    if "end" in row or days.count > 1:
        value["end"] = days.last.isoformat()
    if row.get("kind") == "day" and days.count > 1:
        value["kind"] = "window"
    return value


@dataclass(slots=True, kw_only=True)
class _DaysOff:
    """The new year's days off: by law, by the calendar's own rule for transfers, else on their weekday."""

    university: University
    old: AcademicYear
    shift: timedelta
    law: Holidays
    notes: list[str] = field(default_factory=list)
    _span: Days = field(init=False)
    """The days within which the new year's holidays are looked for: those of all of the old year, moved on."""
    _new: dict[str, Days] = field(init=False)
    _transfers: dict[str, Days] = field(init=False)

    def __post_init__(self) -> None:
        off = [entry for entry in self.old.entries if self.concerns(entry)]
        whole = whole_span(entry.days for entry in self.old.entries if entry.days) or Days.inclusive(
            date.min, date.min
        )
        self._span = Days(whole.start + self.shift - _SLACK, whole.end + self.shift + _SLACK)
        self._new = {
            entry.id: self._by_law(entry.id, entry.days)
            for entry in off
            if entry.days and not entry.transfer_of
        }
        self._transfers = self._moved_by_rule() if any(entry.transfer_of for entry in off) else {}

    def concerns(self, entry: Entry) -> bool:
        return self.university.categories[entry.category].day_off and entry.days is not None

    def days(self, entry: Entry) -> Days | None:
        """Where the day off falls now; None for a transfer that the new year does not need."""
        if entry.transfer_of is None:
            return self._new.get(entry.id)
        found = self._transfers.get(entry.transfer_of)
        if found is None:
            self.notes.append(f"{entry.id} is left out: {entry.transfer_of} falls on no day off this time.")
        return found

    def new_transfer(self, row: Mapping[str, Any], entry: Entry, days: Days) -> Iterator[dict[str, Any]]:
        """A transfer that last year did not need; only where the law's list has its day too."""
        known = {one.transfer_of for one in self.old.entries if one.transfer_of}
        moved = self._transfers.get(entry.id)
        if moved is None or entry.id in known or any(day not in self.law for day in _each(moved)):
            return
        self.notes.append(f"{entry.id}-transfer is new: {entry.id} falls on {days.start:%A}; word its title.")
        kept = {
            key: inner for key, inner in row.items() if key in {"terms", "schools", "category", "audience"}
        }
        yield {
            "id": f"{entry.id}-transfer",
            **kept,
            "kind": "day" if moved.count == 1 else "window",
            "start": moved.start.isoformat(),
            "end": moved.last.isoformat(),
            "title": row["title"],
            "transfer_of": entry.id,
            "unconfirmed": [DATES, TEXTS],
        }

    def _by_law(self, id_: str, days: Days) -> Days:
        """The days of the same holidays near a year on; where the law's list does not know them, the same weekday."""
        found = {day: other for day in _each(days) if (other := self._same_holiday(day)) is not None}
        if len(set(found.values())) == days.count:
            return Days.inclusive(min(found.values()), max(found.values()))
        if found and len(found) * 2 >= days.count:
            # A feast of several days that moves, such as Eid, with days that the university adds: it moves as a whole.
            first = min(found)
            moved = self._run(found[first]) - self._run(first)
            self.notes.append(f"{id_} moves with its holiday in the list, as long as it was; count its days.")
            return Days(days.start + moved, days.end + moved)
        if self.law:
            self.notes.append(f"{id_} is not in the list of public holidays; it stays on its weekday.")
        return Days(days.start + self.shift, days.end + self.shift)

    def _run(self, day: date) -> date:
        """The first day of the holiday that lasts over this one."""
        while _names(self.law.get(day, "")) & _names(self.law.get(day - _DAY, "")):
            day -= _DAY
        return day

    def _same_holiday(self, day: date) -> date | None:
        names = _names(self.law.get(day, ""))
        if not names:
            return None
        years = round(self.shift.days / _YEAR_DAYS)
        wanted = day + timedelta(days=round(_YEAR_DAYS * years))
        near = [
            other
            for other, listed in self.law.items()
            if names & _names(listed) and self._span.start <= other < self._span.end
        ]
        return min(near, key=lambda other: (abs(other - wanted), other), default=None)

    def _moved_by_rule(self) -> dict[str, Days]:
        """Holiday to the working days that are off in its place, one for each of its days on a weekend."""
        taken = {day for days in self._new.values() for day in _each(days)}
        found: dict[str, Days] = {}
        for id_, days in sorted(self._new.items(), key=lambda one: one[1].start):
            count = sum(day.isoweekday() not in self.old.working_week for day in _each(days))
            day = days.last
            moved: list[date] = []
            while len(moved) < count:
                day += _DAY
                if day.isoweekday() in self.old.working_week and day not in taken:
                    moved.append(day)
                    taken.add(day)
            if moved:
                found[id_] = Days.inclusive(moved[0], moved[-1])
        return found


def _names(listed: str) -> frozenset[str]:
    """Names of the holidays on a day; empty for one that is itself a transfer."""
    parts = [part for part in listed.split("; ") if part and not _TRANSFER.search(part)]
    return frozenset(_IN_BRACKETS.sub("", part).strip() for part in parts)


def _each(days: Days) -> Iterator[date]:
    return (days.start + offset * _DAY for offset in range(days.count))
