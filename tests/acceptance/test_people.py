"""What people do in the calendars: their own events stay untouched, ours are repaired, their words survive."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Literal

import pytest

from syncd.sandbox.canvas.model import Event
from tests.acceptance.sites import LAW, Site, days_of, moment

TAIL = '<p>Room 305, bring your <a href="/courses/101/files/7">notes</a></p>'
MAIN = "re-registration-autumn:main"


def stay(site: Site, before: dict[str, str]) -> bool:
    """Whether everything that was there before is there byte for byte."""
    return before.items() <= site.prints().items()


# --- events that are not ours ----------------------------------------------------------------------


def test_events_of_other_people_stay_byte_for_byte_through_fill_edit_and_removal(fresh: Site) -> None:
    teacher, staff, canvas = fresh.teacher, fresh.staff, fresh.pair.canvas
    day = moment("2025-09-02T00:00")
    typed = teacher.add("course_101", title="Autumn classes begin", start_at=day.isoformat(), all_day=True)
    teacher.add("course_101", title="Guest lecture", start_at=moment("2025-09-09T10:00").isoformat())
    teacher.add("course_102", title="Undated note")
    teacher.add_to_section(
        canvas.add_section(canvas.courses[101], "Group B").id,
        typed.id,
        start_at=day.isoformat(),
        all_day=True,
    )
    teacher.add_slot(101, 5, title="Office hours", start_at=moment("2025-09-03T15:00").isoformat())
    staff.create(LAW, "Open day", "2025-09-13")
    before = fresh.prints()

    plan = fresh.dry()
    same = [one for one in plan.plan["findings"] if one["kind"] == "probably-same"]
    assert {(one["context"], one["title"].removesuffix(" (Group B)")) for one in same} == {
        ("course_101", "Autumn classes begin")
    }
    assert fresh.once(guards__fill_messages=100_000).code == 0
    assert stay(fresh, before)
    fresh.edit("re-registration-autumn", "end: 2025-09-13", "end: 2025-09-12")
    fresh.remove("republic-day-transfer")
    assert fresh.once().code == 0
    assert stay(fresh, before)


def test_a_course_is_planned_anew_once_somebody_touched_it(filled: Site) -> None:
    def as_recorded() -> int:
        done = filled.once()
        assert done.code == 0
        (line,) = (one for one in map(json.loads, done.err.splitlines()) if one["event"] == "cycle")
        return int(line["as_recorded"])

    for event in filled.pair.canvas.events.values():
        # What was written a moment ago may still change unseen.
        event.updated_at -= timedelta(hours=1)
        event.rendered.clear()
    assert as_recorded() == 0
    everywhere = as_recorded()
    assert everywhere > 1
    title = filled.event(101, MAIN).title
    filled.teacher.edit(filled.event(101, MAIN).id, title="Nothing to see")
    assert as_recorded() == everywhere - 1
    assert filled.event(101, MAIN).title == title


def test_times_that_a_section_got_for_one_of_our_events_stay_untouched(filled: Site) -> None:
    canvas = filled.pair.canvas
    section = canvas.add_section(canvas.courses[101], "Group B")
    parent = filled.event(101, MAIN)
    child = filled.teacher.add_to_section(
        section.id, parent.id, start_at=moment("2025-09-12T09:00").isoformat(), all_day=False
    )
    before = filled.prints()[f"canvas {child.id}"]
    filled.edit("re-registration-autumn", "end: 2025-09-13", "end: 2025-09-12")
    assert filled.once().code == 0
    assert filled.days(filled.event(101, MAIN))[1] == date(2025, 9, 12)
    assert filled.prints()[f"canvas {child.id}"] == before


# --- edits of ours -------------------------------------------------------------------------------------


def test_what_a_teacher_changed_above_the_line_is_put_back_and_words_below_it_survive(filled: Site) -> None:
    event = filled.event(101, MAIN)
    title, text, days = event.title, event.description or "", filled.days(event)
    by = timedelta(days=1)
    start = event.dates.start
    assert start is not None
    filled.teacher.edit(
        event.id,
        title="Nothing to see",
        description=text.replace("13 September 2025", "some other day") + TAIL,
        start_at=(start + by).isoformat(),
        end_at=(start + by).isoformat(),
    )
    filled.pair.canvas.mail.forget()

    assert filled.once().code == 0

    assert event.title == title
    assert filled.days(event) == days
    assert event.description == text + TAIL
    assert [write.split()[0] for write in filled.writes()] == ["PUT"]
    assert filled.pair.canvas.mail.count() == 1  # the date, which is put back
    for day in (12, 11):
        filled.edit("re-registration-autumn", f"end: 2025-09-{day + 1}", f"end: 2025-09-{day}")
        assert filled.once().code == 0
        assert (event.description or "").endswith(TAIL)
        assert (event.description or "").count(TAIL) == 1
        assert filled.days(event)[1] == date(2025, 9, day)


def test_in_google_ours_is_repaired_and_what_people_added_stays(filled: Site) -> None:
    row = filled.row(MAIN)
    staff, title = filled.staff, row.fields["summary"]
    staff.rewrite_description(LAW, row.id, add="\nBring your student card")
    staff.edit(LAW, row.id, summary="Nothing to see", location="Hall 2", colorId="1")
    staff.attach(LAW, row.id, "https://university.example/form.pdf", "Form")
    staff.reschedule(LAW, row.id, 3)

    assert filled.once().code == 0

    now = filled.row(MAIN)
    assert now.id == row.id
    assert now.fields["summary"] == title
    assert days_of(now) == (date(2025, 9, 13), date(2025, 9, 13))
    assert "Bring your student card" in now.fields["description"]
    assert (now.fields["location"], now.fields["colorId"]) == ("Hall 2", "1")
    assert [one["title"] for one in now.fields["attachments"]] == ["Form"]
    filled.edit("re-registration-autumn", "end: 2025-09-13", "end: 2025-09-12")
    assert filled.once().code == 0
    now = filled.row(MAIN)
    assert now.fields["description"].count("Bring your student card") == 1
    assert now.fields["location"] == "Hall 2"
    assert [one["title"] for one in now.fields["attachments"]] == ["Form"]


def test_a_marker_that_an_editor_lost_is_put_back_on_the_same_event(filled: Site) -> None:
    event = filled.event(101, MAIN)
    text = event.description
    filled.teacher.retype(event.id)
    assert "data-syncd" not in (event.description or "")
    assert filled.once().code == 0
    assert event.description == text
    assert filled.pair.canvas.mail.count() == 0
    assert len(filled.course(101)) == 10


def test_a_target_may_report_what_people_changed_and_still_move_its_dates(filled: Site) -> None:
    event = filled.event(101, MAIN)
    filled.teacher.edit(event.id, title="Our own words")
    filled.retarget("    enrollment_term:", "    drift: report\n    enrollment_term:")
    filled.edit("re-registration-autumn", "end: 2025-09-13", "end: 2025-09-12")
    plan = filled.dry().plan
    assert [one["kind"] for one in plan["findings"]] == ["drift-reported"]
    assert filled.once().code == 0
    assert event.title == "Our own words"
    assert filled.days(event)[1] == date(2025, 9, 12)


# --- deletions -----------------------------------------------------------------------------------------


def test_an_event_deleted_in_a_course_stays_deleted_until_restored(filled: Site) -> None:
    gone = filled.event(101, MAIN)
    filled.teacher.delete(gone.id)
    plan = filled.dry().plan
    assert plan["changes"] == []
    assert [(one["kind"], one["context"]) for one in plan["findings"]] == [
        ("deletion-respected", "course_101")
    ]
    filled.edit("re-registration-autumn", "end: 2025-09-13", "end: 2025-09-12")
    assert filled.once().code == 0
    assert len(filled.course(101)) == 9
    assert filled.days(filled.event(102, MAIN))[1] == date(2025, 9, 12)

    assert filled.syncd("restore", "re-registration-autumn", "--course", "101").code == 0
    assert filled.once().code == 0
    assert filled.days(filled.event(101, MAIN))[1] == date(2025, 9, 12)
    assert len(filled.course(101)) == 10


def test_an_event_deleted_in_google_comes_back_under_its_id(filled: Site) -> None:
    row = filled.row(MAIN)
    filled.staff.place(LAW, row.id, "Hall 2")
    filled.staff.delete(LAW, row.id)
    assert filled.once().code == 0
    now = filled.row(MAIN)
    assert (now.id, now.fields["summary"], days_of(now)) == (row.id, row.fields["summary"], days_of(row))


@pytest.mark.parametrize("answer", ["forbid", "gone"])
def test_an_event_that_google_will_not_revive_comes_back_as_its_next_generation(
    filled: Site, answer: Literal["forbid", "gone"]
) -> None:
    row = filled.row(MAIN)
    filled.pair.google.switches.revival = answer
    filled.staff.delete(LAW, row.id)
    assert filled.once().code == 0
    now = filled.row(MAIN)
    assert now.id != row.id
    assert (now.fields["summary"], days_of(now)) == (row.fields["summary"], days_of(row))


# --- copies --------------------------------------------------------------------------------------------


def copied(site: Site, **given: int) -> list[Event]:
    """A new course of the same term that imported everything of course 101."""
    canvas = site.pair.canvas
    law = next(one for one in canvas.accounts.values() if one.sis_id == "LAW")
    term = next(one for one in canvas.terms.values() if one.sis_id == "2025A")
    canvas.add_course("Second stream", number=178, account=law, term=term, students=50)
    return site.teacher.copy_course(101, 178, **given)


def test_a_course_copy_is_adopted_where_the_course_lacks_the_events_and_nobody_is_told(filled: Site) -> None:
    noted = filled.event(101, MAIN)
    filled.teacher.edit(noted.id, description=(noted.description or "") + TAIL)
    copies = {event.id for event in copied(filled)}
    assert filled.once().code == 0
    assert {event.id for event in filled.course(178)} == copies
    assert filled.shown(178) == filled.shown(101)
    assert {write.split()[0] for write in filled.writes()} == {"PUT"}
    assert filled.pair.canvas.mail.count() == 0
    assert (filled.event(178, MAIN).description or "").endswith(TAIL)
    assert ";course_178;" in (filled.event(178, MAIN).description or "")


def test_a_course_copy_with_shifted_dates_is_adopted_and_put_right(filled: Site) -> None:
    copied(filled, shift_days=7)
    assert filled.once().code == 0
    assert filled.shown(178) == filled.shown(101)
    assert len(filled.course(178)) == 10


def test_a_copy_beside_our_own_is_removed_and_an_edited_one_only_reported(filled: Site) -> None:
    before = {event.id for event in filled.course(102)}
    copies = filled.teacher.copy_course(101, 102)
    edited, noted = copies[0], copies[1]
    filled.teacher.edit(edited.id, title="Our version of it")
    filled.teacher.edit(noted.id, description=(noted.description or "") + TAIL)
    mine = filled.prints()[f"canvas {edited.id}"], filled.prints()[f"canvas {noted.id}"]
    found = filled.dry().plan["findings"]
    assert [(one["kind"], one["context"]) for one in found] == [("copy-kept", "course_102")] * 2
    filled.pair.canvas.mail.forget()
    assert filled.once().code == 0
    assert {event.id for event in filled.course(102)} == before | {edited.id, noted.id}
    assert (filled.prints()[f"canvas {edited.id}"], filled.prints()[f"canvas {noted.id}"]) == mine
    assert {write.split()[0] for write in filled.writes()} == {"DELETE"}
    assert len(filled.writes()) == 8
    assert filled.pair.canvas.mail.count() == 0


def test_an_event_duplicated_in_google_is_its_persons_own(filled: Site) -> None:
    own = filled.staff.duplicate(LAW, filled.row(MAIN).id)
    before = filled.prints()
    plan = filled.dry().plan
    assert plan["changes"] == []
    assert [one["kind"] for one in plan["findings"]] == ["personal-copy"]
    filled.edit("re-registration-autumn", "end: 2025-09-13", "end: 2025-09-12")
    assert filled.once().code == 0
    assert filled.prints()[f"google {LAW} {own}"] == before[f"google {LAW} {own}"]


def test_an_undated_event_of_ours_gets_its_date_back(filled: Site) -> None:
    event = filled.event(101, MAIN)
    filled.teacher.edit(event.id, start_at="", end_at="", all_day=False)
    assert event.dates.start is None
    assert filled.once().code == 0
    assert filled.days(event)[0] == date(2025, 9, 13)


def test_the_words_people_add_never_grow_by_what_canvas_adds_on_the_way_out(filled: Site) -> None:
    filled.pair.canvas.switches.theme_assets = True
    filled.pair.canvas.switches.file_verifiers = True
    filled.pair.canvas.touch_faces()
    event = filled.event(101, MAIN)
    filled.teacher.edit(event.id, description=(event.description or "") + TAIL)
    stored = (event.description or "").partition("</div>")[2]
    filled.pair.canvas.now = lambda: datetime.now(UTC) + timedelta(minutes=5)
    for day in (12, 11):
        filled.edit("re-registration-autumn", f"end: 2025-09-{day + 1}", f"end: 2025-09-{day}")
        assert filled.once().code == 0
        assert filled.days(event)[1].day == day
        assert (event.description or "").partition("</div>")[2] == stored
