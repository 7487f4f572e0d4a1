#!/usr/bin/env bash
# icalendar 7.3.2 turns 24 hours into one day: a paper due after PT24H is due an hour late where the clocks change, and is stored as P1D.
#
# RFC 5545, 3.3.6, keeps the two apart: weeks and days are "nominal" durations, at the same hour of a later day; hours are "accurate". icalendar
# reads both into Python's timedelta, which knows no difference, adds it to the local time, and writes whole days as days: PT48H comes
# back out as P2D, which the next reader takes for two days by the calendar. recurring-ical-events, built on it, does the same.
# Only a night in which clocks change shows it: in Berlin each year, in Almaty on 1 March 2024. Write the end as DTEND.
# Source: vDuration in icalendar/prop (from_ical gives a timedelta, to_ical counts its days).
#
# Seen on 2026-11-29, Python 3.11.7:
#   icalendar 7.3.2, recurring-ical-events 3.8.2
#   Europe/Berlin 25 October 2025 18:00, PT24H: ends 26 October 18:00, 1 day, 1:00:00 later; recurring-ical-events 26 October 18:00; written DURATION:P1D
#   Europe/Berlin 25 October 2025 18:00, PT48H: ends 27 October 18:00, 2 days, 1:00:00 later; recurring-ical-events 27 October 18:00; written DURATION:P2D
#   Asia/Almaty 29 February 2024 18:00, PT24H: ends 01 March 18:00, 1 day, 1:00:00 later; recurring-ical-events 01 March 18:00; written DURATION:P1D
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check icalendar==7.3.2 recurring-ical-events==3.8.2 x-wr-timezone==2.0.1 tzdata==2026.6
"$folder/venv/bin/python" - <<'PYTHON'
from datetime import UTC, timedelta
from importlib.metadata import version

import recurring_ical_events
from icalendar import Calendar

CASES = (
    ("Europe/Berlin", "20251025T180000", "PT24H", "P1D", timedelta(hours=25)),
    ("Europe/Berlin", "20251025T180000", "PT48H", "P2D", timedelta(hours=49)),
    ("Asia/Almaty", "20240229T180000", "PT24H", "P1D", timedelta(hours=25)),
)
print(f"icalendar {version('icalendar')}, recurring-ical-events {version('recurring-ical-events')}")
for zone, start, duration, written, lasts in CASES:
    lines = f"""BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Registrar//Exams//EN
BEGIN:VEVENT
UID:paper@example.edu
DTSTAMP:20240101T000000Z
DTSTART;TZID={zone}:{start}
DURATION:{duration}
SUMMARY:Take-home paper
END:VEVENT
END:VCALENDAR
"""
    calendar = Calendar.from_ical(lines.replace("\n", "\r\n"))
    calendar.add_missing_timezones()
    event = calendar.events[0]
    later = event.end.astimezone(UTC) - event.start.astimezone(UTC)
    occurrence = recurring_ical_events.of(calendar).between((2024, 1, 1), (2026, 1, 1))[0]
    again = next(line for line in event.to_ical().decode().splitlines() if line.startswith("DURATION"))
    print(
        f"{zone} {event.start:%d %B %Y %H:%M}, {duration}: ends {event.end:%d %B %H:%M}, {later} later;"
        f" recurring-ical-events {occurrence.end:%d %B %H:%M}; written {again}"
    )
    assert later == lasts and occurrence.end == event.end and again == f"DURATION:{written}"
PYTHON
