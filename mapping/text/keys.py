"""Which sentence pieces the product says to people, and what each of them is given to say.

The words themselves are data (``phrases.yaml``). Nothing here knows a language or a university: what only
some documents have (a number, a section, an approving body) may be left out of any phrase.
"""

from __future__ import annotations

from collections.abc import Mapping

_NAMES: Mapping[str, frozenset[str]] = {
    **{f"weekday_{number}": frozenset() for number in range(1, 8)},
    # In the form that follows a day's number.
    **{f"month_{number}": frozenset() for number in range(1, 13)},
    # In the form of a date that stands before what is dated: "the order of 5 August".
    **{f"month_of_{number}": frozenset() for number in range(1, 13)},
}

_DATES: Mapping[str, frozenset[str]] = {
    "date": frozenset({"weekday", "day", "month", "year"}),
    "date_plain": frozenset({"day", "month", "year"}),
    "date_short": frozenset({"day", "month"}),
    "days_of_month": frozenset({"days", "month"}),
    "span": frozenset({"first", "last"}),
    "date_of_week": frozenset({"weekday", "day", "month"}),
    "span_one_year": frozenset({"first", "last", "year"}),
    "list_comma": frozenset({"first", "last"}),
    "list_and": frozenset({"first", "last"}),
}

_TITLE = frozenset({"title"})

_TITLES: Mapping[str, frozenset[str]] = {
    "title_opens": _TITLE,
    "title_last_day": _TITLE,
    "title_begins": _TITLE,
    "title_ends": _TITLE,
    "title_latest": _TITLE,
    "title_latest_since": _TITLE | {"within"},
    "title_between": _TITLE,
    "title_week": _TITLE | {"number"},
    "title_changed": _TITLE,
}

_DESCRIPTION: Mapping[str, frozenset[str]] = {
    "join_parts": frozenset({"first", "last"}),
    "label_date": frozenset(),
    "label_dates": frozenset(),
    "dates_until": frozenset({"day"}),
    "dates_by": frozenset({"moment"}),
    "dates_between": frozenset({"days"}),
    "dates_latest": frozenset({"day"}),
    **{f"follows_{number}": frozenset() for number in range(1, 8)},
    "label_todo": frozenset(),
    "label_text_official": frozenset(),
    "label_text_unofficial": frozenset(),
    "text_above": frozenset({"language"}),
    "text_elsewhere": frozenset({"ref"}),
    "label_note": frozenset(),
    "label_reason": frozenset(),
    "label_amended": frozenset(),
    "amended": frozenset({"order", "date"}),
    "amended_by": frozenset({"order", "date"}),
    "amended_was": frozenset({"days"}),
    "label_for": frozenset(),
    "everyone": frozenset(),
    "study_year": frozenset({"years"}),
    "study_years": frozenset({"years"}),
    "all_schools": frozenset(),
    "own_text": frozenset(),
    "fixed_line": frozenset(),
}

_SOURCE: Mapping[str, frozenset[str]] = {
    "source_approved": frozenset({"place", "approval"}),
    "source_absent": frozenset(),
    "source_item": frozenset({"ref", "section"}),
    "source_section": frozenset({"section"}),
    "source_approved_number": frozenset({"number", "date"}),
    "source_approved_on": frozenset({"date"}),
    "source_ask": frozenset({"office"}),
    "source_more": frozenset(),
}

_FORMS = ("1", "2_4", "more")

_RULES: Mapping[str, frozenset[str]] = {
    "rule_title": frozenset({"title", "ref"}),
    "rules_from_day": frozenset({"day"}),
    "rules_from_span": frozenset({"day"}),
    "rules_own": frozenset(),
    # What a step counts from where the data has no words of its own for it.
    "since_day": frozenset({"day"}),
    "since_step": frozenset({"step"}),
    # Within so many working days: none, the next one, and the three forms of a count.
    "within_0": frozenset({"since"}),
    "within_next": frozenset({"since"}),
    "within_1": frozenset({"count", "since"}),
    "within_2_4": frozenset({"count", "since"}),
    "within_more": frozenset({"count", "since"}),
    **{
        f"within_{unit}_{form}": frozenset({"count", "since"})
        for unit in ("days", "weeks")
        for form in _FORMS
    },
    "counted_from": frozenset({"step"}),
    "step_latest": frozenset({"step", "within", "latest"}),
    "step_day": frozenset({"step", "day"}),
    "latest": frozenset({"day", "start"}),
    "latest_if": frozenset({"day", "start"}),
    "latest_other": frozenset({"name", "day"}),
    "calculation": frozenset({"derivation"}),
    "counted": frozenset({"day", "count"}),
    # Three forms of a count: one, two to four, more. A language that needs fewer repeats itself.
    "working_days_1": frozenset({"count"}),
    "working_days_2_4": frozenset({"count"}),
    "working_days_more": frozenset({"count"}),
    "skipped_one": frozenset({"days"}),
    "skipped_many": frozenset({"days"}),
}

PLACEHOLDERS: Mapping[str, frozenset[str]] = {
    **_NAMES,
    **_DATES,
    **_TITLES,
    **_DESCRIPTION,
    **_SOURCE,
    **_RULES,
}
"""Key to the placeholders its text may hold."""

KEYS: frozenset[str] = frozenset(PLACEHOLDERS)

RETIRED: frozenset[str] = frozenset(
    {
        "item",
        "item_whole",
        "item_printed",
        "programme_terms",
        "label_document",
        "document",
        "document_absent",
        "label_ask",
        "milestone",
        "milestone_same_day",
    }
)
"""Phrases that older sites have and that nothing says any more."""

LATER: frozenset[str] = frozenset(
    {
        *_SOURCE,
        *(key for key in _NAMES if key.startswith("month_of_")),
        *(f"follows_{number}" for number in range(1, 8)),
        *(
            "title_latest_since",
            "date_of_week",
            "span_one_year",
            "title_week",
            "dates_by",
            "label_todo",
            "amended_by",
            "since_day",
            "since_step",
        ),
        *(key for key in _RULES if key.startswith(("within_", "step_", "latest"))),
        *("calculation", "counted_from"),
    }
)
"""Phrases that came after the first version: a site folder made by it cannot have them.

The others every folder has had from its beginning, so one without them is a file that lost a part.
"""

_OPTIONAL: Mapping[str, frozenset[str]] = {
    "date": frozenset({"weekday", "year"}),
    "date_plain": frozenset({"year"}),
    "date_of_week": frozenset({"weekday"}),
    "rules_from_day": frozenset({"day"}),
    "rules_from_span": frozenset({"day"}),
    "rule_title": frozenset({"ref"}),
    "text_above": frozenset({"language"}),
    "text_elsewhere": frozenset({"ref"}),
    "amended": frozenset({"order"}),
    "amended_by": frozenset({"order"}),
    "latest": frozenset({"start"}),
    "latest_if": frozenset({"start"}),
    "source_approved": frozenset({"approval"}),
    "source_item": frozenset({"section"}),
    "source_approved_number": frozenset({"number", "date"}),
    "source_approved_on": frozenset({"date"}),
    **{f"within_{unit}1": frozenset({"count"}) for unit in ("", "days_", "weeks_")},
}


def needed(key: str) -> frozenset[str]:
    """Placeholders that a text may not leave out: a date or a name would be dropped unnoticed."""
    return PLACEHOLDERS[key] - _OPTIONAL.get(key, frozenset())
