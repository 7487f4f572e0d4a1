"""Builders of events, records and situations: only what a test is about needs to be said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from mapping.identity import body_hash, event_key, fingerprint
from mapping.model import (
    Context,
    Copies,
    Days,
    DesiredEvent,
    Drift,
    Fate,
    Marker,
    ObservedEvent,
    Part,
    Past,
    Record,
    Unstored,
)
from mapping.planning.plan import Policy, Situation

TODAY = date(2031, 3, 1)
OWNER = "harbour"
COURSE = "course_7"
YEAR = "2030-2031"


def days_from_today(first: int, count: int = 1) -> Days:
    """Days counted from the tests' today."""
    start = TODAY + timedelta(days=first)
    return Days(start, start + timedelta(days=count))


def key_of(entry: str, part: Part = Part.MAIN) -> str:
    return event_key(YEAR, entry, part)


def desired(
    entry: str = "exam", *, title: str = "", body: str = "", days: Days | None = None
) -> DesiredEvent:
    """What a context should hold for an entry, ten days from today unless told otherwise."""
    title, body, days = title or f"Title of {entry}", body or f"Text of {entry}", days or days_from_today(10)
    words = body_hash(body)
    return DesiredEvent(
        key=key_of(entry),
        entry=entry,
        part=Part.MAIN,
        title=title,
        body=body,
        body_hash=words,
        days=days,
        colour="",
        fingerprint=fingerprint(title, words, days),
    )


def observed(
    wish: DesiredEvent, remote_id: str = "100", *, context: str = COURSE, **given: Any
) -> ObservedEvent:
    """The event a wish became, exactly as we wrote it; ``given`` is what has happened to it since.

    ``owner`` and ``of`` (the context its marker names) change the marker.
    """
    owner, of = given.pop("owner", OWNER), given.pop("of", context)
    shown = given.pop("days", wish.days)
    values: dict[str, Any] = {
        "title": wish.title,
        "days": shown,
        "when": "as the service says",
        "last_day": shown.last if shown is not None else None,
        "marker": Marker(owner=owner, key=wish.key, context=of, fingerprint=str(wish.fingerprint)),
        "genuine": of == context,
        "body_hash": wish.body_hash,
        "version": "v1",
    }
    return ObservedEvent(context=context, remote_id=remote_id, **(values | given))


def foreign(remote_id: str = "900", *, title: str = "Field trip", days: Days | None = None) -> ObservedEvent:
    """A person's own event."""
    days = days or days_from_today(10)
    return ObservedEvent(
        context=COURSE,
        remote_id=remote_id,
        title=title,
        days=days,
        when="",
        last_day=days.last,
        body_hash="ab",
    )


def record(wish: DesiredEvent, remote_id: str = "100", **given: Any) -> Record:
    """The id map's row after we wrote a wish."""
    values: dict[str, Any] = {
        "title": wish.title,
        "days": wish.days,
        "fingerprint": str(wish.fingerprint),
        "body_hash": wish.body_hash,
    }
    return Record(key=wish.key, remote_id=remote_id, **(values | given))


def policy(**given: Any) -> Policy:
    """A course's policy unless told otherwise."""
    values: dict[str, Any] = {
        "drift": Drift.REPAIR,
        "respect_deletions": True,
        "copies": Copies.ADOPT,
        "past": Past.KEEP,
        "copies_are_ours": True,
    }
    return Policy(**(values | given))


def situation(
    wishes: Iterable[DesiredEvent] = (),
    seen: Iterable[ObservedEvent] = (),
    known: Iterable[Record] = (),
    *,
    context: Context | None = None,
    respected: Iterable[str] = (),
    fates: Mapping[str, Fate] | None = None,
    unstored: Mapping[str, Unstored] | None = None,
    retry: frozenset[str] = frozenset(),
    **policies: Any,
) -> Situation:
    """One context in the state told; ``policies`` change the course's policy."""
    return Situation(
        context=context or course(),
        owner=OWNER,
        desired={wish.key: wish for wish in wishes},
        observed=tuple(seen),
        records={row.key: row for row in known},
        respected=frozenset(respected),
        fates=fates or {},
        unstored=unstored or {},
        retry=retry,
        today=TODAY,
        policy=policy(**policies),
    )


def course(context: str = COURSE, **given: Any) -> Context:
    """A published course of thirty."""
    values: dict[str, Any] = {"kind": "canvas", "target": "line", "students": 30, "published": True}
    return Context(id=context, **(values | given))
