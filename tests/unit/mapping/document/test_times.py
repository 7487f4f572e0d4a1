"""Times of day in a calendar file: which kinds take which, and what is refused with its reason."""

from datetime import time

import pytest

from mapping.model import Hours
from tests.support.college import TEACHING, calendar_of, problems_of, spoilt

HILARY = "start: 2032-01-12"
"""A line of a window."""
FIVE = time(17)


def with_line(*lines: str) -> dict[str, bytes]:
    return spoilt(TEACHING, (HILARY, "\n    ".join([*lines, HILARY])))


def hours(*lines: str) -> Hours:
    year = calendar_of(with_line(*lines)).years["2031-2032"]
    return next(entry.hours for entry in year.entries if entry.id == "teaching-hilary")


def test_times_are_read_quoted_or_not() -> None:
    assert hours("from: 10:00", "to: '17:00'") == Hours(begins=time(10), ends=FIVE)
    assert hours("by: 17:00") == Hours(ends=FIVE, is_deadline=True)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["by: 24:00"], "'24:00' is 00:00 of the next day"),
        (["by: 5pm"], "'5pm' is no time of day; write it like '17:00'"),
        (["by: 17:60"], "is no time of day"),
        (["by: 00:00"], "would be shown as a whole day"),
        (["from: 00:00", "to: 23:59"], "is the whole of the days"),
        (["by: 17:00", "to: 18:00"], "keep one"),
        (["shape: between", "by: 17:00"], "announced later"),
    ],
)
def test_what_no_service_would_show_as_a_time_is_refused(lines: list[str], said: str) -> None:
    assert any(said in problem for problem in problems_of(with_line(*lines)))


def test_a_rule_has_no_time_of_its_own() -> None:
    files = spoilt(TEACHING, ("kind: rule", "by: 17:00\n    kind: rule"))
    assert any("kind rule has no by" in problem for problem in problems_of(files))
