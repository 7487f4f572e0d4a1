#!/usr/bin/env bash
# icalendar 7.3.2 writes NAME and X-WR-CALNAME without escaping commas and semicolons, SUMMARY with.
#
# RFC 7986, 5.1, gives NAME the value type TEXT, and RFC 5545, 3.3.11, escapes commas and semicolons in TEXT.
# Calendar.add("name", ...) of the Python library writes them as they stand, and so it does for the widely read
# X-WR-CALNAME, while the same text in SUMMARY is escaped. A school named "Law, Economics; Arts" so gives a line
# that strict readers may split. Passing icalendar.vText("...") by item assignment escapes it.
#
# Seen on 2026-11-28, Python 3.11.7:
#   icalendar 7.3.2
#   NAME:Law, Economics; Arts
#   X-WR-CALNAME:Law, Economics; Arts
#   SUMMARY:Law\, Economics\; Arts
#   with vText: NAME:Law\, Economics\; Arts
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check icalendar==7.3.2
"$folder/venv/bin/python" - <<'PYTHON'
import importlib.metadata

from icalendar import Calendar, Event, vText

text = "Law, Economics; Arts"
calendar = Calendar()
calendar.add("name", text)
calendar.add("x-wr-calname", text)
event = Event()
event.add("summary", text)
calendar.add_component(event)
lines = calendar.to_ical().decode().splitlines()
found = {line.partition(":")[0]: line for line in lines if line.startswith(("NAME", "X-WR-CALNAME", "SUMMARY"))}
calendar["name"] = vText(text)
(typed,) = [line for line in calendar.to_ical().decode().splitlines() if line.startswith("NAME")]
print("icalendar", importlib.metadata.version("icalendar"))
print("\n".join(found.values()))
print("with vText:", typed)
assert found["NAME"] == "NAME:Law, Economics; Arts"
assert found["X-WR-CALNAME"] == "X-WR-CALNAME:Law, Economics; Arts"
assert found["SUMMARY"] == r"SUMMARY:Law\, Economics\; Arts"
assert typed == r"NAME:Law\, Economics\; Arts"
PYTHON
