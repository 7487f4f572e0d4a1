"""Which sentence pieces the product says to people, and how a piece is said in one language.

The words themselves are data (``phrases.yaml``). Here stand only the keys, the placeholders each of
them takes, and the shape of the fixed line. Nothing here knows a language.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from string import Formatter

from mapping.model import LanguageName, Localised, University

LINE_EDGE = "————"
"""Begins and ends every fixed line, so that it is found whatever language it was written in."""

_NAMES: Mapping[str, frozenset[str]] = {
    **{f"weekday_{number}": frozenset() for number in range(1, 8)},
    # In the form that follows a day's number.
    **{f"month_{number}": frozenset() for number in range(1, 13)},
}

_DATES: Mapping[str, frozenset[str]] = {
    "date": frozenset({"weekday", "day", "month", "year"}),
    "date_plain": frozenset({"day", "month", "year"}),
    "date_short": frozenset({"day", "month"}),
    "days_of_month": frozenset({"days", "month"}),
    "span": frozenset({"first", "last"}),
    "list_comma": frozenset({"first", "last"}),
    "list_and": frozenset({"first", "last"}),
}

_TITLES: Mapping[str, frozenset[str]] = {
    "title_opens": frozenset({"title"}),
    "title_last_day": frozenset({"title"}),
    "title_begins": frozenset({"title"}),
    "title_ends": frozenset({"title"}),
    "title_latest": frozenset({"title"}),
    "title_between": frozenset({"title"}),
    "title_changed": frozenset({"title"}),
}

_DESCRIPTION: Mapping[str, frozenset[str]] = {
    "item": frozenset({"section", "ref"}),
    "item_whole": frozenset({"section"}),
    "item_printed": frozenset({"item", "printed"}),
    "programme_terms": frozenset({"programme", "terms"}),
    "join_parts": frozenset({"first", "last"}),
    "label_date": frozenset(),
    "label_dates": frozenset(),
    "dates_until": frozenset({"day"}),
    "dates_between": frozenset({"days"}),
    "dates_latest": frozenset({"day"}),
    "label_text_official": frozenset(),
    "label_text_unofficial": frozenset(),
    "text_above": frozenset({"language"}),
    "text_elsewhere": frozenset({"ref"}),
    "label_note": frozenset(),
    "label_reason": frozenset(),
    "label_amended": frozenset(),
    "amended": frozenset({"order", "date"}),
    "amended_was": frozenset({"days"}),
    "label_for": frozenset(),
    "everyone": frozenset(),
    "study_year": frozenset({"years"}),
    "study_years": frozenset({"years"}),
    "all_schools": frozenset(),
    "label_document": frozenset(),
    "document": frozenset({"title", "number", "date", "body"}),
    "document_absent": frozenset(),
    "label_ask": frozenset(),
    "own_text": frozenset(),
    "fixed_line": frozenset(),
}

_RULES: Mapping[str, frozenset[str]] = {
    "rule_title": frozenset({"title", "ref"}),
    "rules_from_day": frozenset({"day"}),
    "rules_from_span": frozenset({"day"}),
    "rules_own": frozenset(),
    "milestone": frozenset({"step", "day", "derivation"}),
    "milestone_same_day": frozenset({"step", "day"}),
    "counted": frozenset({"day", "count"}),
    # Three forms of a count: one, two to four, more. A language that needs fewer repeats itself.
    "working_days_1": frozenset({"count"}),
    "working_days_2_4": frozenset({"count"}),
    "working_days_more": frozenset({"count"}),
    "skipped_one": frozenset({"days"}),
    "skipped_many": frozenset({"days"}),
}

PLACEHOLDERS: Mapping[str, frozenset[str]] = {**_NAMES, **_DATES, **_TITLES, **_DESCRIPTION, **_RULES}
"""Key to the placeholders its text may hold."""

KEYS: frozenset[str] = frozenset(PLACEHOLDERS)


def phrase_faults(key: str, text: str) -> Iterable[str]:
    """What is wrong with one phrase in one language, in words; nothing if it can be said."""
    try:
        used = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError as error:
        yield f"phrase {key!r} has unbalanced braces: {error}"
        return
    for name in sorted(used - PLACEHOLDERS[key]):
        yield f"phrase {key!r} holds {{{name}}}, which is not given to it"
    # A dropped placeholder would drop a date or a name without anybody noticing.
    for name in sorted(_needed(key) - used):
        yield f"phrase {key!r} does not say {{{name}}}"
    if key == "fixed_line" and not is_fixed_line(text):
        yield f"the fixed line must begin and end with {LINE_EDGE!r} and stand on one line"


def is_fixed_line(line: str) -> bool:
    """True for the line that divides our text from people's own, in any language."""
    line = line.strip()
    return (
        len(line) > 2 * len(LINE_EDGE)
        and line.startswith(LINE_EDGE)
        and line.endswith(LINE_EDGE)
        and "\n" not in line
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """One language of one university: says names and phrases, with the declared fallbacks."""

    university: University
    phrases: Mapping[str, Localised]
    language: str

    @property
    def spec(self) -> LanguageName:
        """Name, official or not, fallbacks."""
        return self.university.languages[self.language]

    def say(self, text: Localised) -> str:
        """The text in this language or its fallbacks, '' if there is none."""
        return self.university.say(text, self.language)

    def source(self, text: Localised) -> str:
        """The language code that `say` takes the text from, '' if there is none."""
        for code in (self.language, *self.spec.fallback):
            if text.get(code):
                return code
        return ""

    def phrase(self, key: str, **values: str) -> str:
        """The phrase with its placeholders filled."""
        return self.say(self.phrases[key]).format(**values)

    def listed(self, pieces: Iterable[str]) -> str:
        """``a, b and c``."""
        *head, last = pieces
        if not head:
            return last
        first = head[0]
        for piece in head[1:]:
            first = self.phrase("list_comma", first=first, last=piece)
        return self.phrase("list_and", first=first, last=last)

    def joined(self, pieces: Iterable[str]) -> str:
        """``a; b; c``, empty pieces left out."""
        whole = ""
        for piece in filter(None, pieces):
            whole = self.phrase("join_parts", first=whole, last=piece) if whole else piece
        return whole


def _needed(key: str) -> frozenset[str]:
    """Placeholders that a text may not leave out."""
    if key in {"rules_from_day", "rules_from_span", "item"}:
        return frozenset()
    return PLACEHOLDERS[key]
