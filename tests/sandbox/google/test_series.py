"""Recurring events, as people make them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.sandbox.google.conftest import Google


WEEKLY = ["RRULE:FREQ=WEEKLY;COUNT=3"]


def _series(google: Google, **fields: Any) -> str:
    return google.people.create(google.law, "Colloquium", "2025-10-06", recurrence=WEEKLY, **fields)


def _starts(google: Google, **params: Any) -> list[str]:
    return [one["start"]["date"] for one in google.page(singleEvents="true", **params)["items"]]


def test_a_list_shows_the_series_or_with_single_events_its_instances(google: Google) -> None:
    series = _series(google)
    assert google.ids() == [series]
    assert _starts(google) == ["2025-10-06", "2025-10-13", "2025-10-20"]


def test_an_instance_is_named_after_series_and_original_start(google: Google) -> None:
    series = _series(google)
    instance = google.get(f"{series}_20251013")
    assert instance["recurringEventId"] == series
    assert instance["originalStartTime"] == {"date": "2025-10-13"}
    assert "recurrence" not in instance


def test_a_timed_instance_keeps_its_local_time_and_is_named_in_utc(google: Google) -> None:
    body = google.timed(
        "2025-10-20T09:00:00",
        "2025-10-20T10:00:00",
        "Europe/Berlin",
        recurrence=["RRULE:FREQ=WEEKLY;COUNT=2"],
    )
    series = google.ok(google.post(body))["id"]
    ids = google.ids(singleEvents="true")
    assert ids == [f"{series}_20251020T070000Z", f"{series}_20251027T080000Z"]


def test_a_date_that_the_rule_does_not_give_is_no_instance(google: Google) -> None:
    series = _series(google)
    assert google.read(f"{series}_20251014").status_code == 404


def test_a_cancelled_instance_comes_bare_although_deleted_events_were_not_asked_for(google: Google) -> None:
    series = _series(google)
    google.people.delete(google.law, f"{series}_20251013")
    _, bare = google.page()["items"]
    assert (bare["status"], bare["recurringEventId"]) == ("cancelled", series)
    assert bare["originalStartTime"] == {"date": "2025-10-13"}
    assert not {"summary", "start", "creator"} & set(bare)
    assert _starts(google) == ["2025-10-06", "2025-10-20"]


def test_a_changed_instance_stands_in_the_place_of_its_original(google: Google) -> None:
    series = _series(google)
    google.people.reschedule(google.law, f"{series}_20251013", days=1)
    assert _starts(google, orderBy="startTime") == ["2025-10-06", "2025-10-14", "2025-10-20"]
    assert google.get(f"{series}_20251013")["originalStartTime"] == {"date": "2025-10-13"}


def test_deleting_the_series_takes_all_instances_along(google: Google) -> None:
    series = _series(google)
    google.people.delete(google.law, f"{series}_20251013")
    google.people.delete(google.law, series)
    assert google.ids() == []
    assert _starts(google) == []
    assert google.ids(showDeleted="true") == [series]


def test_a_window_finds_a_series_by_any_of_its_instances(google: Google) -> None:
    series = _series(google)
    assert google.ids(timeMin="2025-10-19T00:00:00Z") == [series]
    assert google.ids(timeMin="2025-10-22T00:00:00Z") == []


def test_the_instances_of_one_series_have_a_list_of_their_own(google: Google) -> None:
    series = _series(google)
    google.people.delete(google.law, f"{series}_20251013")
    path = f"calendars/{google.law}/events/{series}/instances"
    assert len(google.ok(google.call("GET", path))["items"]) == 2
    assert len(google.ok(google.call("GET", path, params={"showDeleted": "true"}))["items"]) == 3


def test_a_timed_series_needs_a_zone(google: Google) -> None:
    body = google.timed("2025-10-06T09:00:00Z", "2025-10-06T10:00:00Z", recurrence=WEEKLY)
    answer = google.post(body)
    assert answer.json()["error"]["message"] == "Missing time zone definition for start time."


@pytest.mark.parametrize(
    "rule", [["FREQ=WEEKLY"], ["RRULE:FREQ=SOMETIMES"], "RRULE:FREQ=DAILY", ["DTSTART:x"]]
)
def test_a_rule_that_cannot_be_read_is_refused(google: Google, rule: Any) -> None:
    assert google.reason(google.post(google.all_day(recurrence=rule))) == (400, "invalid")
