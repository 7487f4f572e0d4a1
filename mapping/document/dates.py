"""Dates in the data files: each entry has the days its kind needs, and none lies far outside its year.

Judges typing errors, not the approved document: a date that only looks odd is kept as printed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time, timedelta

from mapping.document.files import EntryAt, YearPart, programmes_of
from mapping.document.plain import Problems
from mapping.document.schemas import EntryShape
from mapping.model import Days, Hours, Kind, Shape
from mapping.terms import term_days, whole_span

FARTHEST = 60
"""Days before the first term or after the last in which an entry may still lie; more only with ``far: yes``."""
FARTHEST_OF_ALL = 300
"""Days that not even ``far: yes`` allows: a year was mistyped."""
_ONE_DAY = frozenset({Kind.DAY, Kind.UNTIL})
LONGEST_YEAR = 500
"""Days from the first term's first day to the last term's last."""


def entry_days(shape: EntryShape) -> Days | None:
    """The entry's days, from the first to the last; None for a rule and where they are not in order."""
    first, last = _edges(shape)
    if first is None or last is None or last < first:
        return None
    return Days.inclusive(first, last)


def _edges(shape: EntryShape) -> tuple[date | None, date | None]:
    """First and last day as written; one day needs to be written once."""
    if shape.days:
        return min(shape.days), max(shape.days)
    if shape.kind in _ONE_DAY:
        return shape.start or shape.end, shape.end or shape.start
    return shape.start, shape.end


def entry_hours(shape: EntryShape) -> Hours:
    """At what time the entry begins and ends."""
    is_deadline = shape.by is not None
    return Hours(begins=shape.from_, ends=shape.by if is_deadline else shape.to, is_deadline=is_deadline)


def check_dates(year: YearPart, whole_year_terms: Mapping[str, frozenset[str]], problems: Problems) -> None:
    """Add every fault in the year's dates.

    ``whole_year_terms``: programme to the terms that span its others and need no days of their own.
    """
    whole = [entry for entry in year.entries if entry.whole]
    for entry in whole:
        _check_kind(entry, problems)
        _check_hours(entry, problems)
        _check_amendment(entry, problems)
    by_id = {entry.shape.id: entry for entry in whole}
    terms = _terms(year, by_id, problems)
    _check_used_terms(year, whole_year_terms, problems)
    span = whole_span(terms.values())
    named = sum(map(len, year.shape.terms.values())) if year.shape is not None else 0
    if span is None or len(terms) < named:
        return
    if span.count > LONGEST_YEAR:
        message = (
            f"the terms last from {span.start} to {span.last}, {span.count} days; check the entries they name"
        )
        problems.add(year.document, ("terms",), message)
        return
    for entry in whole:
        _check_distance(entry, span, problems)


def terms_of(year: YearPart) -> dict[tuple[str, str], Days]:
    """Days of every term whose entries say them."""
    return _terms(year, {entry.shape.id: entry for entry in year.entries}, Problems())


def _check_kind(entry: EntryAt, problems: Problems) -> None:
    if entry.shape.kind is Kind.RULE:
        _check_rule(entry, problems)
    else:
        _check_window(entry, problems)


def _check_rule(entry: EntryAt, problems: Problems) -> None:
    shape, document, path = entry.shape, entry.document, entry.path
    for field in ("start", "end"):
        if getattr(shape, field) is not None:
            problems.add(document, (*path, field), f"a rule has no {field} of its own; take it out")
    if shape.rule is None:
        problems.add(document, path, "rule is missing: kind rule needs anchors and steps")
    elif shape.rule.publish == "date" and not shape.rule.steps:
        problems.add(document, (*path, "rule"), "a rule without steps has no date; write publish: text")


def _check_window(entry: EntryAt, problems: Problems) -> None:
    shape, document, path = entry.shape, entry.document, entry.path
    if shape.rule is not None:
        problems.add(document, (*path, "rule"), f"rule is only for kind rule, not for {shape.kind.value}")
    if shape.days:
        _check_days(entry, problems)
        return
    first, last = _edges(shape)
    for field, day in (("start", first), ("end", last)):
        if day is None and not (shape.kind is Kind.ANNOUNCED and first is last):
            problems.add(document, path, f"{field} is missing")
    if shape.start is None or shape.end is None:
        return
    if shape.end < shape.start:
        problems.add(document, (*path, "end"), f"the end {shape.end} lies before the start {shape.start}")
    elif shape.kind in _ONE_DAY and shape.end != shape.start:
        message = f"kind {shape.kind.value} is one day: make start and end equal or write kind: window"
        problems.add(document, (*path, "end"), message)


_TIMES = {
    Kind.DAY: ("from_", "to", "by"),
    Kind.WINDOW: ("from_", "to", "by"),
    Kind.UNTIL: ("by",),
    Kind.RULE: (),
    Kind.ANNOUNCED: (),
}
"""Which times each kind may have."""
_MIDNIGHT, _LAST_MINUTE = time(0, 0), time(23, 59)


