"""What a row can say besides one span of days, and what becomes of it."""

from datetime import date

import pytest

from mapping.desired import desired_events, drawing_for
from mapping.model import Days, Entry, Kind, Target
from tests.support.college import TEACHING, Files, calendar_of, problems_of, spoilt

ROW = """\
  - id: extra
    terms: michaelmas
    category: teaching
    audience: members
    title: {cy: Rhes, en: Row}
    text: {cy: Rhes}
"""


def with_row(*lines: str) -> Files:
    more = "".join(f"    {line}\n" for line in lines)
    return spoilt(TEACHING, ("entries:\n", f"entries:\n{ROW}{more}"))


def row(*lines: str) -> Entry:
    entries = calendar_of(with_row(*lines)).years["2031-2032"].entries
    return next(entry for entry in entries if entry.id == "extra")


def drawn(*lines: str, kind: str = "google") -> dict[str, tuple[str, Days]]:
    calendar = calendar_of(with_row(*lines))
    target = Target(name="t", kind=kind, place="school", languages=("en",), include=frozenset({"extra"}))
    events = desired_events(calendar, target, drawing_for(target), date(2031, 9, 1))
    return {
        key.split(":")[2]: (event.title, event.days)
        for key, event in events.items()
        if event.entry == "extra"
    }


def one(day: str) -> Days:
    return Days.inclusive(date.fromisoformat(day), date.fromisoformat(day))


def test_one_day_is_written_once() -> None:
    assert row("kind: day", "start: 2031-10-10").days == one("2031-10-10")
    assert row("kind: until", "end: 2031-10-10").days == one("2031-10-10")


def test_a_window_needs_both_its_ends() -> None:
    assert any(
        "end is missing" in problem for problem in problems_of(with_row("kind: window", "start: 2031-10-10"))
    )


def test_single_days_are_an_event_each_unless_they_touch() -> None:
    found = drawn("kind: day", "days: [2031-11-10, 2031-11-11, 2031-11-14, 2031-11-20]")
    assert {key: days for key, (_, days) in found.items()} == {
        "main": Days.inclusive(date(2031, 11, 10), date(2031, 11, 11)),
        "main-2": one("2031-11-14"),
        "main-3": one("2031-11-20"),
    }


def test_single_days_and_a_span_are_not_said_together() -> None:
    files = with_row("kind: day", "days: [2031-11-10]", "start: 2031-11-10")
    assert any("start and days in one entry" in problem for problem in problems_of(files))


def test_a_date_to_be_announced_is_listed_and_drawn_only_where_it_has_a_period() -> None:
    announced = row("kind: announced")
    assert (announced.kind, announced.days) == (Kind.ANNOUNCED, None)
    assert drawn("kind: announced") == {}
    assert list(drawn("kind: announced", "start: 2031-11-10", "end: 2031-11-20")) == ["main"]


def test_a_row_far_outside_its_terms_says_that_it_means_it() -> None:
    far = ("kind: window", "start: 2031-06-01", "end: 2031-08-15")
    assert any("write far: yes" in problem for problem in problems_of(with_row(*far)))
    assert row(*far, "far: yes").days == Days.inclusive(date(2031, 6, 1), date(2031, 8, 15))


def test_a_mistyped_year_is_refused_all_the_same() -> None:
    files = with_row("kind: day", "start: 2030-10-10", "far: yes")
    assert any("is the year right?" in problem for problem in problems_of(files))


def test_teaching_weeks_are_numbered_and_drawn_without_being_typed() -> None:
    lines = ("kind: window", "shape: weeks", "start: 2031-10-06", "end: 2031-10-24")
    found = drawn(*lines)
    assert [title for title, _ in found.values()] == [
        "title_week 1 Row" if "title_week" in next(iter(found.values()))[0] else "Row, week 1",
        *(found[key][0] for key in ("main-2", "main-3")),
    ]
    assert [days.start for _, days in found.values()] == [
        date(2031, 10, 6),
        date(2031, 10, 13),
        date(2031, 10, 20),
    ]
    assert {days.count for _, days in drawn(*lines, kind="canvas").values()} == {1}


def test_a_row_of_several_programmes_is_of_each_of_them() -> None:
    assert row("kind: day", "start: 2031-10-10", "programmes: [full-time]").of_programmes == ("full-time",)


@pytest.mark.parametrize("length", [61, 255])
def test_long_titles_are_taken(length: int) -> None:
    files = spoilt(TEACHING, ("en: Michaelmas teaching", f"en: {'x' * length}"))
    assert calendar_of(files).years


def test_a_title_longer_than_canvas_takes_is_refused() -> None:
    files = spoilt(TEACHING, ("en: Michaelmas teaching", f"en: {'x' * 256}"))
    assert any("256 characters long; the limit is 255" in problem for problem in problems_of(files))
