"""What Google's own client sees, and what the wire does to it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING

import httplib2
import pytest
import requests
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

from syncd.sandbox.faults import Kind, Rule
from syncd.sandbox.google.wire import broken

if TYPE_CHECKING:
    from tests.sandbox.google.conftest import Google


def test_writes_and_reads_work_through_googles_client(google: Google) -> None:
    events = google.service().events()
    made = events.insert(calendarId=google.law, body={"id": "finals1", **google.all_day()}).execute()
    call = events.update(calendarId=google.law, eventId="finals1", body=google.all_day(summary="New"))
    call.headers["If-Match"] = made["etag"]
    assert call.execute()["summary"] == "New"
    assert events.delete(calendarId=google.law, eventId="finals1").execute() == ""
    assert events.get(calendarId=google.law, eventId="finals1").execute()["status"] == "cancelled"


def test_list_next_walks_all_pages(google: Google) -> None:
    for name in ("aaaaa", "bbbbb", "ccccc"):
        google.insert(name)
    events = google.service().events()
    call, seen = events.list(calendarId=google.law, maxResults=2), []
    while call is not None:
        page = call.execute()
        seen += [one["id"] for one in page["items"]]
        call = events.list_next(call, page)
    assert seen == ["aaaaa", "bbbbb", "ccccc"]


def test_a_get_longer_than_2048_characters_arrives_as_a_post_and_still_works(google: Google) -> None:
    google.insert(extendedProperties={"private": {"owner": "us"}})
    filters = ["owner=us", *(f"key{number}={'v' * 40}" for number in range(60))]
    call = google.service().events().list(calendarId=google.law, privateExtendedProperty=filters)
    assert [one["id"] for one in call.execute()["items"]] == ["finals1"]
    assert google.served("POST", "/events$") == 2  # the insert and the list


def test_an_error_shows_status_and_reason(google: Google) -> None:
    google.insert()
    with pytest.raises(HttpError) as caught:
        google.service().events().insert(
            calendarId=google.law, body={"id": "finals1", **google.all_day()}
        ).execute()
    assert (caught.value.status_code, caught.value.error_details[0]["reason"]) == (409, "duplicate")


def test_a_connection_dropped_after_the_insert_makes_the_client_meet_its_own_event(google: Google) -> None:
    google.faults.add(Rule(kind=Kind.DROP, when="after", method="POST", path="/events$"))
    body = {"id": "finals1", **google.all_day()}
    with pytest.raises(HttpError) as caught:
        google.service().events().insert(calendarId=google.law, body=body).execute()
    assert caught.value.status_code == 409
    assert google.ids() == ["finals1"]
    assert google.world.writes() == 1


@pytest.mark.parametrize(("kind", "status"), [(Kind.THROTTLE_403, 403), (Kind.THROTTLE_429, 429)])
def test_throttle_faults_speak_googles_language(google: Google, kind: Kind, status: int) -> None:
    google.faults.add(Rule(kind=kind))
    assert google.reason(google.refused_list()) == (status, "rateLimitExceeded")


def test_a_truncated_page_has_half_its_rows_and_no_next_page(google: Google) -> None:
    for name in ("aaaaa", "bbbbb", "ccccc", "ddddd", "eeeee"):
        google.insert(name)
    google.faults.add(Rule(kind=Kind.TRUNCATED_PAGE))
    page = google.page(maxResults=4)
    assert len(page["items"]) == 2
    assert "nextPageToken" not in page


def test_a_fault_before_the_write_leaves_the_world_alone_and_one_after_it_does_not(google: Google) -> None:
    google.faults.add(broken(503, method="POST"))
    assert google.reason(google.post({"id": "before1", **google.all_day()})) == (503, "backendError")
    google.faults.add(broken(500, method="POST", when="after"))
    assert google.reason(google.post({"id": "after1", **google.all_day()})) == (500, "internalError")
    assert google.ids() == ["after1"]


def test_two_inserts_of_one_id_at_once_make_one_event(google: Google) -> None:
    body = {"id": "finals1", **google.all_day()}
    url = f"{google.url}/calendar/v3/calendars/{google.law}/events"

    def insert(_: int) -> int:
        headers = {"authorization": "Bearer any-token"}
        return requests.post(url, json=body, headers=headers, timeout=10).status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(insert, range(4))) == [200, 409, 409, 409]
    assert google.world.writes() == 1


def _retried(google: Google) -> int:
    """How often the client asks when it is told to retry three times, without really sleeping."""
    call = google.service().events().insert(calendarId=google.law, body=google.all_day())
    call._sleep = lambda _: None
    before = google.served("POST")
    with pytest.raises(HttpError):
        call.execute(num_retries=3)
    return google.served("POST") - before


def test_the_client_retries_for_speed_but_not_for_the_long_term_limit(google: Google) -> None:
    google.switches.units_per_minute = 0
    assert _retried(google) == 4
    google.switches.units_per_minute = 600
    google.switches.quota_exceeded = True
    assert _retried(google) == 1


def test_moving_the_root_moves_batches_too_while_the_endpoint_option_does_not(google: Google) -> None:
    assert google.service().new_batch_http_request()._batch_uri.startswith(google.url)
    options = {"api_endpoint": f"{google.url}/calendar/v3/"}
    with closing(build("calendar", "v3", http=httplib2.Http(), client_options=options)) as service:
        assert service.new_batch_http_request()._batch_uri.startswith("https://www.googleapis.com/")
