#!/usr/bin/env bash
# PyYAML 6.0.4 and pydantic 2.14.4: a deadline written as 18:00 becomes 00:18, without an error; one written as 09:00 stays.
#
# Each of the two does what it says. PyYAML reads YAML 1.1, where digits with colons are a number to the base of sixty, so that
# 18:00 is 1080; a leading nought is no such number (yaml.org/type/int.html), and 09:00 stays text. pydantic takes a whole
# number for a `time` as seconds after midnight (int_as_time in pydantic-core), and 1080 of those are 18 minutes. Together they move
# every hour from ten onwards, and each one written without a nought, into the first half hour of the day, as a time in UTC
# besides; where seconds are written too (18:00:00) it comes out right. Strict mode refuses the number, and msgspec does.
# The first half is known (yaml/pyyaml#272, closed: the format says so). Read such fields from the text of the scalar.
#
# Seen on 2026-11-29, Python 3.11.7:
#   PyYAML 6.0.4, pydantic 2.14.4, msgspec 0.23.0
#   09:00 -> '09:00' -> 09:00:00
#   9:00 -> 540 -> 00:09:00+00:00
#   18:00 -> 1080 -> 00:18:00+00:00
#   23:59 -> 1439 -> 00:23:59+00:00
#   18:00:00 -> 64800 -> 18:00:00+00:00
#   strict refuses 1080: True, msgspec refuses 1080: True
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pyyaml==6.0.4 pydantic==2.14.4 msgspec==0.23.0
"$folder/venv/bin/python" - <<'PYTHON'
from datetime import time
from importlib.metadata import version

import msgspec
import yaml
from pydantic import BaseModel, TypeAdapter, ValidationError

EXPECTED = {
    "09:00": ("09:00", "09:00:00"),
    "9:00": (540, "00:09:00+00:00"),
    "18:00": (1080, "00:18:00+00:00"),
    "23:59": (1439, "00:23:59+00:00"),
    "18:00:00": (64800, "18:00:00+00:00"),
}


class Deadline(BaseModel):
    due: time


print(f"PyYAML {version('pyyaml')}, pydantic {version('pydantic')}, msgspec {version('msgspec')}")
for written, expected in EXPECTED.items():
    loaded = yaml.safe_load(f"due: {written}")
    due = Deadline.model_validate(loaded).due
    print(f"{written} -> {loaded['due']!r} -> {due}")
    assert (loaded["due"], str(due)) == expected, (loaded, due)
try:
    TypeAdapter(time).validate_python(1080, strict=True)
    strict_refuses = False
except ValidationError:
    strict_refuses = True
try:
    msgspec.convert(1080, time)
    msgspec_refuses = False
except msgspec.ValidationError:
    msgspec_refuses = True
print(f"strict refuses 1080: {strict_refuses}, msgspec refuses 1080: {msgspec_refuses}")
assert strict_refuses and msgspec_refuses
PYTHON
