"""Two years side by side: what was not moved on, what is missing, which numbers belong to another year."""

from collections.abc import Iterable

from mapping.comparison import YearComparison, compare_years, looks_copied, own_years
from mapping.model import CanonicalCalendar
from tests.support.college import CLOSED, TEACHING, Files, calendar_of, college

OLD, NEW = "2031-2032", "2035-2036"


def with_copy(*edits: tuple[str, str]) -> CanonicalCalendar:
    """The college with a copy of its first year, changed in these pieces wherever they stand."""
    files: Files = college()
    for name, raw in list(files.items()):
        if name.startswith(f"{OLD}/"):
            text = raw.decode().replace(f"year: {OLD}", f"year: {NEW}")
            for old, new in edits:
                text = text.replace(old, new)
            files[name.replace(OLD, NEW, 1)] = text.encode()
    return calendar_of(files)


def compared(calendar: CanonicalCalendar) -> YearComparison:
    return compare_years(calendar.university, calendar.years[OLD], calendar.years[NEW])


def ids(found: Iterable[object]) -> set[str]:
    return {str(getattr(one, "id", one)) for one in found}


def test_a_copied_year_is_told_from_one_that_was_moved_on() -> None:
    copied = with_copy()
    found = compared(copied)
    assert looks_copied(found, copied.years[OLD], copied.years[NEW])
    assert "teaching-michaelmas" in ids(found.equal_days)
    moved = with_copy(("2031-", "2035-"), ("2032-", "2036-"))
    found = compared(moved)
    assert not looks_copied(found, moved.years[OLD], moved.years[NEW])
    assert not found.equal_days


def test_a_date_moved_by_whole_years_falls_on_another_weekday() -> None:
    found = compared(with_copy(("2031-", "2035-"), ("2032-", "2036-")))
    assert "teaching-michaelmas" in ids(found.other_weekday)


def test_missing_and_new_ids_and_another_length_are_named() -> None:
    found = compared(
        with_copy(
            ("id: teaching-hilary", "id: teaching-lent"),
            ("teaching-hilary", "teaching-lent"),
            ("end: 2031-12-12", "end: 2031-12-13"),
        )
    )
    assert (found.missing, found.added) == (("teaching-hilary",), ("teaching-lent",))
    assert "papers-north" in ids(found.other_length)


def test_the_first_and_last_days_on_days_off_are_named() -> None:
    calendar = calendar_of(college())
    year = calendar.years[OLD]
    off = next(
        entry
        for entry in year.entries
        if calendar.university.categories[entry.category].day_off and entry.days
    )
    assert off.days is not None
    text = college()[TEACHING].decode().replace("start: 2032-01-12", f"start: {off.days.start}", 1)
    moved = calendar_of({**college(), TEACHING: text.encode()})
    found = compare_years(moved.university, year, moved.years[OLD])
    assert [(one.id, one.day, one.day_off) for one in found.on_day_off] == [
        ("teaching-hilary", off.days.start, off.id)
    ]
    assert CLOSED in college()


def test_a_number_of_a_year_that_is_not_its_own_is_named() -> None:
    found = compared(with_copy(("Michaelmas teaching", "Michaelmas teaching 2031")))
    assert found.year_numbers["teaching-michaelmas"] == (2031,)


def test_a_year_named_by_one_number_owns_that_and_the_next() -> None:
    calendar = with_copy()
    assert own_years(calendar.years[NEW]) == {2035, 2036}
