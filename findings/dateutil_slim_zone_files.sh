#!/usr/bin/env bash
# python-dateutil 2.9.0.post0 reads the zone files of tzdata 2026.6 as UTC, in every zone, and raises nothing.
#
# Since 2020b the zone compiler writes "slim" files: what is needed stands in the second block (RFC 9636), the first is empty.
# dateutil.tz reads the first block alone. The files of the package tzdata are slim, and so are those of systems that keep the compiler's
# default; Debian builds "fat" ones, where it works, until 2037. A reader of feeds built on dateutil.tz.gettz shows a deadline of
# 18:00 in Almaty as 18:00 UTC, five hours late, on one machine and rightly on the next. zoneinfo reads both kinds.
#
# Seen on 2026-11-29, Python 3.11.7:
#   python-dateutil 2.9.0.post0, tzdata 2026.6
#   Asia/Almaty: dateutil 0:00:00, zoneinfo 5:00:00
#   Europe/Berlin: dateutil 0:00:00, zoneinfo 2:00:00
#   America/New_York: dateutil 0:00:00, zoneinfo -1 day, 20:00:00
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check python-dateutil==2.9.0.post0 six==1.17.0 tzdata==2026.6
"$folder/venv/bin/python" - <<'PYTHON'
import importlib.metadata
import importlib.resources
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from dateutil.tz import tzfile

print(", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("python-dateutil", "tzdata")))
moment = datetime(2025, 7, 1, 18)
for zone in ("Asia/Almaty", "Europe/Berlin", "America/New_York"):
    with importlib.resources.files("tzdata.zoneinfo").joinpath(zone).open("rb") as file:
        theirs = moment.replace(tzinfo=tzfile(file)).utcoffset()
    with importlib.resources.files("tzdata.zoneinfo").joinpath(zone).open("rb") as file:
        right = moment.replace(tzinfo=ZoneInfo.from_file(file)).utcoffset()
    print(f"{zone}: dateutil {theirs}, zoneinfo {right}")
    assert theirs == timedelta(0) != right
PYTHON
