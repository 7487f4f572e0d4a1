"""What breaks stays alone: one course, one calendar, one credential; and no token follows a stranger."""

import json
from datetime import date

import pytest

from syncd.sandbox.faults import Kind, Rule
from syncd.sandbox.google.world import SERVICE_ACCOUNT
from tests.acceptance.sites import CANARY, LAW, Site

MAIN = "re-registration-autumn:main"
MOVED = date(2025, 9, 12)
FORBIDDEN = json.dumps(
    {"status": "unauthorized", "errors": [{"message": "user not authorised to perform that action"}]}
)


def move_the_deadline(site: Site) -> None:
    site.edit("re-registration-autumn", "end: 2025-09-13", "end: 2025-09-12")


def moved(site: Site, number: int) -> bool:
    return site.days(site.event(number, MAIN))[1] == MOVED


def google_writes(site: Site) -> int:
    return site.pair.google.writes(by=SERVICE_ACCOUNT)


@pytest.mark.parametrize("status", [403, 401])
def test_one_unreadable_course_among_many_hurts_no_other(university: Site, status: int) -> None:
    rule = Rule(
        kind=Kind.JSON,
        status=status,
        body=FORBIDDEN,
        query=r"course_202(?!\d)",
        path="/calendar_events$",
        times=None,
    )
    university.pair.canvas_site.faults.add(rule)
    before = {event.id: repr(event.dates) for event in university.course(202)}
    move_the_deadline(university)
    done = university.once()
    assert done.code == 1
    failed = [line for line in done.err.splitlines() if '"failed"' in line]
    assert len(failed) == 1
    assert "course_202" in failed[0]
    autumn = (101, 102, 104, 201, 301, 401, 402)
    assert [number for number in autumn if not moved(university, number)] == []
    assert {event.id: repr(event.dates) for event in university.course(202)} == before


def test_a_course_deleted_between_discovery_and_reading_hurts_no_other(filled: Site) -> None:
    def delete() -> None:
        filled.pair.canvas.set_course_state(102, "deleted")

    rule = Rule(kind=Kind.ACT, method="GET", path="/calendar_events$", action=delete)
    filled.pair.canvas_site.faults.add(rule)
    move_the_deadline(filled)
    done = filled.once()
    assert done.code == 1
    assert "course_102" in done.err
    assert moved(filled, 101)
    assert moved(filled, 104)
    assert not moved(filled, 102)


def test_a_google_calendar_that_is_gone_loses_and_gains_nothing(university: Site) -> None:
    google = university.pair.google
    google.switches.lost_calendars = {LAW}
    before = {key: text for key, text in university.prints().items() if LAW in key}
    made = google_writes(university)
    move_the_deadline(university)
    done = university.once()
    assert done.code == 1
    assert LAW in done.err
    assert {key: text for key, text in university.prints().items() if LAW in key} == before
    assert google_writes(university) - made == 6  # both parts in the three other calendars
    assert moved(university, 101)
    google.switches.lost_calendars = set()
    assert university.once().code == 0
    assert google_writes(university) - made == 8


def test_a_revoked_canvas_token_stops_canvas_with_one_sentence(filled: Site) -> None:
    filled.pair.canvas.tokens[CANARY].state = "revoked"
    move_the_deadline(filled)
    done = filled.once()
    assert done.code == 1
    assert done.err.count("Revoked access token") == 1
    assert {write.split("/")[1] for write in filled.writes()} == {"calendar"}
    assert not moved(filled, 101)


def test_a_revoked_google_account_stops_google_alone(filled: Site) -> None:
    filled.pair.google.revoke_account()
    before = google_writes(filled)
    move_the_deadline(filled)
    done = filled.once()
    assert done.code == 1
    (failed,) = [line for line in done.err.splitlines() if '"failed"' in line]
    assert "Google gives no token" in failed
    assert google_writes(filled) == before
    assert moved(filled, 101)


