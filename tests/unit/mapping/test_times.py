"""Clock times: what an entry's hours make of its events, on every kind of target, in every zone."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from mapping.identity import day_words, read_day_words, when_hash
from mapping.model import Days, Entry, Hours, Kind, Part, Shape
from mapping.shapes import CANVAS, GOOGLE, Drawing, Drawn, drawn
from mapping.text.render import at_time
from tests.unit.mapping.invented import entry, target

NOON, FIVE = time(12), time(17)


def events(one: Entry, drawing: Drawing, zone: str = "", here: str = "") -> tuple[Drawn, ...]:
    return drawn(one, target(timezone=zone), drawing, zone=here)


def timed(day: str, first: str, last: str, until: str = "") -> Days:
    clock = (time.fromisoformat(first), time.fromisoformat(last))
    return Days.inclusive(date.fromisoformat(day), date.fromisoformat(until or day), clock)


def deadline(at: time, day: str = "2031-03-03") -> Entry:
    return entry("bell", day, kind=Kind.UNTIL, shape=Shape.UNTIL, hours=Hours(ends=at, is_deadline=True))


def test_a_deadline_is_a_moment_in_canvas_and_the_half_hour_that_ends_there_elsewhere() -> None:
    (canvas,), (google,) = events(deadline(FIVE), CANVAS), events(deadline(FIVE), GOOGLE)
    assert canvas.days == timed("2031-03-03", "17:00", "17:00")
    assert google.days == timed("2031-03-03", "16:30", "17:00")
    assert canvas.at == google.at == "17:00"


def test_a_deadline_right_after_midnight_begins_the_day_before_where_moments_last() -> None:
    (google,) = events(deadline(time(0, 10)), GOOGLE)
    assert google.days == timed("2031-03-02", "23:40", "00:10", until="2031-03-03")


def test_a_day_from_and_to_is_one_timed_event_everywhere() -> None:
    one = entry("bell", hours=Hours(begins=NOON, ends=FIVE))
    for drawing in (CANVAS, GOOGLE):
        (event,) = events(one, drawing)
        assert event.days == timed("2031-03-03", "12:00", "17:00")
        assert event.at == "12:00\N{EN DASH}17:00"


def test_a_beginning_without_an_end_is_the_time_that_starts_there() -> None:
    one = entry("bell", hours=Hours(begins=time(23, 30)))
    assert events(one, CANVAS)[0].days == timed("2031-03-03", "23:30", "23:30")
    assert events(one, GOOGLE)[0].days == timed("2031-03-03", "23:30", "23:59")


def test_a_window_runs_from_its_first_minute_to_its_last() -> None:
    window = entry("trial", "2031-03-01", "2031-03-04", hours=Hours(begins=NOON, ends=FIVE))
    assert events(window, GOOGLE)[0].days == timed("2031-03-01", "12:00", "17:00", until="2031-03-04")
    half = entry("trial", "2031-03-01", "2031-03-04", hours=Hours(ends=FIVE))
    assert events(half, GOOGLE)[0].days == timed("2031-03-01", "00:00", "17:00", until="2031-03-04")


def test_a_task_opens_at_one_time_and_ends_at_the_other() -> None:
    hours = Hours(begins=NOON, ends=FIVE, is_deadline=True)
    opening, last = events(entry("trial", "2031-03-01", "2031-03-09", shape=Shape.TASK, hours=hours), CANVAS)
    assert (opening.part, opening.days) == (Part.OPENING, timed("2031-03-01", "12:00", "12:00"))
    assert (last.part, last.days) == (Part.MAIN, timed("2031-03-09", "17:00", "17:00"))


def test_a_task_with_an_end_alone_opens_on_a_whole_day() -> None:
    one = entry("trial", "2031-03-01", "2031-03-09", shape=Shape.TASK, hours=Hours(ends=FIVE))
    assert not events(one, CANVAS)[0].days.clock


def test_a_minute_that_the_clocks_jump_over_becomes_the_one_they_jump_to() -> None:
    (event,) = events(deadline(time(2, 30), "2031-03-30"), CANVAS, "Europe/Berlin")
    assert event.days == timed("2031-03-30", "03:30", "03:30")


def hour(begins: str, ends: str, day: str) -> Entry:
    """From one minute to another, or with an end alone."""
    last = time.fromisoformat(ends)
    if not begins:
        return deadline(last, day)
    return entry("bell", day, hours=Hours(begins=time.fromisoformat(begins), ends=last))


SPRING, AUTUMN = "2031-03-30", "2031-10-26"
"""Berlin's clocks go from 02:00 to 03:00, and from 03:00 back to 02:00."""


