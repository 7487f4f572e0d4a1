#!/usr/bin/env bash
# google-api-python-client 2.202.0 repeats a refused call without regard to the Retry-After that the refusal names.
#
# execute(num_retries=N) repeats 429, 5xx and refusals for pace, and waits a random part of 2, 4, 8 ... seconds in between. The
# header is not read: a service that asks for thirty seconds is asked again within two, and with N = 4 all repeats are spent in
# thirty seconds at most, fifteen on average, so that the call fails while the service still asks for patience. It also
# repeats insert, which creates a second event where the first answer was lost behind a 5xx. Source: _retry_request.
#
# Seen on 2026-11-29, Python 3.11.7 (answers given by the library's own HttpMockSequence, sleep recorded, random part 1.0):
#   google-api-python-client 2.202.0
#   429 with Retry-After: 30, four times, then an event: 5 requests, waits [2.0, 4.0, 8.0, 16.0]
#   503 with Retry-After: 30 for an insert: 2 requests, both POST, waits [2.0]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check google-api-python-client==2.202.0
"$folder/venv/bin/python" - <<'PYTHON'
import importlib.metadata
import json
import logging

from googleapiclient.discovery import build
from googleapiclient.http import HttpMockSequence

logging.disable()


def run(status, refusals, call):
    refused = {"status": str(status), "retry-after": "30", "content-type": "application/json"}
    reason = json.dumps({"error": {"code": status, "message": "later", "errors": [{"reason": "rateLimitExceeded"}]}})
    http = HttpMockSequence([(refused, reason)] * refusals + [({"status": "200"}, '{"id": "e1"}')])
    request = call(build("calendar", "v3", http=http, static_discovery=True).events())
    waits = []
    request._sleep, request._rand = waits.append, lambda: 1.0
    assert request.execute(num_retries=4) == {"id": "e1"}
    return [method for _, method, *_ in http.request_sequence], waits


print("google-api-python-client", importlib.metadata.version("google-api-python-client"))
methods, waits = run(429, 4, lambda events: events.get(calendarId="law", eventId="e1"))
print(f"429 with Retry-After: 30, four times, then an event: {len(methods)} requests, waits {waits}")
assert (methods, waits) == (["GET"] * 5, [2.0, 4.0, 8.0, 16.0])
day = {"start": {"date": "2025-09-01"}, "end": {"date": "2025-09-02"}, "summary": "Beginning of classes"}
methods, waits = run(503, 1, lambda events: events.insert(calendarId="law", body=day))
print(f"503 with Retry-After: 30 for an insert: {len(methods)} requests, both {methods[0]}, waits {waits}")
assert (methods, waits) == (["POST"] * 2, [2.0])
PYTHON
