"""A made calendar of a made university, for the year in which it is looked at: something happens today.

Two campuses in two time zones, clock times, a worked Saturday, a rule, two languages. Nobody's dates.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from syncd.sandbox.google.seed import calendar_id
from syncd.source.empty_site import empty_site
from syncd.source.yaml_text import parse
from syncd.source.yaml_write import write_yaml

DEADLINE = "exam-registration"
"""The entry that the demo moves."""
DEADLINE_IN = timedelta(days=12)
COURSES = (101, 102)
CITY_ZONE, BAY_ZONE = "Europe/London", "Asia/Dubai"
_LANGUAGES = ("en", "de")
_DAY, _WEEK = timedelta(days=1), timedelta(weeks=1)


def made_site(today: date) -> dict[str, bytes]:
    """File name to bytes of the calendar's folder and of its targets file, ``targets.yaml``."""
    site = empty_site(_LANGUAGES, country="", timezone=CITY_ZONE, today=today)
    university = _plain(site["university.yaml"])
    university["university"] = {
        "name": _said("Harbour University", "Hafen-Universität"),
        "short": _said("HU", "HU"),
    }
    university["schools"] = {
        "city": {"name": _said("City Campus", "Stadtcampus"), "tag": _said("City", "Stadt")},
        "bay": {
            "name": _said("Bay Campus", "Buchtcampus"),
            "tag": _said("Bay", "Bucht"),
            "timezone": BAY_ZONE,
            "working_week": ["1", "2", "3", "4", "5"],
        },
    }
    year = next(name.partition("/")[0] for name in site if name.endswith("/year.yaml"))
    document = _plain(site[f"{year}/year.yaml"])
    document["terms"] = {"all": {"autumn": {"first": "teaching", "last": "exams"}}}
    monday = today - timedelta(days=today.weekday())
    saturday = monday + 5 * _DAY
    calendar = {
        "calendar": "calendar",
        "programme": "all",
        "working_week": ["1", "2", "3", "4", "5"],
        "entries": list(_entries(today, monday, saturday)),
    }
    return {
        "university.yaml": write_yaml(university).encode(),
        "phrases.yaml": site["phrases.yaml"],
        "routing.yaml": site["routing.yaml"],
        f"{year}/year.yaml": write_yaml(document).encode(),
        f"{year}/calendar.yaml": write_yaml(calendar).encode(),
        "targets.yaml": write_yaml(_targets(year)).encode(),
    }


def _entries(today: date, monday: date, saturday: date) -> Iterator[dict[str, Any]]:
    begin, end = monday - 5 * _WEEK, monday + 6 * _WEEK + 4 * _DAY
    yield _row("teaching", "teaching", _said("Teaching period", "Vorlesungszeit"), start=begin, end=end)
    yield _row(
        "open-day", "event", _said("Open day", "Tag der offenen Tür"), start=today, hours=("10:00", "15:00")
    )
    yield _row(
        "course-choice",
        "deadline",
        _said("Course choice", "Kurswahl"),
        start=today - 3 * _DAY,
        end=today + 4 * _DAY,
        by="12:00",
    )
    yield _row(
        DEADLINE,
        "deadline",
        _said("Exam registration", "Prüfungsanmeldung"),
        until=today + DEADLINE_IN,
        by="17:00",
    )
    yield {
        **_row("make-up-day", "teaching", _said("Make-up classes", "Nachholtag"), start=saturday + _WEEK),
        "follows": "friday",
    }
    yield {
        **_row(
            "bay-holiday",
            "day-off",
            _said("Bay holiday", "Feiertag in der Bucht"),
            start=monday + 2 * _WEEK + 2 * _DAY,
        ),
        "schools": ["bay"],
    }
    exams = monday + 8 * _WEEK
    yield _row("exams", "exams", _said("Exams", "Prüfungen"), start=exams, end=exams + 11 * _DAY)
    yield {
        "id": "results",
        "terms": ["autumn"],
        "category": "exams",
        "audience": "students",
        "kind": "rule",
        "title": _said("Results", "Ergebnisse"),
        "rule": {
            "anchors": ["exams"],
            "publish": "date",
            "steps": [
                {
                    "step": "marks",
                    "after": "anchor",
                    "working_days": "5",
                    "name": _said("Marks are posted", "Noten"),
                }
            ],
        },
    }


def _row(
    id_: str,
    category: str,
    title: dict[str, str],
    *,
    start: date | None = None,
    end: date | None = None,
    until: date | None = None,
    hours: tuple[str, str] | None = None,
    by: str = "",
) -> dict[str, Any]:
    said: dict[str, Any] = {"id": id_, "terms": ["autumn"], "category": category, "audience": "students"}
    if until is not None:
        said |= {"kind": "until", "end": until.isoformat()}
    elif start is not None:
        said |= {"kind": "day" if end is None else "window", "start": start.isoformat()}
        said |= {"end": end.isoformat()} if end is not None else {}
    said |= {"from": hours[0], "to": hours[1]} if hours else {}
    said |= {"by": by} if by else {}
    return {**said, "title": title}


def _targets(year: str) -> dict[str, Any]:
    def school(name: str, address: str, languages: list[str]) -> dict[str, Any]:
        return {
            "name": f"{name}-calendar",
            "kind": "google",
            "calendar_id": calendar_id(address),
            "school": name,
            "languages": languages,
        }

    return {
        "owner": "harbour",
        "timezone": CITY_ZONE,
        "targets": [
            school("city", "law", ["en", "de"]),
            school("bay", "economics", ["de", "en"]),
            {
                "name": "city-courses",
                "kind": "canvas",
                "courses": [str(number) for number in COURSES],
                "year": year,
                "school": "city",
                "terms": ["autumn"],
                "languages": ["en", "de"],
            },
        ],
    }


def _said(english: str, german: str) -> dict[str, str]:
    return {"en": english, "de": german}


def _plain(raw: bytes) -> dict[str, Any]:
    document, problems = parse("made", raw)
    if document is None:
        raise ValueError(f"the empty site is not sound: {problems}")
    value: dict[str, Any] = document.value
    return value
