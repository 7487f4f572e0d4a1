"""The in-memory service with its history: where each event came from, what we wrote in it, what people did.

Knows nothing of laws or faults; those watch from outside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache

from connectors.memory import Behaviour, MemoryConnector, MemoryEvent, MemoryService
from mapping.identity import body_hash, google_event_id
from mapping.model import Context, DayOffset, Days, Marker
from mapping.text.markup import Markup, visible_text


@dataclass(slots=True)
class Story:
    """What happened to one event. ``last``: title and days as we last wrote them, None where we never did.

    ``edited``: what a person changed since: ``title``, ``days``, ``dates``, ``words``, ``tail``.
    ``gone``: ``person`` or ``us``, who deleted it; '' while it is there.
    """

    last: tuple[str, Days | None] | None = None
    edited: set[str] = field(default_factory=set)
    gone: str = ""
    altered: bool = False
    """The service stored something else than we last wrote, which looks like a person's words to anybody."""


@dataclass(frozen=True, slots=True)
class Row:
    """One event where it stands now, with its story."""

    kind: str
    context: str
    event: MemoryEvent
    story: Story
    words: str
    genuine: bool

    @property
    def name(self) -> tuple[str, str]:
        """Kind and id, which an event keeps wherever a person moves it."""
        return (self.kind, self.event.id)

    @property
    def marker(self) -> Marker | None:
        return self.event.marker

    @property
    def content(self) -> tuple[object, ...]:
        event = self.event
        return (self.context, event.title, event.days, event.body, event.marker, event.tail, self.story.gone)

    @property
    def taken(self) -> bool:
        """Nothing is left of what we wrote but the id."""
        if self.event.marker is not None or self.story.last is None:
            return False
        return self.event.title != self.story.last[0] and self.event.days != self.story.last[1]


@dataclass(slots=True, kw_only=True)
class Course:
    """A context as the service has it. ``target``: who names it; '' nobody, ``autumn+spring`` two.

    ``state``: ``open``, ``forbidden`` (found, not readable) or ``gone`` (not found, not readable).
    """

    context: str
    target: str
    state: str = "open"


