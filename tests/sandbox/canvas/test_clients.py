"""The real Python client of Canvas against the simulator."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from canvasapi import Canvas
from canvasapi.exceptions import (
    BadRequest,
    Forbidden,
    InvalidAccessToken,
    RateLimitExceeded,
    ResourceDoesNotExist,
)
from requests.exceptions import JSONDecodeError

from syncd.sandbox.faults import Kind, Rule

if TYPE_CHECKING:
    from tests.sandbox.canvas.conftest import Site

pytestmark = pytest.mark.filterwarnings("ignore:Canvas may respond:UserWarning", "ignore::DeprecationWarning")
TODAY = "2026-09-07T09:00:00+05:00"


@pytest.fixture
def client(site: Site) -> Canvas:
    return Canvas(site.base, "admin-token")


def test_canvasapi_creates_lists_edits_and_deletes_an_event(site: Site, client: Canvas) -> None:
    made = client.create_calendar_event({"context_code": "course_101", "title": "x", "start_at": TODAY})
    made.edit(calendar_event={"title": "y"})
    assert [e.title for e in client.get_calendar_events(context_codes=["course_101"], all_events=True)] == [
        "y"
    ]
    assert made.delete(cancel_reason="over").workflow_state == "deleted"
    with pytest.raises(Forbidden):
        made.delete()


def test_canvasapi_follows_links_through_all_pages_of_a_hundred(site: Site, client: Canvas) -> None:
    for n in range(101):
        site.people.add("course_101", title=f"t{n}", start_at=TODAY)
    assert len(list(client.get_calendar_events(context_codes=["course_101"], all_events=True))) == 101
    assert site.canvas.faults.count(path="calendar_events") == 2


def test_canvasapi_finds_accounts_terms_and_courses(site: Site, client: Canvas) -> None:
    law = site.world.add_account("Law", sis_id="LAW")
    site.world.add_course("Deep", number=301, account=law)
    account = client.get_account("LAW", use_sis_id=True)
    assert [course.id for course in account.get_courses()] == [301]
    assert [term.name for term in client.get_account(1).get_enrollment_terms()] == ["Default Term"]
    assert [sub.id for sub in client.get_account(1).get_subaccounts(recursive=True)] == [law.id]


def test_canvasapi_names_the_refusals(site: Site, client: Canvas) -> None:
    with pytest.raises(ResourceDoesNotExist):
        client.get_calendar_event(999)
    with pytest.raises(BadRequest):
        client.create_calendar_event({"context_code": "course_101", "title": "x" * 256})
    with pytest.raises(InvalidAccessToken):
        Canvas(site.base, "wrong").get_current_user()
    site.canvas.throttle.fill("admin-token", 600.0)
    with pytest.raises(RateLimitExceeded):
        client.get_current_user()
    site.canvas.throttle.limits.old_style = True
    with pytest.raises(Forbidden):
        client.get_current_user()


def test_a_200_with_html_escapes_canvasapi_as_a_json_error(site: Site, client: Canvas) -> None:
    site.canvas.faults.add(Rule(kind=Kind.HTML, status=200))
    with pytest.raises(JSONDecodeError):
        client.get_current_user()
