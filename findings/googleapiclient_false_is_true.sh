#!/usr/bin/env bash
# google-api-python-client 2.202.0 sends the word "false" as true: sendNotifications="false" asks to mail the guests.
#
# Parameters are checked against Google's description of the API: a name that it does not know, or a value outside an enum, is a TypeError. A boolean
# is not checked but passed through bool(), so that each word from the environment, a settings file or a command line ("false", "no", "0")
# goes out as true, and a listing with showDeleted="false" comes back with deleted events. Whole numbers given as words are
# read as numbers. Source: _cast in googleapiclient/discovery.py. A request body is another matter: it goes out as JSON as it stands.
#
# Seen on 2026-11-29, Python 3.11.7 (nothing is sent; the description is the one inside the package):
#   google-api-python-client 2.202.0
#   sendNotifications='false' -> sendNotifications=true
#   sendNotifications='0' -> sendNotifications=true
#   sendNotifications=False -> sendNotifications=false
#   showDeleted='no' -> showDeleted=true
#   maxResults='250' -> maxResults=250
#   sendUpdates='nobody' -> TypeError
#   sendNotices='false' -> TypeError
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check google-api-python-client==2.202.0 httplib2==0.32.1
"$folder/venv/bin/python" - <<'PYTHON'
from importlib.metadata import version
from urllib.parse import parse_qsl, urlsplit

import httplib2
from googleapiclient.discovery import build

events = build("calendar", "v3", http=httplib2.Http(), static_discovery=True).events()


def sent(call, **parameter):
    try:
        request = call(calendarId="school", **parameter)
    except TypeError as error:
        return type(error).__name__
    return next(f"{name}={value}" for name, value in parse_qsl(urlsplit(request.uri).query) if name in parameter)


def insert(**parameters):
    return events.insert(body={"summary": "Exam"}, **parameters)


CASES = (
    (insert, "sendNotifications", "false", "sendNotifications=true"),
    (insert, "sendNotifications", "0", "sendNotifications=true"),
    (insert, "sendNotifications", False, "sendNotifications=false"),
    (events.list, "showDeleted", "no", "showDeleted=true"),
    (events.list, "maxResults", "250", "maxResults=250"),
    (insert, "sendUpdates", "nobody", "TypeError"),
    (insert, "sendNotices", "false", "TypeError"),
)
print("google-api-python-client", version("google-api-python-client"))
for call, name, value, expected in CASES:
    outcome = sent(call, **{name: value})
    print(f"{name}={value!r} -> {outcome}")
    assert outcome == expected, outcome
PYTHON
