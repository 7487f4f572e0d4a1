"""Plan: what is done in one context, what is only told, and what is left alone."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.identity import UNREADABLE_DATE
from mapping.model import (
    Action,
    Change,
    ContextPlan,
    Copies,
    Create,
    Drift,
    Fate,
    Finding,
    FindingKind,
    Marker,
    Part,
    Past,
    Why,
)
from mapping.planning.compare import differences
from mapping.planning.plan import open_questions, plan_context
from tests.support.events import (
    COURSE,
    OWNER,
    TODAY,
    course,
    days_from_today,
    desired,
    foreign,
    key_of,
    observed,
    record,
    situation,
)

WISH = desired()
LATER = days_from_today(20)
YESTERDAY = days_from_today(-1)
SIX = [desired(f"entry-{number}", days=days_from_today(number + 1)) for number in range(6)]


def rows(plan: ContextPlan) -> list[tuple[Action, Why, str, str]]:
    """Each change as action, reason, entry and remote id."""
    return [(one.action, one.why, one.key.split(":")[1], one.remote_id) for one in plan.changes]


def names(change: Change) -> set[str]:
    return {field.name for field in change.fields}


def told(plan: ContextPlan) -> list[FindingKind]:
    return [finding.kind for finding in plan.findings]


def only(plan: ContextPlan) -> Change:
    assert len(plan.changes) == 1, rows(plan)
    return plan.changes[0]


# --- the plain cases ---------------------------------------------------------------------------


def test_what_is_as_desired_is_left_alone() -> None:
    plan = plan_context(situation([WISH], [observed(WISH)], [record(WISH)]))
    assert (plan.context, plan.changes, plan.unchanged, plan.findings) == (COURSE, (), 1, ())


def test_everything_that_is_left_alone_is_counted() -> None:
    past = [desired(f"past-{number}", days=YESTERDAY) for number in range(2)]
    plan = plan_context(situation([*SIX, *past], [observed(one, one.key) for one in (*SIX, *past)]))
    assert (plan.changes, plan.unchanged) == ((), 8)


def test_what_is_missing_and_was_never_there_is_created() -> None:
    plan = plan_context(situation([WISH]))
    assert rows(plan) == [(Action.CREATE, Why.FILL, "exam", "")]
    assert only(plan) == Create(context=COURSE, why=Why.FILL, desired=WISH, notifies=True)


def test_an_edit_updates_the_same_event_in_the_fields_it_concerns() -> None:
    moved = desired(days=LATER)
    plan = plan_context(situation([moved], [observed(WISH)], [record(WISH)]))
    assert rows(plan) == [(Action.UPDATE, Why.EDIT, "exam", "100")]
    assert names(only(plan)) == {"days", "marker"}


def test_a_changed_title_and_text_are_named_with_old_and_new() -> None:
    renamed = desired(title="New title", body="New text")
    change = only(plan_context(situation([renamed], [observed(WISH)])))
    assert {field.name: (field.old, field.new) for field in change.fields if field.name != "marker"} == {
        "title": (WISH.title, "New title"),
        "text": (WISH.body_hash[:8], renamed.body_hash[:8]),
    }


def test_what_is_ours_and_no_longer_desired_is_deleted() -> None:
    plan = plan_context(situation([], [observed(WISH)], [record(WISH)]))
    assert rows(plan) == [(Action.DELETE, Why.ORPHAN, "exam", "100")]


def test_what_lost_its_days_and_is_no_longer_desired_is_deleted() -> None:
    plan = plan_context(situation([], [observed(WISH, days=None, last_day=None)], [record(WISH)]))
    assert rows(plan) == [(Action.DELETE, Why.ORPHAN, "exam", "100")]


def test_a_person_may_edit_what_is_removed_and_it_is_removed_all_the_same() -> None:
    plan = plan_context(situation([], [observed(WISH, title="Changed")]))
    assert rows(plan) == [(Action.DELETE, Why.ORPHAN, "exam", "100")]


def test_foreign_events_are_in_no_change() -> None:
    seen = [foreign("1"), observed(WISH, "2", owner="neighbour"), observed(WISH, "3", writable=False)]
    plan = plan_context(situation([], seen))
    assert (plan.changes, plan.findings, plan.records) == ((), (), ())


def test_creates_come_first_then_updates_then_deletes_each_by_date() -> None:
    late, soon, moved, gone = (
        desired("late", days=days_from_today(30)),
        desired("soon"),
        desired("moved"),
        desired("gone"),
    )
    seen = [observed(replace(moved, days=LATER), "1"), observed(gone, "2")]
    plan = plan_context(situation([late, soon, moved], seen))
    assert [(one.action, one.key.split(":")[1]) for one in plan.changes] == [
        (Action.CREATE, "soon"),
        (Action.CREATE, "late"),
        (Action.UPDATE, "moved"),
        (Action.DELETE, "gone"),
    ]


def test_the_order_of_what_was_seen_and_desired_never_matters() -> None:
    wishes = [WISH, *SIX]
    seen = [
        observed(replace(WISH, title="Old"), "3"), observed(WISH, "11"), observed(SIX[0], "20", of="course_8"),
        observed(desired("gone"), "4"), foreign("5"), observed(SIX[1], "6", marker=None, genuine=False),
    ]  # fmt: skip
    known = [record(SIX[1], "6"), record(WISH, "3"), record(SIX[2], "8")]
    plans = {
        repr(plan_context(situation(wishes[::step], some, known[::step])))
        for step in (1, -1)
        for some in itertools.permutations(seen, len(seen))
    }
    assert len(plans) == 1


def test_each_change_names_the_context_it_is_for() -> None:
    moved, gone = desired("moved"), desired("gone")
    seen = [observed(replace(moved, days=LATER), "1"), observed(gone, "2")]
    changes = plan_context(situation([WISH, moved], seen)).changes
    assert [(one.action, one.context) for one in changes] == [
        (Action.CREATE, COURSE),
        (Action.UPDATE, COURSE),
        (Action.DELETE, COURSE),
    ]


# --- differences -------------------------------------------------------------------------------


def test_white_space_is_no_difference() -> None:
    assert differences(observed(WISH, title=f"  {WISH.title}\xa0"), WISH) == ()


def test_an_event_that_is_not_on_whole_days_differs_and_its_own_words_are_told() -> None:
    seen = observed(WISH, days=None, when="11 March 10:00")
    days = next(field for field in differences(seen, WISH) if field.name == "days")
    assert (days.old, days.new) == ("11 March 10:00", "2031-03-11")


def test_a_marker_that_says_something_else_is_a_difference_even_where_all_is_as_desired() -> None:
    stale = observed(desired(title="Old title"), title=WISH.title)
    assert [field.name for field in differences(stale, WISH)] == ["marker"]


def test_a_day_that_was_moved_is_told_as_it_was_and_as_it_will_be() -> None:
    moved = desired(days=LATER)
    told = {field.name: (field.old, field.new) for field in differences(observed(WISH), moved)}
    assert told == {
        "days": ("2031-03-11", "2031-03-21"),
        "marker": (str(WISH.fingerprint), str(moved.fingerprint)),
    }


def test_a_copys_marker_never_says_what_is_desired() -> None:
    (field,) = differences(observed(WISH, of="course_8"), WISH)
    assert (field.name, field.old, field.new) == ("marker", "", str(WISH.fingerprint))


# --- past --------------------------------------------------------------------------------------


def test_a_past_event_is_left_as_it_is() -> None:
    wish = desired(days=YESTERDAY)
    plan = plan_context(situation([wish], [observed(wish, title="Changed")]))
    assert (plan.changes, plan.unchanged) == ((), 1)


def test_a_past_event_that_is_not_there_is_not_created() -> None:
    assert plan_context(situation([desired(days=YESTERDAY)])).changes == ()


def test_an_event_that_ends_today_is_not_past() -> None:
    wish = desired(days=days_from_today(-3, 4))
    assert wish.days.last == TODAY
    assert rows(plan_context(situation([wish]))) == [(Action.CREATE, Why.FILL, "exam", "")]


def test_a_past_event_that_is_no_longer_desired_stays() -> None:
    gone = [desired(f"gone-{number}", days=YESTERDAY) for number in range(2)]
    plan = plan_context(situation([], [observed(wish, wish.key) for wish in gone]))
    assert (plan.changes, plan.unchanged) == ((), 2)


def test_an_event_seen_in_the_past_and_desired_in_the_future_is_moved() -> None:
    plan = plan_context(situation([WISH], [observed(desired(days=YESTERDAY))]))
    assert rows(plan) == [(Action.UPDATE, Why.EDIT, "exam", "100")]


def test_an_event_desired_in_the_past_but_seen_in_the_future_is_moved() -> None:
    wish = desired(days=YESTERDAY)
    plan = plan_context(situation([wish], [observed(wish, days=LATER)]))
    assert rows(plan) == [(Action.UPDATE, Why.DIFFERS, "exam", "100")]


def test_an_event_without_a_date_is_never_past() -> None:
    wish = desired(days=YESTERDAY)
    plan = plan_context(situation([wish], [observed(wish, days=None, last_day=None)]))
    assert rows(plan) == [(Action.UPDATE, Why.DIFFERS, "exam", "100")]


def test_past_events_are_treated_like_the_rest_where_the_target_says_so() -> None:
    wish, gone = desired(days=YESTERDAY), desired("gone", days=YESTERDAY)
    plan = plan_context(situation([wish], [observed(gone)], past=Past.SYNC))
    assert [one.action for one in plan.changes] == [Action.CREATE, Action.DELETE]


def test_past_copies_are_left_alone() -> None:
    copy = observed(desired(days=YESTERDAY), of="course_8")
    assert plan_context(situation([], [copy])).changes == ()


def test_copies_that_are_not_past_are_removed_beside_those_that_are() -> None:
    copies = [observed(desired(days=YESTERDAY), "200", of="course_8"), observed(WISH, "201", of="course_8")]
    assert rows(plan_context(situation([], copies))) == [(Action.DELETE, Why.COPY, "exam", "201")]


def test_what_is_no_longer_desired_and_ends_today_is_removed() -> None:
    wish = desired(days=days_from_today(0))
    assert rows(plan_context(situation([], [observed(wish)]))) == [(Action.DELETE, Why.ORPHAN, "exam", "100")]


# --- deletions by people -----------------------------------------------------------------------


def test_a_recorded_event_that_is_gone_was_deleted_by_a_person_and_that_is_respected() -> None:
    plan = plan_context(situation([WISH], [], [record(WISH)]))
    assert plan.changes == ()
    assert plan.findings == (
        Finding(kind=FindingKind.DELETION_RESPECTED, context=COURSE, key=WISH.key, title=WISH.title),
    )
    assert plan.respected == {WISH.key}
    assert plan.records == ()


def test_a_respected_deletion_holds_without_any_record_and_across_date_changes() -> None:
    plan = plan_context(situation([desired(days=LATER)], respected=[WISH.key]))
    assert (plan.changes, plan.respected) == ((), frozenset({WISH.key}))


def test_a_deleted_event_comes_back_where_deletions_are_not_respected() -> None:
    plan = plan_context(situation([WISH], [], [record(WISH)], respect_deletions=False))
    assert rows(plan) == [(Action.CREATE, Why.GONE, "exam", "")]
    assert not plan.respected


def test_a_respected_deletion_ends_where_the_target_no_longer_respects_them() -> None:
    plan = plan_context(situation([WISH], respected=[WISH.key], respect_deletions=False))
    assert rows(plan) == [(Action.CREATE, Why.GONE, "exam", "")]
    assert plan.respected == frozenset()


def test_a_respected_deletion_ends_when_the_event_is_there_again() -> None:
    plan = plan_context(situation([WISH], [observed(WISH)], respected=[WISH.key]))
    assert (plan.changes, plan.respected) == ((), frozenset())


def test_a_respected_deletion_is_remembered_while_its_entry_is_not_desired() -> None:
    assert plan_context(situation([], respected=[WISH.key])).respected == {WISH.key}


def test_a_respected_deletion_of_what_is_past_now_stays_on_record() -> None:
    wish = desired(days=YESTERDAY)
    plan = plan_context(situation([wish], respected=[wish.key]))
    assert (plan.findings, plan.respected) == ((), frozenset({wish.key}))


def test_what_a_person_tidied_away_once_it_was_past_is_written_anew_when_its_entry_moves_to_a_day_to_come() -> (
    None
):
    over = desired(days=YESTERDAY)
    tidied = plan_context(situation([over], [], [record(over)]))
    assert (tidied.records, tidied.respected) == ((), frozenset())
    moved = desired(days=LATER)
    assert rows(plan_context(situation([moved], [], tidied.records))) == [
        (Action.CREATE, Why.FILL, "exam", "")
    ]


def test_an_event_that_a_person_moved_away_counts_as_deleted_and_is_told_as_moved() -> None:
    plan = plan_context(situation([WISH], [], [record(WISH)], fates={record(WISH).remote_id: Fate.MOVED}))
    assert (plan.changes, plan.respected) == ((), frozenset({WISH.key}))
    assert [one.detail for one in plan.findings] == ["it was moved to another calendar"]


def test_an_event_that_a_person_took_over_counts_as_deleted() -> None:
    taken = observed(WISH, marker=None, genuine=False, title="Mine", days=LATER)
    plan = plan_context(situation([WISH], [taken], [record(WISH)]))
    assert (plan.changes, plan.respected) == ((), frozenset({WISH.key}))
    assert set(told(plan)) == {FindingKind.MARKER_LOST, FindingKind.DELETION_RESPECTED}


def test_a_taken_event_is_made_anew_beside_it_where_deletions_are_not_respected() -> None:
    taken = observed(WISH, marker=None, genuine=False, title="Mine", days=LATER)
    plan = plan_context(situation([WISH], [taken], [record(WISH)], respect_deletions=False))
    assert rows(plan) == [(Action.CREATE, Why.GONE, "exam", "")]
    assert told(plan) == [FindingKind.MARKER_LOST]
    assert [(one.key, one.title) for one in plan.findings] == [(WISH.key, "Mine")]


def test_only_recorded_desired_events_that_are_not_past_and_not_seen_must_be_asked_about() -> None:
    here, missing, past, undesired = desired("here"), WISH, desired("past", days=YESTERDAY), desired("gone")
    known = [record(here, "1"), record(missing, "2"), record(past, "3"), record(undesired, "4")]
    case = situation([here, missing, past], [observed(here, "1")], known)
    assert [one.remote_id for one in open_questions(case)] == ["2"]


def test_past_events_must_be_asked_about_too_where_they_are_synced() -> None:
    past = desired(days=YESTERDAY)
    assert len(open_questions(situation([past], [], [record(past)], past=Past.SYNC))) == 1


def test_an_event_whose_delete_by_us_was_never_confirmed_was_not_deleted_by_a_person() -> None:
    case = replace(situation([WISH], [], [record(WISH)]), deleted_by_us=frozenset({"100"}))
    plan = plan_context(case)
    assert rows(plan) == [(Action.CREATE, Why.FILL, "exam", "")]
    assert not plan.respected


# --- a context found empty ----------------------------------------------------------------------


def test_a_filled_context_found_empty_is_refilled_whatever_is_said_about_deletions() -> None:
    plan = plan_context(situation(SIX, [], [record(one, one.key) for one in SIX]))
    assert plan.emptied
    assert [one.why for one in plan.changes] == [Why.GONE] * 6
    assert not plan.respected


def test_what_was_known_of_an_emptied_context_stays_on_record_until_a_person_decides() -> None:
    known = [record(one, one.key) for one in SIX]
    assert set(plan_context(situation(SIX, [], known)).records) == set(known)


def test_two_events_deleted_by_a_person_do_not_make_a_context_emptied() -> None:
    plan = plan_context(situation(SIX[:2], [], [record(one, one.key) for one in SIX[:2]]))
    assert (plan.emptied, len(plan.respected)) == (False, 2)


def test_events_that_end_today_count_in_an_emptied_context() -> None:
    ending = [desired(f"ending-{number}", days=days_from_today(0)) for number in range(3)]
    assert plan_context(situation(ending, [], [record(one, one.key) for one in ending])).emptied


def test_three_are_enough() -> None:
    assert plan_context(situation(SIX[:3], [], [record(one, one.key) for one in SIX[:3]])).emptied


def test_a_context_with_one_event_of_ours_left_is_not_emptied() -> None:
    plan = plan_context(situation(SIX, [observed(SIX[0])], [record(one, one.key) for one in SIX[1:]]))
    assert not plan.emptied


def test_past_and_undesired_events_do_not_count_in_an_emptied_context() -> None:
    past = [desired(f"past-{number}", days=YESTERDAY) for number in range(3)]
    known = [record(one, one.key) for one in (*past, *SIX)]
    assert not plan_context(situation([*past, *SIX[:2]], [], known)).emptied


def test_foreign_events_do_not_hide_that_ours_are_gone() -> None:
    assert plan_context(situation(SIX, [foreign()], [record(one, one.key) for one in SIX])).emptied


# --- copies -------------------------------------------------------------------------------------


def test_a_copy_is_adopted_in_place_where_its_key_is_desired_and_absent() -> None:
    plan = plan_context(situation([WISH], [observed(WISH, "200", of="course_8")]))
    assert rows(plan) == [(Action.UPDATE, Why.COPY, "exam", "200")]
    assert names(only(plan)) == {"marker"}
    assert not only(plan).notifies


def test_an_adopted_copy_that_the_import_moved_is_put_on_its_day() -> None:
    plan = plan_context(situation([WISH], [observed(WISH, "200", of="course_8", days=LATER)]))
    assert names(only(plan)) == {"days", "marker"}
    assert only(plan).notifies


def test_adopting_a_copy_ends_a_respected_deletion_of_its_key() -> None:
    plan = plan_context(situation([WISH], [observed(WISH, "200", of="course_8")], respected=[WISH.key]))
    assert (rows(plan)[0][0], plan.respected) == (Action.UPDATE, frozenset())


def test_of_two_copies_the_lower_id_is_adopted_and_the_other_removed() -> None:
    copies = [observed(WISH, one, of="course_8") for one in ("300", "200")]
    plan = plan_context(situation([WISH], copies))
    assert rows(plan) == [(Action.UPDATE, Why.COPY, "exam", "200"), (Action.DELETE, Why.COPY, "exam", "300")]


def test_a_copy_of_what_is_there_already_is_removed() -> None:
    seen = [observed(WISH, "100"), observed(WISH, "200", of="course_8")]
    plan = plan_context(situation([WISH], seen, [record(WISH)]))
    assert rows(plan) == [(Action.DELETE, Why.COPY, "exam", "200")]


def test_a_copy_of_what_is_not_desired_here_is_removed() -> None:
    plan = plan_context(situation([], [observed(WISH, "200", of="course_8")]))
    assert rows(plan) == [(Action.DELETE, Why.COPY, "exam", "200")]


def test_a_copy_that_was_moved_only_is_removed_too() -> None:
    plan = plan_context(situation([], [observed(WISH, "200", of="course_8", days=LATER)]))
    assert rows(plan) == [(Action.DELETE, Why.COPY, "exam", "200")]


@pytest.mark.parametrize("changes", [{"title": "Mine"}, {"body_hash": "mine"}, {"tail": "<p>Mine</p>"}])
def test_a_copy_whose_words_a_person_changed_is_told_of_and_stays(changes: dict[str, str]) -> None:
    plan = plan_context(situation([], [observed(WISH, "200", of="course_8", **changes)]))
    assert (plan.changes, told(plan)) == ((), [FindingKind.COPY_KEPT])
    (finding,) = plan.findings
    assert (finding.key, finding.detail) == (WISH.key, "copied from course_8")
    assert finding.title == changes.get("title", WISH.title)


def test_a_copy_is_adopted_although_a_person_wrote_in_it() -> None:
    plan = plan_context(situation([WISH], [observed(WISH, "200", of="course_8", tail="<p>Mine</p>")]))
    assert rows(plan) == [(Action.UPDATE, Why.COPY, "exam", "200")]


def test_copies_are_only_removed_where_the_target_says_remove() -> None:
    plan = plan_context(situation([WISH], [observed(WISH, "200", of="course_8")], copies=Copies.REMOVE))
    assert [one[:2] for one in rows(plan)] == [(Action.CREATE, Why.FILL), (Action.DELETE, Why.COPY)]


def test_copies_are_only_told_of_where_the_target_says_report() -> None:
    plan = plan_context(situation([], [observed(WISH, "200", of="course_8")], copies=Copies.REPORT))
    assert (plan.changes, told(plan)) == ((), [FindingKind.COPY_KEPT])


def test_a_second_event_of_a_key_is_a_copy_and_goes() -> None:
    seen = [observed(WISH, "100"), observed(WISH, "101")]
    plan = plan_context(situation([WISH], seen, [record(WISH, "101")]))
    assert rows(plan) == [(Action.DELETE, Why.COPY, "exam", "100")]
    assert [(row.key, row.remote_id) for row in plan.records] == [(WISH.key, "101")]


def test_a_second_event_that_a_person_wrote_in_outlives_the_removal_of_its_entry() -> None:
    mine = observed(WISH, "101", title="Mine")
    both = plan_context(situation([], [observed(WISH), mine], [record(WISH), record(SIX[0], "5")]))
    assert rows(both) == [(Action.DELETE, Why.ORPHAN, "exam", "100")]
    assert told(both) == [FindingKind.COPY_KEPT]
    after = plan_context(situation([], [mine, observed(SIX[0], "5")], [record(SIX[0], "5")]))
    assert rows(after) == [(Action.DELETE, Why.ORPHAN, "entry-0", "5")]
    assert told(after) == [FindingKind.COPY_KEPT]
    assert [row.remote_id for row in after.records] == ["5"]


def test_what_stays_a_persons_goes_on_no_record_and_hides_no_other() -> None:
    mine, zoo = observed(WISH, "101", title="Mine"), desired("zoo")
    plan = plan_context(situation([zoo], [mine, observed(zoo, "5")], [record(zoo, "5")]))
    assert [row.remote_id for row in plan.records] == ["5"]


@pytest.mark.parametrize(("title", "ours"), [(WISH.title, True), ("Mine", False)])
def test_an_orphan_off_record_goes_where_nobody_wrote_in_it_or_copies_are_not_ours(
    title: str, ours: bool
) -> None:
    seen = [observed(WISH, "101", title=title), observed(SIX[0], "5")]
    plan = plan_context(situation([SIX[0]], seen, [record(SIX[0], "5")], copies_are_ours=ours))
    assert rows(plan) == [(Action.DELETE, Why.ORPHAN, "exam", "101")]


def test_an_edited_orphan_goes_where_nothing_is_on_record_or_it_is_itself() -> None:
    mine = observed(WISH, title="Mine")
    assert rows(plan_context(situation([], [mine]))) == [(Action.DELETE, Why.ORPHAN, "exam", "100")]
    known = [record(WISH), record(SIX[0], "5")]
    assert rows(plan_context(situation([], [mine], known))) == [(Action.DELETE, Why.ORPHAN, "exam", "100")]


def test_a_persons_own_copy_is_told_of_where_copies_are_not_ours() -> None:
    plan = plan_context(situation([], [observed(WISH, "200", of="x")], copies_are_ours=False))
    assert (plan.changes, told(plan)) == ((), [FindingKind.PERSONAL_COPY])
    assert [(one.key, one.title) for one in plan.findings] == [(WISH.key, WISH.title)]


def test_a_persons_own_copy_never_stands_in_for_the_event() -> None:
    plan = plan_context(situation([WISH], [observed(WISH, "200", of="x")], copies_are_ours=False))
    assert rows(plan) == [(Action.CREATE, Why.FILL, "exam", "")]


# --- a marker that is gone ------------------------------------------------------------------------


def test_a_marker_that_is_gone_is_put_back() -> None:
    stripped = observed(WISH, marker=None, genuine=False)
    plan = plan_context(situation([WISH], [stripped], [record(WISH)]))
    assert rows(plan) == [(Action.UPDATE, Why.MARKER, "exam", "100")]
    assert names(only(plan)) == {"marker"}


@pytest.mark.parametrize("drift", [Drift.KEEP, Drift.REPORT])
@pytest.mark.parametrize(("edit", "kept"), [({"title": "Mine"}, "title"), ({"days": LATER}, "days")])
def test_putting_a_marker_back_keeps_a_persons_title_or_day_where_drift_is_not_repaired(
    edit: dict[str, Any], kept: str, drift: Drift
) -> None:
    stripped = observed(WISH, marker=None, genuine=False, **edit)
    change = only(plan_context(situation([WISH], [stripped], [record(WISH)], drift=drift)))
    assert names(change) == {"marker"}
    repaired = only(plan_context(situation([WISH], [stripped], [record(WISH)])))
    assert names(repaired) == {"marker", kept}


def test_an_edit_goes_through_where_only_the_marker_is_gone_and_drift_is_kept() -> None:
    edited = desired(title="New title", days=LATER)
    stripped = observed(WISH, marker=None, genuine=False)
    change = only(plan_context(situation([edited], [stripped], [record(WISH)], drift=Drift.KEEP)))
    assert names(change) == {"title", "days", "marker"}


def test_a_plan_of_which_nothing_is_stored_says_no_records_and_else_the_same() -> None:
    seen = situation([WISH], [observed(WISH, title="Mine")])
    told, stored = plan_context(replace(seen, keeps_records=False)), plan_context(seen)
    assert (told.records, len(stored.records)) == ((), 1)
    assert replace(told, records=stored.records) == stored


def test_what_we_last_wrote_stays_on_record_while_the_marker_is_gone() -> None:
    known = record(WISH, version="v1")
    stripped = observed(WISH, marker=None, genuine=False, title="Mine")
    assert plan_context(situation([WISH], [stripped], [known])).records == (known,)


def test_an_orphan_without_marker_is_removed_by_its_record() -> None:
    stripped = observed(WISH, marker=None, genuine=False)
    plan = plan_context(situation([], [stripped], [record(WISH)]))
    assert rows(plan) == [(Action.DELETE, Why.ORPHAN, "exam", "100")]


# --- drift ----------------------------------------------------------------------------------------

EDITS = [
    ({"title": "Mine"}, {"title"}),
    ({"days": LATER}, {"days"}),
    ({"body_hash": "mine"}, {"text"}),
    ({"title": "Mine", "days": None, "last_day": None}, {"title", "days"}),
]


@pytest.mark.parametrize(("edit", "expected"), EDITS)
def test_what_a_person_changed_is_put_back(edit: dict[str, Any], expected: set[str]) -> None:
    written = replace(record(WISH), stamp="2025-09-01T00:00:00Z")
    plan = plan_context(situation([WISH], [observed(WISH, stamp="2025-09-01T00:00:01Z", **edit)], [written]))
    assert rows(plan) == [(Action.UPDATE, Why.DRIFT, "exam", "100")]
    assert names(only(plan)) == expected


@pytest.mark.parametrize(("edit", "expected"), EDITS)
def test_what_a_person_changed_is_told_and_left_where_drift_is_reported(
    edit: dict[str, Any], expected: set[str]
) -> None:
    plan = plan_context(situation([WISH], [observed(WISH, **edit)], [record(WISH)], drift=Drift.REPORT))
    assert (plan.changes, plan.unchanged, told(plan)) == ((), 1, [FindingKind.DRIFT_REPORTED])
    assert all(name in plan.findings[0].detail for name in expected)


@pytest.mark.parametrize("edit", [edit for edit, _ in EDITS])
def test_what_a_person_changed_is_left_without_a_word_where_drift_is_kept(edit: dict[str, Any]) -> None:
    plan = plan_context(situation([WISH], [observed(WISH, **edit)], [record(WISH)], drift=Drift.KEEP))
    assert (plan.changes, plan.findings) == ((), ())


def test_an_edit_moves_the_event_and_keeps_a_persons_words_where_drift_is_kept() -> None:
    moved = desired(days=LATER)
    plan = plan_context(situation([moved], [observed(WISH, title="Mine")], [record(WISH)], drift=Drift.KEEP))
    assert names(only(plan)) == {"days"}


def test_an_edit_of_the_words_keeps_the_day_that_a_person_chose_where_drift_is_kept() -> None:
    renamed = desired(title="New title")
    plan = plan_context(situation([renamed], [observed(WISH, days=LATER)], [record(WISH)], drift=Drift.KEEP))
    assert "days" not in names(only(plan))
    assert "title" in names(only(plan))


def test_an_edit_goes_through_where_nobody_changed_anything() -> None:
    moved = desired(days=LATER, title="New title")
    plan = plan_context(situation([moved], [observed(WISH)], [record(WISH)], drift=Drift.KEEP))
    assert rows(plan) == [(Action.UPDATE, Why.EDIT, "exam", "100")]
    assert names(only(plan)) == {"title", "days", "marker"}


def test_an_edit_goes_through_also_where_nothing_is_on_record() -> None:
    moved = desired(days=LATER)
    plan = plan_context(situation([moved], [observed(WISH)], drift=Drift.KEEP))
    assert names(only(plan)) == {"days", "marker"}


def test_an_edit_of_the_day_writes_nothing_where_a_person_chose_another_and_drift_is_kept() -> None:
    moved = desired(days=days_from_today(25))
    plan = plan_context(situation([moved], [observed(WISH, days=LATER)], [record(WISH)], drift=Drift.KEEP))
    assert (plan.changes, plan.unchanged) == ((), 1)


def test_what_a_person_changed_is_told_with_its_key_its_title_and_every_field() -> None:
    edited = observed(WISH, title="Mine", days=LATER, stamp="2025-09-01T00:00:01Z")
    written = replace(record(WISH), stamp="2025-09-01T00:00:00Z")
    (finding,) = plan_context(situation([WISH], [edited], [written], drift=Drift.REPORT)).findings
    assert (finding.context, finding.key, finding.title) == (COURSE, WISH.key, "Mine")
    assert finding.detail == "a person changed: title, days"


def test_what_nobody_is_known_to_have_changed_is_told_as_different() -> None:
    seen = observed(WISH, title="Mine", stamp="2025-09-01T00:00:00Z")
    written = replace(record(WISH), stamp="2025-09-01T00:00:00Z")
    (finding,) = plan_context(situation([WISH], [seen], [written], drift=Drift.REPORT)).findings
    assert finding.detail == "differs: title"


def test_each_event_that_a_person_changed_is_left_and_counted_where_drift_is_kept() -> None:
    seen = [observed(wish, wish.key, title="Mine") for wish in SIX]
    plan = plan_context(situation(SIX, seen, [record(wish, wish.key) for wish in SIX], drift=Drift.KEEP))
    assert (plan.changes, plan.unchanged) == ((), 6)


def test_other_peoples_events_are_remembered_by_their_version_but_for_odd_dates_that_are_told_each_time() -> (
    None
):
    seen = [
        replace(foreign("1"), version="v1"),
        foreign("2"),
        replace(foreign("3"), version="v3", when=UNREADABLE_DATE, days=None),
        observed(WISH, "4"),
    ]
    assert plan_context(situation([WISH], seen)).others == {"1": "v1"}


def test_days_written_before_the_marker_was_are_no_persons_edit() -> None:
    """A date that we wrote while a person's title stood has no marker to say so: the record does."""
    moved = desired(days=LATER)
    event = observed(WISH, title="Mine", days=LATER)
    again = desired(days=days_from_today(25))
    plan = plan_context(
        situation([again], [event], [record(moved, fingerprint=str(WISH.fingerprint))], drift=Drift.KEEP)
    )
    assert names(only(plan)) == {"days"}


