"""The parameters of events.list: read, checked for what excludes each other, applied to one row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from syncd.sandbox.google.errors import bad_request, invalid, time_range_empty
from syncd.sandbox.google.moments import read_bound, zone_named
from syncd.sandbox.google.properties import matches
from syncd.sandbox.google.recurrence import length, starts

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from syncd.sandbox.google.call import Params
    from syncd.sandbox.google.rows import Row

DEFAULT_PAGE = 250
LARGEST_PAGE = 2500
NOT_WITH_SYNC_TOKEN = (
    "iCalUID",
    "orderBy",
    "privateExtendedProperty",
    "q",
    "sharedExtendedProperty",
    "timeMin",
    "timeMax",
    "updatedMin",
)
FREE_BETWEEN_PAGES = frozenset(
    {"pageToken", "syncToken", "maxResults", "fields", "alt", "prettyPrint", "key", "quotaUser", "userIp"}
    | {"oauth_token", "access_token", "alwaysIncludeEmail"}
)
"""Parameters that do not choose rows; all others must be repeated with a token."""
FREE_AFTER_SYNC = FREE_BETWEEN_PAGES | {"timeMin", "timeMax", "showDeleted"}
"""A first sync may have had a time window; the token cannot be combined with one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A list request. Bounds are UTC.

    `same`: the parameters that must be repeated with a page token, `same_sync` with a sync token.
    """

    limit: int
    order: str | None
    single: bool
    show_deleted: bool
    time_min: datetime | None
    time_max: datetime | None
    updated_min: datetime | None
    uid: str | None
    words: tuple[str, ...]
    private: list[str]
    shared: list[str]
    kinds: list[str]
    zone: str | None
    max_attendees: int | None
    page_token: str | None
    sync_token: str | None
    same: str
    same_sync: str

    @property
    def syncable(self) -> bool:
        """Whether the answer ends with a sync token."""
        chosen = (self.order, self.updated_min, self.uid, self.words, self.private, self.shared)
        return not any(chosen)


def read_query(params: Params) -> Query:
    """Raises ApiError (400)."""
    _check_sync_token(params)
    bounds = {name: _bound(params, name) for name in ("timeMin", "timeMax", "updatedMin")}
    low, high = bounds["timeMin"], bounds["timeMax"]
    if low is not None and high is not None and low >= high:
        raise time_range_empty()
    order = params.choice("orderBy", ("startTime", "updated"))
    single = bool(params.flag("singleEvents"))
    if order == "startTime" and not single:
        raise bad_request("The requested ordering is not available for the particular query.", "orderBy")
    return Query(
        limit=min(params.number("maxResults", low=1) or DEFAULT_PAGE, LARGEST_PAGE),
        order=order,
        single=single,
        show_deleted=bool(params.flag("showDeleted")),
        time_min=low,
        time_max=high,
        updated_min=bounds["updatedMin"],
        uid=params.text("iCalUID"),
        words=tuple((params.text("q") or "").casefold().split()),
        private=_filters(params, "privateExtendedProperty"),
        shared=_filters(params, "sharedExtendedProperty"),
        kinds=params.all("eventTypes"),
        zone=read_zone(params),
        max_attendees=params.number("maxAttendees", low=1),
        page_token=params.text("pageToken"),
        sync_token=params.text("syncToken"),
        same=params.canonical(FREE_BETWEEN_PAGES),
        same_sync=params.canonical(FREE_AFTER_SYNC),
    )


def read_zone(params: Params) -> str | None:
    """The zone in which answers are shown. Raises ApiError (400)."""
    name = params.text("timeZone")
    if name is not None and zone_named(name) is None:
        raise invalid("Invalid time zone.", "timeZone")
    return name


def _check_sync_token(params: Params) -> None:
    if "syncToken" not in params:
        return
    for name in NOT_WITH_SYNC_TOKEN:
        if name in params:
            raise bad_request(f"The parameter {name} cannot be combined with a sync token.", "syncToken")
    if params.flag("showDeleted") is False:
        raise bad_request("Deleted events cannot be left out with a sync token.", "syncToken")


def _bound(params: Params, name: str) -> datetime | None:
    text = params.text(name)
    return None if text is None else read_bound(text, name)


def _filters(params: Params, name: str) -> list[str]:
    filters = params.all(name)
    if any("=" not in one for one in filters):
        raise invalid("Invalid value for an extended property filter.", name)
    return filters


def keeps(row: Row, query: Query, zone: ZoneInfo, *, any_private: bool) -> bool:
    """Whether a row passes the filters of the query; deletion aside."""
    if query.uid is not None and row.ical_uid != query.uid:
        return False
    if query.kinds and row.fields.get("eventType", "default") not in query.kinds:
        return False
    if query.updated_min is not None and row.updated < query.updated_min.timestamp() * 1000:
        return False
    if not _within(row, query, zone):
        return False
    properties = row.fields.get("extendedProperties", {})
    return (
        matches(properties, "private", query.private, any_of=any_private)
        and matches(properties, "shared", query.shared, any_of=any_private)
        and _says(row, query.words)
    )


def _within(row: Row, query: Query, zone: ZoneInfo) -> bool:
    """TimeMin bounds the end, timeMax the start, both exclusive; of a series, any instance may lie within."""
    if query.time_max is not None and row.start.utc(zone) >= query.time_max:
        return False
    if query.time_min is None or row.end.utc(zone) > query.time_min:
        return True
    lasts = length(row)
    return bool(row.recurrence) and any(
        original.moved(lasts).utc(zone) > query.time_min
        and (query.time_max is None or original.utc(zone) < query.time_max)
        for original in starts(row, zone)
    )


def _says(row: Row, words: tuple[str, ...]) -> bool:
    if not words:
        return True
    people = [f"{one.get('displayName', '')} {one['email']}" for one in row.fields.get("attendees", ())]
    texts = [row.fields.get(name, "") for name in ("summary", "description", "location")]
    said = " ".join(texts + people).casefold()
    return all(word in said for word in words)


def beginning(row: Row, zone: ZoneInfo) -> int:
    """Seconds since 1970 of a row's start."""
    return int(row.start.utc(zone).astimezone(UTC).timestamp())