def _check_hours(entry: EntryAt, problems: Problems) -> None:
    """Times that the kind has no use for, that run backward, or that no service would show as times."""
    shape = entry.shape
    given = {
        field: getattr(shape, field) for field in ("from_", "to", "by") if getattr(shape, field) is not None
    }

    def add(field: str, message: str) -> None:
        problems.add(entry.document, (*entry.path, field.rstrip("_")), message)

    for field in given.keys() - set(_TIMES[shape.kind]):
        name = field.rstrip("_")
        known = ", ".join(one.rstrip("_") for one in _TIMES[shape.kind])
        add(
            field,
            f"kind {shape.kind.value} has no {name}" + (f"; give {known}" if known else "; take it out"),
        )
    if given and shape.shape is Shape.BETWEEN:
        add(next(iter(given)), "an entry whose day is announced later has no time yet; take it out")
    if "to" in given and "by" in given:
        add("by", "by and to are the same moment here; keep one")
    if shape.kind is Kind.DAY and "by" in given and "from_" in given:
        add("by", "a day has either by, for a deadline, or from and to")
    if shape.kind is Kind.DAY and "to" in given and "from_" not in given:
        add("to", "to needs from: when does it begin? A deadline is by")
    ends = entry_hours(shape).ends
    if ends == _MIDNIGHT:
        field = "by" if "by" in given else "to"
        message = (
            f"{field} 00:00 would be shown as a whole day; write '23:59' of the day before, or a minute later"
        )
        add(field, message)
        return
    begins = shape.from_
    one_day = shape.start is not None and (shape.end or shape.start) == shape.start
    if begins is not None and ends is not None and one_day and ends <= begins:
        add(
            "by" if "by" in given else "to",
            f"the end {ends:%H:%M} does not lie after the beginning {begins:%H:%M}",
        )
    elif begins == _MIDNIGHT and (ends is None or ends == _LAST_MINUTE):
        add("from", "00:00 to 23:59 is the whole of the days, and would be shown so; take from and to out")


def _check_days(entry: EntryAt, problems: Problems) -> None:
    """A list of single days stands in place of start and end."""
    shape = entry.shape
    if shape.kind is not Kind.DAY:
        message = f"days is for kind day, not for {shape.kind.value}"
        problems.add(entry.document, (*entry.path, "days"), message)
    for field in ("start", "end"):
        if getattr(shape, field) is not None:
            message = f"{field} and days in one entry; keep days for single days, or start and end for a span"
            problems.add(entry.document, (*entry.path, field), message)


def _check_amendment(entry: EntryAt, problems: Problems) -> None:
    was = entry.shape.amended.was if entry.shape.amended is not None else None
    if was is not None and was.end < was.start:
        path = (*entry.path, "amended", "was", "end")
        problems.add(entry.document, path, f"the end {was.end} lies before the start {was.start}")


def _check_distance(entry: EntryAt, span: Days, problems: Problems) -> None:
    days = entry_days(entry.shape)
    if days is None:
        return
    most = FARTHEST_OF_ALL if entry.shape.far else FARTHEST
    margin = timedelta(days=most)
    for field, day in (("start", days.start), ("end", days.last)):
        if not span.start - margin <= day <= span.last + margin:
            message = (
                f"{field} {day} lies more than {most} days outside the year's terms, "
                f"{span.start} to {span.last}; is the year right?"
                + ("" if entry.shape.far else " If it is, write far: yes")
            )
            problems.add(entry.document, (*entry.path, field), message)


def _terms(year: YearPart, by_id: Mapping[str, EntryAt], problems: Problems) -> dict[tuple[str, str], Days]:
    found: dict[tuple[str, str], Days] = {}
    for programme, terms in year.shape.terms.items() if year.shape is not None else ():
        for term, named in terms.items():
            path = ("terms", programme, term)
            first, last = by_id.get(named.first), by_id.get(named.last)
            for field, id_, entry in (("first", named.first, first), ("last", named.last, last)):
                if entry is not None and entry.shape.kind is Kind.RULE:
                    problems.add(
                        year.document, (*path, field), f"{id_} is a rule and has no day; name a dated entry"
                    )
                elif (
                    entry is not None and (programmes := programmes_of(entry)) and programme not in programmes
                ):
                    message = f"{id_} belongs to the programme {', '.join(programmes)}, not to {programme}"
                    problems.add(year.document, (*path, field), message)
            first_days = entry_days(first.shape) if first is not None else None
            last_days = entry_days(last.shape) if last is not None else None
            if first_days is None or last_days is None:
                continue
            days = term_days(first_days, last_days)
            if days is None:
                message = f"the term ends on {last_days.last}, before its first day {first_days.start}"
                problems.add(year.document, path, message)
            else:
                found[programme, term] = days
    return found


def _check_used_terms(
    year: YearPart, whole_year_terms: Mapping[str, frozenset[str]], problems: Problems
) -> None:
    if year.shape is None:
        return
    for entry in year.entries:
        programmes = [one for one in programmes_of(entry) if one in whole_year_terms]
        if not programmes:
            continue
        dated = {
            term
            for programme in programmes
            for term in year.shape.terms.get(programme, {}).keys() | whole_year_terms[programme]
        }
        for index, term in enumerate(entry.shape.terms):
            if term not in dated:
                message = f"the term {term} of {', '.join(programmes)} has no first and last entry in {year.document.name}"
                problems.add(entry.document, (*entry.path, "terms", index), message)
