"""One call to Google: pace, retries, counts, a connection, and a typed error where it fails.

Every call may be repeated: reads change nothing, an insert carries our id, an update or delete an etag. So
lost answers are asked for again, and only where none comes is a write's outcome unclear. Which calls there
are is the business of `client`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from connectors.counting import RequestCounter
from connectors.errors import (
    AuthenticationError,
    ConnectorError,
    RateLimitedError,
    StoppedError,
    TransientError,
    UnclearOutcomeError,
)
from connectors.google_calendar.failures import Call, GarbledAnswerError, LostAnswerError
from connectors.google_calendar.keyfile import KeyFile, read_key_file
from connectors.google_calendar.pace import Pace
from connectors.google_calendar.settings import GoogleSettings
from connectors.http import RequestNote
from connectors.retry import Retrier

if TYPE_CHECKING:
    from connectors.google_calendar.wire import Exchange, Line

T = TypeVar("T")
Json = dict[str, Any]


class Caller:
    """Calls with one credential. Thread-safe: each call has a connection to itself."""

    def __init__(self, settings: GoogleSettings) -> None:
        self._settings = settings
        self.counter = RequestCounter(settings.on_request)
        self.pace = Pace(
            settings.units_per_minute,
            clock=settings.clock,
            sleep=settings.pause,
            stop=settings.stop,
            share=settings.share,
            spent=settings.spent,
        )
        self._retrier = Retrier(
            settings.retry,
            clock=settings.clock,
            sleep=settings.pause,
            stop=settings.stop,
            rng=settings.rng,
            on_retry=self.counter.repeated,
        )
        self._lock = threading.Lock()
        self._idle: list[Line] = []
        self._exchange: Exchange | None = None
        self._closed = False

    def sign_in(self) -> KeyFile:
        """Make sure that Google gives us a token; it is fetched unless the one we have is still good."""
        call = Call(operation="sign in")

        def attempt() -> None:
            with self._line(call) as line:
                line.sign_in(call)

        self._repeatedly(call, attempt)
        return self.key()

    def key(self) -> KeyFile:
        """What the credentials file says. Raises `GoogleCredentialsError`."""
        return read_key_file(self._settings)

    def read(self, call: Call, make: Callable[[Any], Any], promised: Callable[[Any], bool]) -> Json:
        """Ask for something, as often as it takes. ``promised`` says whether an answer is the API's."""
        answer: Json = self._repeatedly(call, lambda: self._send(call, make, promised, units=1))
        return answer

    def write(
        self, call: Call, make: Callable[[Any], Any], promised: Callable[[Any], bool], *, units: int = 1
    ) -> Json:
        """Change something, as often as it takes. Raises `UnclearOutcomeError` where it may have happened."""
        unclear = False

        def attempt() -> Any:
            nonlocal unclear
            try:
                return self._send(call, make, promised, units=units)
            except TransientError as error:
                unclear = unclear or isinstance(error, LostAnswerError) or error.status >= 500
                raise

        try:
            answer: Json = self._repeatedly(call, attempt)
        except (TransientError, StoppedError) as error:
            if not unclear:
                raise
            raise UnclearOutcomeError(
                error.message, operation=call.operation, context=call.context, status=error.status
            ) from error
        return answer

    def _repeatedly(self, call: Call, attempt: Callable[[], T]) -> T:
        return self._retrier.call(attempt, operation=call.operation, context=call.context)

    def _send(
        self, call: Call, make: Callable[[Any], Any], promised: Callable[[Any], bool], *, units: int
    ) -> Any:
        with (
            self.pace.spending(units, operation=call.operation, context=call.context),
            self._line(call) as line,
        ):
            request = line.request(make)
            started = self._settings.clock()
            status, error = 0, None
            try:
                answer = line.execute(call, request)
                status = 200
                if not promised(answer):
                    raise GarbledAnswerError(
                        "the answer is not the API's.",
                        operation=call.operation,
                        context=call.context,
                        status=status,
                    )
            except ConnectorError as failed:
                status, error = failed.status, failed
                raise
            finally:
                seconds = self._settings.clock() - started
                self._note(call, request, status, seconds, units, error, line.skew_s)
        return answer

    def close(self) -> None:
        """Cut every connection; calls of other threads end with an error."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
            exchange = self._exchange
        for line in idle:
            line.drop()
        if exchange is not None:
            exchange.cut()

    # --- connections ------------------------------------------------------------------------

    @contextmanager
    def _line(self, call: Call) -> Iterator[Line]:
        """A connection to ourselves. It is dropped after a call that did not end in an answer."""
        line = self._take_line(call)
        try:
            yield line
        except AuthenticationError:
            line.drop()
            self._forget_token()
            raise
        except BaseException as error:
            if not isinstance(error, ConnectorError) or error.status == 0 or error.status >= 500:
                line.drop()
            self._put_back(line)
            raise
        self._put_back(line)

    def _take_line(self, call: Call) -> Line:
        # The vendor's libraries are imported when a first request is made, not before.
        from connectors.google_calendar.wire import Exchange  # noqa: PLC0415

        with self._lock:
            if self._closed:
                raise _closed(call)
            if self._idle:
                return self._idle.pop()
            if self._exchange is None:
                self._exchange = Exchange(self._settings, self.key())
            return self._exchange.line()

    def _put_back(self, line: Line) -> None:
        with self._lock:
            if not self._closed and line.exchange is self._exchange:
                self._idle.append(line)
                return
        line.drop()

    def _forget_token(self) -> None:
        """Read the file anew at the next call: a renewed key needs no restart."""
        with self._lock:
            idle, self._idle, self._exchange = self._idle, [], None
        for line in idle:
            line.drop()

    # --- counts -----------------------------------------------------------------------------

    def _note(
        self,
        call: Call,
        request: Any,
        status: int,
        seconds: float,
        units: int,
        error: ConnectorError | None,
        skew_s: float | None,
    ) -> None:
        throttled = isinstance(error, RateLimitedError)
        if isinstance(error, RateLimitedError):
            self.pace.refused(error.retry_after_s)
        elif error is None:
            self.pace.accepted()
        self.counter.note(
            RequestNote(
                operation=call.operation,
                context=call.context,
                method=request.method,
                path=urlsplit(request.uri).path,
                status=status,
                seconds=seconds,
                cost=float(units),
                remaining=float(self.pace.remaining),
                throttled=throttled,
                skew_s=skew_s,
            )
        )


def _closed(call: Call) -> StoppedError:
    return StoppedError("the connector is closed.", operation=call.operation, context=call.context)
