#!/usr/bin/env bash
# holidays 0.109: the attribute `weekend` is not the weekend that the same object counts by.
#
# The attribute is documented as "Country weekend days". Where the weekend changed with a year (the Emirates in 2022) or differs
# by state (Kedah, Kelantan and Terengganu in Malaysia rest on Friday and Saturday), is_weekend and is_working_day
# ask a method by date, and the attribute stays that of the rest. A working week taken from it has one day wrong: ask
# is_weekend for seven days of the year that is meant.
#
# Seen on 2026-11-29, Python 3.11.7 (0 is Monday):
#   holidays 0.109
#   MY KDH 2025: weekend [5, 6], is_weekend [4, 5]
#   MY JHR 2024: weekend [5, 6], is_weekend [4, 5]
#   MY JHR 2025: weekend [5, 6], is_weekend [5, 6]
#   AE 2020: weekend [5, 6], is_weekend [4, 5]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check holidays==0.109 python-dateutil==2.9.0.post0 six==1.17.0
"$folder/venv/bin/python" - <<'PYTHON'
from datetime import date, timedelta

import holidays

EXPECTED = {
    ("MY", "KDH", 2025): ([5, 6], [4, 5]),
    ("MY", "JHR", 2024): ([5, 6], [4, 5]),
    ("MY", "JHR", 2025): ([5, 6], [5, 6]),
    ("AE", None, 2020): ([5, 6], [4, 5]),
}
print("holidays", holidays.__version__)
for (country, part, year), expected in EXPECTED.items():
    found = holidays.country_holidays(country, subdiv=part, years=year)
    week = [date(year, 10, 1) + timedelta(days=day) for day in range(7)]
    counted = sorted(day.weekday() for day in week if found.is_weekend(day))
    print(f"{country} {part or ''} {year}: weekend {sorted(found.weekend)}, is_weekend {counted}".replace("  ", " "))
    assert (sorted(found.weekend), counted) == expected
PYTHON
