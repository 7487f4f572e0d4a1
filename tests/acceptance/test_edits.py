"""An edit of the calendar does in every calendar what it says and nothing else, and events keep their ids."""

from collections.abc import Iterable
from datetime import date

import pytest

from tests.acceptance.sites import LAW, Site, days_of, key_of

COURSES = (101, 102, 104)


def ids(site: Site) -> dict[str, str]:
    """Context and key of every event of ours, with its remote id."""
    found = {}
    for number in COURSES:
        for event in site.course(number):
            found[f"{number} {key_in(event.description)}"] = str(event.id)
    return found | {f"google {key_of(row)}": row.id for row in site.rows()}


def key_in(description: str | None) -> str:
    return (description or "").split("data-syncd=")[1].split(";")[2]


def only(writes: Iterable[str], method: str) -> list[str]:
    return [write for write in writes if write.startswith(f"{method} ")]


def test_an_edited_date_is_one_update_per_part_and_every_id_stays(filled: Site) -> None:
    before, prints = ids(filled), filled.prints()
    mains = [filled.event(number, "re-registration-autumn:main").id for number in COURSES]
    parts = [filled.row(f"re-registration-autumn:{part}").id for part in ("main", "opening")]
    filled.edit("re-registration-autumn", "end: 2025-09-13", "end: 2025-09-11")

    assert filled.once().code == 0

    moved = date(2025, 9, 11)
    for number in COURSES:
        assert filled.days(filled.event(number, "re-registration-autumn:main")) == (moved, moved)
    assert days_of(filled.row("re-registration-autumn:main")) == (moved, moved)
    assert sorted(filled.writes()) == sorted(
        [f"PUT /api/v1/calendar_events/{number}" for number in mains]
        + [f"PUT /calendar/v3/calendars/{LAW}/events/{number}" for number in parts]
    )
    assert ids(filled) == before
    touched = {f"canvas {number}" for number in mains} | {f"google {LAW} {number}" for number in parts}
    assert {name for name, text in filled.prints().items() if prints[name] != text} == touched
    mail = filled.pair.canvas.mail
    assert sorted(one.course_id for one in mail.mails) == [101, 102]
    assert {one.notice for one in mail.mails} == {"Event Date Changed"}


def test_a_removed_entry_is_one_delete_per_part(filled: Site) -> None:
    before = ids(filled)
    gone = {name for name in before if "re-registration-autumn:" in name}
    assert len(gone) == len(COURSES) + 2
    filled.remove("re-registration-autumn")
    assert filled.once().code == 0
    assert ids(filled) == {name: key for name, key in before.items() if name not in gone}
    assert len(filled.writes()) == len(only(filled.writes(), "DELETE")) == len(gone)
    assert filled.pair.canvas.mail.count() == 0


def test_an_added_entry_appears_once_where_it_belongs(filled: Site) -> None:
    before = ids(filled)
    path, block = filled.find("republic-day-transfer")
    added = block.replace("republic-day-transfer", "bridge-day").replace("2025-10-27", "2025-10-28")
    added = "".join(line for line in added.splitlines(keepends=True) if "transfer_of" not in line)
    path.write_text(path.read_text(encoding="utf-8").replace(block, block + added), encoding="utf-8")
    assert filled.once().code == 0
    new = {name: key for name, key in ids(filled).items() if name not in before}
    assert sorted(new) == sorted(
        [f"{number} 2025-2026:bridge-day:main" for number in COURSES] + ["google 2025-2026:bridge-day:main"]
    )
    assert len(filled.writes()) == len(new)


def test_an_edited_title_writes_to_nobody(filled: Site) -> None:
    before = ids(filled)
    filled.edit(
        "fx-retake-autumn", "en: FX retakes for the autumn semester", "en: Autumn retakes of FX grades"
    )
    assert filled.once().code == 0
    assert {filled.event(number, "fx-retake-autumn:main").title for number in COURSES} == {
        "Autumn retakes of FX grades"
    }
    assert ids(filled) == before
    assert len(filled.writes()) == len(only(filled.writes(), "PUT"))
    assert filled.pair.canvas.mail.count() == 0