# --- who is told ------------------------------------------------------------------------------------


def test_creates_and_new_dates_in_a_published_course_may_message_people() -> None:
    moved = desired(days=LATER)
    plan = plan_context(situation([moved, SIX[0]], [observed(WISH)], [record(WISH)]))
    assert [one.notifies for one in plan.changes] == [True, True]


def test_nothing_messages_people_in_an_unpublished_course() -> None:
    moved = desired(days=LATER)
    case = situation([moved, SIX[0]], [observed(WISH)], context=course(published=False))
    assert not any(one.notifies for one in plan_context(case).changes)


def test_new_words_and_deletes_message_nobody() -> None:
    plan = plan_context(situation([desired(title="New")], [observed(WISH), observed(SIX[0], "2")]))
    assert [(one.action, one.notifies) for one in plan.changes] == [
        (Action.UPDATE, False),
        (Action.DELETE, False),
    ]


# --- probably the same ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "title",
    [
        "Title of exam",
        "title of exam (room 5)",
        "Titel of exam",
        "All you need to know before you come and sit down to the title of exam in March",
    ],
)
def test_a_persons_event_on_the_same_day_under_a_similar_title_is_told_of_before_a_first_fill(
    title: str,
) -> None:
    plan = plan_context(situation([WISH], [foreign(title=title)]))
    assert rows(plan) == [(Action.CREATE, Why.FILL, "exam", "")]
    assert [(one.kind, one.title) for one in plan.findings] == [(FindingKind.PROBABLY_SAME, title)]


