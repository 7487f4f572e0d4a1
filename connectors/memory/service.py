"""The service that a memory connector talks to: calendars, people's hands in them, and faults.

Canvas's behaviour: the service gives ids, deletion is for good, people copy courses with all that is in
them. Google's: ids are ours, deleted events stay as tombstones, every event has a version. It judges
nothing: whose an event is, is `mapping`'s to say.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Literal

from mapping.model import Context, DayOffset, Days, Marker

Moment = Literal["before", "after"]


class Behaviour(StrEnum):
    """How a service treats ids, deletion and versions; the value is the kind of its targets."""

    CANVAS = "canvas"
    GOOGLE = "google"


class Lost(Exception):  # noqa: N818 - something that happens, not a verdict
    """A call whose answer never came: what it did or did not do is done."""


class Hidden(Exception):  # noqa: N818
    """Pages that shifted under a read: these ids are not in it although they are there."""

    def __init__(self, ids: Iterable[str]) -> None:
        self.ids = frozenset(ids)
        super().__init__(self.ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One call as it reaches the service, before or after it takes effect; ``key`` is '' for reads."""

    moment: Moment
    operation: str
    """``account``, ``observe``, ``reread``, ``fate``, ``create``, ``update``, ``delete``."""
    context: str
    """'' for ``account``."""
    key: str = ""


