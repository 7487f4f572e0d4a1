#!/usr/bin/env bash
# icalendar 7.3.2 writes a time with an offset under a zone that nobody defines; the next reader sees it five hours off, or in no zone.
#
# Google and Canvas give times with an offset, 2025-09-01T18:00:00+05:00, and fromisoformat keeps it as datetime.timezone. iCalendar has
# no times with an offset: RFC 5545, 3.3.5, forbids them, and 3.2.19 wants a VTIMEZONE for each TZID but those that begin with a stroke.
# icalendar takes the name that Python prints for the offset as a TZID, raises nothing, and add_missing_timezones adds none
# for it. What comes out is read as a time of no zone by icalendar itself and by vobject, so that it is 18:00 wherever the reader sits,
# as UTC by icalevents, and rightly by ics. Turn such times into UTC, or into a named zone, before they are written.
# Source: tzids_from_tzinfo in icalendar/timezone/tzid.py; collective/icalendar#239 of 2017 (closed), when the offset was left out.
#
# Seen on 2026-11-29, Python 3.11.7:
#   icalendar 7.3.2 writes: DTSTART;TZID="UTC+05:00":20250901T180000, zones defined: 0
#   icalendar 7.3.2 reads 18:00, offset None
#   vobject 0.9.9 reads 18:00, offset None
#   icalevents 0.3.1 reads 18:00, offset 0:00:00
#   ics 0.7.3 reads 18:00, offset 5:00:00
#   in UTC: DTSTART:20250901T130000Z
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check icalendar==7.3.2 vobject==0.9.9 icalevents==0.3.1 ics==0.7.3 tatsu==5.15.1 tzdata==2026.6
"$folder/venv/bin/python" - <<'PYTHON'
import logging
from datetime import UTC, datetime, timedelta
from importlib.metadata import version

import ics
import vobject
from icalendar import Calendar, Event

logging.disable()
moment = datetime.fromisoformat("2025-09-01T18:00:00+05:00")


def feed(start):
    calendar = Calendar.new(prodid="-//Registrar//Exams//EN")
    calendar.add_component(Event.new(uid="exam@example.edu", summary="Exam", start=start, stamp=datetime(2025, 8, 1, tzinfo=UTC)))
    calendar.add_missing_timezones()
    return calendar.to_ical().decode()


def line(text):
    return next(line for line in text.splitlines() if line.startswith("DTSTART"))


written = feed(moment)
print(f"icalendar {version('icalendar')} writes: {line(written)}, zones defined: {written.count('BEGIN:VTIMEZONE')}")
assert line(written) == 'DTSTART;TZID="UTC+05:00":20250901T180000' and "VTIMEZONE" not in written
read = {
    "icalendar": Calendar.from_ical(written).events[0].start,
    "vobject": vobject.readOne(written).vevent.dtstart.value,
}
import icalevents.icalevents as icalevents  # noqa: E402 - it makes icalendar use pytz

read["icalevents"] = icalevents.events(string_content=written, start=datetime(2025, 9, 1), end=datetime(2025, 9, 3))[0].start
read["ics"] = ics.Calendar(written).events.pop().begin.datetime
for name, start in read.items():
    print(f"{name} {version(name)} reads {start:%H:%M}, offset {start.utcoffset()}")
assert {name: start.utcoffset() for name, start in read.items()} == {
    "icalendar": None,
    "vobject": None,
    "icalevents": timedelta(0),
    "ics": timedelta(hours=5),
}, read
assert all(start.hour == 18 for start in read.values())
print("in UTC:", line(feed(moment.astimezone(UTC))))
assert line(feed(moment.astimezone(UTC))) == "DTSTART:20250901T130000Z"
PYTHON