@pytest.mark.parametrize(
    "event",
    [
        foreign(title="Field trip"),
        foreign(title="A field trip to the sea, far away"),
        foreign(title="Swim and run."),
        foreign(title=WISH.title, days=LATER),
        foreign(title=" "),
        replace(foreign(title=WISH.title), writable=False),
    ],
)
def test_other_titles_of_any_length_other_days_and_a_sections_rows_are_not_probably_the_same(
    event: object,
) -> None:
    assert not told(plan_context(situation([WISH], [event])))  # type: ignore[list-item]


@pytest.mark.parametrize(("title", "same"), [("abcyy", True), ("abzyy", False)])
def test_titles_are_similar_from_three_letters_in_five(title: str, same: bool) -> None:
    plan = plan_context(situation([desired(title="abcxx")], [foreign(title=title)]))
    assert told(plan) == ([FindingKind.PROBABLY_SAME] if same else [])


def test_each_event_that_is_probably_the_same_is_told_with_its_day_and_what_it_resembles() -> None:
    seen = [foreign("1", title=WISH.title, days=LATER), foreign("2"), foreign("3", title="Titel of exam")]
    assert plan_context(situation([WISH], seen)).findings == (
        Finding(
            kind=FindingKind.PROBABLY_SAME,
            context=COURSE,
            key=WISH.key,
            title="Titel of exam",
            detail="on 2031-03-11, probably the same as 'Title of exam'",
        ),
    )


