"""Days in words: a day with its weekday, a span, a list of days.

Names and order of words come from the phrases; nothing here knows a language, a zone or today.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from itertools import groupby
from typing import Literal

from mapping.model import Days, Entry, Hours
from mapping.text.phrases import Voice

_TO = "\N{EN DASH}"
_BY_LAST_DIGIT = frozenset({"ru", "uk", "be", "sr", "hr", "bs"})
"""Languages in which 21 counts like 1 and 22 like 2."""


def day_in_words(voice: Voice, day: date) -> str:
    """``Saturday, 13 September 2025``."""
    weekday = voice.phrase(f"weekday_{day.isoweekday()}")
    return voice.phrase(
        "date", weekday=weekday, day=str(day.day), month=_month(voice, day), year=str(day.year)
    )


def plain_day(voice: Voice, day: date) -> str:
    """``5 August 2025``."""
    return voice.phrase("date_plain", day=str(day.day), month=_month(voice, day), year=str(day.year))


def day_of(voice: Voice, day: date) -> str:
    """``5 August 2025`` in the form that stands before what is dated: a protocol, an order."""
    key = f"month_of_{day.month}"
    month = voice.phrase(key) if voice.knows(key) else _month(voice, day)
    return voice.phrase("date_plain", day=str(day.day), month=month, year=str(day.year))


def short_day(voice: Voice, day: date) -> str:
    """``30 December``."""
    return voice.phrase("date_short", day=str(day.day), month=_month(voice, day))


def days_in_words(voice: Voice, days: Days) -> str:
    """The first and the last day in full, or the only one."""
    if days.count == 1:
        return day_in_words(voice, days.start)
    first, last = days.start, days.last
    # Short where the language has it short: a phone's first lines are few.
    if first.year == last.year and voice.knows("span_one_year"):
        ends = {"first": _day_of_week(voice, first), "last": _day_of_week(voice, last)}
        return voice.phrase("span_one_year", year=str(first.year), **ends)
    return voice.phrase("span", first=day_in_words(voice, first), last=day_in_words(voice, last))


def moment_in_words(voice: Voice, day: date, at: time | None) -> str:
    """``Saturday, 13 September 2025, 17:00``; the day alone where there is no time."""
    words = day_in_words(voice, day)
    return f"{words}, {at:%H:%M}" if at is not None else words


def hours_in_words(voice: Voice, days: Days, hours: Hours) -> str:
    """The day and its time, or the first and the last moment, without any word that only one language has."""
    if days.count > 1:
        first = moment_in_words(voice, days.start, hours.begins)
        return f"{first} {_TO} {moment_in_words(voice, days.last, hours.ends)}"
    times = _TO.join(f"{one:%H:%M}" for one in (hours.begins, hours.ends) if one is not None)
    return f"{day_in_words(voice, days.start)}, {times}"


def dates_in_words(voice: Voice, entry: Entry) -> str:
    """Single days in full, one after the other, with their time where they have one."""
    return voice.listed(
        hours_in_words(voice, days, entry.hours) if entry.hours != Hours() else days_in_words(voice, days)
        for days in (Days.inclusive(day, day) for day in entry.dates)
    )


def day_list(voice: Voice, days: Sequence[date]) -> str:
    """``1, 2 and 7 January``; days of several months stand grouped by month."""
    groups = groupby(sorted(days), key=lambda day: (day.year, day.month))
    return voice.listed(_of_month(voice, list(group)) for _, group in groups)


def working_days(voice: Voice, count: int) -> str:
    """``5 working days``, in the form that the language uses with that number."""
    return voice.phrase(f"working_days_{count_form(voice.language, count)}", count=str(count))


def count_form(language: str, count: int) -> Literal["1", "2_4", "more"]:
    """Which of three forms of a count the language uses; what it does not tell apart, its phrases repeat."""
    base, ones, tens = language.partition("-")[0], count % 10, count % 100
    if base in _BY_LAST_DIGIT and ones == 1 and tens != 11:
        return "1"
    if base in _BY_LAST_DIGIT or base == "pl":
        few = ones in {2, 3, 4} and tens not in {12, 13, 14}
    elif base == "ar":
        few = 2 <= tens <= 10
    else:
        few = count in {2, 3, 4}
    return "1" if count == 1 else "2_4" if few else "more"


def _of_month(voice: Voice, days: Sequence[date]) -> str:
    numbers = voice.listed(str(day.day) for day in days)
    return voice.phrase("days_of_month", days=numbers, month=_month(voice, days[0]))


def _day_of_week(voice: Voice, day: date) -> str:
    weekday = voice.phrase(f"weekday_{day.isoweekday()}")
    return voice.phrase("date_of_week", weekday=weekday, day=str(day.day), month=_month(voice, day))


def _month(voice: Voice, day: date) -> str:
    return voice.phrase(f"month_{day.month}")
