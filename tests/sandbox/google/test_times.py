"""Dates, instants, zones, and what the server adds or leaves out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.sandbox.google.conftest import Google


def test_all_day_dates_stay_as_they_are_whatever_zone_is_asked_for(google: Google) -> None:
    google.insert()
    for zone in ("Asia/Almaty", "UTC", "America/Los_Angeles"):
        found = google.get(timeZone=zone)
        assert (found["start"], found["end"]) == ({"date": "2025-11-11"}, {"date": "2025-11-12"})


@pytest.mark.parametrize("end", ["2025-11-11", "2025-11-10"])
def test_an_all_day_event_must_end_on_a_later_day_since_the_end_is_exclusive(
    google: Google, end: str
) -> None:
    assert google.reason(google.post(google.all_day("2025-11-11", end))) == (400, "timeRangeEmpty")


def test_an_event_of_no_length_cannot_be_stored(google: Google) -> None:
    body = google.timed("2025-09-01T09:00:00Z", "2025-09-01T14:00:00+05:00")
    assert google.reason(google.post(body)) == (400, "timeRangeEmpty")


def test_a_timed_event_comes_back_in_the_calendars_offset_with_its_zone(google: Google) -> None:
    made = google.ok(google.post(google.timed("2025-09-01T09:00:00Z", "2025-09-01T10:00:00Z")))
    assert made["start"] == {"dateTime": "2025-09-01T14:00:00+05:00", "timeZone": "Asia/Almaty"}
    assert google.get(made["id"])["start"] == made["start"]


def test_a_switch_answers_writes_with_times_as_sent_while_reads_rewrite_them(google: Google) -> None:
    google.switches.write_answers_in_calendar_zone = False
    made = google.ok(google.post(google.timed("2025-09-01T09:00:00Z", "2025-09-01T10:00:00Z")))
    assert made["start"]["dateTime"] == "2025-09-01T09:00:00Z"
    assert google.get(made["id"])["start"]["dateTime"] == "2025-09-01T14:00:00+05:00"


def test_a_named_zone_is_kept_beside_the_rewritten_offset(google: Google) -> None:
    body = google.timed("2025-07-01T09:00:00", "2025-07-01T10:00:00", "Europe/Berlin")
    made = google.ok(google.post(body))
    assert made["start"] == {"dateTime": "2025-07-01T12:00:00+05:00", "timeZone": "Europe/Berlin"}


def test_a_calendar_in_utc_shows_a_z(google: Google) -> None:
    google.world.add_calendar(
        "utc@group.calendar.google.com", summary="UTC", writers=(google.world.service_account,)
    )
    body = google.timed("2025-09-01T09:00:00+05:00", "2025-09-01T10:00:00+05:00")
    made = google.ok(google.call("POST", "calendars/utc@group.calendar.google.com/events", body))
    assert made["start"]["dateTime"] == "2025-09-01T04:00:00Z"


def test_a_local_time_without_a_zone_is_refused(google: Google) -> None:
    answer = google.post(google.timed("2025-09-01T09:00:00", "2025-09-01T10:00:00"))
    assert answer.status_code == 400
    assert answer.json()["error"]["message"] == "Missing time zone definition for start time."


def test_zone_names_that_google_does_not_know_are_refused(google: Google) -> None:
    body = google.timed("2025-09-01T09:00:00Z", "2025-09-01T10:00:00Z", "Europe/Kyiv")
    assert google.post(body).status_code == 200
    google.switches.unknown_zones = {"Europe/Kyiv"}
    answer = google.post(body)
    assert google.reason(answer) == (400, "invalid")
    assert answer.json()["error"]["message"] == "Invalid time zone definition for start time."


@pytest.mark.parametrize(
    "times",
    [
        {"start": {"date": "2025-11-11"}, "end": {"dateTime": "2025-11-12T00:00:00Z"}},
        {"start": {"date": "2025-11-11", "dateTime": "2025-11-11T00:00:00Z"}, "end": {"date": "2025-11-12"}},
        {"start": {"date": "2025-02-30"}, "end": {"date": "2025-03-02"}},
        {"start": {"date": "11.11.2025"}, "end": {"date": "2025-11-12"}},
        {"start": {"date": "2025-11-11"}},
        {"start": {}, "end": {}},
    ],
)
def test_start_and_end_must_be_one_kind_and_real(google: Google, times: dict[str, Any]) -> None:
    assert google.post({"summary": "x", **times}).status_code == 400


def test_patching_a_time_into_an_all_day_event_needs_the_date_nulled(google: Google) -> None:
    google.insert()
    times = google.timed("2025-11-11T09:00:00Z", "2025-11-11T10:00:00Z")
    assert google.patch("finals1", times).status_code == 400
    nulled = {name: {"date": None, **times[name]} for name in ("start", "end")}
    assert "dateTime" in google.ok(google.patch("finals1", nulled))["start"]


def test_the_server_adds_its_fields(google: Google) -> None:
    google.clock.now += 0.4
    made = google.insert()
    assert made["kind"] == "calendar#event"
    assert made["status"] == "confirmed"
    assert made["htmlLink"].startswith("https://www.google.com/calendar/event?eid=")
    assert made["created"] == "2025-09-01T00:00:00.000Z"
    assert made["updated"] == "2025-09-01T00:00:00.400Z"
    assert made["creator"] == {"email": google.world.service_account}
    assert made["organizer"] == {"email": google.law, "displayName": "School of Law", "self": True}
    assert (made["iCalUID"], made["sequence"], made["eventType"]) == ("finals1@google.com", 0, "default")
    assert made["reminders"] == {"useDefault": True}


def test_fields_at_their_default_are_left_out(google: Google) -> None:
    made = google.insert(
        transparency="opaque",
        visibility="default",
        guestsCanModify=False,
        guestsCanInviteOthers=True,
        guestsCanSeeOtherGuests=True,
        description="",
        location="",
    )
    defaults = {"transparency", "visibility", "description", "location", "colorId"}
    assert not defaults & set(made)
    assert not [name for name in made if name.startswith("guestsCan")]


def test_fields_off_their_default_are_shown(google: Google) -> None:
    fields: dict[str, Any] = {
        "transparency": "transparent",
        "visibility": "public",
        "colorId": "5",
        "guestsCanModify": True,
    }
    assert google.insert(**fields).items() >= fields.items()


@pytest.mark.parametrize(
    "fields",
    [
        {"transparency": "clear"},
        {"visibility": "secret"},
        {"status": "maybe"},
        {"colorId": "12"},
        {"summary": 5},
        {"source": {"url": "ftp://university.example"}},
        {"reminders": {"useDefault": True, "overrides": [{"method": "popup", "minutes": 5}]}},
        {"reminders": {"overrides": [{"method": "popup", "minutes": 40_321}]}},
        {"reminders": {"overrides": [{"method": "popup", "minutes": number} for number in range(6)]}},
        {"eventType": "birthday"},
    ],
)
def test_values_outside_their_range_are_refused(google: Google, fields: dict[str, Any]) -> None:
    assert google.post(google.all_day(**fields)).status_code == 400


def test_html_in_a_description_round_trips(google: Google) -> None:
    text = "<b>Exams</b><br><ul><li>one</li></ul>"
    assert google.insert(description=text)["description"] == text


def test_the_conference_block_of_a_description_is_removed(google: Google) -> None:
    edge = "-::~:~::~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~::~:~::-"
    made = google.insert(description=f"Exams begin.\n\n{edge}\nJoin: https://meet.google.com/abc\n{edge}")
    assert made["description"] == "Exams begin."


def test_a_description_over_the_limit_is_cut_or_with_a_switch_refused(google: Google) -> None:
    assert len(google.insert(description="d" * 9000)["description"]) == 8192
    google.switches.description_over_limit = "refuse"
    assert google.post(google.all_day(description="d" * 9000)).status_code == 400


def test_the_source_is_shown_to_its_creator_only(google: Google) -> None:
    source = {"url": "https://university.example/calendar", "title": "Calendar"}
    google.insert(source=source)
    assert google.get()["source"] == source
    google.world.grant_access(google.law, "teacher@university.example", "writer")
    google.world.grant_token("teachers", "teacher@university.example", google.switches.any_token_scopes)
    google.http.headers["authorization"] = "Bearer teachers"
    assert "source" not in google.get()


def test_a_body_that_is_not_json_is_a_parse_error(google: Google) -> None:
    url = f"{google.url}/calendar/v3/calendars/{google.law}/events"
    assert google.reason(google.http.post(url, data=b"{broken", timeout=10)) == (400, "parseError")


def test_the_type_of_an_event_is_fixed(google: Google) -> None:
    google.insert()
    assert google.reason(google.patch("finals1", {"eventType": "focusTime"})) == (400, "invalid")
