"""One grid for all targets, and months only where something changes; small ones once they are many."""

from datetime import date, timedelta

from mapping.model import Days
from syncd.reconcile.report import CycleReport
from syncd.reporting.plan.months import ADDED, FULL_MONTHS, MOVED, REMOVED, SAME, WAS, PlanMonth, plan_months
from syncd.reporting.plan.telling import Telling
from syncd.reporting.plan.voice import PlanVoice
from tests.unit.syncd.reporting.plan.plans import course, create, delete, event, move, report

DEADLINE = "2031-2032:papers-michaelmas:main"
OLD, NEW = date(2031, 12, 19), date(2031, 12, 16)


def months_of(made: CycleReport) -> list[PlanMonth]:
    return plan_months(Telling(report=made, voice=PlanVoice(made.calendar)))


def drawn(month: PlanMonth, *marks: str) -> list[tuple[str, date, str]]:
    """(mark, first day, title) of what is drawn, one for each event; those marks alone."""
    return sorted(
        {
            (piece.bar.mark, piece.bar.days.start, piece.bar.title)
            for week in month.weeks
            for piece in week.pieces
            if not marks or piece.bar.mark in marks
        }
    )


def moved(count: int) -> CycleReport:
    wanted = event(DEADLINE, "Papers", NEW)
    before = Days.inclusive(OLD, OLD)
    return report((one, move(one, wanted, before)) for one in map(course, range(count)))


def test_the_same_change_in_many_places_is_drawn_once_where_it_was_and_where_it_comes() -> None:
    (month,) = months_of(moved(30))
    assert month.first == date(2031, 12, 1)
    assert [(mark, day) for mark, day, _ in drawn(month, MOVED, WAS)] == [(MOVED, NEW), (WAS, OLD)]
    assert len(month.changes) == 1


def test_what_stays_is_drawn_around_it_once_and_never_the_changed_entry_itself() -> None:
    (month,) = months_of(moved(30))
    staying = drawn(month, SAME)
    assert staying
    assert len({day_and_title[1:] for day_and_title in staying}) == len(staying)


def test_a_move_over_the_end_of_a_month_is_drawn_in_both_and_listed_in_the_new_one() -> None:
    one = course(1)
    old = Days.inclusive(date(2032, 1, 9), date(2032, 1, 9))
    december, january = months_of(report([(one, move(one, event(DEADLINE, "Papers", NEW), old))]))
    assert (len(december.changes), len(january.changes)) == (1, 0)
    assert [mark for mark, _, _ in drawn(january, MOVED, WAS)] == [WAS]


def test_months_between_the_ends_of_a_long_span_are_left_out() -> None:
    one = course(1)
    long = event("2031-2032:more:main", "More", date(2031, 10, 10), date(2032, 3, 10))
    found = months_of(report([(one, create(one, long))]))
    assert [month.first for month in found] == [date(2031, 10, 1), date(2032, 3, 1)]


def test_what_comes_and_what_goes_bear_their_marks() -> None:
    one = course(1)
    gone = Days.inclusive(date(2031, 12, 1), date(2031, 12, 3))
    made = report(
        [
            (one, create(one, event("2031-2032:more:main", "More", date(2031, 12, 10)))),
            (one, delete(one, "2031-2032:old:main", "Old", gone)),
        ]
    )
    (month,) = months_of(made)
    assert [(mark, title) for mark, _, title in drawn(month, ADDED, REMOVED)] == [
        (ADDED, "More"),
        (REMOVED, "Old"),
    ]


def test_where_many_months_change_nothing_that_stays_is_drawn() -> None:
    one = course(1)
    first = date(2031, 10, 10)
    days = [first + timedelta(days=31 * number) for number in range(FULL_MONTHS + 1)]
    made = report((one, create(one, event(f"2031-2032:x{day:%m}:main", "New", day))) for day in days)
    found = months_of(made)
    assert len(found) == FULL_MONTHS + 1
    assert not [line for month in found for line in drawn(month, SAME)]
