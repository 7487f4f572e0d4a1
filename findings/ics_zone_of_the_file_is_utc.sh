#!/usr/bin/env bash
# ics 0.7.3 reads each time whose zone the file defines itself as UTC: 18:00 in Almaty out of Outlook is shown there as 23:00.
#
# Outlook and Exchange name zones as Windows does and put the VTIMEZONE beside them, as RFC 5545, 3.6.5, asks for. ics reads the parts of a
# calendar in the order of its methods' names (Parser.get_parsers in ics/parsers/parser.py goes by dir()), VEVENT before VTIMEZONE, so that
# no zone is known yet when an event asks for its own, and the fallback is UTC (iso_to_arrow in ics/utils.py). Nothing is raised, and
# written again the event stands there with a Z. Names of the zone data, Asia/Almaty, are right. Besides, a calendar that names no CALSCALE
# is written back as "GEORGIAN", which is none; RFC 5545, 3.7.1, has GREGORIAN. Known in part: ics-py/ics-py#181 (2019, closed; 0.7.3 is the
# latest release). icalendar 7.3.2 and vobject 0.9.9 read the zone.
#
# Seen on 2026-11-29, Python 3.11.7 (the zone is UTC+5, winter and summer):
#   ics 0.7.3: 18:00 UTC; icalendar 7.3.2: 13:00 UTC; vobject 0.9.9: 13:00 UTC
#   ics with TZID=Asia/Almaty: 13:00 UTC
#   written again by ics: DTSTART:20250901T180000Z, CALSCALE:GEORGIAN
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check ics==0.7.3 tatsu==5.15.1 icalendar==7.3.2 vobject==0.9.9
"$folder/venv/bin/python" - <<'PYTHON'
from datetime import UTC
from importlib.metadata import version

import ics
import vobject
from icalendar import Calendar


def calendar(zone):
    lines = f"""BEGIN:VCALENDAR
PRODID:-//Registrar//Exams//EN
VERSION:2.0
BEGIN:VTIMEZONE
TZID:{zone}
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:+0500
TZOFFSETTO:+0500
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:exam@example.edu
DTSTAMP:20250801T000000Z
DTSTART;TZID={zone}:20250901T180000
SUMMARY:Exam
END:VEVENT
END:VCALENDAR
"""
    return lines.replace("\n", "\r\n")


def in_utc(moment):
    return f"{moment.astimezone(UTC):%H:%M} UTC"


windows = calendar("West Asia Standard Time")
read = {
    "ics": in_utc(ics.Calendar(windows).events.pop().begin.datetime),
    "icalendar": in_utc(Calendar.from_ical(windows).events[0].start),
    "vobject": in_utc(vobject.readOne(windows).vevent.dtstart.value),
}
print("; ".join(f"{name} {version(name)}: {time}" for name, time in read.items()))
assert read == {"ics": "18:00 UTC", "icalendar": "13:00 UTC", "vobject": "13:00 UTC"}
named = in_utc(ics.Calendar(calendar("Asia/Almaty")).events.pop().begin.datetime)
print(f"ics with TZID=Asia/Almaty: {named}")
assert named == "13:00 UTC"
again = [line for line in ics.Calendar(windows).serialize().splitlines() if line.startswith(("DTSTART", "CALSCALE"))]
print(f"written again by ics: {', '.join(reversed(again))}")
assert sorted(again) == ["CALSCALE:GEORGIAN", "DTSTART:20250901T180000Z"]
PYTHON
