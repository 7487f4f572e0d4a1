"""First and last day of terms. The approved document gives none: entries that year.yaml names do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mapping.model import Days


def term_days(first: Days, last: Days) -> Days | None:
    """From the first day of one entry to the last day of another; None if that ends before it starts."""
    return Days(first.start, last.end) if first.start < last.end else None


def whole_span(terms: Iterable[Days]) -> Days | None:
    """From the earliest to the latest day of the terms; None for no terms."""
    known = list(terms)
    if not known:
        return None
    return Days(min(days.start for days in known), max(days.end for days in known))


def with_whole_years(
    terms: Mapping[tuple[str, str], Days], whole_year: Mapping[str, Iterable[str]]
) -> dict[tuple[str, str], Days]:
    """The terms, and for each programme the term names that stand for the whole year, spanning its others."""
    result = dict(terms)
    for programme, names in whole_year.items():
        span = whole_span(days for (owner, _), days in terms.items() if owner == programme)
        if span is not None:
            result.update({(programme, name): span for name in names if (programme, name) not in terms})
    return result
