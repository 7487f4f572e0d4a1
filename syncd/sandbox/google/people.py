"""People who use the calendars by hand, in the web interface: they create, edit, delete, move and duplicate.

They act through the same rules of storage as the API, but under no quota and with the interface's habits.
"""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from syncd.sandbox.google.access import Caller
from syncd.sandbox.google.changes import Write
from syncd.sandbox.google.rows import CANCELLED, Row
from syncd.sandbox.google.writing import EventWriter, find

if TYPE_CHECKING:
    from syncd.sandbox.google.world import World

PERSON = "staff@university.example"
URL = re.compile(r"https?://[^\s<]+")
NOT_COPIED = frozenset({"conferenceData"})


class People:
    """Acts of one person (`email`) on the calendars of a world. Event ids are those of the API."""

    def __init__(self, world: World, email: str = PERSON) -> None:
        self.world = world
        self.email = email

    def _writer(self, calendar: str) -> EventWriter:
        caller = Caller(email=self.email, scopes=frozenset())
        write = Write(caller=caller, attachments=True, conference=True)
        return EventWriter(self.world, self.world.calendars[calendar], write)

    def create(self, calendar: str, summary: str, first_day: str, days: int = 1, **fields: Any) -> str:
        """A new all-day event of so many days, timed if `fields` has start and end; answers its id."""
        with self.world.lock:
            first = date.fromisoformat(first_day)
            body = {
                "summary": summary,
                "start": {"date": first_day},
                "end": {"date": (first + timedelta(days=days)).isoformat()},
            }
            return self._writer(calendar).insert({**body, **fields}).id

    def edit(self, calendar: str, event: str, **fields: Any) -> None:
        """Change fields; None takes a field away."""
        with self.world.lock:
            self._writer(calendar).update(event, fields, patch=True, kind="edit")

    def reschedule(self, calendar: str, event: str, days: int) -> None:
        """Drag an event so many days later."""
        with self.world.lock:
            row = find(self.world, self.world.calendars[calendar], event)
            by = timedelta(days=days)
            moved = {}
            for name, moment in (("start", row.start.moved(by)), ("end", row.end.moved(by))):
                if moment.day is not None:
                    moved[name] = {"date": moment.day.isoformat()}
                elif moment.at is not None:
                    moved[name] = {"dateTime": moment.at.isoformat()}
            self.edit(calendar, event, **moved)

    def colour(self, calendar: str, event: str, color_id: str) -> None:
        """Give it another colour."""
        self.edit(calendar, event, colorId=color_id)

    def place(self, calendar: str, event: str, location: str) -> None:
        """Say where it is."""
        self.edit(calendar, event, location=location)

    def attach(self, calendar: str, event: str, url: str, title: str) -> None:
        """Attach one more file."""
        with self.world.lock:
            row = find(self.world, self.world.calendars[calendar], event)
            files = [*row.fields.get("attachments", ()), {"fileUrl": url, "title": title}]
            self.edit(calendar, event, attachments=files)

    def rewrite_description(self, calendar: str, event: str, add: str = "") -> None:
        """Open and save the description in the web interface: plain text comes out as HTML."""
        with self.world.lock:
            row = find(self.world, self.world.calendars[calendar], event)
            self.edit(calendar, event, description=as_web_html(row.fields.get("description", "") + add))

    def delete(self, calendar: str, event: str) -> None:
        """Put it into the trash."""
        with self.world.lock:
            self._writer(calendar).delete(event)

    def restore(self, calendar: str, event: str) -> None:
        """Take it out of the trash, whatever the switches say about revival by the API."""
        with self.world.lock:
            held = self.world.calendars[calendar]
            before = find(self.world, held, event)
            stamp = self.world.stamp()
            after = replace(before, status="confirmed", stamp=stamp, updated=stamp)
            self.world.record("restore", held, self.email, before, after)

    def empty_trash(self, calendar: str) -> int:
        """Make every deleted event unreadable, ids stay taken; answers how many there were."""
        with self.world.lock:
            held = self.world.calendars[calendar]
            dead = [row for row in held.rows.values() if row.status == CANCELLED and not row.purged]
            for row in dead:
                held.rows[row.id] = replace(row, purged=True)
            return len(dead)

    def duplicate(self, calendar: str, event: str, to: str | None = None) -> str:
        """Duplicate, also into another calendar: private properties come along; answers the new id."""
        with self.world.lock:
            row: Row = find(self.world, self.world.calendars[calendar], event)
            body = {name: value for name, value in row.fields.items() if name not in NOT_COPIED}
            return self._writer(to or calendar).insert(body, kind="duplicate").id

    def move(self, calendar: str, event: str, to: str) -> None:
        """Hand it over to another calendar."""
        with self.world.lock:
            self._writer(calendar).move(event, self.world.calendars[to])

    def revoke_access(self, calendar: str, email: str | None = None) -> None:
        """Take the (service) account off the list of those the calendar is shared with."""
        self.world.revoke_access(calendar, email)


def as_web_html(text: str) -> str:
    """Text as the web interface saves it: HTML with `<br>` and links; HTML stays HTML."""
    escaped = text if re.search(r"<\w+[^>]*>", text) else html.escape(text, quote=False)
    linked = (
        URL.sub(lambda url: f'<a href="{url[0]}">{url[0]}</a>', escaped) if "<a " not in escaped else escaped
    )
    return linked.replace("\r\n", "\n").replace("\n", "<br>")
