"""A call ends as a whole: in seconds from its first byte on, in bytes, in pages; memory stays bounded."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import textwrap
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from random import Random
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from connectors.canvas import reading
from connectors.canvas.connector import CanvasConnector
from connectors.canvas.settings import CanvasSettings
from connectors.errors import ConnectorError, TooLargeError, TooSlowError, UnavailableError
from connectors.google_calendar import GoogleCalendarConnector, GoogleSettings
from connectors.http import Timeouts
from connectors.port import Connector, Observation
from connectors.retry import RetryPolicy
from mapping.model import Context, Days
from syncd.sandbox.google.keys import service_account_key
from syncd.sandbox.google.world import World
from tests.support.raw_service import Answer, Asked, RawService

SHORT = Timeouts(connect_s=5, read_s=5, whole_s=0.6, look_s=0.5, list_s=1.0)
EMPTY = {"kind": "calendar#events", "accessRole": "writer", "items": [], "nextSyncToken": "t"}
TOKEN = {"access_token": "made-up", "expires_in": 3599, "token_type": "Bearer"}


def status_line() -> Iterator[bytes]:
    return (bytes([one]) for one in itertools.chain(b"HTTP/1.1 200 O", itertools.repeat(ord("K"))))


def headers() -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\n"
    for at in itertools.count():
        yield f"X-{at}: a\r\n".encode()


def going_on() -> Iterator[bytes]:
    return itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n")


def body() -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n["
    yield from itertools.repeat(b" ")


DRIPS = pytest.mark.parametrize("drip", [status_line, headers, going_on, body])


def course(number: int, *, failing: bool = False) -> Context:
    return Context(id=f"course_{number}", kind="canvas", target="law", failing=failing)


def canvas(url: str, *, attempts: int = 6, timeouts: Timeouts = SHORT) -> CanvasConnector:
    settings = CanvasSettings(
        base_url=url,
        tokens=("a",),
        owner="mnu",
        timezone="Asia/Almaty",
        timeouts=timeouts,
        retry=RetryPolicy(attempts=attempts, first_wait_s=0.01, longest_wait_s=0.02),
        rng=Random(1),  # noqa: S311 - jitter
    )
    return CanvasConnector(settings)


def google(service: RawService, folder: Path) -> GoogleCalendarConnector:
    path = folder / "key.json"
    path.write_text(json.dumps(service_account_key(World(), service.url)))
    settings = GoogleSettings(
        credentials_file=path, owner="mnu", timezone="Asia/Almaty", endpoint=service.url, timeouts=SHORT
    )
    return GoogleCalendarConnector(settings)


def read(connector: Connector, *contexts: Context) -> dict[str, Observation | ConnectorError]:
    try:
        return {context.id: outcome for context, outcome in connector.observe(contexts)}
    finally:
        connector.close()


def codes(asked: Asked) -> list[str]:
    return parse_qs(urlsplit(asked.target).query).get("context_codes[]", [])


def only_for(code: str, spoilt: Callable[[Asked], Answer]) -> Callable[[Asked], Answer]:
    """A Canvas whose lists are empty, but for those that are about the one course."""

    def respond(asked: Asked) -> Answer:
        if code in codes(asked) or f"courses/{code}" in asked.target:
            return spoilt(asked)
        return Answer(body={"id": 1} if "/profile" in asked.target else [])

    return respond


@DRIPS
def test_a_course_that_drips_fails_alone_and_the_nine_beside_it_are_read(
    drip: Callable[[], Iterator[bytes]],
) -> None:
    contexts = [course(number) for number in range(100, 110)]
    dripping = only_for("course_104", lambda _: Answer(pieces=drip(), pause_s=0.02))
    with RawService(dripping) as service:
        seen = read(canvas(service.url), *contexts)
    assert isinstance(seen.pop("course_104"), TooSlowError)
    assert all(isinstance(one, Observation) for one in seen.values())


def test_the_nine_beside_a_course_that_drips_are_told_of_while_it_does() -> None:
    patient = Timeouts(connect_s=5, read_s=30, whole_s=30, look_s=30, list_s=30, part_s=0.1)
    dripping = only_for("course_104", lambda _: Answer(pieces=body(), pause_s=0.05))
    with RawService(dripping) as service:
        connector = canvas(service.url, timeouts=patient)
        outcomes = connector.observe([course(number) for number in range(100, 110)])
        told = [next(outcomes) for _ in range(9)]
        connector.close()
    assert {context.id for context, _ in told} == {f"course_{one}" for one in range(100, 110)} - {
        "course_104"
    }
    assert all(isinstance(outcome, Observation) for _, outcome in told)


def test_what_a_list_failed_for_is_first_given_little_time_and_then_all_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading, "_MOST_ROWS", 5)
    slow = {"course_103", "course_107"}
    too_many = [{"id": number, "context_code": "course_100"} for number in range(6)]
    listed_alone: Counter[str] = Counter()
    may_end = threading.Event()

    def respond(asked: Asked) -> Answer:
        if len(codes(asked)) > 1:
            return Answer(body=too_many)
        listed_alone.update(codes(asked))
        if slow & {code for code in codes(asked) if listed_alone[code] == 1}:
            may_end.wait(20)
        return Answer(body={"id": 1} if "/profile" in asked.target else [])

    with RawService(respond) as service:
        seen = read(
            canvas(service.url, timeouts=Timeouts(brief_s=0.5)),
            *[course(number) for number in range(100, 110)],
        )
        may_end.set()
    assert all(isinstance(one, Observation) for one in seen.values())
    assert len(seen) == 10
    assert all(listed_alone[code] == 2 for code in slow)


def test_a_look_at_some_days_of_several_courses_is_soon_given_up_where_one_is_slow() -> None:
    may_end = threading.Event()

    def respond(asked: Asked) -> Answer:
        if len(codes(asked)) > 1:
            may_end.wait(10)
        return Answer(body={"id": 1} if "/profile" in asked.target else [])

    days = Days.inclusive(date(2025, 9, 2), date(2025, 9, 2))
    with RawService(respond) as service:
        connector = canvas(service.url, timeouts=Timeouts(part_s=0.2))
        with pytest.raises(TooSlowError):
            list(connector.reread([course(100), course(104)], days))
        assert list(connector.reread([course(100)], days)) == []
        may_end.set()
        connector.close()


def test_where_more_lists_are_slow_than_a_few_none_is_parted() -> None:
    slow = threading.Event()

    def respond(asked: Asked) -> Answer:
        slow.wait(0.6)
        return Answer(body={"id": 1} if "/profile" in asked.target else [])

    patient = Timeouts(part_s=0.1)
    with RawService(respond) as service:
        seen = read(canvas(service.url, timeouts=patient), *[course(number) for number in range(30)])
        assert len(service.asked) == 3
    assert all(isinstance(one, Observation) for one in seen.values())


@DRIPS
def test_a_calendar_that_drips_fails_and_the_other_is_read(
    drip: Callable[[], Iterator[bytes]], tmp_path: Path
) -> None:
    def respond(asked: Asked) -> Answer:
        if "/token" in asked.target:
            return Answer(body=TOKEN)
        if "/law/" in unquote(asked.target):
            return Answer(pieces=drip(), pause_s=0.02)
        return Answer(body=EMPTY)

    with RawService(respond) as service:
        contexts = [Context(id=name, kind="google", target=name) for name in ("law", "art")]
        seen = read(google(service, tmp_path), *contexts)
    assert isinstance(seen["law"], TooSlowError)
    assert isinstance(seen["art"], Observation)


def test_a_slow_answer_is_not_asked_for_again_at_once() -> None:
    with RawService(only_for("course_1", lambda _: Answer(pieces=body(), pause_s=0.05))) as service:
        assert isinstance(read(canvas(service.url), course(1))["course_1"], TooSlowError)
        assert sum("course_1" in codes(asked) for asked in service.asked) == 1


@pytest.mark.parametrize(
    "spoilt",
    [
        Answer(status=500, body={"errors": [{"message": "internal"}]}),
        Answer(status=403, body={"errors": [{"message": "no"}]}),
        Answer(body=[{"id": None, "context_code": "course_104"}]),
        Answer(body=[{"id": 9, "context_code": "course_104", "title": ["odd"]}]),
        Answer(body=b"<html>"),
        Answer(body=b"[" + b"[]," * 500_000 + b"[]]"),
    ],
    ids=["500", "403", "no id", "odd title", "html", "too many values"],
)
def test_one_course_that_cannot_be_listed_is_found_and_the_nine_beside_it_are_read(spoilt: Answer) -> None:
    with RawService(only_for("course_104", lambda _: spoilt)) as service:
        seen = read(canvas(service.url, attempts=2), *[course(number) for number in range(100, 110)])
    failed = seen.pop("course_104")
    assert isinstance(failed, ConnectorError)
    assert failed.context == "course_104"
    assert all(isinstance(one, Observation) for one in seen.values())


def test_a_service_in_trouble_is_not_asked_for_each_course() -> None:
    with RawService(lambda _: Answer(status=503, body=b"<html>")) as service:
        seen = read(canvas(service.url, attempts=2), *[course(number) for number in range(100, 110)])
        assert len(service.asked) == 4  # the list twice, the profile twice
    assert all(isinstance(one, UnavailableError) for one in seen.values())


def test_a_course_that_failed_last_time_is_listed_alone() -> None:
    with RawService(only_for("", lambda _: Answer())) as service:
        read(canvas(service.url), course(1), course(2, failing=True), course(3))
        lists = [codes(asked) for asked in service.asked]
    assert sorted(lists, key=len) == [["course_2"], ["course_1", "course_3"]]


def test_courses_that_failed_are_listed_last_without_the_others_and_leave_them_places() -> None:
    """Sixty failed, too many to be listed one by one; while as many of their lists drip as may, others are read."""
    healthy = [course(number) for number in range(100, 130)]
    failing = [course(number, failing=True) for number in range(200, 260)]
    asked_last = {one.id for one in failing}
    dripping = threading.Event()

    def respond(asked: Asked) -> Answer:
        if asked_last & set(codes(asked)):
            dripping.wait(20)
        return Answer(body={"id": 1} if "/profile" in asked.target else [])

    with RawService(respond) as service:
        connector = canvas(service.url, timeouts=Timeouts(part_s=20))
        try:
            outcomes = connector.observe([*failing, *healthy])
            assert {next(outcomes)[0].id for _ in healthy} == {one.id for one in healthy}
            # As those of a next pass beside it, while what was begun still drips.
            assert len(list(connector.observe(healthy))) == len(healthy)
            dripping.set()
            assert {context.id for context, _ in outcomes} == asked_last
        finally:
            dripping.set()
            connector.close()
        lists = [set(codes(asked)) for asked in service.asked if codes(asked)]
    assert all(one <= asked_last or not one & asked_last for one in lists)


def test_courses_that_all_failed_are_listed_together_again() -> None:
    with RawService(only_for("", lambda _: Answer())) as service:
        read(canvas(service.url), *[course(number, failing=True) for number in range(40)])
        assert len(service.asked) == 4


@pytest.mark.parametrize("fresh", [True, False], ids=["fresh rows", "the same row"])
def test_pages_without_end_fail_the_course_alone(fresh: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_MOST_PAGES", 20)
    numbers = itertools.count(1)

    def endless(_: Asked) -> Answer:
        at = next(numbers)
        link = f'<{service.url}/api/v1/calendar_events?page=b{at}&context_codes[]=course_1>; rel="next"'
        row = {"id": at if fresh else 1, "context_code": "course_1", "title": "x", "description": ""}
        return Answer(body=[row], headers={"Link": link})

    with RawService(only_for("course_1", endless)) as service:
        seen = read(canvas(service.url, timeouts=Timeouts()), course(1), course(2))
        assert isinstance(seen["course_1"], TooLargeError)
        assert isinstance(seen["course_2"], Observation)
        assert len(service.asked) < 50


def test_a_list_of_slow_pages_is_given_up_as_a_whole() -> None:
    numbers = itertools.count(1)

    def slow(_: Asked) -> Answer:
        time.sleep(0.2)
        link = f'<{service.url}/api/v1/calendar_events?page=b{next(numbers)}&context_codes[]=course_1>; rel="next"'
        return Answer(body=[{"id": 1, "context_code": "course_1"}], headers={"Link": link})

    with RawService(only_for("course_1", slow)) as service:
        assert isinstance(read(canvas(service.url), course(1))["course_1"], TooSlowError)


READS_A_LIST = """
    import sys
    from tests.unit.connectors.test_call_limits import big_list
    big_list(sys.argv[1])
    # Not ru_maxrss: that begins with what the process was forked from, here the whole test run.
    status = open("/proc/self/status").read()
    print(int(status.split("VmHWM:")[1].split()[0]) // 1024)
"""
PAGES = {
    "dicts": b'{"id":1},',
    "lists": b"[],",
    "text": ("x" * 1000 + "\u0416\U0001f600").encode(),
}


def big_list(path: str) -> None:
    """Read a list that a process of its own serves: its memory is not the client's."""
    server = subprocess.Popen([sys.executable, "-c", SERVER, path], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    url = server.stdout.readline().strip()
    try:
        outcome = read(canvas(url, timeouts=Timeouts()), course(1))["course_1"]
        assert isinstance(outcome, (Observation, ConnectorError))
    finally:
        server.kill()
        server.wait()
        server.stdout.close()


SERVER = """
import http.server, sys
class Page(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        body = open(sys.argv[1], "rb").read() if "calendar_events" in self.path else b"{}"
        self.send_response(200); self.send_header("Content-Length", str(len(body))); self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_): pass
server = http.server.HTTPServer(("127.0.0.1", 0), Page)
print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
server.serve_forever()
"""


@pytest.mark.parametrize("kind", sorted(PAGES))
def test_a_list_of_sixty_megabytes_is_read_or_refused_within_400_megabytes(kind: str, tmp_path: Path) -> None:
    piece = PAGES[kind]
    inner = piece * (60_000_000 // len(piece))
    path = tmp_path / "body"
    path.write_bytes(
        b'[{"id":1,"context_code":"course_1","description":"' + inner + b'"}]'
        if kind == "text"
        else b"[" + inner.rstrip(b",") + b"]"
    )
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(READS_A_LIST), str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 400, f"{done.stdout} MB"


def test_a_body_without_end_is_given_up_by_its_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.google_calendar.transport.LARGEST_BODY", 1_000_000)

    def flood() -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        yield from itertools.repeat(b"10000\r\n" + b" " * 65_536 + b"\r\n")

    def respond(asked: Asked) -> Answer:
        return Answer(body=TOKEN) if "/token" in asked.target else Answer(pieces=flood())

    with RawService(respond) as service:
        outcome = read(google(service, tmp_path), Context(id="law", kind="google", target="law"))["law"]
    assert isinstance(outcome, ConnectorError)
    assert "larger than any" in str(outcome)
