"""Names of months and weekdays in any language, and the direction in which it is written, from the CLDR."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_skeleton

from syncd.reporting.design.grid import MONDAY

_FALLBACK = "en"
_NARROW = 3


@cache
def locale_of(language: str) -> Locale:
    """What is known of a language; of English where nothing is."""
    try:
        return Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale.parse(_FALLBACK)


def direction(language: str) -> str:
    """``ltr`` or ``rtl``."""
    return locale_of(language).text_direction


def month_year(language: str, month: date) -> str:
    """``December 2025``, as a heading: with a capital where the alphabet has them."""
    return _capital(format_skeleton("yMMMM", month, locale=locale_of(language)))


def month_words(patterns: Iterable[str], language: str, month: date) -> str:
    """`month_year` by the first of the patterns, as ``{year} жылғы {month}``; by the CLDR where there is none."""
    for pattern in patterns:
        name = month_name(language, month.month)
        shown = name if pattern.startswith("{month}") else name[:1].lower() + name[1:]
        return pattern.format(month=shown, year=month.year)
    return month_year(language, month)


def month_name(language: str, month: int) -> str:
    """``December``, standing alone."""
    return _capital(locale_of(language).months["stand-alone"]["wide"][month])


def short_month(language: str, month: int) -> str:
    """``Dec``, as it stands beside a day's number."""
    return str(locale_of(language).months["format"]["abbreviated"][month])


def short_weekday(language: str, weekday: int) -> str:
    """``Mon`` for an ISO weekday as it stands before a day: without a capital where the language has none there."""
    return str(locale_of(language).days["format"]["abbreviated"][weekday - 1].rstrip("."))


def narrow_weekdays(language: str, first: int = MONDAY) -> list[str]:
    """The names of a week's days from its first on, as wide as three letters have room for, all alike."""
    widths = locale_of(language).days["stand-alone"]
    candidates = [
        [_capital(widths[width][number].rstrip(".")) for number in range(7)]
        for width in ("abbreviated", "short", "narrow")
    ]
    names = next((names for names in candidates if max(map(len, names)) <= _NARROW), candidates[-1])
    return [names[(first - 1 + offset) % 7] for offset in range(7)]


def weekdays(language: str, first: int = MONDAY) -> list[str]:
    """The short names of a week's days, from its first on, as headings."""
    names = locale_of(language).days["stand-alone"]["abbreviated"]
    return [_capital(names[(first - 1 + offset) % 7].rstrip(".")) for offset in range(7)]


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]
