"""Approvals: a contract over what was shown, and what of a later plan it admits."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from mapping.planning.approval import Decision, Terms, decide, plan_digest
from mapping.planning.guards import (
    GuardHit,
    Limits,
    Part,
    TargetTally,
    fill_hit,
    guard_target,
    guard_zone,
    strike,
)

CALENDAR = "calendar-1"


def part(*entries: str, messages: int = 0) -> Part:
    return Part(entries=frozenset(entries), messages=messages)


def fill(target: str = "law", /, **courses: int) -> GuardHit:
    """First fills of courses, each with these messages."""
    return fill_hit(
        target, {name: part("k1", "k2", messages=count) for name, count in courses.items()}, 100, 0
    )


def removal(count: int = 12, **courses: int) -> GuardHit:
    """Entries that leave the courses of target law."""
    places = courses or {"c1": 0}
    entries = [f"e{number}" for number in range(count)]
    return strike("removed-there", "law", count, 10, "gone", parts={name: part(*entries) for name in places})


def edit(count: int = 12) -> GuardHit:
    return strike("removed", "2031", count, 10, "removed", [f"e{number}" for number in range(count)])


def terms(
    *hits: GuardHit, calendar: str = CALENDAR, messages: int = 0, changes: Mapping[str, int] | None = None
) -> Terms:
    return Terms.of(calendar, hits, changes or {}, messages)


def held(
    hits: tuple[GuardHit, ...],
    *approved: Terms,
    spare: int = 0,
    now: Terms | None = None,
) -> Decision:
    return decide(hits, now or terms(*hits), approved, spare=spare)


def waiting(decision: Decision) -> Mapping[str, set[str]]:
    return {f"{hit.guard} {hit.scope}": set(hit.parts) for hit in decision.refused}


# --- fills -----------------------------------------------------------------------------------------------


def test_an_approved_fill_is_admitted_and_nothing_else() -> None:
    shown = fill(c1=300, c2=300)
    assert held((shown,)).refused == (shown,)
    decision = held((shown,), terms(shown))
    assert (decision.refused, decision.allowed) == ((), {"c1": 300, "c2": 300})


def test_courses_that_join_later_wait_while_the_approved_ones_are_filled() -> None:
    decision = held((fill(c1=300, c2=300, c3=300),), terms(fill(c1=300, c2=300)), spare=100)
    (left,) = decision.refused
    assert (set(left.parts), left.found) == ({"c3"}, 300)
    assert left.sentence.startswith("300 messages may be sent by the first fill of 1 calendar of target law")
    assert decision.allowed == {"c1": 300, "c2": 300}


def test_a_part_of_what_was_approved_is_admitted() -> None:
    assert not held((fill(c1=300),), terms(fill(c1=300, c2=300))).refused


def test_courses_that_join_later_are_filled_where_that_keeps_within_the_limit() -> None:
    decision = held((fill(c1=300, c2=90),), terms(fill(c1=300)), spare=100)
    assert (decision.refused, decision.allowed) == ((), {"c1": 300})


def test_more_messages_than_were_shown_wait_beyond_what_may_go_out_unapproved() -> None:
    approved = terms(fill(c1=300, c2=300))
    assert not held((fill(c1=300, c2=400),), approved, spare=100).refused
    assert waiting(held((fill(c1=300, c2=401),), approved, spare=100)) == {"fill-messages law": {"c2"}}
    assert waiting(held((fill(c1=360, c2=360),), approved, spare=100)) == {"fill-messages law": {"c2"}}


def test_a_refill_may_send_the_messages_that_were_shown_and_no_more_than_what_may_go_out_unapproved() -> None:
    def emptied(messages: int) -> GuardHit:
        parts = {"c1": part("k1", messages=messages)}
        return strike("context-emptied", "c1", 1, 0, "empty", parts=parts)

    decision = held((emptied(400),), terms(emptied(300)), spare=100)
    assert (decision.refused, decision.allowed) == ((), {"c1": 300})
    assert held((emptied(401),), terms(emptied(300)), spare=100).refused


def test_an_approval_of_one_target_admits_nothing_in_another() -> None:
    assert held((fill("arts", c1=300),), terms(fill("law", c1=300))).refused


def test_an_approved_fill_admits_no_other_events() -> None:
    other = fill_hit("law", {"c1": part("k1", "k3", messages=300)}, 100, 0)
    assert held((other,), terms(fill(c1=300))).refused == (other,)


# --- edits and removals -----------------------------------------------------------------------------------


def test_an_approval_binds_the_calendar() -> None:
    assert not held((removal(),), terms(removal())).refused
    assert held((removal(),), terms(removal(), calendar="calendar-2")).refused


def test_an_approval_admits_fewer_entries_in_fewer_courses_and_no_more() -> None:
    approved = terms(removal(12, c1=0, c2=0))
    assert not held((removal(11, c1=0),), approved).refused
    assert held((removal(13, c1=0, c2=0),), approved).refused
    assert held((removal(12, c1=0, c3=0),), approved).refused


def test_two_approvals_never_add_up() -> None:
    first, second = edit(), strike("moved", "2031", 11, 10, "moved", ["m"])
    decision = held((first, second), terms(first), terms(second))
    assert not decision.edit_admitted
    assert decision.refused == (second,)
    assert decision.open == (first, second)


def test_what_else_an_admitted_edit_needs_stands_in_the_same_approval() -> None:
    hits = (edit(), removal())
    assert held(hits, terms(edit()), terms(removal())).refused == (removal(),)
    assert not held(hits, terms(*hits)).refused


@pytest.mark.parametrize("grown", ["create", "update", "delete"])
def test_an_edit_whose_counts_grew_waits_again(grown: str) -> None:
    counts = {"create": 3, "update": 4, "delete": 12}
    approved = terms(edit(), changes=counts)
    assert held((edit(),), approved, now=terms(edit(), changes=counts)).edit_admitted
    assert held((edit(),), approved, now=terms(edit(), changes={"create": 1, "delete": 3})).edit_admitted
    more = counts | {grown: counts[grown] + 1}
    assert held((edit(),), approved, now=terms(edit(), changes=more)).refused == (edit(),)


def test_an_edit_whose_messages_grew_waits_beyond_what_may_go_out_unapproved() -> None:
    approved = terms(edit(), messages=500)
    assert held((edit(),), approved, now=terms(edit(), messages=600), spare=100).edit_admitted
    assert not held((edit(),), approved, now=terms(edit(), messages=601), spare=100).edit_admitted


def test_a_course_that_changed_meanwhile_waits_alone() -> None:
    def noise(**courses: tuple[str, ...]) -> GuardHit:
        tally = TargetTally(target="law", kept=9, noisy={name: part(*keys) for name, keys in courses.items()})
        (hit,) = guard_target(tally, Limits(messages_each=1))
        return hit

    approved = terms(noise(c1=("a", "b"), c2=("a", "b")))
    now = noise(c1=("a", "b"), c2=("a", "b", "z"), c3=("a", "b"))
    assert waiting(held((now,), approved)) == {"messages-each law": {"c2", "c3"}}


def test_an_approved_zone_is_that_zone_and_no_other() -> None:
    (hit,) = guard_zone("campus zone", "UTC", "Asia/Tokyo")
    (other,) = guard_zone("campus zone", "UTC", "Asia/Seoul")
    assert not held((hit,), terms(hit)).refused
    assert held((other,), terms(hit)).refused == (other,)


def test_a_move_approved_to_one_day_is_not_approved_to_another() -> None:
    first, second = (strike("moved", "2031", 1, 0, "moved", [f"e@{day}"]) for day in ("04-02", "04-03"))
    assert held((second,), terms(first)).refused == (second,)


# --- what is left of a contract ---------------------------------------------------------------------------


def test_a_course_that_failed_keeps_open_its_own_share_alone() -> None:
    approved = terms(edit(), removal(12, c1=0, c2=0), fill(c3=300))
    left = approved.left({"c1", "c3"}, edit_done=True)
    assert [(one.guard, set(one.contexts)) for one in left.hits] == [("removed-there", {"c2"})]
    assert not left.left({"c2"}, edit_done=True).hits
    assert {one.guard for one in approved.left((), edit_done=False).hits} == {
        "fill-messages", "removed", "removed-there",
    }  # fmt: skip


def test_the_same_slip_again_is_not_admitted_by_what_a_failing_course_keeps_open() -> None:
    hits = (edit(), removal(12, c1=0, c2=0))
    left = terms(*hits).left({"c1"}, edit_done=True)
    assert {hit.guard for hit in held(hits, left).refused} == {"removed", "removed-there"}


def test_terms_come_back_from_their_text() -> None:
    approved = terms(edit(), fill(c1=300), messages=7, changes={"create": 2})
    assert Terms.from_json(approved.as_json()) == approved
    assert approved.admits(approved)
    assert not approved.only({"removed"}).admits(approved)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"calendar": "c"}', "[" * 100_000, '{"hits": [{}]}'])
def test_a_damaged_text_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=re.compile(".")):
        Terms.from_json(text)


# --- the digest -----------------------------------------------------------------------------------------------


def test_a_digest_has_128_bits_and_is_the_same_in_any_order() -> None:
    rows = [f"row {number}" for number in range(20)]
    digest = plan_digest(rows, terms(edit(), removal()))
    assert re.fullmatch(r"[0-9a-f]{32}", digest)
    assert plan_digest(rows[::-1], terms(removal(), edit())) == digest


def test_a_digest_changes_with_any_row_and_any_term() -> None:
    digests = [
        plan_digest(["a", "b"], terms(removal())),
        plan_digest(["a"], terms(removal())),
        plan_digest(["a", "b"], terms()),
        plan_digest(["a", "a", "b"], terms(removal())),
        plan_digest(["a", "b"], terms(removal(13))),
        plan_digest(["a", "b"], terms(removal(12, c2=0))),
        plan_digest(["a", "b"], terms(removal(), calendar="calendar-2")),
        plan_digest(["a", "b"], terms(removal(), changes={"delete": 1})),
        plan_digest(["a", "b"], terms(removal(), messages=1)),
        plan_digest(["a", "b"], terms(fill(c1=1))),
        plan_digest(["a", "b"], terms(fill(c1=2))),
    ]
    assert len(set(digests)) == len(digests)


# --- what mutants of these lines would do ------------------------------------------------------------------


def test_without_an_approval_an_edit_waits_with_all_its_hits() -> None:
    hit = edit()
    decision = held((hit,))
    assert (decision.edit_admitted, decision.refused, decision.open) == (False, (hit,), (hit,))


def test_an_action_that_was_not_shown_at_all_makes_the_edit_wait() -> None:
    hit = edit()
    shown = terms(hit, changes={"update": 3})
    now = terms(hit, changes={"update": 3, "delete": 1})
    assert held((hit,), shown, now=now).refused == (hit,)
    assert not shown.admits(now)
    assert shown.admits(terms(hit, changes={"update": 3, "delete": 0}))


def test_an_edit_that_is_admitted_is_no_longer_open() -> None:
    hit, other = edit(), fill(c1=300)
    decision = held((hit, other), terms(hit))
    assert decision.edit_admitted
    assert [one.guard for one in decision.open] == ["fill-messages"]


def test_what_stands_behind_an_edit_is_looked_at_too() -> None:
    hit, behind = edit(), removal()
    assert held((hit, behind), terms(hit)).refused == (behind,)


def test_terms_can_be_narrowed_to_guards() -> None:
    both = terms(edit(), removal())
    assert [one.guard for one in both.only({"removed"}).hits] == ["removed"]


def test_what_is_left_of_a_hit_names_its_own_contexts_and_subjects_alone() -> None:
    emptied = strike("unknown-marks", "law", 24, 10, "marks", parts={"c1": part("a", "b"), "c2": part("c")})
    shown = terms(strike("unknown-marks", "law", 24, 10, "marks", parts={"c1": part("a", "b")}))
    (left,) = held((emptied,), shown).refused
    assert set(left.parts) == {"c2"}
    assert left.subjects == {"unknown-marks:law:c"}
    (waits,) = held((fill(c1=300, c2=300),), terms(fill(c1=300))).refused
    assert (waits.found, waits.limit, set(waits.parts)) == (300, 100, {"c2"})
    assert "of the last 24 hours" not in waits.sentence


def test_terms_are_the_same_text_in_whatever_order_they_came() -> None:
    one, other = (
        terms(edit(), changes=dict(order)) for order in ((("a", 1), ("b", 2)), (("b", 2), ("a", 1)))
    )
    assert one.as_json() == other.as_json()


def test_a_title_with_half_a_letter_has_a_digest() -> None:
    assert plan_digest(["\ud800"], terms()) != plan_digest(["\ud801"], terms())
    named = [terms(strike("removed", name, 12, 10, "removed", ["e"])) for name in ("\ud800", "\ud801")]
    assert plan_digest([], named[0]) != plan_digest([], named[1])


def test_a_single_message_that_nobody_approved_counts() -> None:
    assert held((fill(c1=1),), spare=0).refused
    assert not held((fill(c1=1),), spare=1).refused
    assert not held((fill(c1=0),), spare=0).refused
