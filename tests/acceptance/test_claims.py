"""A calendar belongs to one target: clashes are refused, lists beat discovery, and passing on doubles nothing."""

from tests.acceptance.sites import LAW, SMALL, Site

PILOT = """\
  - name: pilot
    kind: canvas
    courses: [101]
    year: 2025-2026
    terms: [autumn]
    languages: [ru, kk]
"""
SECOND = """\
  - name: another-calendar
    kind: google
    calendar_id: law@group.calendar.google.com
    languages: [en]
"""
AGAIN = """\
  - name: law-again
    kind: canvas
    account: "sis_account_id:LAW"
    enrollment_term: "sis_term_id:2025A"
    except: [{sub_account: LAW-MA}, {code: "LAW1101"}]
    year: 2025-2026
    terms: [autumn]
    languages: [ru]
"""


def test_a_list_of_courses_beats_discovery_and_the_course_keeps_its_events(filled: Site) -> None:
    before = {event.id for event in filled.course(101)}
    others = {key: text for key, text in filled.prints().items() if "course_101" not in text}
    filled.retarget(SMALL, SMALL + PILOT)
    assert filled.once().code == 0
    assert {event.id for event in filled.course(101)} == before
    assert filled.event(101, "fx-retake-autumn:main").title == "Пересдача FX, осенний семестр"
    assert {write.split()[0] for write in filled.writes()} == {"PUT"}
    assert filled.pair.canvas.mail.count() == 0
    assert others.items() <= filled.prints().items()


def test_two_targets_on_one_google_calendar_are_refused_and_the_courses_served(filled: Site) -> None:
    before = {key: text for key, text in filled.prints().items() if LAW in key}
    filled.retarget(SMALL, SMALL + SECOND)
    filled.edit("fx-retake-autumn", "en: FX retakes for the autumn semester", "en: Autumn retakes")
    done = filled.once()
    assert done.code == 3
    assert LAW in done.err
    assert "law-calendar and another-calendar" in done.err or "another-calendar and law-calendar" in done.err
    assert {key: text for key, text in filled.prints().items() if LAW in key} == before
    assert filled.event(101, "fx-retake-autumn:main").title == "Autumn retakes"


def test_two_discoveries_of_one_course_are_refused_there_and_nowhere_else(filled: Site) -> None:
    filled.retarget(SMALL, SMALL + AGAIN)
    filled.edit("fx-retake-autumn", "en: FX retakes for the autumn semester", "en: Autumn retakes")
    done = filled.once()
    assert done.code == 3
    assert "course_102" in done.err
    titles = {number: filled.event(number, "fx-retake-autumn:main").title for number in (101, 102, 104)}
    assert titles == {
        101: "Autumn retakes",
        102: "FX retakes for the autumn semester",
        104: "FX retakes for the autumn semester",
    }


def test_renaming_targets_writes_nothing(filled: Site) -> None:
    before = filled.prints()
    filled.retarget("name: law-calendar", "name: everything-for-lawyers")
    filled.retarget("name: law-autumn", "name: zz")
    assert filled.once().code == 0
    assert filled.writes() == []
    assert filled.prints() == before


def test_courses_that_no_target_claims_keep_their_events_and_are_listed(filled: Site) -> None:
    before = filled.prints()
    filled.targets_file.write_text(SMALL.partition("  - name: law-autumn")[0], encoding="utf-8")
    # Canvas is still spoken to for another course, so that what was left behind there can be told.
    filled.retarget("languages: [kk, ru, en]\n", "languages: [kk, ru, en]\n" + PILOT.replace("101", "103"))
    plan = filled.dry().plan
    assert plan["left_behind"] == {"course_101": 10, "course_102": 10, "course_104": 10}
    assert filled.once().code == 0
    assert before.items() <= filled.prints().items()
    assert {write.split()[0] for write in filled.writes()} == {"POST"}


def test_one_target_alone_may_be_run(filled: Site) -> None:
    filled.edit("fx-retake-autumn", "kk: ", "kk: Жаңа атау # ")
    filled.edit("re-registration-autumn", "end: 2025-09-13", "end: 2025-09-12")
    assert filled.once("--target", "law-calendar").code == 0
    assert {write.split("/")[1] for write in filled.writes()} == {"calendar"}
    assert filled.once("--target", "law-calender").code == 78
