"""An invented year of a chosen number of events, as the files a site has: calendar folder, targets, variables.

Texts are as long as a real calendar's: two languages, a heading and a sentence. Every entry is drawn as one
event, so that the number of entries is the number of events in every context.
"""

from __future__ import annotations

from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path

YEAR = "2031-2032"
TODAY = date(2031, 9, 1)
OWNER = "bench"
ZONE = "Asia/Almaty"
TOKEN = "admin-token"  # noqa: S105 - the sandbox's
_FIRST = date(2031, 9, 8)
_DAYS_OF_YEAR = 290
_MOVED_BY = timedelta(days=1)

_ENTRY = """\
  - id: {id}
    ref: "A.{number}"
    section: A
    terms: [autumn]
    category: classes
    audience: students
    kind: {kind}
    start: {start}
    end: {end}
    title:
      kk: "{number}-ші аптаның аралық бақылауы, 2-4-курс"
      en: "Mid-term control of week {number}, years 2 to 4"
    text:
      kk: >-
        II. Теориялық оқыту кезеңі

        {number}. 2-4-курс студенттерінің күзгі семестр пәндері бойынша аралық бақылауы, жеке оқу жоспарына сәйкес.
      en: >-
        II. Period of theoretical teaching

        {number}. Mid-term control of students of years 2 to 4 in the subjects of the autumn semester, following
        the individual study plan.
    place: {{lines: [{number}, {number}], column: 1}}
"""


def write_calendar(
    folder: Path, events: int, *, moved: int | None = None, shipped: Path | None = None
) -> Path:
    """A calendar folder with so many events; ``moved``: the entry of this number lies a day later.

    ``shipped``: where university and phrases are from, in place of this build's own data.
    """
    year = folder / YEAR
    year.mkdir(parents=True, exist_ok=True)
    common = shipped if shipped is not None else files("data")
    for name in ("university.yaml", "phrases.yaml"):
        (folder / name).write_text((common / name).read_text(encoding="utf-8"), encoding="utf-8")
    rows = "  - {sections: [A]}\n"
    (folder / "routing.yaml").write_text(f"course:\n{rows}school:\n{rows}office:\n{rows}", encoding="utf-8")
    (year / "year.yaml").write_text(_year(events), encoding="utf-8")
    (year / "all.yaml").write_text(_entries(events, moved), encoding="utf-8")
    return folder


def _year(events: int) -> str:
    return (
        f"year: {YEAR}\n"
        "document: {title: {kk: Күнтізбе, en: Calendar}, number: '1', date: 2031-06-30, body: {kk: Кеңес}}\n"
        f"terms: {{semester: {{autumn: {{first: {entry_id(0)}, last: {entry_id(events - 1)}}}}}}}\n"
    )


def entry_id(number: int) -> str:
    """Id of an entry by its number from 0."""
    return f"control-{number:04}"


def _entries(events: int, moved: int | None) -> str:
    parts = [_entry(number, events, late=number == moved) for number in range(events)]
    head = "calendar: all\nprogramme: semester\nworking_week: [1, 2, 3, 4, 5]\nsource: source/all.txt\nentries:\n"
    return head + "".join(parts)


def _entry(number: int, events: int, *, late: bool) -> str:
    start = _FIRST + timedelta(days=number * _DAYS_OF_YEAR // events) + (_MOVED_BY if late else timedelta())
    span = number % 4 == 3
    return _ENTRY.format(
        id=entry_id(number),
        number=number + 1,
        kind="window" if span else "day",
        start=start,
        end=start + timedelta(days=5 if span else 0),
    )


def targets_text(*, courses: bool, calendars: int = 0) -> str:
    """A targets file: one target for all courses of the sandbox's term, one for each Google calendar."""
    common = f"year: {YEAR}, school: law, programme: semester"
    lines = [f"owner: {OWNER}", f"timezone: {ZONE}", "targets:"]
    if courses:
        lines.append(
            '  - {name: courses, kind: canvas, account: "sis_account_id:UNI", enrollment_term: "sis_term_id:T1", '
            f"{common}, terms: [autumn], languages: [en, kk]}}"
        )
    lines.extend(
        f"  - {{name: calendar-{at}, kind: google, calendar_id: {calendar_id(at)}, {common}, languages: [kk, en]}}"
        for at in range(calendars)
    )
    return "\n".join(lines) + "\n"


def calendar_id(number: int) -> str:
    """Address of a Google calendar by its number from 0."""
    return f"school{number}@group.calendar.google.com"
