"""Steps of a rule in sentences: what counts from another step says so, whatever it counts in."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mapping.model import Milestone, Offset, Unit
from mapping.shapes import GOOGLE, Lead
from mapping.text.deadlines import calculation, step_sentence, within
from mapping.text.render import body_of, title_of
from mapping.text.typography import plain
from tests.unit.mapping.invented import TODAY, both, calendar, entry, milestone, rule, target, voice

START = date(2031, 3, 3)
SINCE = "after your verdict"

OFFSETS = st.none() | st.builds(
    Offset,
    unit=st.sampled_from(Unit),
    count=st.integers(-4, 30).filter(bool),
    weekday=st.integers(1, 7),
)


@st.composite
def counted_from_a_step(draw: st.DrawFn) -> Milestone:
    """A milestone of any kind of count that counts from another step."""
    offset = draw(OFFSETS)
    working_days = 0 if offset else draw(st.integers(-5, 25))
    return milestone(
        "trial",
        (START + timedelta(days=draw(st.integers(-20, 40)))).isoformat(),
        START.isoformat(),
        working_days=working_days,
        offset=offset,
        is_plain=offset is not None or working_days < 0,
        since=draw(st.sampled_from([{"aa": SINCE}, {}])),
        since_step=both("Verdict"),
    )


@given(one=counted_from_a_step())
def test_no_step_that_counts_from_another_is_told_as_one_fixed_day(one: Milestone) -> None:
    sentence = step_sentence(voice(), one)
    assert not sentence.startswith("step_day")
    assert SINCE in sentence or "Verdict" in sentence
    appeal = rule("appeal", ("trial",), [one], publish="date")
    known = calendar(appeal, entry("trial"))
    title = title_of(known, appeal, Lead.LATEST, target(), TODAY)
    first = plain(body_of(known, appeal, target(), GOOGLE)).split("\n")[0]
    for said in (title, first):
        assert SINCE in said or "Verdict" in said


def test_days_and_weeks_are_said_like_working_days() -> None:
    one = milestone(
        "trial", "2031-03-10", "2031-03-03", working_days=0, is_plain=True, since_step=both("Verdict")
    )
    days = replace(one, since={"aa": SINCE}, offset=Offset(unit=Unit.DAYS, count=7))
    weeks = replace(one, since={"aa": SINCE}, offset=Offset(unit=Unit.WEEKS, count=1))
    assert within(voice(), days) == f"within_days_more 7 {SINCE}"
    assert within(voice(), weeks) == f"within_weeks_1 1 {SINCE}"
    backward = replace(one, offset=Offset(unit=Unit.DAYS, count=-3))
    assert within(voice(), backward) == "counted_from Verdict"


def test_a_plain_day_from_the_anchor_is_just_a_day() -> None:
    one = milestone("trial", "2031-03-10", "2031-03-03", working_days=0, is_plain=True)
    assert step_sentence(voice(), one) == "step_day 10.month_3.2031 weekday_1 Step"
    assert calculation(voice(), one) == ""
