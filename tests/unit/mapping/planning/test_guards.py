"""Guards: what strikes at which number, whom it holds back, and what an approval admits."""

from __future__ import annotations

import re
from datetime import date

import pytest

from mapping.model import AcademicYear, CanonicalCalendar, Entry
from mapping.planning.guards import (
    GuardHit,
    Limit,
    Limits,
    TargetTally,
    guard_edit,
    guard_older_state,
    guard_publishing,
    guard_target,
    guard_zone,
    plan_digest,
    shows_waiting,
)
from mapping.planning.plan import plan_context
from tests.support.events import desired, observed, record, situation
from tests.unit.mapping.invented import calendar, entry, rule, year

TODAY = date(2031, 3, 1)
YEAR = "2031"
NUMBERED = [entry(f"e{number:02}", "2031-04-01") for number in range(40)]


def hits(before: CanonicalCalendar, after: CanonicalCalendar, **limits: Limit) -> dict[str, GuardHit]:
    return {one.guard: one for one in guard_edit(before, after, today=TODAY, limits=Limits(**limits))}  # type: ignore[arg-type]


def moved(entries: list[Entry], to: str = "2031-04-02") -> list[Entry]:
    return [entry(one.id, to) for one in entries]


# --- limits -----------------------------------------------------------------------------------


def test_a_limit_is_a_number_or_a_share_of_the_entries_rounded_down() -> None:
    assert (Limit.parse("10").of(40), Limit.parse(" 5% ").of(59)) == (10, 2)
    assert Limit.parse("100%").of(7) == 7


@pytest.mark.parametrize("text", ["", "ten", "5 %%", "1.5"])
def test_a_limit_that_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=re.compile("invalid literal")):
        Limit.parse(text)


# --- the edit itself ----------------------------------------------------------------------------


def test_no_edit_strikes_no_guard() -> None:
    assert not hits(calendar(*NUMBERED), calendar(*NUMBERED))


@pytest.mark.parametrize(("count", "strikes"), [(10, False), (11, True)])
def test_more_than_ten_entries_removed_strike(count: int, strikes: bool) -> None:
    found = hits(calendar(*NUMBERED), calendar(*NUMBERED[count:]))
    assert set(found) == ({"removed"} if strikes else set())


@pytest.mark.parametrize(("count", "strikes"), [(10, False), (11, True)])
def test_more_than_ten_entries_moved_strike(count: int, strikes: bool) -> None:
    found = hits(calendar(*NUMBERED), calendar(*moved(NUMBERED[:count]), *NUMBERED[count:]))
    assert set(found) == ({"moved"} if strikes else set())


def test_the_limits_may_be_shares_of_the_year() -> None:
    edited = calendar(*moved(NUMBERED[:5]), *NUMBERED[5:35])
    found = hits(calendar(*NUMBERED), edited, removed=Limit.parse("10%"), moved=Limit.parse("10%"))
    assert {name: (one.found, one.limit) for name, one in found.items()} == {
        "removed": (5, 4),
        "moved": (5, 4),
    }


def test_a_hit_names_what_was_found_the_limit_and_every_entry() -> None:
    found = hits(calendar(*NUMBERED), calendar(*NUMBERED[11:]))["removed"]
    assert (found.found, found.limit, found.level, found.scope) == (11, 10, "edit", YEAR)
    assert found.sentence == "11 entries removed from 2031, the limit is 10"
    assert found.subjects == {f"removed:2031:e{number:02}" for number in range(11)}


def test_new_entries_and_new_words_strike_no_guard() -> None:
    renamed = [entry(one.id, "2031-04-01", title={"aa": "New"}) for one in NUMBERED]
    assert not hits(calendar(*NUMBERED), calendar(*renamed, *(entry(f"new{n}") for n in range(30))))


def test_an_entry_renamed_counts_as_removed() -> None:
    renamed = [entry(f"x{one.id}", "2031-04-01") for one in NUMBERED[:11]]
    assert set(hits(calendar(*NUMBERED), calendar(*renamed, *NUMBERED[11:]))) == {"removed"}


def test_a_year_that_is_gone_or_empty_strikes_alone_whatever_its_size() -> None:
    other = year(entry("other"), name="2032")
    before = calendar(years=(year(entry("only")), other))
    for after in (calendar(years=(other,)), calendar(years=(year(), other))):
        found = hits(before, after)
        assert set(found) == {"year-emptied"}
        assert found["year-emptied"].subjects == {"year-emptied:2031:2031"}
        assert (found["year-emptied"].found, found["year-emptied"].limit) == (1, 0)
        assert found["year-emptied"].sentence == "the year 2031 lost all its entries"


def test_a_year_without_entries_before_may_go() -> None:
    assert not hits(calendar(years=(year(),)), calendar(years=(year(name="2032"),)))