def test_only_what_will_be_made_is_compared_with_what_people_typed() -> None:
    copy = observed(SIX[0], "200", of="course_8")
    typed = [foreign("1", title=SIX[0].title, days=SIX[0].days), foreign("2", title=WISH.title)]
    plan = plan_context(situation([SIX[0], WISH], [copy, *typed]))
    assert [(one.kind, one.key) for one in plan.findings] == [(FindingKind.PROBABLY_SAME, WISH.key)]


def test_probably_the_same_is_not_told_of_once_the_context_was_filled() -> None:
    plan = plan_context(situation([WISH, SIX[0]], [foreign(title=WISH.title), observed(SIX[0])]))
    assert not told(plan)


# --- the id map ---------------------------------------------------------------------------------------


def test_ids_are_rebuilt_from_the_markers_where_nothing_is_known() -> None:
    plan = plan_context(situation([WISH], [observed(WISH)]))
    assert plan.records == (record(WISH, version="v1"),)
    assert plan.changes == ()


def test_what_we_last_wrote_stays_on_record_while_the_marker_says_the_same() -> None:
    edited = observed(WISH, title="Mine", days=LATER, body_hash="mine", tail="x", version="v2")
    plan = plan_context(situation([WISH], [edited], [record(WISH)], drift=Drift.KEEP))
    assert plan.records == (record(WISH, body_hash="mine", has_tail=True, version="v2"),)


