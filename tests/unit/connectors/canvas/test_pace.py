"""Pace follows Canvas's bucket, leaves the reserve alone, halves on a refusal and grows slowly."""

from __future__ import annotations

import threading
from collections.abc import Callable
from random import Random

import pytest

from connectors.canvas.pace import Pace, PaceLimits, QuotaReport
from connectors.errors import StoppedError
from tests.unit.connectors.canvas.conftest import Time

SERVED = QuotaReport(cost=0.1, remaining=600.0)


def build(time: Time, *, stop: threading.Event | None = None, **limits: float) -> Pace:
    return Pace(
        PaceLimits(**limits),  # type: ignore[arg-type]
        clock=time.clock,
        sleep=time.sleep,
        stop=stop or threading.Event(),
        rng=Random(5),  # noqa: S311 - dice for jitter, not secrets
    )


def enter(pace: Pace, times: int = 1) -> None:
    for _ in range(times):
        pace.enter(operation="read")


def test_the_first_requests_go_at_once() -> None:
    time = Time()
    enter(build(time), 8)
    assert time.slept == []


def test_more_than_the_reserve_allows_waits_for_the_outflow() -> None:
    time = Time()
    pace = build(time, start=20, most=20)
    enter(pace, 8)
    assert time.slept == []
    # 420 of 600 are ours: eight holds of 50 fit, the ninth needs 30 more to leak away.
    enter(pace)
    assert sum(time.slept) == pytest.approx(3.0, abs=0.03)


@pytest.mark.parametrize("outflow_per_s", [7.0, 11.0, 13.0, 17.0])
def test_a_remainder_too_small_for_the_clock_is_not_waited_for(outflow_per_s: float) -> None:
    time = Time()
    time.now = 1e12  # such a clock moves by a tenth of a millisecond or not at all

    def sleep(seconds: float) -> None:
        time.sleep(seconds)
        assert len(time.slept) < 100, "it waits for what never comes"

    pace = _with_sleep(time, sleep, threading.Event(), outflow_per_s=outflow_per_s)
    enter(pace)
    pace.leave(QuotaReport(cost=0.1, remaining=200.0))
    enter(pace)
    assert sum(time.slept) == pytest.approx(30.0 / outflow_per_s, abs=0.01)


def test_room_that_an_answer_gives_back_is_taken_at_once() -> None:
    time = Time()
    pace: Pace

    def answer_comes(seconds: float) -> None:
        time.sleep(seconds)
        pace.leave(QuotaReport(cost=0.1, served=False))

    pace = _with_sleep(time, answer_comes, threading.Event(), start=20, most=20)
    enter(pace, 9)
    assert sum(time.slept) < 0.1


def test_the_reserve_is_left_to_others_who_fill_the_bucket() -> None:
    time = Time()
    pace = build(time)
    enter(pace)
    pace.leave(QuotaReport(cost=0.1, remaining=200.0))
    enter(pace)
    # 200 left, 180 of them reserved: the hold of 50 needs 30 more.
    assert sum(time.slept) == pytest.approx(3.0)


def test_a_whole_bucket_in_use_by_others_is_asked_again_after_it_could_have_leaked() -> None:
    time = Time()
    pace = build(time)
    enter(pace)
    pace.leave(QuotaReport(cost=0.1, remaining=0.0))
    enter(pace)
    assert sum(time.slept) == pytest.approx(23.0)


def test_an_answer_that_tells_more_room_speeds_up() -> None:
    time = Time()
    pace = build(time)
    enter(pace, 2)
    pace.leave(QuotaReport(cost=0.1, remaining=100.0))
    pace.leave(QuotaReport(cost=0.1, remaining=590.0))
    enter(pace)
    assert time.slept == []
    assert pace.count == pytest.approx(60.0)


def test_our_own_requests_under_way_count_where_canvas_had_not_seen_them() -> None:
    pace = build(Time())
    enter(pace, 3)
    pace.leave(SERVED)
    assert pace.count == pytest.approx(100.0)


def test_costs_add_up_where_only_they_are_known() -> None:
    pace = build(Time())
    for _ in range(10):
        enter(pace)
        pace.leave(QuotaReport(cost=2.0, served=False))
    assert pace.count == pytest.approx(20.0)


def test_a_canvas_that_tells_nothing_limits_by_places_alone() -> None:
    time = Time()
    pace = build(time, start=100, most=100)
    enter(pace)
    pace.leave(QuotaReport())
    enter(pace, 100)
    assert time.slept == []


@pytest.mark.parametrize(("before", "after"), [(6, 3), (3, 1), (1, 1)])
def test_a_refusal_halves_the_places(before: int, after: int) -> None:
    pace = build(Time(), start=before)
    enter(pace)
    pace.leave(QuotaReport(served=False, refused=True, remaining=0.0))
    assert pace.allowed == after


def test_a_refusal_makes_everybody_wait_until_the_bucket_is_calm() -> None:
    time = Time()
    pace = build(time)
    enter(pace)
    wait_s = pace.leave(QuotaReport(served=False, refused=True, remaining=50.0))
    assert 15.0 <= wait_s <= 18.0
    enter(pace)
    assert sum(time.slept) >= wait_s


def test_a_longer_wish_of_canvas_is_honoured() -> None:
    pace = build(Time())
    enter(pace)
    assert (
        90.0
        <= pace.leave(QuotaReport(served=False, refused=True, remaining=190.0, retry_after_s=90.0))
        <= 108.0
    )


def test_a_refusal_with_room_left_waits_only_as_asked() -> None:
    pace = build(Time())
    enter(pace)
    assert pace.leave(QuotaReport(served=False, refused=True, remaining=550.0)) == 0.0


def test_places_grow_slowly_up_to_the_most() -> None:
    pace = build(Time(), start=2, most=3)
    for _ in range(20):
        enter(pace)
        assert pace.allowed == 2
        pace.leave(SERVED)
    assert pace.allowed == 3
    for _ in range(100):
        enter(pace)
        pace.leave(SERVED)
    assert pace.allowed == 3


def test_stopping_ends_a_wait_for_room() -> None:
    stop = threading.Event()
    time = Time()

    def sleep(seconds: float) -> None:
        stop.set()

    pace = _with_sleep(time, sleep, stop)
    enter(pace)
    pace.leave(QuotaReport(served=False, refused=True, remaining=0.0))
    with pytest.raises(StoppedError):
        enter(pace)


def test_a_place_that_comes_free_is_taken_by_who_waits() -> None:
    pace = build(Time(), start=1, most=1)
    enter(pace)
    entered = threading.Event()

    def wait() -> None:
        enter(pace)
        entered.set()

    thread = threading.Thread(target=wait)
    thread.start()
    assert not entered.is_set()
    pace.leave(SERVED)
    thread.join(10)
    assert entered.is_set()


def test_stopping_ends_a_wait_for_a_place() -> None:
    stop = threading.Event()
    pace = build(Time(), start=1, most=1, stop=stop)
    enter(pace)
    ended: list[BaseException] = []

    def wait() -> None:
        try:
            enter(pace)
        except StoppedError as error:
            ended.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    stop.set()
    thread.join(10)
    assert len(ended) == 1


def _with_sleep(time: Time, sleep: Callable[[float], None], stop: threading.Event, **limits: float) -> Pace:
    return Pace(
        PaceLimits(**limits),  # type: ignore[arg-type]
        clock=time.clock,
        sleep=sleep,
        stop=stop,
        rng=Random(5),  # noqa: S311 - dice for jitter, not secrets
    )
