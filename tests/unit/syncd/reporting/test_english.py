"""Moments as reports say them: on the campus's clock, with the offset that was in force."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from syncd.reporting.english import counted, moment

AT = datetime(2025, 9, 13, 9, 5, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Asia/Almaty", "Sat 13 Sep 2025 14:05 UTC+5"),
        ("UTC", "Sat 13 Sep 2025 09:05 UTC"),
        ("Asia/Kolkata", "Sat 13 Sep 2025 14:35 UTC+5:30"),
        ("America/Santiago", "Sat 13 Sep 2025 06:05 UTC-3"),
        ("America/St_Johns", "Sat 13 Sep 2025 06:35 UTC-2:30"),
        ("Pacific/Apia", "Sat 13 Sep 2025 22:05 UTC+13"),
    ],
)
def test_a_moment_is_said_on_the_campus_clock_with_its_offset(zone: str, words: str) -> None:
    assert moment(AT, ZoneInfo(zone)) == words


def test_a_zone_less_than_an_hour_off_keeps_its_sign() -> None:
    at = datetime(1970, 1, 1, tzinfo=UTC).timestamp()
    assert moment(at, ZoneInfo("Africa/Monrovia")).endswith("UTC-0:44")


def test_what_never_was_is_said_so() -> None:
    assert moment(None, UTC) == "never"


def test_the_number_decides_the_plural() -> None:
    assert [counted(*one) for one in ((1, "calendar"), (1214, "calendar"), (1, "entry"), (2, "entry"))] == [
        "1 calendar",
        "1,214 calendars",
        "1 entry",
        "2 entries",
    ]
