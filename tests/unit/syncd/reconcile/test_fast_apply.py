"""Which single events the fast lane writes, in which order, and who is looked at together."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, cast

from mapping.model import Action, Context, Days, ObservedEvent, Record, Why
from syncd.reconcile.fast_apply import EventUpdate, find_updates
from syncd.state.plans import PlanRow

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


def row(
    context: Context, key: str, days: Days, action: Action = Action.UPDATE, why: Why = Why.EDIT
) -> PlanRow:
    return PlanRow(
        target=context.target,
        context=context.id,
        name="",
        students=0,
        action=action,
        why=why,
        key=key,
        title="",
        days=days,
        remote_id="1",
        fields=(),
        notifies=False,
        mark="",
    )


def errands(
    rows: Sequence[PlanRow], contexts: Sequence[Context], old: Mapping[str, Days], **services: Service
) -> list[EventUpdate]:
    records = {
        context.id: {
            key: Record(key=key, remote_id="1", title="", days=days, fingerprint="")
            for key, days in old.items()
        }
        for context in contexts
    }
    by_id = {context.id: context for context in contexts}
    return list(find_updates(rows, by_id, records, cast("Any", services), TODAY))


def course(number: int) -> Context:
    return Context(id=f"course_{number}", kind="canvas", target="a")


def test_dates_nearest_to_today_go_first_and_the_look_spans_old_and_new_days() -> None:
    one = course(1)
    old = {"far": day(1, 12), "near": day(12), "past": day(7)}
    rows = [row(one, "far", day(2, 12)), row(one, "near", day(14)), row(one, "past", day(6))]
    found = errands(rows, [one], old, canvas=Service(10))
    assert [errand.key for errand in found] == ["near", "past", "far"]
    assert found[0].days == Days(date(2031, 9, 12), date(2031, 9, 15))


def test_contexts_are_looked_at_together_as_their_service_allows_and_kinds_take_turns() -> None:
    courses = [course(number) for number in range(25)]
    calendars = [Context(id=f"c{number}", kind="google", target="b") for number in range(2)]
    rows = [row(one, "k", day(12)) for one in (*courses, *calendars)]
    found = errands(rows, [*courses, *calendars], {"k": day(11)}, canvas=Service(10), google=Service(1))
    assert [(one.contexts[0].kind, len(one.contexts)) for one in found] == [
        ("canvas", 10),
        ("google", 1),
        ("canvas", 10),
        ("google", 1),
        ("canvas", 5),
    ]


def test_only_edits_of_known_events_are_errands() -> None:
    one = course(1)
    rows = [
        row(one, "a", day(12), Action.CREATE, Why.FILL),
        row(one, "b", day(12), Action.DELETE, Why.ORPHAN),
        row(one, "c", day(12), Action.UPDATE, Why.DRIFT),
    ]
    assert errands(rows, [one], {"a": day(12), "b": day(12), "c": day(12)}, canvas=Service(10)) == []


def test_a_service_without_a_quick_look_is_left_to_the_ordinary_way() -> None:
    one = course(1)
    assert errands([row(one, "k", day(12))], [one], {"k": day(11)}, canvas=cast("Any", object())) == []
