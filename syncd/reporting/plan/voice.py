"""A plan's own words in a reader's language.

Words are data, the same files as those of the page, and a site may have its own (``words.yaml``); what a language
lacks falls back as the university's data says, then to English.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from mapping.model import CanonicalCalendar, Days, Localised
from mapping.planning.told import Told
from mapping.text.dates import count_form
from mapping.text.typography import NO_BREAK
from syncd.reporting import english
from syncd.reporting.guard_words import guard_phrase
from syncd.reporting.numbers import filled_in
from syncd.source.languages import page_words

ENGLISH = "en"
_LOCALES = {ENGLISH: "en_GB"}
"""The locale by which a language's days are written where it has several."""
_DASH = re.compile(r" ?[-\N{EN DASH}\N{EM DASH}] ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Typeset:
    """How dates are set. ``arrow``: between old and new; ``dash``: between first and last; ``blank``: inside a day."""

    arrow: str
    dash: str
    blank: str


ARROWS = ("\N{RIGHTWARDS ARROW}", "\N{LEFTWARDS ARROW}")
TERMINAL = Typeset(arrow="->", dash="-", blank=" ")
"""For programs, too: ASCII, plain blanks."""
DOCUMENT = Typeset(arrow=ARROWS[0], dash="\N{EN DASH}", blank=" ")
PAGE = replace(DOCUMENT, blank=NO_BREAK)
"""No line ends inside a day, or between an old day and the new one."""


class PlanVoice:
    """One language of a plan."""

    def __init__(
        self,
        calendar: CanonicalCalendar | None = None,
        language: str = ENGLISH,
        *,
        typeset: Typeset = TERMINAL,
    ) -> None:
        self.language = language
        self.blank = typeset.blank
        self._typeset = typeset
        self._university = calendar.university if calendar is not None else None
        self._own: Mapping[str, Localised] = calendar.words if calendar is not None else {}

    def __call__(self, key: str, **values: object) -> str:
        """A phrase, filled in."""
        return self._filled(f"plan_{key}", **values)

    def _filled(self, key: str, **values: object) -> str:
        for text in self._said(key):
            try:
                return filled_in(text, self.language, values)
            except (KeyError, IndexError, ValueError):
                # A site's word with a hole that nothing fills: the package's own is always sound.
                continue
        raise KeyError(key)

    def guard(self, told: Told) -> str:
        """Why a guard holds the plan back, in its English sentence where there are no words."""
        key, values = guard_phrase(told, self.language, self._filled)
        if not key or self.language == ENGLISH:
            return told.sentence
        return self._filled(key, **values).rstrip(".")

    def quoted(self, sentences: Iterable[str]) -> Iterator[str]:
        """Sentences that exist in English alone; where the reader's language is another, one that says so goes before."""
        for number, sentence in enumerate(sentences):
            if number == 0 and self.language != ENGLISH:
                yield self("own_words")
            yield sentence

    def counted(self, key: str, count: int) -> str:
        """A phrase about so many, in the form that the language uses with the number."""
        form = count_form(self.language, count)
        return self(f"{key}_{form}", count=count)

    def name(self, text: Localised) -> str:
        """A name of the calendar's in this language or its fallbacks, '' if there is none."""
        return self._university.say(text, self.language) if self._university is not None else ""

    def source(self, text: Localised) -> str:
        """The language that `name` takes the text from, '' if there is none."""
        spec = self._university.languages.get(self.language) if self._university is not None else None
        known = (self.language, *(spec.fallback if spec is not None else ()))
        return next((code for code in known if text.get(code)), "")

    def day(self, day: date) -> str:
        """``Sat 13 Sep 2025``."""
        return self._held(english.day(day) if self.language == ENGLISH else self._babel(day, "yMMMEd"))

    def short_day(self, day: date) -> str:
        """``13 September``."""
        return self._held(self._babel(day, "MMMMd"))

    def month(self, day: date) -> str:
        """``September 2025``, as a heading."""
        # As below.
        from syncd.reporting.design.names import month_words  # noqa: PLC0415

        return month_words(self._said("month_year"), self.language, day)

    def days(self, span: Days | None) -> str:
        """One day or first to last, each with its weekday, and the time where there is one."""
        if self.language == ENGLISH or span is None:
            return self._held(english.days(span))
        if span.count == 1:
            return self.day(span.start) + (self._held(f", {english.clock(span)}") if span.clock else "")
        if not span.clock:
            return self._held(self._babel_span(span))
        begins, ends = (f"{one:%H:%M}" for one in span.clock)
        first, last = f"{self.day(span.start)}, {begins}", f"{self.day(span.last)}, {ends}"
        return self._held(f"{first} - {last}")

    def from_to(self, old: date, new: date) -> str:
        """``13 -> 10 September``: the month once, and the year only where it changes."""
        if old.year != new.year:
            return self.change(self.day(old), self.day(new))
        before, after = self.short_day(old), self.short_day(new)
        day, _, month = before.partition(self._typeset.blank)
        if month and after.partition(self._typeset.blank)[2] == month:
            before = day
        return self.change(before, after)

    def change(self, old: str, new: str) -> str:
        """Old and new with an arrow between; a line ends there only where it may inside one of them."""
        blank = " " if " " in old + new else self._typeset.blank
        return f"{old}{blank}{self._arrow(old + new)}{self._typeset.blank}{new}"

    def _arrow(self, around: str) -> str:
        """To the left where the new day stands there, as in Arabic; Latin words stand the other way there, too."""
        if self._typeset.arrow != ARROWS[0]:
            return self._typeset.arrow
        # As below.
        from syncd.reporting.design.names import direction  # noqa: PLC0415

        is_latin = any(unicodedata.bidirectional(letter) == "L" for letter in around)
        return ARROWS[direction(self.language) == "rtl" and not is_latin]

    def _said(self, key: str) -> Iterator[str]:
        """The key's texts, the nearest first: the site's own, the package's, those of the fallbacks, English."""
        spec = self._university.languages.get(self.language) if self._university is not None else None
        own = self._own.get(key, {})
        for code in (self.language, *(spec.fallback if spec is not None else ())):
            yield from filter(None, (own.get(code), page_words(code).get(key)))
        if key != "month_year":
            yield page_words(ENGLISH)[key]

    def _babel(self, day: date, skeleton: str) -> str:
        # Slow to load, and not needed where a report names no month.
        from babel import UnknownLocaleError  # noqa: PLC0415
        from babel.dates import format_skeleton  # noqa: PLC0415

        try:
            return str(format_skeleton(skeleton, day, locale=self._locale))
        except (UnknownLocaleError, ValueError, KeyError):
            return str(format_skeleton(skeleton, day, locale=_LOCALES[ENGLISH]))

    def _babel_span(self, span: Days) -> str:
        """``Mon 15 - Tue 30 Dec 2025``: month and year once, where the language has it so."""
        # As above.
        from babel import UnknownLocaleError  # noqa: PLC0415
        from babel.dates import format_interval  # noqa: PLC0415

        try:
            return format_interval(span.start, span.last, "yMMMEd", locale=self._locale)
        except (UnknownLocaleError, ValueError, KeyError):
            return english.days(span)

    @property
    def _locale(self) -> str:
        return _LOCALES.get(self.language, self.language.replace("-", "_"))

    def _held(self, text: str) -> str:
        """A day or a span as it is set: a line may end after the dash of a span, and nowhere else on a page."""
        plain = " ".join(text.split())
        pieces = (piece.replace(" ", self._typeset.blank) for piece in _DASH.split(plain))
        return f"{self._typeset.blank}{self._typeset.dash} ".join(pieces)


def voice_of(calendar: CanonicalCalendar | None, language: str, *, typeset: Typeset = TERMINAL) -> PlanVoice:
    """The language asked for, '' for English."""
    return PlanVoice(calendar, language or ENGLISH, typeset=typeset)