def test_a_file_that_lost_all_its_entries_strikes_whatever_its_size() -> None:
    one = entry("engine-1", calendar="engine")
    found = hits(calendar(*NUMBERED, one), calendar(*NUMBERED))
    assert set(found) == {"file-emptied"}
    assert found["file-emptied"].subjects == {"file-emptied:2031:engine-1"}
    assert "calendar engine of 2031" in found["file-emptied"].sentence


def test_a_single_entry_moved_into_the_past_strikes() -> None:
    found = hits(calendar(*NUMBERED), calendar(*moved(NUMBERED[:1], "2031-02-28"), *NUMBERED[1:]))
    assert set(found) == {"into-past"}
    assert found["into-past"].subjects == {"into-past:2031:e00@2031-02-28"}


def test_moving_to_today_is_not_moving_into_the_past() -> None:
    assert not hits(calendar(*NUMBERED), calendar(*moved(NUMBERED[:1], "2031-03-01"), *NUMBERED[1:]))


def test_what_ends_today_is_not_past_yet_and_may_not_be_moved_there() -> None:
    before = calendar(entry("e", "2031-02-20", "2031-03-01"))
    assert set(hits(before, calendar(entry("e", "2031-02-20", "2031-02-28")))) == {"into-past"}


def test_what_was_past_may_be_moved_within_the_past() -> None:
    assert not hits(calendar(entry("e", "2031-02-20")), calendar(entry("e", "2031-02-10")))


def test_a_rule_has_no_days_to_move() -> None:
    before = calendar(*NUMBERED, rule("r", ("e00",)))
    assert not hits(before, before)


def test_with_manual_publishing_every_edit_is_held() -> None:
    hit = guard_publishing("abc")
    assert (hit.guard, hit.level, set(hit.subjects)) == ("publish", "edit", {"publish:calendar:abc"})
    assert (hit.found, hit.limit) == (1, 0)
    assert hit.sentence == "the calendar was edited and is published only by hand"
    assert not hit.admitted_by(frozenset())


# --- what it does in a target ---------------------------------------------------------------------


def tally(**given: object) -> TargetTally:
    values: dict[str, object] = {
        "target": "law", "kept": 100, "year_size": 40, "filled_before": True, "worst_each": {}, "emptied": {},
    }  # fmt: skip
    return TargetTally(**(values | given))  # type: ignore[arg-type]


def struck(**given: object) -> dict[str, GuardHit]:
    return {one.guard: one for one in guard_target(tally(**given), Limits())}


def entries(count: int) -> frozenset[str]:
    return frozenset(f"2031:e{number}" for number in range(count))


def test_a_quiet_plan_strikes_nothing() -> None:
    assert not struck()


@pytest.mark.parametrize(("count", "strikes"), [(10, False), (11, True)])
def test_more_than_ten_entries_that_disappear_from_a_target_strike(count: int, strikes: bool) -> None:
    assert set(struck(removed=entries(count))) == ({"removed-there"} if strikes else set())


def test_a_target_that_would_lose_everything_strikes_whatever_its_size() -> None:
    found = struck(removed=entries(1), kept=0)
    assert set(found) == {"target-emptied"}
    assert (found["target-emptied"].level, found["target-emptied"].scope) == ("target", "law")


def test_a_target_that_had_nothing_loses_nothing() -> None:
    assert not struck(kept=0)


@pytest.mark.parametrize(("messages", "strikes"), [(1000, False), (1001, True)])
def test_a_first_fill_that_would_send_more_than_a_thousand_messages_strikes(
    messages: int, strikes: bool
) -> None:
    found = struck(filled_before=False, new_courses=1, fill_messages=messages, fill_entries=entries(3))
    assert set(found) == ({"fill-messages"} if strikes else set())


@pytest.mark.parametrize(("courses", "strikes"), [(25, False), (26, True)])
def test_more_than_twenty_five_new_courses_at_once_count_like_a_first_fill(
    courses: int, strikes: bool
) -> None:
    found = struck(new_courses=courses, fill_messages=5000, fill_entries=entries(3))
    assert set(found) == ({"fill-messages"} if strikes else set())


def test_a_guarded_fill_is_target_and_entry_and_not_the_course() -> None:
    found = struck(filled_before=False, new_courses=1, fill_messages=2000, fill_entries=entries(2))
    assert found["fill-messages"].subjects == {"fill-messages:law:2031:e0", "fill-messages:law:2031:e1"}


@pytest.mark.parametrize(("worst", "strikes"), [(10, False), (11, True)])
def test_more_than_ten_messages_to_one_participant_strike(worst: int, strikes: bool) -> None:
    found = struck(worst_each={"course_1": 2, "course_2": worst}, noisy_entries=entries(2))
    assert set(found) == ({"messages-each"} if strikes else set())


