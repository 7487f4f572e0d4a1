#!/usr/bin/env bash
# Babel 2.19.0: parse_date takes a window of days for one date, in a year that is not printed, and refuses plain dates in kk.
#
# parse_date "uses the date format for the locale as a hint to determine the order in which the date fields appear in the
# string" (its documentation): it takes three of the numbers in that order, whatever stands between and after them. The two windows below are printed so in academic calendars. In
# Kazakh the date order comes from the medium format (y 'ж'. dd MMM), so that 01.09.2025 is refused.
#
# Seen on 2026-11-28, Python 3.11.7:
#   Babel 2.19.0
#   ru '14.08. - 27.08.2025' -> 2027-08-14
#   ru '01.09 - 05.10.2025' -> 2005-09-01
#   de '1.-15.09.2025' -> 2009-01-15
#   kk '14.08. - 27.08.2025 ж.' -> 2014-08-27
#   kk '01.09.2025' -> ParseError
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check babel==2.19.0
"$folder/venv/bin/python" - <<'PYTHON'
import babel
from babel.dates import ParseError, parse_date

EXPECTED = {
    ("ru", "14.08. - 27.08.2025"): "2027-08-14",
    ("ru", "01.09 - 05.10.2025"): "2005-09-01",
    ("de", "1.-15.09.2025"): "2009-01-15",
    ("kk", "14.08. - 27.08.2025 ж."): "2014-08-27",
    ("kk", "01.09.2025"): "ParseError",
}
print("Babel", babel.__version__)
for (locale, text), expected in EXPECTED.items():
    try:
        found = str(parse_date(text, locale=locale))
    except ParseError as error:
        found = type(error).__name__
    print(f"{locale} {text!r} -> {found}")
    assert found == expected, (text, found)
PYTHON
