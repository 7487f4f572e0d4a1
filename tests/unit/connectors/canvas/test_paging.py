"""Lists are read to their told end, and every doubt about that end is followed up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
import responses
from responses import matchers

from connectors.canvas.failures import Call
from connectors.canvas.paging import Listing, read_until_two_agree
from connectors.errors import AccessDeniedError, IncompleteReadError
from tests.unit.connectors.canvas.desk import EVENTS, Desk

CALL = Call(operation="list events", context="course_1")


@pytest.fixture
def canned() -> Iterator[responses.RequestsMock]:
    # In the order given, each once: pages of a list have one address apart from their query.
    with responses.RequestsMock(registry=responses.registries.OrderedRegistry) as mock:
        yield mock


def page(
    canned: responses.RequestsMock,
    ids: Sequence[Any],
    *,
    this: object = 1,
    following: object = None,
    last: object = None,
    size: int = 100,
) -> None:
    links = [f'<{EVENTS}?page={this}&per_page={size}>; rel="current"']
    for name, number in (("next", following), ("last", last)):
        if number is not None:
            links.append(f'<{EVENTS}?page={number}&per_page={size}>; rel="{name}"')
    canned.get(EVENTS, json=[{"id": one} for one in ids], headers={"Link": ",".join(links)})


def read(*, always: bool = False) -> Listing:
    return read_until_two_agree(
        Desk().client, "calendar_events", [("all_events", "true")], CALL, always=always
    )


def asked(canned: responses.RequestsMock, at: int) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(canned.calls[at].request.url or "").query))


def full(start: int) -> range:
    return range(start, start + 100)


@pytest.mark.parametrize("relation", ["NEXT", "last next", "Next"])
def test_a_next_link_is_followed_however_its_relation_is_written(
    canned: responses.RequestsMock, relation: str
) -> None:
    canned.get(EVENTS, json=[{"id": 1}], headers={"Link": f'<{EVENTS}?page=2>; rel="{relation}"'})
    canned.get(EVENTS, json=[{"id": 2}])
    canned.get(EVENTS, json=[{"id": 1}], headers={"Link": f'<{EVENTS}?page=2>; rel="{relation}"'})
    canned.get(EVENTS, json=[{"id": 2}])
    assert set(read().rows) == {"1", "2"}


def test_one_short_page_is_the_whole_list(canned: responses.RequestsMock) -> None:
    page(canned, [1, 2], last=1)
    listing = read()
    assert (list(listing.rows), listing.pages, listing.doubtful) == (["1", "2"], 1, False)


def test_a_list_without_any_link_is_whole_when_short(canned: responses.RequestsMock) -> None:
    canned.get(EVENTS, json=[{"id": 1}])
    assert read().pages == 1


def test_the_largest_page_is_asked_for(canned: responses.RequestsMock) -> None:
    page(canned, [])
    read()
    assert asked(canned, 0) == {"all_events": "true", "per_page": "100"}


def test_pages_are_followed_to_the_last(canned: responses.RequestsMock) -> None:
    page(canned, full(0), following=2, last=2)
    page(canned, [100], this=2, last=2)
    listing = read()
    assert (len(listing.rows), listing.pages) == (101, 2)


def test_a_full_last_page_that_is_told_to_be_the_last_is_believed(canned: responses.RequestsMock) -> None:
    page(canned, full(0), last=1)
    assert read().pages == 1


def test_a_full_page_without_any_end_is_asked_for_the_page_after(canned: responses.RequestsMock) -> None:
    page(canned, full(0))
    page(canned, [], this=2)
    listing = read()
    assert (len(listing.rows), listing.pages) == (100, 1)
    assert asked(canned, 1)["page"] == "2"


def numbered(page: int) -> dict[str, str]:
    """The query of a page: of the first, without a number."""
    return {"per_page": "100"} | ({"page": str(page)} if page > 1 else {})


def test_pages_asked_for_together_are_taken_in_order_and_none_is_asked_for_twice() -> None:
    with responses.RequestsMock() as mock, ThreadPoolExecutor(4) as pool:
        for number in (1, 2, 3, 4):
            following = f',<{EVENTS}?page={number + 1}&per_page=100>; rel="next"' if number < 4 else ""
            mock.get(
                EVENTS,
                json=[{"id": one} for one in (full(number * 100) if number < 4 else [7])],
                headers={
                    "Link": f'<{EVENTS}?page={number}&per_page=100>; rel="current"{following},'
                    f'<{EVENTS}?page=4&per_page=100>; rel="last"'
                },
                match=[matchers.query_param_matcher(numbered(number))],
            )
        listing = read_until_two_agree(Desk().client, "calendar_events", [], CALL, pool=pool)
        assert len(mock.calls) == 4
    assert [*listing.rows] == [*map(str, (*full(100), *full(200), *full(300), 7))]
    assert (listing.pages, listing.doubtful) == (4, False)


def test_a_page_asked_for_ahead_that_none_before_it_names_is_a_list_without_an_end() -> None:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock, ThreadPoolExecutor(4) as pool:
        for number in (1, 2, 3):
            following = f',<{EVENTS}?page=2&per_page=100>; rel="next"' if number == 1 else ""
            mock.get(
                EVENTS,
                json=[{"id": one} for one in full(number * 100)],
                headers={
                    "Link": f'<{EVENTS}?page={number}&per_page=100>; rel="current"{following},'
                    f'<{EVENTS}?page=3&per_page=100>; rel="last"'
                },
                match=[matchers.query_param_matcher(numbered(number))],
            )
        with pytest.raises(IncompleteReadError, match="names no next one"):
            read_until_two_agree(Desk().client, "calendar_events", [], CALL, pool=pool)


@pytest.mark.parametrize(("expected", "ahead"), [(0, []), (250, [2]), (420, [2, 3, 4])])
def test_full_pages_of_a_list_that_tells_no_end_are_asked_for_together_where_it_was_long(
    expected: int, ahead: list[int]
) -> None:
    asked_together: list[int] = []

    class Pool(ThreadPoolExecutor):
        def submit(self, what: Any, /, *args: Any, **kwargs: Any) -> Any:
            asked_together.append(int(parse_qs(urlsplit(args[0]).query)["page"][0]))
            return super().submit(what, *args, **kwargs)

    with responses.RequestsMock() as mock, Pool(4) as pool:
        for number in (1, 2, 3, 4, 5):
            following = f',<{EVENTS}?page={number + 1}&per_page=100>; rel="next"' if number < 5 else ""
            mock.get(
                EVENTS,
                json=[{"id": one} for one in (full(number * 100) if number < 5 else [7])],
                headers={"Link": f'<{EVENTS}?page={number}&per_page=100>; rel="current"{following}'},
                match=[matchers.query_param_matcher(numbered(number))],
            )
        client = Desk().client
        listing = read_until_two_agree(client, "calendar_events", [], CALL, pool=pool, expected=expected)
        assert len(mock.calls) == 5
    assert (len(listing.rows), listing.pages, listing.doubtful) == (401, 5, False)
    assert asked_together == ahead


def test_a_list_that_became_shorter_is_read_to_its_new_end() -> None:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock, ThreadPoolExecutor(4) as pool:
        for number in (1, 2, 3):
            following = f',<{EVENTS}?page={number + 1}&per_page=100>; rel="next"' if number < 2 else ""
            mock.get(
                EVENTS,
                json=[{"id": one} for one in {1: full(100), 2: [7]}.get(number, [])],
                headers={"Link": f'<{EVENTS}?page={number}&per_page=100>; rel="current"{following}'},
                match=[matchers.query_param_matcher(numbered(number))],
            )
        listing = read_until_two_agree(Desk().client, "calendar_events", [], CALL, pool=pool, expected=320)
    assert (len(listing.rows), listing.pages, listing.doubtful) == (101, 2, False)


def test_a_lost_next_link_is_found_out_by_the_page_after(canned: responses.RequestsMock) -> None:
    for _ in range(2):
        page(canned, full(0))
        page(canned, [100, 101], this=2)
    assert len(read().rows) == 102


def test_a_server_that_ignores_page_numbers_is_not_asked_for_ever(canned: responses.RequestsMock) -> None:
    canned.get(EVENTS, json=[{"id": one} for one in full(0)])
    canned.get(EVENTS, json=[{"id": one} for one in full(0)])
    assert len(read().rows) == 100


def test_a_next_link_lost_before_the_told_last_page_starts_the_read_anew(
    canned: responses.RequestsMock,
) -> None:
    page(canned, [1, 2], last=3)
    page(canned, full(0), following=2, last=2)
    page(canned, [100], this=2, last=2)
    assert len(read().rows) == 101


def test_a_next_link_that_stays_lost_is_an_incomplete_read(canned: responses.RequestsMock) -> None:
    for _ in range(3):
        page(canned, [1, 2], last=3)
    with pytest.raises(IncompleteReadError, match="page 1 of 3"):
        read()


def test_a_short_page_before_the_last_asks_for_a_second_opinion(canned: responses.RequestsMock) -> None:
    page(canned, range(50), following=2)
    page(canned, [100], this=2)
    page(canned, full(0), following=2)
    page(canned, [100], this=2)
    assert len(read().rows) == 101


def test_a_server_with_smaller_pages_is_believed(canned: responses.RequestsMock) -> None:
    page(canned, range(50), following=2, size=50)
    page(canned, [50], this=2, size=50)
    assert len(read().rows) == 51


def test_a_row_that_comes_twice_counts_once_and_asks_for_a_second_opinion(
    canned: responses.RequestsMock,
) -> None:
    for _ in range(2):
        page(canned, full(0), following=2, last=2)
        page(canned, [99, 100], this=2, last=2)
    assert len(read().rows) == 101


def test_a_list_that_never_holds_still_is_an_incomplete_read(canned: responses.RequestsMock) -> None:
    for at in range(3):
        page(canned, full(at), following=2, last=2)
        page(canned, [at, 200], this=2, last=2)
    with pytest.raises(IncompleteReadError, match="3 reads"):
        read()


def test_several_pages_are_read_until_two_passes_agree_where_asked(canned: responses.RequestsMock) -> None:
    for rows in ([100, 101], [100], [100]):
        page(canned, full(0), following=2, last=2)
        page(canned, rows, this=2, last=2)
    assert len(read(always=True).rows) == 101


def test_one_page_needs_no_second_pass(canned: responses.RequestsMock) -> None:
    page(canned, [1], last=1)
    assert read(always=True).pages == 1


def test_a_stale_bookmark_starts_the_read_anew(canned: responses.RequestsMock) -> None:
    page(canned, full(0), this="first", following="bookmark:a")
    canned.get(EVENTS, status=400, json={"errors": [{"page": "Invalid page"}]})
    page(canned, full(0), this="first", following="bookmark:b")
    page(canned, [100], this="bookmark:b")
    assert len(read().rows) == 101


def test_a_full_last_bookmark_page_asks_for_a_second_opinion(canned: responses.RequestsMock) -> None:
    page(canned, full(0), this="first")
    page(canned, full(0), this="first")
    assert len(read().rows) == 100


def test_pages_that_go_round_are_an_incomplete_read(canned: responses.RequestsMock) -> None:
    for _ in range(3):
        page(canned, full(0), following=2)
        page(canned, full(100), this=2, following=2)
    with pytest.raises(IncompleteReadError, match="go round"):
        read()


@pytest.mark.parametrize("row", [{}, {"id": None}, {"id": ""}, "text", None, {"id": [1]}])
def test_a_row_without_id_is_an_incomplete_read(canned: responses.RequestsMock, row: Any) -> None:
    for _ in range(3):
        canned.get(EVENTS, json=[row])
    with pytest.raises(IncompleteReadError, match="no id"):
        read()


def test_a_refused_list_leaves_as_what_it_is(canned: responses.RequestsMock) -> None:
    canned.get(EVENTS, status=403, json={"errors": []})
    with pytest.raises(AccessDeniedError):
        read()
