"""The languages that the package has words in: sentence pieces, names for an empty site, days and months.

Weekdays and months come from the CLDR (babel). Languages marked ``reviewed: no`` await a speaker's word.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from mapping.document.files import PHRASES_FILE
from mapping.errors import InvalidCalendarError
from syncd.source.yaml_text import parse

IN_DATA = ("kk", "ru", "en")
"""Languages whose phrases stand in the shipped data."""
LANGUAGES = (*IN_DATA, "de", "fr", "es", "tr", "zh", "ar")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """One language: its own name, whether a speaker has confirmed it, phrases by key, names for an empty site."""

    code: str
    name: str
    reviewed: bool
    phrases: Mapping[str, str]
    names: Mapping[str, str]


@cache
def pack(code: str) -> Pack:
    """The words of a language. Raises KeyError for one that the package does not have."""
    if code not in LANGUAGES:
        raise KeyError(code)
    value = _read("syncd.site_files", f"languages/{code}.yaml")
    if code in IN_DATA:
        shipped = _read("data", PHRASES_FILE)
        phrases = {key: texts[code] for key, texts in shipped.items()}
    else:
        phrases = {**day_names(code), **value["phrases"]}
    return Pack(
        code=code,
        name=value["name"],
        reviewed=value.get("reviewed") != "no",
        phrases=phrases,
        names=value["names"],
    )


def words_of(code: str) -> Mapping[str, str]:
    """Phrases of a language by key; none for one that the package does not have."""
    base = code.partition("-")[0]
    return pack(base).phrases if base in LANGUAGES else {}


@cache
def page_words(code: str) -> Mapping[str, str]:
    """What pages say around the calendar, by key; none for a language that the package does not have."""
    base = code.partition("-")[0]
    if base not in LANGUAGES:
        return {}
    return {key: str(text) for key, text in _read("syncd.site_files", f"words/{base}.yaml").items()}


def day_names(code: str) -> dict[str, str]:
    """Phrases for weekdays and for months as they stand beside a day's number."""
    # Asked for by few sites, and slow to load.
    from babel import Locale  # noqa: PLC0415

    locale = Locale.parse(code)
    weekdays = locale.days["format"]["wide"]
    # Chinese writes a month beside a day's number in figures, which the CLDR has among the short forms.
    months = locale.months["format"]["abbreviated" if code == "zh" else "wide"]
    found = {f"weekday_{number}": weekdays[number - 1] for number in range(1, 8)}
    for number in range(1, 13):
        found[f"month_{number}"] = found[f"month_of_{number}"] = months[number]
    return found


def _read(package: str, name: str) -> Any:
    document, problems = parse(name, (files(package) / name).read_bytes())
    if document is None:
        raise InvalidCalendarError(problems)
    return document.value