def test_a_rebuilt_record_holds_the_generation_of_the_id_and_that_people_wrote_below_the_line() -> None:
    marker = Marker(
        owner=OWNER, key=WISH.key, context=COURSE, fingerprint=str(WISH.fingerprint), generation=2
    )
    (row,) = plan_context(situation([WISH], [observed(WISH, marker=marker, tail="x")])).records
    assert (row.generation, row.has_tail) == (2, True)


def test_a_record_of_an_event_that_reads_as_it_did_is_the_same_record() -> None:
    known = record(WISH, version="v1")
    (kept,) = plan_context(situation([WISH], [observed(WISH)], [known])).records
    assert kept is known


def test_a_tail_that_was_not_read_stays_on_record_as_it_was() -> None:
    known = record(WISH, has_tail=True, version="v1")
    unread = observed(WISH, body_known=False, version="v2")
    (kept,) = plan_context(situation([WISH], [unread], [known])).records
    assert (kept.has_tail, kept.version) == (True, "v2")


def test_a_record_follows_an_event_that_someone_wrote_for_us_since() -> None:
    newer = desired(title="New title")
    plan = plan_context(situation([newer], [observed(newer)], [record(WISH)]))
    assert [(row.title, row.fingerprint) for row in plan.records] == [("New title", str(newer.fingerprint))]


