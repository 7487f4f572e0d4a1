"""What the contract suite needs of a service's world, and the wishes it makes there.

One world stands behind each connector under test: the suite acts as people through it and looks at what
the service really holds. A new kind of target joins by one class and one line in `conftest.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from typing import Literal, Protocol

from connectors.port import Connector, Observation, Written
from mapping.identity import body_hash, fingerprint
from mapping.model import (
    Change,
    Context,
    Create,
    Days,
    Delete,
    DesiredEvent,
    ObservedEvent,
    Part,
    Record,
    Update,
    Why,
)
from mapping.planning.compare import differences
from mapping.text.markup import Markup, Paragraph, Section, visible_text, write
from mapping.text.phrases import LINE_EDGE

ONE_DAY = Days.inclusive(date(2025, 10, 27), date(2025, 10, 27))
A_SPAN = Days.inclusive(date(2025, 12, 3), date(2025, 12, 20))
TIMED = Days.inclusive(date(2025, 10, 27), date(2025, 10, 27), (time(16, 30), time(17)))
TIMED_SPAN = Days.inclusive(date(2025, 10, 25), date(2025, 10, 27), (time(9), time(17, 15)))
LINE = f"{LINE_EDGE} yours below {LINE_EDGE}"

Moment = Literal["before", "after"]
"""Whether a fault strikes before or after a request took effect."""


class World(Protocol):
    """A service with two calendars of ours, and people in it."""

    connector: Connector
    contexts: tuple[Context, Context]
    unreadable: Context
    """A context the credential may not read, or that is not there."""
    markup: Markup
    lost_creates_are_unclear: bool
    """True where a create has no id of our own choosing and cannot be repeated blindly."""
    moves: bool
    """True where people can move an event to another calendar under the same id."""

    def events(self, context: Context) -> Sequence[str]:
        """Titles of all living events there, ours or not, as the service holds them."""
        ...

    def type_event(self, context: Context, title: str, day: date) -> str:
        """A person adds a timed event; the answer is its id."""
        ...

    def retitle(self, context: Context, remote_id: str, title: str) -> None: ...

    def write_below(self, context: Context, remote_id: str, words: str) -> None:
        """A person writes below the fixed line."""
        ...

    def delete(self, context: Context, remote_id: str) -> None: ...

    def move(self, source: Context, remote_id: str, goal: Context) -> None: ...

    def break_writes(self, moment: Moment) -> None:
        """The next write's answer is lost, before or after it took effect."""
        ...

    def break_reads(self) -> None:
        """Every list from now on is answered by something that is not the service's."""
        ...

    def refuse_the_credential(self) -> None: ...

    def writes(self) -> int:
        """Requests so far that were not reads."""
        ...


class Desk:
    """Wishes and changes in one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.connector = world.connector
        self.here, self.there = world.contexts

    def wish(
        self,
        title: str = "Day off",
        days: Days = ONE_DAY,
        *,
        key: str = "2025-2026:off-1:main",
        words: str = "By the law, <all> & everybody.",
    ) -> DesiredEvent:
        section = Section(language="en", blocks=(Paragraph(text=words, label="Why:"),))
        body = write([section], Section(language="en", blocks=()), LINE, self.world.markup)
        told = body_hash(visible_text(body, self.world.markup))
        return DesiredEvent(
            key=key,
            entry=key.split(":")[1],
            part=Part.MAIN,
            title=title,
            body=body,
            body_hash=told,
            days=days,
            colour="3",
            fingerprint=fingerprint(title, told, days),
        )

    def create(self, desired: DesiredEvent, at: Context | None = None) -> ObservedEvent:
        at = at or self.here
        written: Written = self.connector.apply(at, creation(desired, at))
        assert written.event is not None
        assert written.deviation == ""
        return written.event

    def update(self, desired: DesiredEvent, observed: ObservedEvent) -> Written:
        change = Update(
            context=observed.context,
            why=Why.EDIT,
            desired=desired,
            observed=observed,
            fields=differences(observed, desired),
        )
        return self.connector.apply(self.here, change)

    def remove(self, observed: ObservedEvent, key: str = "2025-2026:off-1:main") -> Written:
        change = Delete(context=observed.context, why=Why.ORPHAN, key=key, observed=observed)
        return self.connector.apply(self.here, change)

    def read(self, at: Context | None = None, records: Sequence[Record] = ()) -> tuple[ObservedEvent, ...]:
        at = at or self.here
        known = {at.id: {record.remote_id: record for record in records}}
        ((_, outcome),) = self.connector.observe([at], known)
        assert isinstance(outcome, Observation), outcome
        return outcome.events

    def ours(self, at: Context | None = None) -> list[ObservedEvent]:
        return [event for event in self.read(at) if event.marker is not None and event.genuine]


def creation(desired: DesiredEvent, at: Context) -> Change:
    return Create(context=at.id, why=Why.FILL, desired=desired)
