"""Guards in a target: what strikes at which number, and which contexts it holds back."""

from __future__ import annotations

import re

import pytest

from mapping.planning.guards import (
    GuardHit,
    GuardLevel,
    Limit,
    Limits,
    Part,
    TargetTally,
    guard_fills,
    guard_older_state,
    guard_target,
    guard_zone,
    shows_waiting,
)
from mapping.planning.plan import plan_context
from tests.support.events import desired, observed, record, situation

# --- limits -----------------------------------------------------------------------------------


def test_a_limit_is_a_number_or_a_share_of_the_entries_rounded_down() -> None:
    assert (Limit.parse("10").of(40), Limit.parse(" 5% ").of(59)) == (10, 2)
    assert Limit.parse("100%").of(7) == 7


@pytest.mark.parametrize("text", ["", "ten", "5 %%", "1.5"])
def test_a_limit_that_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=re.compile("invalid literal")):
        Limit.parse(text)


# --- what it does in a target ---------------------------------------------------------------------


def part(count: int, messages: int = 0) -> Part:
    return Part(entries=frozenset(f"2031:e{number}" for number in range(count)), messages=messages)


def tally(**given: object) -> TargetTally:
    values: dict[str, object] = {"target": "law", "kept": 100, "year_size": 40}
    return TargetTally(**(values | given))  # type: ignore[arg-type]


def struck(**given: object) -> dict[str, GuardHit]:
    return {one.guard: one for one in guard_target(tally(**given), Limits())}


def told(hit: GuardHit) -> tuple[str, str, int, int, str]:
    return (hit.level, hit.scope, hit.found, hit.limit, hit.sentence)


def test_a_quiet_plan_strikes_nothing() -> None:
    assert not struck()


@pytest.mark.parametrize(("count", "strikes"), [(10, False), (11, True)])
def test_more_than_ten_entries_that_disappear_from_a_target_strike(count: int, strikes: bool) -> None:
    assert set(struck(removed={"course_1": part(count)})) == ({"removed-there"} if strikes else set())


def test_an_entry_counts_once_however_many_courses_lose_it() -> None:
    assert not struck(removed={f"course_{number}": part(10) for number in range(50)})


def test_a_removal_names_every_course_that_loses_something() -> None:
    hit = struck(removed={"course_1": part(11), "course_2": part(1)})["removed-there"]
    assert told(hit) == (
        "target", "law", 11, 10, "11 entries would disappear from target law, the limit is 10",
    )  # fmt: skip
    assert set(hit.parts) == {"course_1", "course_2"}
    assert hit.subjects == {f"removed-there:law:2031:e{number}" for number in range(11)}


@pytest.mark.parametrize("count", [1, 12])
def test_a_target_that_would_lose_everything_strikes_alone_whatever_its_size(count: int) -> None:
    found = struck(removed={"course_1": part(count)}, kept=0)
    assert {name: told(hit) for name, hit in found.items()} == {
        "target-emptied": ("target", "law", count, 0, "every event of target law would be deleted")
    }
    assert found["target-emptied"].parts == {"course_1": part(count)}


def test_a_target_that_had_nothing_loses_nothing() -> None:
    assert not struck(kept=0)


@pytest.mark.parametrize(("count", "strikes"), [(10, False), (11, True)])
def test_marks_that_no_record_knows_hold_their_own_course_and_no_other(count: int, strikes: bool) -> None:
    found = struck(unknown={"course_1": part(count)}, kept=0)
    assert set(found) == ({"unknown-marks"} if strikes else set())
    if strikes:
        assert told(found["unknown-marks"]) == (
            "contexts", "course_1", 11, 10,
            "11 events in course_1 that bear our mark and are on no record would be removed, the limit is 10",
        )  # fmt: skip
        assert set(found["unknown-marks"].parts) == {"course_1"}


@pytest.mark.parametrize(("worst", "strikes"), [(10, False), (11, True)])
def test_more_than_ten_messages_to_one_participant_strike(worst: int, strikes: bool) -> None:
    found = struck(noisy={"course_1": part(2), "course_2": part(worst)})
    assert set(found) == ({"messages-each"} if strikes else set())


