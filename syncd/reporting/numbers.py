"""Numbers as a language writes them, wherever people read: ``8,275``, ``8 275``, ``8.275``."""

from __future__ import annotations

from collections.abc import Mapping

from mapping.text.typography import NO_BREAK

_UNGROUPED = 1000
_ENGLISH = "en"


def number_words(language: str, number: int) -> str:
    """The number with the language's separator of thousands; a blank there is one that no line end parts."""
    if language == _ENGLISH or abs(number) < _UNGROUPED:
        return f"{number:,}"
    # Slow to load, and few sites have such numbers.
    from babel.numbers import format_decimal  # noqa: PLC0415

    from syncd.reporting.design.names import locale_of  # noqa: PLC0415

    # French has a narrow blank there, which a terminal would show as a stranger.
    return "".join(
        NO_BREAK if one.isspace() else one for one in format_decimal(number, locale=locale_of(language))
    )


def filled_in(text: str, language: str, values: Mapping[str, object]) -> str:
    """A phrase with its holes filled, whole numbers as the language writes them.

    Raises KeyError, IndexError or ValueError for a hole that nothing fills.
    """
    shown = {
        name: number_words(language, value) if type(value) is int else value for name, value in values.items()
    }
    return text.format(**shown)
