"""A first run writes exactly what the calendar says, everywhere, and a second one writes nothing."""

import re
from datetime import date
from html import unescape

from syncd.sandbox.google.world import SERVICE_ACCOUNT
from tests.acceptance.conftest import SHIPPED, Make
from tests.acceptance.expected import Asked, Calendar
from tests.acceptance.sites import TODAY, Site, key_of, plain

EVERY_COURSE = {
    101: Asked("law", terms=("autumn",)),
    102: Asked("law", terms=("autumn",)),
    104: Asked("law", terms=("autumn",)),
    103: Asked("law", terms=("spring",)),
    201: Asked("economics", terms=("autumn",)),
    202: Asked("economics", terms=("autumn",)),
    203: Asked("economics", terms=("spring",)),
    301: Asked("humanities", terms=("autumn",)),
    302: Asked("humanities", terms=("spring",)),
    303: Asked("humanities", terms=("spring",)),
    401: Asked("journalism", terms=("autumn",)),
    402: Asked("journalism", terms=("autumn",)),
    403: Asked("journalism", terms=("spring",)),
}
EVERY_CALENDAR = {
    f"{school}@group.calendar.google.com": Asked(school, programmes, language="kk")
    for school, programmes in {
        "law": ("semester",),
        "economics": ("semester",),
        "humanities": ("semester",),
        "journalism": ("semester", "trimester"),
    }.items()
}
LAW_AUTUMN = {
    ("Autumn classes begin", "2025-09-02", "2025-09-02"),
    ("Last day: Autumn re-registration (small groups)", "2025-09-13", "2025-09-13"),
    ("Republic Day", "2025-10-25", "2025-10-25"),
    ("Day off for Republic Day", "2025-10-27", "2025-10-27"),
    ("Autumn project defences", "2025-12-08", "2025-12-13"),
    ("Autumn classes end", "2025-12-13", "2025-12-13"),
    ("Begins: Autumn exams and final assignments", "2025-12-15", "2025-12-15"),
    ("Independence Day", "2025-12-16", "2025-12-16"),
    ("Ends: Autumn exams and final assignments", "2025-12-30", "2025-12-30"),
    ("FX retakes for the autumn semester", "2026-01-12", "2026-01-23"),
}


