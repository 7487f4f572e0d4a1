"""Days are the campus's days, whatever the token's user, the account, the theme and the age of the Canvas say."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from tests.acceptance.conftest import SHIPPED, Make
from tests.acceptance.expected import Asked, Calendar
from tests.acceptance.sites import CANARY, LAW, SMALL, TODAY, days_of, moment
from tests.support.college import college, write


@pytest.mark.parametrize("profile", ["America/New_York", None])
def test_the_zones_of_user_and_account_move_no_day(make: Make, profile: str | None) -> None:
    site = make(SMALL)
    canvas = site.pair.canvas
    canvas.root.default_zone = "Pacific/Kiritimati"
    canvas.users[canvas.tokens[CANARY].user_id].time_zone = profile
    assert site.once(guards__fill_messages=100_000).code == 0
    wanted = Calendar(SHIPPED).course(Asked("law", terms=("autumn",)), date.fromisoformat(TODAY))
    for number in (101, 102, 104):
        assert site.shown(number) == wanted, number
    # A span that becomes a day and a day that becomes a span are changed to the right local days too.
    site.edit("project-defence-autumn", "start: 2025-12-08", "start: 2025-12-13")
    site.edit("republic-day-transfer", "end: 2025-10-27", "end: 2025-10-28")
    site.edit("republic-day-transfer", "kind: day", "kind: window")
    assert site.once().code == 0
    day, both = date(2025, 12, 13), (date(2025, 10, 27), date(2025, 10, 28))
    assert site.days(site.event(101, "project-defence-autumn:main")) == (day, day)
    assert site.days(site.event(101, "republic-day-transfer:main")) == both
    site.forget()
    assert site.once().code == 0
    assert site.writes() == []


@pytest.mark.parametrize("switches", [("theme_assets",), ("old_permission_answers", "bookmark_pages")])
def test_themed_older_and_sharded_canvases_come_to_rest(make: Make, switches: tuple[str, ...]) -> None:
    site = make(SMALL)
    for switch in switches:
        setattr(site.pair.canvas.switches, switch, True)
    for number in range(120):
        day = f"2025-10-{number % 28 + 1:02}T09:00"
        site.teacher.add("course_101", title=f"Class {number}", start_at=moment(day).isoformat())
    before = site.prints()
    assert site.once(guards__fill_messages=100_000).code == 0
    assert before.items() <= site.prints().items()
    assert [len(site.course(number)) for number in (101, 102, 104)] == [130, 10, 10]
    site.forget()
    assert site.once().code == 0
    assert site.writes() == []
    stored = [event.description or "" for event in site.course(102)]
    assert not any("<link" in text or "<script" in text for text in stored)


COLLEGE = """\
owner: rhos
timezone: {zone}
targets:
  - name: michaelmas
    kind: canvas
    courses: [101]
    year: 2031-2032
    school: north
    terms: [michaelmas]
    languages: cy
  - name: hilary
    kind: canvas
    courses: [102]
    year: 2031-2032
    school: south
    programme: full-time
    terms: hilary
    languages: [en, cy]
    include: [closed]
  - name: bursary
    kind: google
    calendar_id: {calendar}
    audience: bursary
    languages: [cy]
"""


@pytest.mark.parametrize(
    ("zone", "gap", "doubled"),
    [
        # Days without a midnight in spring, and with two midnights or a doubled last hour in autumn.
        ("Africa/Cairo", "2032-04-30", "2031-10-30"),
        ("America/Santiago", "2032-09-05", "2032-04-03"),
    ],
)
def test_another_college_in_another_zone_is_served_on_its_days(
    make: Make, zone: str, gap: str, doubled: str
) -> None:
    site = make(COLLEGE.format(zone=zone, calendar=LAW))
    site.zone = ZoneInfo(zone)
    files = college()
    teaching = files["2031-2032/teaching.yaml"].decode()
    # Teaching ends, and the college closes, on the days that the clocks change.
    teaching = teaching.replace("end: 2032-03-12", f"end: {gap}").replace("2031-10-31", doubled)
    closed = (
        files["2031-2032/closed.yaml"]
        .decode()
        .replace("start: 2031-12-27\n    end: 2031-12-27", f"start: {doubled}\n    end: {doubled}")
    )
    last = date.fromisoformat(gap)
    closed += f"""\
  - id: flood
    category: closed
    audience: members
    kind: window
    start: {last.replace(day=last.day - 2)}
    end: {gap}
    title: {{cy: Llifogydd, en: Flood}}
    reason: {{cy: Glaw}}
"""
    site.calendar.rename(site.folder / "shipped")
    write(
        {**files, "2031-2032/teaching.yaml": teaching.encode(), "2031-2032/closed.yaml": closed.encode()},
        site.calendar,
    )
    done = site.once(today="2031-07-01", guards__fill_messages=100_000)
    assert done.code == 0, done.err

    day = date.fromisoformat
    hilary = {(key_of_text(one.description), *site.days(one)) for one in site.course(102)}
    assert ("teaching-hilary:main", day(gap), day(gap)) in hilary
    assert ("flood:main", last.replace(day=last.day - 2), day(gap)) in hilary
    assert ("christmas-moved:main", day(doubled), day(doubled)) in hilary
    assert ("christmas:main", day("2031-12-24"), day("2031-12-26")) in hilary
    michaelmas = {(key_of_text(one.description), *site.days(one)) for one in site.course(101)}
    assert {name.rpartition(":")[0] for name, _, _ in michaelmas} >= {
        "teaching-michaelmas",
        "papers-michaelmas",
    }
    assert days_of(site.row("fees:main")) == (day(doubled), day(doubled))
    site.forget()
    assert site.once(today="2031-07-01").code == 0
    assert site.writes() == []


def key_of_text(description: str | None) -> str:
    return (description or "").split("data-syncd=")[1].split(";")[2].partition(":")[2]