def test_messages_to_one_participant_hold_the_courses_that_send_them() -> None:
    hit = struck(noisy={"course_1": part(2), "course_2": part(11, 330), "course_3": part(12, 12)})[
        "messages-each"
    ]
    assert told(hit) == (
        "contexts", "law", 12, 10,
        "12 messages may reach one participant in target law from this one cycle, the limit is 10",
    )  # fmt: skip
    assert {name: one.messages for name, one in hit.parts.items()} == {"course_2": 330, "course_3": 12}


def test_an_edit_that_is_too_loud_in_one_course_waits_in_the_whole_target() -> None:
    noisy = {"course_1": part(2), "course_2": part(12)}
    (quiet,) = guard_target(tally(noisy=noisy, noisy_edit={"course_2": part(10)}), Limits())
    assert (quiet.level, set(quiet.parts)) == (GuardLevel.CONTEXTS, {"course_2"})
    edit = {"course_1": part(2, 60), "course_2": part(11, 330)}
    (loud,) = guard_target(tally(noisy=noisy, noisy_edit=edit), Limits())
    assert (loud.guard, loud.parts) == ("messages-each", edit)
    assert told(loud) == (
        "target", "law", 11, 10,
        "11 messages may reach one participant in target law from this one cycle, the limit is 10",
    )  # fmt: skip


def test_what_people_add_to_a_loud_edit_is_counted_by_itself() -> None:
    edit = {"course_1": part(11)}
    assert len(guard_target(tally(noisy={"course_1": part(21)}, noisy_edit=edit), Limits())) == 1
    found = guard_target(tally(noisy={"course_1": part(22)}, noisy_edit=edit), Limits())
    assert [one.level for one in found] == [GuardLevel.TARGET, GuardLevel.CONTEXTS]


@pytest.mark.parametrize("count", [1, 12])
def test_each_emptied_context_waits_alone_whatever_its_size(count: int) -> None:
    found = guard_target(tally(emptied={"course_2": part(1), "course_1": part(count)}), Limits())
    assert [told(one) for one in found] == [
        ("contexts", name, size, 0, f"{name} was filled before and is empty now; approval fills it again")
        for name, size in (("course_1", count), ("course_2", 1))
    ]
    assert [one.parts for one in found] == [{"course_1": part(count)}, {"course_2": part(1)}]


def test_a_share_of_the_entries_is_counted_in_the_targets_own_years() -> None:
    limits = Limits(removed=Limit.parse("10%"))
    assert not guard_target(tally(removed={"c": part(4)}, year_size=40), limits)
    assert guard_target(tally(removed={"c": part(4)}, year_size=39), limits)


def test_where_no_message_is_allowed_no_message_strikes_nothing() -> None:
    assert not guard_target(tally(), Limits(messages_each=0))
    assert guard_target(tally(noisy={"c": part(1)}), Limits(messages_each=0))


def test_every_number_is_a_setting() -> None:
    quiet = Limits(removed=Limit(50), moved=Limit(50), fill_messages=9999, messages_each=99)
    loud = tally(removed={"c": part(40)}, fills={"c": part(3, 9000)}, noisy={"c": part(50)})
    assert not guard_target(loud, quiet)
    assert not guard_fills([loud], quiet, recent=0)


# --- fills: all of them together, however the pilot is widened ----------------------------------------


def fills(*tallies: TargetTally, recent: int = 0) -> dict[str, GuardHit]:
    return {one.scope: one for one in guard_fills(tallies, Limits(), recent=recent)}


@pytest.mark.parametrize(("messages", "strikes"), [(1000, False), (1001, True)])
def test_more_than_a_thousand_messages_of_one_fill_strike(messages: int, strikes: bool) -> None:
    found = fills(tally(fills={"course_1": part(3, messages)}))
    assert set(found) == ({"law"} if strikes else set())


def test_a_fill_is_told_with_its_messages_and_holds_its_courses() -> None:
    (hit,) = fills(tally(fills={"course_1": part(3, 600), "course_2": part(2, 600)})).values()
    assert told(hit) == (
        "contexts", "law", 1200, 1000,
        "1,200 messages may be sent by the first fill of 2 calendars of target law, the limit is 1,000",
    )  # fmt: skip
    assert {name: one.messages for name, one in hit.parts.items()} == {"course_1": 600, "course_2": 600}


