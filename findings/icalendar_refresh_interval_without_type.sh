#!/usr/bin/env bash
# icalendar 7.3.2 leaves out the type that REFRESH-INTERVAL, IMAGE and CONFERENCE must name.
#
# RFC 7986 gives these properties no default type and requires the parameter: REFRESH-INTERVAL;VALUE=DURATION:P1W (5.7),
# IMAGE;VALUE=URI:... (5.10), CONFERENCE;VALUE=URI:... (5.11). Calendar.new(refresh_interval=...), the attribute and add() all
# write the bare name, though the same library adds VALUE=DATE to a DTSTART by itself. A reader that holds to the rule takes the value
# for unknown text, and polls when it likes. A parameter given by hand is written.
#
# Seen on 2026-11-29, Python 3.11.7:
#   icalendar 7.3.2
#   Calendar.new: REFRESH-INTERVAL:PT6H
#   attribute: REFRESH-INTERVAL:PT6H
#   add: REFRESH-INTERVAL:PT6H, IMAGE:https://calendar.example.edu/term.png, CONFERENCE:https://meet.example.edu/office
#   add with parameters: REFRESH-INTERVAL;VALUE=DURATION:PT6H
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check icalendar==7.3.2
"$folder/venv/bin/python" - <<'PYTHON'
import importlib.metadata
from datetime import timedelta

from icalendar import Calendar

INTERVAL = timedelta(hours=6)
TYPED = ("REFRESH-INTERVAL", "IMAGE", "CONFERENCE")


def lines(calendar):
    return [line for line in calendar.to_ical().decode().splitlines() if line.startswith(TYPED)]


by_attribute, by_add, by_hand = Calendar(), Calendar(), Calendar()
by_attribute.refresh_interval = INTERVAL
by_add.add("refresh-interval", INTERVAL)
by_add.add("image", "https://calendar.example.edu/term.png")
by_add.add("conference", "https://meet.example.edu/office")
by_hand.add("refresh-interval", INTERVAL, parameters={"VALUE": "DURATION"})
written = {
    "Calendar.new": lines(Calendar.new(refresh_interval=INTERVAL)),
    "attribute": lines(by_attribute),
    "add": sorted(lines(by_add), key=lambda line: TYPED.index(line.split(":")[0])),
    "add with parameters": lines(by_hand),
}
print("icalendar", importlib.metadata.version("icalendar"))
for how, said in written.items():
    print(f"{how}: {', '.join(said)}")
assert written["Calendar.new"] == written["attribute"] == ["REFRESH-INTERVAL:PT6H"]
assert len(written["add"]) == 3 and not any("VALUE=" in line for line in written["add"])
assert written["add with parameters"] == ["REFRESH-INTERVAL;VALUE=DURATION:PT6H"]
PYTHON