class Service:
    """One service of either behaviour, and the hands of people in it."""

    def __init__(self, behaviour: Behaviour, owner: str, courses: Sequence[Course]) -> None:
        self.owner = owner
        self.kind = behaviour.value
        self.memory = MemoryService(behaviour)
        self.connector = MemoryConnector(self.memory, owner=owner)
        self.courses = {course.context: course for course in courses}
        self.stories: dict[str, Story] = {}
        self.zone = "Europe/London"
        self.makes = ""
        """What the service makes of what it is sent, by name; '' where it stores all as sent."""
        self.other_rules = False
        """Its zone rules are an hour off, which whole days of one day show (Canvas)."""
        self.memory.makes = self._make
        self._markup: Markup = "html" if behaviour is Behaviour.CANVAS else "text"
        self._edits = 0
        self._told = 0
        for course in courses:
            self.memory.add(self._context(course, course.target))

    def join(self, course: Course) -> None:
        """One course more."""
        self.courses[course.context] = course
        self.memory.add(self._context(course, course.target))

    def enter(self) -> None:
        """Make the service answer as its courses are now."""
        self.memory.lost = {one.context for one in self.courses.values() if one.state != "open"}

    def contexts_of(self, target: str) -> tuple[Context, ...]:
        """What a target names right now."""
        return tuple(
            self._context(course, target)
            for course in self.courses.values()
            if course.state != "gone" and target in course.target.split("+")
        )

    def _make(self, event: MemoryEvent) -> MemoryEvent:
        """What becomes of an event that is sent."""
        self._edits += 1
        if self.makes == "cuts titles":
            event = replace(event, title=event.title[:7])
        elif self.makes == "numbers titles":
            event = replace(event, title=f"{event.title} ({self._edits})")
        elif self.makes == "adds to texts":
            event = replace(event, body=f"<p>Added.</p>{event.body}")
        days = event.days
        if self.kind != Behaviour.CANVAS or days is None:
            return event
        if days.clock or days.count != 1:
            # What its day showed before it got a time, or more days, is gone with that.
            return replace(event, ends=None, offset=None)
        theirs = 3600 if self.other_rules else 0
        seen = None if self.other_rules else days
        return replace(
            event,
            days=seen,
            ends=days.start,
            offset=DayOffset(day=days.start, ours=0, theirs=theirs),
        )

    # --- what it holds ---------------------------------------------------------------------------

    def alive(self, context: str) -> list[Row]:
        return [self.row(context, event) for event in self.memory.events(context)]

    def all_alive(self) -> list[Row]:
        return [row for context in self.courses for row in self.alive(context)]

    def ours(self, context: str, key: str = "") -> list[Row]:
        """Living events there that carry our genuine marker, of one key or of all."""
        return [
            row
            for row in self.alive(context)
            if row.genuine and row.marker is not None and key in {"", row.marker.key}
        ]

    def find(self, remote_id: str) -> Row | None:
        """The living event of that id, wherever it is."""
        context = self.memory.where(remote_id)
        event = self.memory.get(context, remote_id) if context else None
        return self.row(context, event) if event is not None else None

    def row(self, context: str, event: MemoryEvent) -> Row:
        return Row(
            kind=self.kind,
            context=context,
            event=event,
            story=self.stories.setdefault(event.id, Story()),
            words=_words(event.body, self._markup),
            genuine=self._is_genuine(context, event),
        )

    def tell(self) -> None:
        """Write into the stories what the connector did since."""
        for touch in self.memory.touches[self._told :]:
            if touch.after is None:
                assert touch.before is not None
                self.stories[touch.before.id].gone = "us"
                continue
            story = self.stories.setdefault(touch.after.id, Story())
            if touch.before is None or touch.before.deleted:
                story.edited.clear()
            else:
                story.edited -= _rewritten(touch.before, touch.after)
            story.gone, story.last = "", (touch.after.title, touch.after.days)
            story.altered = bool(self.makes)
        self._told = len(self.memory.touches)

    # --- people and imports ------------------------------------------------------------------------

    def type_event(self, context: str, title: str, days: Days) -> Row:
        return self.row(context, self.memory.type_event(context, title, days, body="typed by a person"))

    def type_odd_event(self, context: str, ends: date | None) -> Row:
        """A person's event without whole days, which ends at the end of time, at its beginning, or nobody knows when."""
        return self.row(context, self.memory.type_event(context, "Never", None, ends=ends, body="odd"))

    def edit(self, row: Row, what: str) -> Row:
        """A person changes one thing; each change gives a value that was never there before."""
        self._edits += 1
        row.story.edited.add(what)
        days = row.event.days
        fields: dict[str, dict[str, object]] = {
            "title": {"title": f"Renamed {self._edits}"},
            "days": {"days": days and Days(days.start + timedelta(200), days.end + timedelta(200))},
            "dates": {"days": None},
            "words": {"body": f"words {self._edits}"},
            "tail": {"tail": f"tail {self._edits}"},
        }
        return self.row(row.context, self.memory.edit(row.context, row.event.id, **fields[what]))

    def strip(self, row: Row) -> Row:
        """The marker is lost, the words of ours stay."""
        return self.row(row.context, self.memory.strip(row.context, row.event.id))

    def delete(self, row: Row) -> Row:
        """A person deletes an event; the answer is what it was."""
        self.memory.delete(row.context, row.event.id)
        row.story.gone = "person"
        return row

    def move(self, row: Row, goal: str) -> Row:
        return self.row(goal, self.memory.move(row.context, row.event.id, goal))

    def duplicate(self, row: Row, goal: str, shift: int = 0) -> Row:
        """A copy with everything in it, marker included, perhaps some days later."""
        copy = self.memory.duplicate(row.context, row.event.id, goal)
        edited = row.story.edited | ({"words"} if row.story.altered else set())
        self.stories[copy.id] = Story(edited=edited, altered=row.story.altered)
        if shift and copy.days is not None:
            later = Days(copy.days.start + timedelta(shift), copy.days.end + timedelta(shift))
            copy = self.memory.edit(goal, copy.id, days=later)
        return self.row(goal, copy)

    def forge(self, row: Row, key: str) -> Row:
        """A person copies an event of ours in its course and writes another key into the mark."""
        assert row.marker is not None
        copy = self.duplicate(row, row.context)
        marker = replace(row.marker, key=key)
        return self.row(row.context, self.memory.edit(row.context, copy.event.id, marker=marker))

    def give_to(self, row: Row, owner: str) -> Row:
        """Another owner's tool marks an event as its own."""
        assert row.marker is not None
        marker = replace(row.marker, owner=owner, context=row.context)
        return self.row(row.context, self.memory.edit(row.context, row.event.id, marker=marker))

    def _is_genuine(self, context: str, event: MemoryEvent) -> bool:
        marker = event.marker
        if marker is None or marker.owner != self.owner or marker.context != context:
            return False
        if self.kind == Behaviour.CANVAS:
            return True
        return event.id == google_event_id(self.owner, context, marker.key, marker.generation)

    def _context(self, course: Course, target: str) -> Context:
        told = self.kind == Behaviour.CANVAS
        return Context(
            id=course.context, kind=self.kind, target=target, students=20 if told else 0, published=told
        )


@lru_cache(maxsize=4096)
def _words(body: str, markup: Markup) -> str:
    return body_hash(visible_text(body, markup))


def _rewritten(before: MemoryEvent, after: MemoryEvent) -> set[str]:
    """What a write of ours put right."""
    put_right: set[str] = set()
    if before.title != after.title:
        put_right.add("title")
    if before.days != after.days:
        put_right |= {"days", "dates"}
    if before.body != after.body:
        put_right.add("words")
    return put_right
