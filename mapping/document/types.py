"""How single values of the data files are read: dates, numbers, yes or no, names, texts.

Every scalar arrives as text; each type here says what text it takes and refuses the rest in words
that tell what to write. No cross-checks between fields.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, time
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    RootModel,
    WithJsonSchema,
)

from mapping.document.plain import quoted, unknown
from mapping.document.zone_names import meant

TITLE_LIMIT = 255
"""Characters, by Canvas."""
LONG_TITLE = 60
"""Characters from which `check` advises the field text: more than this no phone shows."""
TEXT_LIMIT = 2000
"""Characters per language: three languages and the rest of a description stay below Google's 8,192."""
NAME_LIMIT = 200

# They turn the reading direction of whatever follows, past the end of the title they stand in.
_BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_REFUSED_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})
_BYTE_ORDER_MARK = "\ufeff"
# Wide enough for any calendar, narrow enough that counting on from a day never leaves what dates can hold.
_FIRST_YEAR, _LAST_YEAR = 1990, 2190
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
_WHOLE = re.compile(r"-?[0-9]{1,18}")

_T = TypeVar("_T")


class StrictShape(BaseModel):
    """A mapping with known fields and no others."""

    # Those that stand inside others need no validator of their own; the others get theirs when first read with.
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class KeyedShape(RootModel[_T]):
    """A mapping whose keys are names of its own."""

    model_config = ConfigDict(defer_build=True)


