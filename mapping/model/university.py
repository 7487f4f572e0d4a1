"""The university's own words: languages, programmes, schools, groups, categories, offices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mapping.model.fields import ADDED, added
from mapping.model.kinds import Shape

Localised = Mapping[str, str]
"""Language code to text. Read it with `University.say`, which knows the declared fallbacks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    name: Localised
    short: Localised = field(default_factory=dict)
    tag: Localised = field(default_factory=dict, metadata={ADDED: True})
    """What stands in brackets at the end of titles that are one school's."""
    timezone: str = added("")
    """Of a school: where it is; '' for the university's own."""
    working_week: frozenset[int] = added(frozenset())
    """Of a school: its own; empty: the year's."""
    country: str = added("")
    subdivision: str = added("")
    """Of a school: whose public holidays its days off are compared with; '' for the university's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TermName:
    name: Localised
    whole_year: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    name: Localised
    terms: Mapping[str, TermName]


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A category of entries. ``colour`` is Google's colorId, "1".."11"; ``ask`` an office."""

    name: Localised
    colour: str
    shapes: Mapping[str, Shape]
    ask: str
    day_off: bool = False
    todo: Localised = field(default_factory=dict, metadata={ADDED: True})


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageName:
    name: str
    official: bool
    fallback: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class University:
    """Names that stand once: university, languages, programmes, schools, year groups, offices."""

    name: Localised
    short: Localised
    languages: Mapping[str, LanguageName]
    programmes: Mapping[str, Programme]
    schools: Mapping[str, Named]
    year_groups: Mapping[str, Named]
    audiences: Mapping[str, Named]
    offices: Mapping[str, Named]
    categories: Mapping[str, Category]
    page: str = added("")
    """Public address of the calendar page, without a slash at its end; '' = no event links there."""
    timezone: str = added("")
    """IANA name; '' = the targets file's. Used where no targets file is at hand, as in an export."""
    moment_minutes: int = added(30)
    """How long a moment lasts where a service or a feed knows no event without length."""
    country: str = ""
    """ISO 3166-1 code, only to compare the days off with a list of public holidays; '' = no comparison."""
    subdivision: str = added("")
    """Part of the country as the list of public holidays names it, such as a German state; '' = none."""

    def say(self, text: Localised, language: str) -> str:
        """The text in that language, else in its declared fallbacks in turn, else ''."""
        spec = self.languages.get(language)
        for code in (language, *(spec.fallback if spec else ())):
            if text.get(code):
                return text[code]
        return ""
