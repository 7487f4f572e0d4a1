#!/usr/bin/env bash
# icalendar 7.3.2 and vobject 0.9.9 read a calendar by the zones of the calendar before it: the same file gives 13:00 or 15:00 UTC.
#
# A TZID identifies a VTIMEZONE "in the scope of an iCalendar object" (RFC 5545, 3.8.3.1), so that two exports may each define a
# "Campus" of their own. Both libraries keep the first definition of a name for as long as the process lives: a later calendar that defines
# it otherwise is read by the old one, and nothing is raised. Each file by itself is read rightly, and so is each test of one
# file; a daemon that reads several feeds, or one feed again after its zone was corrected, is wrong until it is begun anew, and by
# whichever feed it read first. What the zone data knows, Asia/Almaty, icalendar takes from there whatever the file says.
# Source: TZP.cache_timezone_component in icalendar/timezone/tzp.py; registerTzid in vobject/icalendar.py (skarim/vobject#153
# of 2019, open). Where feeds are read, give each a process, or the zones names of their own.
#
# Seen on 2026-11-29, Python 3.11.7 (18:00 in a zone "Campus" of the file's own):
#   Campus at +0300, read alone: icalendar 7.3.2 15:00 UTC, vobject 0.9.9 15:00 UTC
#   Campus at +0500, read alone: icalendar 7.3.2 13:00 UTC, vobject 0.9.9 13:00 UTC
#   Campus at +0500, read after +0300: icalendar 7.3.2 15:00 UTC, vobject 0.9.9 15:00 UTC
#   Campus at +0300, read after +0500: icalendar 7.3.2 13:00 UTC, vobject 0.9.9 13:00 UTC
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check icalendar==7.3.2 vobject==0.9.9
cat >"$folder/read.py" <<'PYTHON'
import sys
from datetime import UTC
from importlib.metadata import version

import vobject
from icalendar import Calendar

READERS = {
    "icalendar": lambda text: Calendar.from_ical(text).events[0].start,
    "vobject": lambda text: vobject.readOne(text).vevent.dtstart.value,
}


def calendar(offset):
    lines = f"""BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Registrar//Exams//EN
BEGIN:VTIMEZONE
TZID:Campus
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:{offset}
TZOFFSETTO:{offset}
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:exam@example.edu
DTSTAMP:20250801T000000Z
DTSTART;TZID=Campus:20250901T180000
SUMMARY:Exam
END:VEVENT
END:VCALENDAR
"""
    return lines.replace("\n", "\r\n")


*before, last, expected = sys.argv[1:]
read = {}
for offset in (*before, last):
    for name, reader in READERS.items():
        read[name] = f"{reader(calendar(offset)).astimezone(UTC):%H:%M}"
how = f"read after {before[0]}" if before else "read alone"
print(f"Campus at {last}, {how}: {', '.join(f'{name} {version(name)} {time} UTC' for name, time in read.items())}")
assert ",".join(read.values()) == expected, read
PYTHON
"$folder/venv/bin/python" "$folder/read.py" +0300 15:00,15:00
"$folder/venv/bin/python" "$folder/read.py" +0500 13:00,13:00
"$folder/venv/bin/python" "$folder/read.py" +0300 +0500 15:00,15:00
"$folder/venv/bin/python" "$folder/read.py" +0500 +0300 13:00,13:00
