"""Pages and the Link header."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.sandbox.canvas.conftest import Site


@pytest.fixture
def filled(site: Site) -> Site:
    for n in range(25):
        site.people.add("course_101", title=f"t{n:02}", start_at=f"2026-09-{n + 1:02}T08:00:00Z")
    return site


def page(site: Site, **params: Any) -> Any:
    return site.rows("course_101", all_events="true", **params)


def test_ten_rows_a_page_unless_told(filled: Site) -> None:
    assert len(page(filled).json()) == 10


@pytest.mark.parametrize(("asked", "got"), [("1000", 25), ("0", 1), ("-3", 1), ("7", 7), ("many", 10)])
def test_per_page_is_clamped_to_1_to_100(filled: Site, asked: str, got: int) -> None:
    assert len(page(filled, per_page=asked).json()) == got


def test_a_repeated_per_page_counts_the_last_one(filled: Site) -> None:
    answer = filled.get("calendar_events?context_codes[]=course_101&all_events=1&per_page=3&per_page=100")
    assert len(answer.json()) == 25


def test_the_link_header_names_only_the_pages_that_apply_in_order_without_spaces(filled: Site) -> None:
    links = page(filled).headers["Link"]
    assert ", " not in links
    assert re.findall(r'rel="(\w+)"', links) == ["current", "next", "first", "last"]
    middle = filled.get(page(filled).links["next"]["url"])
    assert re.findall(r'rel="(\w+)"', middle.headers["Link"]) == ["current", "next", "prev", "first", "last"]
    end = filled.get(middle.links["last"]["url"])
    assert re.findall(r'rel="(\w+)"', end.headers["Link"]) == ["current", "prev", "first", "last"]


def test_link_urls_are_absolute_keep_the_query_and_end_with_page_and_per_page(filled: Site) -> None:
    url = page(filled, per_page=5, access_token="admin-token", token=None).links["next"]["url"]
    assert url.startswith(f"{filled.base}/api/v1/calendar_events?context_codes")
    assert url.endswith("&page=2&per_page=5")
    assert "all_events=true" in url
    assert "admin-token" not in url


def test_pages_past_the_end_are_empty_lists(filled: Site) -> None:
    answer = page(filled, page=99)
    assert (answer.status_code, answer.json()) == (200, [])


def test_following_next_yields_every_row_once(filled: Site) -> None:
    answer = page(filled, per_page=4)
    seen = [event["id"] for event in answer.json()]
    while "next" in answer.links:
        answer = filled.get(answer.links["next"]["url"])
        seen += [event["id"] for event in answer.json()]
    assert len(seen) == len(set(seen)) == 25


def test_a_row_deleted_between_pages_shifts_the_next_page_by_one(filled: Site) -> None:
    first = page(filled)
    filled.people.delete(first.json()[0]["id"])
    second = filled.get(first.links["next"]["url"])
    assert second.json()[0]["title"] == "t11"


def test_a_very_long_query_keeps_next_and_loses_other_links(filled: Site) -> None:
    answer = page(filled, padding="x" * 2500)
    assert len(answer.headers["Link"]) < 6 * 1024
    assert "next" in answer.links
    assert "last" not in answer.links


def test_bookmark_pages_are_opaque_and_lose_no_row_when_rows_vanish(filled: Site) -> None:
    filled.world.switches.bookmark_pages = True
    first = page(filled)
    assert "page=bookmark:" in first.links["next"]["url"]
    assert set(first.links) == {"current", "next", "first"}
    filled.people.delete(first.json()[0]["id"])
    assert filled.get(first.links["next"]["url"]).json()[0]["title"] == "t10"


def test_a_stale_bookmark_is_a_400_that_asks_for_a_restart(filled: Site) -> None:
    filled.world.switches.bookmark_pages = True
    url = page(filled).links["next"]["url"]
    filled.act("expire_bookmarks")
    answer = filled.get(url)
    assert answer.status_code == 400
    assert answer.json() == {
        "status": "bad_request",
        "errors": [{"page": "Invalid page; please restart iteration and follow `next` links"}],
    }
    assert page(filled, page="bookmark:rubbish").status_code == 400


def test_the_list_of_an_accounts_courses_does_not_tell_its_last_page(site: Site) -> None:
    answer = site.get("accounts/1/courses", {"per_page": 1})
    assert set(answer.links) == {"current", "next", "first"}
    site.world.switches.count_account_courses = True
    assert "last" in site.get("accounts/1/courses", {"per_page": 1}).links
