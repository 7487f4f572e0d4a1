"""What the shipped calendar holds: counts, ids that never change, titles that differ, texts as printed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

Calendars = Mapping[str, Mapping[str, Any]]
Entry = Mapping[str, Any]

IDS = Path(__file__).with_name("ids.txt")
LANGUAGES = ["kk", "ru", "en"]
TITLE_LIMIT = 60
SEEN_ON_A_PHONE = 40
LONGEST_CELL = 260
"""Words of the source from a cell's first to its last, with the other column's words in between."""
PAGE_HEADER = slice(17, 24)
"""Lines that the PDF repeats at the top of every page, in the middle of rows."""


@pytest.mark.parametrize(
    ("calendar", "count"), [("semester", 71), ("trimester", 53), ("holidays", 10), ("days-off", 7)]
)
def test_each_calendar_holds_one_entry_per_dated_cell(
    calendars: Calendars, calendar: str, count: int
) -> None:
    assert len(calendars[calendar]["entries"]) == count


def test_there_are_no_other_calendars_and_twenty_five_rules(
    calendars: Calendars, entries: Sequence[Entry]
) -> None:
    assert set(calendars) == {"semester", "trimester", "holidays", "days-off"}
    assert sum(entry["kind"] == "rule" for entry in entries) == 25


def test_ids_are_the_ones_that_calendars_out_there_already_know(entries: Sequence[Entry]) -> None:
    """An id is part of every event key: renaming one deletes its events everywhere and creates them anew."""
    assert sorted(entry["id"] for entry in entries) == IDS.read_text(encoding="utf-8").split()


def test_every_text_is_there_in_every_language(
    entries: Sequence[Entry], university: Mapping[str, Any]
) -> None:
    assert list(university["languages"]) == LANGUAGES
    missing = [
        (entry["id"], field)
        for entry in entries
        for field, text in _localised(entry)
        if list(text) != LANGUAGES or not all(value.strip() for value in text.values())
    ]
    assert missing == []


def test_every_entry_has_a_text_or_a_reason(entries: Sequence[Entry]) -> None:
    assert [entry["id"] for entry in entries if not ("text" in entry or "reason" in entry)] == []


def test_translations_have_the_paragraphs_of_the_original(entries: Sequence[Entry]) -> None:
    uneven = [
        (entry["id"], field)
        for entry in entries
        for field, text in _localised(entry)
        if len({len(value.split("\n")) for value in text.values()}) > 1
    ]
    assert uneven == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_titles_are_short_and_differ_in_what_a_phone_shows(calendars: Calendars, language: str) -> None:
    for calendar in calendars.values():
        titles = [entry["title"][language] for entry in calendar["entries"]]
        starts = Counter(title[:SEEN_ON_A_PHONE] for title in titles)
        assert [title for title in titles if len(title) > TITLE_LIMIT] == []
        assert [start for start, count in starts.items() if count > 1] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_titles_of_trimesters_name_the_trimester_and_the_school(calendars: Calendars, language: str) -> None:
    words = {
        "kk": ("триместр", "журналистика"),
        "ru": ("триместр", "журналистика"),
        "en": ("rimester", "Journalism"),
    }[language]
    titles = [entry["title"][language] for entry in calendars["trimester"]["entries"]]
    assert [title for title in titles if not all(word in title for word in words)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_titles_hold_no_date(entries: Sequence[Entry], language: str) -> None:
    dated = re.compile(r"\d{1,2}\.\d\d|\d{4}")
    assert [entry["id"] for entry in entries if dated.search(entry["title"][language])] == []


def test_the_annex_is_for_journalism_only(calendars: Calendars) -> None:
    annex = calendars["trimester"]["entries"]
    assert [entry["id"] for entry in annex if entry["schools"] != ["journalism"]] == []


def test_a_survey_sends_readers_to_whoever_the_printed_note_says_holds_it(entries: Sequence[Entry]) -> None:
    holders = {
        "Conducted by the school": "school",
        "Conducted by the Academic Quality Office": "quality",
        "": None,
    }
    surveys = [entry for entry in entries if entry["category"] == "survey"]
    assert len(surveys) == 7
    for survey in surveys:
        note = survey.get("note", {}).get("en", "").rstrip(".")
        assert survey.get("ask") == holders[note], survey["id"]


def test_the_kazakh_text_is_the_printed_words_in_the_printed_order(
    source: str, source_lines: Sequence[str], entries: Sequence[Entry]
) -> None:
    header = " ".join(source_lines[PAGE_HEADER]).split()
    whole = " ".join(source.split()).replace(" ".join(header), "")
    printed = whole.replace(";", "").split()  # the end of a line in the list of holidays
    strange = [
        (entry["id"], paragraph)
        for entry in entries
        if "place" in entry
        for field in ("text", "note")
        for paragraph in entry.get(field, {}).get("kk", "").split("\n")
        if paragraph and not _is_printed(paragraph.split(), printed)
    ]
    assert strange == []


def test_trimesters_last_from_the_first_class_to_the_last_exam_day(
    calendars: Calendars, year: Mapping[str, Any]
) -> None:
    by_id = {entry["id"]: entry for entry in calendars["trimester"]["entries"]}
    terms = {
        name: (by_id[term["first"]]["start"], by_id[term["last"]]["end"])
        for name, term in year["terms"]["trimester"].items()
    }
    assert terms == {
        "I": (date(2025, 9, 2), date(2025, 11, 16)),
        "II": (date(2025, 12, 2), date(2026, 2, 22)),
        "III": (date(2026, 3, 10), date(2026, 5, 24)),
        "summer": (date(2026, 6, 8), date(2026, 8, 1)),
    }


@pytest.mark.parametrize(
    ("group", "anchors"),
    [
        ("autumn", ["exams-autumn"]),
        ("spring", ["exams-spring", "exams-graduating-spring"]),
        ("i", ["exams-i"]),
        ("ii", ["exams-ii"]),
        ("iii", ["exams-iii"]),
    ],
)
def test_rules_of_the_exams_count_from_their_last_day(
    entries: Sequence[Entry], group: str, anchors: list[str]
) -> None:
    by_id = {entry["id"]: entry for entry in entries}
    counted = {
        name: [
            (step["step"], step["after"], step["working_days"])
            for step in by_id[f"{name}-{group}"]["rule"]["steps"]
        ]
        for name in ("results", "appeal", "fx-application")
    }
    assert counted == {
        "results": [("results", "anchor", 5), ("results-many-papers", "anchor", 10)],
        "appeal": [("appeal", f"results-{group}/results", 1), ("appeal-decision", "appeal", 5)],
        "fx-application": [("fx-application", f"results-{group}/results", 3)],
    }
    assert all(by_id[f"{name}-{group}"]["rule"]["anchors"] == anchors for name in counted)
    assert all(by_id[f"{name}-{group}"]["rule"]["publish"] == "text" for name in counted)


@pytest.mark.parametrize("group", ["autumn", "spring", "i", "ii", "iii"])
def test_lists_of_honour_come_with_the_first_day_of_classes(entries: Sequence[Entry], group: str) -> None:
    """All but the annex's column III, whose text names the next academic year: it has no date."""
    by_id = {entry["id"]: entry for entry in entries}
    for name in ("deans-list", "provosts-list"):
        rule = by_id[f"{name}-{group}"]["rule"]
        counted = [(step["step"], step["after"], step["working_days"]) for step in rule["steps"]]
        assert rule["anchors"] == [f"classes-begin-{group}"]
        assert counted == ([] if group == "iii" else [("published", "anchor", 0)])


