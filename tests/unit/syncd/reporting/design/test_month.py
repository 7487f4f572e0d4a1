"""A month on the wall: bars over their days, spans above single days, lanes that never overlap."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mapping.model import Days
from syncd.reporting.design.grid import SUNDAY, month_of
from syncd.reporting.design.month import Bar, Piece, Week, by_day, drawn_weeks, weights, within
from syncd.reporting.design.sheets import shared_css, templates
from syncd.source.folder import load_calendar

WORKING = frozenset(range(1, 6))
TODAY = date(2031, 10, 15)


def bar(
    first: date,
    last: date,
    title: str = "exams",
    *,
    weight: int = 5,
    day_off: bool = False,
    colour: str = "1",
) -> Bar:
    return Bar(
        title=title,
        key=title,
        days=Days.inclusive(first, last),
        weight=weight,
        day_off=day_off,
        colour=colour,
    )


def on(day: int, title: str = "exams", *, weight: int = 5, day_off: bool = False, colour: str = "1") -> Bar:
    one = date(2031, 10, day)
    return bar(one, one, title, weight=weight, day_off=day_off, colour=colour)


def weeks(*bars: Bar, month: date = TODAY) -> list[Week]:
    return list(drawn_weeks(month_of(month), bars, today=TODAY, working_week=WORKING))


def pieces(*bars: Bar, month: date = TODAY) -> list[tuple[Piece, ...]]:
    return [week.pieces for week in weeks(*bars, month=month) if week.pieces]


def test_today_weekends_days_off_and_what_is_past_are_marked_each_by_itself() -> None:
    cells = {cell.day: cell for week in weeks(on(16, day_off=True)) for cell in week.days}
    assert [day for day, cell in cells.items() if cell.is_today] == [TODAY]
    assert [day.day for day, cell in cells.items() if cell.is_off] == [16]
    assert cells[date(2031, 10, 18)].is_weekend
    assert not cells[date(2031, 10, 16)].is_weekend
    assert max(day for day, cell in cells.items() if cell.is_past) == date(2031, 10, 14)


def test_a_span_over_a_weekend_is_one_piece_in_each_week_and_ends_once() -> None:
    (first,), (second,) = pieces(bar(date(2031, 10, 9), date(2031, 10, 14)))
    assert (first.column, first.columns, first.begins, first.ends) == (4, 4, True, False)
    assert (second.column, second.columns, second.begins, second.ends) == (1, 2, False, True)


def test_a_span_from_another_month_is_drawn_on_the_days_of_this_one_alone() -> None:
    ((first,),) = pieces(bar(date(2031, 9, 29), date(2031, 10, 2)))
    assert (first.column, first.columns, first.begins) == (3, 2, False)


def test_a_span_lies_above_single_days_whatever_they_weigh() -> None:
    ((first, second),) = pieces(on(14, "holiday", weight=-9), bar(date(2031, 10, 13), date(2031, 10, 17)))
    assert (first.bar.title, first.lane) == ("exams", 1)
    assert (second.bar.title, second.lane) == ("holiday", 2)


def test_single_days_of_one_day_stand_together_below_all_spans_also_where_one_ends_before() -> None:
    over = bar(date(2031, 10, 13), date(2031, 10, 14), "a")
    spans = (over, *(bar(date(2031, 10, 13), date(2031, 10, 17), name) for name in "bc"))
    ((*drawn,),) = pieces(*spans, on(16, "one"), on(16, "twin"))
    assert {piece.bar.title: piece.lane for piece in drawn} == {"b": 1, "c": 2, "a": 3, "one": 3, "twin": 4}
    ended = bar(date(2031, 10, 6), date(2031, 10, 14), "z")
    lanes = {
        piece.bar.title: piece.lane for piece in pieces(ended, *spans, on(16, "one"), on(16, "twin"))[-1]
    }
    assert (lanes["z"], lanes["b"], lanes["c"]) == (1, 2, 3)
    assert (lanes["one"], lanes["twin"]) == (4, 5)


def test_the_heavier_of_two_on_one_day_lies_above_in_every_language() -> None:
    for classes, registration in (("classes begin", "registration"), ("z classes", "a registration")):
        light, heavy = on(1, registration, weight=9), on(1, classes, weight=1)
        ((first, second),) = pieces(light, heavy)
        assert (first.bar, second.bar) == (heavy, light)
        assert by_day([light, heavy]) == [heavy, light]


def test_a_day_off_weighs_most_and_categories_keep_the_order_of_their_file() -> None:
    calendar, _ = load_calendar(None)
    found = weights(calendar.university)
    assert min(found, key=lambda name: found[name]) == "day-off"
    kept = [name for name in sorted(found, key=lambda name: found[name]) if name != "day-off"]
    assert kept == [name for name in calendar.university.categories if name != "day-off"]


def test_a_day_names_each_colour_once_the_heaviest_first() -> None:
    bars = (on(6, "a", colour="9"), on(6, "b", colour="2", weight=1), on(6, "c", colour="9"))
    cells = {cell.day.day: cell for week in weeks(*bars) for cell in week.days if cell.inside}
    assert cells[6].colours == ("2", "9")
    assert cells[7].colours == ()


def test_events_that_do_not_touch_the_month_are_not_in_it() -> None:
    outside = [bar(date(2031, 9, 1), date(2031, 9, 30)), bar(date(2031, 11, 1), date(2031, 11, 1))]
    assert within(outside, month_of(TODAY)) == []
    assert pieces(*outside) == []


def test_the_drawing_repeats_the_title_in_every_week_and_escapes_it() -> None:
    drawing = templates("syncd.reporting.design").get_template("design/month.html.jinja").module
    drawn = str(
        drawing.month(  # type: ignore[attr-defined]
            weeks(bar(date(2031, 10, 9), date(2031, 10, 21), "<b>exams</b>")), ["Mon"] * 7, "today"
        )
    )
    assert drawn.count("&lt;b&gt;exams&lt;/b&gt;") == 3
    assert "style=" not in drawn
    assert 'class="bar s4 w4 r2 c1 begins"' in drawn


def test_every_class_that_places_a_piece_is_in_the_stylesheet() -> None:
    style = shared_css()
    crowded = [on(6, str(number)) for number in range(30)]
    for week in drawn_weeks(month_of(TODAY), crowded, working_week=WORKING, first=SUNDAY):
        for piece in week.pieces:
            for name in (f".s{piece.column}", f".w{piece.columns}", f".r{piece.lane + 1}"):
                assert f"{name}{{" in style
        assert f".h{week.lanes + 2}{{" in style


def test_no_word_is_broken_anywhere_by_rule() -> None:
    assert "anywhere" not in shared_css()


days = st.integers(min_value=-40, max_value=70).map(lambda offset: date(2031, 10, 1) + timedelta(days=offset))
spans = st.tuples(days, st.integers(min_value=1, max_value=30)).map(
    lambda span: bar(span[0], span[0] + timedelta(days=span[1] - 1), title=str(span))
)


@given(st.lists(spans, max_size=12), st.sampled_from([1, 6, 7]))
def test_every_day_of_every_event_is_covered_once_and_no_two_pieces_lie_on_each_other(
    bars: list[Bar], first: int
) -> None:
    month = month_of(TODAY)
    covered: list[tuple[str, date]] = []
    for week in drawn_weeks(month, bars, today=TODAY, working_week=WORKING, first=first):
        places = [
            (piece.lane, piece.column + offset) for piece in week.pieces for offset in range(piece.columns)
        ]
        assert len(places) == len(set(places))
        assert all(1 <= column <= 7 for _, column in places)
        for piece in week.pieces:
            start = week.days[piece.column - 1].day
            covered += [(piece.bar.title, start + timedelta(days=n)) for n in range(piece.columns)]
    wanted = [
        (one.title, one.days.start + timedelta(days=n))
        for one in bars
        for n in range(one.days.count)
        if month.start <= one.days.start + timedelta(days=n) < month.end
    ]
    assert sorted(covered) == sorted(wanted)
