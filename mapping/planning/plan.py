"""Desired against observed, for one context: an ordered plan, and what is only reported.

Desired is keyed by event key and belongs to one target; observed may hold foreign events, copies
and duplicates. The result is create, update, delete, each by key, deletes last, so that a
half-applied plan leaves no gap. Nothing is raised, read or written. Input order never matters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from mapping.identity import UNREADABLE_DATE, same_words, text_hash, when_hash
from mapping.model import (
    Action,
    Change,
    Context,
    ContextPlan,
    Copies,
    Create,
    Delete,
    DesiredEvent,
    Drift,
    Fate,
    Field,
    FieldChange,
    Finding,
    FindingKind,
    Fingerprint,
    Marker,
    ObservedEvent,
    Past,
    Record,
    Unstored,
    Update,
    Why,
)
from mapping.planning.compare import as_record, differences
from mapping.planning.lookalikes import probably_same
from mapping.planning.ownership import Census, Judged, Standing, take_census, untouched
from mapping.planning.unstored import after_read, is_at_rest, was_edited

EMPTIED_FROM = 3
"""A context that held at least this many future events and shows none was emptied, not edited."""
_RANK = {Action.CREATE: 0, Action.UPDATE: 1, Action.DELETE: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a target lets us do where people and imports were at work."""

    drift: Drift
    respect_deletions: bool
    copies: Copies
    past: Past
    copies_are_ours: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Everything a decision about one context rests on.

    ``records`` and ``desired`` are keyed by event key, ``fates`` (deleted or moved away) by remote id.
    """

    context: Context
    owner: str
    desired: Mapping[str, DesiredEvent]
    observed: Sequence[ObservedEvent]
    records: Mapping[str, Record]
    respected: frozenset[str] = frozenset()
    fates: Mapping[str, Fate] = field(default_factory=dict)
    deleted_by_us: frozenset[str] = frozenset()
    """Remote ids whose delete we began and never saw confirmed: no person deleted these."""
    today: date
    policy: Policy
    unstored: Mapping[str, Unstored] = field(default_factory=dict)
    """By event key, what the service did not store as sent."""
    retry: frozenset[str] = frozenset()
    """Keys of those that are sent once more all the same."""
    adopt_from: str = ""
    """Another owner name whose events are taken over in this pass, '' for none."""
    on_record: bool = False
    """The state has records of the target: what bears our mark and is on none of them, nobody here wrote."""
    keeps_records: bool = True
    """False where nothing is stored of the plan: its records are left empty."""


def open_questions(situation: Situation) -> tuple[Record, ...]:
    """Recorded events, still desired and not past, that this read does not show.

    Before `plan_context` may speak of them, their fate must be asked of the service: a page that
    shifted looks the same as a deletion.
    """
    seen = {event.remote_id for event in situation.observed}
    return tuple(
        record
        for key, record in sorted(situation.records.items())
        if record.remote_id not in seen
        and key in situation.desired
        and not _skip_past(situation, situation.desired[key])
    )


def plan_context(situation: Situation) -> ContextPlan:
    """The plan for one context. Every question of `open_questions` must be answered in ``fates``."""
    census = take_census(
        situation.observed,
        owner=situation.owner,
        records=situation.records,
        copies_are_ours=situation.policy.copies_are_ours,
        adopt_from=situation.adopt_from,
    )
    planner = _Planner(situation, census)
    planner.decide()
    return planner.result()


class _Planner:
    """Collects the decisions about one context; lives for one call."""

    def __init__(self, situation: Situation, census: Census) -> None:
        self.situation = situation
        self.census = census
        # Asked for once an event.
        self.owner, self.records, self.today = situation.owner, situation.records, situation.today
        self.repairs = situation.policy.drift is Drift.REPAIR
        self.keeps_past = situation.policy.past is not Past.SYNC
        self.changes: list[Change] = []
        self.findings: list[Finding] = []
        self.respected = set(situation.respected).difference(census.keepers)
        self.unchanged = 0
        self.copies = list(census.copies)
        self.unstored = {key: one for key, one in situation.unstored.items() if key in situation.desired}
        self.left: set[str] = set()
        """Keys whose only event is a copy that stays a person's."""
        self.unknown: set[str] = set()
        """Keys that are not desired and whose mark no record vouches for."""
        self.emptied = self._is_emptied()

    def decide(self) -> None:
        for key, desired in sorted(self.situation.desired.items()):
            keeper = self.census.keepers.get(key)
            if keeper is not None:
                self._keep(keeper, desired)
            else:
                self._bring(key, desired)
        for key in sorted(self.census.keepers.keys() - self.situation.desired.keys()):
            keeper = self.census.keepers[key]
            if self._is_a_persons_second(keeper):
                self.left.add(key)
                self.copies.append(keeper)
            elif self._is_unknown(keeper):
                self.unknown.add(key)
                if not self._past(keeper.event):
                    self._find(FindingKind.UNKNOWN_MARK, key, keeper.event.title)
                self._drop(keeper, Why.ORPHAN)
            else:
                self._drop(keeper, Why.ORPHAN)
        self._clear_copies()
        self._report_people()

    def result(self) -> ContextPlan:
        first_fill = not self.situation.records and not self.census.keepers
        if first_fill:
            self.findings.extend(probably_same(self.changes, self.census.foreign))
        return ContextPlan(
            context=self.situation.context.id,
            changes=tuple(sorted(self.changes, key=_order)),
            unchanged=self.unchanged,
            findings=tuple(sorted(self.findings, key=lambda one: (one.kind, one.key, one.title))),
            records=tuple(self._records()) if self.situation.keeps_records else (),
            unstored=tuple(one for _, one in sorted(self.unstored.items())),
            respected=frozenset(self.respected),
            emptied=self.emptied,
            unknown=frozenset(self.unknown),
            others={
                event.remote_id: event.version
                for event in self.census.foreign
                if event.version and not _has_odd_date(event)
            },
        )

    # --- one key ------------------------------------------------------------------------

    def _keep(self, keeper: Judged, desired: DesiredEvent) -> None:
        event, marker = keeper.event, keeper.event.marker
        if marker is not None and marker.owner != self.owner:
            self._take_over(event, marker, desired)
            return
        if self._past(event) and _skip_past(self.situation, desired):
            self.unchanged += 1
            return
        fields = differences(event, desired)
        if not fields:
            if self.unstored:
                self.unstored.pop(desired.key, None)
            self.unchanged += 1
            return
        record = self.records.get(desired.key)
        if self._rests(event, desired, record, fields):
            return
        if keeper.standing is Standing.STRIPPED:
            self._update(event, desired, self._but_peoples_on_record(keeper, fields), Why.MARKER)
            return
        edited = marker is not None and marker.fingerprint != desired.mark
        if not self.repairs:
            fields = self._without_peoples_edits(keeper, fields)
        if fields:
            why = Why.EDIT if edited else Why.DRIFT if was_edited(event, record) else Why.DIFFERS
            self._update(event, desired, fields, why)
        else:
            self.unchanged += 1

    def _rests(
        self,
        event: ObservedEvent,
        desired: DesiredEvent,
        record: Record | None,
        fields: tuple[FieldChange, ...],
    ) -> bool:
        """Whether the event is left as the service makes it; keeps count of what comes back different."""
        known = after_read(self.unstored.pop(desired.key, None), desired, event, record, fields)
        if known is None:
            return False
        self.unstored[desired.key] = known
        if desired.key in self.situation.retry or not is_at_rest(known, event):
            return False
        self.unchanged += 1
        self._find(FindingKind.NOT_STORED, desired.key, desired.title, known.words)
        return True

    def _take_over(self, event: ObservedEvent, marker: Marker, desired: DesiredEvent) -> None:
        """Our name in place of the other owner's, and nothing else: whatever differs waits for the next cycle.

        The mark goes on saying what was last written, so that what a person changed stays told from an edit.
        """
        text, _, when = marker.fingerprint.partition("-")
        as_it_is = replace(
            desired,
            title=event.title,
            days=event.days or desired.days,
            fingerprint=Fingerprint(text=text, when=when),
        )
        field = FieldChange(name=Field.OWNER, old=marker.owner, new=self.situation.owner)
        self._update(event, as_it_is, (field,), Why.OWNER)

    def _bring(self, key: str, desired: DesiredEvent) -> None:
        if _skip_past(self.situation, desired):
            return
        copy = self._adoptable(key)
        if copy is not None:
            self.copies.remove(copy)
            self.respected.discard(key)
            self._update(copy.event, desired, differences(copy.event, desired), Why.COPY)
            return
        gone = self._deleted_by_person(key)
        if gone and self.situation.policy.respect_deletions and not self.emptied:
            self.respected.add(key)
            self._find(FindingKind.DELETION_RESPECTED, key, desired.title, self._moved_away(key))
            return
        self.respected.discard(key)
        self.changes.append(
            Create(
                context=self.situation.context.id,
                why=Why.GONE if gone else Why.FILL,
                desired=desired,
                notifies=self.situation.context.published,
            )
        )

    def _update(
        self, event: ObservedEvent, desired: DesiredEvent, fields: tuple[FieldChange, ...], why: Why
    ) -> None:
        notifies = self.situation.context.published and any(one.name is Field.DAYS for one in fields)
        self.changes.append(
            Update(
                context=self.situation.context.id,
                why=why,
                desired=desired,
                observed=event,
                fields=fields,
                notifies=notifies,
            )
        )

    def _drop(self, judged: Judged, why: Why) -> None:
        if self._past(judged.event):
            self.unchanged += 1
            return
        self.changes.append(
            Delete(
                context=self.situation.context.id,
                why=why,
                key=judged.key,
                observed=judged.event,
            )
        )

    def _without_peoples_edits(
        self, keeper: Judged, fields: tuple[FieldChange, ...]
    ) -> tuple[FieldChange, ...]:
        """Only fields nobody edited. Title and text go together, since the marker hashes them as one."""
        event = keeper.event
        marker_text, _, marker_when = (event.marker.fingerprint if event.marker else "").partition("-")
        text_edited = text_hash(event.title, event.body_hash) != marker_text
        record = self.situation.records.get(keeper.key)
        when_edited = when_hash(event.days) != marker_when and not (
            record is not None and record.remote_id == event.remote_id and record.days == event.days
        )
        kept = {Field.TITLE, Field.TEXT} if text_edited else set()
        kept |= {Field.DAYS} if when_edited else set()
        lost = [one for one in fields if one.name in kept]
        if lost and self.situation.policy.drift is Drift.REPORT:
            words = ", ".join(one.name for one in lost)
            who = "a person changed" if was_edited(event, record) else "differs"
            self._find(FindingKind.DRIFT_REPORTED, keeper.key, event.title, f"{who}: {words}")
        left = tuple(one for one in fields if one.name not in kept)
        if text_edited or all(one.name is Field.MARKER for one in left):
            left = tuple(one for one in left if one.name is not Field.MARKER)
        return left

    def _but_peoples_on_record(
        self, keeper: Judged, fields: tuple[FieldChange, ...]
    ) -> tuple[FieldChange, ...]:
        """For an event without marker: title and days that the record shows to be a person's are theirs to keep."""
        record = self.situation.records.get(keeper.key)
        if self.situation.policy.drift is Drift.REPAIR or record is None:
            return fields
        kept = {Field.TITLE} if not same_words(keeper.event.title, record.title) else set()
        kept |= {Field.DAYS} if keeper.event.days != record.days else set()
        return tuple(one for one in fields if one.name not in kept)

    # --- copies and people ---------------------------------------------------------------

    def _adoptable(self, key: str) -> Judged | None:
        if self.situation.policy.copies is not Copies.ADOPT:
            return None
        return next((copy for copy in self.copies if copy.key == key), None)

    def _is_a_persons_second(self, keeper: Judged) -> bool:
        """A second event of a removed entry, with a person's words in it; the first would be on record.

        Told of as a copy while the first was there, it does not become ours to delete because that one is gone.
        """
        known = self.situation.records.get(keeper.key)
        on_record = known is not None and known.remote_id == keeper.event.remote_id
        if on_record or not self.situation.records or self.situation.adopt_from:
            return False
        return self.situation.policy.copies_are_ours and not untouched(keeper.event)

    def _is_unknown(self, keeper: Judged) -> bool:
        """Anybody who may edit a course can write our mark there; what we wrote is on record."""
        known = self.situation.records.get(keeper.key)
        vouched = known is not None and known.remote_id == keeper.event.remote_id
        return self.situation.on_record and not vouched and not self.situation.adopt_from

    def _clear_copies(self) -> None:
        for copy in self.copies:
            if self._past(copy.event):
                continue
            if self.situation.policy.copies is Copies.REPORT or not untouched(copy.event):
                self._find(FindingKind.COPY_KEPT, copy.key, copy.event.title, _copied_from(copy))
            else:
                self._drop(copy, Why.COPY)

    def _report_people(self) -> None:
        for personal in self.census.personal:
            self._find(FindingKind.PERSONAL_COPY, personal.key, personal.event.title)
        for taken in self.census.taken:
            self._find(FindingKind.MARKER_LOST, taken.key, taken.event.title)
        for event in self.census.foreign:
            if _has_odd_date(event):
                self._find(FindingKind.ODD_DATE, "", event.title, f"event {event.remote_id}")

    def _deleted_by_person(self, key: str) -> bool:
        record = self.situation.records.get(key)
        missing = record is not None and record.remote_id not in self.situation.deleted_by_us
        return missing or key in self.situation.respected

    def _moved_away(self, key: str) -> str:
        """Words for an event that a person moved out of here, '' for one that is deleted."""
        record = self.situation.records.get(key)
        moved = record is not None and self.situation.fates.get(record.remote_id) is Fate.MOVED
        return "it was moved to another calendar" if moved else ""

    def _is_emptied(self) -> bool:
        if self.census.keepers:
            return False
        today = self.situation.today
        alive = [
            key
            for key, record in self.situation.records.items()
            if key in self.situation.desired
            and record.remote_id not in self.situation.deleted_by_us
            and record.days is not None
            and record.days.last >= today
        ]
        return len(alive) >= EMPTIED_FROM

    # --- the id map ----------------------------------------------------------------------

    def _records(self) -> Iterator[Record]:
        if self.emptied:
            yield from (record for _, record in sorted(self.situation.records.items()))
            return
        known, elsewhere = self.records, self.left | self.unknown
        for key, keeper in sorted(self.census.keepers.items()):
            if key not in elsewhere:
                yield as_record(keeper.event, key, known.get(key))

    def _past(self, event: ObservedEvent) -> bool:
        return self.keeps_past and event.last_day is not None and event.last_day < self.today

    def _find(self, kind: FindingKind, key: str, title: str, detail: str = "") -> None:
        self.findings.append(
            Finding(kind=kind, context=self.situation.context.id, key=key, title=title, detail=detail)
        )


def _skip_past(situation: Situation, desired: DesiredEvent) -> bool:
    return situation.policy.past is Past.KEEP and desired.days.last < situation.today


def _has_odd_date(event: ObservedEvent) -> bool:
    return event.when.startswith(UNREADABLE_DATE)


def _order(change: Change) -> tuple[int, date, str]:
    days = change.days
    return (_RANK[change.action], days.start if days else date.min, change.key)


def _copied_from(copy: Judged) -> str:
    marker = copy.event.marker
    return f"copied from {marker.context}" if marker is not None else ""
