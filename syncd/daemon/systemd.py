"""Messages to the supervisor: ready, status in words, reloading, stopping, watchdog."""

from __future__ import annotations

import os
import socket
import time
from contextlib import suppress


class SystemdNotifier:
    """Talks to systemd's notification socket; says nothing where there is none."""

    def __init__(self, address: str | None = None) -> None:
        self._address = os.environ.get("NOTIFY_SOCKET", "") if address is None else address

    def ready(self) -> None:
        self._send("READY=1")

    def status(self, words: str) -> None:
        self._send("STATUS=" + words.replace("\n", " "))

    def reloading(self) -> None:
        self._send(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self) -> None:
        self._send("STOPPING=1")

    def alive(self) -> None:
        self._send("WATCHDOG=1")

    def _send(self, message: str) -> None:
        if not self._address:
            return
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with (
            suppress(OSError),
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender,
        ):
            sender.sendto(message.encode(), address)


def watchdog_s() -> float:
    """Seconds within which the supervisor wants to hear from us; 0 where it does not."""
    pid = os.environ.get("WATCHDOG_PID")
    if pid and pid != str(os.getpid()):
        return 0.0
    return int(os.environ.get("WATCHDOG_USEC", "0")) / 1e6
