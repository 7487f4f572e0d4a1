"""One credential's way to Google: tokens, quota, faults of the line, and where the token never goes."""

from __future__ import annotations

import base64
import json
import socket
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from connectors.errors import (
    AuthenticationError,
    ConnectorError,
    MalformedResponseError,
    StoppedError,
    UnavailableError,
    UnclearOutcomeError,
)
from connectors.google_calendar import GoogleCalendarConnector
from connectors.google_calendar.client import _only_if
from connectors.http import Timeouts
from connectors.retry import RetryPolicy
from mapping.model import Target
from syncd.sandbox.faults import Kind, Rule
from syncd.sandbox.serve import listen
from tests.unit.connectors.google_calendar.conftest import LAW, context, wish

if TYPE_CHECKING:
    from tests.unit.connectors.google_calendar.conftest import Campus

LISTS: dict[str, Any] = {"method": "GET", "path": "/events$"}


@pytest.fixture(autouse=True)
def _no_sleep_in_googles_library(monkeypatch: pytest.MonkeyPatch) -> None:
    # The name in that module alone: the module `time` is everybody's, servers in other threads included.
    monkeypatch.setattr("google.auth._exponential_backoff.time", SimpleNamespace(sleep=lambda _seconds: None))


def tokens(campus: Campus) -> int:
    return campus.faults.count(path="^/token$")


# --- tokens ---------------------------------------------------------------------------------


def test_one_token_serves_all_calls_and_asks_for_events_only(campus: Campus) -> None:
    campus.create(wish())
    campus.observe_all(LAW, "economics@group.calendar.google.com", "humanities@group.calendar.google.com")
    (asked,) = [line for line in campus.faults.log() if line.path == "/token"]
    assertion = asked.content.decode().split("assertion=")[1].split("&")[0]
    claims = json.loads(base64.urlsafe_b64decode(assertion.split(".")[1] + "=="))
    assert claims["scope"] == "https://www.googleapis.com/auth/calendar.events"


def test_a_refused_token_is_renewed_once(campus: Campus) -> None:
    campus.observe()
    campus.world.switches.unauthorized_next = 1
    assert campus.observe() == ()
    assert tokens(campus) == 2


def test_a_credential_that_stays_refused_stops_after_one_renewal(campus: Campus) -> None:
    campus.observe()
    campus.world.switches.unauthorized_next = 100
    campus.faults.forget()
    with pytest.raises(AuthenticationError):
        campus.observe()
    assert campus.faults.count(**LISTS) == 2


@pytest.mark.parametrize("fault", ["invalid_grant", "unauthorized_client"])
def test_a_credential_google_gives_no_token_for_is_dead(campus: Campus, fault: str) -> None:
    campus.world.switches.token_fault = fault  # type: ignore[assignment]
    with pytest.raises(AuthenticationError, match=fault):
        campus.observe()
    assert tokens(campus) == 1


@pytest.mark.parametrize("fault", ["server_error", "html"])
def test_a_token_service_in_trouble_is_not_a_dead_credential(campus: Campus, fault: str) -> None:
    campus.world.switches.token_fault = fault  # type: ignore[assignment]
    with pytest.raises(UnavailableError):
        campus.observe()
    campus.world.switches.token_fault = "none"
    assert campus.observe() == ()


def test_a_page_with_status_200_in_place_of_a_token_is_outlived(campus: Campus) -> None:
    campus.faults.add(Rule(kind=Kind.HTML, status=200, path="^/token$"))
    assert campus.observe() == ()


def test_a_renewed_key_file_needs_no_restart(campus: Campus) -> None:
    campus.world.delete_keys()
    with pytest.raises(AuthenticationError):
        campus.observe()
    Path(campus.settings.credentials_file).write_text(json.dumps(campus.key()))
    assert campus.observe() == ()


def test_connections_that_wait_for_work_are_closed_with_the_credential_they_were_made_for(
    campus: Campus,
) -> None:
    campus.faults.add(Rule(kind=Kind.STALL, times=2, **LISTS))
    calendars = (LAW, "economics@group.calendar.google.com")
    both = threading.Thread(target=campus.observe_all, args=calendars)
    both.start()
    while campus.faults.stalled < 2:
        pass
    campus.faults.release()
    both.join(timeout=5)
    exchange = campus.connector._client._caller._exchange
    assert exchange is not None
    opened = list(exchange._sockets._sockets)
    assert len([listener for listener in opened if listener.fileno() >= 0]) == 2
    campus.world.switches.unauthorized_next = 100
    with pytest.raises(AuthenticationError):
        campus.observe()
    assert [listener.fileno() for listener in opened] == [-1, -1]


