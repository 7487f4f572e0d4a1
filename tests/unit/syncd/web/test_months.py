"""A month on the wall: weeks from Monday, bars over their days, lanes that never overlap."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mapping.model import Days
from syncd.reporting.design.grid import month_of
from syncd.web.months import Piece, Shown, drawn_weeks, in_month

WORKING = frozenset(range(1, 6))
TODAY = date(2031, 10, 15)


def shown(first: date, last: date, title: str = "exams", *, day_off: bool = False) -> Shown:
    return Shown(title=title, days=Days.inclusive(first, last), category="c", colour="1", day_off=day_off)


def bars(month: date, *events: Shown) -> list[list[Piece]]:
    weeks = drawn_weeks(month_of(month), events, today=TODAY, working_week=WORKING)
    return [[piece for lane in week.lanes for piece in lane if piece.event] for week in weeks]


def test_weeks_run_from_monday_to_sunday_and_cover_the_whole_month() -> None:
    weeks = list(drawn_weeks(month_of(date(2031, 10, 9)), (), today=TODAY, working_week=WORKING))
    assert {week.days[0].day.isoweekday() for week in weeks} == {1}
    inside = [cell.day for week in weeks for cell in week.days if cell.inside]
    assert inside == [date(2031, 10, 1) + timedelta(days=offset) for offset in range(31)]


def test_today_and_days_off_are_marked() -> None:
    holiday = shown(date(2031, 10, 16), date(2031, 10, 16), day_off=True)
    cells = {
        cell.day: cell
        for week in drawn_weeks(month_of(TODAY), [holiday], today=TODAY, working_week=WORKING)
        for cell in week.days
    }
    assert [day for day, cell in cells.items() if cell.today] == [TODAY]
    assert cells[date(2031, 10, 16)].off
    assert cells[date(2031, 10, 18)].off
    assert not cells[TODAY].off


def test_a_span_over_a_weekend_is_one_bar_in_each_week_and_ends_once() -> None:
    first, second = [week for week in bars(TODAY, shown(date(2031, 10, 9), date(2031, 10, 14))) if week]
    assert [(piece.columns, piece.begins, piece.ends) for piece in first] == [(4, True, False)]
    assert [(piece.columns, piece.begins, piece.ends) for piece in second] == [(2, False, True)]


def test_a_span_from_another_month_is_drawn_on_the_days_of_this_one_alone() -> None:
    event = shown(date(2031, 9, 29), date(2031, 10, 2))
    first, *_ = bars(date(2031, 10, 1), event)
    assert [(piece.columns, piece.begins) for piece in first] == [(2, False)]


def test_events_that_do_not_touch_the_month_are_not_in_it() -> None:
    month = month_of(TODAY)
    outside = [shown(date(2031, 9, 1), date(2031, 9, 30)), shown(date(2031, 11, 1), date(2031, 11, 1))]
    assert in_month(outside, month) == []


def test_the_month_after_december_is_in_the_next_year() -> None:
    assert month_of(date(2031, 12, 31)) == Days(date(2031, 12, 1), date(2032, 1, 1))


days = st.integers(min_value=-40, max_value=70).map(lambda offset: date(2031, 10, 1) + timedelta(days=offset))
spans = st.tuples(days, st.integers(min_value=1, max_value=30)).map(
    lambda span: shown(span[0], span[0] + timedelta(days=span[1] - 1), title=str(span))
)


@given(st.lists(spans, max_size=12))
def test_every_day_of_every_event_is_covered_once_and_every_lane_is_a_whole_week(events: list[Shown]) -> None:
    month = month_of(TODAY)
    covered: list[tuple[str, date]] = []
    for week in drawn_weeks(month, events, today=TODAY, working_week=WORKING):
        for lane in week.lanes:
            assert sum(piece.columns for piece in lane) == 7
            at = week.days[0].day
            for piece in lane:
                if piece.event is not None:
                    covered += [(piece.event.title, at + timedelta(days=n)) for n in range(piece.columns)]
                at += timedelta(days=piece.columns)
    wanted = [
        (event.title, event.days.start + timedelta(days=n))
        for event in events
        for n in range(event.days.count)
        if month.start <= event.days.start + timedelta(days=n) < month.end
    ]
    assert sorted(covered) == sorted(wanted)
