"""A calendar is read whole or not at all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from connectors.errors import (
    AccessDeniedError,
    IncompleteReadError,
    MalformedResponseError,
    NotFoundError,
    RejectedError,
    TooLargeError,
    UnavailableError,
)
from connectors.google_calendar import reading
from connectors.port import Observation
from syncd.sandbox.faults import Kind, Rule
from tests.unit.connectors.google_calendar.conftest import ECONOMICS, LAW, wish

if TYPE_CHECKING:
    from tests.unit.connectors.google_calendar.conftest import Campus

LISTS: dict[str, Any] = {"method": "GET", "path": "/events$"}


def fill(campus: Campus, count: int) -> set[str]:
    return {campus.people.create(LAW, f"Party {number}", "2025-11-11") for number in range(count)}


def ids(campus: Campus) -> set[str]:
    return {event.remote_id for event in campus.observe()}


def lists(campus: Campus) -> int:
    return campus.faults.count(**LISTS)


def test_an_unchanged_calendar_costs_one_call(campus: Campus) -> None:
    campus.create(wish())
    campus.faults.forget()
    campus.observe()
    assert [line.path for line in campus.faults.log()] == [f"/calendar/v3/calendars/{LAW}/events"]


def test_pages_are_followed_to_the_end_short_and_empty_ones_too(campus: Campus) -> None:
    everything = fill(campus, 7)
    campus.world.switches.page_rows = 2
    campus.world.switches.empty_first_page = True
    ((_, result),) = campus.connector.observe([campus.context])
    assert isinstance(result, Observation)
    assert {event.remote_id for event in result.events} == everything


def test_one_page_says_so(campus: Campus) -> None:
    ((_, result),) = campus.connector.observe([campus.context])
    assert isinstance(result, Observation)


def test_deleted_events_are_not_there(campus: Campus) -> None:
    campus.create(wish())
    campus.people.delete(LAW, next(iter(campus.live())))
    assert campus.observe() == ()


def test_a_page_token_that_is_too_old_begins_the_read_again(campus: Campus) -> None:
    everything = fill(campus, 5)
    campus.world.switches.page_rows = 2
    campus.faults.add(
        Rule(
            kind=Kind.ACT,
            query="pageToken",
            action=lambda: campus.world.expire_page_tokens(LAW),
            **LISTS,
        )
    )
    assert ids(campus) == everything


@pytest.mark.parametrize("code", [400, 410])
def test_page_tokens_that_never_live_long_enough_make_no_list(campus: Campus, code: int) -> None:
    fill(campus, 5)
    campus.world.switches.page_rows = 2
    campus.world.switches.expired_page_token_code = code  # type: ignore[assignment]
    campus.faults.add(
        Rule(
            kind=Kind.ACT,
            times=None,
            query="pageToken",
            action=lambda: campus.world.expire_page_tokens(LAW),
            **LISTS,
        )
    )
    with pytest.raises(IncompleteReadError):
        campus.observe()


def test_a_list_that_loses_its_tokens_is_not_believed(campus: Campus) -> None:
    everything = fill(campus, 5)
    campus.world.switches.page_rows = 2
    campus.world.switches.lose_page_token_next = 1
    assert ids(campus) == everything


def test_a_list_cut_short_is_not_believed(campus: Campus) -> None:
    everything = fill(campus, 6)
    campus.world.switches.page_rows = 4
    campus.faults.add(Rule(kind=Kind.TRUNCATED_PAGE, **LISTS))
    assert ids(campus) == everything


def test_a_list_that_is_always_cut_short_is_an_error(campus: Campus) -> None:
    fill(campus, 6)
    campus.world.switches.page_rows = 4
    campus.faults.add(Rule(kind=Kind.TRUNCATED_PAGE, times=None, **LISTS))
    with pytest.raises(IncompleteReadError):
        campus.observe()


@pytest.mark.parametrize("kind", [Kind.DROP, Kind.RESET, Kind.HTML, Kind.MALFORMED_JSON, Kind.THROTTLE_429])
def test_a_fault_that_passes_is_outlived(campus: Campus, kind: Kind) -> None:
    everything = fill(campus, 2)
    campus.faults.add(Rule(kind=kind, times=2, **LISTS))
    assert ids(campus) == everything


def test_a_service_that_stays_down_is_unavailable(campus: Campus) -> None:
    campus.faults.add(Rule(kind=Kind.HTML, status=503, times=None, **LISTS))
    with pytest.raises(UnavailableError, match="HTTP 503"):
        campus.observe()


@pytest.mark.parametrize("status", [200, 404, 403])
def test_a_page_in_place_of_the_api_is_never_an_empty_or_missing_calendar(
    campus: Campus, status: int
) -> None:
    campus.faults.add(Rule(kind=Kind.HTML, status=status, times=None, **LISTS))
    with pytest.raises(UnavailableError, match="any proxy in between"):
        campus.observe()


def test_an_empty_json_object_is_no_empty_calendar(campus: Campus) -> None:
    campus.faults.add(Rule(kind=Kind.JSON, status=200, body="{}", times=None, **LISTS))
    with pytest.raises(UnavailableError):
        campus.observe()


def test_a_lost_calendar_is_an_error_and_spoils_no_other(campus: Campus) -> None:
    campus.create(wish())
    campus.world.switches.lost_calendars.add(LAW)
    results = campus.observe_all(LAW, ECONOMICS, "humanities@group.calendar.google.com")
    assert len(results) == 3
    assert isinstance(results[LAW], NotFoundError)
    assert isinstance(results[ECONOMICS], Observation)


@pytest.mark.parametrize("role", ["reader", "freeBusyReader"])
def test_a_calendar_we_may_not_write_says_how_to_share_it(campus: Campus, role: str) -> None:
    campus.world.grant_access(LAW, campus.world.service_account, role)
    with pytest.raises(AccessDeniedError) as caught:
        campus.observe()
    if role == "reader":
        assert "sharing with outsiders" in str(caught.value)


def test_people_timed_and_repeated_events_are_seen_but_never_ours(campus: Campus) -> None:
    campus.people.create(
        LAW,
        "Seminar",
        "2025-11-11",
        start={"dateTime": "2025-11-11T22:00:00+05:00", "timeZone": "Asia/Almaty"},
        end={"dateTime": "2025-11-12T00:00:00+05:00", "timeZone": "Asia/Almaty"},
    )
    campus.people.create(
        LAW,
        "Weekly",
        "2025-11-11",
        recurrence=["RRULE:FREQ=WEEKLY;COUNT=3"],
    )
    seminar, weekly = sorted(campus.observe(), key=lambda event: event.title)
    assert (seminar.days, str(seminar.last_day)) == (None, "2025-11-11")
    assert seminar.when == "2025-11-11 22:00 to 2025-11-12 00:00"
    assert (weekly.days, weekly.last_day, weekly.writable) == (None, None, False)


def test_a_duplicate_that_a_person_made_is_told_from_ours(campus: Campus) -> None:
    campus.create(wish())
    (ours,) = campus.observe()
    other = campus.people.duplicate(LAW, ours.remote_id)
    copy = next(event for event in campus.observe() if event.remote_id == other)
    assert (ours.genuine, copy.genuine) == (True, False)
    assert copy.marker == ours.marker


def test_an_event_moved_here_from_another_calendar_is_not_ours_here(campus: Campus) -> None:
    campus.create(wish())
    (ours,) = campus.observe()
    campus.people.move(LAW, ours.remote_id, ECONOMICS)
    (moved,) = campus.observe_all(ECONOMICS)[ECONOMICS].events  # type: ignore[union-attr]
    assert moved.marker is not None
    assert not moved.genuine


def test_a_list_that_goes_in_circles_is_an_error(campus: Campus) -> None:
    page = json.dumps(
        {"kind": "calendar#events", "accessRole": "writer", "items": [], "nextPageToken": "again"}
    )
    campus.faults.add(Rule(kind=Kind.JSON, status=200, body=page, times=None, **LISTS))
    with pytest.raises(IncompleteReadError):
        campus.observe()


def test_a_refused_list_is_an_error(campus: Campus) -> None:
    errors = [{"domain": "global", "reason": "invalid", "message": "Bad"}]
    body = json.dumps({"error": {"code": 400, "message": "Bad", "errors": errors}})
    campus.faults.add(Rule(kind=Kind.JSON, status=400, body=body, times=None, **LISTS))
    with pytest.raises(RejectedError):
        campus.observe()


def test_an_event_that_cannot_be_read_is_an_error_and_not_left_out(campus: Campus) -> None:
    rows = [
        {"id": "abcde", "summary": ["Odd"], "start": {"date": "2025-11-11"}, "end": {"date": "2025-11-12"}}
    ]
    page = json.dumps(
        {"kind": "calendar#events", "accessRole": "writer", "items": rows, "nextSyncToken": "t"}
    )
    campus.faults.add(Rule(kind=Kind.JSON, status=200, body=page, times=None, **LISTS))
    with pytest.raises(MalformedResponseError, match="summary of event abcde holds a list"):
        campus.observe()


@pytest.mark.parametrize("items", ['"none"', "[1]", "[{}]", "null"])
def test_a_list_of_other_things_is_no_list(campus: Campus, items: str) -> None:
    page = f'{{"kind": "calendar#events", "items": {items}}}'
    campus.faults.add(Rule(kind=Kind.JSON, status=200, body=page, times=None, **LISTS))
    with pytest.raises(UnavailableError):
        campus.observe()


def test_a_list_that_never_ends_is_not_read_for_ever(campus: Campus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_PAGES", 3)
    fill(campus, 7)
    campus.world.switches.page_rows = 2
    with pytest.raises(TooLargeError):
        campus.observe()
    assert lists(campus) == 3


def test_calendars_are_read_again_and_again_each_with_its_own_events(campus: Campus) -> None:
    campus.create(wish())
    for _ in range(2):
        seen = campus.observe_all(LAW, ECONOMICS)
        assert {
            one: len(result.events) for one, result in seen.items() if isinstance(result, Observation)
        } == {
            LAW: 1,
            ECONOMICS: 0,
        }


def test_one_event_is_read_as_it_is_now(campus: Campus) -> None:
    campus.create(wish())
    (seen,) = campus.observe()
    assert campus.connector.read_event(campus.context, seen.remote_id) == seen
    assert list(campus.connector.reread([campus.context], wish().days)) == []
    campus.people.delete(LAW, seen.remote_id)
    assert campus.connector.read_event(campus.context, seen.remote_id) is None