def read(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", " ", html))


def words(text: str) -> str:
    return " ".join(text.split())


def test_every_course_and_every_calendar_holds_exactly_what_the_yaml_asks_for(university: Site) -> None:
    calendar, today = Calendar(SHIPPED), date.fromisoformat(TODAY)
    assert university.courses().keys() == EVERY_COURSE.keys()
    for number, asked in EVERY_COURSE.items():
        assert university.shown(number) == calendar.course(asked, today), number
        assert len(university.course(number)) == len(university.shown(number)), number
    for name, asked in EVERY_CALENDAR.items():
        assert university.shown_in(name) == calendar.school(asked, today), name
        assert len(university.rows(name)) == len(university.shown_in(name)), name


def test_a_law_course_of_the_autumn_holds_these_ten_events(university: Site) -> None:
    pinned = {
        (title, date.fromisoformat(first), date.fromisoformat(last)) for title, first, last in LAW_AUTUMN
    }
    assert university.shown(101) == pinned


def test_a_journalism_course_of_each_trimester_holds_exactly_its_own(fresh: Site) -> None:
    numbers = {"I": 401, "II": 402, "III": 403}
    targets = "".join(
        f"  - {{name: t-{term}, kind: canvas, courses: [{number}], year: 2025-2026, school: journalism, "
        f"programme: trimester, terms: [{term}], languages: [ru, kk]}}\n"
        for term, number in numbers.items()
    )
    fresh.targets_file.write_text(f"owner: mnu\ntimezone: Asia/Almaty\ntargets:\n{targets}", encoding="utf-8")
    assert fresh.once().code == 0
    calendar = Calendar(SHIPPED)
    for term, number in numbers.items():
        asked = Asked("journalism", ("trimester",), (term,), "ru")
        assert fresh.shown(number) == calendar.course(asked, date.fromisoformat(TODAY)), term
    assert [len(fresh.course(number)) for number in numbers.values()] == [8, 9, 12]


def test_google_events_are_free_coloured_without_guests_and_within_the_limits_of_properties(
    university: Site,
) -> None:
    calendar = Calendar(SHIPPED)
    for name in EVERY_CALENDAR:
        for row in university.rows(name):
            assert row.creator == SERVICE_ACCOUNT
            assert row.fields["transparency"] == "transparent"
            assert row.fields["colorId"] == calendar.colour(key_of(row).split(":")[1])
            assert not row.fields.keys() & {"attendees", "recurrence", "reminders"}
            assert not row.reminders
            assert all(len(key) <= 44 and len(value) <= 1024 for key, value in row.private.items())
            assert len(row.fields["description"]) <= 8_192
    assert university.pair.google.mails.total() == 0


def test_every_event_names_its_own_place_and_quotes_the_document_word_for_word(university: Site) -> None:
    calendar = Calendar(SHIPPED)
    for number, events in university.courses().items():
        for event in events:
            text = event.description or ""
            entry = calendar.by_id[text.split("v1;mnu;2025-2026:")[1].split(":")[0]]
            assert f";course_{number};" in text
            assert text.count("data-syncd=") == 1
            assert event.zone == "Asia/Almaty"
            assert "Kept up to date by the Registrar's Office. Your notes go below the line." in text
            quoted = entry.get("text") or entry["reason"]
            assert all(words(line) in words(read(text)) for line in quoted["kk"].splitlines()), event.title


def test_left_out_are_masters_template_completed_and_deleted_courses(university: Site) -> None:
    for number in (151, 190, 191, 192):
        assert not university.course(number), number


def test_a_second_run_dry_or_real_writes_nothing(university: Site) -> None:
    before = university.prints()
    dry = university.dry()
    assert (dry.code, dry.changes) == (0, [])
    assert university.once().code == 0
    assert university.writes() == []
    assert university.prints() == before


def test_the_mails_of_a_first_fill_are_those_that_the_plan_counted(fresh: Site) -> None:
    plan = fresh.dry().plan
    assert fresh.writes() == []
    assert fresh.once(guards__fill_messages=100_000).code == 0
    mail = fresh.pair.canvas.mail
    assert mail.count(notice="New Event Created") == 20  # two published courses; the third is not
    assert mail.count(104) == 0
    students = {number: fresh.pair.canvas.courses[number].students for number in (101, 102)}
    assert plan["summary"]["messages"] == 10 * sum(students.values())


def test_an_account_calendar_holds_the_schools_year_once_and_tells_nobody(make: Make) -> None:
    site = make(
        "owner: mnu\ntimezone: Asia/Almaty\ntargets:\n  - {name: law, kind: canvas, languages: [en], "
        'account_calendars: ["sis_account_id:LAW"], year: 2025-2026, school: law, programme: semester}\n'
    )
    canvas = site.pair.canvas
    law = next(one for one in canvas.accounts.values() if one.sis_id == "LAW")
    law.calendar_visible = True
    assert site.once().code == 0
    events = canvas.events_of(f"account_{law.id}")
    wanted = Calendar(SHIPPED).school(Asked("law"), date.fromisoformat(TODAY), canvas=True)
    assert {(plain(one.title), *site.days(one)) for one in events} == wanted
    assert len(events) == len(wanted)
    assert canvas.mail.count() == 0
    site.forget()
    assert site.once().code == 0
    assert site.writes() == []


def test_a_new_course_gets_its_full_set_without_an_edit(filled: Site) -> None:
    canvas, before = filled.pair.canvas, filled.prints()
    law = next(one for one in canvas.accounts.values() if one.sis_id == "LAW")
    term = next(one for one in canvas.terms.values() if one.sis_id == "2025A")
    canvas.add_course("Moot Court", number=177, account=law, term=term, students=12)
    done = filled.once()
    assert done.code == 0
    assert filled.shown(177) == filled.shown(101)
    assert len(filled.writes()) == 10
    assert before.items() <= filled.prints().items()


def test_a_course_that_was_completed_or_deleted_is_left_alone(filled: Site) -> None:
    filled.pair.canvas.set_course_state(101, "completed")
    filled.pair.canvas.set_course_state(102, "deleted")
    filled.edit("re-registration-autumn", "end: 2025-09-13", "end: 2025-09-12")
    left = {number: [repr(one.dates) for one in filled.course(number)] for number in (101, 102)}
    done = filled.once()
    assert done.code == 0, done.err
    assert [one for one in filled.writes() if "calendar_events" in one] == [
        f"PUT /api/v1/calendar_events/{filled.event(104, 're-registration-autumn:main').id}"
    ]
    assert {number: [repr(one.dates) for one in filled.course(number)] for number in (101, 102)} == left