def test_windows_do_not_end_before_they_start_and_single_days_are_single(entries: Sequence[Entry]) -> None:
    dated = [entry for entry in entries if entry["kind"] != "rule"]
    assert [entry["id"] for entry in dated if entry["end"] < entry["start"]] == []
    assert [e["id"] for e in dated if (e["start"] == e["end"]) != (e["kind"] in {"day", "until"})] == []


def _localised(entry: Entry) -> Iterator[tuple[str, Mapping[str, str]]]:
    for field in ("title", "text", "note", "reason"):
        if field in entry:
            yield field, entry[field]
    for step in entry.get("rule", {}).get("steps", ()):
        yield step["step"], step["name"]


def _is_printed(words: Sequence[str], printed: Sequence[str]) -> bool:
    """Whether the words follow one another somewhere in the source, within one cell's length.

    The text of the PDF puts the columns of a row line by line one below the other, so other words may stand
    in between, and it breaks words over lines: two neighbours may make one word.
    """
    return any(
        _follows(words, printed[start : start + LONGEST_CELL])
        for start, word in enumerate(printed)
        if words[0].startswith(word)
    )


def _follows(words: Sequence[str], printed: Sequence[str]) -> bool:
    position = 0
    for word in words:
        while position < len(printed):
            whole = printed[position] == word
            joined = "".join(printed[position : position + 2]) == word
            position += 2 if joined and not whole else 1
            if whole or joined:
                break
        else:
            return False
    return True
