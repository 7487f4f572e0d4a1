#!/usr/bin/env bash
# vobject 0.9.9 names a zone of zoneinfo by its abbreviation: Shanghai's lecture is written in Chicago's time, thirteen hours off.
#
# For a tzinfo of zoneinfo, vobject takes as TZID what tzname() says for a winter day of 2000: CST for Chicago and for Shanghai, IST for
# Kolkata and for Jerusalem, +06 for Almaty, which keeps UTC+5 since 2024. The first zone of a name is kept for the process,
# one VTIMEZONE is written for both, and any reader that holds to RFC 5545 then reads the second lecture by the first zone. One zone in one
# calendar hides it: all is right until a partner abroad is added. Zones of pytz and dateutil's tzical carry a name that is used.
# Source: pickTzid in vobject/icalendar.py; py-vobject/vobject#117 (open), mended on the main branch by #118, released nowhere yet
# that pip finds. Written by icalendar 7.3.2, the same two keep their own names.
#
# Seen on 2026-11-29, Python 3.11.7 (times of 1 September 2025, read by icalendar 7.3.2):
#   vobject 0.9.9, icalendar 7.3.2
#   vobject CST: America/Chicago 18:00 comes back as 23:00 UTC, was 23:00 UTC
#   vobject CST: Asia/Shanghai 18:00 comes back as 23:00 UTC, was 10:00 UTC
#   vobject IST: Asia/Kolkata 18:00 comes back as 12:30 UTC, was 12:30 UTC
#   vobject IST: Asia/Jerusalem 18:00 comes back as 12:30 UTC, was 15:00 UTC
#   icalendar America/Chicago: America/Chicago 18:00 comes back as 23:00 UTC, was 23:00 UTC
#   icalendar Asia/Shanghai: Asia/Shanghai 18:00 comes back as 10:00 UTC, was 10:00 UTC
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check vobject==0.9.9 icalendar==7.3.2 tzdata==2026.6
"$folder/venv/bin/python" - <<'PYTHON'
from datetime import UTC, datetime
from importlib.metadata import version
from zoneinfo import ZoneInfo

import vobject
from icalendar import Calendar, Event

CHICAGO_AND_SHANGHAI = ("America/Chicago", "Asia/Shanghai")


def by_vobject(zones):
    calendar = vobject.iCalendar()
    for zone in zones:
        event = calendar.add("vevent")
        event.add("uid").value = event.add("summary").value = zone
        event.add("dtstart").value = datetime(2025, 9, 1, 18, tzinfo=ZoneInfo(zone))
    return calendar.serialize()


def by_icalendar(zones):
    calendar = Calendar.new(prodid="-//Registrar//Lectures//EN")
    for zone in zones:
        start = datetime(2025, 9, 1, 18, tzinfo=ZoneInfo(zone))
        calendar.add_component(Event.new(uid=zone, summary=zone, start=start, stamp=datetime(2025, 8, 1, tzinfo=UTC)))
    calendar.add_missing_timezones()
    return calendar.to_ical().decode()


def wrong(writer, text):
    found = []
    for event in Calendar.from_ical(text).events:
        zone = str(event["SUMMARY"])
        back, was = event.start.astimezone(UTC), datetime(2025, 9, 1, 18, tzinfo=ZoneInfo(zone)).astimezone(UTC)
        tzid = event["DTSTART"].params["TZID"]
        print(f"{writer} {tzid}: {zone} {event.start:%H:%M} comes back as {back:%H:%M} UTC, was {was:%H:%M} UTC")
        found += [(zone, tzid, str(back - was))] if back != was else []
    return found


print(f"vobject {version('vobject')}, icalendar {version('icalendar')}")
assert wrong("vobject", by_vobject(CHICAGO_AND_SHANGHAI)) == [("Asia/Shanghai", "CST", "13:00:00")]
assert wrong("vobject", by_vobject(("Asia/Kolkata", "Asia/Jerusalem"))) == [("Asia/Jerusalem", "IST", "-1 day, 21:30:00")]
assert wrong("icalendar", by_icalendar(CHICAGO_AND_SHANGHAI)) == []
PYTHON
