#!/usr/bin/env bash
# Babel 2.19.0: format_interval asked for the month in full writes it short in six of eight languages, and says nothing.
#
# CLDR has interval patterns for yMMMd in every language and for yMMMMd in few (of these eight, in Spanish). Unicode's rule for a skeleton that is missing
# (UTS 35, part 4, "Matching Skeletons") is to take the nearest and to widen its fields to what was asked for. Babel takes the
# nearest as it stands, so that one document has "1 сентября 2025" for a day and "1—5 сент. 2025" for a window. Without the
# year the same call keeps the month in full in all eight. Where a window is written beside days, take the width from the answer, not from the
# question, or write both ends with format_date.
#
# Seen on 2026-11-29, Python 3.11.7:
#   Babel 2.19.0
#   ar MMMMd 1–5 سبتمبر | yMMMMd 1–5 سبتمبر 2025
#   de MMMMd 1.–5. September | yMMMMd 1.–5. Sept. 2025
#   en MMMMd September 1 – 5 | yMMMMd Sep 1 – 5, 2025
#   es MMMMd 1–5 de septiembre | yMMMMd 1–5 de septiembre de 2025
#   fr MMMMd 1 – 5 septembre | yMMMMd 1–5 sept. 2025
#   kk MMMMd 1–5 қыркүйек | yMMMMd 2025 ж. 1–5 қыр.
#   ru MMMMd 1—5 сентября | yMMMMd 1—5 сент. 2025 г.
#   tr MMMMd 1 – 5 Eylül | yMMMMd 1–5 Eyl 2025
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check babel==2.19.0
"$folder/venv/bin/python" - <<'PYTHON'
from datetime import date

import babel
from babel import Locale
from babel.dates import format_interval

first, last = date(2025, 9, 1), date(2025, 9, 5)
print("Babel", babel.__version__)
in_full = {}
for language in ("ar", "de", "en", "es", "fr", "kk", "ru", "tr"):
    name = Locale(language).months["format"]["wide"][9]
    without_year = format_interval(first, last, "MMMMd", locale=language)
    with_year = format_interval(first, last, "yMMMMd", locale=language)
    print(f"{language} MMMMd {without_year} | yMMMMd {with_year}")
    assert name in without_year, language
    in_full[language] = name in with_year
# Arabic has no short months, and Spanish has the pattern itself.
assert [language for language, is_full in in_full.items() if is_full] == ["ar", "es"], in_full
PYTHON