def test_no_other_address_is_asked_for_anything(campus: Campus) -> None:
    campus.observe()
    assert {line.path.split("/")[1] for line in campus.faults.log()} == {"token", "calendar"}


# --- quota and pace -------------------------------------------------------------------------


def test_a_fill_uses_the_quota_up_and_is_never_refused(campus: Campus) -> None:
    campus.rebuilt(units_per_minute=20)
    campus.world.switches.units_per_minute = 20
    start = campus.time.now
    for number in range(70):
        campus.create(wish(key=f"2025-2026:entry-{number}:main"))
    assert campus.connector.counts.throttled == 0
    # Three windows had to close before the last ten inserts.
    assert campus.time.now - start < 3 * 60 * 1.05


def test_a_quota_that_others_use_too_is_waited_for(campus: Campus) -> None:
    campus.world.switches.units_per_minute = 10
    for number in range(30):
        campus.create(wish(key=f"2025-2026:entry-{number}:main"))
    assert len(campus.live()) == 30
    assert campus.connector.counts.throttled > 0
    assert campus.connector.counts.retried >= campus.connector.counts.throttled


def test_a_refusal_that_names_a_time_is_obeyed(campus: Campus) -> None:
    campus.observe()
    campus.faults.add(
        Rule(
            kind=Kind.JSON,
            status=429,
            body='{"error": {"code": 429}}',
            headers={"Retry-After": "21"},
            **LISTS,
        )
    )
    before = campus.time.now
    campus.observe()
    assert campus.time.now - before >= 21


def test_requests_are_counted_and_told(campus: Campus) -> None:
    notes: list[Any] = []
    campus.rebuilt(on_request=notes.append)
    campus.create(wish())
    campus.observe()
    assert campus.connector.counts.by_operation == {"insert event": 1, "list events": 1}
    assert [(note.method, note.status, note.cost) for note in notes] == [
        ("POST", 200, 1.0),
        ("GET", 200, 1.0),
    ]
    assert notes[0].path == f"/calendar/v3/calendars/{LAW.replace('@', '%40')}/events"
    assert not any("?" in note.path for note in notes)


# --- the line -------------------------------------------------------------------------------


def test_a_redirect_is_not_followed(campus: Campus) -> None:
    campus.faults.add(
        Rule(
            kind=Kind.JSON,
            status=302,
            body="",
            headers={"Location": f"{campus.url}/elsewhere"},
            times=None,
            **LISTS,
        )
    )
    with pytest.raises(MalformedResponseError, match="elsewhere"):
        campus.observe()
    assert campus.faults.count(path="elsewhere") == 0


def test_nobody_listening_is_unavailable_after_the_last_try(campus: Campus, tmp_path: Path) -> None:
    listener = listen()
    port = listener.getsockname()[1]
    listener.close()
    connector = GoogleCalendarConnector(
        replace(campus.settings, endpoint=f"http://127.0.0.1:{port}", retry=RetryPolicy(attempts=3))
    )
    ((_, result),) = connector.observe([campus.context])
    connector.close()
    assert type(result) is UnavailableError
    assert connector.counts.requests == 3


def test_a_silent_service_is_given_up(campus: Campus) -> None:
    campus.rebuilt(timeouts=Timeouts(connect_s=5, read_s=0.2, whole_s=1), retry=RetryPolicy(attempts=2))
    campus.faults.add(Rule(kind=Kind.STALL, times=None, **LISTS))
    with pytest.raises(UnavailableError, match="too long"):
        campus.observe()
    campus.faults.clear()


def test_an_answer_that_drips_for_ever_is_given_up_as_a_whole(campus: Campus) -> None:
    ticks = iter(range(0, 10_000, 4))
    campus.rebuilt(clock=lambda: float(next(ticks)), retry=RetryPolicy(attempts=1))
    campus.faults.add(Rule(kind=Kind.SLOW_BODY, seconds=0.2, pieces=8, **LISTS))
    with pytest.raises(UnavailableError, match="too long"):
        campus.observe()