@pytest.mark.parametrize(
    ("begins", "ends", "shown"),
    [
        ("", "02:30", ("03:00", "03:30")),
        ("", "03:00", ("01:30", "03:00")),
        ("", "03:15", ("01:45", "03:15")),
        ("02:30", "03:30", ("01:30", "03:30")),
        ("02:30", "03:15", ("01:30", "03:15")),
        ("02:30", "03:00", ("01:30", "03:00")),
        ("02:30", "05:00", ("03:30", "05:00")),
        ("01:30", "02:30", ("01:30", "03:30")),
        ("02:10", "02:40", ("03:10", "03:40")),
    ],
)
def test_an_event_around_the_hour_that_is_left_out_has_a_length(
    begins: str, ends: str, shown: tuple[str, str]
) -> None:
    (event,) = events(hour(begins, ends, SPRING), GOOGLE, "Europe/Berlin")
    assert event.days == timed(SPRING, *shown)


@pytest.mark.parametrize(
    ("begins", "ends", "shown"),
    [
        ("", "02:15", ("01:45", "02:15")),
        ("", "03:15", ("02:45", "03:15")),
        ("02:15", "02:45", ("02:15", "02:45")),
    ],
)
def test_an_hour_that_comes_twice_is_said_as_it_is_written(
    begins: str, ends: str, shown: tuple[str, str]
) -> None:
    (event,) = events(hour(begins, ends, AUTUMN), GOOGLE, "Europe/Berlin")
    assert event.days == timed(AUTUMN, *shown)


@pytest.mark.parametrize(
    ("here", "there", "day"),
    [
        ("Asia/Dubai", "Europe/London", AUTUMN),
        ("Europe/London", "Asia/Dubai", SPRING),
        ("Africa/Cairo", "Europe/Berlin", "2031-04-25"),
        ("Africa/Cairo", "Africa/Cairo", "2031-04-25"),
        ("Australia/Lord_Howe", "Australia/Lord_Howe", "2031-10-05"),
        ("America/Nuuk", "America/Nuuk", "2031-03-29"),
    ],
)
def test_no_minute_of_a_day_on_which_clocks_change_makes_an_event_without_length(
    here: str, there: str, day: str
) -> None:
    minutes = [time(at // 60, at % 60) for at in range(5, 24 * 60, 5)]
    for first, last in zip(minutes, minutes[3:], strict=False):
        for one in (deadline(last, day), entry("bell", day, hours=Hours(begins=first, ends=last))):
            (event,) = events(one, GOOGLE, there, here)
            begins, ends = (
                datetime.combine(when, at, ZoneInfo(there)).astimezone(UTC)
                for when, at in zip((event.days.start, event.days.last), event.days.clock, strict=True)
            )
            assert begins < ends, (one.hours, event.days)


@pytest.mark.parametrize("day", ["2031-03-29", "2031-03-30", "2031-03-31", "2031-10-25", "2031-10-26"])
def test_the_wall_clock_stays_on_both_sides_of_a_change(day: str) -> None:
    (event,) = events(deadline(FIVE, day), CANVAS, "Europe/Berlin")
    assert event.days == timed(day, "17:00", "17:00")


def test_hours_of_a_school_elsewhere_are_the_same_moments_on_the_targets_clock() -> None:
    (event,) = events(deadline(FIVE), CANVAS, "Asia/Almaty", here="Asia/Dubai")
    assert event.days == timed("2031-03-03", "18:00", "18:00")


def test_the_time_stands_behind_the_title_once() -> None:
    assert at_time("Add courses", "17:00") == "Add courses (17:00)"
    assert at_time("Add courses by 17:00", "17:00") == "Add courses by 17:00"
    assert at_time("Add courses", "") == "Add courses"
    assert len(at_time("x" * 300, "17:00")) == 255


@pytest.mark.parametrize(
    "days",
    [
        Days(date(2031, 3, 3), date(2031, 3, 4)),
        Days(date(2031, 3, 3), date(2031, 3, 9)),
        timed("2031-03-03", "17:00", "17:00"),
        timed("2031-03-03", "10:00", "17:00"),
        timed("2031-03-03", "10:00", "09:00", until="2031-03-05"),
    ],
)
def test_days_are_kept_and_said_without_loss(days: Days) -> None:
    assert Days.from_texts(*days.as_texts()) == days
    assert read_day_words(day_words(days)) == days


def test_another_minute_is_another_fingerprint() -> None:
    whole, five = Days(date(2031, 3, 3), date(2031, 3, 4)), timed("2031-03-03", "17:00", "17:00")
    assert len({when_hash(whole), when_hash(five), when_hash(timed("2031-03-03", "16:30", "17:00"))}) == 3
