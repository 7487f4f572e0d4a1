"""Which days an academic year may have, and in which calendar year a day lies that is printed without one."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Self

FIRST_MONTH, LAST_MONTH = 6, 9
"""Dates of an academic year lie from 1 June of its first calendar year to 30 September of its second."""
_YEAR_TURNS = 8
"""A month without a year: from August on it is the first calendar year's."""
_FIRST_MONTH_BEFORE, _MONTH_AFTER = 11, 2
"""Dates of a calendar year (2027) lie from 1 November of the year before to 1 February of the year after."""
_MONTHS_BEFORE, _MONTHS_AFTER = 2, 2
"""Dates of a year that begins elsewhere lie from so many months before it to so many after its end."""


class WholeYear(int):
    """The first year of an academic year that is one calendar year, as in the southern half of the earth."""


class BeginsIn(int):
    """The first year of an academic year that begins in another month than August or January, such as April."""

    month: int

    def __new__(cls, year: int, month: int) -> Self:
        """``month``: 1 to 12, the one in which teaching begins."""
        one = super().__new__(cls, year)
        one.month = month
        return one


def first_year_of(name: str, begins: int | None = None) -> int:
    """The calendar year in which the academic year of that name (2026-2027, 2026-27, 2027) begins.

    ``begins`` is the month in which it does, where that is known.
    """
    year = int(name[:4])
    if begins is not None:
        return BeginsIn(year, begins)
    return WholeYear(year) if re.fullmatch(r"\d{4}", name) else year


def month_begun(name: str, first_day: date) -> int | None:
    """The month to give to `first_year_of` for a year whose first term began on that day; None for the usual ones.

    The usual ones are July to October for 2026-2027, and January to March for 2026.
    """
    usual = (1, 2, 3) if re.fullmatch(r"\d{4}", name) else (7, 8, 9, 10)
    return None if first_day.month in usual or first_day.year != int(name[:4]) else first_day.month


def bounds_of(first_year: int) -> tuple[date, date]:
    """The earliest and the latest day that are believed without a question."""
    if isinstance(first_year, WholeYear):
        return date(first_year - 1, _FIRST_MONTH_BEFORE, 1), date(first_year + 1, _MONTH_AFTER, 1)
    if isinstance(first_year, BeginsIn):
        begin = first_year * 12 + first_year.month - 1
        earliest, after = begin - _MONTHS_BEFORE, begin + 12 + _MONTHS_AFTER
        last = date(after // 12, after % 12 + 1, 1) - timedelta(days=1)
        return date(earliest // 12, earliest % 12 + 1, 1), last
    return date(first_year, FIRST_MONTH, 1), date(first_year + 1, LAST_MONTH, 30)


def year_of(month: int, first_year: int) -> int:
    """The calendar year of a day in that month, where none is printed."""
    turns = first_year.month if isinstance(first_year, BeginsIn) else _YEAR_TURNS
    if isinstance(first_year, WholeYear) or month >= turns:
        return int(first_year)
    return first_year + 1


def fits_two_years(month: int, first_year: int) -> bool:
    """Whether the academic year has days of that month in both of its calendar years."""
    if isinstance(first_year, WholeYear):
        return month >= _FIRST_MONTH_BEFORE or month < _MONTH_AFTER
    if isinstance(first_year, BeginsIn):
        return (month - first_year.month + _MONTHS_BEFORE) % 12 < _MONTHS_BEFORE
    return FIRST_MONTH <= month <= LAST_MONTH
