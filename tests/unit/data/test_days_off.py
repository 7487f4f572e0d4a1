"""Days off: what the calendar's own rule makes of its holidays, and a second opinion on all of them.

Nothing that syncd publishes depends on the holidays package, or an upgrade could move a deadline; it only
tells here where to look.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import holidays as second_opinion

Calendars = Mapping[str, Mapping[str, Any]]
Entry = Mapping[str, Any]

FIRST, LAST = date(2025, 8, 1), date(2026, 8, 31)

ONLY_IN_THE_PACKAGE = {
    date(2026, 8, 30): "Constitution Day left this day in July 2026; older releases of the package have it",
    date(2026, 8, 31): "the day off for it",
}
"""Days that are no days off here, with the reason."""
BY_LAW = {date(2026, 1, 7), date(2026, 5, 27)}
"""Days off that follow from no holiday of the calendar."""


def test_days_off_are_those_of_the_country_but_for_named_differences(calendars: Calendars) -> None:
    ours = _days_of(calendars["holidays"]["entries"]) | _days_of(calendars["days-off"]["entries"])
    theirs = {
        day
        for day in second_opinion.country_holidays("KZ", years=range(FIRST.year, LAST.year + 1))
        if FIRST <= day <= LAST
    }
    assert ours - theirs == set()
    assert theirs - ours - set(ONLY_IN_THE_PACKAGE) == set()


def test_holidays_on_a_day_off_move_to_the_next_working_day(calendars: Calendars) -> None:
    """The calendar's rule, applied to its own list: a further day off for each holiday that is off anyway."""
    week = set(calendars["days-off"]["working_week"])
    holidays = _days_of(calendars["holidays"]["entries"])
    moved: set[date] = set()
    for holiday in sorted(day for day in holidays if day.isoweekday() not in week):
        day = holiday
        while day.isoweekday() not in week or day in holidays | moved:
            day += timedelta(days=1)
        moved.add(day)

    transfers = [entry for entry in calendars["days-off"]["entries"] if "transfer_of" in entry]
    assert _days_of(transfers) == moved
    assert _days_of(calendars["days-off"]["entries"]) == moved | BY_LAW


def test_each_transfer_names_the_holiday_it_is_for(calendars: Calendars) -> None:
    holidays = {entry["id"]: entry for entry in calendars["holidays"]["entries"]}
    for entry in calendars["days-off"]["entries"]:
        if "transfer_of" in entry:
            days_later = (entry["start"] - holidays[entry["transfer_of"]]["end"]).days
            assert 1 <= days_later <= 3, entry["id"]


def test_each_day_off_says_why_and_is_for_everybody_all_year(calendars: Calendars) -> None:
    for entry in (*calendars["holidays"]["entries"], *calendars["days-off"]["entries"]):
        assert entry["category"] == "day-off"
        assert entry["terms"] == ["year"]
        assert "schools" not in entry
        assert entry["reason"]["kk"]


def test_the_reason_of_a_transfer_quotes_the_calendars_own_rule(source: str, calendars: Calendars) -> None:
    printed = " ".join(source.split())
    for entry in calendars["days-off"]["entries"]:
        if "transfer_of" in entry:
            quoted = entry["reason"]["kk"].split("«")[1].split("»")[0]
            assert quoted in printed


def _days_of(entries: Sequence[Entry]) -> set[date]:
    return {day for entry in entries for day in _span(entry)}


def _span(entry: Entry) -> Iterator[date]:
    day = entry["start"]
    while day <= entry["end"]:
        yield day
        day += timedelta(days=1)
