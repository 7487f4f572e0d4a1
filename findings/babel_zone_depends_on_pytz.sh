#!/usr/bin/env bash
# Babel 2.19.0: a lecture at 09:00 in Almaty becomes one at 08:52 once somebody installs pytz into the same environment.
#
# get_timezone("Asia/Almaty") gives a zone of zoneinfo, or of pytz where that can be imported: "whichever is available", says its
# docstring, and that it goes with the functions of Babel. It also goes into a datetime, where the two differ: a bare zone of pytz
# stands for the first offset in its table, the local mean time of the nineteenth century, 5:08 in Almaty. Nothing is raised, and no line of the
# program has changed: pytz comes in with any other package that wants it. Babel's own functions then print such a datetime eight
# minutes early. ZoneInfo("Asia/Almaty") always means the same. Source: get_timezone in babel/dates.py.
#
# Seen on 2026-11-29, Python 3.11.7 (the same lines, before and after `pip install pytz`):
#   Babel 2.19.0 alone: zoneinfo, Almaty 5:00:00, Bishkek 6:00:00, New York -1 day, 20:00:00; printed in Almaty's time: 09:00
#   Babel 2.19.0 beside pytz 2026.6: pytz, Almaty 5:08:00, Bishkek 4:58:00, New York -1 day, 19:04:00; printed in Almaty's time: 08:52
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
cat >"$folder/zones.py" <<'PYTHON'
import sys
from datetime import datetime
from importlib.metadata import version
from zoneinfo import ZoneInfo

from babel.dates import format_time, get_timezone

moments = [datetime(2025, 9, 1, 9, 0, tzinfo=get_timezone(zone)) for zone in ("Asia/Almaty", "Asia/Bishkek", "America/New_York")]
kind = type(moments[0].tzinfo).__module__.split(".")[0]
offsets = [str(moment.utcoffset()) for moment in moments]
printed = format_time(moments[0], "HH:mm", tzinfo=ZoneInfo("Asia/Almaty"), locale="kk")
beside = f"beside pytz {version('pytz')}" if sys.argv[1] == "pytz" else "alone"
print(f"Babel {version('babel')} {beside}: {kind}, Almaty {offsets[0]}, Bishkek {offsets[1]}, New York {offsets[2]}; printed in Almaty's time: {printed}")
if sys.argv[1] == "pytz":
    assert kind == "pytz" and printed == "08:52", (kind, printed)
    assert offsets == ["5:08:00", "4:58:00", "-1 day, 19:04:00"], offsets
else:
    assert kind == "zoneinfo" and printed == "09:00", (kind, printed)
    assert offsets == ["5:00:00", "6:00:00", "-1 day, 20:00:00"], offsets
PYTHON
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check babel==2.19.0 tzdata==2026.6
"$folder/venv/bin/python" "$folder/zones.py" zoneinfo
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pytz==2026.6
"$folder/venv/bin/python" "$folder/zones.py" pytz
