"""The calls of the events API of Google Calendar that we make, over Google's own client.

How a call is sent, paced, repeated and counted is the business of `caller`. Nothing here knows whose an
event is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from connectors.google_calendar.caller import Caller, Json
from connectors.google_calendar.failures import Call
from connectors.google_calendar.keyfile import KeyFile
from connectors.google_calendar.settings import GoogleSettings
from connectors.port import CallCounts

EVENT_FIELDS = "id,etag,status,updated,summary,description,start,end,eventType,recurrence,recurringEventId,extendedProperties"
LIST_FIELDS = f"kind,accessRole,timeZone,nextPageToken,nextSyncToken,items({EVENT_FIELDS})"
ACCESS_FIELDS = "kind,accessRole,timeZone,summary"
MOST_ROWS = 2_500
"""Largest page Google gives."""
PATCH_UNITS = 3


class GoogleClient:
    """Calls with one credential. Thread-safe."""

    def __init__(self, settings: GoogleSettings) -> None:
        self._caller = Caller(settings)

    @property
    def counts(self) -> CallCounts:
        """Running totals of requests."""
        return self._caller.counter.counts

    @property
    def skew_s(self) -> float | None:
        """Seconds by which Google's clock was ahead at its last answer."""
        return self._caller.counter.skew_s

    def sign_in(self) -> KeyFile:
        """Make sure that Google gives us a token; it is fetched unless the one we have is still good."""
        return self._caller.sign_in()

    def key(self) -> KeyFile:
        """What the credentials file says. Raises `GoogleCredentialsError`."""
        return self._caller.key()

    def close(self) -> None:
        """Cut every connection; calls of other threads end with an error."""
        self._caller.close()

    def list_page(self, calendar: str, *, token: str = "", rows: int = MOST_ROWS) -> Json:
        """One page of everything in a calendar that is not deleted."""
        return self._caller.read(
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
        return self._caller.read(
            Call(operation="read access", context=calendar),
            lambda events: events.list(calendarId=calendar, maxResults=1, fields=ACCESS_FIELDS),
            _is_list,
        )

    def get(self, calendar: str, event_id: str) -> Json:
        """One event in full, a deleted one too."""
        return self._caller.read(
            Call(operation="get event", context=calendar),
            lambda events: events.get(calendarId=calendar, eventId=event_id),
            _is_event(event_id),
        )

    def insert(self, calendar: str, event: Json) -> Json:
        """A new event under the id it names. Raises `IdTakenError` where that is held already."""
        return self._caller.write(
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
        return self._caller.write(
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
        return self._caller.write(
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
        self._caller.write(
            Call(operation="delete event", context=calendar),
            lambda events: _only_if(
                events.delete(calendarId=calendar, eventId=event_id, sendUpdates="none"), etag
            ),
            _is_nothing,
        )


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
    if not isinstance(answer.get("nextPageToken") or "", str):
        return False
    return answer.get("kind") == "calendar#events" or "items" in answer or "accessRole" in answer


def _is_event(event_id: str) -> Callable[[Any], bool]:
    return lambda answer: isinstance(answer, Mapping) and answer.get("id") == event_id


def _is_nothing(answer: Any) -> bool:
    return not answer
