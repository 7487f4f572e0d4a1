"""What a supervisor would hear over its notification socket."""

from __future__ import annotations

import socket
import threading
import uuid
from types import TracebackType
from typing import Self

END = b"end"


class Supervisor:
    """Listens at ``address`` (NOTIFY_SOCKET) until the block ends, and keeps every message."""

    def __init__(self) -> None:
        self.address = f"@syncd-tests-{uuid.uuid4().hex}"
        self.messages: list[str] = []
        self._name = "\0" + self.address[1:]
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        # Few messages fit the socket, and a sender waits until one is read.
        self._reader = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> Self:
        self._socket.bind(self._name)
        self._reader.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.sendto(END, self._name)
        self._reader.join()
        self._socket.close()

    def _read(self) -> None:
        while (message := self._socket.recv(65536)) != END:
            self.messages.append(message.decode())