def test_an_orphan_stays_on_record_until_its_delete_is_confirmed() -> None:
    plan = plan_context(situation([], [observed(WISH)], [record(WISH)]))
    assert [row.remote_id for row in plan.records] == ["100"]


def test_opening_and_main_are_two_events() -> None:
    opening = replace(WISH, key=WISH.key.replace(":main", ":opening"), part=Part.OPENING)
    plan = plan_context(situation([WISH, opening], [observed(WISH)]))
    assert [(one.action, one.key) for one in plan.changes] == [(Action.CREATE, opening.key)]


# --- whatever was seen ---------------------------------------------------------------------------------

ENTRIES = st.integers(0, 3).map(lambda number: SIX[number])
SEEN = st.lists(
    st.tuples(
        ENTRIES,
        st.sampled_from([COURSE, "course_8"]),
        st.sampled_from(["harbour", "neighbour"]),
        st.fixed_dictionaries(
            {},
            optional={
                "title": st.just("Mine"),
                "days": st.sampled_from([LATER, YESTERDAY, None]),
                "body_hash": st.just("mine"),
                "tail": st.just("x"),
                "marker": st.none(),
                "writable": st.just(False),
            },
        ),
    ),
    max_size=8,
)


@given(SEEN, st.lists(ENTRIES, max_size=4), st.lists(st.tuples(ENTRIES, st.integers(0, 9)), max_size=4))
def test_every_change_is_about_an_event_that_is_ours_and_each_event_is_changed_once(
    seen: list[tuple[object, str, str, dict[str, Any]]],
    wishes: list[object],
    known: list[tuple[object, int]],
) -> None:
    events = [
        observed(wish, str(number), of=of, owner=owner, **changes)  # type: ignore[arg-type]
        for number, (wish, of, owner, changes) in enumerate(seen)
    ]
    rows_known = [record(wish, str(number)) for wish, number in known]  # type: ignore[arg-type]
    plan = plan_context(situation(wishes, events, rows_known))  # type: ignore[arg-type]
    recorded = {row.remote_id for row in rows_known}
    touched = [change.observed for change in plan.changes if not isinstance(change, Create)]
    assert len({event.remote_id for event in touched}) == len(touched)
    for event in touched:
        assert event.writable
        assert event.marker.owner == "harbour" if event.marker is not None else event.remote_id in recorded
    written = [change.key for change in plan.changes if change.action is not Action.DELETE]
    assert len(set(written)) == len(written)


