"""Which single events the fast lane writes, in which order, and who is looked at together."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, cast

from mapping.model import Change, Context, ContextPlan, Create, Days, Delete, ObservedEvent, Update, Why
from syncd.reconcile.fast_apply import AlikePlan, EventUpdate, find_updates
from tests.support.events import desired, observed

TODAY = date(2031, 9, 10)


class Service:
    """Offers a look at so many contexts at once."""

    def __init__(self, contexts_a_look: int) -> None:
        self.contexts_a_look = contexts_a_look

    def reread(self, contexts: Sequence[Context], days: Days) -> Iterator[ObservedEvent]:
        return iter(())

    def read_event(self, context: Context, remote_id: str) -> ObservedEvent | None:
        return None


def day(number: int, month: int = 9) -> Days:
    return Days.inclusive(date(2031, month, number), date(2031, month, number))


def move(key: str, old: Days, new: Days, why: Why = Why.EDIT) -> Update:
    wish = replace(desired(key, days=new), key=key)
    return Update(context="", why=why, desired=wish, observed=observed(wish, days=old), fields=())


def plan(*changes: Change) -> ContextPlan:
    return ContextPlan(
        context="", changes=changes, unchanged=0, findings=(), records=(), respected=frozenset()
    )


def errands(*plans: AlikePlan, **services: Service) -> list[EventUpdate]:
    return list(find_updates(plans, cast("Any", services), TODAY))


def course(number: int) -> Context:
    return Context(id=f"course_{number}", kind="canvas", target="a")


def test_dates_nearest_to_today_go_first_and_the_look_spans_old_and_new_days() -> None:
    moves = [
        move("far", day(1, 12), day(2, 12)),
        move("near", day(12), day(14)),
        move("past", day(7), day(6)),
    ]
    found = errands(AlikePlan((course(1),), plan(*moves)), canvas=Service(10))
    assert [errand.key for errand in found] == ["near", "past", "far"]
    assert found[0].days == Days(date(2031, 9, 12), date(2031, 9, 15))


def test_the_look_spans_the_days_of_all_that_are_looked_at() -> None:
    two = [AlikePlan((course(number),), plan(move("k", day(9 + number), day(20)))) for number in range(2)]
    assert [one.days for one in errands(*two, canvas=Service(10))] == [Days(date(2031, 9, 9), date(2031, 9, 21))]  # fmt: skip


def test_contexts_are_looked_at_together_as_their_service_allows_and_kinds_take_turns() -> None:
    courses = tuple(course(number) for number in range(25))
    calendars = tuple(Context(id=f"c{number}", kind="google", target="b") for number in range(2))
    plans = [AlikePlan(one, plan(move("k", day(11), day(12)))) for one in (courses[:4], courses[4:], calendars)]  # fmt: skip
    found = errands(*plans, canvas=Service(10), google=Service(1))
    assert [(one.contexts[0].kind, len(one.contexts)) for one in found] == [
        ("canvas", 10),
        ("google", 1),
        ("canvas", 10),
        ("google", 1),
        ("canvas", 5),
    ]
    assert [one for errand in found for one in errand.contexts if one.kind == "canvas"] == list(courses)


def test_only_edits_of_known_events_are_errands() -> None:
    wish = desired("a")
    changes = plan(
        Create(context="", why=Why.FILL, desired=wish),
        Delete(context="", why=Why.ORPHAN, key="b", observed=observed(wish)),
        move("c", day(12), day(13), Why.DRIFT),
    )
    assert errands(AlikePlan((course(1),), changes), canvas=Service(10)) == []


def test_a_service_without_a_quick_look_is_left_to_the_ordinary_way() -> None:
    plans = AlikePlan((course(1),), plan(move("k", day(11), day(12))))
    assert errands(plans, canvas=cast("Any", object())) == []
