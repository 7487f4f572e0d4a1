#!/usr/bin/env bash
# xlsx2csv 0.8.6 writes a number with a unit as a piece of a date, a deadline of 18:05 as 06:05, and a weekday as a day of the month.
#
# A number format may carry words in quotes: 0 "days" shows 5 as "5 days" (ECMA-376, part 1, 18.8.31: text in quotes is shown as
# it stands). xlsx2csv looks for the letters d, m, y, h anywhere in the format and takes the cell for a date, the quoted words
# included. A column "working days before the exam" so loses its numbers, without a warning: the 5 is gone, and the day before,
# counted from the last day of 1899, stands inside the word. In a date with a time, a single h is the hour of twelve, with no AM or
# PM beside it, where Excel has the twelve hours only for a format that names AM/PM; with hh it is right. dddd, a weekday, is taken for
# two times dd. openpyxl reads all of these rightly. Whoever turns a registrar's workbook into CSV that way has to compare the columns.
# Source: the chain of replace() on the format in xlsx2csv.py; dilshod/xlsx2csv#224 (2021, open) on times beside dates.
#
# Seen on 2026-11-29, Python 3.11.7:
#   xlsx2csv 0.8.6 openpyxl 3.1.5
#   5 as 0 "days": openpyxl 5, xlsx2csv 0 "04ays"
#   14 as 0 "days": openpyxl 14, xlsx2csv 0 "13ays"
#   6 as 0" credits": openpyxl 6, xlsx2csv 0" cre05its"
#   45901 as dddd, d mmmm yyyy: openpyxl 2025-09-01 00:00:00, xlsx2csv 01, 01 September 2025
#   2025-09-01 18:05:00 as dd.mm.yyyy h:mm: openpyxl 2025-09-01 18:05:00, xlsx2csv 01.09.2025 06:05
#   2025-09-01 18:05:00 as dd.mm.yyyy hh:mm: openpyxl 2025-09-01 18:05:00, xlsx2csv 01.09.2025 18:05
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check xlsx2csv==0.8.6 openpyxl==3.1.5
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import csv
import importlib.metadata
import io
from datetime import datetime

import openpyxl
from xlsx2csv import Xlsx2csv

EVENING = datetime(2025, 9, 1, 18, 5)
CELLS = {
    (5, '0 "days"'): '0 "04ays"',
    (14, '0 "days"'): '0 "13ays"',
    (6, '0" credits"'): '0" cre05its"',
    (45901, "dddd, d mmmm yyyy"): "01, 01 September 2025",
    (EVENING, "dd.mm.yyyy h:mm"): "01.09.2025 06:05",
    (EVENING, "dd.mm.yyyy hh:mm"): "01.09.2025 18:05",
}
book = openpyxl.Workbook()
for row, (value, shown_as) in enumerate(CELLS, start=1):
    cell = book.active.cell(row, 1, value)
    cell.number_format = shown_as
book.save("deadlines.xlsx")
read = [row[0].value for row in openpyxl.load_workbook("deadlines.xlsx").active.iter_rows()]
text = io.StringIO()
Xlsx2csv("deadlines.xlsx").convert(text)
written = [row[0] for row in csv.reader(io.StringIO(text.getvalue()))]
print("xlsx2csv", importlib.metadata.version("xlsx2csv"), "openpyxl", importlib.metadata.version("openpyxl"))
for (value, shown_as), by_openpyxl, by_xlsx2csv in zip(CELLS, read, written, strict=True):
    print(f"{value} as {shown_as}: openpyxl {by_openpyxl}, xlsx2csv {by_xlsx2csv}")
assert written == list(CELLS.values()), written
assert read[:3] == [5, 14, 6] and f"{read[3]:%Y-%m-%d}" == "2025-09-01" and read[4:] == [EVENING, EVENING], read
PYTHON
