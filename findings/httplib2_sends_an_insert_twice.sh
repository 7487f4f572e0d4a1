#!/usr/bin/env bash
# httplib2 0.32.1 sends a POST a second time by itself: events.insert(...).execute(num_retries=0) makes two events and reports one.
#
# When a connection ends before a status line came, httplib2 takes it for a stale one, connects anew and sends the request again, "regardless
# of the number of RETRIES set" (a comment in _conn_request, httplib2/__init__.py), whatever the method, and on a connection that was never used
# before. A server or proxy that restarts between carrying out and answering so gets the insert twice. google-api-python-client
# sits on top and cannot know; num_retries=0, its default, is about answers alone. It returns the second event, and the first stays
# in the calendar with all its guests. requests, on the same server, reports the lost connection after one request. An insert
# that brings its own `id` is safe: the second one is answered 409.
#
# Seen on 2026-11-29, Python 3.11.7 (a server on loopback that keeps the event and closes the first connection):
#   google-api-python-client 2.202.0, httplib2 0.32.1, requests 2.34.2
#   googleapiclient, num_retries=0: answer event2, requests 2, events in the calendar ['event1', 'event2']
#   requests: ConnectionError, requests 1, events in the calendar ['event1']
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check google-api-python-client==2.202.0 httplib2==0.32.1 requests==2.34.2
"$folder/venv/bin/python" - <<'PYTHON'
import json
import logging
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version

import httplib2
import requests
from googleapiclient.discovery import build

logging.disable()


@contextmanager
def calendar():
    events = []

    class Calendar(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            events.append({**event, "id": f"event{len(events) + 1}"})
            if len(events) == 1:
                self.close_connection = True
                return
            body = json.dumps(events[-1]).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Calendar)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/calendar/v3/", events
    finally:
        server.shutdown()
        server.server_close()


names = ("google-api-python-client", "httplib2", "requests")
print(", ".join(f"{name} {version(name)}" for name in names))
with calendar() as (root, events):
    client = build("calendar", "v3", http=httplib2.Http(timeout=30), static_discovery=True, client_options={"api_endpoint": root})
    answer = client.events().insert(calendarId="school", body={"summary": "Exam"}).execute(num_retries=0)
    kept = [event["id"] for event in events]
    print(f"googleapiclient, num_retries=0: answer {answer['id']}, requests {len(events)}, events in the calendar {kept}")
    assert answer["id"] == "event2" and kept == ["event1", "event2"]
with calendar() as (root, events):
    session = requests.Session()
    session.trust_env = False
    try:
        outcome = session.post(f"{root}calendars/school/events", json={"summary": "Exam"}, timeout=30).json()["id"]
    except requests.ConnectionError as error:
        outcome = type(error).__name__
    kept = [event["id"] for event in events]
    print(f"requests: {outcome}, requests {len(events)}, events in the calendar {kept}")
    assert outcome == "ConnectionError" and kept == ["event1"]
PYTHON
