#!/usr/bin/env bash
# Babel 2.19.0: a language without a country gets the week of no country: Monday first, and week 1 by one day, in German too.
#
# CLDR keeps weeks by country (supplemental data, weekData). For a locale without one, Unicode's rule is the likely country:
# en is en-US, ar is ar-EG, de is de-DE (UTS 35, part 4, "Week Data"; part 1, "Likely Subtags"). Babel looks up "001", the world,
# instead. So a month grid in "en" or "ar" begins on Monday, and "week 53" of a German document is "week 1" for the locale
# "de": ISO's rule of four days holds in "de_DE" alone. Whoever prints numbered weeks takes them from isocalendar().
#
# Seen on 2026-11-29, Python 3.11.7:
#   Babel 2.19.0
#   en first day 0, en_US first day 6
#   ar first day 0, ar_EG first day 5
#   de week of 2027-01-01: 1, de_DE week: 53, ISO week: 53
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check babel==2.19.0
"$folder/venv/bin/python" - <<'PYTHON'
from datetime import date

import babel
from babel import Locale
from babel.core import get_global
from babel.dates import format_date

print("Babel", babel.__version__)
for language, country, first in (("en", "US", 6), ("ar", "EG", 5)):
    assert get_global("likely_subtags")[language].endswith(f"_{country}")  # Babel has the table and does not ask it here.
    alone, there = Locale(language).first_week_day, Locale(language, country).first_week_day
    print(f"{language} first day {alone}, {language}_{country} first day {there}")
    assert (alone, there) == (0, first)
day = date(2027, 1, 1)
alone, there = (format_date(day, "w", locale=locale) for locale in ("de", "de_DE"))
print(f"de week of {day}: {alone}, de_DE week: {there}, ISO week: {day.isocalendar().week}")
assert (alone, there, day.isocalendar().week) == ("1", "53", 53)
PYTHON
