"""Guards over an edit: what strikes at which number, and what it names."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from mapping.model import AcademicYear, CanonicalCalendar, Entry
from mapping.planning.edit_guards import guard_edit, guard_publishing, guard_unconfirmed, publishing_decides
from mapping.planning.guards import GuardHit, Limit, Limits
from tests.unit.mapping.invented import calendar, entry, rule, year

TODAY = date(2031, 3, 1)
YEAR = "2031"
NUMBERED = [entry(f"e{number:02}", "2031-04-01") for number in range(40)]


def hits(before: CanonicalCalendar, after: CanonicalCalendar, **limits: Limit) -> dict[str, GuardHit]:
    return {one.guard: one for one in guard_edit(before, after, today=TODAY, limits=Limits(**limits))}  # type: ignore[arg-type]


def moved(entries: list[Entry], to: str = "2031-04-02") -> list[Entry]:
    return [entry(one.id, to) for one in entries]


def told(hit: GuardHit) -> tuple[str, str, int, int, str]:
    return (hit.level, hit.scope, hit.found, hit.limit, hit.sentence)


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
    assert not hits(calendar(years=(year(),)), replace(calendar(), years={}))


def test_a_file_that_lost_all_its_entries_strikes_whatever_its_size() -> None:
    one = entry("engine-1", calendar="engine")
    found = hits(calendar(*NUMBERED, one), calendar(*NUMBERED))
    assert set(found) == {"file-emptied"}
    assert found["file-emptied"].subjects == {"file-emptied:2031:engine-1"}
    assert told(found["file-emptied"]) == (
        "edit", YEAR, 1, 0, "calendar engine of 2031 lost all its entries",
    )  # fmt: skip
    assert found["file-emptied"].names == {"calendar": "engine"}


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


@pytest.mark.parametrize(("count", "words"), [(1, "1 entry"), (2, "2 entries")])
def test_entries_moved_into_the_past_are_counted(count: int, words: str) -> None:
    edited = calendar(*moved(NUMBERED[:count], "2031-02-28"), *NUMBERED[count:])
    hit = hits(calendar(*NUMBERED), edited)["into-past"]
    assert told(hit) == ("edit", YEAR, count, 0, f"{words} of 2031 moved into the past, the limit is 0")


def test_entries_moved_are_told_with_the_limit() -> None:
    hit = hits(calendar(*NUMBERED), calendar(*moved(NUMBERED[:11]), *NUMBERED[11:]))["moved"]
    assert told(hit) == ("edit", YEAR, 11, 10, "11 entries moved in 2031, the limit is 10")


def test_years_are_guarded_one_by_one() -> None:
    def both(first: list[Entry], second: list[Entry]) -> CanonicalCalendar:
        years: tuple[AcademicYear, ...] = (year(*first), year(*second, name="2032"))
        return calendar(years=years)

    assert not hits(both(NUMBERED, NUMBERED), both(NUMBERED[6:], NUMBERED[6:]))


# --- a further year -----------------------------------------------------------------------------------

NEXT = year(entry("f1"), entry("f2"), name="2032")


def test_a_year_that_comes_into_force_beside_another_waits_whatever_its_size() -> None:
    found = hits(calendar(years=(year(entry("e")),)), calendar(years=(year(entry("e")), NEXT)))
    assert {name: told(hit) for name, hit in found.items()} == {
        "further-year": ("edit", "2032", 2, 0, "the year 2032 comes into force with 2 entries")
    }


def test_a_year_that_follows_one_that_was_in_force_once_waits_too() -> None:
    before, after = replace(calendar(), years={}), calendar(years=(NEXT,))
    limits = Limits()
    assert not guard_edit(before, after, today=TODAY, limits=limits, served=("2032",))
    (hit,) = guard_edit(before, after, today=TODAY, limits=limits, served=("2031",))
    assert (hit.guard, hit.scope) == ("further-year", "2032")


@pytest.mark.parametrize(
    ("served", "waits"),
    [((), True), (("2031",), True), (("2032",), False), (("2031", "2032"), True)],
)
def test_a_year_that_comes_into_force_alone_waits_unless_it_is_all_that_ever_was(
    served: tuple[str, ...], waits: bool
) -> None:
    before, after = replace(calendar(), years={}), calendar(years=(NEXT,))
    found = guard_edit(before, after, today=TODAY, limits=Limits(), served=served)
    assert [one.guard for one in found] == ["further-year"] * waits


def test_a_year_that_was_in_force_once_and_comes_back_beside_another_waits() -> None:
    before, after = calendar(years=(year(entry("e")),)), calendar(years=(year(entry("e")), NEXT))
    (hit,) = guard_edit(before, after, today=TODAY, limits=Limits(), served=("2032",))
    assert (hit.guard, hit.scope) == ("further-year", "2032")


@pytest.mark.parametrize(
    ("guards", "decides"),
    [
        ({"publish"}, True),
        ({"publish", "further-year"}, True),
        ({"publish", "further-year", "removed"}, True),
        ({"publish", "removed"}, False),
        ({"further-year"}, False),
        ({"removed"}, False),
        (set(), False),
    ],
)
def test_publishing_is_the_one_word_for_an_edit_by_hand_and_for_a_whole_new_year(
    guards: set[str], decides: bool
) -> None:
    assert publishing_decides(guards) is decides


def test_a_year_in_force_already_and_one_without_entries_are_no_further_year() -> None:
    both = calendar(years=(year(entry("e")), NEXT))
    assert not hits(both, both)
    assert not hits(calendar(years=(NEXT,)), calendar(years=(NEXT, year(name="2033"))))
    empty = calendar(years=(year(entry("e")), year(name="2032")))
    assert set(hits(empty, both)) == {"further-year"}


def test_a_file_and_a_year_name_what_they_lose_and_what_they_bring() -> None:
    before = calendar(years=(year(entry("a"), entry("b")),))
    (hit,) = guard_edit(
        before, calendar(years=(year(entry("a"), entry("b")), NEXT)), today=TODAY, limits=Limits()
    )
    assert hit.subjects == {"further-year:2032:2032"}
    moved_all = calendar(*moved(NUMBERED[:11]), *NUMBERED[11:])
    assert "moved:2031:e00@2031-04-02" in hits(calendar(*NUMBERED), moved_all)["moved"].subjects


def test_a_year_with_proposals_that_nobody_confirmed_waits_unless_it_is_in_force_so() -> None:
    sure, doubtful = entry("sure"), replace(entry("doubtful"), unconfirmed=("dates",))
    before, after = calendar(years=(year(sure),)), calendar(years=(year(sure, doubtful),))
    (hit,) = guard_unconfirmed(before, after)
    assert (hit.guard, hit.level, hit.scope, hit.found, hit.limit) == ("unconfirmed", "edit", YEAR, 1, 0)
    assert hit.sentence.endswith(f"in {YEAR}; confirm them, or write draft: true in its year.yaml")
    assert len(hit.subjects) == 1
    assert "doubtful" in next(iter(hit.subjects))
    assert not list(guard_unconfirmed(after, after))
    assert list(guard_unconfirmed(replace(before, years={}), after))