def test_each_emptied_context_waits_alone() -> None:
    found = guard_target(tally(emptied={"course_2": ("k1",), "course_1": ("k1", "k2")}), Limits())
    assert [(one.guard, one.level, one.scope) for one in found] == [
        ("context-emptied", "context", "course_1"),
        ("context-emptied", "context", "course_2"),
    ]


def told(hit: GuardHit) -> tuple[str, str, int, int, str]:
    return (hit.level, hit.scope, hit.found, hit.limit, hit.sentence)


def test_a_refusal_of_a_target_tells_what_was_found_and_the_limit() -> None:
    found = struck(
        removed=entries(12), filled_before=False, fill_messages=1001, worst_each={"c": 11},
        emptied={"c": ("k",)},
    )  # fmt: skip
    assert {name: told(hit) for name, hit in found.items()} == {
        "removed-there": ("target", "law", 12, 10, "12 entries would disappear from target law, the limit is 10"),
        "fill-messages": (
            "target", "law", 1001, 1000,
            "1001 messages may be sent by a first fill of target law, the limit is 1000",
        ),
        "messages-each": (
            "target", "law", 11, 10,
            "11 messages may reach one participant in target law from this one cycle, the limit is 10",
        ),
        "context-emptied": (
            "context", "c", 1, 0, "c was filled before and is empty now; approval fills it again",
        ),
    }  # fmt: skip


def test_many_new_courses_are_counted_in_the_refusal() -> None:
    found = struck(new_courses=26, fill_messages=5000)["fill-messages"]
    assert found.sentence == "5000 messages may be sent by 26 new courses of target law, the limit is 1000"


@pytest.mark.parametrize("count", [1, 12])
def test_a_target_that_would_lose_everything_is_told_in_one_sentence_however_much_it_is(count: int) -> None:
    hit = struck(removed=entries(count), kept=0)["target-emptied"]
    assert told(hit) == ("target", "law", count, 0, "every event of target law would be deleted")


@pytest.mark.parametrize("count", [1, 12])
def test_a_year_a_file_and_a_context_that_lost_everything_are_told_without_a_limit(count: int) -> None:
    gone = [entry(f"e{number}") for number in range(count)]
    other = year(entry("other"), name="2032")
    emptied = hits(calendar(years=(year(*gone), other)), calendar(years=(other,)))["year-emptied"]
    assert told(emptied) == ("edit", YEAR, count, 0, "the year 2031 lost all its entries")
    filed = [entry(f"f{number}", calendar="engine") for number in range(count)]
    lost = hits(calendar(*NUMBERED, *filed), calendar(*NUMBERED))["file-emptied"]
    assert told(lost) == ("edit", YEAR, count, 0, "calendar engine of 2031 lost all its entries")
    (hit,) = guard_target(tally(emptied={"c": tuple(map(str, range(count)))}), Limits())
    assert told(hit) == (
        "context", "c", count, 0, "c was filled before and is empty now; approval fills it again",
    )  # fmt: skip


@pytest.mark.parametrize(("count", "words"), [(1, "1 entry"), (2, "2 entries")])
def test_entries_moved_into_the_past_are_counted(count: int, words: str) -> None:
    edited = calendar(*moved(NUMBERED[:count], "2031-02-28"), *NUMBERED[count:])
    hit = hits(calendar(*NUMBERED), edited)["into-past"]
    assert told(hit) == ("edit", YEAR, count, 0, f"{words} of 2031 moved into the past, the limit is 0")


def test_a_state_older_than_the_events_is_told_with_what_ends_it() -> None:
    hit = guard_older_state("law", 3, "d1g")
    assert told(hit)[:4] == ("target", "law", 3, 0)
    assert hit.sentence == (
        "events of target law already show the edit that waits, so this state is older than they are; "
        "approving the edit ends this"
    )
    assert hit.subjects == {"state-older:law:d1g"}


def test_entries_moved_are_told_with_the_limit() -> None:
    hit = hits(calendar(*NUMBERED), calendar(*moved(NUMBERED[:11]), *NUMBERED[11:]))["moved"]
    assert told(hit) == ("edit", YEAR, 11, 10, "11 entries moved in 2031, the limit is 10")


def test_a_share_of_the_entries_is_counted_in_the_targets_own_years() -> None:
    limits = Limits(removed=Limit.parse("10%"))
    assert not guard_target(tally(removed=entries(4), year_size=40), limits)
    assert guard_target(tally(removed=entries(4), year_size=39), limits)


def test_where_no_message_is_allowed_no_message_strikes_nothing() -> None:
    assert not guard_target(tally(), Limits(messages_each=0))
    assert guard_target(tally(worst_each={"c": 1}), Limits(messages_each=0))


