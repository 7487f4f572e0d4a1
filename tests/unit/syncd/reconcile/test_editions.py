"""Editions: which calendar is served, which edit waits, and what outlives a restart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from mapping.planning.guards import Limit, Limits
from syncd.reconcile.editions import (
    Candidate,
    Editions,
    compare_editions,
    kept_calendar,
    last_in_force,
    put_in_force,
)
from syncd.reconcile.revisions import revised
from syncd.state.store import State
from tests.support.college import TEACHING, YEAR, Files, calendar_of, college, spoilt
from tests.support.state_address import state_address

TODAY = date(2031, 9, 1)
YEAR_NAME = "2031-2032"
MOVED_ENTRY = (YEAR_NAME, "teaching-hilary")
MOVED = spoilt(TEACHING, ("start: 2032-01-12", "start: 2032-01-13"))


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    opened = State.open(state_address(tmp_path), now=0.0)
    yield opened
    opened.close()


def candidate(files: Files) -> Candidate:
    return Candidate(calendar=calendar_of(files), files=files)


def compare(files: Files, state: State, *, moved: int = 10, publish: str = "auto") -> Editions:
    limits = Limits(moved=Limit(moved))
    return compare_editions(candidate(files), state.ledger, today=TODAY, limits=limits, publish=publish)


def test_a_first_calendar_is_served_at_once(state: State) -> None:
    editions = compare(college(), state, moved=0, publish="manual")
    assert (editions.base, editions.hits, editions.waiting, editions.edited) == (None, (), None, False)
    assert editions.served is editions.candidate.calendar


def test_the_same_calendar_again_is_no_edit_and_is_not_parsed_again(state: State) -> None:
    put_in_force(candidate(college()), state.ledger, now=1.0)
    editions = compare(college(), state, moved=0, publish="manual")
    assert (editions.hits, editions.edited) == ((), False)
    assert editions.base is editions.candidate.calendar


def test_a_small_edit_is_served_at_once(state: State) -> None:
    put_in_force(candidate(college()), state.ledger, now=1.0)
    editions = compare(MOVED, state)
    assert (editions.hits, editions.waiting, editions.edited) == ((), None, True)
    assert editions.served.digest == calendar_of(MOVED).digest


def test_a_guarded_edit_waits_and_what_was_in_force_is_served(state: State) -> None:
    put_in_force(candidate(college()), state.ledger, now=1.0)
    editions = compare(MOVED, state, moved=0)
    assert [hit.guard for hit in editions.hits] == ["moved"]
    assert editions.served.digest == calendar_of(college()).digest
    assert editions.waiting is not None
    assert editions.waiting.digest == calendar_of(MOVED).digest


def test_every_edit_waits_where_publishing_is_manual(state: State) -> None:
    put_in_force(candidate(college()), state.ledger, now=1.0)
    assert [hit.guard for hit in compare(MOVED, state, publish="manual").hits] == ["publish"]


def test_comparing_puts_nothing_in_force(state: State) -> None:
    put_in_force(candidate(college()), state.ledger, now=1.0)
    compare(MOVED, state)
    kept = last_in_force(state.ledger)
    assert kept is not None
    assert kept.digest == calendar_of(college()).digest


def test_what_is_in_force_outlives_a_restart_byte_for_byte(tmp_path: Path) -> None:
    first = State.open(state_address(tmp_path), now=0.0)
    put_in_force(candidate(college()), first.ledger, now=1.0)
    first.close()
    again = State.open(state_address(tmp_path), now=2.0)
    assert last_in_force(again.ledger) == calendar_of(college())
    again.close()


def test_earlier_calendars_stay_to_be_found_by_their_digest(state: State) -> None:
    put_in_force(candidate(college()), state.ledger, now=1.0)
    put_in_force(candidate(MOVED), state.ledger, now=2.0)
    earlier = kept_calendar(state.ledger, calendar_of(college()).digest)
    assert earlier == calendar_of(college())
    assert kept_calendar(state.ledger, "unknown") is None
    assert kept_calendar(state.ledger, "") is None


NEXT, NEXT_TEACHING = "2032-2033/year.yaml", "2032-2033/all.yaml"

# --- drafts and doubts ----------------------------------------------------------------------------------


def drafted(files: Files) -> Files:
    """With its second year as a draft."""
    return {**files, NEXT: files[NEXT].replace(b"year: 2032-2033\n", b"year: 2032-2033\ndraft: true\n")}


def doubtful() -> Files:
    """The college with one date that nobody has confirmed."""
    return spoilt(TEACHING, ("start: 2032-01-12", "unconfirmed: [dates]\n    start: 2032-01-12"))


@pytest.mark.parametrize("publish", ["auto", "manual"])
def test_a_draft_that_comes_changes_or_goes_is_no_edit(state: State, publish: str) -> None:
    without = {name: raw for name, raw in college().items() if not name.startswith("2032")}
    put_in_force(candidate(without), state.ledger, now=1.0)
    moved = spoilt(NEXT_TEACHING, ("2032-10-04", "2032-10-11"))
    for files in (drafted(college()), drafted(moved), without):
        editions = compare(files, state, moved=0, publish=publish)
        assert (editions.hits, editions.edited) == ((), False)


def test_a_year_with_an_unconfirmed_date_waits_and_the_others_are_served(state: State) -> None:
    editions = compare(doubtful(), state)
    (hit,) = editions.hits
    assert (hit.guard, hit.scope, hit.found) == ("unconfirmed", "2031-2032", 1)
    assert "1 date is not confirmed" in hit.sentence
    assert set(editions.served.years) == {"2032-2033"}
    assert editions.waiting is editions.candidate.calendar


def test_a_doubt_that_was_approved_once_is_not_asked_about_with_the_next_edit(state: State) -> None:
    put_in_force(candidate(doubtful()), state.ledger, now=1.0)
    edited = {**doubtful(), YEAR: college()[YEAR].replace(b'number: "7"', b'number: "9"')}
    assert compare(edited, state).hits == ()


# --- a further year ----------------------------------------------------------------------------------------


def next_year(files: Files) -> Files:
    """The college with a second academic year beside the first."""
    later = {
        name.replace("2031-2032/", "2040-2041/"): _later(content)
        for name, content in files.items()
        if name.startswith("2031-2032/")
    }
    return {**files, **later}


def _later(content: bytes) -> bytes:
    return content.replace(b"2032", b"2041").replace(b"2031", b"2040")


def test_a_further_year_waits_once_and_is_in_force_then(state: State) -> None:
    put_in_force(candidate(college()), state.ledger, now=1.0)
    both = next_year(college())
    assert [(hit.guard, hit.scope) for hit in compare(both, state).hits] == [("further-year", "2040-2041")]
    put_in_force(candidate(both), state.ledger, now=2.0)
    assert not compare(both, state).hits


def test_the_first_calendar_of_a_state_is_no_further_year_however_many_years_it_has(state: State) -> None:
    assert not compare(next_year(college()), state).hits


def test_a_year_in_place_of_one_that_was_in_force_is_a_further_year(state: State) -> None:
    put_in_force(candidate(college()), state.ledger, now=1.0)
    both = next_year(college())
    alone = {name: content for name, content in both.items() if not name.startswith("2031-2032/")}
    guards = {hit.guard for hit in compare(alone, state).hits}
    assert guards == {"year-emptied", "further-year"}


@pytest.mark.parametrize("publish", ["auto", "manual"])
def test_a_draft_that_is_one_no_longer_waits_also_as_the_first_year_ever(state: State, publish: str) -> None:
    only = {name: raw for name, raw in college().items() if not name.startswith("2032")}
    draft = {**only, YEAR: only[YEAR].replace(b"year: 2031-2032\n", b"year: 2031-2032\ndraft: true\n")}
    put_in_force(candidate(draft), state.ledger, now=1.0)
    editions = compare(only, state, publish=publish)
    assert "further-year" in {hit.guard for hit in editions.hits}
    assert not editions.served.years
    assert compare(draft, state, publish=publish).hits == ()


def test_an_entry_is_revised_when_an_edition_changes_it_and_at_no_other_time(state: State) -> None:
    written = {YEAR_NAME: 1_950_000_000.0}
    edited = {YEAR_NAME: 1_950_000_060.0}
    put_in_force(replace(candidate(college()), edited_at=written), state.ledger, now=1.0)
    before = kept_moments(state)
    for _ in range(2):
        put_in_force(replace(candidate(MOVED), edited_at=edited), state.ledger, now=2.0)
    after = kept_moments(state)
    assert {name: after[name] - before[name] for name in after if after[name] != before[name]} == {
        (YEAR_NAME, "teaching-hilary"): 60
    }


def test_what_is_put_in_force_again_from_the_state_is_newer_than_what_was_told(state: State) -> None:
    """As by an undo: the kept files have no times of their own."""
    for files in (college(), MOVED, college()):
        put_in_force(candidate(files), state.ledger, now=1.0)
        state.ledger.set_fact("told", state.ledger.fact("told") + f" {kept_moments(state)[MOVED_ENTRY]}")
    told = [int(one) for one in state.ledger.fact("told").split()]
    assert told == sorted(set(told))


def kept_moments(state: State) -> dict[tuple[str, str], int]:
    """As a feed of the calendar in force is told them."""
    served = last_in_force(state.ledger)
    assert served is not None
    return revised(served, state.ledger, served, edited_at={})