Fault = Callable[[Step], BaseException | None]
"""What goes wrong at a step: None, `Lost`, `Hidden`, a connector's error, or anything else to be raised."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryEvent:
    """An event as stored. ``body`` is what stands above people's part, in the markup of the service."""

    id: str
    title: str
    days: Days | None
    """None for a timed event, which ends on the day ``ends``."""
    ends: date | None = None
    body: str = ""
    tail: str = ""
    marker: Marker | None = None
    seed: str = ""
    """What the id was derived from besides calendar, key and generation (Google)."""
    version: int = 0
    deleted: bool = False
    offset: DayOffset | None = None
    """What the service's zone rules laid on the event's day, where it shows that."""
    readable: bool = True
    """False for a tombstone that is purged while its id stays burnt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """One thing a connector did: the event before and after, None where there was none."""

    context: str
    before: MemoryEvent | None
    after: MemoryEvent | None


class MemoryService:
    """Calendars by context id. Thread-safe; hold ``lock`` for several acts at once."""

    def __init__(self, behaviour: Behaviour, *, fault: Fault = lambda _: None, revival: bool = True) -> None:
        self.behaviour = behaviour
        self.fault = fault
        self.revival = revival
        """Whether deleted events can be brought back under their id (Google)."""
        self.makes: Callable[[MemoryEvent], MemoryEvent] = lambda event: event
        """What becomes of an event that a connector sends: a service may store something else."""
        self.lock = threading.RLock()
        self.contexts: dict[str, Context] = {}
        self.lost: set[str] = set()
        """Contexts that answer "not found" whole, with their events intact."""
        self.touches: list[Touch] = []
        self._calendars: dict[str, dict[str, MemoryEvent]] = {}
        self._numbers = 0

    # --- what is there ----------------------------------------------------------------------

    def add(self, context: Context) -> Context:
        """A new, empty calendar."""
        with self.lock:
            self.contexts[context.id] = context
            self._calendars.setdefault(context.id, {})
            return context

    def drop(self, context: str) -> None:
        """A calendar ends, with all that is in it."""
        with self.lock:
            self.contexts.pop(context, None)
            self._calendars.pop(context, None)

    def events(self, context: str) -> list[MemoryEvent]:
        """The living events of a calendar, in the order of their ids."""
        with self.lock:
            found = self._calendars.get(context, {}).values()
            return sorted((event for event in found if not event.deleted), key=lambda event: event.id)

    def get(self, context: str, event_id: str) -> MemoryEvent | None:
        """The event, a tombstone too."""
        with self.lock:
            return self._calendars.get(context, {}).get(event_id)

    def is_visible(self, context: str) -> bool:
        """Whether the calendar is there and shared with us."""
        with self.lock:
            return context in self.contexts and context not in self.lost

    def where(self, event_id: str) -> str:
        """The calendar in which an event of this id lives, '' if in none."""
        with self.lock:
            for context, events in self._calendars.items():
                if event_id in events and not events[event_id].deleted:
                    return context
            return ""

    # --- acts -------------------------------------------------------------------------------

    def put(self, context: str, event: MemoryEvent) -> MemoryEvent:
        """Store an event under its id, at a new version."""
        with self.lock:
            stored = replace(event, version=self._number())
            self._calendars[context][event.id] = stored
            return stored

    def write(self, context: str, event: MemoryEvent) -> MemoryEvent:
        """Store an event for a connector: remembered as touched."""
        with self.lock:
            before = self._calendars[context].get(event.id)
            after = self.put(context, self.makes(event))
            self.touches.append(Touch(context=context, before=before, after=after))
            return after

    def erase(self, context: str, event_id: str) -> None:
        """Delete an event for a connector: remembered as touched."""
        with self.lock:
            before = self._calendars[context].get(event_id)
            self.delete(context, event_id)
            self.touches.append(Touch(context=context, before=before, after=None))

    def new_id(self) -> str:
        """An id as the service gives it."""
        with self.lock:
            return str(self._number())

    # --- people's hands ---------------------------------------------------------------------

    def type_event(
        self, context: str, title: str, days: Days | None, *, ends: date | None = None, body: str = ""
    ) -> MemoryEvent:
        """A person adds an event; without ``days`` a timed one."""
        event = MemoryEvent(id=self.new_id(), title=title, days=days, ends=ends, body=body)
        return self.put(context, event)

    def edit(self, context: str, event_id: str, **fields: object) -> MemoryEvent:
        """A person changes fields of an event (``title``, ``days``, ``body``, ``tail``)."""
        with self.lock:
            return self.put(context, replace(self._calendars[context][event_id], **fields))  # type: ignore[arg-type]

    def strip(self, context: str, event_id: str) -> MemoryEvent:
        """The marker goes, as when a description is pasted over or another program writes the event."""
        return self.edit(context, event_id, marker=None, seed="")

    def delete(self, context: str, event_id: str) -> None:
        """An event is deleted: gone (Canvas), or a tombstone (Google)."""
        with self.lock:
            event = self._calendars[context][event_id]
            if self.behaviour is Behaviour.GOOGLE:
                self.put(context, replace(event, deleted=True))
            else:
                del self._calendars[context][event_id]

    def restore(self, context: str, event_id: str) -> MemoryEvent:
        """A person takes an event out of the trash."""
        return self.edit(context, event_id, deleted=False)

    def purge(self, context: str) -> None:
        """Tombstones can no longer be read; their ids stay burnt."""
        with self.lock:
            for event in list(self._calendars[context].values()):
                if event.deleted:
                    self.put(context, replace(event, readable=False))

    def duplicate(self, context: str, event_id: str, to: str = "") -> MemoryEvent:
        """A person duplicates an event, marker and all, also into another calendar."""
        with self.lock:
            event = self._calendars[context][event_id]
            return self.put(to or context, replace(event, id=self.new_id()))

    def move(self, context: str, event_id: str, to: str) -> MemoryEvent:
        """A person moves an event to another calendar: same id, and deleted here where there are tombstones."""
        with self.lock:
            event = self._calendars[context][event_id]
            self.delete(context, event_id)
            return self.put(to, event)

    def copy_all(self, source: str, goal: str) -> list[MemoryEvent]:
        """A course import: every living event of one calendar is copied into another."""
        return [self.duplicate(source, event.id, goal) for event in self.events(source)]

    def _number(self) -> int:
        self._numbers += 1
        return self._numbers
