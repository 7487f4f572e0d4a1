#!/usr/bin/env bash
# google-api-python-client 2.202.0 sends a long list request as POST, so that reading looks like writing.
#
# Once the address of a GET passes 2,048 characters, HttpRequest.execute moves the query into the body, sends POST and adds
# x-http-method-override: GET. events.list gets there with some forty properties to filter by, or a long page token. A proxy
# that lets a read-only client through by method, a count of writes, a test that expects GET, or a cache meets a POST
# to .../events, which without that header is how an event is created. Source: MAX_URI_LENGTH in googleapiclient/http.py.
#
# Seen on 2026-11-29, Python 3.11.7 (the server answers on loopback):
#   google-api-python-client 2.202.0
#   10 filters: GET, override None, query in the address, body of 0 bytes, None
#   60 filters: POST, override GET, query in the body, body of 3838 bytes, application/x-www-form-urlencoded
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check google-api-python-client==2.202.0
"$folder/venv/bin/python" - <<'PYTHON'
import importlib.metadata
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import urlsplit

import httplib2
from googleapiclient.discovery import build

seen = []


class Calendar(BaseHTTPRequestHandler):
    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        seen.append((self.command, self.headers, urlsplit(self.path).query, body))
        answer = b'{"kind": "calendar#events", "items": []}'
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_POST = do_GET

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Calendar)
threading.Thread(target=server.serve_forever, daemon=True).start()
service = build(
    "calendar",
    "v3",
    http=httplib2.Http(proxy_info=None),
    static_discovery=True,
    client_options={"api_endpoint": f"http://127.0.0.1:{server.server_port}/calendar/v3/"},
)
print("google-api-python-client", importlib.metadata.version("google-api-python-client"))
for filters in (10, 60):
    wanted = [f"entry=midterm-examinations-of-term-{number}" for number in range(filters)]
    service.events().list(calendarId="law", privateExtendedProperty=wanted).execute()
    method, headers, query, body = seen[-1]
    override = headers.get("x-http-method-override")
    where = "address" if query else "body"
    print(f"{filters} filters: {method}, override {override}, query in the {where}, body of {len(body)} bytes, {headers.get('content-type')}")
server.shutdown()
short, long = seen
assert (short[0], short[1].get("x-http-method-override"), len(short[3])) == ("GET", None, 0)
assert (long[0], long[1].get("x-http-method-override"), long[2]) == ("POST", "GET", "")
assert long[3].count(b"privateExtendedProperty=") == 60
PYTHON