def test_fills_of_several_targets_count_together() -> None:
    found = fills(
        tally(fills={"course_1": part(3, 600)}),
        tally(target="arts", fills={"course_2": part(3, 600)}),
        tally(target="quiet"),
    )
    assert set(found) == {"arts", "law"}
    assert "600 messages" in found["law"].sentence
    assert "(1,200 with other fills of the last 24 hours)" in found["law"].sentence


@pytest.mark.parametrize(("recent", "strikes"), [(900, False), (901, True)])
def test_fills_of_the_last_day_that_nobody_approved_count(recent: int, strikes: bool) -> None:
    assert bool(fills(tally(fills={"course_1": part(1, 100)}), recent=recent)) == strikes


def test_fills_that_tell_nobody_wait_only_beside_some_that_do() -> None:
    loud, silent = part(3, 2000), part(3, 0)
    found = fills(
        tally(fills={"course_1": loud, "course_2": silent}), tally(target="open", fills={"open@c": silent})
    )
    assert {name: set(hit.parts) for name, hit in found.items()} == {"law": {"course_1", "course_2"}}
    assert not fills(tally(fills={"course_2": silent}), recent=2000)


# --- zones ------------------------------------------------------------------------------------------


def test_a_changed_campus_zone_holds_everything_and_a_users_zone_its_kind() -> None:
    (campus,) = guard_zone("campus zone", "Asia/Almaty", "Asia/Tokyo")
    (user,) = guard_zone("zone of the user", "UTC", "Asia/Tokyo", kind="canvas")
    assert (campus.level, user.level, user.scope) == ("all", "kind", "canvas")
    assert "from Asia/Almaty to Asia/Tokyo" in campus.sentence
    assert (campus.guard, campus.scope, campus.found, campus.limit) == ("zone", "campus zone", 1, 0)
    assert campus.names == {"before": "Asia/Almaty", "now": "Asia/Tokyo"}


@pytest.mark.parametrize(("before", "now"), [("", "Asia/Tokyo"), ("Asia/Tokyo", "Asia/Tokyo")])
def test_a_zone_that_is_new_or_the_same_strikes_nothing(before: str, now: str) -> None:
    assert not guard_zone("campus zone", before, now)


# --- a state older than the events ---------------------------------------------------------------------

OLD, NEW = desired("exam"), desired("exam", title="New title")


def test_events_that_show_what_waits_and_would_be_taken_back_are_counted() -> None:
    back = plan_context(situation([OLD], [observed(NEW)], [record(OLD)]))
    gone = plan_context(situation([], [observed(NEW)], [record(NEW)]))
    waiting = {NEW.key: NEW}
    assert (shows_waiting(back, waiting), shows_waiting(gone, waiting)) == (1, 1)


def test_what_shows_something_else_or_is_put_right_for_both_is_not_counted() -> None:
    drift = plan_context(situation([NEW], [observed(NEW, title="Mine")], [record(NEW)]))
    older = plan_context(situation([NEW], [observed(OLD)], [record(OLD)]))
    copy = plan_context(situation([OLD], [observed(OLD), observed(NEW, "200", of="course_8")], [record(OLD)]))
    waiting = {NEW.key: NEW}
    assert [shows_waiting(plan, waiting) for plan in (drift, older, copy)] == [0, 0, 0]
    assert shows_waiting(drift, {}) == 0


def test_contexts_that_are_ahead_of_the_state_wait_for_approval_of_that_very_edit() -> None:
    hit = guard_older_state("law", {"course_1": 4, "course_2": 3}, "abc")
    assert (hit.guard, hit.level, hit.scope, hit.found, hit.limit) == (
        "state-older", GuardLevel.CONTEXTS, "law", 7, 0,
    )  # fmt: skip
    assert set(hit.parts) == {"course_1", "course_2"}
    assert hit.subjects == {"state-older:law:abc"}
    assert hit.sentence == (
        "events of target law already show the edit that waits, so this state is older than they are; "
        "approving the edit ends this"
    )
