"""Revisions in feeds: newer with every edit, never older, with a history, without one and on another machine."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.model import CanonicalCalendar, Days
from mapping.revisions import FIRST_MOMENT, LAST_MOMENT, Moments, moments_by_files, revise, sequence_of
from tests.support import college

COLLEGE = college.calendar_of(college.college())
YEAR = "2031-2032"
NAMES = [(one.year, one.id) for one in COLLEGE.years[YEAR].entries if one.days is not None][:4]
WRITTEN_AT = 1_900_000_000.0
"""Earlier than the college's document and its orders say."""


def with_moved(calendar: CanonicalCalendar, name: tuple[str, str]) -> CanonicalCalendar:
    """One entry a day later."""
    year = calendar.years[YEAR]
    entries = [
        replace(one, days=Days(one.days.start + timedelta(1), one.days.end + timedelta(1)))
        if one.id == name[1] and one.days is not None
        else one
        for one in year.entries
    ]
    return replace(calendar, years={YEAR: replace(year, entries=tuple(entries))})


@dataclass
class World:
    """A calendar folder, a machine that keeps a history of it, and one that never had any.

    ``edition`` counts the edits, ``told`` holds what readers were told of each entry: number, edition, days.
    """

    edited_at: float = WRITTEN_AT
    files: CanonicalCalendar = COLLEGE
    in_force: CanonicalCalendar | None = None
    known: Moments = field(default_factory=dict)
    edition: int = 0
    published: int = 0
    told: dict[tuple[str, str], list[tuple[int, int, Days | None]]] = field(default_factory=dict)
    lost: int = 0
    """How often the history was lost."""

    def publish(self) -> None:
        self.known = revise(self.files, self.in_force, self.known, {YEAR: self.edited_at})
        self.in_force, self.published = self.files, self.edition

    def tell(self, calendar: CanonicalCalendar, edition: int, moments: Moments, *, by_history: bool) -> None:
        for one in calendar.years[YEAR].entries:
            now = sequence_of(moments[one.year, one.id])
            past = self.told.setdefault((one.year, one.id), [])
            for number, told_in, days in past:
                if told_in < edition and days != one.days:
                    assert now > number, "a moved event is newer than whatever was told of it before"
            if not by_history:
                # Whoever has no history tells no less than anybody did of the same or an earlier edition.
                assert all(now >= number for number, told_in, _ in past if told_in <= edition)
            past.append((now, edition, one.days))


EDITS = st.tuples(st.just("edit"), st.sampled_from(NAMES), st.integers(1, 100_000))
REST = st.sampled_from(["publish", "lose", "feed", "file", "second machine"]).map(lambda one: (one, None, 0))


@given(st.lists(EDITS | REST, max_size=12))
def test_no_number_falls_whatever_is_lost_and_wherever_it_is_made(
    acts: list[tuple[str, tuple[str, str] | None, int]],
) -> None:
    world = World()
    world.publish()
    for act, name, seconds in acts:
        if act == "edit" and name is not None:
            world.files, world.edition = with_moved(world.files, name), world.edition + 1
            world.edited_at += seconds
        elif act == "publish":
            world.publish()
        elif act == "lose":
            world.known, world.in_force = {}, None
            world.publish()
        elif act == "feed" and world.in_force is not None:
            again = revise(world.in_force, world.in_force, world.known, {})
            assert again == world.known, "what is in force is told as it was"
            world.tell(world.in_force, world.published, world.known, by_history=True)
        elif act == "file":
            moments = revise(world.files, world.in_force, world.known, {YEAR: world.edited_at})
            world.tell(world.files, world.edition, moments, by_history=True)
        elif act == "second machine":
            moments = moments_by_files(world.files, {YEAR: world.edited_at})
            world.tell(world.files, world.edition, moments, by_history=False)


@given(st.lists(st.sampled_from(NAMES), min_size=1, max_size=6), st.floats(0, WRITTEN_AT))
def test_an_edit_in_older_files_is_newer_too(moved: list[tuple[str, str]], older: float) -> None:
    """As where a folder is put back from a copy that kept its times."""
    calendar, known = COLLEGE, revise(COLLEGE, None, {}, {YEAR: WRITTEN_AT})
    for name in moved:
        after = with_moved(calendar, name)
        found = revise(after, calendar, known, {YEAR: older})
        assert [one for one in found if found[one] != known[one]] == [name]
        assert found[name] > known[name]
        calendar, known = after, found


def test_an_entry_that_was_gone_comes_back_newer() -> None:
    known = revise(COLLEGE, None, {}, {YEAR: WRITTEN_AT})
    gone = replace(
        COLLEGE, years={YEAR: replace(COLLEGE.years[YEAR], entries=COLLEGE.years[YEAR].entries[1:])}
    )
    first = COLLEGE.years[YEAR].entries[0]
    back = revise(COLLEGE, gone, revise(gone, COLLEGE, known, {YEAR: WRITTEN_AT}), {})
    assert back[YEAR, first.id] > known[YEAR, first.id]


def test_other_words_around_an_entry_make_all_newer() -> None:
    known = revise(COLLEGE, None, {}, {YEAR: WRITTEN_AT})
    renamed = replace(COLLEGE, university=replace(COLLEGE.university, name={"en": "Fen College"}))
    found = revise(renamed, COLLEGE, known, {YEAR: WRITTEN_AT + 60})
    assert {found[name] - known[name] for name in known if name[0] == YEAR} == {60}


@pytest.mark.parametrize("at", [-1e18, 0.0, float(FIRST_MOMENT), 4e9, 1e18])
def test_every_number_fits_an_integer_of_icalendar(at: float) -> None:
    known = revise(COLLEGE, None, {}, {YEAR: at})
    again = revise(with_moved(COLLEGE, NAMES[0]), COLLEGE, known, {YEAR: at})
    assert all(0 <= sequence_of(one) < 2**31 for one in [*known.values(), *again.values()])
    assert max(again.values()) <= LAST_MOMENT
