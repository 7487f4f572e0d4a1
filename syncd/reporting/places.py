"""Where an entry should stand and where it does, from the state, the calendar in force and the targets.

Needs no network: it tells what the last complete looks showed. Contexts never looked at are not counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from connectors.registry import KINDS
from mapping.identity import split_key
from mapping.model import CanonicalCalendar, Days, DesiredEvent, Past, Target
from syncd.config.settings import Settings
from syncd.reconcile.desired import DesiredSets
from syncd.reconcile.health import recall
from syncd.state.context_notes import ContextNote
from syncd.state.store import State

PRESENT, DELETED, MISSING, EXTRA, LEFT = "present", "deleted", "missing", "extra", "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPlace:
    """One event of the entry in one context.

    ``state``: present, deleted (by a person, respected), missing (not yet there, or its context fails),
    extra (there, and no longer wanted), left (there, in a calendar that no target claims any more).
    """

    context: str
    name: str
    kind: str
    target: str
    key: str
    state: str
    title: str = ""
    days: Days | None = None
    remote_id: str = ""
    since: float | None = None
    """Last write or, for a deletion, when it was seen; seconds since the epoch."""


def find_places(
    state: State, calendar: CanonicalCalendar, targets: Mapping[str, Target], entry: str, today: date
) -> Iterator[EventPlace]:
    """Every place of the entry, by context and part. Past events that were never there are not missed."""
    notes = state.events.notes()
    records = {(context, record.key): record for context, record in state.events.places(entry)}
    respected = {
        (context, key): since
        for context, key, since in state.events.respected_everywhere()
        if split_key(key)[1] == entry
    }
    wanted = dict(_wanted(notes.values(), DesiredSets(calendar, today), targets, entry))
    due = {at for at, (target, event) in wanted.items() if not _is_left_alone(target, event, today)}
    written = last_writes(state, entry)
    left = frozenset(recall(state.ledger).left_behind)
    for at in sorted({*records, *respected, *due}):
        record, note = records.get(at), notes.get(at[0])
        if record is None and (at not in due or at[0] in left):
            continue
        event = wanted[at][1] if at in wanted else None
        yield EventPlace(
            context=at[0],
            name=note.name if note else "",
            kind=note.kind if note else "",
            target=note.target if note else "",
            key=at[1],
            state=LEFT
            if at[0] in left
            else _word(there=record is not None, deleted=at in respected, desired=event is not None),
            title=record.title if record is not None else (event.title if event is not None else ""),
            days=record.days if record is not None else (event.days if event is not None else None),
            remote_id=record.remote_id if record is not None else "",
            since=written.get(at) if record is not None else respected.get(at),
        )


def last_writes(state: State, entry: str) -> dict[tuple[str, str], float]:
    """(context, key) to the moment of its last write, as far as the journal goes back."""
    lines = state.ledger.history(entry=entry)
    return {(line.context, line.key): line.at for line in lines if line.outcome == "done"}


def _wanted(
    notes: Iterable[ContextNote], views: DesiredSets, targets: Mapping[str, Target], entry: str
) -> Iterator[tuple[tuple[str, str], tuple[Target, DesiredEvent]]]:
    """(context, key) of every event of the entry that is desired, past ones too."""
    for note in notes:
        target = targets.get(note.target)
        if target is None:
            continue
        for key, event in views.desired(target).items():
            if event.entry == entry:
                yield (note.context, key), (target, event)


def _is_left_alone(target: Target, event: DesiredEvent, today: date) -> bool:
    return target.past is Past.KEEP and event.days.last < today


def _word(*, there: bool, deleted: bool, desired: bool) -> str:
    if there:
        return PRESENT if desired else EXTRA
    return DELETED if deleted else MISSING


def event_link(settings: Settings, place: EventPlace) -> str:
    """Where a person can look at the event, '' where the service's address is not known."""
    if not place.remote_id or place.kind not in KINDS:
        return ""
    return KINDS[place.kind].web_link(settings.web_root(place.kind), place.context, place.remote_id)
