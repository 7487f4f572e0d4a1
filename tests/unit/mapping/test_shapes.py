"""Shapes: which events an entry is drawn as, on which days, and what leads the title."""

import pytest

from mapping.model import Days, Entry, Kind, Part, Shape
from mapping.shapes import CANVAS, GOOGLE, Drawing, Lead, drawn, shape_of
from tests.unit.mapping.invented import days, entry, milestone, rule, target

Summary = list[tuple[Part, Days, Lead | None]]


def summary(one: Entry, drawing: Drawing = GOOGLE, **overrides: Shape) -> Summary:
    shapes = {name.replace("_", "-"): shape for name, shape in overrides.items()}
    return [(event.part, event.days, event.lead) for event in drawn(one, target(shapes=shapes), drawing)]


def test_a_day_is_one_event_without_a_lead() -> None:
    assert summary(entry("bell")) == [(Part.MAIN, days("2031-03-03"), None)]


@pytest.mark.parametrize("drawing", [CANVAS, GOOGLE])
def test_a_period_of_fourteen_days_is_one_span_everywhere(drawing: Drawing) -> None:
    window = entry("trial", "2031-03-01", "2031-03-14")
    assert summary(window, drawing) == [(Part.MAIN, days("2031-03-01", "2031-03-14"), None)]


def test_a_longer_period_is_a_beginning_and_an_end_where_spans_are_drawn_badly() -> None:
    window = entry("trial", "2031-03-01", "2031-03-15")
    assert summary(window, CANVAS) == [
        (Part.OPENING, days("2031-03-01"), Lead.BEGINS),
        (Part.MAIN, days("2031-03-15"), Lead.ENDS),
    ]


def test_a_longer_period_stays_one_banner_where_banners_are_drawn_well() -> None:
    window = entry("trial", "2031-03-01", "2031-08-31")
    assert summary(window, GOOGLE) == [(Part.MAIN, days("2031-03-01", "2031-08-31"), None)]


def test_a_task_is_an_opening_and_a_last_day() -> None:
    window = entry("sign-up", "2031-03-03", "2031-03-06", shape=Shape.TASK)
    assert summary(window) == [
        (Part.OPENING, days("2031-03-03"), Lead.OPENS),
        (Part.MAIN, days("2031-03-06"), Lead.LAST_DAY),
    ]


def test_a_task_of_three_days_is_one_span() -> None:
    window = entry("sign-up", "2031-03-03", "2031-03-05", shape=Shape.TASK)
    assert summary(window) == [(Part.MAIN, days("2031-03-03", "2031-03-05"), None)]


@pytest.mark.parametrize("shape", [Shape.TASK, Shape.PERIOD, Shape.DAY])
def test_a_window_of_one_day_is_one_event(shape: Shape) -> None:
    window = entry("sign-up", kind=Kind.WINDOW, shape=shape)
    assert summary(window, CANVAS) == [(Part.MAIN, days("2031-03-03"), None)]


def test_between_is_one_span_and_in_canvas_its_edges_where_it_is_long() -> None:
    window = entry("farewell", "2031-03-01", "2031-03-31", shape=Shape.BETWEEN)
    assert summary(window, GOOGLE) == [(Part.MAIN, days("2031-03-01", "2031-03-31"), Lead.BETWEEN)]
    assert summary(window, CANVAS) == [
        (Part.OPENING, days("2031-03-01", "2031-03-01"), Lead.BETWEEN),
        (Part.MAIN, days("2031-03-31", "2031-03-31"), Lead.BETWEEN),
    ]
    short = entry("farewell", "2031-03-01", "2031-03-14", shape=Shape.BETWEEN)
    assert summary(short, CANVAS) == [(Part.MAIN, days("2031-03-01", "2031-03-14"), Lead.BETWEEN)]


def test_until_is_the_last_day() -> None:
    assert summary(entry("dues", kind=Kind.UNTIL, shape=Shape.UNTIL)) == [
        (Part.MAIN, days("2031-03-03"), Lead.LAST_DAY)
    ]


def test_a_window_drawn_as_until_shows_its_last_day_only() -> None:
    window = entry("dues", "2031-03-03", "2031-03-20", shape=Shape.UNTIL)
    assert summary(window) == [(Part.MAIN, days("2031-03-20"), Lead.LAST_DAY)]


def test_a_target_redraws_a_category_even_against_the_entrys_own_shape() -> None:
    window = entry(
        "sign-up", "2031-03-03", "2031-03-06", category="sign-up", shape=Shape.TASK, shape_given=True
    )
    assert shape_of(window, target(shapes={"sign-up": Shape.PERIOD})) is Shape.PERIOD
    assert summary(window, sign_up=Shape.PERIOD) == [(Part.MAIN, days("2031-03-03", "2031-03-06"), None)]
    assert summary(window, lectures=Shape.PERIOD) == summary(window)


def test_a_target_cannot_take_last_day_from_an_until() -> None:
    dues = entry("dues", kind=Kind.UNTIL, shape=Shape.UNTIL, category="sign-up")
    assert summary(dues, sign_up=Shape.PERIOD) == summary(dues)


def test_a_rule_told_as_text_is_no_event() -> None:
    verdict = rule("verdict", ("trial",), [milestone("trial", "2031-03-05", "2031-03-03")])
    assert summary(verdict) == []


def test_a_rule_published_as_a_date_is_the_latest_day_of_its_first_milestone() -> None:
    found = [
        milestone("trial", "2031-03-05", "2031-03-03"),
        milestone("early-trial", "2031-02-05", "2031-02-03"),
    ]
    verdict = rule("verdict", ("trial", "early-trial"), found, publish="date")
    assert summary(verdict) == [(Part.MAIN, days("2031-03-05"), Lead.LATEST)]


def test_a_rule_without_a_step_has_no_day_to_be_drawn_on() -> None:
    assert summary(rule("honours", ("trial",), publish="date")) == []


def test_an_entry_without_days_is_not_drawn() -> None:
    assert summary(entry("unset", days=None)) == []
