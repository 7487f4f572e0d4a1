"""A second opinion on days off is told as differences, by day, and changes nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from mapping.errors import InvalidCalendarError
from syncd.source.folder import SourceFolder, load_calendar
from syncd.source.holidays_check import HolidayDifference, compare_days_off, public_holidays, working_week_of
from tests.support.college import calendar_of, college, spoilt
from tests.support.made_sites import files_of


def test_the_shipped_days_off_are_those_of_the_country() -> None:
    assert compare_days_off(load_calendar(None)[0]) == ()


def test_days_that_only_one_of_the_two_calls_off_are_told() -> None:
    found = {one.day: one for one in compare_days_off(calendar_of(college())) if one.year == "2031-2032"}

    assert found[date(2031, 12, 24)] == HolidayDifference(
        year="2031-2032", day=date(2031, 12, 24), entry="christmas"
    )
    assert str(found[date(2031, 12, 24)]).startswith("2031-12-24 is a day off by entry christmas")
    assert date(2031, 12, 25) not in found
    assert str(found[date(2032, 1, 1)]).startswith("2032-01-01 is a day off by the holidays package")


def test_only_days_between_the_first_and_last_term_or_day_off_are_compared() -> None:
    days = [one.day for one in compare_days_off(calendar_of(college())) if one.year == "2031-2032"]

    assert days
    assert all(date(2031, 10, 6) <= day <= date(2032, 3, 12) for day in days)


def test_data_without_a_country_is_not_compared() -> None:
    assert compare_days_off(calendar_of(spoilt("university.yaml", ("country: GB\n", "")))) == ()


def test_a_year_without_terms_and_days_off_is_not_compared() -> None:
    calendar = calendar_of(college())
    bare = replace(calendar.years["2032-2033"], terms={}, entries=())

    assert compare_days_off(replace(calendar, years={"2032-2033": bare})) == ()


def test_a_country_the_package_does_not_know_is_told() -> None:
    calendar = calendar_of(spoilt("university.yaml", ("country: GB", "country: XX")))

    with pytest.raises(
        InvalidCalendarError, match=r"university\.yaml: the holidays package knows no country XX"
    ):
        compare_days_off(calendar)


# --- parts of a country, campuses, breaks, what is known ---------------------------------------------


def differences(name: str, **edits: str) -> list[str]:
    files = files_of(name)
    for file, text in edits.items():
        path = next(one for one in files if one.endswith(f"{file}.yaml"))
        files[path] += text.encode()
    return [str(one) for one in compare_days_off(SourceFolder.from_files(files).calendar())]


def test_a_part_of_a_country_has_holidays_of_its_own() -> None:
    """All Saints' Day is one in Baden-Württemberg, and on a weekend in 2026; Epiphany is one of the break."""
    assert not any("allerheiligen" in said for said in differences("neckarstadt"))
    assert not any("2027-01-06" in said and "does not know" in said for said in differences("neckarstadt"))


def test_a_break_is_one_line_and_weekends_are_none() -> None:
    (line,) = [said for said in differences("deux-rives") if "toussaint" in said]
    assert line == (
        "2026-10-26 to 2026-10-30 are days off by entry toussaint, and the holidays package does not know them"
    )


def test_a_break_with_holidays_in_it_is_one_line() -> None:
    """Christmas, New Year and Epiphany fall into it, which both know."""
    (line,) = [said for said in differences("neckarstadt") if "weihnachten" in said]
    assert line == (
        "2026-12-24 to 2027-01-05 are days off by entry weihnachten, and the holidays package does not know all of them"
    )


@pytest.mark.parametrize("locale", ["", "C.UTF-8", "ar_AE.UTF-8", "de_DE.UTF-8"])
def test_the_names_of_holidays_do_not_hang_on_the_environment(
    locale: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    if locale:
        monkeypatch.setenv("LANG", locale)
    assert "National Day" in public_holidays("AE", range(2026, 2027)).values()


def test_a_campus_abroad_is_compared_with_its_own_country() -> None:
    found = differences("forth")
    assert any("National Day" in said and "(dubai)" in said for said in found)
    assert any("Malaysia Day" in said and "(malaysia)" in said for said in found)
    assert not any("Malaysia Day" in said and "(dubai)" in said for said in found)


def test_what_is_known_is_not_told_again() -> None:
    assert any("2026-10-12" in said for said in differences("midland"))
    known = "known:\n  - {date: 2026-10-12, reason: Columbus Day is taught}\n"
    assert not any("2026-10-12" in said for said in differences("midland", year=known))


def test_a_worked_weekend_day_that_the_data_does_not_have_is_told() -> None:
    assert not any("is worked by" in said for said in differences("dala"))
    files = files_of("dala")
    path = next(name for name in files if name.endswith("kuz.yaml"))
    without = {**files, path: re.sub(rb"worked: .*\n(  - .*\n)?", b"", files[path])}
    found = [str(one) for one in compare_days_off(SourceFolder.from_files(without).calendar())]
    assert any(said.startswith("2025-01-05 is worked by the holidays package") for said in found)


def test_a_school_with_a_week_of_its_own_does_not_say_again_what_differs_for_all() -> None:
    files = spoilt(
        "university.yaml",
        (
            "south: {name: {cy: De, en: South}",
            "south: {name: {cy: De, en: South}, working_week: [1, 2, 3, 4]",
        ),
    )
    found = [str(one) for one in compare_days_off(calendar_of(files))]
    assert found
    assert not any("(south)" in one for one in found)


@pytest.mark.parametrize(
    ("country", "subdivision", "day", "week"),
    [
        ("KZ", "", date(2026, 9, 1), (1, 2, 3, 4, 5)),
        ("EG", "", date(2026, 9, 1), (1, 2, 3, 4, 7)),
        ("MY", "KDH", date(2026, 9, 1), (1, 2, 3, 4, 7)),
        ("MY", "", date(2026, 9, 1), (1, 2, 3, 4, 5)),
        ("AE", "", date(2020, 9, 1), (1, 2, 3, 4, 7)),
        ("", "", date(2026, 9, 1), (1, 2, 3, 4, 5)),
        ("ZZ", "", date(2026, 9, 1), (1, 2, 3, 4, 5)),
    ],
)
def test_the_working_week_is_that_of_the_place_at_that_time(
    country: str, subdivision: str, day: date, week: tuple[int, ...]
) -> None:
    assert working_week_of(country, day, subdivision) == week