def test_closing_ends_a_call_that_waits_on_a_silent_service(campus: Campus) -> None:
    campus.faults.add(Rule(kind=Kind.STALL, **LISTS))
    results: list[Any] = []
    thread = threading.Thread(target=lambda: results.extend(campus.connector.observe([campus.context])))
    thread.start()
    while not campus.faults.stalled:
        pass
    campus.settings.stop.set()
    campus.connector.close()
    thread.join(timeout=5)
    assert not thread.is_alive()
    assert isinstance(results[0][1], StoppedError)
    campus.faults.clear()


def test_a_write_cut_off_in_flight_is_unclear_not_undone(campus: Campus) -> None:
    campus.faults.add(Rule(kind=Kind.STALL, method="POST", path="/events$"))
    errors: list[ConnectorError] = []

    def write() -> None:
        try:
            campus.create(wish())
        except ConnectorError as error:
            errors.append(error)

    thread = threading.Thread(target=write)
    thread.start()
    while not campus.faults.stalled:
        pass
    campus.settings.stop.set()
    campus.connector.close()
    thread.join(timeout=5)
    assert [type(error) for error in errors] == [UnclearOutcomeError]
    campus.faults.clear()


def test_after_closing_nothing_is_sent(campus: Campus) -> None:
    campus.connector.close()
    with pytest.raises(StoppedError):
        campus.create(wish())
    assert campus.faults.log() == []


def test_when_stopping_no_call_starts(campus: Campus) -> None:
    campus.settings.stop.set()
    with pytest.raises(StoppedError):
        campus.create(wish())
    assert campus.faults.log() == []


def test_a_connection_closed_while_idle_is_opened_again(campus: Campus) -> None:
    campus.observe()
    campus.faults.add(Rule(kind=Kind.HEADERS, headers={"Connection": "close"}, times=None))
    assert campus.observe() == ()
    assert campus.observe() == ()


def test_all_requests_go_through_the_proxy_and_none_around_it(campus: Campus) -> None:
    asked = []
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()

        def refuse() -> None:
            peer, _ = listener.accept()
            with peer:
                asked.append(peer.recv(4096).split(b"\r\n")[0])
                peer.sendall(b"HTTP/1.1 502 Bad Gateway\r\n\r\n<html>no</html>")

        thread = threading.Thread(target=refuse)
        thread.start()
        campus.rebuilt(proxy=f"http://127.0.0.1:{listener.getsockname()[1]}", retry=RetryPolicy(attempts=1))
        with pytest.raises(UnavailableError):
            campus.observe()
        thread.join()
    assert asked[0].startswith(b"CONNECT 127.0.0.1:")
    assert campus.faults.log() == []


def test_calls_of_many_threads_never_share_a_connection(campus: Campus) -> None:
    def work(number: int) -> None:
        for again in range(5):
            campus.create(wish(key=f"2025-2026:entry-{number}-{again}:main"))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(campus.live()) == 20
    assert tokens(campus) == 1


def test_importing_and_building_a_connector_imports_no_vendor_library() -> None:
    code = (
        "import sys\n"
        "from connectors.google_calendar import GoogleCalendarConnector, GoogleSettings\n"
        "GoogleCalendarConnector(GoogleSettings(credentials_file='x', owner='o', timezone='UTC'))\n"
        "print([m for m in ('googleapiclient', 'google.auth', 'httplib2') if m in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_an_account_is_told_once_a_token_was_given(campus: Campus) -> None:
    for _ in range(2):
        account = campus.connector.account()
        assert (account.endpoint, account.user) == (f"{campus.url}/", campus.world.service_account)
    assert [line.path for line in campus.faults.log()] == ["/token"]


def test_no_account_is_told_of_a_dead_credential(campus: Campus) -> None:
    campus.world.switches.token_fault = "invalid_grant"
    with pytest.raises(AuthenticationError):
        campus.connector.account()


def test_settings_of_this_machine_change_nothing(campus: Campus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("GOOGLE_API_USE_MTLS_ENDPOINT", "always")
    campus.rebuilt()
    assert campus.observe() == ()


def test_contexts_are_the_calendar_ids_of_the_targets(campus: Campus) -> None:
    target = Target(name="law", kind="google", place="school", languages=("en",), calendar_id=LAW)
    (found,) = campus.connector.discover([target])
    assert (found.contexts, found.complete) == ((context(LAW),), True)


def test_a_write_is_bound_to_the_etag_that_was_read_and_to_none_where_none_was_told() -> None:
    request = SimpleNamespace(headers={})
    assert _only_if(request, "") is request
    assert request.headers == {}
    assert _only_if(request, '"7"').headers == {"If-Match": '"7"'}
