"""What a person must decide waits, and names figure, limit and the command that lets exactly it through."""

import re
import shutil
from datetime import date

from tests.acceptance.conftest import Make
from tests.acceptance.sites import LAW, Outcome, Site
from tests.support.college import college, write

DIGEST = re.compile(r"syncd (?:approve|publish) ([0-9a-f]{32})")
ELEVEN = (
    "re-registration-autumn", "republic-day-transfer", "survey-teaching-autumn", "registration-winter",
    "registration-summer", "reduced-load-application-autumn", "reduced-load-application-spring",
    "survey-teaching-spring", "survey-satisfaction-spring", "graduation-autumn", "graduation-spring",
)  # fmt: skip
"""Entries on which nothing else in the calendar rests."""
MAIN = "re-registration-autumn:main"


def digest_in(text: str) -> str:
    """The one digest that the command to let the plan through names."""
    (digest,) = set(DIGEST.findall(text))
    return str(digest)


def refused(done: Outcome, *said: str) -> str:
    """The digest of a refusal that says all of this."""
    assert done.code == 3, done.err
    for words in said:
        assert words in done.err
    return digest_in(done.err)


def untouched(site: Site, before: dict[str, str]) -> bool:
    return site.writes() == [] and site.prints() == before


# --- the edit itself ------------------------------------------------------------------------------


def test_eleven_removed_entries_wait_and_go_once_approved(filled: Site) -> None:
    before, rows, events = filled.prints(), len(filled.rows()), len(filled.course(101))
    filled.remove(*ELEVEN)
    dry = filled.dry()
    assert dry.code == 3
    deletes = sum(change["action"] == "delete" for change in dry.changes)
    assert {(one["scope"], one["found"]) for one in dry.plan["waits"]} == {
        ("2025-2026", 11),
        ("law-calendar", 11),
    }
    digest = refused(filled.once(), "11 entries removed", "the limit is 10")
    assert digest == dry.digest
    assert untouched(filled, before)

    assert filled.syncd("approve", digest).code == 0
    done = filled.once()
    assert done.code == 0, done.err
    assert [write.split()[0] for write in filled.writes()] == ["DELETE"] * deletes
    assert len(filled.course(101)) == events - 2
    assert rows - len(filled.rows()) == deletes - 3 * 2


def test_ten_removed_entries_need_nobody(filled: Site) -> None:
    filled.remove(*ELEVEN[:10])
    assert filled.once().code == 0
    assert {write.split()[0] for write in filled.writes()} == {"DELETE"}


def test_a_waiting_edit_leaves_the_calendar_in_force_and_other_repairs_go_on(filled: Site) -> None:
    filled.remove(*ELEVEN)
    filled.edit("fx-retake-autumn", "en: FX retakes for the autumn semester", "en: Retakes")
    event = filled.event(101, MAIN)
    title = event.title
    filled.teacher.edit(event.id, title="Nothing to see")
    refused(filled.once())
    assert event.title == title
    assert filled.event(101, "fx-retake-autumn:main").title == "FX retakes for the autumn semester"
    assert len(filled.writes()) == 1


def test_an_approval_admits_a_part_of_what_it_approved_and_new_courses(filled: Site) -> None:
    filled.remove(*ELEVEN, "orthodox-christmas")
    digest = refused(filled.once(), "12 entries removed")
    canvas = filled.pair.canvas
    law = next(one for one in canvas.accounts.values() if one.sis_id == "LAW")
    term = next(one for one in canvas.terms.values() if one.sis_id == "2025A")
    canvas.add_course("Moot Court", number=177, account=law, term=term, students=12)
    done = filled.once("--approve", digest)
    assert done.code == 0, done.err
    assert len(filled.course(177)) == len(filled.course(101)) == 8


def test_an_entry_moved_into_the_past_waits(filled: Site) -> None:
    before = filled.prints()
    filled.edit("republic-day-transfer", "start: 2025-10-27", "start: 2025-09-27")
    filled.edit("republic-day-transfer", "end: 2025-10-27", "end: 2025-09-27")
    done = filled.once(today="2025-10-01")
    refused(done, "moved into the past")
    assert untouched(filled, before)


def test_many_moved_entries_wait_at_a_share_of_the_year_too(filled: Site) -> None:
    before = filled.prints()
    filled.edit("re-registration-autumn", "end: 2025-09-13", "end: 2025-09-12")
    filled.edit("project-defence-autumn", "end: 2025-12-13", "end: 2025-12-12")
    refused(filled.once(guards__moved="1%"), "2 entries moved", "the limit is 1")
    assert untouched(filled, before)
    assert filled.once(guards__moved="2%").code == 0


def test_a_year_that_is_gone_waits(make: Make) -> None:
    site = make(
        "owner: rhos\ntimezone: Europe/London\ntargets:\n"
        f"  - {{name: all, kind: google, calendar_id: {LAW}, audience: members, languages: [cy]}}\n"
    )
    shutil.rmtree(site.calendar)
    files = college()
    files["routing.yaml"] += b"members:\n  - {audiences: [members]}\n"
    write(files, site.calendar)
    assert site.once(today="2031-07-01").code == 0
    before = site.prints()
    site.forget()
    shutil.rmtree(site.calendar / "2032-2033")
    refused(site.once(today="2031-07-01"), "2032-2033")
    assert untouched(site, before)


