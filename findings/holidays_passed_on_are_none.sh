#!/usr/bin/env bash
# holidays 0.109 beside NumPy: country_holidays("KZ") holds each holiday it is asked for, and passed on as a list it holds none.
#
# The object is a dict that reckons a year when a day of it is looked up ("expand", on by default). To iterate is not to look up:
# list(), sorted(), len() and set() of a new object are empty, and NumPy's busday_count(holidays=...), which wants a list, counts
# without a single holiday and says nothing. After one look-up the same list has the holidays of that year, and no other: what comes out
# depends on what was asked before. Pass `years=` with every year that is planned, and count what comes back.
# Documentation: the docstring of HolidayBase says that the object is empty until a date is looked up; that of country_holidays, which it
# tells one to call, has `years` and `expand` as if they were a matter of speed. Source: __keytransform__ in holidays/holiday_base.py.
#
# Seen on 2026-11-29, Python 3.11.7 (Republic Day, 25 October 2025, gives Monday the 27th off):
#   holidays 0.109, numpy 2.4.6
#   asked first: 2025-10-27 is a holiday: True
#   passed on without years: 0 holidays, 5 working days in the week of 2025-10-27
#   the same object after one look-up in 2025: 22 holidays, of [2025], 4 working days, and 2 in the two days from 2026-12-16
#   with years: 41 holidays, 4 working days, and 1 in the two days from 2026-12-16
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check holidays==0.109 numpy==2.4.6
"$folder/venv/bin/python" - <<'PYTHON'
from datetime import date
from importlib.metadata import version

import holidays
import numpy

MONDAY, SATURDAY = "2025-10-27", "2025-11-01"
INDEPENDENCE, AFTER = "2026-12-16", "2026-12-18"


def counted(days):
    passed_on = list(days)
    return (
        len(passed_on),
        int(numpy.busday_count(MONDAY, SATURDAY, holidays=passed_on)),
        int(numpy.busday_count(INDEPENDENCE, AFTER, holidays=passed_on)),
    )


print(f"holidays {version('holidays')}, numpy {version('numpy')}")
asked = date(2025, 10, 27) in holidays.country_holidays("KZ")
print(f"asked first: {MONDAY} is a holiday: {asked}")
kept = holidays.country_holidays("KZ")
empty = counted(kept)
print(f"passed on without years: {empty[0]} holidays, {empty[1]} working days in the week of {MONDAY}")
assert date(2025, 3, 21) in kept
one_year = counted(kept)
print(f"the same object after one look-up in 2025: {one_year[0]} holidays, of {sorted({day.year for day in kept})}, {one_year[1]} working days, and {one_year[2]} in the two days from {INDEPENDENCE}")
both = counted(holidays.country_holidays("KZ", years=(2025, 2026)))
print(f"with years: {both[0]} holidays, {both[1]} working days, and {both[2]} in the two days from {INDEPENDENCE}")
assert asked and empty == (0, 5, 2) and one_year[1:] == (4, 2) and both[1:] == (4, 1), (empty, one_year, both)
PYTHON
