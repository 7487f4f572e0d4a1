"""The connector under load: paced to the bucket, streaming, thread-safe, and quick to stop."""

from __future__ import annotations

import socket
import threading
from itertools import islice

import pytest

from connectors.canvas.pace import PaceLimits
from connectors.errors import ConnectorError, StoppedError
from connectors.port import Observation
from syncd.sandbox.canvas.throttle import Limits
from tests.unit.connectors.canvas.conftest import OWNER, Site, context, create, wish
from tests.unit.connectors.canvas.test_client import Wire


def test_many_courses_are_read_without_one_refusal_and_the_reserve_stays(site: Site) -> None:
    site.throttle.limits = Limits()
    for number in range(200, 500):
        site.world.add_course(f"C{number}", number=number)
    seen = site.observe(*[context(number) for number in range(200, 500)])
    assert all(isinstance(one, Observation) for one in seen.values())
    assert site.connector.counts.throttled == 0
    told = [note.remaining for note in site.notes if note.remaining is not None]
    assert len(told) == 30
    assert min(told) >= 180


def test_a_bucket_that_others_filled_is_waited_for_and_not_hammered(site: Site) -> None:
    site.throttle.limits = Limits()
    site.throttle.fill("admin-token", 590.0)
    assert isinstance(site.observe(context(101))["course_101"], Observation)
    assert site.connector.counts.throttled == 1
    assert sum(site.time.slept) >= 15


def test_no_more_requests_are_in_flight_than_allowed(site: Site) -> None:
    site.connector = site.connect(pace=PaceLimits(start=2, most=2))
    for number in range(200, 300):
        site.world.add_course(f"C{number}", number=number)
    list(site.connector.observe([context(number) for number in range(200, 300)]))
    assert site.faults.peak <= 2


def test_outcomes_stream_before_all_contexts_are_read(site: Site) -> None:
    for number in range(200, 600):
        site.world.add_course(f"C{number}", number=number)
    stream = site.connector.observe([context(number) for number in range(200, 600)])
    assert len(list(islice(stream, 10))) == 10
    assert site.lists() < 40
    stream.close()  # type: ignore[attr-defined]


def test_several_threads_write_at_once_each_in_its_own_course(site: Site) -> None:
    failed: list[BaseException] = []

    def fill(number: int) -> None:
        at = context(number)
        try:
            for each in range(5):
                site.connector.apply(at, create(wish(f"E{each}", key=f"2025-2026:e{each}:main"), at))
        except ConnectorError as error:
            failed.append(error)

    threads = [threading.Thread(target=fill, args=(number,)) for number in (101, 102)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failed == []
    assert [len(site.read(number).events) for number in (101, 102)] == [5, 5]
    marked = {event.marker.context for event in site.read(102).events if event.marker}
    assert marked == {"course_102"}


def test_closing_ends_blocked_reads_with_an_error(site: Site) -> None:
    reading = threading.Event()

    def hold(_: socket.socket) -> None:
        reading.set()
        silent.over.wait(10)

    with Wire(hold) as silent:
        connector = site.connect(base_url=silent.url)
        ended: list[Observation | ConnectorError] = []

        def read() -> None:
            ended.extend(outcome for _, outcome in connector.observe([context(101)]))

        thread = threading.Thread(target=read)
        thread.start()
        assert reading.wait(10)
        connector.close()
        thread.join(10)
        assert [type(one) for one in ended] == [StoppedError]


def test_a_stop_before_a_write_sends_nothing(site: Site) -> None:
    stop = threading.Event()
    connector = site.connect(stop=stop)
    stop.set()
    at = context(101)
    with pytest.raises(StoppedError) as caught:
        connector.apply(at, create(wish(), at))
    assert caught.value.context == "course_101"
    assert site.faults.writes() == 0


def test_requests_are_counted_by_what_they_were_for(site: Site) -> None:
    site.made()
    site.read(101)
    assert site.connector.counts.by_operation == {"create event": 1, "list events": 1}
    assert site.connector.counts.requests == 2


def test_the_owner_goes_into_the_marker(site: Site) -> None:
    event = site.made()
    assert event.marker is not None
    assert event.marker.owner == OWNER


def test_writes_go_as_fast_as_the_buckets_of_all_tokens_drain(site: Site) -> None:
    assert site.connector.writes_per_s == 50
    assert site.connect(tokens=("a", "b")).writes_per_s == 100
