"""What one row or line of a plain list says: its days, and which category it sounds like."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mapping.importing.date_tokens import DayOrder
from mapping.importing.dates import DateReading, Form, read_dates
from mapping.importing.pages import Cell
from mapping.importing.plain_list.words import EVERY_SCHOOL, KINDS_OF_WORDS, NO_CLASSES
from mapping.importing.wording import words


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """How dates are read: the academic year's first calendar year, what 3/2 means, the list's language."""

    first_year: int
    order: DayOrder | None
    language: str

    def read(self, text: str) -> DateReading:
        return read_dates(text, self.first_year, order=self.order, language=self.language)


def days_of_row(first: Cell | None, last: Cell | None, weekday: str, ways: Ways) -> tuple[DateReading, str]:
    """The days of a row, and its text as printed; ``last`` is the cell of a column of last days.

    A weekday that stands in a column of its own is read with the day, so that it must be the day's.
    """
    start, end = _said(first), _said(last)
    if not start or not end or start == end:
        return _with_weekday(start or end, weekday, ways)
    text = f"{start} - {end}"
    one, other = ways.read(start), ways.read(end)
    asked = tuple(dict.fromkeys((*one.asked, *other.asked)))
    if asked:
        return DateReading(asked=asked), text
    are_days = {one.form, other.form} == {Form.DAY}
    if not are_days or one.year_taken or other.year_taken:
        # Where only one of the two prints its year, the other follows from it.
        whole = ways.read(text)
        known = whole.asked or whole.form in {Form.WINDOW, Form.DAY}
        return whole if known else DateReading(asked=("this is not one day",)), text
    if one.start is None or other.start is None or other.start < one.start:
        return DateReading(asked=("the end lies before the start",)), text
    form = Form.DAY if one.start == other.start else Form.WINDOW
    return DateReading(form=form, start=one.start, end=other.start, said=(*one.said, *other.said)), text


def _said(cell: Cell | None) -> str:
    if cell is None:
        return ""
    return cell.day.isoformat() if cell.day is not None else " ".join(cell.text.split())


def _with_weekday(text: str, weekday: str, ways: Ways) -> tuple[DateReading, str]:
    read = ways.read(text)
    if not weekday or read.asked or read.form not in {Form.DAY, Form.UNTIL}:
        return read, text
    both = ways.read(f"{weekday} {text}" if read.form is Form.DAY else f"{text} {weekday}")
    return (both if both.asked else read), f"{weekday} {text}"


_PARTED = re.compile(r"\s*(?:\t|: |：| [-–—|] )\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class LineReading:
    """A line outside a table that says a day and what is then."""

    date: str
    title: str
    asked: tuple[str, ...] = ()


def read_line(text: str, ways: Ways) -> LineReading | None:
    """``31 August 2026: Orientation``, or the other way round; None where a line does not say just that.

    Without a mark between the two it is asked.
    """
    line = " ".join(text.replace("\t", "\u0000").split()).replace("\u0000", "\t").strip(" •·*–—-")
    for date_text, title in _pairs(line):
        read = ways.read(date_text)
        if read.form in {Form.DAY, Form.WINDOW, Form.UNTIL} and not read.asked and _is_title(title):
            return LineReading(date=date_text, title=title)
    for at in (match.start() for match in reversed(list(re.finditer(" ", line)))):
        date_text, title = line[:at], line[at + 1 :]
        read = ways.read(date_text)
        if (
            read.form is not Form.NONE
            and not read.asked
            and any(map(str.isdigit, date_text))
            and _is_title(title)
        ):
            reason = "nothing parts the date from its title in this line; is it read rightly?"
            return LineReading(date=date_text, title=title, asked=(reason,))
    return None


def _pairs(line: str) -> Iterator[tuple[str, str]]:
    marks = list(_PARTED.finditer(line))
    for mark in reversed(marks):
        yield line[: mark.start()], line[mark.end() :]
    for mark in marks:
        yield line[mark.end() :], line[: mark.start()]


def _is_title(text: str) -> bool:
    """No number is left in it that could be part of the date."""
    return any(char.isalpha() for char in text) and not any(char.isdigit() for char in text)


_SCHOOLS_PARTED = re.compile(r"\s*(?:[,;/\n]|،)\s*")


def schools_of(text: str, schools: Mapping[str, Sequence[str]]) -> tuple[tuple[str, ...], str]:
    """The schools that a cell names, none for all of them, and what of it is the name of no school.

    ``schools``: the site's, with their names folded.
    """
    whole = " ".join(words(text))
    if not whole or whole.split()[0] in EVERY_SCHOOL:
        return (), ""
    named = next((key for key, names in schools.items() if whole in names), "")
    if named:
        return (named,), ""
    found: list[str] = []
    for part in _SCHOOLS_PARTED.split(text.strip()):
        folded = " ".join(words(part))
        key = next((key for key, names in schools.items() if folded in names), "")
        if not key:
            return tuple(found), part
        found.append(key)
    return tuple(dict.fromkeys(found)), ""


def category_of(given: str, title: str, categories: Mapping[str, Sequence[str]]) -> tuple[str, str]:
    """The category that the row says, or the one its title sounds like, with the doubt.

    ``categories``: the site's, with their names folded.
    """
    folded = " ".join(words(given))
    named = next((key for key, names in categories.items() if folded and folded in names), "")
    if named:
        return named, ""
    said = " ".join(words(f"{given} {title}"))
    if any(one in said for one in NO_CLASSES):
        like = _called(("holiday", "day off", "off", "break"), categories)
        return like or next(iter(categories)), "it says that there are no classes; look at its category"
    for names, stems in KINDS_OF_WORDS:
        like = _called(names, categories)
        if like and any(part.startswith(stems) for part in said.split()):
            return like, "" if not given else f"{given!r} is no category; {like} is proposed"
    first = next(iter(categories))
    return first, f"its category is not known; {first} is proposed"


def _called(names: Sequence[str], categories: Mapping[str, Sequence[str]]) -> str:
    """The site's category that has one of the names, the first name first."""
    for name in names:
        for key, own in categories.items():
            if any(f" {name}" in f" {one}" for one in own):
                return key
    return ""