def _read_date(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if not _DATE.fullmatch(value):
        raise ValueError(f"{quoted(value)} is not a date; write it like 2025-09-02")
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise ValueError(f"{quoted(value)} is a date that does not exist") from None
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise ValueError(f"{quoted(value)} is no year of this calendar; mend the year")
    return day


def _read_time(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if value in {"24:00", "24"}:
        raise ValueError(f"{quoted(value)} is 00:00 of the next day; write '23:59', or that day and its time")
    if not _TIME.fullmatch(value):
        raise ValueError(f"{quoted(value)} is no time of day; write it like '17:00'")
    return time.fromisoformat(value)


def _read_whole(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if not _WHOLE.fullmatch(value):
        raise ValueError(f"{quoted(value)} is not a whole number")
    return int(value)


def _read_weekday(value: Any) -> Any:
    number = int(value) if isinstance(value, str) and _WHOLE.fullmatch(value) else value
    if number not in range(1, 8):
        raise ValueError(f"{quoted(value)} is no weekday; write 1 for Monday to 7 for Sunday")
    return number


def _read_yes_no(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if value not in {"true", "false"}:
        raise ValueError(f"{quoted(value)} is neither true nor false; write true or false")
    return value == "true"


def _read_yes_or_no(value: Any) -> Any:
    if value in {"yes", "no"}:
        return value == "yes"
    if isinstance(value, str) and value not in {"true", "false"}:
        raise ValueError(f"{quoted(value)} is neither yes nor no; write yes or no")
    return _read_yes_no(value)


def _one_or_more(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _no_repeats(values: list[_T]) -> list[_T]:
    for position, value in enumerate(values):
        if value in values[:position]:
            raise ValueError(f"names {quoted(value)} twice")
    return values


def _printable(limit: int, also: str = "") -> Callable[[str], str]:
    allowed = dict.fromkeys(map(ord, also))

    def check(value: str) -> str:
        if not value.strip():
            raise ValueError("is empty; write the text or leave the line out")
        # Whatever is refused is not printable, and nearly every text is but for its line breaks: one look for all of it.
        suspects = () if value.translate(allowed).isprintable() else value
        for character in suspects:
            if _is_refused(character) and character not in also:
                raise ValueError(f"holds the invisible character U+{ord(character):04X}; take it out")
        if len(value) > limit:
            raise ValueError(f"is {len(value)} characters long; the limit is {limit}")
        return value

    return check


def _is_refused(character: str) -> bool:
    """Control characters, line separators, what turns the reading direction; emoji joiners are fine."""
    return (
        unicodedata.category(character) in _REFUSED_CATEGORIES
        or character in _BIDI_CONTROLS
        or character == _BYTE_ORDER_MARK
    )


def _time_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        zones = available_timezones()
        if found := meant(value, zones):
            raise ValueError(f"unknown time zone {quoted(value)}; write {found}") from None
        raise ValueError(unknown("time zone", value, zones)) from None
    return value


def _matching(pattern: str, meaning: str) -> AfterValidator:
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise ValueError(f"{quoted(value)} is not {meaning}")
        return value

    return AfterValidator(check)


def _schema(**keywords: Any) -> WithJsonSchema:
    """What editors are told: they see YAML's own types, we see text."""
    return WithJsonSchema(keywords)


ClockTime = Annotated[
    time,
    BeforeValidator(_read_time),
    _schema(type="string", pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["17:00"]),
]
IsoDate = Annotated[date, BeforeValidator(_read_date), _schema(type="string", format="date")]
WeekdayNumber = Annotated[int, BeforeValidator(_read_weekday), _schema(type="integer")]
Whole = Annotated[int, BeforeValidator(_read_whole), _schema(type="integer")]
YesNo = Annotated[bool, BeforeValidator(_read_yes_no), _schema(type="boolean")]

YesOrNo = Annotated[bool, BeforeValidator(_read_yes_or_no), _schema(enum=["yes", "no", True, False])]

Title = Annotated[str, AfterValidator(_printable(TITLE_LIMIT)), _schema(type="string", maxLength=TITLE_LIMIT)]
Text = Annotated[
    str, AfterValidator(_printable(TEXT_LIMIT, also="\n\t")), _schema(type="string", maxLength=TEXT_LIMIT)
]
Line = Annotated[str, AfterValidator(_printable(NAME_LIMIT)), _schema(type="string", maxLength=NAME_LIMIT)]

Word = Annotated[
    str,
    _matching(r"[A-Za-z0-9][A-Za-z0-9-]{0,39}", "a name; letters a-z, digits and hyphens, up to 40"),
    _schema(type="string", pattern="^[A-Za-z0-9][A-Za-z0-9-]{0,39}$"),
]
EntryId = Annotated[
    str,
    _matching(r"[a-z0-9-]{3,60}", "an entry id; use 3 to 60 of a-z, 0-9 and the hyphen"),
    _schema(type="string", pattern="^[a-z0-9-]{3,60}$"),
]
YearName = Annotated[
    str,
    # It stands in every event key and marker, between separators.
    _matching(r"[A-Za-z0-9][A-Za-z0-9._-]{0,19}", "a name of an academic year; write it like 2025-2026"),
    _schema(type="string", pattern="^[A-Za-z0-9][A-Za-z0-9._-]{0,19}$"),
]
LanguageCode = Annotated[
    str,
    _matching(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}", "a language code; write it like kk or pt-BR"),
    _schema(type="string", pattern="^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$"),
]
StepReference = Annotated[
    str,
    _matching(
        r"[a-z0-9-]{1,60}(/[a-z0-9-]{1,60})?",
        "what a step counts from; write anchor, a step of this rule, or <rule entry>/<step>",
    ),
    _schema(type="string", pattern="^[a-z0-9-]{1,60}(/[a-z0-9-]{1,60})?$"),
]
YearOfStudy = Annotated[
    str,
    _matching(r"[1-9]|[a-z][a-z0-9-]{1,39}", "a year of study; write 1 to 9 or a group of university.yaml"),
    _schema(anyOf=[{"type": "integer", "minimum": 1, "maximum": 9}, {"type": "string"}]),
]


Country = Annotated[
    str,
    _matching(r"[A-Z]{2}", "the two letters of a country; write it like KZ"),
    _schema(type="string", pattern="^[A-Z]{2}$"),
]
Owner = Annotated[
    str,
    # It stands in every marker, between separators and in HTML.
    _matching(r"[A-Za-z0-9._-]{1,20}", "an owner; use up to 20 of letters a-z, digits, dot, _ and -"),
    _schema(type="string", pattern="^[A-Za-z0-9._-]{1,20}$"),
]
TimeZone = Annotated[str, AfterValidator(_time_zone), _schema(type="string", examples=["Asia/Almaty"])]


class TitleShape(KeyedShape[dict[LanguageCode, Title]]):
    """Titles by language. That the languages exist is checked against university.yaml."""


class TextShape(KeyedShape[dict[LanguageCode, Text]]):
    """Longer texts by language."""


class NameShape(KeyedShape[dict[LanguageCode, Line]]):
    """Names by language, one line each."""


LOCALISED_SHAPES = (TitleShape, TextShape, NameShape)


class _OrOne:
    """Tells editors that one value may stand in place of a list of one."""

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        several: dict[str, Any] = handler(schema)
        return {"anyOf": [several["items"], several]}


# Generic aliases: a list whose members differ, with at least one; or one value in place of a list of one.
Several = Annotated[list[_T], Field(min_length=1), AfterValidator(_no_repeats)]
OneOrSeveral = Annotated[
    list[_T],
    BeforeValidator(_one_or_more),
    Field(min_length=1),
    AfterValidator(_no_repeats),
    _OrOne(),
]
