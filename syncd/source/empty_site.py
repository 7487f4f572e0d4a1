"""The smallest site of a university of one's own: every file sound, two sample rows, nobody else's calendar."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from importlib.resources import files
from typing import Any
from zoneinfo import available_timezones

from mapping.text.keys import KEYS
from syncd.source.holidays_check import working_week_of
from syncd.source.languages import LANGUAGES, Pack, pack
from syncd.source.yaml_write import write_yaml

_SCHEMA = "yaml-language-server: $schema={up}schema/{name}.schema.json"
_COLOURS = {"teaching": "10", "exams": "11", "deadline": "9", "event": "7", "day-off": "8"}
_AUTUMN_WEEKS = 14
SAMPLES = frozenset({"teaching-autumn", "exam-registration"})
"""Ids of the two rows that are no calendar."""


def is_sample(entry: str, title: Mapping[str, str]) -> bool:
    """Whether a row is one of the two samples, with its title as it came."""
    said = {"teaching-autumn": "sample_teaching", "exam-registration": "sample_deadline"}.get(entry)
    return said is not None and any(
        code in LANGUAGES and pack(code).names[said] == text for code, text in title.items()
    )


def empty_site(languages: Sequence[str], *, country: str, timezone: str, today: date) -> dict[str, bytes]:
    """File name to bytes. The first of the ``languages`` is the official one; ``country`` '' for none."""
    packs = [pack(code) for code in languages]
    year = f"{_first_year(today)}-{_first_year(today) + 1}"
    return {
        "university.yaml": _file(
            "university", _university(packs, country, timezone), "Names that stand once."
        ),
        "phrases.yaml": _file(
            "phrases", phrases_of(packs), "The sentence pieces of titles and descriptions."
        ),
        "routing.yaml": _file("routing", _routing(), "Which entries a place shows."),
        f"{year}/year.yaml": _file("year", _year(packs, year), "The academic year.", up="../"),
        f"{year}/calendar.yaml": _file(
            "calendar",
            _calendar(packs, _first_year(today), working_week_of(country, today)),
            "Put your rows in place of these two; every field is described in docs/calendar-format.md.",
            up="../",
        ),
        "targets.yaml": (files("syncd.site_files") / "targets.empty.yaml")
        .read_text(encoding="utf-8")
        .replace("TIMEZONE", timezone)
        .replace("YEAR", year)
        .replace("LANGUAGES", ", ".join(languages))
        .encode(),
    }


def zone_of_country(country: str) -> str:
    """The first zone that the zone table lists for a country; UTC for none."""
    for line in _zone_table().splitlines():
        fields = line.split("\t")
        if not line.startswith("#") and len(fields) > 2 and fields[0] == country:
            return fields[2]
    return "UTC"


def _zone_table() -> str:
    try:
        return (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    except (ModuleNotFoundError, OSError):
        return ""


def is_zone(name: str) -> bool:
    """True for a name of the zone data."""
    return name in available_timezones()


def _first_year(today: date) -> int:
    """Of the academic year that the day lies in, which begins in autumn."""
    return today.year if today.month >= 7 else today.year - 1


def _file(schema: str, value: Any, comment: str, up: str = "") -> bytes:
    return write_yaml(value, f"{_SCHEMA.format(up=up, name=schema)}\n{comment}").encode()


def _each(packs: Sequence[Pack], text: Callable[[Pack], str]) -> dict[str, str]:
    return {one.code: text(one) for one in packs}


def _named(packs: Sequence[Pack], key: str) -> dict[str, Any]:
    return {"name": _each(packs, lambda one: one.names[key])}


def _university(packs: Sequence[Pack], country: str, timezone: str) -> dict[str, Any]:
    first = packs[0].code
    return {
        "university": _named(packs, "university"),
        "country": country or None,
        "timezone": timezone,
        "languages": {
            one.code: {"name": one.name, "official": "true"}
            if one.code == first
            else {"name": one.name, "fallback": [first]}
            for one in packs
        },
        "programmes": {
            "all": {
                **_named(packs, "programme"),
                "terms": {
                    "autumn": _named(packs, "autumn"),
                    "spring": _named(packs, "spring"),
                    "year": {**_named(packs, "year"), "whole_year": "true"},
                },
            }
        },
        "schools": {"all": _named(packs, "school")},
        "audiences": {name: _named(packs, name) for name in ("students", "teachers", "office")},
        "offices": {"registrar": _named(packs, "registrar")},
        "categories": {
            name: {
                **_named(packs, name),
                "colour": colour,
                "ask": "registrar",
                **({"shapes": {"window": "task"}} if name == "deadline" else {}),
                **({"day_off": "true"} if name == "day-off" else {}),
            }
            for name, colour in _COLOURS.items()
        },
    }


def phrases_of(packs: Sequence[Pack]) -> dict[str, Any]:
    """A phrases.yaml in these languages."""
    keys = [key for key in pack("en").phrases if key in KEYS]
    return {key: _each(packs, lambda one, key=key: one.phrases[key]) for key in keys}  # type: ignore[misc]


def _routing() -> dict[str, Any]:
    return {
        "course": [
            {"categories": ["teaching", "exams", "deadline"]},
            {"categories": ["day-off"], "within": "term"},
        ],
        "school": [{"audiences": ["students", "teachers"]}],
        "office": [{"audiences": ["office"]}],
    }


def _year(packs: Sequence[Pack], year: str) -> dict[str, Any]:
    return {
        "year": year,
        "document": {
            "title": _each(packs, lambda one: f"{one.names['calendar']} {year}"),
            "date": f"{year[:4]}-07-01",
        },
        "terms": {"all": {"autumn": {"first": "teaching-autumn", "last": "teaching-autumn"}}},
    }


def _calendar(packs: Sequence[Pack], first_year: int, week: Sequence[int]) -> dict[str, Any]:
    monday = date(first_year, 9, 1)
    monday += timedelta(days=-monday.weekday() % 7)
    end = monday + timedelta(weeks=_AUTUMN_WEEKS) - timedelta(days=3)
    deadline = end - timedelta(weeks=4)
    return {
        "calendar": "calendar",
        "programme": "all",
        "working_week": [str(day) for day in week],
        "entries": [
            {
                "id": "teaching-autumn",
                "terms": ["autumn"],
                "category": "teaching",
                "audience": "students",
                "kind": "window",
                "start": monday.isoformat(),
                "end": end.isoformat(),
                "title": _each(packs, lambda one: one.names["sample_teaching"]),
            },
            {
                "id": "exam-registration",
                "terms": ["autumn"],
                "category": "deadline",
                "audience": "students",
                "kind": "until",
                "end": deadline.isoformat(),
                "by": "17:00",
                "title": _each(packs, lambda one: one.names["sample_deadline"]),
            },
        ],
    }
