"""What a cycle lets through on a person's word: the plan that was shown, or a part of it, and nothing beside it.

Every event of a fill sends 20 messages (a course has 20 students), two events a course: 40.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from connectors.errors import AccessDeniedError
from mapping.model import FindingKind, Marker
from mapping.planning.guards import Limit, Limits
from syncd.errors import StaleApprovalError, UsageError
from syncd.reconcile.decide import Approving
from syncd.reconcile.report import CycleReport
from syncd.reporting.cycle_log import summary_sentence, waiting_sentence
from syncd.state.store import State
from tests.support.almanac import OWNER, TARGETS
from tests.support.rig import ONE, OPEN, TWO, Rig, course, pool
from tests.support.state_address import lose_state, state_address

MANY = pool(1, 2, 3, 4, 5)
STRICT = Limits(removed=Limit(2), moved=Limit(2), fill_messages=10_000)
LATER = [f"course_{number}" for number in range(10, 30)]
DAY = 24 * 3600.0


def waiting(report: CycleReport) -> dict[str, set[str]]:
    """Guard to the contexts that it holds."""
    found: dict[str, set[str]] = {}
    for hit in report.refused:
        found.setdefault(hit.guard, set()).update(hit.parts)
    return found


def filled(rig: Rig) -> set[str]:
    return {name for name in rig.canvas.contexts if rig.keys(name)}


def forbid(rig: Rig, context: str, operation: str = "create") -> None:
    rig.strike(
        {"operation": operation, "context": context}, AccessDeniedError("no", operation="w"), times=10**6
    )


# --- fills ----------------------------------------------------------------------------------------------


def test_courses_that_join_between_look_and_approval_wait_under_a_new_digest(rig: Rig) -> None:
    rig.limits = Limits(fill_messages=30)
    report = rig.cycle()
    rig.approve(report)
    for name in LATER:
        rig.canvas.add(course(name))
    after = rig.cycle()
    assert filled(rig) == {ONE, TWO}
    assert waiting(after) == {"fill-messages": set(LATER)}
    assert after.decision != report.decision
    rig.approve(after)
    assert not rig.cycle().refused
    assert filled(rig) == {ONE, TWO, *LATER}


def test_a_course_that_fails_keeps_open_its_own_share_and_admits_no_other(rig: Rig) -> None:
    rig.limits = Limits(fill_messages=30)
    rig.approve(rig.cycle())
    forbid(rig, TWO)
    rig.cycle()
    assert filled(rig) == {ONE}
    for name in LATER:
        rig.canvas.add(course(name))
    assert waiting(rig.cycle()) == {"fill-messages": set(LATER)}
    rig.canvas.fault = lambda _: None
    assert waiting(rig.cycle()) == {"fill-messages": set(LATER)}
    assert filled(rig) == {ONE, TWO}


def test_an_approved_fill_is_spent_once_it_is_done(rig: Rig) -> None:
    rig.limits = Limits(fill_messages=30)
    rig.approve(rig.cycle())
    rig.cycle()
    assert rig.state.ledger.approvals(now=rig.now) == []
    assert rig.state.ledger.unapproved_share(now=rig.now) == 0.0


def test_what_a_refill_sends_beyond_its_approval_counts_towards_the_limit(rig: Rig) -> None:
    """Five students more since the approval: five messages more for each of the six events."""
    rig.lines = dict(MANY)
    rig.cycle()
    for event in rig.canvas.events(ONE):
        rig.canvas.delete(ONE, event.id)
    rig.now += DAY
    rig.approve(rig.cycle())
    assert rig.state.ledger.unapproved_share(now=rig.now) == 0.0
    rig.canvas.contexts[ONE] = course(ONE, students=25)
    assert not rig.cycle().refused
    assert rig.entries(ONE) == set(MANY)
    assert rig.state.ledger.unapproved_share(now=rig.now) * rig.limits.fill_messages == pytest.approx(30)


def test_while_an_edit_waits_the_messages_told_are_those_that_an_approval_lets_out(rig: Rig) -> None:
    """The fill would send 80 messages without the edit and 120 with it; approved is the plan with the edit."""
    rig.publish, rig.limits = "manual", Limits(fill_messages=30)
    rig.cycle()
    rig.lines |= pool(2)
    report = rig.cycle()
    assert filled(rig) == set()
    assert {hit.guard: hit.found for hit in report.refused} == {"publish": 1, "fill-messages": 120}
    rig.approve(report)
    assert not rig.cycle().refused
    assert rig.entries(ONE) == rig.entries(TWO) == {"entry-1", "entry-2"}


def test_only_fills_wait_for_the_guard_on_messages(rig: Rig) -> None:
    rig.cycle()
    rig.limits = Limits(fill_messages=30)
    for name in LATER:
        rig.canvas.add(course(name))
    rig.lines |= pool(2)
    assert set(waiting(rig.cycle())) == {"fill-messages"}
    assert rig.entries(ONE) == rig.entries(OPEN) == {"entry-1", "entry-2"}
    assert filled(rig) == {ONE, TWO}


@pytest.mark.parametrize("widened", ["more courses", "another target", "a renamed target", "one by one"])
def test_however_a_pilot_is_widened_its_messages_count(rig: Rig, widened: str) -> None:
    rig.limits = Limits(fill_messages=100)
    rig.cycle()
    new = [course(name, "spring" if widened == "another target" else "autumn") for name in LATER[:3]]
    if widened == "a renamed target":
        rig.targets = tuple(
            replace(one, name="wide") if one.name == "autumn" else one for one in TARGETS.targets
        )
        new = [replace(one, target="wide") for one in new]
        for name in (ONE, TWO):
            rig.canvas.contexts[name] = replace(rig.canvas.contexts[name], target="wide")
    if widened == "one by one":
        for one in new[:-1]:
            rig.canvas.add(one)
            rig.cycle()
        assert len(filled(rig)) <= 4
        new = new[-1:]
    for one in new:
        rig.canvas.add(one)
    report = rig.cycle()
    assert "fill-messages" in waiting(report)
    assert waiting(report)["fill-messages"] == {one.id for one in rig.canvas.contexts.values()} - filled(rig)


def test_a_fill_under_a_higher_limit_takes_up_no_more_of_a_lower_one(rig: Rig) -> None:
    rig.limits = Limits(fill_messages=1000)
    rig.cycle()
    rig.limits = Limits(fill_messages=100)
    rig.canvas.add(course("course_3"))
    assert not rig.cycle().refused
    rig.canvas.add(course("course_4", students=30))
    assert waiting(rig.cycle()) == {"fill-messages": {"course_4"}}


def test_what_went_out_counts_though_the_process_was_killed_before_it_noted_the_answer(rig: Rig) -> None:
    rig.limits = Limits(fill_messages=80)
    rig.strike({"operation": "create", "context": ONE, "moment": "after"}, SystemExit("killed"))
    with pytest.raises(SystemExit):
        rig.cycle()
    assert len(rig.canvas.events(ONE)) == 1
    assert rig.state.ledger.unapproved_share(now=rig.now) * 80 == pytest.approx(20)
    rig.cycle()
    # The look settled what the kill left open; its messages went out all the same.
    rig.canvas.add(course("course_3", students=1))
    assert waiting(rig.cycle()) == {"fill-messages": {"course_3"}}


def test_what_was_refused_gives_back_the_approved_messages_it_would_have_sent(rig: Rig) -> None:
    """Fifty messages where forty are approved; twenty-five of them are refused."""
    rig.limits = Limits(fill_messages=30)
    rig.approve(rig.cycle())
    rig.canvas.contexts[ONE] = course(ONE, students=25)
    rig.strike({"operation": "create", "context": ONE}, AccessDeniedError("no", operation="w"))
    assert not rig.cycle().refused
    assert len(rig.canvas.events(ONE)) == 1
    assert rig.state.ledger.unapproved_share(now=rig.now) == 0.0


def test_what_the_service_refused_for_good_takes_up_nothing(rig: Rig) -> None:
    rig.limits = Limits(fill_messages=80)
    forbid(rig, TWO)
    rig.cycle()
    assert rig.state.ledger.unapproved_share(now=rig.now) * 80 == pytest.approx(40)


def test_a_day_later_what_went_out_unapproved_counts_no_more(rig: Rig) -> None:
    rig.limits = Limits(fill_messages=100)
    rig.cycle()
    rig.canvas.add(course("course_3"))
    assert waiting(rig.cycle()) == {"fill-messages": {"course_3"}}
    rig.now += DAY
    assert not rig.cycle().refused
    assert filled(rig) == {ONE, TWO, "course_3"}


def test_after_a_lost_state_the_guard_on_messages_still_asks(rig: Rig) -> None:
    rig.cycle()
    rig.state.close()
    lose_state(rig.folder)
    rig.state = State.open(state_address(rig.folder), now=rig.now)
    rig.limits = Limits(fill_messages=30)
    assert not rig.cycle().refused
    rig.state.close()
    lose_state(rig.folder)
    rig.state = State.open(state_address(rig.folder), now=rig.now)
    rig.lines |= pool(2, 3)
    assert waiting(rig.cycle()) == {"fill-messages": {ONE, TWO}}


# --- edits ------------------------------------------------------------------------------------------------


def test_a_removal_made_twice_the_same_day_is_asked_for_twice_though_a_course_fails(rig: Rig) -> None:
    rig.limits, rig.lines = STRICT, dict(MANY)
    rig.cycle()
    forbid(rig, TWO, "delete")
    rig.lines = pool(5)
    rig.approve(rig.cycle())
    rig.cycle()
    assert rig.entries(ONE) == {"entry-5"}
    rig.lines = dict(MANY)
    rig.cycle()
    assert rig.entries(ONE) == set(MANY)
    rig.lines = pool(5)
    assert "removed" in waiting(rig.cycle())
    assert rig.entries(ONE) == set(MANY)


def test_an_edit_whose_counts_grew_since_it_was_shown_waits_again(rig: Rig) -> None:
    rig.limits, rig.lines = STRICT, dict(MANY)
    rig.cycle()
    rig.canvas.lost.add(TWO)
    rig.lines = pool(5)
    rig.approve(rig.cycle())
    rig.canvas.lost.clear()
    assert "removed" in waiting(rig.cycle())
    assert rig.entries(ONE) == rig.entries(TWO) == set(MANY)


def test_what_people_do_meanwhile_makes_an_approved_edit_no_larger(rig: Rig) -> None:
    rig.limits, rig.lines = STRICT, dict(MANY)
    rig.cycle()
    rig.lines = pool(5)
    rig.approve(rig.cycle())
    key = next(key for key in rig.keys(TWO) if "entry-5" in key)
    rig.canvas.edit(TWO, rig.keys(TWO)[key], title="Mine")
    assert not rig.cycle().refused
    assert rig.entries(ONE) == {"entry-5"}


# --- approvals that come with the command ----------------------------------------------------------------


def test_an_approval_with_the_command_is_about_the_plan_it_begins(rig: Rig) -> None:
    rig.limits = Limits(fill_messages=30)
    shown = rig.cycle(dry=True)
    report = rig.cycle(approving=Approving(digest=shown.digest[:8], who="registrar"))
    assert not report.refused
    assert filled(rig) == {ONE, TWO}


def test_an_approval_of_another_plan_admits_nothing(rig: Rig) -> None:
    rig.limits = Limits(fill_messages=30)
    assert rig.cycle(approving=Approving(digest="0" * 32, who="registrar")).refused
    assert rig.cycle(approving=Approving(digest="0" * 8, who="registrar")).refused
    with pytest.raises(StaleApprovalError):
        rig.cycle(approving=Approving(digest="1" * 8, who="registrar", alone=True))
    assert filled(rig) == set()


def test_a_beginning_that_two_plans_share_is_refused(rig: Rig) -> None:
    rig.limits = Limits(fill_messages=30)
    shown = rig.cycle(dry=True)
    rig.state.ledger.remember_waiting(
        shown.digest[:8] + "0" * 24, shown.verdict.offers[shown.digest], [], now=rig.now
    )
    with pytest.raises(UsageError, match="2 plans"):
        rig.cycle(approving=Approving(digest=shown.digest[:8], who="registrar"))
    assert filled(rig) == set()


# --- marks that a person can write ---------------------------------------------------------------------------


def forge(rig: Rig, context: str, count: int) -> None:
    """Events with our mark, of entries that no calendar here wants; the fingerprint is by the public rule."""
    event = next(one for one in rig.canvas.events(context) if one.marker is not None)
    assert event.marker is not None
    for number in range(count):
        twin = rig.canvas.duplicate(context, event.id)
        mark = Marker(
            owner=OWNER,
            key=f"2031-2032:forged-{number}:main",
            context=context,
            fingerprint=event.marker.fingerprint,
        )
        rig.canvas.edit(context, twin.id, marker=mark)


def test_forged_marks_hold_their_own_course_and_no_other(rig: Rig) -> None:
    rig.limits = STRICT
    rig.cycle()
    forge(rig, ONE, 14)
    rig.lines |= pool(2)
    report = rig.cycle()
    for _ in range(3):
        report = rig.cycle()
        assert waiting(report) == {"unknown-marks": {ONE}}
        assert rig.entries(TWO) == rig.entries(OPEN) == {"entry-1", "entry-2"}
        assert Counter(one.kind for one in report.findings)[FindingKind.UNKNOWN_MARK] == 14
    assert rig.entries(ONE) == {"entry-1"}
    rig.approve(report)
    rig.cycle()
    assert set(rig.keys(ONE)) == set(rig.keys(TWO))


def test_forged_marks_in_a_course_that_is_new_to_a_known_target_hold_that_course(rig: Rig) -> None:
    rig.limits = STRICT
    rig.cycle()
    rig.canvas.add(course("course_3"))
    for event in rig.canvas.copy_all(ONE, "course_3"):
        assert event.marker is not None
        mark = replace(event.marker, context="course_3", key=f"2031-2032:x{event.id}:main")
        rig.canvas.edit("course_3", event.id, marker=mark)
    forge(rig, "course_3", 14)
    rig.lines |= pool(2)
    for _ in range(2):
        assert waiting(rig.cycle()) == {"unknown-marks": {"course_3"}}
        assert rig.entries(ONE) == {"entry-1", "entry-2"}


def test_a_few_forged_marks_are_taken_away_and_told(rig: Rig) -> None:
    rig.limits = STRICT
    rig.cycle()
    forge(rig, ONE, 2)
    report = rig.cycle()
    assert not report.refused
    assert Counter(one.kind for one in report.findings)[FindingKind.UNKNOWN_MARK] == 2
    assert set(rig.keys(ONE)) == set(rig.keys(TWO))


def test_in_a_target_without_records_removals_count_over_the_target(rig: Rig) -> None:
    rig.limits, rig.lines = STRICT, dict(MANY)
    rig.cycle()
    rig.state.close()
    lose_state(rig.folder)
    rig.state = State.open(state_address(rig.folder), now=rig.now)
    rig.lines = pool(5)
    for _ in range(2):
        assert waiting(rig.cycle())["removed-there"] == {ONE, TWO, OPEN}
        assert rig.entries(ONE) == rig.entries(TWO) == set(MANY)


def test_a_person_who_moves_our_events_about_holds_his_own_course_alone(rig: Rig) -> None:
    rig.lines = dict(MANY)
    rig.cycle()
    rig.limits = Limits(fill_messages=10_000, messages_each=3)
    for event in rig.canvas.events(ONE):
        assert event.days is not None
        rig.canvas.edit(ONE, event.id, days=replace(event.days, end=event.days.end.replace(year=2033)))
    rig.lines |= pool(6)
    assert waiting(rig.cycle()) == {"messages-each": {ONE}}
    assert rig.entries(TWO) == {*MANY, "entry-6"}


# --- what a real run says ----------------------------------------------------------------------------------


def test_a_refused_run_says_how_many_changes_wait_and_the_command(rig: Rig) -> None:
    rig.limits = Limits(fill_messages=30)
    report = rig.cycle()
    assert summary_sentence(report).startswith("3 created")
    assert "; 4 changes refused until approved" in summary_sentence(report)
    assert waiting_sentence(report) == f"4 changes wait for a person: syncd approve {report.digest}"
    rig.approve(report)
    done = rig.cycle()
    assert (waiting_sentence(done), done.held_changes) == ("", 0)


def test_a_waiting_edit_is_told_with_all_the_changes_it_would_make(rig: Rig) -> None:
    rig.limits, rig.lines = STRICT, dict(MANY)
    rig.cycle()
    rig.lines = pool(5)
    report = rig.cycle()
    assert report.held_changes == rig.cycle(dry=True).pending()["delete"] == 12
    assert summary_sentence(report).startswith("nothing written; ")