def test_every_number_is_a_setting() -> None:
    quiet = Limits(
        removed=Limit(50), moved=Limit(50), fill_messages=9999, new_courses=99, messages_each=99
    )  # fmt: skip
    loud = tally(
        removed=entries(40), filled_before=False, new_courses=50, fill_messages=9000, worst_each={"c": 50}
    )  # fmt: skip
    assert not guard_target(loud, quiet)
    assert not guard_edit(calendar(*NUMBERED), calendar(*moved(NUMBERED)), today=TODAY, limits=quiet)


# --- zones, approvals, digest ---------------------------------------------------------------------


def test_a_changed_campus_zone_holds_everything_and_a_users_zone_its_kind() -> None:
    (campus,) = guard_zone("campus zone", "Asia/Almaty", "Asia/Tokyo")
    (user,) = guard_zone("zone of the user", "UTC", "Asia/Tokyo", kind="canvas")
    assert (campus.level, user.level, user.scope) == ("all", "kind", "canvas")
    assert "from Asia/Almaty to Asia/Tokyo" in campus.sentence
    assert (campus.guard, campus.scope, campus.found, campus.limit) == ("zone", "campus zone", 1, 0)


@pytest.mark.parametrize(("before", "now"), [("", "Asia/Tokyo"), ("Asia/Tokyo", "Asia/Tokyo")])
def test_a_zone_that_is_new_or_the_same_strikes_nothing(before: str, now: str) -> None:
    assert not guard_zone("campus zone", before, now)


def test_an_approved_zone_is_that_zone_and_no_other() -> None:
    (hit,) = guard_zone("campus zone", "UTC", "Asia/Tokyo")
    (other,) = guard_zone("campus zone", "UTC", "Asia/Seoul")
    assert hit.admitted_by(hit.subjects)
    assert not other.admitted_by(hit.subjects)


def test_an_approval_admits_a_part_of_what_was_approved_and_nothing_besides() -> None:
    whole, part, more = (
        struck(removed=entries(count))["removed-there"] for count in (12, 11, 13)
    )  # fmt: skip
    assert whole.admitted_by(whole.subjects)
    assert part.admitted_by(whole.subjects)
    assert not more.admitted_by(whole.subjects)


def test_an_approval_of_one_target_admits_nothing_in_another() -> None:
    here, there = struck(removed=entries(12)), struck(removed=entries(12), target="arts")
    assert not there["removed-there"].admitted_by(here["removed-there"].subjects)


def test_a_move_approved_to_one_day_is_not_approved_to_another() -> None:
    before = calendar(*NUMBERED)
    first = hits(before, calendar(*moved(NUMBERED)))["moved"]
    second = hits(before, calendar(*moved(NUMBERED, "2031-04-03")))["moved"]
    assert not second.admitted_by(first.subjects)


def test_a_digest_is_twelve_hex_digits_and_the_same_in_any_order() -> None:
    rows = [f"row {number}" for number in range(20)]
    found = list(guard_target(tally(removed=entries(12), emptied={"c": ("k",)}), Limits()))
    digest = plan_digest(rows, found)
    shuffled = rows[1:] + rows[:1]
    shuffled.reverse()
    assert re.fullmatch(r"[0-9a-f]{12}", digest)
    assert plan_digest(shuffled, reversed(found)) == digest


def test_a_digest_is_the_same_in_every_release_so_that_an_approval_outlives_an_upgrade() -> None:
    found = struck(removed=entries(11)).values()
    assert (plan_digest(["a", "b"], ()), plan_digest(["a"], found)) == ("911169ddaaf1", "1b4c84d04165")


def test_a_digest_changes_with_any_row_and_any_guarded_change() -> None:
    found = struck(removed=entries(12)).values()
    digests = {
        plan_digest(["a", "b"], found),
        plan_digest(["a"], found),
        plan_digest(["a", "b"], ()),
        plan_digest(["a", "b"], struck(removed=entries(13)).values()),
        plan_digest(["a", "a", "b"], found),
    }
    assert len(digests) == 5


def test_years_are_guarded_one_by_one() -> None:
    def both(first: list[Entry], second: list[Entry]) -> CanonicalCalendar:
        years: tuple[AcademicYear, ...] = (year(*first), year(*second, name="2032"))
        return calendar(years=years)

    assert not hits(both(NUMBERED, NUMBERED), both(NUMBERED[6:], NUMBERED[6:]))


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


def test_a_target_that_is_ahead_of_the_state_waits_for_approval_of_that_very_edit() -> None:
    hit = guard_older_state("law", 7, "abc")
    assert (hit.guard, hit.level, hit.scope, hit.found) == ("state-older", "target", "law", 7)
    assert not hit.admitted_by(guard_older_state("law", 7, "def").subjects)
    assert "target law" in hit.sentence