def test_exhausted_quota_stops_google_at_once_and_canvas_goes_on(fresh: Site) -> None:
    fresh.pair.google.switches.quota_exceeded_after = 5
    done = fresh.once(guards__fill_messages=100_000)
    assert done.code == 1
    assert "quotaExceeded" in done.err
    assert len(fresh.rows()) == 5
    refused = [one for one in fresh.pair.google_faults.log() if one.method == "POST" and one.status == 403]
    assert len(refused) == 1
    assert [len(fresh.course(number)) for number in (101, 102, 104)] == [10, 10, 10]


def test_a_base_url_that_is_no_canvas_writes_nothing_and_is_said(fresh: Site) -> None:
    done = fresh.once(canvas__base_url=fresh.pair.google_server.url)
    assert done.code == 1
    assert "canvas" in done.err.casefold()
    assert not fresh.courses()
    assert len(fresh.rows()) > 50
    assert fresh.dry(canvas__base_url="ftp://canvas.university.example").code == 78


def test_a_page_of_html_instead_of_a_list_is_never_an_empty_calendar(filled: Site) -> None:
    for faults, path in (
        (filled.pair.canvas_site.faults, "/calendar_events$"),
        (filled.pair.google_faults, "/events$"),
    ):
        faults.add(Rule(kind=Kind.HTML, status=200, method="GET", path=path, times=2))
    done = filled.once()
    assert done.code == 0, done.err
    assert filled.writes() == []
    struck = [one for one in filled.pair.canvas_site.faults.log() if one.fault is Kind.HTML]
    assert len(struck) == 2


@pytest.mark.parametrize("way", ["redirect", "next page"])
def test_the_token_follows_neither_a_redirect_nor_a_next_page_to_another_host(filled: Site, way: str) -> None:
    thief = filled.pair.google_server.url
    if way == "redirect":
        rule = Rule(
            kind=Kind.JSON,
            status=302,
            body="{}",
            headers={"location": f"{thief}/api/v1/calendar_events"},
            path="/calendar_events$",
            method="GET",
            times=None,
        )
    else:
        rule = Rule(
            kind=Kind.HEADERS,
            headers={"link": f'<{thief}/api/v1/calendar_events?page=2>; rel="next"'},
            path="/calendar_events$",
            method="GET",
            times=None,
        )
    filled.pair.canvas_site.faults.add(rule)
    move_the_deadline(filled)
    done = filled.once()
    assert done.code == 1
    assert "course_101" in done.err
    assert "the token does not follow" in done.err
    assert not moved(filled, 101)
    assert not [one for one in filled.pair.google_faults.log() if one.path.startswith("/api/")]


def test_an_answer_lost_after_it_took_effect_doubles_nothing(fresh: Site) -> None:
    lost = Rule(kind=Kind.DROP, when="after", method="POST", times=2)
    fresh.pair.canvas_site.faults.add(lost)
    fresh.pair.google_faults.add(Rule(kind=Kind.DROP, when="after", method="POST", path="/events$", times=2))
    fresh.once(guards__fill_messages=100_000)
    assert [len(fresh.course(number)) for number in (101, 102, 104)] == [10, 10, 10]
    assert len({key for row in fresh.rows() if (key := row.private["syncdKey"])}) == len(fresh.rows())
    assert fresh.dry().changes == []


def test_both_styles_of_throttling_are_waited_out(fresh: Site) -> None:
    canvas = fresh.pair.canvas_site.faults
    nearly_calm = {"x-rate-limit-remaining": "199.5"}
    canvas.add(Rule(kind=Kind.THROTTLE_403, method="POST", times=2, headers=nearly_calm))
    canvas.add(Rule(kind=Kind.THROTTLE_429, method="POST", times=2, headers=nearly_calm))
    fresh.pair.google_faults.add(Rule(kind=Kind.THROTTLE_403, method="POST", path="/events$", times=2))
    done = fresh.once(guards__fill_messages=100_000)
    assert done.code == 0, done.err
    assert [len(fresh.course(number)) for number in (101, 102, 104)] == [10, 10, 10]
