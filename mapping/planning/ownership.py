"""Whose an observed event is. Decided here and nowhere else.

| marker              | genuine | recorded id | title or days as last written | standing |
| ours                | yes     | any         | any                           | OURS     |
| ours                | no      | any         | any                           | COPY, or PERSONAL where copies are people's own |
| another owner's     | any     | any         | any                           | FOREIGN  |
| none                | -       | yes         | yes                           | STRIPPED: ours, its marker is put back |
| none, nobody changed it since our write | - | yes | no            | STRIPPED: the service stores no marker |
| none                | -       | yes         | no                            | TAKEN: foreign; its key counts as deleted |
| none                | -       | no          | any                           | FOREIGN  |
Rows that can never be ours (section children, slots, instances) are FOREIGN whatever they carry.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from mapping.identity import same_words, text_hash
from mapping.model import ObservedEvent, Record
from mapping.model.quick import quickly_made
from mapping.planning.unstored import is_as_we_left_it


class Standing(StrEnum):
    OURS = "ours"
    STRIPPED = "stripped"
    COPY = "copy"
    PERSONAL = "personal"
    TAKEN = "taken"
    FOREIGN = "foreign"


@quickly_made
@dataclass(frozen=True, slots=True)
class Judged:
    """An observed event, whose it is, and the event key it stands for ('' for foreign ones)."""

    event: ObservedEvent
    standing: Standing
    key: str


def judge(
    event: ObservedEvent,
    *,
    owner: str,
    records: Mapping[str, Record],
    copies_are_ours: bool,
    adopt_from: str,
) -> Judged:
    """Apply the table above; ``records`` is keyed by remote id, ``adopt_from`` counts as ours unless ''."""
    if not event.writable:
        return Judged(event, Standing.FOREIGN, "")
    marker = event.marker
    if marker is not None:
        if marker.owner not in (owner, adopt_from or owner):
            return Judged(event, Standing.FOREIGN, "")
        if event.genuine:
            return Judged(event, Standing.OURS, marker.key)
        return Judged(event, Standing.COPY if copies_are_ours else Standing.PERSONAL, marker.key)
    record = records.get(event.remote_id)
    if record is None:
        return Judged(event, Standing.FOREIGN, "")
    same_title = same_words(event.title, record.title)
    same_days = record.days is not None and event.days == record.days
    ours = same_title or same_days or is_as_we_left_it(event, record)
    return Judged(event, Standing.STRIPPED if ours else Standing.TAKEN, record.key)


@dataclass(frozen=True, slots=True)
class Census:
    """The judged events of one context: one keeper per key, everything else sorted out."""

    keepers: Mapping[str, Judged]
    copies: tuple[Judged, ...]
    """Copies and second events of a key, lowest id first."""
    personal: tuple[Judged, ...]
    taken: tuple[Judged, ...]
    foreign: tuple[ObservedEvent, ...]


def take_census(
    events: Iterable[ObservedEvent],
    *,
    owner: str,
    records: Mapping[str, Record],
    copies_are_ours: bool,
    adopt_from: str,
) -> Census:
    """Judge every event; of two events of one key the recorded one stays, else the lower id.

    ``adopt_from``: another owner name whose events count as ours while they are taken over.
    """
    by_id = {record.remote_id: record for record in records.values()}
    judged: dict[Standing, list[Judged]] = {standing: [] for standing in Standing}
    for event in events:
        one = judge(event, owner=owner, records=by_id, copies_are_ours=copies_are_ours, adopt_from=adopt_from)
        judged[one.standing].append(one)
    copies = judged[Standing.COPY]
    ours = judged[Standing.OURS] + judged[Standing.STRIPPED]
    keepers = {one.key: one for one in ours}
    if len(keepers) < len(ours):
        ours.sort(key=lambda one: _seniority(one, records))
        keepers = {one.key: one for one in reversed(ours)}
        copies += [one for one in ours if keepers[one.key] is not one]
    return Census(
        keepers=keepers,
        copies=tuple(sorted(copies, key=lambda one: id_order(one.event.remote_id))),
        personal=tuple(judged[Standing.PERSONAL]),
        taken=tuple(judged[Standing.TAKEN]),
        foreign=tuple(one.event for one in judged[Standing.FOREIGN]),
    )


def id_order(remote_id: str) -> tuple[int, str]:
    """Sorts numeric ids as numbers without reading them as such."""
    return (len(remote_id), remote_id)


def untouched(event: ObservedEvent) -> bool:
    """True where title and text are as the marker says and nobody wrote below the fixed line."""
    if event.marker is None or event.tail:
        return False
    return text_hash(event.title, event.body_hash) == event.marker.fingerprint.partition("-")[0]


def _seniority(one: Judged, records: Mapping[str, Record]) -> tuple[bool, tuple[int, str]]:
    record = records.get(one.key)
    recorded = record is not None and record.remote_id == one.event.remote_id
    return (not recorded, id_order(one.event.remote_id))
