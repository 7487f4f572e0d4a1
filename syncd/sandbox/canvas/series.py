"""Many events from one request: `duplicate`, `rrule` and per-section children."""

from __future__ import annotations

import calendar
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from syncd.sandbox.canvas import errors
from syncd.sandbox.canvas.contexts import context_of
from syncd.sandbox.canvas.model import Section
from syncd.sandbox.canvas.params import flag, text
from syncd.sandbox.canvas.zones import read_moment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from syncd.sandbox.canvas.contexts import Place
    from syncd.sandbox.canvas.events import Author
    from syncd.sandbox.canvas.model import Event

DUPLICATES_LIMIT = 200
SERIES_LIMIT = 400
STEPS = ("daily", "weekly", "monthly", "yearly")


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """`count` further moments, `every` steps apart."""

    step: str
    every: int
    count: int

    def shifts(self, start: datetime) -> Iterator[timedelta]:
        """Distance of each further event from the first; local clock time is kept by the caller's zone."""
        for n in range(1, self.count + 1):
            yield _later(start, self.step, n * self.every) - start


def _later(start: datetime, step: str, n: int) -> datetime:
    if step in ("daily", "weekly"):
        return start + timedelta(days=n * (7 if step == "weekly" else 1))
    months = start.month - 1 + n * (12 if step == "yearly" else 1)
    year, month = start.year + months // 12, months % 12 + 1
    return start.replace(year=year, month=month, day=min(start.day, calendar.monthrange(year, month)[1]))


def read_duplicate(params: Mapping[str, Any]) -> Repeat | None:
    """`duplicate[count|interval|frequency]`; None if there is none. Raises CanvasRefusal over the limit."""
    told = params.get("duplicate")
    if not isinstance(told, dict):
        return None
    count = int(text(told.get("count")) or 0)
    if count > DUPLICATES_LIMIT:
        raise errors.with_message(f"only a maximum of {DUPLICATES_LIMIT} events can be created")
    step = text(told.get("frequency")) or "weekly"
    every = int(text(told.get("interval")) or 1)
    return Repeat(step=step if step in STEPS else "weekly", every=every, count=count)


def read_rrule(rule: str, start: datetime | None, author: Author) -> Repeat:
    """FREQ, INTERVAL and COUNT or UNTIL. Raises CanvasRefusal for a rule without end or with too many."""
    parts = dict(part.split("=", 1) for part in rule.removeprefix("RRULE:").split(";") if "=" in part)
    step = parts.get("FREQ", "").lower()
    every = int(parts.get("INTERVAL", "1"))
    if start is None or step not in STEPS or not ("COUNT" in parts or "UNTIL" in parts):
        raise errors.with_message("rrule is missing or wrong: FREQ and one of COUNT and UNTIL are needed")
    count = int(parts["COUNT"]) if "COUNT" in parts else _until(parts["UNTIL"], start, step, every, author)
    if count > SERIES_LIMIT:
        raise errors.with_message(f"count must be at most {SERIES_LIMIT}")
    return Repeat(step=step, every=every, count=count - 1)


def _until(raw: str, start: datetime, step: str, every: int, author: Author) -> int:
    spelled = f"{raw[:4]}-{raw[4:6]}-{raw[6:8]}T{raw[9:15] or '235959'}{raw[15:]}"
    end = read_moment(spelled, author.zone)
    if end is None:
        raise errors.with_message("rrule UNTIL cannot be read")
    count = 0
    while count <= SERIES_LIMIT and _later(start, step, count * every) <= end:
        count += 1
    return count


def repeat(author: Author, first: Event, place: Place, params: Mapping[str, Any], how: Repeat) -> list[Event]:
    """Further events of the same content, silent but for the first; a series if `first` has a series_uuid."""
    if first.dates.start is None or first.dates.end is None:
        return []
    author.notify = False
    zone = author.zone_for(first)
    start, end = first.dates.start.astimezone(zone), first.dates.end.astimezone(zone)
    numbered = isinstance(params.get("duplicate"), dict) and flag(params["duplicate"].get("append_iterator"))
    made = []
    for n, shift in enumerate(how.shifts(start), start=2):
        moved = {"start_at": start + shift, "end_at": end + shift}
        title = {"title": f"{first.title} {n}"} if numbered else {}
        content = {**params, **moved, **title, "series_uuid": first.series_uuid}
        made.append(author.create(place, content, rrule=first.rrule))
    return made


def new_series_uuid() -> str:
    """An id for a series."""
    return str(uuid.uuid4())


def put_children(author: Author, parent: Event, data: Any) -> None:
    """Give a course's event one child per section; the parent is hidden and spans them."""
    rows = list(data.values()) if isinstance(data, dict) else list(data or [])
    world = author.world
    for row in rows:
        section = context_of(world, str(row.get("context_code")))
        if not isinstance(section, Section):
            raise errors.with_message("child_event_data has an invalid context_code")
        told = {key: row[key] for key in ("start_at", "end_at") if key in row}
        told |= {"title": f"{parent.title} ({section.name})", "time_zone_edited": parent.zone}
        course = f"course_{section.course_id}"
        child = author.create(section, told, parent_id=parent.id, effective_context=course)
        parent.children.append(child.id)
    children = [world.events[number] for number in parent.children]
    starts = [child.dates.start for child in children if child.dates.start is not None]
    ends = [child.dates.end for child in children if child.dates.end is not None]
    if starts and ends:
        author.notify = False
        author.update(parent, {"start_at": min(starts), "end_at": max(ends)})
