"""A loopback server that answers exactly what a test says, bytes and pace included: what no simulator would."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as it came."""

    method: str
    target: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """``body``: bytes, or anything that JSON can say. ``pieces``: raw bytes in place of it all, sent one by one."""

    status: int = 200
    body: Any = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    pieces: Iterable[bytes] | None = None
    pause_s: float = 0.0

    def wire(self) -> Iterable[bytes]:
        if self.pieces is not None:
            return self.pieces
        body = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
        lines = [f"HTTP/1.1 {self.status} Said", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return ["\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body]


class RawService:
    """``respond`` is asked for each request, in the thread of its connection."""

    def __init__(self, respond: Callable[[Asked], Answer]) -> None:
        self.respond = respond
        self.asked: list[Asked] = []
        self.over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads: list[threading.Thread] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(5)

    def _start(self, work: Callable[..., None], *args: Any) -> None:
        thread = threading.Thread(target=work, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self.over.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(0.2)
        with connection, suppress(OSError):
            held = b""
            while not self.over.is_set():
                asked, held = self._read(connection, held)
                if asked is None:
                    return
                self.asked.append(asked)
                answer = self.respond(asked)
                for piece in answer.wire():
                    connection.settimeout(5)
                    connection.sendall(piece)
                    connection.settimeout(0.2)
                    if answer.pause_s and self.over.wait(answer.pause_s):
                        return

    def _read(self, connection: socket.socket, held: bytes) -> tuple[Asked | None, bytes]:
        while b"\r\n\r\n" not in held:
            more = self._more(connection)
            if not more:
                return None, b""
            held += more
        head, _, rest = held.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        named = {name.casefold(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = int(named.get("content-length", 0))
        while len(rest) < length:
            more = self._more(connection)
            if not more:
                return None, b""
            rest += more
        method, target, _ = first.split(" ", 2)
        return Asked(method=method, target=target, body=rest[:length]), rest[length:]

    def _more(self, connection: socket.socket) -> bytes:
        while not self.over.is_set():
            with suppress(TimeoutError):
                return connection.recv(65_536)
        return b""
