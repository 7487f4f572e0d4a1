"""What stands outside the tables: title, running heads, the list of holidays; whatever else there is is unread."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from mapping.importing.academic_year import year_of
from mapping.importing.date_tokens import cut, tidy
from mapping.importing.date_words import lexicon
from mapping.importing.dates import Form, read_dates
from mapping.importing.grid import Role
from mapping.importing.known import KnownEntry, KnownSite
from mapping.importing.pages import Line, SourceDocument, Spot, Table, Trouble

_DAYS = re.compile(
    r"(?P<d1>d)-(?P<d2>d)[.o]?f?(?P<m1>M)|(?P<d3>d)[.o]?f?(?P<m2>M)|(?P<m3>M)f?(?P<d4>d)(?:-(?P<d5>d))?|(?P<D>D)"
)
_NUMBER = re.compile(r"(?:№|N°|No\.?|Nr\.?|#)\s*(?P<number>\d+(?:[-/.]\d+)*)")
_HEAD_LINES = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Holiday:
    """A day of the list of holidays: ``entry`` is last year's, None for a new one."""

    spot: Spot
    text: str
    entry: KnownEntry | None
    start: date | None
    end: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """Lines by their role, and what follows from them."""

    roles: tuple[tuple[Line, Role], ...]
    unread: tuple[Trouble, ...]
    """Lines that are none of these, with a date or without one: they go into no entry."""
    holidays: tuple[Holiday, ...]
    has_list: bool
    number: str
    """Of the approved document, "" where none is printed."""
    approved: date | None


def outside_of(document: SourceDocument, site: KnownSite, first_year: int, language: str) -> Outside:
    """A role for every line."""
    lines = list(document.lines)
    before = _before_first_table(document)
    known = {_key(entry): entry for entry in site.holidays}
    days = {id(line): _days_in(line.text, language) for line in lines}
    matched = [
        line for line in lines if line not in before and days[id(line)] and _all_known(days[id(line)], known)
    ]
    has_list = bool(matched)
    listed = [index for index, line in enumerate(lines) if line in matched]
    first_listed, last_listed = (listed[0], listed[-1]) if listed else (len(lines), -1)
    roles: list[tuple[Line, Role]] = []
    unread: list[Trouble] = []
    holidays: list[Holiday] = []
    number, approved = "", None
    titles = _titles(document)
    for index, line in enumerate(lines):
        found = days[id(line)]
        if line.running:
            role = Role.RUNNING
        elif line in matched or (has_list and found and index > first_listed and _is_item(line.text)):
            role = Role.HOLIDAYS
            last_listed = max(last_listed, index)
            holidays.extend(_holidays(line, found, known, site, first_year))
        elif line in before or id(line) in titles:
            role = Role.TITLE
            number, approved, stray = _approval(line, number, approved, first_year, language)
            if stray:
                unread.append(Trouble(spot=line.spot, text=line.text))
        elif first_listed - _HEAD_LINES <= index < last_listed and not _has_number(line.text):
            # What introduces the list, and headings within it.
            role = Role.HOLIDAYS
        else:
            role = Role.TEXT
            unread.append(Trouble(spot=line.spot, text=line.text))
        roles.append((line, role))
    return Outside(
        roles=tuple(roles), unread=tuple(unread), holidays=tuple(holidays),
        has_list=has_list, number=number, approved=approved,
    )  # fmt: skip


def _before_first_table(document: SourceDocument) -> list[Line]:
    found: list[Line] = []
    for block in document.blocks:
        if isinstance(block, Table):
            return found
        found.append(block)
    return []


def _titles(document: SourceDocument) -> set[int]:
    """Lines right before a later table: the title of an annex."""
    found: set[int] = set()
    waiting: list[Line] = []
    for block in document.blocks:
        if isinstance(block, Table):
            found.update(id(line) for line in waiting[-4:])
            waiting = []
        else:
            waiting.append(block)
    return found


def _approval(
    line: Line, number: str, approved: date | None, first_year: int, language: str
) -> tuple[str, date | None, bool]:
    """Number and date of the approval, where the line gives them; whether a date is left that is none."""
    printed = _NUMBER.search(line.text)
    reading = read_dates(line.text, first_year, language=language)
    if reading.form is Form.DAY and reading.start is not None and (approved is None or printed):
        return (printed["number"] if printed and not number else number), reading.start, False
    if printed is not None and not number:
        number = printed["number"]
    symbols = cut(tidy(line.text), lexicon(language), None).symbols
    stray = reading.form is not Form.NONE or ("D" in symbols and printed is None)
    return number, approved, stray


def _has_number(text: str) -> bool:
    return any(char.isdigit() for char in text)


def _is_item(text: str) -> bool:
    return text.lstrip()[:1] in "-–—•·*" or text.rstrip()[-1:] in ";."


_Days = tuple[int, int, int]
"""Month, first day, last day."""


def _days_in(text: str, language: str) -> list[_Days]:
    """Days and months in a sentence, without a year."""
    found = cut(tidy(text), lexicon(language), None)
    out: list[_Days] = []
    for match in _DAYS.finditer(found.symbols):
        token = {name: found.tokens[match.start(name)] for name, value in match.groupdict().items() if value}
        if "D" in token:
            out.append((token["D"].month, token["D"].day, token["D"].day))
            continue
        month = next(token[name].number for name in ("m1", "m2", "m3") if name in token)
        first = next(token[name].number for name in ("d1", "d3", "d4") if name in token)
        last = next((token[name].number for name in ("d2", "d5") if name in token), first)
        out.append((month, first, last))
    return out


def _key(entry: KnownEntry) -> _Days:
    if entry.start is None or entry.end is None:
        return 0, 0, 0
    return entry.start.month, entry.start.day, entry.end.day


def _all_known(days: Sequence[_Days], known: dict[_Days, KnownEntry]) -> bool:
    return all(day in known for day in days)


def _holidays(
    line: Line, days: Sequence[_Days], known: dict[_Days, KnownEntry], site: KnownSite, first_year: int
) -> list[Holiday]:
    out = []
    for day in days:
        entry = known.get(day)
        month, first, last = day
        if entry is not None and entry.start is not None:
            year = entry.start.year + first_year - site.first_year
        else:
            year = year_of(month, first_year)
        start, end = _day(year, month, first), _day(year, month, last)
        out.append(Holiday(spot=line.spot, text=line.text, entry=entry, start=start, end=end))
    return out


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
