"""The page's own words in the languages of the data, and which of them a reader is shown.

Words are data (``phrases.yaml`` beside this module); a language the page has no words in falls back as the
university's data says, then to English, and at last to the official one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from mapping.model import CanonicalCalendar, Days
from mapping.planning.guards import GuardHit
from mapping.text.dates import short_day
from mapping.text.phrases import Voice
from mapping.text.typography import unbroken
from syncd.source.yaml_text import parse

_MOST_LANGUAGES = 20
"""Languages of an Accept-Language header that are looked at."""


@cache
def phrases() -> Mapping[str, Mapping[str, str]]:
    """Key to language to text."""
    document, problems = parse("phrases.yaml", (files("syncd.web") / "phrases.yaml").read_bytes())
    if document is None or problems:
        raise ValueError(f"the page's own phrases cannot be read: {problems}")
    return {key: {code: str(text) for code, text in texts.items()} for key, texts in document.value.items()}


class PageWords:
    """One language of the page."""

    def __init__(self, calendar: CanonicalCalendar, language: str, zone: str) -> None:
        self.language = language
        self.voice = Voice(university=calendar.university, phrases=calendar.phrases, language=language)
        self._zone = ZoneInfo(zone)

    def __call__(self, key: str, **values: object) -> str:
        """A phrase of the page, filled in."""
        texts = phrases()[key]
        # Never a stranger's language: English, else the university's own.
        text = self.voice.say(texts) or texts.get("en") or next(iter(texts.values()))
        return text.format(**values)

    def moment(self, seconds: float | None) -> str:
        """Day and time on the campus's clock; the word for never where there was none."""
        if not seconds:
            return self("never")
        at = datetime.fromtimestamp(seconds, tz=UTC).astimezone(self._zone)
        return unbroken(f"{short_day(self.voice, at.date())}, {at:%H:%M}")

    def days(self, days: Days) -> str:
        """A day, or first to last, each with its short weekday."""
        first = f"{self(f'weekday_{days.start.isoweekday()}')} {short_day(self.voice, days.start)}"
        if days.count == 1:
            return unbroken(first)
        last = f"{self(f'weekday_{days.last.isoweekday()}')} {short_day(self.voice, days.last)}"
        return unbroken(self("span", first=first, last=last))


def guard_words(say: PageWords, hit: GuardHit) -> str:
    """Why a guard holds a plan back, in the page's language; its English sentence where the page has no words."""
    key = f"guard_{hit.guard}"
    if key not in phrases():
        return f"{hit.sentence}."
    return say(key, scope=hit.scope, found=hit.found, limit=hit.limit, **hit.names)


def choose_language(known: Mapping[str, object], asked: str, accepted: str) -> str:
    """The language asked for, else the best of an Accept-Language header, else the data's first."""
    if asked in known:
        return asked
    weighed = []
    for place, piece in enumerate(accepted[:1000].split(",")[:_MOST_LANGUAGES]):
        name, _, options = piece.partition(";")
        code = name.strip().split("-")[0].casefold()
        if code in known:
            weighed.append((-_weight(options), place, code))
    return min(weighed)[2] if weighed else next(iter(known))


def _weight(options: str) -> float:
    try:
        return float(options.partition("q=")[2] or 1)
    except ValueError:
        return 0.0
