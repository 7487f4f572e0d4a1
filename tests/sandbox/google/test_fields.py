"""The fields parameter: what is not named is gone, tokens included."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.sandbox.google.conftest import Google


def test_tokens_that_are_not_asked_for_do_not_come_and_paging_stops_in_silence(google: Google) -> None:
    for name in ("aaaaa", "bbbbb", "ccccc"):
        google.insert(name)
    page = google.page(maxResults=2, fields="items(id)")
    assert page == {"items": [{"id": "aaaaa"}, {"id": "bbbbb"}]}


def test_tokens_that_are_asked_for_come(google: Google) -> None:
    for name in ("aaaaa", "bbbbb", "ccccc"):
        google.insert(name)
    fields = "items(id,etag,extendedProperties/private),nextPageToken,nextSyncToken"
    first, last = google.pages(maxResults=2, fields=fields)
    assert set(first) == {"items", "nextPageToken"}
    assert set(last) == {"items", "nextSyncToken"}


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ("items/id", {"items": [{"id": "finals1"}]}),
        ("items(id,summary)", {"items": [{"id": "finals1", "summary": "Exams begin"}]}),
        (
            "items(id,extendedProperties/private)",
            {"items": [{"id": "finals1", "extendedProperties": {"private": {"owner": "us", "key": "k"}}}]},
        ),
        (
            "items(extendedProperties/private/owner,start(date))",
            {
                "items": [
                    {"start": {"date": "2025-11-11"}, "extendedProperties": {"private": {"owner": "us"}}}
                ]
            },
        ),
        ("items/id,items/status", {"items": [{"id": "finals1", "status": "confirmed"}]}),
        (
            "timeZone,items(start/*)",
            {"timeZone": "Asia/Almaty", "items": [{"start": {"date": "2025-11-11"}}]},
        ),
        ("accessRole", {"accessRole": "writer"}),
    ],
)
def test_a_selection_takes_exactly_what_it_names(google: Google, fields: str, wanted: dict[str, Any]) -> None:
    google.insert(extendedProperties={"private": {"owner": "us", "key": "k"}, "shared": {"s": "s"}})
    assert google.page(fields=fields) == wanted


def test_a_star_takes_everything_of_its_level(google: Google) -> None:
    google.insert()
    assert google.page(fields="*") == google.page()
    assert google.page(fields="items(*)")["items"] == google.page()["items"]


def test_everything_stays_everything_when_a_part_of_it_is_named_too(google: Google) -> None:
    google.insert()
    for fields in ("items,items/id", "items/id,items"):
        assert google.page(fields=fields)["items"] == google.page()["items"]


def test_single_events_and_answers_to_writes_obey_a_selection(google: Google) -> None:
    google.insert()
    assert google.get(fields="id,status") == {"id": "finals1", "status": "confirmed"}
    answer = google.put("finals1", google.all_day(summary="New"), fields="summary")
    assert google.ok(answer) == {"summary": "New"}


@pytest.mark.parametrize(
    "fields",
    ["items(id", "items)", "items(colour)", "nextToken", "items//id", "id", ",", "items()", "items(id)x"],
)
def test_a_bad_selection_is_refused(google: Google, fields: str) -> None:
    answer = google.refused_list(fields=fields)
    assert google.reason(answer) == (400, "invalidParameter")
    assert answer.json()["error"]["message"].startswith("Invalid field selection")


def test_a_bad_selection_stops_a_write(google: Google) -> None:
    answer = google.post({"id": "finals1", **google.all_day()}, fields="colour")
    assert answer.status_code == 400
    assert google.ids() == []
