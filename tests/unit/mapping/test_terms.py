"""Terms are as long as the entries that bound them."""

from __future__ import annotations

from datetime import date

from mapping.model import Days
from mapping.terms import term_days, whole_span, with_whole_years

AUTUMN = Days.inclusive(date(2031, 10, 1), date(2031, 10, 10))
WINTER = Days.inclusive(date(2031, 12, 1), date(2031, 12, 20))


def test_a_term_lasts_to_the_last_day_of_its_last_entry() -> None:
    assert term_days(AUTUMN, WINTER) == Days.inclusive(date(2031, 10, 1), date(2031, 12, 20))


def test_one_entry_may_bound_a_term_on_both_sides() -> None:
    assert term_days(AUTUMN, AUTUMN) == AUTUMN


def test_a_term_that_would_end_before_it_starts_is_none() -> None:
    assert term_days(WINTER, AUTUMN) is None


def test_no_terms_span_nothing() -> None:
    assert whole_span([]) is None


def test_a_whole_year_spans_the_terms_of_its_own_programme_only() -> None:
    terms = {("a", "one"): AUTUMN, ("b", "one"): WINTER}

    assert with_whole_years(terms, {"a": ["all"], "c": ["all"]}) == {**terms, ("a", "all"): AUTUMN}


def test_a_whole_year_that_year_yaml_dates_keeps_its_dates() -> None:
    terms = {("a", "one"): AUTUMN, ("a", "all"): WINTER}

    assert with_whole_years(terms, {"a": ["all"]}) == terms
