"""A report as a cycle would leave it, built by hand."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from mapping.model import (
    Change,
    Context,
    Create,
    Days,
    Delete,
    DesiredEvent,
    Field,
    FieldChange,
    ObservedEvent,
    Target,
    Update,
    Why,
)
from syncd.reconcile.decide import Verdict
from syncd.reconcile.desired import DesiredSets
from syncd.reconcile.report import CycleReport
from syncd.reporting.plan import Wanted, render_plan
from syncd.state.plans import Edition, PlanStore
from tests.support import college
from tests.support.events import desired as desired_event

PILOT = Target(
    name="pilot",
    kind="canvas",
    place="course",
    languages=("en",),
    years=("2031-2032",),
    terms=("michaelmas",),
    school="north",
)
TODAY = date(2031, 9, 1)


def event(key: str, title: str, first: date, last: date | None = None) -> DesiredEvent:
    days = Days.inclusive(first, last or first)
    found = desired_event("x", title=title, days=days)
    return DesiredEvent(
        key=key,
        entry=key.split(":")[1],
        part=found.part,
        title=title,
        body=found.body,
        body_hash=found.body_hash,
        days=days,
        colour="",
        fingerprint=found.fingerprint,
    )


def seen(title: str, days: Days, remote_id: str = "1") -> ObservedEvent:
    return ObservedEvent(
        context="course_1", remote_id=remote_id, title=title, days=days, when="", last_day=days.last
    )


def course(number: int, students: int = 30) -> Context:
    return Context(
        id=f"course_{number}",
        kind="canvas",
        target="pilot",
        name=f"C{number}",
        students=students,
        published=True,
    )


def create(context: Context, wanted: DesiredEvent, *, notifies: bool = True) -> Change:
    return Create(context=context.id, why=Why.FILL, desired=wanted, notifies=notifies)


def move(context: Context, wanted: DesiredEvent, before: Days) -> Change:
    old, new = (
        f"{days.start}" if days.count == 1 else f"{days.start}..{days.last}" for days in (before, wanted.days)
    )
    return Update(
        context=context.id,
        why=Why.EDIT,
        desired=wanted,
        observed=seen(wanted.title, before),
        fields=(
            FieldChange(name=Field.DAYS, old=old, new=new),
            FieldChange(name=Field.MARKER, old="a", new="b"),
        ),
        notifies=True,
    )


def delete(context: Context, key: str, title: str, days: Days) -> Change:
    return Delete(context=context.id, why=Why.ORPHAN, key=key, observed=seen(title, days))


def report(changes: Iterable[tuple[Context, Change]] = (), **given: Any) -> CycleReport:
    """A dry run's report over one target."""
    plans = PlanStore()
    contexts = {}
    for context, change in changes:
        plans.add(Edition.IN_FORCE, context, [change])
        contexts[context.id] = context
    calendar = college.calendar_of(college.college())
    ruled = {name: given.pop(name) for name in ("edition", "hits", "refused") if name in given}
    values: dict[str, Any] = {
        "run": "run-1",
        "plans": plans,
        "verdict": Verdict(digest="0123456789ab", **ruled),
        "calendar": calendar,
        "desired": DesiredSets(calendar, TODAY),
        "targets": ("pilot",),
        "target_values": {"pilot": PILOT},
        "contexts": contexts,
    }
    return CycleReport(**(values | given))


def text_of(made: CycleReport, view: str, **wanted: Any) -> str:
    """The whole view, without colours."""
    return "".join(render_plan(made, view, Wanted(**wanted)))