def test_published_by_hand_every_edit_waits_for_its_publication(filled: Site) -> None:
    before = filled.prints()
    filled.edit("re-registration-autumn", "end: 2025-09-13", "end: 2025-09-12")
    digest = refused(filled.once(publish="manual"), "published only by hand")
    assert untouched(filled, before)
    assert filled.syncd("publish", digest).code == 0
    assert filled.once(publish="manual").code == 0
    assert filled.days(filled.event(101, MAIN))[1] == date(2025, 9, 12)


# --- what it does in each target --------------------------------------------------------------------


def test_a_first_fill_of_over_a_thousand_messages_waits_and_the_rest_is_served(fresh: Site) -> None:
    digest = refused(fresh.once(), "1,840 messages", "the limit is 1,000")
    assert not fresh.courses()
    assert len(fresh.rows()) > 50
    assert fresh.once("--approve", digest).code == 0
    assert [len(fresh.course(number)) for number in (101, 102, 104)] == [10, 10, 10]


def test_an_emptied_course_waits_alone_and_is_refilled_once_approved(filled: Site) -> None:
    for event in filled.course(101):
        filled.teacher.delete(event.id)
    filled.edit("fx-retake-autumn", "en: FX retakes for the autumn semester", "en: Autumn retakes")
    digest = refused(filled.once(), "course_101", "empty")
    assert filled.course(101) == []
    assert filled.event(102, "fx-retake-autumn:main").title == "Autumn retakes"
    assert filled.once("--approve", digest).code == 0
    assert filled.shown(101) == filled.shown(102)
    assert len(filled.course(101)) == 10


def test_a_target_that_would_lose_much_waits_and_the_others_are_served(filled: Site) -> None:
    left = len(filled.rows())
    shown_less = "languages: [kk, ru, en]\n    exclude: [registration, survey, day-off, ceremony, thesis]"
    filled.retarget("languages: [kk, ru, en]", shown_less)
    filled.edit("fx-retake-autumn", "en: FX retakes for the autumn semester", "en: Autumn retakes")
    refused(filled.once(), "would disappear from target law-calendar", "the limit is 10")
    assert len(filled.rows()) == left
    assert filled.event(101, "fx-retake-autumn:main").title == "Autumn retakes"


def test_a_target_that_would_be_emptied_waits_however_few_its_events(filled: Site) -> None:
    everything = "[re-registration, classes, project-defence, exams, retake, day-off]"
    filled.retarget("    terms: [autumn]", f"    terms: [autumn]\n    exclude: {everything}")
    refused(filled.once(guards__removed="100"), "law-autumn")
    assert [len(filled.course(number)) for number in (101, 102, 104)] == [10, 10, 10]


def test_more_messages_to_one_participant_than_allowed_wait(filled: Site) -> None:
    filled.edit("re-registration-autumn", "end: 2025-09-13", "end: 2025-09-12")
    filled.edit("project-defence-autumn", "end: 2025-12-13", "end: 2025-12-12")
    refused(filled.once(guards__messages_each=1), "2 messages may reach one participant", "the limit is 1")
    assert {write.split("/")[1] for write in filled.writes()} == {"calendar"}  # Google tells nobody
    assert filled.pair.canvas.mail.count() == 0


# --- zones ---------------------------------------------------------------------------------------------


def test_another_campus_zone_waits_before_anything_is_written(filled: Site) -> None:
    before = filled.prints()
    filled.retarget("timezone: Asia/Almaty", "timezone: Asia/Tokyo")
    refused(filled.once(), "Asia/Almaty", "Asia/Tokyo")
    assert untouched(filled, before)


def test_another_zone_of_the_tokens_user_waits_in_canvas_alone(filled: Site) -> None:
    canvas = filled.pair.canvas
    canvas.users[canvas.tokens["admin-token"].user_id].time_zone = "America/New_York"
    filled.edit("re-registration-autumn", "end: 2025-09-13", "end: 2025-09-12")
    digest = refused(filled.once(), "America/New_York")
    assert {write.split("/")[1] for write in filled.writes()} == {"calendar"}
    assert filled.once("--approve", digest).code == 0
    assert filled.days(filled.event(101, MAIN))[1] == date(2025, 9, 12)


def test_a_digest_of_another_plan_admits_nothing(filled: Site) -> None:
    before = filled.prints()
    filled.remove(*ELEVEN)
    done = filled.once("--approve", "0" * 12)
    assert done.code == 3
    assert f"What was approved, {'0' * 12}, is not all of this plan, {digest_in(done.err)}" in done.err
    assert untouched(filled, before)


def test_a_word_that_is_no_digest_approves_nothing(filled: Site) -> None:
    before = filled.prints()
    filled.remove(*ELEVEN)
    done = filled.once("--approve", "yes")
    assert done.code == 64
    assert "'yes' is not a plan's digest" in done.err
    assert untouched(filled, before)
