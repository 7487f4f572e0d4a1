"""Every date the approved document prints is in the data, at its place; the data adds none of its own."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from importlib.resources import files
from typing import Any

Entry = Mapping[str, Any]
Token = tuple[int, date]
"""A printed date: 1-based line, day."""

SOURCE_SHA256 = "92755f06eee91afc56fbb52097d38b7c82e53013086720ff3cc72dde1ef951ff"
HOLIDAY_LIST_STARTS = "Ұлттық мерекелер"

MONTHS = {
    "қаңтар": 1,
    "ақпан": 2,
    "наурыз": 3,
    "сәуір": 4,
    "мамыр": 5,
    "маусым": 6,
    "шілде": 7,
    "тамыз": 8,
    "қыркүйек": 9,
    "қазан": 10,
    "қараша": 11,
    "желтоқсан": 12,
}
_MONTH = f"({'|'.join(MONTHS)})"

# 14.08. - 27.08.2025 ж. | 22.09.2025 ж. - 17.04. 2026 ж. | 28.05. - 05.06 2026 ж. | 19.01. 2026 ж.
_NUMBERS = re.compile(
    r"(?P<d1>\d\d)\.(?P<m1>\d\d)\.?(?: ?(?P<y1>\d{4}) ж\.)?"
    r"(?: +- (?P<d2>\d\d)\.(?P<m2>\d\d)\.?(?: ?(?P<y2>\d{4}) ж\.))?"
)
# 12 желтоқсан 2025 ж.
_DAY_IN_WORDS = re.compile(rf"(\d\d?) {_MONTH} (\d{{4}}) ж\.")
# 2026 жылдың 27 - 30 маусымы
_SPAN_IN_WORDS = re.compile(rf"(\d{{4}}) жылдың (\d\d?) - (\d\d?) {_MONTH}ы")
# 25 қазанда | 1-2 қаңтар | 8 наурыз
_HOLIDAY = re.compile(rf"(?P<first>\d\d?)(?:-(?P<last>\d\d?))? {_MONTH}(?:да)?\b")
# 2025 жылғы «05» тамыздағы №205-1-хаттама
_DOCUMENT = re.compile(rf"(\d{{4}}) жылғы «(\d\d)» {_MONTH}дағы №(\d+-\d+)-хаттама")


def _table_dates(number: int, line: str) -> Iterator[Token]:
    for match in _NUMBERS.finditer(line):
        last_year = match["y2"] or match["y1"]
        assert last_year, f"line {number}: {match[0]!r} has no year"
        yield number, date(int(match["y1"] or last_year), int(match["m1"]), int(match["d1"]))
        if match["d2"]:
            yield number, date(int(last_year), int(match["m2"]), int(match["d2"]))
    for day, month, year in _DAY_IN_WORDS.findall(line):
        yield number, date(int(year), MONTHS[month], int(day))
    for year, first, last, month in _SPAN_IN_WORDS.findall(line):
        yield number, date(int(year), MONTHS[month], int(first))
        yield number, date(int(year), MONTHS[month], int(last))


def _holiday_days(number: int, line: str) -> Iterator[tuple[int, int, int]]:
    """Line, month and day: the list of holidays prints no years."""
    for match in _HOLIDAY.finditer(line):
        yield number, MONTHS[match[3]], int(match["first"])
        if match["last"]:
            yield number, MONTHS[match[3]], int(match["last"])


def _ends(entry: Entry) -> list[date]:
    """The dates a cell prints: one for a day, two for a window."""
    return [entry["start"], entry["end"]] if entry["kind"] == "window" else [entry["end"]]


def _table_and_holidays(lines: Sequence[str]) -> tuple[range, range]:
    split = next(n for n, line in enumerate(lines) if line.startswith(HOLIDAY_LIST_STARTS))
    return range(1, split), range(split, len(lines))


def test_the_source_is_the_approved_text_byte_for_byte() -> None:
    source = files("data") / "2025-2026" / "source" / "academic-calendar-2025-2026.kk.txt"
    assert hashlib.sha256(source.read_bytes()).hexdigest() == SOURCE_SHA256


def test_every_date_of_the_tables_is_an_entrys_and_every_entrys_date_is_printed(
    source_lines: Sequence[str], calendars: Mapping[str, Mapping[str, Any]]
) -> None:
    table, _ = _table_and_holidays(source_lines)
    printed = Counter(token for n in table for token in _table_dates(n, source_lines[n]))

    told: Counter[Token] = Counter()
    for name in ("semester", "trimester"):
        for entry in calendars[name]["entries"]:
            if entry["kind"] != "rule":
                # IX.4 and IX.5 print one range in the columns of both terms.
                for day in _ends(entry):
                    told[entry["place"]["lines"][-1], day] += len(entry["terms"])

    assert told == printed
    assert printed.total() == 196


def test_every_holiday_of_the_list_is_an_entry_in_this_academic_year(
    source_lines: Sequence[str], calendars: Mapping[str, Mapping[str, Any]]
) -> None:
    _, listed = _table_and_holidays(source_lines)
    printed = Counter(token for n in listed for token in _holiday_days(n, source_lines[n]))

    holidays = calendars["holidays"]["entries"]
    told = Counter(
        (entry["place"]["lines"][-1], day.month, day.day) for entry in holidays for day in _ends(entry)
    )

    assert told == printed
    assert printed.total() == 12
    assert all(date(2025, 8, 14) <= day <= date(2026, 8, 29) for entry in holidays for day in _ends(entry))


def test_the_documents_own_date_and_number_are_cited(source: str, year: Mapping[str, Any]) -> None:
    [(approved_in, day, month, number)] = _DOCUMENT.findall(source)
    assert year["document"]["date"] == date(int(approved_in), MONTHS[month], int(day))
    assert year["document"]["number"] == number


def test_nothing_that_looks_like_a_date_is_left_over(source_lines: Sequence[str]) -> None:
    table, listed = _table_and_holidays(source_lines)
    in_table = (_DOCUMENT, _SPAN_IN_WORDS, _DAY_IN_WORDS, _NUMBERS)
    left = []
    for n in (*table, *listed):
        line = source_lines[n]
        for pattern in in_table if n in table else (_HOLIDAY,):
            line = pattern.sub("", line)
        if re.search(rf"\d\.\d\d|\b{_MONTH}", line):
            left.append((n, line))
    assert left == []


def test_rows_of_rules_stand_in_cells_without_a_date(
    source_lines: Sequence[str], entries: Sequence[Entry]
) -> None:
    rules = [entry for entry in entries if entry["kind"] == "rule"]
    dated = [
        entry["id"]
        for entry in rules
        for n in entry["place"]["lines"]
        if list(_table_dates(n, source_lines[n]))
    ]
    assert len(rules) == 25
    assert dated == []


def test_entries_stand_in_the_column_of_their_term(calendars: Mapping[str, Mapping[str, Any]]) -> None:
    columns = {"autumn": 1, "winter": 1, "spring": 2, "summer": 2, "I": 1, "II": 2, "III": 3}
    cells = [entry for name in ("semester", "trimester") for entry in calendars[name]["entries"]]
    single = [entry for entry in cells if "column" in entry["place"]]
    merged = {entry["ref"] for entry in cells if "column" not in entry["place"]}
    both_columns = {f"IX.{row}.{school}" for row in (4, 5) for school in (1, 2, 3, 4)}

    assert [e["id"] for e in single if [columns[term] for term in e["terms"]] != [e["place"]["column"]]] == []
    assert merged == both_columns | {"V", "VIII.1", "VIII.2"}


def test_a_column_is_named_where_a_row_prints_several_dates(entries: Sequence[Entry]) -> None:
    by_cell = Counter(
        (tuple(entry["place"]["lines"]), entry["place"].get("column", 0))
        for entry in entries
        if "place" in entry
    )
    assert [cell for cell, count in by_cell.items() if count > 1] == []
