"""Writes to events: insert, import, update, patch, delete, move, with identity, versions and tombstones.

Roles, scopes and quota were checked before; both the API and people acting by hand come through here.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from syncd.sandbox.google import changes
from syncd.sandbox.google.body import Content, Terms, merge_patch, read_content
from syncd.sandbox.google.errors import deleted, duplicate, invalid, not_found, required
from syncd.sandbox.google.moments import zone_named
from syncd.sandbox.google.recurrence import UTC_ZONE, find_instance, starts
from syncd.sandbox.google.rows import CANCELLED, Row

if TYPE_CHECKING:
    from collections.abc import Mapping

    from syncd.sandbox.google.changes import Write
    from syncd.sandbox.google.rows import Calendar
    from syncd.sandbox.google.world import World

Json = dict[str, Any]
ID = re.compile(r"[0-9a-v]{5,1024}")
INSTANCE_ID = re.compile(r"([0-9a-v]+)_(\d{8}(T\d{6}Z)?)")


def find(world: World, calendar: Calendar, event_id: str) -> Row:
    """A readable row, tombstones included; instances of a series exist without one. Raises ApiError (404)."""
    row = calendar.rows.get(event_id)
    if row is not None:
        if world.gone(row):
            raise not_found()
        return row
    named = INSTANCE_ID.fullmatch(event_id)
    series = calendar.rows.get(named[1]) if named is not None else None
    if series is not None and series.recurrence and not series.cancelled:
        found = find_instance(series, event_id, zone_named(calendar.time_zone) or UTC_ZONE)
        if found is not None:
            return found
    raise not_found()


class EventWriter:
    """All writes to one calendar by one writer."""

    def __init__(self, world: World, calendar: Calendar, write: Write) -> None:
        self.world = world
        self.calendar = calendar
        self.write = write

    def insert(self, body: Json, *, kind: str = "insert") -> Row:
        """A new event. Raises ApiError (400, 403, 409)."""
        event_id = self._id(body)
        uid = body.get("iCalUID") or f"{event_id}@google.com"
        content = self._content(body, {})
        changes.check_new(content, self.calendar)
        changes.check_guests(content, self.write)
        if self._taken(event_id) or self._uid_taken(uid):
            raise duplicate()
        row = self._new(event_id, uid, content)
        if kind == "import":
            row = replace(row, organizer=body.get("organizer"))
        self._check_rule(row)
        self.calendar.serials = row.serial
        self._store(kind, None, row)
        return row

    def import_(self, body: Json) -> Row:
        """A private copy of an event known elsewhere. Raises ApiError (400, 409)."""
        uid = body.get("iCalUID")
        if not isinstance(uid, str) or not uid:
            raise required("Missing iCalUID.")
        known = self.calendar.uids.get(uid)
        if known is None or self.world.switches.import_known_uid == "refuse":
            return self.insert({**body, "id": None}, kind="import")
        return self.update(known, {"status": "confirmed", **body}, kind="import")

    def update(self, event_id: str, body: Json, *, patch: bool = False, kind: str | None = None) -> Row:
        """Replace an event or, with `patch`, merge into it. Raises ApiError (400, 403, 404, 410, 412)."""
        before = find(self.world, self.calendar, event_id)
        changes.check_version(before, self.write.if_match)
        if patch:
            own = before.reminders.get(self.write.caller.email)
            body = merge_patch({**before.fields, "reminders": own} if own else before.fields, body)
        content = self._content(body, before.fields)
        status = changes.next_status(before, content.status, self.world.switches, patch=patch)
        changes.check_change(before, content, body, self.calendar)
        changes.keep_source(before, content, self.write)
        if content.fields.get("attendees") != before.fields.get("attendees"):
            changes.check_guests(content, self.write)
        sequence = changes.next_sequence(before, content, self.world.switches, patch=patch)
        after = self._changed(before, content, status, sequence)
        if after is before:
            return before
        self._check_rule(after)
        revived = before.cancelled and not after.cancelled
        self._store(kind or ("revive" if revived else "patch" if patch else "update"), before, after)
        if after.cancelled:
            self._bury_exceptions(after)
        return after

    def delete(self, event_id: str) -> Row:
        """Leave a tombstone. Raises ApiError (404, 410, 412)."""
        before = self._live(event_id)
        after = self._version(before, status=CANCELLED)
        self._store("delete", before, after)
        self._bury_exceptions(after)
        return after

    def move(self, event_id: str, destination: Calendar) -> Row:
        """Take an event to another calendar; the answer is the tombstone here. Raises ApiError."""
        before = self._live(event_id)
        if before.series is not None:
            raise invalid("Cannot move a recurring event instance.")
        after = self._version(before, status=CANCELLED)
        EventWriter(self.world, destination, self.write).take(before)
        self._store("move", before, after)
        return after

    def take(self, row: Row) -> None:
        """Receive an event from another calendar under its id. Raises ApiError (409)."""
        if self._taken(row.id) or self._uid_taken(row.ical_uid):
            raise duplicate()
        self.calendar.serials += 1
        stamp = self.world.stamp()
        self._store(
            "move",
            None,
            replace(row, serial=self.calendar.serials, stamp=stamp, updated=stamp, organizer=None),
        )

    def _live(self, event_id: str) -> Row:
        row = find(self.world, self.calendar, event_id)
        if row.cancelled:
            raise deleted()
        changes.check_version(row, self.write.if_match)
        return row

    def _id(self, body: Json) -> str:
        event_id = body.get("id")
        if event_id is None or event_id == "":
            return self.world.new_id()
        if not isinstance(event_id, str) or ID.fullmatch(event_id) is None:
            raise invalid("Invalid resource id value.")
        return event_id

    def _taken(self, event_id: str) -> bool:
        row = self.calendar.rows.get(event_id)
        return row is not None and not (self.world.switches.purge_frees_ids and self.world.gone(row))

    def _uid_taken(self, uid: str) -> bool:
        known = self.calendar.uids.get(uid)
        return known is not None and self._taken(known)

    def _content(self, body: Json, stored: Mapping[str, Any]) -> Content:
        terms = Terms(
            switches=self.world.switches,
            zone=self.calendar.time_zone,
            attachments=self.write.attachments,
            conference=self.write.conference,
            labels=self.write.labels,
            stored=stored,
        )
        return read_content(body, terms)

    def _new(self, event_id: str, uid: str, content: Content) -> Row:
        stamp = self.world.stamp()
        return Row(
            serial=self.calendar.serials + 1,
            id=event_id,
            ical_uid=uid,
            stamp=stamp,
            updated=stamp,
            created=stamp,
            status=content.status or "confirmed",
            sequence=content.sequence or 0,
            creator=self.write.caller.email,
            organizer=None,
            fields=content.fields,
            start=content.start,
            end=content.end,
            reminders=changes.next_reminders(content.reminders, {}, self.write.caller.email),
        )

    def _check_rule(self, row: Row) -> None:
        """Raise ApiError (400) for a recurrence that cannot be read."""
        if row.recurrence:
            next(starts(row, zone_named(self.calendar.time_zone) or UTC_ZONE), None)

    def _changed(self, before: Row, content: Content, status: str, sequence: int) -> Row:
        """The next version; `before` itself if nothing changes."""
        reminders = changes.next_reminders(content.reminders, before.reminders, self.write.caller.email)
        same = (
            (status, sequence) == (before.status, before.sequence)
            and changes.same_times(before, content)
            and changes.same_fields(before, content)
        )
        only_reminders = same and reminders != before.reminders
        if same and not only_reminders and not self.world.switches.noop_write_moves_etag:
            return before
        after = self._version(
            before,
            status=status,
            sequence=sequence,
            fields=content.fields,
            start=content.start,
            end=content.end,
            reminders=reminders,
        )
        return replace(after, updated=before.updated) if only_reminders else after

    def _version(self, before: Row, **parts: Any) -> Row:
        stamp = self.world.stamp()
        if before.id not in self.calendar.rows:
            self.calendar.serials += 1
            parts["serial"] = self.calendar.serials
        return replace(before, stamp=stamp, updated=stamp, **parts)

    def _bury_exceptions(self, series: Row) -> None:
        for row in self.calendar.exceptions_of(series.id).values():
            self.calendar.put(replace(row, status=CANCELLED, purged=True, stamp=self.world.stamp()))

    def _store(self, kind: str, before: Row | None, after: Row) -> None:
        self.world.record(kind, self.calendar, self.write.caller.email, before, after)
        home = self.calendar.data_owner.partition("@")[2]
        self.world.mails["guests"] += changes.mailed(after.fields.get("attendees", []), self.write.mail, home)
