"""The witness between product and service, who sees to laws 2, 3 and 10 at every single write.

Law 2: no event of another owner is ever changed or deleted. Law 3: no write is decided from a read that
failed or was incomplete, nor from memory alone. Law 10: where an answer showed other zone rules than ours, nothing
more is written in that context, but for one try a day. A breach is kept, whatever the product does next.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from connectors.errors import (
    ConnectorError,
    IncompleteReadError,
    TooSlowError,
    UnavailableError,
    UnclearOutcomeError,
)
from connectors.port import AccessFinding, Account, Discovery, LastLook, Observation, Unchanged, Written
from mapping.model import Action, Change, Context, Create, Fate, ObservedEvent, Record, Target, Why
from tests.laws.service import Row, Service
from tests.laws.storm import Storm

DAY_S = 24 * 3600.0


class _Odd(tuple[ObservedEvent, ...]):
    """Events of which one holds what nobody foresaw."""

    __slots__ = ()

    def __iter__(self) -> Iterator[ObservedEvent]:
        raise TypeError("odd, as the storm will have it")


@dataclass(slots=True)
class Witness:
    """A connector over a service. ``known``: context to the ids that the state has on record right now."""

    service: Service
    storm: Storm
    known: Callable[[str], set[str]]
    today: Callable[[], date]
    mourned: Callable[[], set[tuple[str, str]]] = set
    """(context, key) of events that a person deleted for good, where that is respected."""
    refilled: Callable[[str], object] = str
    """Told of a context that is being refilled after it was found empty and a person approved."""
    went_out: Callable[[Context, Change], object] = lambda _context, _change: None
    """Told of every write that took effect."""
    clock: Callable[[], float] = lambda: 0.0
    breaches: list[str] = field(default_factory=list)
    writes: Counter[str] = field(default_factory=Counter)
    kind: str = field(init=False)
    copies_are_ours: bool = field(init=False)
    _read: dict[str, set[str]] = field(default_factory=dict)
    """Contexts read completely in this cycle, each with the ids that the read showed."""
    _late: list[tuple[Context, Change]] = field(default_factory=list)
    _other_rules: dict[str, float] = field(default_factory=dict)
    """Contexts where an answer showed other zone rules than ours, with the second it did."""

    def __post_init__(self) -> None:
        self.kind = self.service.kind
        self.copies_are_ours = self.service.connector.copies_are_ours
        self.service.memory.fault = self.storm.over(self.known)

    def begin_cycle(self) -> None:
        self.service.enter()
        self._read.clear()

    def account(self) -> Account:
        return replace(self.service.connector.account(), timezone=self.service.zone)

    def discover(self, targets: Sequence[Target]) -> Iterator[Discovery]:
        for target in targets:
            contexts = self.service.contexts_of(target.name)
            strike = self.storm.next("look")
            if strike is None:
                yield Discovery(target=target.name, contexts=contexts)
            elif strike.what == "kill":
                self.storm.kill()
            else:
                kind = TooSlowError if strike.what == "drip" else UnavailableError
                error = kind("part of the sweep had no answer", operation="discover")
                if strike.what == "odd":
                    raise TypeError("odd, as the storm will have it")
                if strike.what == "cut":
                    raise error
                yield Discovery(target=target.name, contexts=contexts[1:], errors=(error,), complete=False)

    def observe(
        self, contexts: Sequence[Context], known: Mapping[str, Mapping[str, Record]] = {}
    ) -> Iterator[tuple[Context, Observation | ConnectorError]]:
        for context, seen in self.observe_changes(contexts, known, {}):
            assert not isinstance(seen, Unchanged)
            yield context, seen

    def observe_changes(
        self,
        contexts: Sequence[Context],
        known: Mapping[str, Mapping[str, Record]],
        looks: Mapping[str, LastLook],
    ) -> Iterator[tuple[Context, Observation | Unchanged | ConnectorError]]:
        for context in contexts:
            self._read.pop(context.id, None)
            strike = self.storm.next("sweep")
            if strike is not None:
                raise IncompleteReadError("the sweep ended early", operation="list")
            for _, found in self.service.connector.observe_changes([context], known, looks):
                seen = found
                if isinstance(seen, Observation):
                    self._read[context.id] = {event.remote_id for event in seen.events}
                    if self.storm.next("plan") is not None:
                        self.storm.hit.add(context.id)
                        seen = Observation(context=context.id, events=_Odd(seen.events))
                yield context, seen

    def fate(self, context: Context, remote_id: str) -> Fate:
        return self.service.connector.fate(context, remote_id)

    def apply(self, context: Context, change: Change) -> Written:
        self._judge(context, change)
        self._judge_rules(context, change)
        self.writes[change.action.value] += 1
        if change.action is Action.CREATE and self.copies_are_ours and self.storm.next("post") is not None:
            self._late.append((context, change))
            raise UnclearOutcomeError("gave up waiting", operation="create", context=context.id, late=True)
        if change.why is Why.GONE:
            self.refilled(context.id)
        before = len(self.service.memory.touches)
        try:
            return self.service.connector.apply(context, change)
        finally:
            if len(self.service.memory.touches) > before:
                self.went_out(context, change)
                self._note_rules(context)
            self.service.tell()

    def end_cycle(self) -> None:
        """What we gave up waiting for comes to pass."""
        for context, change in self._late:
            if self.service.memory.is_visible(context.id):
                self.service.connector.apply(context, change)
                self.went_out(context, change)
        self._late.clear()
        self.service.tell()

    def check(self, target: Target) -> Iterator[AccessFinding]:
        return self.service.connector.check(target)

    def close(self) -> None:
        """Outlives the product's processes."""

    def forget_rules(self, context: str = "") -> None:
        """What showed other zone rules may be gone, by somebody's hand or with the state: there, or everywhere."""
        for name in [context] if context else list(self._other_rules):
            self._other_rules.pop(name, None)

    def _note_rules(self, context: Context) -> None:
        stored = self.service.memory.touches[-1].after
        if stored is not None and stored.offset is not None and stored.offset.differs:
            self._other_rules[context.id] = self.clock()

    # --- laws --------------------------------------------------------------------------------------

    def _judge(self, context: Context, change: Change) -> None:
        shown = self._read.get(context.id)
        if shown is None:
            self._breach(3, change, "written without a complete read in this cycle")
            return
        if isinstance(change, Create):
            twins = [row.event.id for row in self.service.ours(context.id, change.key)]
            if twins:
                self._breach(3, change, f"created although {twins} is there")
            if (context.id, change.key) in self.mourned():
                self._breach(1, change, "brought back although a person deleted it")
            if change.days.last < self.today():
                self._breach(1, change, "created although it is past")
            return
        if change.remote_id not in shown:
            self._breach(3, change, "written although the read did not show it")
        row = self.service.find(change.remote_id)
        if row is not None:
            past = row.event.days is not None and row.event.days.last < self.today()
            if past and change.action is Action.DELETE:
                self._breach(1, change, "deleted although it is past")
            wrong = self._foreign(row, change)
            if wrong:
                self._breach(2, change, wrong)

    def _judge_rules(self, context: Context, change: Change) -> None:
        seen_at = self._other_rules.get(context.id)
        if seen_at is not None and self.service.other_rules and self.clock() < seen_at + DAY_S:
            self._breach(
                10, change, "written although the service's zone rules are others, as its last answer showed"
            )

    def _foreign(self, row: Row, change: Change) -> str:
        """Why this event is not ours to change that way, '' if it is."""
        if row.marker is None:
            return self._unmarked(row)
        if row.marker.owner != self.service.owner:
            return "another owner's event"
        if not row.genuine and not self.copies_are_ours:
            return "a person's own copy"
        written_in = row.story.edited & {"title", "words", "tail"}
        if not row.genuine and change.action is Action.DELETE and written_in:
            return "a copy that a person wrote in"
        return ""

    def _unmarked(self, row: Row) -> str:
        recorded = row.event.id in self.known(row.context)
        if row.story.last is None and not recorded:
            return "a person's own event"
        if row.taken:
            return "a person took it over"
        # A second event of a key may have become the one on record without ever being written.
        return "" if recorded else "without marker and record"

    def _breach(self, law: int, change: Change, why: str) -> None:
        self.breaches.append(
            f"law {law}: {change.action} {change.key} {change.remote_id or '-'} in {change.context}: {why}"
        )
