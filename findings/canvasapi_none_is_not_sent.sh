#!/usr/bin/env bash
# canvasapi 3.6.0 leaves out each field that is None or an empty list, so that an edit which is to clear one sends nothing and succeeds.
#
# event.edit(calendar_event={"location_name": None}) reads like JSON's null, which Google's client sends. canvasapi sends forms: it
# passes the pair on, requests leaves out values that are None, and an empty list has no element to make a field of. The PUT goes
# out without them, so that a server which keeps what is not named leaves the old room on the event, answers 200, and edit() returns
# it; where nothing else was given, the body is empty. An empty string is sent, and so is False. The docstring of edit says nothing
# of it. Source: combine_kwargs in canvasapi/util.py; _encode_params in requests/models.py.
#
# Seen on 2026-11-29, Python 3.11.7 (a server on loopback answers 200 and the event):
#   canvasapi 3.6.0, requests 2.34.2
#   {'location_name': None} -> PUT ''
#   {'location_name': None, 'title': 'Exam'} -> PUT 'calendar_event[title]=Exam'
#   {'child_event_data': [], 'title': 'Exam'} -> PUT 'calendar_event[title]=Exam'
#   {'location_name': ''} -> PUT 'calendar_event[location_name]='
#   {'all_day': False} -> PUT 'calendar_event[all_day]=false'
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check canvasapi==3.6.0 requests==2.34.2
NO_PROXY=127.0.0.1 no_proxy=127.0.0.1 "$folder/venv/bin/python" - <<'PYTHON'
import json
import threading
import warnings
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from urllib.parse import unquote

from canvasapi import Canvas

warnings.simplefilter("ignore")
EVENT = {"id": 7, "title": "Exam", "location_name": "Hall 1", "context_code": "course_1"}
sent = []


class Calendar(BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer()

    def do_PUT(self):
        sent.append(f"{self.command} {unquote(self.rfile.read(int(self.headers.get('Content-Length', 0))).decode())!r}")
        self.answer()

    def answer(self):
        body = json.dumps(EVENT).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Calendar)
threading.Thread(target=server.serve_forever, daemon=True).start()
CASES = (
    ({"location_name": None}, "PUT ''"),
    ({"location_name": None, "title": "Exam"}, "PUT 'calendar_event[title]=Exam'"),
    ({"child_event_data": [], "title": "Exam"}, "PUT 'calendar_event[title]=Exam'"),
    ({"location_name": ""}, "PUT 'calendar_event[location_name]='"),
    ({"all_day": False}, "PUT 'calendar_event[all_day]=false'"),
)
print(f"canvasapi {version('canvasapi')}, requests {version('requests')}")
event = Canvas(f"http://127.0.0.1:{server.server_port}", "token").get_calendar_event(7)
for fields, expected in CASES:
    event.edit(calendar_event=fields)
    print(f"{fields} -> {sent[-1]}")
    assert sent[-1] == expected, sent[-1]
server.shutdown()
PYTHON
