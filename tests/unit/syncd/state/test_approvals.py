"""Plans that wait, and approvals of them, by whole digests."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mapping.planning.approval import Terms
from mapping.planning.guards import Part, strike
from syncd.errors import RefusedError, UsageError
from syncd.state.approvals import APPROVAL_LIFE_S, WAITING_LIFE_S
from tests.unit.syncd.state.kept import open_state

ONE, OTHER = "0123456789ab" + "0" * 20, "0123456789cd" + "0" * 20
REMOVED = strike("removed", "2031", 2, 1, "2 entries removed", ["a", "b"])
THERE = strike("removed-there", "law", 2, 1, "gone", parts={"course_1": Part(entries=frozenset({"2031:a"}))})
PUBLISH = strike("publish", "calendar", 1, 0, "by hand", ["cal"])
TERMS = Terms.of("cal", (REMOVED, THERE), {"delete": 2}, 0)


def test_an_approval_of_a_waiting_plan_binds_its_terms(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        state.ledger.remember_waiting(ONE, TERMS, ["2 entries removed"], now=1.0)
        plan = state.ledger.waiting_plan(ONE)
        assert plan is not None
        assert (plan.terms, plan.sentences, plan.calendar) == (TERMS, ("2 entries removed",), "cal")
        assert state.ledger.approve(ONE, who="registrar", now=2.0)
        (approval,) = state.ledger.approvals(now=3.0)
        assert (approval.digest, approval.who, approval.terms) == (ONE, "registrar", TERMS)


def test_a_plan_approved_unseen_learns_its_terms_when_it_waits(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        assert not state.ledger.approve(ONE, who="registrar", now=1.0)
        assert state.ledger.approvals(now=2.0)[0].terms is None
        state.ledger.remember_waiting(ONE, TERMS, [], now=2.0)
        assert state.ledger.approvals(now=3.0)[0].terms == TERMS


def test_the_guards_that_are_meant_add_to_what_was_said_of_the_same_plan(tmp_path: Path) -> None:
    both = Terms.of("cal", (REMOVED, PUBLISH), {}, 0)
    with open_state(tmp_path) as state:
        state.ledger.remember_waiting(ONE, both, [], now=1.0)
        state.ledger.approve(ONE, who="a", now=2.0, only={"publish"})
        assert state.ledger.approvals(now=3.0)[0].terms == both.only({"publish"})
        state.ledger.approve(ONE, who="a", now=2.0)
        state.ledger.approve(ONE, who="a", now=2.0, only={"publish"})
        assert state.ledger.approvals(now=3.0)[0].terms == both


def test_what_is_typed_is_the_beginning_of_one_plan(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        state.ledger.remember_waiting(ONE, TERMS, [], now=1.0)
        assert state.ledger.whole_digest("012345") == ONE
        state.ledger.remember_waiting(OTHER, TERMS, [], now=1.0)
        with pytest.raises(UsageError, match="beginning of 2 plans"):
            state.ledger.whole_digest("0123456789")
        assert state.ledger.whole_digest("0123456789ab") == ONE
        assert state.ledger.whole_digest("ffffff") == ""
        assert state.ledger.whole_digest("f" * 32) == "f" * 32
        assert state.ledger.whole_digest("ffffff", "f" * 32, "f" * 32) == "f" * 32


def test_a_digest_that_stands_for_two_plans_is_refused(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        state.ledger.remember_waiting(ONE, TERMS, [], now=1.0)
        state.ledger.remember_waiting(ONE, TERMS, [], now=2.0)
        assert state.ledger.approve(ONE, who="registrar", now=2.0)
        state.ledger.remember_waiting(ONE, replace(TERMS, messages=1), [], now=3.0)
        with pytest.raises(RefusedError, match="two different plans"):
            state.ledger.approve(ONE, who="registrar", now=3.0)


def test_an_approval_ends_after_a_day(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        state.ledger.approve(ONE, who="registrar", now=1.0)
        assert state.ledger.approvals(now=APPROVAL_LIFE_S)
        assert not state.ledger.approvals(now=1.0 + APPROVAL_LIFE_S)


def test_what_is_done_is_taken_out_of_an_approval_and_the_newest_is_told_first(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        for digest, at in ((ONE, 1.0), (OTHER, 2.0)):
            state.ledger.remember_waiting(digest, TERMS, [], now=at)
            state.ledger.approve(digest, who="registrar", now=at)
        left = TERMS.left((), edit_done=True)
        state.ledger.leave_open(ONE, left)
        found = [(one.digest, one.terms) for one in state.ledger.approvals(now=3.0)]
        assert found == [(OTHER, TERMS), (ONE, left)]


def test_an_approval_that_was_used_is_spent_and_its_plan_waits_no_more(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        state.ledger.remember_waiting(ONE, TERMS, [], now=1.0)
        state.ledger.approve(ONE, who="registrar", now=1.0)
        state.ledger.spend(ONE)
        assert not state.ledger.approvals(now=2.0)
        assert state.ledger.waiting_plan(ONE) is None


def test_plans_that_waited_long_ago_are_forgotten(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        state.ledger.remember_waiting(ONE, TERMS, [], now=1.0)
        state.ledger.remember_waiting(OTHER, TERMS, [], now=2.0 + WAITING_LIFE_S)
        assert state.ledger.waiting_plan(ONE) is None
