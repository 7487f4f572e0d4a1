"""The one retry policy: which failures are tried again, when, and until when.

Decided by type alone: a `TransientError` is known not to have happened or is safe to repeat, everything
else leaves at once. Never reads a message, never knows a vendor, never waits by itself: clock, sleep,
random numbers and the stop event are passed in.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, TypeVar

from connectors.errors import ConnectorError, RateLimitedError, StoppedError, TransientError

if TYPE_CHECKING:
    from tenacity import RetryCallState

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """Numbers of the policy. Waits double up to the longest; what a service asks for wins if longer."""

    attempts: int = 6
    """Most attempts, the first included."""
    first_wait_s: float = 0.5
    longest_wait_s: float = 20.0
    deadline_s: float = 120.0
    """Most seconds from the first attempt to the start of the last one."""

    def backoff_s(self, attempt: int) -> float:
        """Seconds to wait after the failed attempt of this number (1 is the first)."""
        doublings = min(attempt - 1, 30)
        return min(self.longest_wait_s, self.first_wait_s * float(1 << doublings))


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """What is told of each repetition: attempt n of m failed, the next one is in ``wait_s``."""

    operation: str
    context: str
    attempt: int
    attempts: int
    wait_s: float
    error: TransientError


class Retrier:
    """Makes calls by one policy. Thread-safe: a call keeps its own count and deadline.

    ``sleep`` must return early once ``stop`` is set; ``stop.wait`` is such a sleep and the default.
    """

    def __init__(
        self,
        policy: RetryPolicy,
        *,
        clock: Callable[[], float],
        stop: threading.Event,
        rng: Random,
        sleep: Callable[[float], object] | None = None,
        on_retry: Callable[[Retry], None] | None = None,
    ) -> None:
        self.policy = policy
        self._clock = clock
        self._stop = stop
        self._rng = rng
        self._sleep = stop.wait if sleep is None else sleep
        self._on_retry = on_retry

    def call(
        self, attempt: Callable[[], T], *, operation: str, context: str = "", attempts: int | None = None
    ) -> T:
        """The attempt's result. Raises its last error, or `StoppedError` where stopping ends it.

        ``attempts``: fewer than the policy's, where whoever asks has another way.
        """
        latest = self._clock() + self.policy.deadline_s
        most = min(self.policy.attempts, attempts or self.policy.attempts)

        def guarded() -> T:
            if self._stop.is_set():
                raise StoppedError("stopping, the call was not sent.", operation=operation, context=context)
            return attempt()

        def give_up(state: RetryCallState) -> bool:
            too_late = self._clock() + state.upcoming_sleep > latest
            return self._stop.is_set() or too_late or state.attempt_number >= most

        def tell(state: RetryCallState) -> None:
            error = _error_of(state)
            if self._on_retry is not None and isinstance(error, TransientError):
                self._on_retry(
                    Retry(
                        operation=operation,
                        context=context,
                        attempt=state.attempt_number,
                        attempts=most,
                        wait_s=state.upcoming_sleep,
                        error=error,
                    )
                )

        try:
            return guarded()
        except Exception as error:  # noqa: BLE001 - judged below, as that of each further attempt is
            # Only now: being ready for repetitions costs a tenth of a call.
            again = _after(error, guarded)
        from tenacity import Retrying, retry_if_exception  # noqa: PLC0415 - most runs repeat nothing

        retrying = Retrying(
            retry=retry_if_exception(_may_help_at_once),
            wait=self._wait_s,
            stop=give_up,
            sleep=self._pause,
            before_sleep=tell,
            reraise=True,
        )
        try:
            return retrying(again)
        except TransientError as error:
            if self._stop.is_set():
                raise _stopped(error, operation=operation, context=context) from error
            raise

    def _wait_s(self, state: RetryCallState) -> float:
        """Between half and all of the backoff, never less than the service asked for."""
        backoff_s = self.policy.backoff_s(state.attempt_number) * self._rng.uniform(0.5, 1.0)
        error = _error_of(state)
        asked_s = error.retry_after_s if isinstance(error, RateLimitedError) else 0.0
        return max(backoff_s, asked_s)

    def _pause(self, seconds: float) -> None:
        self._sleep(seconds)


def _after(error: Exception, attempt: Callable[[], T]) -> Callable[[], T]:
    """The attempt, whose first outcome is known already."""
    known = [error]

    def again() -> T:
        if known:
            raise known.pop()
        return attempt()

    return again


def _may_help_at_once(error: BaseException) -> bool:
    return isinstance(error, TransientError) and error.at_once


def _error_of(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome is not None else None


def _stopped(error: ConnectorError, *, operation: str, context: str) -> StoppedError:
    return StoppedError(
        f"stopping, not tried again after: {error.message}", operation=operation, context=context
    )