def test_a_window_shortened_to_a_day_loses_its_opening_and_keeps_its_main_event(filled: Site) -> None:
    before = ids(filled)
    filled.edit("registration-winter", "start: ", "start: 2025-12-20 # ")
    filled.edit("registration-winter", "end: ", "end: 2025-12-20 # ")
    assert filled.once().code == 0
    after = ids(filled)
    assert before.keys() - after.keys() == {"google 2025-2026:registration-winter:opening"}
    assert after.items() <= before.items()
    assert days_of(filled.row("registration-winter:main")) == (date(2025, 12, 20), date(2025, 12, 20))
    assert sorted(write.split()[0] for write in filled.writes()) == ["DELETE", "PUT"]


@pytest.mark.parametrize(
    ("entry", "old", "new", "main", "opening"),
    [
        # Six days, a span; then sixteen: two all-day events.
        ("project-defence-autumn", "2025-12-13", "2025-12-23", ("2025-12-23", "2025-12-23"), "appears"),
        # Sixteen days, two all-day events; then nine: a span.
        ("exams-autumn", "2025-12-30", "2025-12-23", ("2025-12-15", "2025-12-23"), "goes"),
    ],
)
def test_a_period_that_crosses_two_weeks_keeps_its_main_event_in_courses(
    filled: Site, entry: str, old: str, new: str, main: tuple[str, str], opening: str
) -> None:
    before = ids(filled)
    filled.edit(entry, f"end: {old}", f"end: {new}")
    done = filled.once()
    assert done.code == 0, done.err
    after = ids(filled)
    openings = {f"{number} 2025-2026:{entry}:opening" for number in COURSES}
    assert after.keys() - before.keys() == (openings if opening == "appears" else set())
    assert before.keys() - after.keys() == (openings if opening == "goes" else set())
    assert all(before[name] == after[name] for name in before.keys() & after.keys())
    wanted = tuple(map(date.fromisoformat, main))
    assert {filled.days(filled.event(number, f"{entry}:main")) for number in COURSES} == {wanted}


def test_what_is_over_is_left_alone_and_not_made_up_for(filled: Site) -> None:
    filled.edit("classes-begin-autumn", "en: Autumn classes begin", "en: The autumn begins")
    filled.edit("fx-retake-autumn", "en: FX retakes for the autumn semester", "en: Autumn retakes")
    before = {number: filled.event(number, "classes-begin-autumn:main").title for number in COURSES}
    assert filled.once(today="2025-10-01").code == 0
    assert {number: filled.event(number, "classes-begin-autumn:main").title for number in COURSES} == before
    assert {filled.event(number, "fx-retake-autumn:main").title for number in COURSES} == {"Autumn retakes"}


def test_a_calendar_wholly_in_the_past_is_said(filled: Site) -> None:
    done = filled.syncd("--dry-run", today="2027-01-01")
    assert done.code == 0
    assert "past" in done.out
    assert filled.writes() == []


LAWS_OWN_EXAMS = """
  - id: exams-autumn-law
    replaces: exams-autumn
    schools: [law]
    section: IV
    terms: [autumn]
    category: exams
    audience: students
    kind: window
    start: 2025-12-10
    end: 2025-12-23
    title: {kk: Заң мектебінің күзгі емтихандары, ru: Осенние экзамены школы права, en: Autumn exams of Law}
    text: {kk: Заң мектебінің емтихандары., ru: Экзамены школы права., en: Exams of the School of Law.}
"""


def test_a_course_of_law_gets_the_exams_of_its_own_school_and_not_the_general_ones(university: Site) -> None:
    rows = university.calendar / "2025-2026" / "semester.yaml"
    rows.write_text(rows.read_text(encoding="utf-8") + LAWS_OWN_EXAMS, encoding="utf-8")
    done = university.once(guards__moved=100, guards__messages_each=100, guards__fill_messages=100_000)
    assert done.code == 0, done.err
    own = university.event(101, "exams-autumn-law:main")
    assert university.days(own) == (date(2025, 12, 10), date(2025, 12, 23))
    assert not [one for one in university.course(101) if ":exams-autumn:" in (one.description or "")]
    for number in (201, 301, 401):
        general = university.event(number, "exams-autumn:main")
        assert university.days(general)[1] == date(2025, 12, 30)
        assert not [one for one in university.course(number) if "exams-autumn-law" in (one.description or "")]
    assert [key for key in map(key_of, university.rows(LAW)) if "exams-autumn" in key] == [
        "2025-2026:exams-autumn-law:main"
    ]