def test_a_foreign_event_whose_date_cannot_be_read_is_listed_once_and_left_alone() -> None:
    odd = replace(foreign(title="Never"), when="a date that cannot be read", days=None, last_day=None)
    plan = plan_context(situation([], [odd]))
    assert plan.changes == ()
    assert [(one.kind, one.key, one.title, one.detail) for one in plan.findings] == [
        (FindingKind.ODD_DATE, "", "Never", f"event {odd.remote_id}")
    ]


# --- marks that no record knows -----------------------------------------------------------------------------


def test_a_mark_that_no_record_knows_is_told_where_the_target_is_on_record() -> None:
    gone = observed(desired("gone"))
    plan = plan_context(replace(situation([], [gone], []), on_record=True))
    assert plan.unknown == {gone.marker.key if gone.marker else ""}
    assert plan.findings == (
        Finding(kind=FindingKind.UNKNOWN_MARK, context=COURSE, key=key_of("gone"), title="Title of gone"),
    )
    assert rows(plan) == [(Action.DELETE, Why.ORPHAN, "gone", "100")]


@pytest.mark.parametrize(
    "given",
    [
        {"on_record": False},
        {"on_record": True, "adopt_from": "old"},
    ],
)
def test_a_mark_is_not_called_unknown_where_nothing_vouches_for_any(given: dict[str, Any]) -> None:
    assert (
        plan_context(replace(situation([], [observed(desired("gone"))], []), **given)).unknown == frozenset()
    )


def test_a_mark_on_record_is_known_and_a_second_of_its_key_is_not() -> None:
    wish = desired("gone")
    known = plan_context(replace(situation([], [observed(wish)], [record(wish)]), on_record=True))
    assert known.unknown == frozenset()
    asked = situation([], [observed(wish, "900")], [record(wish)])
    other = plan_context(replace(asked, on_record=True))
    assert other.unknown == {wish.key}
