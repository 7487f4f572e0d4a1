"""What the state's tests store in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mapping.model import ContextPlan, Record
from syncd.state.ledger import JournalLine
from syncd.state.looks import Look
from syncd.state.store import State
from tests.support.events import course, days_from_today
from tests.support.state_address import state_address

COURSE = course("course_7")


@contextmanager
def open_state(folder: Path, now: float = 0.0) -> Iterator[State]:
    state = State.open(state_address(folder), now=now)
    try:
        yield state
    finally:
        state.close()


def record_of(key: str, remote_id: str = "100", **given: Any) -> Record:
    values: dict[str, Any] = {"title": "T", "days": days_from_today(3), "fingerprint": "f", "body_hash": "b"}
    return Record(key=key, remote_id=remote_id, **(values | given))


def look(
    epoch: int,
    *records: Record,
    respected: frozenset[str] = frozenset(),
    changes: tuple[Any, ...] = (),
    view: str = "view",
) -> Look:
    """One complete read of `COURSE` that showed these records."""
    plan = ContextPlan(
        context=COURSE.id, changes=changes, unchanged=0, findings=(), records=records, respected=respected
    )
    return Look(context=COURSE.id, epoch=epoch, plan=plan, events_seen=len(records), view=view)


def line(key: str = "2030-2031:exam:main", **given: Any) -> JournalLine:
    values: dict[str, Any] = {
        "run": "run-1", "at": 10.0, "target": "law", "context": COURSE.id, "action": "create", "why": "fill",
        "remote_id": "100", "outcome": "done", "fields": {"title": ("", "T")}, "title": "T",
        "days": days_from_today(3), "text": "",
    }  # fmt: skip
    return JournalLine(key=key, **(values | given))
