"""A plan's own words in a reader's language.

Words are data (``phrases.yaml`` beside this module), and a site may have its own; a language without any falls
back as the university's data says, then to English, and at last to the official one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files

from mapping.model import CanonicalCalendar, Days, Localised
from mapping.text.dates import count_form
from syncd.reporting import english
from syncd.source.yaml_text import parse

ENGLISH = "en"
_LOCALES = {ENGLISH: "en_GB"}
"""The locale by which a language's days are written where it has several."""


@cache
def phrases() -> Mapping[str, Localised]:
    """Key to language to text."""
    document, problems = parse("phrases.yaml", (files("syncd.reporting.plan") / "phrases.yaml").read_bytes())
    if document is None or problems:
        raise ValueError(f"the plan's own phrases cannot be read: {problems}")
    return {key: {code: str(text) for code, text in texts.items()} for key, texts in document.value.items()}


class PlanVoice:
    """One language of a plan. ``arrow``: what stands between old and new; terminals keep to ASCII."""

    def __init__(
        self, calendar: CanonicalCalendar | None = None, language: str = ENGLISH, *, arrow: str = "->"
    ) -> None:
        self.language = language
        self.arrow = arrow
        self._university = calendar.university if calendar is not None else None

    def __call__(self, key: str, **values: object) -> str:
        """A phrase, filled in."""
        return self._pattern(key).format(**values)

    def counted(self, key: str, count: int) -> str:
        """A phrase about so many, in the form that the language uses with the number."""
        form = count_form(self.language, count)
        return self(f"{key}_{form}", count=f"{count:,}")

    def name(self, text: Localised) -> str:
        """A name of the calendar's in this language or its fallbacks, '' if there is none."""
        return self._university.say(text, self.language) if self._university is not None else ""

    def day(self, day: date) -> str:
        """``Sat 13 Sep 2025``."""
        if self.language == ENGLISH:
            return english.day(day)
        return self._babel(day, "yMMMEd")

    def short_day(self, day: date) -> str:
        """``13 September``."""
        return self._babel(day, "MMMMd")

    def month(self, day: date) -> str:
        """``September 2025``."""
        return self._babel(day, "yMMMM")

    def days(self, span: Days | None) -> str:
        """One day or first to last, each with its weekday, and the time where there is one."""
        if self.language == ENGLISH or span is None:
            return english.days(span)
        first, last = self.day(span.start), self.day(span.last)
        if not span.clock:
            return first if span.count == 1 else f"{first} - {last}"
        if span.count == 1:
            return f"{first}, {english.clock(span)}"
        begins, ends = (f"{one:%H:%M}" for one in span.clock)
        return f"{first}, {begins} - {last}, {ends}"

    def from_to(self, old: date, new: date) -> str:
        """``13 -> 10 September``: the month once, and the year only where it changes."""
        if old.year != new.year:
            return f"{self.day(old)} {self.arrow} {self.day(new)}"
        before, after = self.short_day(old), self.short_day(new)
        rest = after.removeprefix(str(new.day))
        if rest != after and before.removeprefix(str(old.day)) == rest:
            before = str(old.day)
        return f"{before} {self.arrow} {after}"

    def _pattern(self, key: str) -> str:
        texts = phrases()[key]
        if text := texts.get(self.language):
            return text
        said = self._university.say(texts, self.language) if self._university is not None else ""
        return said or texts.get(ENGLISH) or next(iter(texts.values()))

    def _babel(self, day: date, skeleton: str) -> str:
        # Slow to load, and not needed where a report names no month.
        from babel import UnknownLocaleError  # noqa: PLC0415
        from babel.dates import format_skeleton  # noqa: PLC0415

        locale = _LOCALES.get(self.language, self.language.replace("-", "_"))
        try:
            return format_skeleton(skeleton, day, locale=locale)
        except (UnknownLocaleError, ValueError, KeyError):
            return format_skeleton(skeleton, day, locale=_LOCALES[ENGLISH])


def voice_of(calendar: CanonicalCalendar | None, language: str, *, arrow: str = "->") -> PlanVoice:
    """The language asked for, '' for English."""
    return PlanVoice(calendar, language or ENGLISH, arrow=arrow)


def languages() -> tuple[str, ...]:
    """Those that the package has a plan's words in."""
    return tuple(phrases()["plan"])
