#!/usr/bin/env bash
# O365 2.1.10 writes an event of Asia/Almaty into Outlook under a Windows zone that is an hour away.
#
# Outlook's services take a local time and the Windows name of its zone. Since 1 March 2024 all of Kazakhstan keeps UTC+5;
# Unicode's table (CLDR 45, unicode-org/cldr pull request 3498) moved Almaty and Qostanay to "West Asia Standard Time", and
# "Central Asia Standard Time", UTC+6, stays with Bishkek. The tables inside O365 are older: nine o'clock in Almaty leaves
# as nine o'clock in a zone where it is eight in Almaty, and the name comes back as Indian/Chagos. A test that writes
# and reads through the library sees nothing: both ways go by the same table. Tables of tzlocal and icalendar agree with Unicode.
#
# Seen on 2026-11-29, Python 3.11.7:
#   O365 2.1.10
#   tzlocal 5.4.5
#   icalendar 7.3.2
#   tzdata 2026.3
#   O365 sends 2025-09-01T09:00:00, Central Asia Standard Time, and reads that name as Indian/Chagos, 6:00:00 from UTC
#   tzlocal: West Asia Standard Time; icalendar reads Central Asia Standard Time as Asia/Bishkek, 6:00:00
#   nine o'clock in Asia/Almaty is 5:00:00 from UTC
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check O365==2.1.10 tzlocal==5.4.5 icalendar==7.3.2 tzdata==2026.3
"$folder/venv/bin/python" - <<'PYTHON'
import importlib.metadata
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON
from O365 import Account, MSGraphProtocol
from O365.calendar import Event
from O365.utils.token import MemoryTokenBackend
from O365.utils.windows_tz import get_iana_tz
from tzlocal.windows_tz import tz_win

almaty = ZoneInfo("Asia/Almaty")
nine = datetime(2025, 9, 1, 9, 0, tzinfo=almaty)


def offset(zone: str) -> timedelta:
    return nine.replace(tzinfo=ZoneInfo(zone)).utcoffset()


account = Account(("id", "word"), protocol=MSGraphProtocol(timezone=almaty), token_backend=MemoryTokenBackend())
event = Event(parent=account.schedule())
event.start, event.end = nine, nine + timedelta(hours=1)
sent = event.to_api_data()["start"]
name = sent["timeZone"]
read = str(get_iana_tz(name))
for package in ("O365", "tzlocal", "icalendar", "tzdata"):
    print(package, importlib.metadata.version(package))
print(f"O365 sends {sent['dateTime']}, {name}, and reads that name as {read}, {offset(read)} from UTC")
print(f"tzlocal: {tz_win['Asia/Almaty']}; icalendar reads {name} as {WINDOWS_TO_OLSON[name]}, {offset(WINDOWS_TO_OLSON[name])}")
print(f"nine o'clock in Asia/Almaty is {nine.utcoffset()} from UTC")
assert sent["dateTime"] == "2025-09-01T09:00:00" and name == "Central Asia Standard Time", sent
assert read == "Indian/Chagos", read
assert tz_win["Asia/Almaty"] == "West Asia Standard Time", tz_win["Asia/Almaty"]
assert WINDOWS_TO_OLSON[name] == "Asia/Bishkek", WINDOWS_TO_OLSON[name]
assert nine.utcoffset() == timedelta(hours=5) and offset(read) == offset("Asia/Bishkek") == timedelta(hours=6)
PYTHON
