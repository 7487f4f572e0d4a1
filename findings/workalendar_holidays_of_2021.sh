#!/usr/bin/env bash
# workalendar 17.0.0 plans Kazakhstan's years by the holidays that the law had until 2022.
#
# Since autumn 2022 Republic Day (25 October) is a holiday again, 1 December and the second day of independence, 17 December,
# are working days, and a holiday that falls on a weekend gives the Monday off. The table of workalendar knows none of it, so that
# is_working_day and add_working_days answer wrongly for every academic year since, without a warning but one on the
# Islamic days. The package holidays has the later law.
#
# Seen on 2026-11-29, Python 3.11.7:
#   workalendar 17.0.0 holidays 0.109
#   2025-10-27 holidays: Republic Day (observed); workalendar: a working day
#   2025-12-01 holidays: a working day; workalendar: Day of the First President
#   2025-12-17 holidays: a working day; workalendar: Independence Day
#   5 working days after 2025-12-10: holidays 2025-12-18, workalendar 2025-12-19
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check workalendar==17.0.0 holidays==0.109
"$folder/venv/bin/python" - <<'PYTHON'
import importlib.metadata
import warnings
from datetime import date

import holidays
from workalendar.asia import Kazakhstan

warnings.simplefilter("ignore")
law = holidays.country_holidays("KZ", years=range(2025, 2027), language="en_US")
table = Kazakhstan()
names = dict(table.holidays(2025))
print("workalendar", importlib.metadata.version("workalendar"), "holidays", importlib.metadata.version("holidays"))
for day in (date(2025, 10, 27), date(2025, 12, 1), date(2025, 12, 17)):
    print(f"{day} holidays: {law.get(day, 'a working day')}; workalendar: {names.get(day, 'a working day')}")
    assert law.is_working_day(day) is not table.is_working_day(day), day
ends = law.get_nth_working_day(date(2025, 12, 10), 5), table.add_working_days(date(2025, 12, 10), 5)
print(f"5 working days after 2025-12-10: holidays {ends[0]}, workalendar {ends[1]}")
assert ends[0] != ends[1], ends
PYTHON
