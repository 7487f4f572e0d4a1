"""Rules that strike requests, what the struck client sees, and the record of it all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
import requests
from starlette.applications import Starlette
from starlette.routing import Route

from syncd.sandbox.control import control_routes, json_response
from syncd.sandbox.faults import Faults, Kind, Request, Rule
from syncd.sandbox.middleware import FaultMiddleware
from syncd.sandbox.serve import Loopback

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.requests import Request as HttpRequest
    from starlette.responses import Response


class Shop:
    """A service that counts what it did."""

    def __init__(self) -> None:
        self.faults = Faults(seed=1)
        self.sold = 0
        self.session = requests.Session()
        routes = [
            Route("/rows", self.rows, methods=["GET"]),
            Route("/feed", self.feed, methods=["GET"]),
            Route("/buy", self.buy, methods=["POST"]),
            Route("/deny", self.deny, methods=["POST"]),
            *control_routes(self.faults),
        ]
        self.app = FaultMiddleware(Starlette(routes=routes), self.faults)
        self.base = ""

    async def rows(self, _: HttpRequest) -> Response:
        answer = json_response([1, 2, 3, 4])
        answer.headers["Link"] = '<http://h/a?page=1>; rel="current",<http://h/a?page=2>; rel="next"'
        return answer

    async def feed(self, _: HttpRequest) -> Response:
        return json_response({"items": [1, 2], "nextPageToken": "t", "kind": "feed"})

    async def buy(self, request: HttpRequest) -> Response:
        await request.body()
        self.sold += 1
        return json_response({"sold": self.sold}, 201)

    async def deny(self, _: HttpRequest) -> Response:
        return json_response({}, 422)

    def get(self, path: str, **kwargs: Any) -> requests.Response:
        return self.session.get(self.base + path, timeout=30, **kwargs)

    def post(self, path: str = "/buy", **kwargs: Any) -> requests.Response:
        return self.session.post(self.base + path, timeout=30, **kwargs)


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = Shop()
    with Loopback(shop.app, on_stop=shop.faults.release) as server, shop.session:
        shop.base = server.url
        yield shop


@pytest.mark.parametrize("kind", [Kind.DROP, Kind.RESET])
@pytest.mark.parametrize(("when", "sold"), [("before", 0), ("after", 1)])
def test_a_cut_connection_leaves_the_client_without_an_answer_before_or_after_the_effect(
    shop: Shop, kind: Kind, when: Any, sold: int
) -> None:
    shop.faults.add(Rule(kind=kind, when=when))
    with pytest.raises(requests.ConnectionError):
        shop.post()
    assert shop.sold == sold
    (line,) = shop.faults.log()
    assert (line.status, line.applied, line.fault) == (None, sold == 1, kind)


def test_a_reset_is_told_as_a_reset(shop: Shop) -> None:
    shop.faults.add(Rule(kind=Kind.RESET))
    with pytest.raises(requests.ConnectionError, match="reset"):
        shop.post()


@pytest.mark.parametrize(("when", "sold"), [("before", 0), ("after", 1)])
@pytest.mark.parametrize(
    ("rule", "status", "content_type"),
    [
        ({"kind": Kind.HTML, "status": 502}, 502, "text/html; charset=utf-8"),
        ({"kind": Kind.HTML, "status": 200}, 200, "text/html; charset=utf-8"),
        ({"kind": Kind.JSON, "status": 500}, 500, "application/json; charset=utf-8"),
        ({"kind": Kind.THROTTLE_429}, 429, "text/plain"),
        ({"kind": Kind.THROTTLE_403}, 403, "text/plain"),
    ],
)
def test_another_answer_can_stand_in_before_or_after_the_effect(
    shop: Shop, rule: dict[str, Any], status: int, content_type: str, when: Any, sold: int
) -> None:
    shop.faults.add(Rule(when=when, **rule))
    answer = shop.post()
    assert (answer.status_code, answer.headers["Content-Type"], shop.sold) == (status, content_type, sold)


def test_a_body_and_headers_can_be_given(shop: Shop) -> None:
    shop.faults.add(Rule(kind=Kind.JSON, status=401, body='{"a":1}', headers={"WWW-Authenticate": "Bearer"}))
    answer = shop.get("/rows")
    assert (answer.json(), answer.headers["WWW-Authenticate"]) == ({"a": 1}, "Bearer")


def test_a_truncated_page_loses_rows_and_the_way_to_the_next(shop: Shop) -> None:
    shop.faults.add(Rule(kind=Kind.TRUNCATED_PAGE, times=2))
    page = shop.get("/rows")
    assert (page.json(), set(page.links)) == ([1, 2], {"current"})
    assert shop.get("/feed").json() == {"items": [1], "kind": "feed"}


def test_malformed_json_has_a_true_length_and_no_end(shop: Shop) -> None:
    shop.faults.add(Rule(kind=Kind.MALFORMED_JSON))
    answer = shop.post()
    assert (answer.status_code, shop.sold) == (201, 1)
    with pytest.raises(requests.exceptions.JSONDecodeError):
        answer.json()


def test_headers_of_the_real_answer_can_be_replaced_or_taken_away(shop: Shop) -> None:
    shop.faults.add(Rule(kind=Kind.HEADERS, headers={"Link": '<https://elsewhere.test/>; rel="next"'}))
    shop.faults.add(Rule(kind=Kind.HEADERS, headers={"Link": None}))
    assert shop.get("/rows").links["next"]["url"] == "https://elsewhere.test/"
    assert shop.get("/rows").links == {}


def test_somebody_else_can_act_in_the_middle_of_a_request(shop: Shop) -> None:
    seen: list[int] = []
    shop.faults.add(Rule(kind=Kind.ACT, when="before", action=lambda: seen.append(shop.sold)))
    shop.faults.add(Rule(kind=Kind.ACT, when="after", action=lambda: seen.append(shop.sold)))
    assert shop.post().json() == {"sold": 1}
    assert shop.post().json() == {"sold": 2}
    assert seen == [0, 2]


@pytest.mark.parametrize(("when", "sold"), [("before", 0), ("after", 1)])
def test_a_stall_waits_for_release_and_then_goes_on(
    shop: Shop, until: Callable[[Callable[[], bool]], None], when: Any, sold: int
) -> None:
    shop.faults.add(Rule(kind=Kind.STALL, when=when))
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(shop.post)
        until(lambda: shop.faults.stalled == 1)
        assert shop.sold == sold
        shop.faults.release()
        assert waiting.result().json() == {"sold": 1}


def test_a_client_that_leaves_a_stall_is_noticed(
    shop: Shop, until: Callable[[Callable[[], bool]], None]
) -> None:
    shop.faults.add(Rule(kind=Kind.STALL, when="after"))
    with pytest.raises(requests.Timeout):
        requests.post(f"{shop.base}/buy", timeout=0.05)
    until(lambda: len(shop.faults.log()) == 1)
    (line,) = shop.faults.log()
    assert (line.status, line.applied) == (None, True)


def test_a_slow_body_sends_its_head_first_and_its_rest_on_release(
    shop: Shop, until: Callable[[Callable[[], bool]], None]
) -> None:
    shop.faults.add(Rule(kind=Kind.SLOW_BODY, pieces=2))
    answer = shop.get("/rows", stream=True)
    assert answer.status_code == 200
    until(lambda: shop.faults.stalled == 1)
    shop.faults.release()
    assert answer.json() == [1, 2, 3, 4]


def test_latency_waits_before_every_request_and_release_ends_it(
    shop: Shop, until: Callable[[Callable[[], bool]], None]
) -> None:
    shop.session.put(f"{shop.base}/_sandbox/latency", json={"seconds": 1000}, timeout=30)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(shop.get, "/rows")
        until(lambda: shop.faults.stalled == 1)
        shop.faults.release()
        assert waiting.result().status_code == 200


def test_a_rule_strikes_only_what_it_is_about(shop: Shop) -> None:
    shop.faults.add(Rule(kind=Kind.JSON, method="POST", path="^/b", query="x=1", content="apple", times=None))
    assert shop.get("/rows").status_code == 200
    assert shop.post(data="apple").status_code == 201
    assert shop.post(params={"x": 1}, data="pear").status_code == 201
    assert shop.post(params={"x": 1}, data="apple").status_code == 503


def test_a_rule_skips_then_strikes_so_many_times(shop: Shop) -> None:
    shop.faults.add(Rule(kind=Kind.JSON, skip=1, times=2))
    assert [shop.get("/rows").status_code for _ in range(4)] == [200, 503, 503, 200]


def test_the_same_seed_throws_the_same_dice() -> None:
    def struck(seed: int) -> list[bool]:
        faults = Faults(seed=seed)
        faults.add(Rule(kind=Kind.DROP, probability=0.5, times=None))
        request = Request(method="GET", path="/", query="")
        return [faults.choose(request) is not None for _ in range(64)]

    assert struck(7) == struck(7) != struck(8)
    assert 0 < sum(struck(7)) < 64


@pytest.mark.parametrize("wrong", [{"probability": 2.0}, {"path": "("}, {"when": "later"}])
def test_a_rule_that_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(Exception, match=r"probability|missing|unterminated|when"):
        Rule(kind=Kind.DROP, **wrong)


def test_the_record_counts_what_took_effect_apart_from_what_was_seen(shop: Shop) -> None:
    shop.faults.add(Rule(kind=Kind.HTML, when="after"))
    shop.post(data="one")
    shop.post(data="two")
    shop.post("/deny")
    shop.get("/rows", params={"page": 1})
    assert (shop.faults.count(method="POST"), shop.faults.count(method="POST", applied=True)) == (3, 2)
    assert (shop.faults.writes(), shop.faults.count(path="rows"), shop.faults.peak) == (2, 1, 1)
    first, *_, last = shop.faults.log()
    assert (first.content, first.status, first.answered, last.query) == (b"one", 503, 201, "page=1")
    shop.faults.forget()
    assert shop.faults.log() == []


def test_another_process_sets_rules_and_reads_the_record(shop: Shop) -> None:
    control = f"{shop.base}/_sandbox"
    told = [
        {"kind": "json", "status": 418, "times": None, "path": "rows"},
        {"kind": "drop", "method": "POST"},
    ]
    added = shop.session.post(f"{control}/faults", json=told, timeout=30)
    first, second = added.json()["numbers"]
    assert shop.get("/rows").status_code == 418
    (rule, _) = shop.session.get(f"{control}/faults", timeout=30).json()["rules"]
    assert (rule["number"], rule["struck"], rule["kind"]) == (first, 1, "json")
    assert shop.session.delete(f"{control}/faults/{second}", timeout=30).status_code == 200
    assert shop.session.delete(f"{control}/faults/{second}", timeout=30).status_code == 404
    assert shop.post().status_code == 201
    shop.session.delete(f"{control}/faults", timeout=30)
    assert shop.get("/rows").status_code == 200
    counted = shop.session.get(
        f"{control}/count", params={"method": "POST", "applied": "true"}, timeout=30
    ).json()
    assert counted == {"count": 1, "writes": 1, "peak": 1}
    served = shop.session.get(f"{control}/log", timeout=30).json()["served"]
    assert [line["status"] for line in served] == [418, 201, 200]
    assert shop.session.delete(f"{control}/log", timeout=30).json() == {"served": []}


@pytest.mark.parametrize("told", [{"kind": "unknown"}, {"kind": "drop", "color": "red"}, {}])
def test_a_rule_that_another_process_misspells_is_a_400_that_says_why(
    shop: Shop, told: dict[str, str]
) -> None:
    answer = shop.session.post(f"{shop.base}/_sandbox/faults", json=told, timeout=30)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_seed_and_release_are_there_for_another_process_too(shop: Shop) -> None:
    assert shop.session.post(f"{shop.base}/_sandbox/seed", json={"seed": 3}, timeout=30).status_code == 200
    assert shop.session.post(f"{shop.base}/_sandbox/release", timeout=30).status_code == 200
