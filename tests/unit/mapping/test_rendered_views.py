"""A view's events taken over from another calendar's are those that would be rendered from scratch, to the byte."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from mapping.desired import RenderedView, drawing_for, rendered_view
from mapping.model import Amendment, CanonicalCalendar, DesiredEvent, Hours, Named, RoutingRule, Shape, Target
from tests.support.variants import variants
from tests.unit.mapping.invented import TODAY, both, calendar, days, entry, milestone, rule, target, year

EXAM = entry(
    "exam", "2031-04-01", "2031-04-20", category="trial", todo=both("Bring a pen"), schools=("nets",)
)
SIGN_UP = entry("sign-up", "2031-03-03", "2031-03-20", category="sign-up", shape=Shape.TASK)
LATE = entry(
    "late", "2031-03-05", note=both("A note"), audiences=("crew", "guests"), hours=Hours(ends=time(17, 0))
)
AMENDED = entry(
    "amended", "2031-03-09", amended=Amendment(on=date(2031, 2, 20), order="4", was=days("2031-03-08"))
)
REST = entry(
    "rest", "2031-03-21", category="rest", reason=both("Day of the sea"), follows=1, years=("leavers",)
)
STEPS = [
    milestone("exam", "2031-04-22", "2031-04-20"),
    milestone("exam", "2031-04-23", "2031-04-20", since_step=both("marks")),
]
APPEAL = rule("appeal", ("exam",), STEPS, title=both("Appeals"))
DEADLINE = rule("deadline", ("exam", "late"), STEPS, publish="date", category="trial")
ENTRIES = (EXAM, SIGN_UP, LATE, AMENDED, REST, APPEAL, DEADLINE)
EARLIER = year(replace(SIGN_UP, year="2030"), name="2030")
ROUTING = {
    "school": (RoutingRule(audiences=frozenset({"crew"})),),
    "course": (RoutingRule(not_years=frozenset({"leavers"})),),
}
WHOLE = replace(calendar(years=(EARLIER, year(*ENTRIES))), routing=ROUTING)
ZONED = {
    "nets": Named(name=both("School of Nets"), timezone="Asia/Almaty"),
    "sails": Named(name=both("Sails")),
}
CALENDARS = (
    WHOLE,
    replace(WHOLE, university=replace(WHOLE.university, page="https://c.example", schools=ZONED)),
)
VIEWS = (
    target(languages=("aa", "bb"), timezone="Europe/Paris"),
    target("course", kind="canvas", languages=("bb", "aa"), school="nets"),
)
PARTS = ("university", "phrases", "routing", "years")


@cache
def edited(number: int, part: str) -> list[CanonicalCalendar]:
    """A calendar as it is after each edit of one thing in one part of it."""
    return [replace(CALENDARS[number], **{part: one}) for one in variants(getattr(CALENDARS[number], part))]


calendars = st.one_of(
    st.sampled_from(CALENDARS),
    st.tuples(st.integers(0, 1), st.sampled_from(PARTS)).flatmap(lambda one: st.sampled_from(edited(*one))),
)
moments = st.integers(0, 14).map(lambda number: TODAY + timedelta(days=number))


def rendered(
    whole: CanonicalCalendar, one: Target, today: date, before: RenderedView | None = None
) -> RenderedView | None:
    """None for a calendar that no document gives, since something is named that is not there."""
    try:
        return rendered_view(whole, one, drawing_for(one), today, before)
    except (LookupError, ValueError):
        return None


def listed(view: RenderedView | None) -> list[tuple[str, DesiredEvent]] | None:
    return list(view.events.items()) if view is not None else None


@given(st.lists(calendars, min_size=2, max_size=3), st.sampled_from(VIEWS), moments, moments)
def test_whatever_was_edited_in_between_events_are_those_from_scratch(
    several: list[CanonicalCalendar], one: Target, first_day: date, today: date
) -> None:
    before = rendered(several[0], one, first_day)
    for whole in several[1:]:
        after = rendered(whole, one, today, before)
        assert listed(after) == listed(rendered(whole, one, today))
        before = after


@settings(max_examples=20)
@given(calendars, st.sampled_from(VIEWS), st.sampled_from(VIEWS))
def test_a_view_of_another_target_is_no_help_and_no_harm(
    whole: CanonicalCalendar, one: Target, other: Target
) -> None:
    before = rendered(whole, other, TODAY)
    assert listed(rendered(whole, one, TODAY, before)) == listed(rendered(whole, one, TODAY))


def test_every_edit_of_the_routing_shows_what_it_would_from_scratch() -> None:
    for one in VIEWS:
        before = rendered(WHOLE, one, TODAY)
        for whole in edited(0, "routing"):
            assert listed(rendered(whole, one, TODAY, before)) == listed(rendered(whole, one, TODAY))


def test_what_an_edit_does_not_touch_is_not_rendered_anew() -> None:
    moved = replace(LATE, days=days("2031-03-06"))
    of_year = year(*(moved if one is LATE else one for one in ENTRIES))
    after = replace(WHOLE, years={"2030": EARLIER, of_year.name: of_year})
    for one in VIEWS:
        before = rendered_view(WHOLE, one, drawing_for(one), TODAY)
        new = rendered_view(after, one, drawing_for(one), TODAY, before).events
        anew = {event.entry for key, event in new.items() if event is not before.events.get(key)}
        # What counts from the entry that was moved tells of it.
        assert anew == {"late", "deadline"} & {event.entry for event in new.values()}
        assert "late" in anew
