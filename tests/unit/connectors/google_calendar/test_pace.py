"""A sliding window of units: full use, never one too many, waiting that ends when told to."""

from __future__ import annotations

import threading
from collections import deque

import pytest

from connectors.errors import StoppedError
from connectors.google_calendar.pace import Pace
from connectors.quota import SpentUnits
from tests.unit.connectors.google_calendar.conftest import Campus, Time


class Server:
    """Counts units as the service does, in any 60 seconds before a request."""

    def __init__(self, time: Time) -> None:
        self.time = time
        self.seen: deque[tuple[float, int]] = deque()
        self.most = 0

    def take(self, units: int) -> None:
        self.seen.append((self.time.now, units))
        while self.seen[0][0] <= self.time.now - 60:
            self.seen.popleft()
        self.most = max(self.most, sum(units for _, units in self.seen))


def build(time: Time, units: int = 600, spent: SpentUnits | None = None) -> Pace:
    return Pace(units, clock=time, sleep=time.sleep, stop=threading.Event(), spent=spent)


@pytest.mark.parametrize(("before_s", "after_s"), [(0.0, 0.05), (0.05, 0.0), (0.02, 0.03), (0.4, 0.6)])
def test_no_window_of_the_service_ever_holds_more_and_nearly_all_is_used(
    time: Time, before_s: float, after_s: float
) -> None:
    pace, server, start = build(time), Server(time), time.now
    for _ in range(3_000):
        with pace.spending(1, operation="insert"):
            time.sleep(before_s)
            server.take(1)
            time.sleep(after_s)
    minutes = (time.now - start) / 60
    assert server.most <= 600
    # The last window is still open: what it allows was spent in its first part.
    possible = 600 * (int(minutes) + 1) if before_s + after_s < 0.1 else minutes * 60 / (before_s + after_s)
    assert possible <= 3_000 / 0.95


def test_dear_calls_count_as_what_they_cost(time: Time) -> None:
    pace, server = build(time, 10), Server(time)
    for number in range(30):
        units = 3 if number % 4 == 0 else 1
        with pace.spending(units, operation="patch"):
            server.take(units)
    assert server.most <= 10


def test_a_call_dearer_than_the_window_waits_for_an_empty_one(time: Time) -> None:
    pace, start = build(time, 2), time.now
    with pace.spending(1, operation="get"):
        pass
    with pace.spending(3, operation="patch"):
        pass
    assert time.now - start >= 60


def test_who_comes_after_goes_on_in_the_window_of_who_was_before(time: Time) -> None:
    server, known = Server(time), list[tuple[float, int]]()
    for _ in range(30):
        spent = SpentUnits(known)
        pace = build(time, 20, spent)
        for _ in range(7):
            with pace.spending(1, operation="insert"):
                server.take(1)
        known += spent.here(time.now)
    assert server.most == 20


def test_one_built_anew_in_the_same_process_goes_on_in_the_same_window(time: Time) -> None:
    server, spent = Server(time), SpentUnits()
    for _ in range(6):
        pace = build(time, 20, spent)
        for _ in range(7):
            with pace.spending(1, operation="insert"):
                server.take(1)
    assert server.most == 20


def test_who_comes_after_and_knows_nothing_spends_too_much(time: Time) -> None:
    server = Server(time)
    for _ in range(6):
        pace = build(time, 20)
        for _ in range(7):
            with pace.spending(1, operation="insert"):
                server.take(1)
    assert server.most > 20


def test_units_of_a_lost_answer_count(time: Time) -> None:
    pace, start = build(time, 1), time.now
    with pytest.raises(TimeoutError), pace.spending(1, operation="insert"):
        raise TimeoutError
    with pace.spending(1, operation="insert"):
        pass
    assert time.now - start >= 60


def test_a_refusal_holds_everybody_longer_each_time(time: Time) -> None:
    pace = build(time)
    waits = []
    for _ in range(3):
        pace.refused()
        before = time.now
        with pace.spending(1, operation="get"):
            pass
        waits.append(time.now - before)
    assert waits[0] < waits[1] < waits[2]
    pace.accepted()
    pace.refused(17.0)
    before = time.now
    with pace.spending(1, operation="get"):
        pass
    assert time.now - before >= 17


def test_waiting_is_cut_into_slices_and_ends_when_stopping(time: Time) -> None:
    stop = threading.Event()

    def sleep(seconds: float) -> None:
        time.sleep(seconds)
        stop.set()

    pace = Pace(1, clock=time, sleep=sleep, stop=stop)
    with pace.spending(1, operation="get"):
        pass
    with pytest.raises(StoppedError), pace.spending(1, operation="get"):
        pytest.fail("was let through")
    assert max(time.slept) <= 0.5
    assert len(time.slept) == 1


def test_many_threads_share_one_window(time: Time) -> None:
    pace, server = build(time, 20), Server(time)

    def work() -> None:
        for _ in range(25):
            with pace.spending(1, operation="get"), time.lock:
                server.take(1)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert server.most <= 20
    assert pace.remaining >= 0


def test_writes_go_as_fast_as_the_quota_of_a_minute_is_refilled(campus: Campus) -> None:
    assert campus.rebuilt(units_per_minute=600).writes_per_s == 10
