"""Events of another owner that are taken over: our name in the mark, nothing that people see, nobody told."""

from dataclasses import replace

from mapping.model import Action, Change, Field, FieldChange, Update, Why
from mapping.planning.plan import Situation, plan_context
from tests.support.events import OWNER, TODAY, days_from_today, desired, key_of, observed, situation

OLD = "former"


def changes(given: Situation) -> tuple[Change, ...]:
    return plan_context(given).changes


def taking_over(given: Situation) -> Situation:
    return replace(given, adopt_from=OLD, context=replace(given.context, published=True))


def test_the_mark_gets_our_name_and_nothing_else_changes() -> None:
    wish = desired()
    event = observed(wish, owner=OLD)
    (change,) = changes(taking_over(situation([wish], [event])))
    assert (change.action, change.why, change.notifies) == (Action.UPDATE, Why.OWNER, False)
    assert isinstance(change, Update)
    assert change.observed is event
    assert change.fields == (FieldChange(name=Field.OWNER, old=OLD, new=OWNER),)


def test_what_differs_besides_waits_and_the_mark_still_says_what_was_last_written() -> None:
    before = desired(title="Before", days=days_from_today(5))
    after = desired(title="After", days=days_from_today(9))
    event = observed(before, owner=OLD)
    (change,) = changes(taking_over(situation([after], [event])))
    assert [one.name for one in change.fields] == ["owner"]
    assert isinstance(change, Update)
    assert event.marker is not None
    assert str(change.desired.fingerprint) == event.marker.fingerprint
    assert (change.desired.title, change.desired.days) == ("Before", before.days)
    assert change.desired.key == key_of("exam")


def test_what_is_over_is_taken_over_too() -> None:
    wish = desired(days=days_from_today(-9))
    assert wish.days.last < TODAY
    (change,) = changes(taking_over(situation([wish], [observed(wish, owner=OLD)])))
    assert change.why is Why.OWNER


def test_ours_already_and_a_third_owners_are_left_alone() -> None:
    wish, other = desired(), desired("other")
    given = situation([wish], [observed(wish), observed(other, "9", owner="third")])
    assert changes(taking_over(given)) == ()


def test_without_being_asked_the_other_owners_events_stay_foreign() -> None:
    wish = desired()
    given = situation([wish], [observed(wish, owner=OLD)])
    assert [one.action for one in changes(given)] == [Action.CREATE]
