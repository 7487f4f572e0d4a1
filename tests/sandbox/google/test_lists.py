"""events.list: pages, windows, filters, order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sandbox.google.conftest import Google


def _fill(google: Google, live: int, dead: int = 0) -> None:
    google.switches.units_per_minute = None
    for number in range(dead):
        google.insert(f"dead{number:04d}")
        google.delete(f"dead{number:04d}")
    for number in range(live):
        google.insert(f"live{number:04d}")


def test_a_page_has_250_rows_unless_asked_otherwise(google: Google) -> None:
    _fill(google, 251)
    first, second = google.pages()
    assert (len(first["items"]), len(second["items"])) == (250, 1)


def test_max_results_is_capped_at_2500(google: Google) -> None:
    google.switches.units_per_minute = None
    google.switches.project_units_per_minute = None
    for number in range(2501):
        google.people.create(google.law, f"event {number}", "2025-10-01")
    assert len(google.page(maxResults=9999)["items"]) == 2500


@pytest.mark.parametrize("size", ["0", "-1", "many"])
def test_a_page_size_that_is_no_positive_number_is_refused(google: Google, size: str) -> None:
    answer = google.refused_list(maxResults=size)
    assert google.reason(answer) == (400, "invalidParameter")


def test_pages_are_cut_before_deleted_events_are_filtered_out(google: Google) -> None:
    _fill(google, live=2, dead=5)
    sizes = [len(page["items"]) for page in google.pages(maxResults=3)]
    assert sizes == [0, 1, 1]


def test_property_filters_too_leave_pages_short_or_empty(google: Google) -> None:
    _fill(google, live=4)
    google.insert("ours1", extendedProperties={"private": {"owner": "us"}})
    pages = list(google.pages(maxResults=2, privateExtendedProperty="owner=us"))
    assert [len(page["items"]) for page in pages] == [0, 0, 1]


def test_only_the_last_page_has_a_sync_token_and_it_has_no_page_token(google: Google) -> None:
    _fill(google, live=3)
    first, last = google.pages(maxResults=2)
    assert "nextPageToken" in first
    assert "nextSyncToken" not in first
    assert "nextSyncToken" in last
    assert "nextPageToken" not in last


def test_switches_make_pages_short_and_the_first_one_empty(google: Google) -> None:
    _fill(google, live=3)
    google.switches.empty_first_page = True
    google.switches.page_rows = 2
    assert [len(page["items"]) for page in google.pages()] == [0, 2, 1]


def test_a_switch_loses_the_tokens_of_one_answer(google: Google) -> None:
    _fill(google, live=3)
    google.switches.lose_page_token_next = 1
    assert not {"nextPageToken", "nextSyncToken"} & set(google.page(maxResults=2))
    assert "nextPageToken" in google.page(maxResults=2)


def test_a_page_token_with_other_parameters_is_refused(google: Google) -> None:
    _fill(google, live=3)
    token = google.page(maxResults=2)["nextPageToken"]
    answer = google.refused_list(maxResults=2, pageToken=token, showDeleted="true")
    assert google.reason(answer) == (400, "invalid")
    assert answer.json()["error"]["errors"][0]["location"] == "pageToken"


def test_a_made_up_page_token_is_refused(google: Google) -> None:
    assert google.reason(google.refused_list(pageToken="next")) == (400, "invalid")


def test_a_page_token_expires(google: Google) -> None:
    _fill(google, live=3)
    token = google.page(maxResults=2)["nextPageToken"]
    google.world.advance(3601)
    assert google.reason(google.refused_list(maxResults=2, pageToken=token)) == (400, "invalid")
    google.switches.expired_page_token_code = 410
    assert google.refused_list(maxResults=2, pageToken=token).status_code == 410


def test_events_inserted_or_deleted_between_pages_neither_repeat_nor_hide_others(google: Google) -> None:
    _fill(google, live=4)
    first = google.page(maxResults=2)
    google.delete("live0000")
    google.insert("fresh1")
    second = google.page(maxResults=2, pageToken=first["nextPageToken"])
    third = google.page(maxResults=2, pageToken=second["nextPageToken"])
    seen = [one["id"] for page in (first, second, third) for one in page["items"]]
    assert seen == ["live0000", "live0001", "live0002", "live0003", "fresh1"]


def test_deleted_events_come_only_if_asked_for(google: Google) -> None:
    _fill(google, live=1, dead=1)
    assert google.ids() == ["live0000"]
    assert google.ids(showDeleted="true") == ["dead0000", "live0000"]


def test_the_window_bounds_are_exclusive_on_end_and_start_in_the_calendars_zone(google: Google) -> None:
    google.insert()  # 11 November in UTC+5: from 10 November 19:00 to 11 November 19:00 UTC
    assert google.ids(timeMin="2025-11-11T18:59:59Z") == ["finals1"]
    assert google.ids(timeMin="2025-11-11T19:00:00Z") == []
    assert google.ids(timeMax="2025-11-10T19:00:01Z") == ["finals1"]
    assert google.ids(timeMax="2025-11-10T19:00:00Z") == []
    assert google.ids(timeMax="2025-11-11T00:00:01+05:00") == ["finals1"]


def test_sub_seconds_of_a_bound_are_ignored(google: Google) -> None:
    google.insert()
    assert google.ids(timeMax="2025-11-10T19:00:00.999Z") == []


@pytest.mark.parametrize("bound", ["2025-11-11", "2025-11-11T00:00:00", "tomorrow", "2025-13-01T00:00:00Z"])
def test_a_bound_without_an_offset_is_refused(google: Google, bound: str) -> None:
    assert google.reason(google.refused_list(timeMin=bound)) == (400, "badRequest")


def test_a_window_that_ends_before_it_starts_is_empty(google: Google) -> None:
    answer = google.refused_list(timeMin="2025-11-12T00:00:00Z", timeMax="2025-11-11T00:00:00Z")
    assert google.reason(answer) == (400, "timeRangeEmpty")
    assert answer.json()["error"]["errors"][0] == {
        "domain": "calendar",
        "reason": "timeRangeEmpty",
        "message": "The specified time range is empty.",
        "locationType": "parameter",
        "location": "timeMax",
    }


def test_order_by_start_time_needs_single_events(google: Google) -> None:
    google.insert("later1", **google.all_day("2025-12-01", "2025-12-02"))
    google.insert("sooner1", **google.all_day("2025-10-01", "2025-10-02"))
    assert google.reason(google.refused_list(orderBy="startTime")) == (400, "badRequest")
    assert google.ids(orderBy="startTime", singleEvents="true") == ["sooner1", "later1"]


def test_order_by_updated_puts_the_latest_change_last(google: Google) -> None:
    google.insert("aaaaa")
    google.insert("bbbbb")
    google.patch("aaaaa", {"summary": "changed"})
    assert google.ids(orderBy="updated") == ["bbbbb", "aaaaa"]


def test_updated_min_brings_deleted_events_along(google: Google) -> None:
    google.insert("older1")
    google.world.advance(3600)
    google.insert("later1")
    google.delete("later1")
    assert google.ids(updatedMin="2025-09-01T00:30:00Z") == ["later1"]


def test_an_updated_min_too_long_ago_is_gone(google: Google) -> None:
    answer = google.refused_list(updatedMin="2025-07-01T00:00:00Z")
    assert google.reason(answer) == (410, "updatedMinTooLongAgo")


def test_events_are_found_by_ical_uid(google: Google) -> None:
    google.insert("aaaaa")
    google.insert("bbbbb")
    assert google.ids(iCalUID="bbbbb@google.com") == ["bbbbb"]


def test_events_are_found_by_their_words(google: Google) -> None:
    google.insert("aaaaa", description="bring a passport")
    google.insert("bbbbb")
    assert google.ids(q="Passport bring") == ["aaaaa"]


def test_a_list_tells_zone_and_access_role_of_the_calendar(google: Google) -> None:
    page = google.page()
    assert (page["kind"], page["timeZone"], page["accessRole"]) == (
        "calendar#events",
        "Asia/Almaty",
        "writer",
    )
    assert page["summary"] == "School of Law"


def test_an_unchanged_list_is_not_modified(google: Google) -> None:
    google.insert()
    path = f"calendars/{google.law}/events"
    etag = google.page()["etag"]
    assert google.call("GET", path, headers={"if-none-match": etag}).status_code == 304


def test_times_are_rendered_in_the_requested_zone(google: Google) -> None:
    google.ok(google.post(google.timed("2025-09-01T09:00:00Z", "2025-09-01T10:00:00Z")))
    (event,) = google.page(timeZone="Europe/Berlin")["items"]
    assert event["start"] == {"dateTime": "2025-09-01T11:00:00+02:00", "timeZone": "Asia/Almaty"}


def test_an_unknown_zone_is_refused(google: Google) -> None:
    assert google.reason(google.refused_list(timeZone="Mars/Base")) == (400, "invalid")


@pytest.mark.parametrize(("name", "value"), [("singleEvents", "yes"), ("orderBy", "summary")])
def test_parameters_outside_their_values_are_refused(google: Google, name: str, value: str) -> None:
    answer = google.refused_list(**{name: value})
    assert google.reason(answer) == (400, "invalidParameter")


def test_a_post_with_method_override_is_a_get_with_its_query_in_the_body(google: Google) -> None:
    google.insert()
    google.insert("other1")
    answer = google.http.post(
        f"{google.url}/calendar/v3/calendars/{google.law}/events",
        data={"iCalUID": "other1@google.com", "maxResults": "10"},
        headers={"x-http-method-override": "GET"},
        timeout=10,
    )
    assert [one["id"] for one in google.ok(answer)["items"]] == ["other1"]
