"""Cycle: which context is whose, what guards hold back and approvals let through, what a dry run leaves alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from connectors.errors import UnavailableError
from mapping.planning.guards import Limit, Limits
from syncd.errors import RefusedError, StaleApprovalError
from syncd.reconcile.binding import OWNER
from syncd.reconcile.report import CycleReport
from syncd.reporting.cycle_log import summary_sentence
from syncd.state.store import State
from tests.support.almanac import TARGETS, Line
from tests.support.rig import KEY, ONE, OPEN, TWO, Rig, course, pool
from tests.support.state_address import lose_state, state_address

MANY = pool(1, 2, 3, 4, 5)
STRICT = Limits(removed=Limit(2), moved=Limit(2), fill_messages=10_000)


def guards(report: CycleReport) -> Counter[str]:
    return Counter(hit.guard for hit in report.refused)


# --- the plain course of things -------------------------------------------------------------------


def test_a_first_cycle_fills_and_a_second_finds_nothing_to_do(rig: Rig) -> None:
    first, second = rig.cycle(), rig.cycle()
    assert rig.entries(ONE) == rig.entries(TWO) == rig.entries(OPEN) == {"entry-1"}
    assert first.applied["create"] == rig.touched()
    assert not second.applied
    assert not any(second.pending().values())


def test_ids_come_back_from_the_markers_without_a_write_where_the_state_is_lost(rig: Rig) -> None:
    rig.cycle()
    before, known = rig.touched(), rig.state.events.records(ONE)
    rig.state.close()
    lose_state(rig.folder)
    rig.state = State.open(state_address(rig.folder), now=rig.now)
    assert not any(rig.cycle().pending().values())
    assert rig.touched() == before
    assert {key: row.remote_id for key, row in rig.state.events.records(ONE).items()} == {
        key: row.remote_id for key, row in known.items()
    }


def test_only_the_targets_asked_for_are_written(rig: Rig) -> None:
    rig.cycle(targets=frozenset({"open"}))
    assert rig.entries(OPEN) == {"entry-1"}
    assert rig.entries(ONE) == set()


def test_a_dry_run_writes_nothing_anywhere(rig: Rig) -> None:
    report = rig.cycle(dry=True)
    assert report.pending()["create"] > 0
    assert rig.touched() == 0
    assert rig.state.ledger.fact("calendar-in-force") == ""


def test_a_plan_asked_for_by_digest_is_the_one_made_or_none(rig: Rig) -> None:
    digest = rig.cycle(dry=True).digest
    with pytest.raises(StaleApprovalError):
        rig.cycle(only_digest="000000000000")
    assert rig.touched() == 0
    rig.cycle(only_digest=digest)
    assert rig.entries() == {"entry-1"}


@pytest.mark.parametrize("unread", [False, True])
def test_taking_over_from_a_mistyped_name_leaves_the_state_ours_where_all_was_read(
    rig: Rig, *, unread: bool
) -> None:
    rig.cycle()
    if unread:
        error = UnavailableError("no answer", operation="list events", context=TWO)
        rig.strike({"operation": "observe", "context": TWO}, error, times=99)
    rig.cycle(adopt_from="mistyped")
    assert (rig.state.ledger.fact(OWNER) == "mistyped") == unread


# --- whose a context is -----------------------------------------------------------------------------


def test_a_course_that_passes_to_another_target_is_reconciled_there_by_key(rig: Rig) -> None:
    rig.lines = {"entry-1": Line(10, 1, 0, "all"), "entry-2": Line(10, 1, 0, "michaelmas")}
    rig.cycle()
    ids = rig.keys()
    rig.canvas.add(course(ONE, "spring"))
    rig.cycle()
    assert rig.entries() == {"entry-1"}
    assert rig.keys()[KEY] == ids[KEY]


def test_a_course_that_no_target_claims_keeps_its_events_and_is_told(rig: Rig) -> None:
    rig.cycle()
    before = rig.keys()
    rig.canvas.contexts[ONE] = course(ONE, "nobody")
    report = rig.cycle()
    assert rig.keys() == before
    assert report.left_behind == {ONE: len(before)}
    assert "1 left behind, since no target claims them any more" in summary_sentence(report)


def test_nothing_is_called_left_behind_while_something_could_not_be_asked(rig: Rig) -> None:
    rig.cycle()
    rig.connectors["canvas"].unread = frozenset({"spring"})
    rig.canvas.contexts[ONE] = course(ONE, "nobody")
    assert rig.cycle().left_behind == {}


def test_a_context_that_two_targets_claim_is_written_by_neither(rig: Rig) -> None:
    rig.cycle()
    before = rig.entries(OPEN)
    twin = replace(TARGETS.targets[0], name="twin")
    rig.targets = (*TARGETS.targets, twin)
    also = replace(TARGETS.targets[2], name="also")
    rig.targets = (*rig.targets, also)
    found = rig.connectors["google"].discover

    def both(targets: object) -> object:
        for one in found(targets):
            yield replace(one, contexts=(rig.google.contexts[OPEN],)) if one.target == "also" else one

    rig.connectors["google"].discover = both  # type: ignore[method-assign]
    report = rig.cycle()
    assert [clash.context for clash in report.clashes] == [OPEN]
    assert report.left_behind == {}
    assert rig.entries(OPEN) == before
    assert rig.entries(ONE) == {"entry-1"}


def test_a_target_that_could_not_be_read_whole_loses_no_course_to_another(rig: Rig) -> None:
    """By its list, or by what was its own the last time; it is only not written for once."""
    rig.lines = {"entry-2": Line(10, 1, 0, "michaelmas")}
    rig.cycle()
    before = rig.keys()
    rig.canvas.contexts[ONE] = course(ONE, "spring")
    rig.connectors["canvas"].unread = frozenset({"autumn"})
    report = rig.cycle()
    assert rig.keys() == before
    assert [one.target for one in report.failures] == ["autumn"]
    rig.connectors["canvas"].unread = frozenset()
    rig.cycle()
    assert rig.entries() == set()


def test_a_listed_course_that_could_not_be_asked_about_is_not_taken_by_a_sweep(rig: Rig) -> None:
    listed = replace(TARGETS.targets[0], account="", courses=(1,))
    rig.targets = (listed, *TARGETS.targets[1:])
    rig.canvas.contexts[ONE] = course(ONE, "spring")
    rig.connectors["canvas"].unread = frozenset({"autumn"})
    rig.cycle()
    assert rig.keys() == {}


def test_a_discovery_that_breaks_off_stops_its_service_and_no_other(rig: Rig) -> None:
    rig.connectors["canvas"].broken = True
    report = rig.cycle()
    assert {one.target for one in report.failures} == {"autumn", "spring"}
    assert rig.entries(OPEN) == {"entry-1"}


# --- guards ---------------------------------------------------------------------------------------------


def test_a_guarded_edit_waits_whole_and_what_was_in_force_stays(rig: Rig) -> None:
    rig.limits, rig.lines = STRICT, dict(MANY)
    rig.cycle()
    rig.lines = {**pool(5, 6), "entry-4": replace(MANY["entry-4"], words=1)}
    report = rig.cycle()
    assert guards(report)["removed"] == 1
    assert rig.entries() == set(MANY)
    assert report.must_decide


def test_while_an_edit_waits_what_people_did_is_still_put_right(rig: Rig) -> None:
    rig.limits, rig.lines = STRICT, dict(MANY)
    rig.cycle()
    rig.lines = pool(5)
    rig.canvas.edit(ONE, rig.keys()[KEY], title="Mine")
    rig.cycle()
    assert "Mine" not in {event.title for event in rig.canvas.events(ONE)}
    assert rig.entries() == set(MANY)


def test_an_approved_edit_is_put_in_force_and_its_approval_is_spent(rig: Rig) -> None:
    rig.limits, rig.lines = STRICT, dict(MANY)
    rig.cycle()
    rig.lines = pool(5)
    rig.approve(rig.cycle())
    report = rig.cycle()
    assert not report.refused
    assert rig.entries(ONE) == rig.entries(TWO) == rig.entries(OPEN) == {"entry-5"}
    assert rig.state.ledger.approvals(now=rig.now) == []


def test_an_approval_holds_for_a_part_of_what_was_approved(rig: Rig) -> None:
    rig.limits, rig.lines = STRICT, dict(MANY)
    rig.cycle()
    rig.canvas.add(course("course_4", published=False))
    rig.cycle()
    rig.lines = pool(5)
    rig.approve(rig.cycle())
    rig.canvas.drop("course_4")
    rig.canvas.add(course("course_3"))
    assert not rig.cycle().refused
    assert rig.entries() == rig.entries("course_3") == {"entry-5"}


def test_an_approval_binds_the_calendar_that_was_shown(rig: Rig) -> None:
    rig.limits, rig.lines = STRICT, dict(MANY)
    rig.cycle()
    rig.lines = pool(5)
    rig.approve(rig.cycle())
    rig.lines = pool(4, 5)
    assert guards(rig.cycle())["removed"] == 1
    assert rig.entries() == set(MANY)


def test_an_approval_does_not_hold_for_more_than_was_approved(rig: Rig) -> None:
    rig.limits, rig.lines = STRICT, dict(MANY)
    rig.cycle()
    rig.lines = pool(4, 5)
    rig.approve(rig.cycle())
    rig.lines = pool(5)
    assert guards(rig.cycle())["removed"] == 1
    assert rig.entries() == set(MANY)


def test_an_approval_of_a_plan_nobody_remembers_admits_exactly_that_plan(rig: Rig) -> None:
    rig.limits, rig.lines = STRICT, dict(MANY)
    rig.cycle()
    rig.lines = pool(5)
    digest = rig.cycle(dry=True).digest
    rig.state.ledger.spend(digest)
    rig.state.ledger.approve(digest, who="registrar", now=rig.now)
    assert not rig.cycle().refused
    assert rig.entries() == {"entry-5"}


def test_an_approval_is_over_after_a_day(rig: Rig) -> None:
    rig.limits, rig.lines = STRICT, dict(MANY)
    rig.cycle()
    rig.lines = pool(5)
    rig.approve(rig.cycle())
    rig.now += 24 * 3600.0
    assert rig.cycle().refused
    assert rig.entries() == set(MANY)


def test_manual_publishing_holds_every_edit_until_it_is_approved(rig: Rig) -> None:
    rig.publish = "manual"
    rig.cycle()
    rig.lines |= pool(2)
    report = rig.cycle()
    assert guards(report) == {"publish": 1}
    assert rig.entries() == {"entry-1"}
    rig.approve(report)
    rig.cycle()
    assert rig.entries() == {"entry-1", "entry-2"}


def test_a_dry_run_shows_what_a_waiting_edit_would_do(rig: Rig) -> None:
    rig.publish = "manual"
    rig.cycle()
    rig.lines |= pool(2)
    report = rig.cycle(dry=True)
    assert report.pending() == {"create": 3}
    assert guards(report) == {"publish": 1}


def test_a_first_fill_that_would_message_many_waits_for_its_target_alone(rig: Rig) -> None:
    rig.limits = Limits(fill_messages=30)
    report = rig.cycle()
    assert guards(report) == {"fill-messages": 1}
    assert rig.entries(ONE) == rig.entries(TWO) == set()
    assert rig.entries(OPEN) == {"entry-1"}
    rig.approve(report)
    rig.cycle()
    assert rig.entries(ONE) == rig.entries(TWO) == {"entry-1"}


def test_an_emptied_course_waits_alone_and_approval_refills_it(rig: Rig) -> None:
    rig.lines = dict(MANY)
    rig.cycle()
    for event in rig.canvas.events(ONE):
        rig.canvas.delete(ONE, event.id)
    rig.lines |= pool(6)
    report = rig.cycle()
    assert guards(report) == {"context-emptied": 1}
    assert (rig.entries(ONE), rig.entries(TWO)) == (set(), {*MANY, "entry-6"})
    rig.approve(report)
    rig.cycle()
    assert rig.entries(ONE) == {*MANY, "entry-6"}


def test_a_refill_that_is_cut_short_goes_on_and_respects_nothing_that_nobody_deleted(rig: Rig) -> None:
    rig.lines = dict(MANY)
    rig.cycle()
    for event in rig.canvas.events(ONE):
        rig.canvas.delete(ONE, event.id)
    rig.approve(rig.cycle())
    rig.strike({"operation": "create", "context": ONE, "key": "2031-2032:entry-3:main"}, Cut(), times=1)
    with pytest.raises(Cut):
        rig.cycle()
    assert 0 < len(rig.keys()) < len(MANY) + 1
    rig.canvas.fault = lambda _: None
    rig.limits = Limits(fill_messages=10_000, messages_each=99)
    rig.cycle()
    assert rig.entries() == set(MANY)
    assert rig.state.events.respected(ONE) == frozenset()


class Cut(BaseException):
    """The end of a process."""


def test_a_state_older_than_the_events_takes_nothing_back_that_people_have_seen(rig: Rig) -> None:
    """Restored from before a large edit was published, it holds the earlier calendar to be in force."""
    rig.limits, rig.lines = STRICT, dict(MANY)
    rig.cycle()
    earlier = rig.state.ledger.fact("calendar-in-force")
    rig.lines = pool(1, 2, 3, 4, 5, first=12)
    rig.approve(rig.cycle())
    rig.cycle()
    before = rig.touched()
    rig.state.ledger.set_fact("calendar-in-force", earlier)
    report = rig.cycle()
    assert guards(report) == {"moved": 1, "state-older": 2}
    assert rig.touched() == before
    rig.approve(report)
    assert not rig.cycle().refused
    assert rig.touched() == before
    assert not rig.cycle().refused


# --- whose the state is --------------------------------------------------------------------------------


def test_another_campus_zone_holds_everything_until_it_is_approved(rig: Rig) -> None:
    rig.cycle()
    rig.state.ledger.set_fact("zone:campus", "Asia/Tokyo")
    rig.lines |= pool(2)
    report = rig.cycle()
    assert guards(report) == {"zone": 1}
    assert rig.entries(ONE) == rig.entries(OPEN) == {"entry-1"}
    rig.approve(report)
    rig.cycle()
    assert rig.entries(ONE) == rig.entries(OPEN) == {"entry-1", "entry-2"}
    assert not rig.cycle().refused


def test_another_zone_of_the_token_user_holds_its_service_even_where_nothing_else_is_to_do(rig: Rig) -> None:
    rig.connectors["canvas"].zone = "Europe/London"
    rig.cycle()
    rig.connectors["canvas"].zone = "America/Denver"
    assert guards(rig.cycle()) == {"zone": 1}
    rig.lines |= pool(2)
    report = rig.cycle()
    assert (rig.entries(ONE), rig.entries(OPEN)) == ({"entry-1"}, {"entry-1", "entry-2"})
    rig.approve(report)
    rig.cycle()
    assert rig.entries(ONE) == {"entry-1", "entry-2"}


def test_a_state_of_another_owner_is_refused_before_anything_is_written(rig: Rig) -> None:
    rig.state.ledger.set_fact("owner", "neighbour")
    with pytest.raises(RefusedError):
        rig.cycle()
    assert rig.touched() == 0


def test_a_state_of_another_server_is_refused_before_anything_is_written(rig: Rig) -> None:
    rig.cycle()
    rig.state.ledger.set_fact("endpoint:google", "elsewhere")
    before = rig.touched()
    with pytest.raises(RefusedError):
        rig.cycle()
    assert rig.touched() == before
