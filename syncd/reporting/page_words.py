"""The words that pages say around the calendar, in one language.

Words are data: a file for each language of the package, and ``words.yaml`` of a site folder for words of its own.
What is not said in a language falls back as the university's data says, then to English.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from mapping.model import CanonicalCalendar, Days, Localised
from mapping.planning.told import Told
from mapping.text.dates import short_day
from mapping.text.phrases import Voice
from mapping.text.typography import NO_BREAK
from syncd.reporting.design.grid import MONDAY
from syncd.reporting.design.names import direction, month_words, short_weekday, weekdays
from syncd.reporting.guard_words import guard_phrase
from syncd.reporting.numbers import filled_in, number_words
from syncd.source.languages import page_words

_ENGLISH = "en"
_TO = "\N{EN DASH}"


class PageWords:
    """One language of a page."""

    def __init__(
        self,
        calendar: CanonicalCalendar,
        language: str,
        zone: str,
        own: Mapping[str, Localised] | None = None,
    ) -> None:
        """``zone``: the campus's, an IANA name; ``own``: words of the site, by key, in place of the package's."""
        self.language = language
        self.voice = Voice(university=calendar.university, phrases=calendar.phrases, language=language)
        self._zone = ZoneInfo(zone or "UTC")
        self._own = calendar.words if own is None else own

    def __call__(self, key: str, **values: object) -> str:
        """A phrase of the page, filled in."""
        for text in self._said(key):
            try:
                return filled_in(text, self.language, values)
            except (KeyError, IndexError, ValueError):
                # A site's word with a hole that nothing fills: the package's own is always sound.
                continue
        raise KeyError(key)

    @property
    def direction(self) -> str:
        """``ltr`` or ``rtl``."""
        return direction(self.language)

    def moment(self, seconds: float | None) -> str:
        """Day and time on the campus's clock; the word for never where there was none."""
        if not seconds:
            return self("never")
        at = datetime.fromtimestamp(seconds, tz=UTC).astimezone(self._zone)
        return f"{short_day(self.voice, at.date())}, {at:%H:%M}".replace(" ", NO_BREAK)

    def number(self, number: int) -> str:
        """``1,214`` as the language writes it."""
        return number_words(self.language, number)

    def day(self, day: date) -> str:
        """A day with its short weekday, ``Mon 15 December``, which no line end parts."""
        words = f"{short_weekday(self.language, day.isoweekday())} {short_day(self.voice, day)}"
        return words.replace(" ", NO_BREAK)

    def days(self, days: Days) -> str:
        """A day, or first to last, each with its short weekday, and with its time where it has one."""
        begins, ends = [f", {at:%H:%M}" for at in days.clock] or ("", "")
        if days.count == 1:
            until = f"{_TO}{ends.removeprefix(', ')}" if ends != begins else ""
            return f"{self.day(days.start)}{begins}{until}"
        return self("span", first=f"{self.day(days.start)}{begins}", last=f"{self.day(days.last)}{ends}")

    def month(self, first: date) -> str:
        """``December 2025``, as a heading."""
        return month_words(self._said("month_year"), self.language, first)

    def weekdays(self, first: int = MONDAY) -> list[str]:
        """Short names of a week's days."""
        return weekdays(self.language, first)

    def _said(self, key: str) -> Iterator[str]:
        """The key's texts, the nearest first: never a stranger's language, but English at the end."""
        own = self._own.get(key, {})
        for code in (self.language, *self.voice.spec.fallback):
            yield from filter(None, (own.get(code), page_words(code).get(key)))
        if key in page_words(_ENGLISH) and key != "month_year":
            yield page_words(_ENGLISH)[key]


def guard_words(say: PageWords, told: Told) -> str:
    """Why a guard holds a plan back, in the page's language; its English sentence where the page has no words."""
    key, values = guard_phrase(told, say.language, say)
    return say(key, **values) if key else f"{told.sentence}."
