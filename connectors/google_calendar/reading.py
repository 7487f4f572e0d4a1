"""All of a calendar, or an error: never part of one.

A page may be short or empty; only the lack of a page token ends a list, and Google then gives a sync token.
A list that ends without one may have been cut, so it is read again in smaller pages and must show the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from connectors.errors import (
    AccessDeniedError,
    IncompleteReadError,
    RejectedError,
    TooLargeError,
)
from connectors.google_calendar.client import MOST_ROWS, GoogleClient
from connectors.google_calendar.failures import GoneError
from connectors.google_calendar.translate import Place, is_deleted, observed
from connectors.port import Observation

STARTS: Final = 4
"""Times a list is begun before it counts as unreadable now."""
MOST_PAGES: Final = 200
MOST_ROWS_IN_ALL: Final = 100_000
"""Events in one calendar; Google's own limit lies far below."""
MOST_EMPTY_PAGES: Final = 50
"""Pages in a row that bring nothing new; Google gives a few such."""
WRITING_ROLES = frozenset({"writer", "owner"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    rows: Mapping[str, Mapping[str, Any]]
    certain: bool
    """The last page said that it was the last."""


def read_calendar(client: GoogleClient, calendar: str, place: Place) -> Observation:
    """Every event of a calendar that we may write to. Raises the errors of the client and `AccessDeniedError`."""
    for _ in range(STARTS):
        try:
            read = _read_all(client, calendar)
            whole = read.certain or _agrees(client, calendar, read)
        except IncompleteReadError:
            continue
        if whole:
            return _observation(read, calendar, place)
    raise _incomplete(calendar)


def check_access(page: Mapping[str, Any], calendar: str) -> None:
    """Raises `AccessDeniedError` where a list answer says that we may not write."""
    role = page.get("accessRole")
    if role is not None and str(role) not in WRITING_ROLES:
        raise AccessDeniedError(
            f'this calendar is shared with us as "{role}" only, but "Make changes to events" (writer) is needed; '
            "if that choice was made, the domain's limit on sharing with outsiders has cut it down.",
            operation="list events",
            context=calendar,
        )


def _read_all(client: GoogleClient, calendar: str, rows_a_page: int = MOST_ROWS) -> _Read:
    rows: dict[str, Mapping[str, Any]] = {}
    token, seen, idle = "", set[str](), 0
    for _ in range(MOST_PAGES):
        page = _page(client, calendar, token, rows_a_page)
        check_access(page, calendar)
        known = len(rows)
        rows.update({row["id"]: row for row in page.get("items", []) if not is_deleted(row)})
        idle = idle + 1 if len(rows) == known else 0
        if len(rows) > MOST_ROWS_IN_ALL or idle > MOST_EMPTY_PAGES:
            raise _too_large(calendar)
        token = page.get("nextPageToken") or ""
        if not token:
            return _Read(rows=rows, certain=bool(page.get("nextSyncToken")))
        if token in seen:
            raise _incomplete(calendar)
        seen.add(token)
    raise _too_large(calendar)


def _too_large(calendar: str) -> TooLargeError:
    return TooLargeError(
        f"its list has no end: {MOST_PAGES} pages or {MOST_ROWS_IN_ALL:,} events were read.",
        operation="list events",
        context=calendar,
    )


def _page(client: GoogleClient, calendar: str, token: str, rows_a_page: int) -> Mapping[str, Any]:
    try:
        return client.list_page(calendar, token=token, rows=rows_a_page)
    except (RejectedError, GoneError) as error:
        if not token:
            raise
        # The token of a page does not live for ever: begin again.
        raise _incomplete(calendar) from error


def _agrees(client: GoogleClient, calendar: str, read: _Read) -> bool:
    """Whether the same list in smaller pages shows the same events at the same etags."""
    again = _read_all(client, calendar, rows_a_page=max(1, len(read.rows) // 2))
    return _etags(again) == _etags(read)


def _etags(read: _Read) -> Mapping[str, Any]:
    return {event_id: row.get("etag") for event_id, row in read.rows.items()}


def _observation(read: _Read, calendar: str, place: Place) -> Observation:
    events = tuple(observed(row, calendar, place) for row in read.rows.values())
    return Observation(context=calendar, events=events)


def _incomplete(calendar: str) -> IncompleteReadError:
    return IncompleteReadError(
        "the list of events could not be read to its end.", operation="list events", context=calendar
    )
