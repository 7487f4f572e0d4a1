"""The port over a service in memory: the same promises as over HTTP, the same errors, no waiting.

A lost answer is asked for once more where the real connector would ask again; what then stays unclear is
told as unclear. Decides as much as the connector that it behaves as, and no more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, TypeVar, assert_never

from connectors.containment import contained
from connectors.errors import (
    ConflictError,
    ConnectorError,
    NotFoundError,
    StoppedError,
    UnavailableError,
    UnclearOutcomeError,
)
from connectors.memory.service import Behaviour, Hidden, Lost, MemoryEvent, MemoryService, Step
from connectors.port import (
    AccessFinding,
    Account,
    CallCounts,
    Discovery,
    LastLook,
    Observation,
    Severity,
    Unchanged,
    Written,
)
from mapping.errors import OwnershipConflictError
from mapping.identity import body_hash, day_words, google_event_id
from mapping.model import (
    ALL_FIELDS,
    Action,
    Change,
    Context,
    Create,
    Days,
    Delete,
    DesiredEvent,
    Fate,
    Field,
    Marker,
    ObservedEvent,
    Record,
    Target,
    Update,
)
from mapping.planning.compare import differences
from mapping.text.markup import Markup, visible_text

T = TypeVar("T")

GENERATIONS: Final = 20
_TRIES: Final = 2


class MemoryConnector:
    """A connector whose service is a Python value. Thread-safe."""

    contexts_a_look = 10

    def __init__(self, service: MemoryService, *, owner: str, timezone: str = "") -> None:
        self.kind = service.behaviour.value
        self.copies_are_ours = service.behaviour is Behaviour.CANVAS
        self.counts = CallCounts()
        self._service = service
        self._owner = owner
        self._timezone = timezone
        self._markup: Markup = "html" if service.behaviour is Behaviour.CANVAS else "text"
        self._closed = False

    def account(self) -> Account:
        found = Account(endpoint=f"memory://{self.kind}", user=self._owner, timezone=self._timezone)
        return self._call("account", "", "", lambda: found, repeatable=True)

    def discover(self, targets: Sequence[Target]) -> Iterator[Discovery]:
        for target in targets:
            with self._service.lock:
                found = [one for one in self._service.contexts.values() if one.target == target.name]
            yield Discovery(target=target.name, contexts=tuple(found))

    def check(self, target: Target) -> Iterator[AccessFinding]:
        yield AccessFinding(target=target.name, severity=Severity.OK, message="kept in memory.")

    def close(self) -> None:
        self._closed = True

    # --- reading ----------------------------------------------------------------------------

    def observe(
        self, contexts: Sequence[Context], known: Mapping[str, Mapping[str, Record]] = {}
    ) -> Iterator[tuple[Context, Observation | ConnectorError]]:
        for context in contexts:
            try:
                with contained("list events", context.id):
                    seen = self._read(context.id, known.get(context.id, {}))
                yield context, seen
            except ConnectorError as error:
                yield context, error

    def observe_changes(
        self,
        contexts: Sequence[Context],
        known: Mapping[str, Mapping[str, Record]],
        looks: Mapping[str, LastLook],
    ) -> Iterator[tuple[Context, Observation | Unchanged | ConnectorError]]:
        """The same; nothing is told of a context that is as its last look left it, where that suffices."""
        for context, seen in self.observe(contexts, known):
            look = looks.get(context.id)
            if look is None or isinstance(seen, ConnectorError):
                yield context, seen
            elif look.suffices and look.is_shown_by({one.remote_id: one.version for one in seen.events}):
                yield context, Unchanged(context.id)
            else:
                yield context, replace(seen, events=tuple(self._unread(one, look) for one in seen.events))

    def _unread(self, event: ObservedEvent, look: LastLook) -> ObservedEvent:
        """Of somebody else's event that is as it was, Canvas's list need not tell the description."""
        known = self.kind == Behaviour.CANVAS and look.others.get(event.remote_id) == event.version
        return replace(event, marker=None, genuine=False, body_hash="", body_known=False) if known else event

    def fate(self, context: Context, remote_id: str) -> Fate:
        def look() -> Fate:
            where = self._service.where(remote_id)
            if where == context.id:
                return Fate.PRESENT
            return Fate.MOVED if where and self.kind == Behaviour.CANVAS else Fate.DELETED

        return self._call("fate", context.id, "", look, repeatable=True)

    def reread(self, contexts: Sequence[Context], days: Days) -> Iterator[ObservedEvent]:
        """Events of the contexts on these days."""
        for context in contexts:
            for event in self._call("reread", context.id, "", self._living(context.id), repeatable=True):
                if event.days is not None and event.days.overlaps(days):
                    yield self._observed(context.id, event)

    def read_event(self, context: Context, remote_id: str) -> ObservedEvent | None:
        """One event as it is now; None if it does not live here."""
        living = self._call("reread", context.id, "", self._living(context.id), repeatable=True)
        return next((self._observed(context.id, event) for event in living if event.id == remote_id), None)

    def _living(self, context: str) -> Callable[[], list[MemoryEvent]]:
        return lambda: self._service.events(context)

    def _read(self, context: str, known: Mapping[str, Record]) -> Observation:
        hidden: frozenset[str] = frozenset()

        look = self._living(context)
        try:
            events = self._call("observe", context, "", look, repeatable=True)
        except Hidden as shifted:
            hidden = shifted.ids
            events = [event for event in look() if event.id not in hidden]
        return Observation(
            context=context,
            events=tuple(self._observed(context, event, known.get(event.id)) for event in events),
        )

    def _observed(self, context: str, event: MemoryEvent, record: Record | None = None) -> ObservedEvent:
        version = str(event.version)
        unread = record is not None and record.version == version and self.kind == Behaviour.CANVAS
        marker = event.marker
        return ObservedEvent(
            context=context,
            remote_id=event.id,
            title=event.title,
            days=event.days,
            when=day_words(event.days) or "at some hour",
            last_day=event.days.last if event.days is not None else event.ends,
            marker=marker,
            genuine=marker is not None and self._is_genuine(context, event, marker),
            body_hash=body_hash(visible_text(event.body, self._markup)),
            tail="" if unread else event.tail,
            version=version,
            stamp=f"{event.version:012d}",
            offset=event.offset,
            body_known=not unread,
        )

    def _is_genuine(self, context: str, event: MemoryEvent, marker: Marker) -> bool:
        if marker.context != context or self.kind == Behaviour.CANVAS:
            return marker.context == context
        seed = event.seed or marker.owner
        return event.id == google_event_id(seed, context, marker.key, marker.generation)

    # --- writing ----------------------------------------------------------------------------

    def apply(self, context: Context, change: Change) -> Written:
        def act() -> Written:
            match change:
                case Create():
                    return self._create(context.id, change.desired)
                case Update():
                    return self._update(context.id, change)
                case Delete():
                    return self._delete(context.id, change)
                case _:
                    assert_never(change)

        repeatable = not isinstance(change, Create) or self.kind == Behaviour.GOOGLE
        return self._call(change.action.value, context.id, change.key, act, repeatable=repeatable)

    def _create(self, context: str, desired: DesiredEvent) -> Written:
        if self.kind == Behaviour.CANVAS:
            new = MemoryEvent(id=self._service.new_id(), title="", days=None)
            return self._store(context, new, desired, ALL_FIELDS)
        for generation in range(GENERATIONS):
            event_id = google_event_id(self._owner, context, desired.key, generation)
            held = self._service.get(context, event_id)
            if held is not None and not held.deleted:
                return self._take_over(context, held, desired)
            if held is None or (held.readable and self._service.revival):
                tail = held.tail if held is not None else ""
                new = MemoryEvent(id=event_id, title="", days=None, tail=tail, seed=self._owner)
                return self._store(context, new, desired, ALL_FIELDS, generation=generation)
        raise ConflictError(f"every id for {desired.key} is used up.", operation="create", context=context)

    def _take_over(self, context: str, held: MemoryEvent, desired: DesiredEvent) -> Written:
        seen = self._observed(context, held)
        marker = seen.marker
        if marker is None or not seen.genuine or (marker.owner, marker.key) != (self._owner, desired.key):
            raise OwnershipConflictError(context=context, key=desired.key, remote_id=held.id)
        names = {one.name for one in differences(seen, desired)}
        if not names:
            return Written(event=seen)
        return self._store(context, held, desired, names, generation=marker.generation)

    def _update(self, context: str, change: Update) -> Written:
        held, seen, desired = self._held(context, change), change.observed, change.desired
        if held is None:
            raise ConflictError("the event is gone since it was read.", operation="update", context=context)
        names = {one.name for one in change.fields}
        if self.kind == Behaviour.CANVAS:
            tail = seen.tail if seen.body_known else held.tail
            return self._store(context, replace(held, tail=tail), desired, names)
        self._check_still_the_same(context, held, change)
        generation = (
            held.marker.generation if held.marker is not None else self._generation(context, held, desired)
        )
        return self._store(context, held, desired, names, generation=generation)

    def _delete(self, context: str, change: Delete) -> Written:
        held = self._held(context, change)
        if held is not None:
            if self.kind == Behaviour.GOOGLE:
                self._check_still_the_same(context, held, change)
            self._service.erase(context, held.id)
        return Written(event=None)

    def _held(self, context: str, change: Update | Delete) -> MemoryEvent | None:
        held = self._service.get(context, change.remote_id)
        return None if held is None or held.deleted else held

    def _check_still_the_same(self, context: str, held: MemoryEvent, change: Update | Delete) -> None:
        now, seen = self._observed(context, held), change.observed
        if now.marker is not None and now.genuine:
            owners = {self._owner} | ({seen.marker.owner} if seen.marker else set())
            if now.marker.key == change.key and now.marker.owner in owners:
                return
        elif seen.marker is None and now.marker is None and _alike(now, seen):
            return
        raise ConflictError("it is another's now; it was left alone.", operation="write", context=context)

    def _generation(self, context: str, held: MemoryEvent, desired: DesiredEvent) -> int:
        for generation in range(GENERATIONS):
            if held.id == google_event_id(self._owner, context, desired.key, generation):
                return generation
        raise ConflictError(f"its id was not derived from {desired.key}.", operation="write", context=context)

    def _store(
        self,
        context: str,
        event: MemoryEvent,
        desired: DesiredEvent,
        names: frozenset[Field] | set[Field],
        *,
        generation: int = 0,
    ) -> Written:
        if Field.TITLE in names:
            event = replace(event, title=desired.title)
        if Field.DAYS in names:
            event = replace(event, days=desired.days)
        with_text = Field.TEXT in names or (Field.MARKER in names and self.kind == Behaviour.CANVAS)
        if with_text:
            event = replace(event, body=desired.body)
        if Field.MARKER in names or Field.OWNER in names or (with_text and self.kind == Behaviour.CANVAS):
            marker = Marker(
                owner=self._owner,
                key=desired.key,
                context=context,
                fingerprint=str(desired.fingerprint),
                generation=generation,
            )
            event = replace(event, marker=marker, seed=event.seed or self._owner)
        answer = self._observed(context, self._service.write(context, event))
        asked = names - {Field.OWNER} or names
        other = sorted(one.name for one in differences(answer, desired) if one.name in asked)
        return Written(event=answer, deviation="; ".join(f"{name} differs" for name in other))

    # --- faults -----------------------------------------------------------------------------

    def _call(self, operation: str, context: str, key: str, act: Callable[[], T], *, repeatable: bool) -> T:
        about = {"operation": operation, "context": context}
        for _ in range(_TRIES if repeatable else 1):
            if self._closed:
                raise StoppedError("the connector is closed.", operation=operation, context=context)
            try:
                return self._once(Step(moment="before", **about, key=key), act)
            except Lost:
                continue
        if operation not in set(Action):
            raise UnavailableError("no answer came.", operation=operation, context=context)
        raise UnclearOutcomeError("no answer came.", operation=operation, context=context)

    def _once(self, step: Step, act: Callable[[], T]) -> T:
        with self._service.lock:
            self.counts.requests += 1
            done = self.counts.by_operation
            done[step.operation] = done.get(step.operation, 0) + 1
            if (error := self._service.fault(step)) is not None:
                raise error
            if step.context and not self._service.is_visible(step.context):
                raise NotFoundError(
                    "there is no such calendar.", operation=step.operation, context=step.context, status=404
                )
            result = act()
            if (error := self._service.fault(replace(step, moment="after"))) is not None:
                raise error
            return result


def _alike(now: ObservedEvent, seen: ObservedEvent) -> bool:
    return now.title == seen.title or now.days == seen.days
