"""Batches, by Google's own client and in raw form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.sandbox.google.conftest import Google


def _insert(google: Google, service: Any, event: str, calendar: str | None = None) -> Any:
    body = {"id": event, **google.all_day()}
    return service.events().insert(calendarId=calendar or google.law, body=body)


def _run(service: Any, *calls: Any) -> dict[str, Any]:
    """Outcome of each call by its number: the answer, or the status of its error."""
    outcomes: dict[str, Any] = {}

    def note(number: str, answer: Any, error: Any) -> None:
        outcomes[number] = answer if error is None else error.status_code

    batch = service.new_batch_http_request(callback=note)
    for call in calls:
        batch.add(call)
    batch.execute()
    return outcomes


def test_each_part_has_its_own_outcome_and_the_batch_is_200(google: Google) -> None:
    google.insert("taken1")
    service = google.service()
    missing = service.events().delete(calendarId=google.law, eventId="never1")
    outcomes = _run(service, _insert(google, service, "fresh1"), _insert(google, service, "taken1"), missing)
    assert outcomes["1"]["id"] == "fresh1"
    assert (outcomes["2"], outcomes["3"]) == (409, 404)


def test_a_delete_in_a_batch_has_an_empty_answer(google: Google) -> None:
    google.insert()
    service = google.service()
    assert _run(service, service.events().delete(calendarId=google.law, eventId="finals1")) == {"1": ""}


def test_if_match_of_a_part_is_honoured(google: Google) -> None:
    google.insert()
    service = google.service()
    call = service.events().update(calendarId=google.law, eventId="finals1", body=google.all_day())
    call.headers["If-Match"] = '"1"'
    assert _run(service, call) == {"1": 412}


def test_every_part_costs_quota(google: Google) -> None:
    google.switches.units_per_minute = 2
    service = google.service()
    outcomes = _run(service, *(_insert(google, service, f"event{number}") for number in range(3)))
    assert [isinstance(outcomes[number], dict) for number in ("1", "2", "3")] == [True, True, False]
    assert outcomes["3"] == 403


def test_two_writes_to_one_event_in_a_batch_conflict(google: Google) -> None:
    service = google.service()
    calls = [
        service.events().patch(calendarId=google.law, eventId="finals1", body={"summary": title})
        for title in ("one", "two")
    ]
    google.insert()
    outcomes = _run(service, *calls)
    assert outcomes["1"]["summary"] == "one"
    assert outcomes["2"] == 409
    assert google.get()["summary"] == "one"


def test_shuffled_answers_are_matched_by_their_content_id(google: Google) -> None:
    google.switches.batch_shuffle = True
    service = google.service()
    names = [f"event{number}" for number in range(8)]
    outcomes = _run(service, *(_insert(google, service, name) for name in names))
    assert [outcomes[str(number + 1)]["id"] for number in range(8)] == names
    path = f"/calendar/v3/calendars/{google.law}/events/event0"
    answer = _raw(google, [_get(path, f"part {number}") for number in range(8)])
    order = re.findall(r"response-part (\d)", answer.text)
    assert order != sorted(order)
    assert len(order) == 8


def test_a_missing_part_leaves_every_outcome_unknown_although_all_took_effect(google: Google) -> None:
    google.switches.batch_drop_parts = 1
    service = google.service()
    heard: list[str] = []
    batch = service.new_batch_http_request(callback=lambda number, answer, error: heard.append(number))
    for name in ("aaaaa", "bbbbb"):
        batch.add(_insert(google, service, name))
    with pytest.raises(KeyError):
        batch.execute()
    assert heard == []
    assert google.ids() == ["aaaaa", "bbbbb"]


def test_a_batch_answer_that_breaks_off_still_took_effect(google: Google) -> None:
    google.switches.batch_cut_next = 1
    service = google.service()
    calls = [_insert(google, service, name) for name in ("aaaaa", "bbbbb", "ccccc")]
    with pytest.raises((KeyError, IndexError, ValueError)):
        _run(service, *calls)
    assert google.ids() == ["aaaaa", "bbbbb", "ccccc"]


def _raw(google: Google, parts: list[str], end: str = "\r\n", **params: Any) -> Any:
    body = "".join(f"--cut\n{part}\n" for part in parts) + "--cut--\n"
    return google.http.post(
        f"{google.url}/batch/calendar/v3",
        data=body.replace("\n", end),
        headers={"content-type": "multipart/mixed; boundary=cut"},
        params=params,
        timeout=10,
    )


def _get(path: str, content_id: str | None = None) -> str:
    named = f"Content-ID: <{content_id}>\n" if content_id else ""
    return f"Content-Type: application/http\n{named}\nGET {path} HTTP/1.1\n\n"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_parts_come_back_with_crlf_and_their_content_id(google: Google, end: str) -> None:
    google.insert()
    path = f"/calendar/v3/calendars/{google.law}/events/finals1"
    answer = _raw(google, [_get(path, "first one"), _get(path)], end)
    assert answer.headers["content-type"].startswith("multipart/mixed; boundary=")
    assert answer.content.count(b"HTTP/1.1 200 OK\r\n") == 2
    assert b"Content-ID: <response-first one>\r\n" in answer.content
    assert answer.content.endswith(b"--\r\n")


def test_outer_headers_and_query_apply_to_every_part(google: Google) -> None:
    google.insert()
    path = f"/calendar/v3/calendars/{google.law}/events/finals1"
    answer = _raw(google, [_get(path)], fields="id")
    assert b'{"id":"finals1"}' in answer.content


def test_a_part_must_name_a_path_of_this_api(google: Google) -> None:
    answer = _raw(google, [_get("https://www.googleapis.com/calendar/v3/calendars/a/events")])
    assert answer.status_code == 200
    assert b"HTTP/1.1 400 Bad Request" in answer.content


def test_more_than_1000_calls_are_refused_whole(google: Google) -> None:
    answer = _raw(google, [_get("/calendar/v3/colors")] * 1001)
    assert google.reason(answer) == (400, "badRequest")


def test_what_is_not_multipart_is_refused(google: Google) -> None:
    answer = google.http.post(f"{google.url}/batch/calendar/v3", json={}, timeout=10)
    assert google.reason(answer) == (400, "badRequest")
