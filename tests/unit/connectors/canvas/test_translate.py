"""There and back: days become Canvas's instants and return as the same days, in every zone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.canvas.translate import (
    Place,
    create_form,
    date_fields,
    day_start,
    deviation,
    hashes_to,
    is_own_row,
    marker_of,
    observed,
    read_dates,
    span_end,
    wished_fields,
)
from mapping.model import ALL_FIELDS, Days, Field, Record
from syncd.sandbox.canvas.dates import UNSAVED, Dates, settle
from tests.unit.connectors.canvas.conftest import BODY, SEPTEMBER_2, TWO_WEEKS, ZONE, wish

ALMATY = ZoneInfo(ZONE)
PLACE = Place(owner="mnu", zone=ALMATY, origin="https://canvas.example.edu")
ZONES = sorted(zone for zone in available_timezones() if "/" in zone)


def as_canvas(text: str) -> str:
    return datetime.fromisoformat(text).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def row(**changed: Any) -> dict[str, Any]:
    fields = date_fields(SEPTEMBER_2, ALMATY)
    return {
        "id": 7,
        "title": "Exam",
        "start_at": as_canvas(fields["start_at"]),
        "end_at": as_canvas(fields["end_at"]),
        "all_day": True,
        "context_code": "course_1",
        "parent_event_id": None,
        "description": None,
        **changed,
    }


def test_one_day_is_all_day_at_exact_local_midnight_with_its_offset() -> None:
    assert date_fields(SEPTEMBER_2, ALMATY) == {
        "start_at": "2025-09-02T00:00:00+05:00",
        "end_at": "2025-09-02T00:00:00+05:00",
        "all_day": "true",
        "time_zone_edited": "Asia/Almaty",
    }


def test_a_span_is_timed_from_the_first_midnight_to_the_last_minute() -> None:
    assert date_fields(TWO_WEEKS, ALMATY) == {
        "start_at": "2025-09-02T00:00:00+05:00",
        "end_at": "2025-09-13T23:59:00+05:00",
        "all_day": "false",
        "time_zone_edited": "Asia/Almaty",
    }


@given(
    zone=st.sampled_from(ZONES),
    first=st.dates(date(1995, 1, 1), date(2036, 12, 31)),
    count=st.integers(1, 40),
)
def test_days_survive_there_and_back_in_every_zone(zone: str, first: date, count: int) -> None:
    days = Days.inclusive(first, first + timedelta(days=count - 1))
    # A zone that skipped a whole day (Samoa, 2011) has no instant for it.
    if any(
        day_start(day, ZoneInfo(zone)) == day_start(day + timedelta(days=1), ZoneInfo(zone))
        for day in (first, days.last)
    ):
        return
    fields = date_fields(days, ZoneInfo(zone))
    seen = read_dates(
        as_canvas(fields["start_at"]),
        as_canvas(fields["end_at"]),
        fields["all_day"] == "true",
        ZoneInfo(zone),
    )
    assert (seen.days, seen.last_day) == (days, days.last)


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("America/Sao_Paulo", date(2018, 11, 4)),  # 00:00 is skipped
        ("Asia/Beirut", date(2022, 3, 27)),  # 00:00 is skipped
        ("America/Havana", date(2025, 11, 2)),  # 00:00 comes twice
    ],
)
def test_a_day_without_midnight_or_with_two_keeps_its_place(zone: str, day: date) -> None:
    days = Days.inclusive(day, day)
    fields = date_fields(days, ZoneInfo(zone))
    assert (
        read_dates(as_canvas(fields["start_at"]), as_canvas(fields["end_at"]), True, ZoneInfo(zone)).days
        == days
    )


@given(days=st.sampled_from([SEPTEMBER_2, TWO_WEEKS]), profile=st.sampled_from(ZONES))
def test_canvas_stores_what_was_meant_whatever_the_profile_zone(days: Days, profile: str) -> None:
    fields = date_fields(days, ALMATY)
    wanted = Dates(
        start=datetime.fromisoformat(fields["start_at"]).astimezone(UTC),
        end=datetime.fromisoformat(fields["end_at"]).astimezone(UTC),
        all_day=fields["all_day"] == "true",
    )
    # Canvas uses the zone written into the event, so the profile's plays no part.
    stored = settle(wanted, UNSAVED, ALMATY)
    assert stored.all_day is (days.count == 1)
    assert stored.start is not None
    assert stored.end is not None
    seen = read_dates(stored.start.isoformat(), stored.end.isoformat(), stored.all_day, ALMATY)
    assert seen.days == days


@pytest.mark.parametrize(
    ("start", "end", "all_day"),
    [
        ("2025-09-01T19:00:00Z", "2025-09-01T19:00:00Z", False),  # midnight, but timed
        ("2025-09-01T19:00:00Z", "2025-09-02T19:00:00Z", True),  # all-day over two days
        ("2025-09-02T00:00:00Z", "2025-09-02T00:00:00Z", True),  # midnight elsewhere
        ("2025-09-01T19:00:01Z", "2025-09-13T18:59:00Z", False),
        ("2025-09-01T19:00:00Z", "2025-09-13T18:59:59Z", False),
    ],
)
def test_anything_but_the_exact_form_has_no_days(start: str, end: str, all_day: bool) -> None:
    seen = read_dates(start, end, all_day, ALMATY)
    assert seen.days is None
    assert seen.when != ""
    assert seen.last_day is not None


TIMED = [
    Days.inclusive(date(2025, 9, 2), date(2025, 9, 2), (time(17), time(17))),
    Days.inclusive(date(2025, 9, 2), date(2025, 9, 2), (time(0), time(23, 59))),
    Days.inclusive(date(2025, 9, 2), date(2025, 9, 4), (time(10), time(12, 30))),
    Days.inclusive(date(2025, 10, 25), date(2025, 10, 26), (time(16), time(2, 30))),
]


@pytest.mark.parametrize("zone", [ALMATY, ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")])
@pytest.mark.parametrize("days", TIMED)
def test_timed_days_come_back_as_they_were_written(days: Days, zone: ZoneInfo) -> None:
    wanted = date_fields(days, zone)
    assert wanted["all_day"] == "false"
    assert read_dates(wanted["start_at"], wanted["end_at"], False, zone).days == days


def test_the_second_of_a_repeated_hour_is_no_hour_that_we_write() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    first = read_dates("2025-10-26T00:30:00Z", "2025-10-26T00:30:00Z", False, berlin).days
    assert first == Days.inclusive(date(2025, 10, 26), date(2025, 10, 26), (time(2, 30), time(2, 30)))
    assert read_dates("2025-10-26T01:30:00Z", "2025-10-26T01:30:00Z", False, berlin).days is None


@pytest.mark.parametrize(
    ("start", "end", "all_day", "when", "last"),
    [
        (None, None, False, "no date", None),
        ("nonsense", None, False, "a date that cannot be read", None),
        ("2025-09-02T05:00:00Z", None, False, "2025-09-02 10:00", date(2025, 9, 2)),
        (None, "2025-09-02T05:00:00Z", False, "2025-09-02 10:00", date(2025, 9, 2)),
        (
            "2025-09-02T05:00:00Z",
            "2025-09-02T07:00:00Z",
            False,
            "2025-09-02 10:00 to 12:00",
            date(2025, 9, 2),
        ),
        (
            "2025-09-02T05:00:00Z",
            "2025-09-03T19:00:00Z",
            False,
            "2025-09-02 10:00 to 2025-09-04 00:00",
            date(2025, 9, 3),
        ),
        ("2025-09-01T19:00:00Z", "2025-09-01T19:00:00Z", True, "2025-09-02", date(2025, 9, 2)),
        ("2025-09-01T19:00:00Z", "2025-09-13T18:59:00Z", False, "2025-09-02..2025-09-13", date(2025, 9, 13)),
        ("2025-09-02T00:00:00Z", "2025-09-02T00:00:00Z", True, "2025-09-02 05:00, all day", date(2025, 9, 2)),
        ("2025-09-02T05:00:00", None, False, "2025-09-02 10:00", date(2025, 9, 2)),
    ],
)
def test_dates_are_told_in_campus_time(
    start: str | None, end: str | None, all_day: bool, when: str, last: date | None
) -> None:
    seen = read_dates(start, end, all_day, ALMATY)
    assert (seen.when, seen.last_day) == (when, last)


def test_an_event_that_ends_at_midnight_ends_the_day_before() -> None:
    assert read_dates("2025-09-02T15:00:00Z", "2025-09-02T19:00:00Z", False, ALMATY).last_day == date(
        2025, 9, 2
    )


def test_a_row_becomes_an_observed_event() -> None:
    form = dict(create_form(wish(), "course_1", PLACE))
    event = observed(
        row(description=form["calendar_event[description]"]),
        "course_1",
        PLACE,
        version="2025-08-01T00:00:00Z",
    )
    assert event.remote_id == "7"
    assert event.days == SEPTEMBER_2
    assert event.marker == marker_of(wish(), "course_1", "mnu")
    assert (event.genuine, event.writable, event.body_known) == (True, True, True)
    assert event.body_hash == wish().body_hash
    assert event.version == "2025-08-01T00:00:00Z"


def test_a_marker_of_another_context_is_not_genuine() -> None:
    form = dict(create_form(wish(), "course_2", PLACE))
    event = observed(row(description=form["calendar_event[description]"]), "course_1", PLACE, version="")
    assert event.marker is not None
    assert event.genuine is False


@pytest.mark.parametrize(
    "changed",
    [{"context_code": "course_section_9"}, {"parent_event_id": 3}, {"appointment_group_id": 4}],
)
def test_rows_of_sections_and_slots_are_never_ours_to_write(changed: dict[str, Any]) -> None:
    assert not is_own_row(row(**changed), "course_1")
    assert observed(row(**changed), "course_1", PLACE, version="").writable is False


def test_a_record_stands_for_a_description_that_was_not_read() -> None:
    record = Record(
        key="k",
        remote_id="7",
        title="Exam",
        days=SEPTEMBER_2,
        fingerprint="a-b",
        body_hash="beef",
        has_tail=True,
    )
    event = observed(row(), "course_1", PLACE, version="v", record=record)
    assert event.body_known is False
    assert event.body_hash == "beef"
    assert event.marker is not None
    assert (event.marker.key, event.marker.fingerprint, event.genuine) == ("k", "a-b", True)


def test_a_record_without_fingerprint_stands_for_no_marker() -> None:
    record = Record(key="k", remote_id="7", title="Exam", days=None, fingerprint="")
    assert observed(row(), "course_1", PLACE, version="v", record=record).marker is None


def test_missing_fields_are_read_as_empty() -> None:
    event = observed({"id": "9", "title": None}, "course_1", PLACE, version="")
    assert (event.remote_id, event.title, event.days, event.when) == ("9", "", None, "no date")


def test_a_create_names_context_title_dates_zone_and_description() -> None:
    form = dict(create_form(wish(), "course_1", PLACE))
    assert form.pop("calendar_event[description]").endswith(f"{BODY}</div>")
    assert form == {
        "calendar_event[context_code]": "course_1",
        "calendar_event[title]": "Exam",
        "calendar_event[start_at]": "2025-09-02T00:00:00+05:00",
        "calendar_event[end_at]": "2025-09-02T00:00:00+05:00",
        "calendar_event[all_day]": "true",
        "calendar_event[time_zone_edited]": "Asia/Almaty",
    }


@pytest.mark.parametrize(
    ("names", "fields"),
    [
        ({Field.TITLE}, {"title"}),
        ({Field.DAYS}, {"start_at", "end_at", "all_day", "time_zone_edited"}),
        ({Field.TEXT}, {"description"}),
        ({Field.MARKER}, {"description"}),
    ],
)
def test_only_named_fields_are_wished(names: set[Field], fields: set[str]) -> None:
    assert wished_fields(wish(), "course_1", PLACE, names=names, tail="").keys() == fields


def test_an_answer_as_wished_has_no_deviation() -> None:
    form = dict(create_form(wish(), "course_1", PLACE))
    event = observed(row(description=form["calendar_event[description]"]), "course_1", PLACE, version="")
    assert deviation(event, wish(), "course_1", PLACE, names=ALL_FIELDS).words == ""


def test_every_field_that_differs_is_told_in_words() -> None:
    event = observed(row(title="Else", all_day=False, description="<p>no</p>"), "course_1", PLACE, version="")
    found = deviation(event, wish(), "course_1", PLACE, names=ALL_FIELDS)
    assert found.names == ALL_FIELDS
    for word in ("'Else'", "2025-09-02 00:00", "text", "marker"):
        assert word in found.words
    assert deviation(event, wish(), "course_1", PLACE, names={Field.TITLE}).names == {"title"}


def test_html_is_compared_by_its_words() -> None:
    assert hashes_to(f"<div>{BODY}</div>", wish().body_hash, PLACE)
    assert not hashes_to(f"{BODY.replace('Exam', 'Quiz')}", wish().body_hash, PLACE)
    assert not hashes_to("", wish().body_hash, PLACE)


def test_the_last_minute_of_a_day_is_in_the_zone() -> None:
    assert span_end(date(2025, 9, 13), ALMATY) == datetime(2025, 9, 13, 18, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("9999-12-31T23:00:00Z", "9999-12-31T23:30:00Z"),
        ("9999-12-31T23:59:59Z", None),
        ("0001-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00+14:00"),
        ("9999-12-31T23:59:00-12:00", None),
        (7, None),
        (None, ["2025-09-01"]),
        ({}, True),
    ],
)
@pytest.mark.parametrize("zone", ["Asia/Almaty", "America/New_York", "Pacific/Kiritimati", "UTC"])
def test_an_event_beyond_the_days_there_are_is_read_without_any(
    start: object, end: object, zone: str
) -> None:
    row = {"id": 1, "title": "Never", "start_at": start, "end_at": end, "context_code": "course_1"}
    place = Place(owner="mnu", zone=ZoneInfo(zone), origin="https://canvas.example.edu")
    assert observed(row, "course_1", place, version="").days is None


def test_a_titles_numbers_hold_together_in_canvas_and_are_plain_again_when_read() -> None:
    wanted = replace(wish(), title="Trimester II, 1 course")
    form = dict(create_form(wanted, "course_1", PLACE))
    written = form["calendar_event[title]"]
    assert written == "Trimester\N{NO-BREAK SPACE}II, 1\N{NO-BREAK SPACE}course"
    assert observed(row(title=written), "course_1", PLACE, version="").title == wanted.title
