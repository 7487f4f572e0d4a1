"""The recipes for telling people, run as the service runs them, against a mail server and a webhook."""

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from email import message_from_string, policy
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

RECIPES = Path(__file__).resolve().parents[3] / "deploy" / "notify"
TOLD = {
    "event": "plan-waits",
    "phase": "begins",
    "title": "a plan waits for approval",
    "subjects": ["removed 2031"],
    "sentence": "11 entries removed, the limit is 10. To approve exactly this plan: syncd approve d1g",
    "since": "2031-10-15T08:00:00+00:00",
}


def run(recipe: str, *words: str, **environment: str) -> None:
    subprocess.run(
        [sys.executable, str(RECIPES / recipe), *words],
        input=json.dumps(TOLD),
        env={"PATH": "/usr/bin:/bin"} | environment,
        text=True,
        check=True,
        timeout=60,
    )


class MailServer:
    """Takes one mail, by as much SMTP as that needs."""

    def __init__(self) -> None:
        self.recipients: list[str] = []
        self.text = ""
        self._plug = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._plug.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        peer, _ = self._plug.accept()
        with peer, peer.makefile("rwb", buffering=0) as lines:
            lines.write(b"220 stand-in\r\n")
            while line := lines.readline().decode().strip():
                verb = line[:4].upper()
                if verb == "RCPT":
                    self.recipients.append(line)
                if verb == "DATA":
                    lines.write(b"354 go on\r\n")
                    while (piece := lines.readline()) != b".\r\n":
                        self.text += piece.decode()
                lines.write(b"221 bye\r\n" if verb == "QUIT" else b"250 fine\r\n")
                if verb == "QUIT":
                    return

    def close(self) -> None:
        self._thread.join(20)
        self._plug.close()


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    server = MailServer()
    yield server
    server.close()


def test_the_mail_says_what_happened_and_since_when_to_everybody_named(mail_server: MailServer) -> None:
    run(
        "mail",
        "registrar@example.edu",
        "it@example.edu",
        SYNCD_MAIL_SERVER=mail_server.address,
        SYNCD_MAIL_FROM="syncd@example.edu",
    )
    mail = message_from_string(mail_server.text, policy=policy.default)
    assert mail["Subject"] == "syncd: a plan waits for approval"
    assert mail["From"] == "syncd@example.edu"
    assert "syncd approve d1g" in mail.get_content()
    assert "Since 2031-10-15 08:00 (UTC+0000)." in mail.get_content()
    assert len(mail_server.recipients) == 2


def test_the_chat_gets_one_message_at_the_address_in_the_credential(tmp_path: Path) -> None:
    got: list[str] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Hook) as server:
        thread = threading.Thread(target=server.handle_request, daemon=True)
        thread.start()
        (tmp_path / "chat-webhook").write_text(f"http://127.0.0.1:{server.server_port}/hook\n")
        run("chat", CREDENTIALS_DIRECTORY=str(tmp_path))
        thread.join(20)
    (text,) = (json.loads(one)["text"] for one in got)
    assert text.startswith("Attention: a plan waits for approval\n")
    assert "syncd approve d1g" in text
