"""The shipped notify commands, each against a small server of its kind."""

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_string
from email.message import Message
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from tests.supervised.conftest import ROOT

TOLD: dict[str, Any] = {
    "event": "plan-waits",
    "phase": "begins",
    "title": "a plan waits for approval",
    "subjects": ["moved calendar"],
    "sentence": "11 entries moved, the limit is 10.",
    "since": "2025-09-01T08:00:00+00:00",
}


def run(recipe: str, *words: str, told: dict[str, Any] = TOLD, **settings: str) -> None:
    command = [sys.executable, str(ROOT / "deploy" / "notify" / recipe), *words]
    subprocess.run(command, input=json.dumps(told), env=settings, text=True, check=True)


@contextmanager
def mail_server() -> Iterator[tuple[str, list[str]]]:
    """Takes one mail; its address, and the lines the client sent."""
    lines: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def attend() -> None:
            peer, _ = listener.accept()
            with peer, peer.makefile("rw", encoding="utf-8", newline="\r\n") as talk:
                talk.write("220 here\r\n")
                talk.flush()
                in_data = False
                for line in talk:
                    lines.append(line.rstrip("\r\n"))
                    begins = lines[-1].upper() == "DATA"
                    in_data = begins or (in_data and lines[-1] != ".")
                    if begins or not in_data:
                        quits = lines[-1].upper() == "QUIT"
                        talk.write("354 go on\r\n" if begins else "221 bye\r\n" if quits else "250 ok\r\n")
                        talk.flush()

        thread = threading.Thread(target=attend, daemon=True)
        thread.start()
        yield f"127.0.0.1:{listener.getsockname()[1]}", lines
        thread.join()


def mail_in(lines: list[str]) -> Message:
    data = next(at for at, line in enumerate(lines) if line.upper() == "DATA")
    return message_from_string("\n".join(lines[data + 1 : lines.index(".")]))


def test_the_mail_brings_the_plan_that_waits(tmp_path: Path) -> None:
    page = tmp_path / "plan.html"
    page.write_text("<!doctype html><title>Күнтізбе</title>", encoding="utf-8")
    with mail_server() as (address, lines):
        run("mail", "dean@example.edu", told=TOLD | {"plan": str(page)}, SYNCD_MAIL_SERVER=address)
    text, attached = (one for one in mail_in(lines).walk() if not one.is_multipart())
    assert TOLD["sentence"] in str(text.get_payload())
    assert (attached.get_content_type(), attached.get_filename()) == ("text/html", "plan.html")
    assert attached.get_payload(decode=True) == page.read_bytes()


def test_the_mail_goes_to_everybody_named_with_all_that_a_mail_needs() -> None:
    with mail_server() as (address, lines):
        run(
            "mail",
            "registrar@example.edu",
            "it@example.edu",
            SYNCD_MAIL_SERVER=address,
            SYNCD_MAIL_FROM="calendar@example.edu",
        )
    mail = mail_in(lines)
    assert sum(line.upper().startswith("RCPT TO:") for line in lines) == 2
    assert (mail["From"], mail["Subject"]) == ("calendar@example.edu", "syncd: a plan waits for approval")
    assert mail["Date"]
    assert mail["Message-ID"]
    assert TOLD["sentence"] in str(mail.get_payload())


def test_the_chat_gets_one_text_at_the_address_in_the_credential(tmp_path: Path) -> None:
    posted: list[tuple[str, Any]] = []

    class Chat(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            posted.append((self.path, json.loads(body)))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Chat) as server:
        thread = threading.Thread(target=server.handle_request, daemon=True)
        thread.start()
        (tmp_path / "chat-webhook").write_text(f"http://127.0.0.1:{server.server_port}/hook\n")
        run("chat", CREDENTIALS_DIRECTORY=str(tmp_path))
        thread.join()
    text = f"Attention: {TOLD['title']}\n{TOLD['sentence']}"
    assert posted == [("/hook", {"text": text})]
