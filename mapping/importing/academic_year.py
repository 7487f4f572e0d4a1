"""Which days an academic year may have, and in which calendar year a day lies that is printed without one."""

from __future__ import annotations

import re
from datetime import date

FIRST_MONTH, LAST_MONTH = 6, 9
"""Dates of an academic year lie from 1 June of its first calendar year to 30 September of its second."""
_YEAR_TURNS = 8
"""A month without a year: from August on it is the first calendar year's."""
_FIRST_MONTH_BEFORE, _MONTH_AFTER = 11, 2
"""Dates of a calendar year (2027) lie from 1 November of the year before to 1 February of the year after."""


class WholeYear(int):
    """The first year of an academic year that is one calendar year, as in the southern half of the earth."""


def first_year_of(name: str) -> int:
    """The calendar year in which the academic year of that name (2026-2027, 2026-27, 2027) begins."""
    year = int(name[:4])
    return WholeYear(year) if re.fullmatch(r"\d{4}", name) else year


def bounds_of(first_year: int) -> tuple[date, date]:
    """The earliest and the latest day that are believed without a question."""
    if isinstance(first_year, WholeYear):
        return date(first_year - 1, _FIRST_MONTH_BEFORE, 1), date(first_year + 1, _MONTH_AFTER, 1)
    return date(first_year, FIRST_MONTH, 1), date(first_year + 1, LAST_MONTH, 30)


def year_of(month: int, first_year: int) -> int:
    """The calendar year of a day in that month, where none is printed."""
    if isinstance(first_year, WholeYear) or month >= _YEAR_TURNS:
        return int(first_year)
    return first_year + 1


def fits_two_years(month: int, first_year: int) -> bool:
    """Whether the academic year has days of that month in both of its calendar years."""
    if isinstance(first_year, WholeYear):
        return month >= _FIRST_MONTH_BEFORE or month < _MONTH_AFTER
    return FIRST_MONTH <= month <= LAST_MONTH
