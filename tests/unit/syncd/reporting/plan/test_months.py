"""Months as weeks: every bar once a day, level from day to day, named where an eye looks for it."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from mapping.model import Days
from syncd.reporting.plan.months import ADDED, SAME, Bar, Month, months


def bar(title: str, first: str, last: str = "", mark: str = ADDED) -> Bar:
    days = Days.inclusive(date.fromisoformat(first), date.fromisoformat(last or first))
    return Bar(title=title, days=days, mark=mark)


def only(*bars: Bar) -> Month:
    (month,) = months(bars)
    return month


def test_a_month_is_whole_weeks_from_monday() -> None:
    month = only(bar("A", "2031-12-10"))
    days = [cell.day for week in month.weeks for cell in week]
    assert (days[0], days[-1]) == (date(2031, 12, 1), date(2032, 1, 4))
    assert {week[0].day.weekday() for week in month.weeks} == {0}
    assert sum(cell.inside for week in month.weeks for cell in week) == 31


def test_a_bar_has_a_piece_on_each_of_its_days_and_a_name_on_each_row() -> None:
    month = only(bar("A", "2031-12-12", "2031-12-16"))
    pieces = [(cell.day.day, piece) for week in month.weeks for cell in week for piece in cell.lanes if piece]
    assert [day for day, _ in pieces] == [12, 13, 14, 15, 16]
    assert [day for day, piece in pieces if piece.named] == [12, 15]
    assert [day for day, piece in pieces if piece.first] == [12]
    assert [day for day, piece in pieces if piece.last] == [16]


def test_bars_that_meet_lie_in_lanes_of_their_own_and_others_share_one() -> None:
    month = only(bar("A", "2031-12-01", "2031-12-03"), bar("B", "2031-12-03"), bar("C", "2031-12-04"))
    monday_week = month.weeks[0]
    assert [len(cell.lanes) for cell in monday_week] == [2] * 7
    third, fourth = monday_week[2], monday_week[3]
    assert [piece.bar.title if piece else "" for piece in third.lanes] == ["A", "B"]
    assert [piece.bar.title if piece else "" for piece in fourth.lanes] == ["C", ""]


def test_only_months_with_a_change_are_drawn_unless_all_are_asked_for() -> None:
    bars = [bar("A", "2031-12-10"), bar("B", "2032-02-10", mark=SAME)]
    assert [month.first.month for month in months(bars)] == [12]
    assert [month.first.month for month in months(bars, only_changed=False)] == [12, 2]


def test_a_bar_over_the_end_of_a_month_is_drawn_in_both() -> None:
    found = list(months([bar("A", "2031-12-30", "2032-01-02")]))
    assert [month.first for month in found] == [date(2031, 12, 1), date(2032, 1, 1)]
    january = [cell for week in found[1].weeks for cell in week if any(cell.lanes)]
    assert [cell.day.day for cell in january] == [1, 2]


spans = st.builds(
    lambda first, count, title: Bar(
        title=title, days=Days.inclusive(first, date.fromordinal(first.toordinal() + count)), mark=ADDED
    ),
    st.dates(date(2031, 11, 20), date(2032, 1, 10)),
    st.integers(0, 40),
    st.sampled_from("ABC"),
)


@given(st.lists(spans, max_size=8))
def test_every_day_of_every_bar_is_drawn_exactly_once(bars: list[Bar]) -> None:
    drawn = [
        (piece.bar, cell.day)
        for month in months(bars)
        for week in month.weeks
        for cell in week
        for piece in cell.lanes
        if piece
    ]
    wanted = [
        (one, date.fromordinal(day))
        for one in bars
        for day in range(one.days.start.toordinal(), one.days.end.toordinal())
    ]
    assert sorted(drawn, key=repr) == sorted(wanted, key=repr)
