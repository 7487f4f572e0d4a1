"""Events of Google calendars over Google's own client: pace, retries, counts, and typed errors.

Every call here may be repeated: reads change nothing, an insert carries our id, an update or delete an
etag. So lost answers are asked for again, and only where none comes is a write's outcome unclear.
Nothing here knows whose an event is.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from connectors.base import CallCounts
from connectors.errors import (
    AuthenticationError,
    ConnectorError,
    RateLimitedError,
    StoppedError,
    TransientError,
    UnclearOutcomeError,
)
from connectors.google_calendar.answers import Call, GarbledAnswerError, LostAnswerError
from connectors.google_calendar.keyfile import KeyFile, read_key_file
from connectors.google_calendar.pace import Pace
from connectors.google_calendar.settings import GoogleSettings
from connectors.lines import RequestNote
from connectors.retry import Retrier, Retry

if TYPE_CHECKING:
    from connectors.google_calendar.wire import Exchange, Line

T = TypeVar("T")
Json = dict[str, Any]

EVENT_FIELDS = (
    "id,etag,status,summary,description,start,end,eventType,recurrence,recurringEventId,extendedProperties"
)
LIST_FIELDS = f"kind,accessRole,timeZone,nextPageToken,nextSyncToken,items({EVENT_FIELDS})"
ACCESS_FIELDS = "kind,accessRole,timeZone,summary"
MOST_ROWS = 2_500
"""Largest page Google gives."""
PATCH_UNITS = 3


class GoogleClient:
    """Calls with one credential. Thread-safe: each call has a connection to itself."""

    def __init__(self, settings: GoogleSettings) -> None:
        self._settings = settings
        self.counts = CallCounts()
        self.pace = Pace(
            settings.units_per_minute, clock=settings.clock, sleep=settings.pause, stop=settings.stop
        )
        self._retrier = Retrier(
            settings.retry,
            clock=settings.clock,
            sleep=settings.pause,
            stop=settings.stop,
            rng=settings.rng,
            on_retry=self._repeated,
        )
        self._lock = threading.Lock()
        self._idle: list[Line] = []
        self._exchange: Exchange | None = None
        self._closed = False

    # --- calls ------------------------------------------------------------------------------

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

    def list_page(self, calendar: str, *, token: str = "", rows: int = MOST_ROWS) -> Json:
        """One page of everything in a calendar that is not deleted."""
        return self._read(
            Call(operation="list events", context=calendar),
            lambda events: events.list(
                calendarId=calendar,
                maxResults=rows,
                fields=LIST_FIELDS,
                **({"pageToken": token} if token else {}),
            ),
            _is_list,
        )

    def access(self, calendar: str) -> Json:
        """What we may do in a calendar, without its events."""
        return self._read(
            Call(operation="ask for access", context=calendar),
            lambda events: events.list(calendarId=calendar, maxResults=1, fields=ACCESS_FIELDS),
            _is_list,
        )

    def get(self, calendar: str, event_id: str) -> Json:
        """One event in full, a deleted one too."""
        return self._read(
            Call(operation="get event", context=calendar),
            lambda events: events.get(calendarId=calendar, eventId=event_id),
            _is_event(event_id),
        )

    def insert(self, calendar: str, event: Json) -> Json:
        """A new event under the id it names. Raises `IdTakenError` where that is held already."""
        return self._write(
            Call(operation="insert event", context=calendar),
            lambda events: events.insert(
                calendarId=calendar,
                body=event,
                sendUpdates="none",
                supportsAttachments=True,
                conferenceDataVersion=1,
            ),
            _is_event(event["id"]),
        )

    def replace(self, calendar: str, event_id: str, event: Json, *, etag: str) -> Json:
        """The event as a whole, only if it is still at this etag ('' = whatever it is at)."""
        return self._write(
            Call(operation="update event", context=calendar),
            lambda events: _only_if(
                events.update(
                    calendarId=calendar,
                    eventId=event_id,
                    body=event,
                    sendUpdates="none",
                    supportsAttachments=True,
                    conferenceDataVersion=1,
                ),
                etag,
            ),
            _is_event(event_id),
        )

    def patch(self, calendar: str, event_id: str, fields: Json, *, etag: str) -> Json:
        """Some fields of an event, at three times the price: for events we may not write as a whole."""
        return self._write(
            Call(operation="patch event", context=calendar),
            lambda events: _only_if(
                events.patch(
                    calendarId=calendar,
                    eventId=event_id,
                    body=fields,
                    sendUpdates="none",
                    supportsAttachments=True,
                    conferenceDataVersion=1,
                ),
                etag,
            ),
            _is_event(event_id),
            units=PATCH_UNITS,
        )

    def delete(self, calendar: str, event_id: str, *, etag: str) -> None:
        """Delete an event, only if it is still at this etag."""
        self._write(
            Call(operation="delete event", context=calendar),
            lambda events: _only_if(
                events.delete(calendarId=calendar, eventId=event_id, sendUpdates="none"), etag
            ),
            _is_nothing,
        )

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

    # --- one call ---------------------------------------------------------------------------

    def _read(self, call: Call, make: Callable[[Any], Any], promised: Callable[[Any], bool]) -> Json:
        answer: Json = self._repeatedly(call, lambda: self._send(call, make, promised, units=1))
        return answer

    def _write(
        self, call: Call, make: Callable[[Any], Any], promised: Callable[[Any], bool], *, units: int = 1
    ) -> Json:
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
                self._note(call, request, status, self._settings.clock() - started, units, error)
        return answer

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
        self, call: Call, request: Any, status: int, seconds: float, units: int, error: ConnectorError | None
    ) -> None:
        throttled = isinstance(error, RateLimitedError)
        if isinstance(error, RateLimitedError):
            self.pace.refused(error.retry_after_s)
        elif error is None:
            self.pace.accepted()
        with self._lock:
            self.counts.requests += 1
            self.counts.throttled += throttled
            by_operation = self.counts.by_operation
            by_operation[call.operation] = by_operation.get(call.operation, 0) + 1
        if self._settings.on_request is not None:
            self._settings.on_request(
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
                )
            )

    def _repeated(self, _: Retry) -> None:
        with self._lock:
            self.counts.retried += 1


def _closed(call: Call) -> StoppedError:
    return StoppedError("the connector is closed.", operation=call.operation, context=call.context)


def _only_if(request: Any, etag: str) -> Any:
    if etag:
        request.headers["If-Match"] = etag
    return request


def _is_list(answer: Any) -> bool:
    """A list says what it is: an empty object is no empty calendar."""
    if not isinstance(answer, Mapping) or not isinstance(answer.get("items", []), list):
        return False
    rows = answer.get("items", [])
    if not all(isinstance(row, Mapping) and isinstance(row.get("id"), str) for row in rows):
        return False
    return answer.get("kind") == "calendar#events" or "items" in answer or "accessRole" in answer


def _is_event(event_id: str) -> Callable[[Any], bool]:
    return lambda answer: isinstance(answer, Mapping) and answer.get("id") == event_id


def _is_nothing(answer: Any) -> bool:
    return not answer
