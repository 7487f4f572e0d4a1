"""The retry policy decides by type, waits by numbers, and ends by deadline or stop."""

from __future__ import annotations

import threading
from collections.abc import Callable
from random import Random

import pytest

from connectors.errors import (
    AccessDeniedError,
    ConnectorError,
    RateLimitedError,
    StoppedError,
    TransientError,
    UnavailableError,
    UnclearOutcomeError,
)
from connectors.retry import Retrier, Retry, RetryPolicy

DICE = Random(7)  # noqa: S311 - dice for jitter, not secrets


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


class Failing:
    """Raises its errors in turn, then answers."""

    def __init__(self, *errors: ConnectorError) -> None:
        self.errors = list(errors)
        self.calls = 0

    def __call__(self) -> str:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return "done"


def unavailable() -> UnavailableError:
    return UnavailableError("502", operation="list events")


def build(
    time: Time,
    *,
    policy: RetryPolicy | None = None,
    stop: threading.Event | None = None,
    sleep: Callable[[float], object] | None = None,
    told: list[Retry] | None = None,
) -> Retrier:
    return Retrier(
        policy or RetryPolicy(),
        clock=time.clock,
        sleep=sleep or time.sleep,
        stop=stop or threading.Event(),
        rng=DICE,
        on_retry=None if told is None else told.append,
    )


def test_a_transient_failure_is_tried_again_and_its_success_returned() -> None:
    attempt = Failing(unavailable(), unavailable())
    assert build(Time()).call(attempt, operation="list events") == "done"
    assert attempt.calls == 3


@pytest.mark.parametrize(
    "error",
    [
        UnclearOutcomeError("lost", operation="create"),
        AccessDeniedError("no", operation="create"),
        StoppedError("stopping", operation="create"),
    ],
)
def test_what_is_unclear_or_permanent_is_never_tried_again(error: ConnectorError) -> None:
    attempt = Failing(error)
    with pytest.raises(type(error)) as caught:
        build(Time()).call(attempt, operation="create")
    assert caught.value is error
    assert attempt.calls == 1


def test_waits_double_up_to_the_longest_with_jitter_of_at_most_half() -> None:
    time = Time()
    policy = RetryPolicy(attempts=6, first_wait_s=1, longest_wait_s=4, deadline_s=100)
    build(time, policy=policy).call(Failing(*(unavailable() for _ in range(5))), operation="read")
    for slept, backoff in zip(time.slept, [1, 2, 4, 4, 4], strict=True):
        assert backoff / 2 <= slept <= backoff


def test_the_last_error_leaves_once_the_attempts_are_used_up() -> None:
    errors = [unavailable() for _ in range(3)]
    attempt = Failing(*errors)
    with pytest.raises(UnavailableError) as caught:
        build(Time(), policy=RetryPolicy(attempts=3)).call(attempt, operation="read")
    assert caught.value is errors[-1]
    assert attempt.calls == 3


def test_a_longer_wish_of_the_service_wins_over_the_backoff() -> None:
    time = Time()
    limited = RateLimitedError("slow down", operation="read", retry_after_s=17.0)
    build(time).call(Failing(limited), operation="read")
    assert time.slept == [17.0]


def test_a_wish_beyond_the_deadline_gives_up_at_once() -> None:
    time = Time()
    attempt = Failing(RateLimitedError("slow down", operation="read", retry_after_s=3600.0))
    with pytest.raises(RateLimitedError):
        build(time, policy=RetryPolicy(deadline_s=60)).call(attempt, operation="read")
    assert attempt.calls == 1
    assert time.slept == []


def test_attempts_that_take_long_end_by_the_deadline() -> None:
    time = Time()
    calls = []

    def slow() -> str:
        calls.append(time.now)
        time.now += 40
        raise unavailable()

    with pytest.raises(UnavailableError):
        build(time, policy=RetryPolicy(attempts=50, deadline_s=100)).call(slow, operation="read")
    assert len(calls) == 3


def test_nothing_is_sent_once_stopping() -> None:
    stop = threading.Event()
    stop.set()
    attempt = Failing()
    with pytest.raises(StoppedError) as caught:
        build(Time(), stop=stop).call(attempt, operation="create", context="course_1")
    assert attempt.calls == 0
    assert (caught.value.operation, caught.value.context) == ("create", "course_1")


def test_a_stop_during_the_wait_ends_the_call_with_the_failure_as_its_cause() -> None:
    stop = threading.Event()
    error = unavailable()
    attempt = Failing(error)
    with pytest.raises(StoppedError):
        build(Time(), stop=stop, sleep=lambda _: stop.set()).call(attempt, operation="read")
    assert attempt.calls == 1


def test_a_failure_while_stopping_is_not_tried_again() -> None:
    stop = threading.Event()
    time = Time()

    def fails_as_the_stop_comes() -> str:
        stop.set()
        raise unavailable()

    with pytest.raises(StoppedError) as caught:
        build(time, stop=stop).call(fails_as_the_stop_comes, operation="read")
    assert isinstance(caught.value.__cause__, TransientError)
    assert time.slept == []


def test_the_default_sleep_is_woken_by_the_stop_event() -> None:
    stop = threading.Event()
    retrier = Retrier(RetryPolicy(), clock=Time().clock, stop=stop, rng=DICE)
    assert retrier._sleep == stop.wait


def test_each_repetition_is_told_with_its_number() -> None:
    told: list[Retry] = []
    build(Time(), told=told).call(Failing(unavailable(), unavailable()), operation="read", context="course_9")
    assert [(one.attempt, one.attempts, one.context) for one in told] == [
        (1, 6, "course_9"),
        (2, 6, "course_9"),
    ]
