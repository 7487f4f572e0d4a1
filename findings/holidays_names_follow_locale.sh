#!/usr/bin/env bash
# holidays 0.109: without `language`, the names of one country's holidays change with the locale of the process.
#
# country_holidays(country) looks like data: the same call for the same year. Where no language is given, the names go
# through gettext, which reads LANGUAGE, LC_ALL, LC_MESSAGES and LANG, and C.UTF-8 counts as one that is set: the same
# line gives English on a terminal and Arabic in a service that systemd begins without a locale. Whoever compares or
# stores names should always pass `language` ("en_US" is known for the country tried). The docstring of the function says that
# the locale decides; not that C.UTF-8 means English, while none at all means the country's own language.
#
# Seen on 2026-11-29, Python 3.11.7, Linux:
#   no locale: Arabic
#   LANG=C.UTF-8: English
#   LANG=en_US.UTF-8: English
#   language given: English
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check holidays==0.109
cat >"$folder/names.py" <<'PYTHON'
import sys
from importlib.metadata import version

import holidays

chosen = {"language": sys.argv[1]} if len(sys.argv) > 1 else {}
names = holidays.country_holidays("AE", years=[2026], **chosen).values()
assert version("holidays") == "0.109"
is_english = [all(letter < "\u0600" for letter in name) for name in names]
print("English" if all(is_english) else "Arabic" if not any(is_english) else "both")
PYTHON
names() { env -i "PATH=$PATH" "$@"; }
python="$folder/venv/bin/python"
bare=$(names "$python" "$folder/names.py")
c=$(names LANG=C.UTF-8 "$python" "$folder/names.py")
english=$(names LANG=en_US.UTF-8 "$python" "$folder/names.py")
told=$(names "$python" "$folder/names.py" en_US)
printf 'no locale: %s\nLANG=C.UTF-8: %s\nLANG=en_US.UTF-8: %s\nlanguage given: %s\n' "$bare" "$c" "$english" "$told"
[ "$bare" = Arabic ] && [ "$c" = English ] && [ "$english" = English ] && [ "$told" = English ] ||
    { echo "This is no longer so." >&2; exit 1; }
