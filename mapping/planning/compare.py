"""An event as observed against the event as desired, and what of an observed one goes on record.

Pure comparison: which difference is a person's and which is ours to mend is decided in `mapping.planning.plan`.
"""

from __future__ import annotations

from dataclasses import replace

from mapping.identity import day_words, same_words
from mapping.model import DesiredEvent, Field, FieldChange, ObservedEvent, Record


def differences(event: ObservedEvent, desired: DesiredEvent) -> tuple[FieldChange, ...]:
    """Managed fields in which the event is not as desired: ``title``, ``days``, ``text``, ``marker``.

    A connector writes exactly the named fields. Marker is named whenever the one on the event does
    not say what is desired, also where all that people see already agrees.
    """
    marker = event.marker
    marked = marker.fingerprint if marker is not None and event.genuine else ""
    if (
        marked == desired.mark
        and event.title == desired.title
        and event.body_hash == desired.body_hash
        and event.days == desired.days
    ):
        return ()
    found = []
    if not same_words(event.title, desired.title):
        found.append(FieldChange(name=Field.TITLE, old=event.title, new=desired.title))
    if event.days != desired.days:
        seen = day_words(event.days) or event.when
        found.append(FieldChange(name=Field.DAYS, old=seen, new=day_words(desired.days)))
    if event.body_hash != desired.body_hash:
        found.append(FieldChange(name=Field.TEXT, old=event.body_hash[:8], new=desired.body_hash[:8]))
    if marked != desired.mark:
        found.append(FieldChange(name=Field.MARKER, old=marked, new=desired.mark))
    return tuple(found)


def as_record(event: ObservedEvent, key: str, old: Record | None) -> Record:
    """The id map's row for an event of ours as just read; what we last wrote stays on record."""
    last = old if old is not None and old.remote_id == event.remote_id else None
    marked = event.marker.fingerprint if event.marker is not None else (last.fingerprint if last else "")
    if last is not None and last.fingerprint == marked:
        # A tail that was not read is as it was.
        has_tail = bool(event.tail) if event.body_known else last.has_tail
        if event.body_hash == last.body_hash and has_tail == last.has_tail and event.version == last.version:
            return last
        return replace(last, body_hash=event.body_hash, has_tail=has_tail, version=event.version)
    return Record(
        key=key,
        remote_id=event.remote_id,
        title=event.title,
        days=event.days,
        fingerprint=marked,
        body_hash=event.body_hash,
        has_tail=bool(event.tail),
        version=event.version,
        generation=event.marker.generation if event.marker is not None else 0,
        stamp=last.stamp if last is not None else "",
        wish=last.wish if last is not None else "",
    )
