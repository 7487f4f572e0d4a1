"""The worker of one machine: sees who is due, takes turns, offers what lies in its folders, ends in seconds."""

from __future__ import annotations

import os
import queue
import socket
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from syncd.daemon.systemd import SystemdNotifier
from syncd.errors import StateError
from syncd.fleet.engine import Engine
from syncd.fleet.folders import Folders
from syncd.fleet.turns import Turns
from syncd.state.address import DatabaseAddress
from syncd.state.postgresql.fleet_tables import FleetTables

DISPATCH_S = 0.5
"""Seconds between two looks at who is due."""
LOOK_S = 1.0
END_S = 5.0
"""Seconds within which every turn has ended after SIGTERM, or was killed."""


class Worker:
    """One process of a fleet."""

    def __init__(
        self, address: DatabaseAddress, *, folder: Path, places: int, log: Any, log_format: str
    ) -> None:
        self._address = address
        self._log = log
        self._supervisor = SystemdNotifier()
        self._stop = threading.Event()
        name = f"{socket.gethostname()}-{os.getpid()}"
        self._engine = Engine(address, places=places, name=name, log=log)
        self._folders = Folders(
            address=address, folder=folder, machine=f"{socket.gethostname()}:{folder}", log=log
        )
        self._turns = Turns(
            address=address,
            folder=folder,
            places=places,
            log=log,
            log_format=log_format,
            agrees=self._folders.agrees,
        )
        self._folders.on_agreement = self._turns.may_serve

    def run(self, signals: queue.SimpleQueue[str]) -> None:
        """Serve until a signal says so. Raises `StateError`, `RefusedError` where it cannot begin."""
        self._turns.warm_up()
        self._prepare()
        for name, work in (
            ("engine", lambda: self._engine.serve(self._turns.serve)),
            ("dispatch", self._dispatch),
            ("folders", lambda: self._folders.watch(self._stop)),
        ):
            threading.Thread(target=self._to_the_end, args=(work,), name=name, daemon=True).start()
        self._supervisor.ready()
        self._log.info("worker", instances=len(self._folders.names()))
        while not self._stop.is_set():
            self._supervisor.alive()
            self._supervisor.status(f"turns under way: {', '.join(self._turns.running()) or 'none'}")
            try:
                signals.get(timeout=LOOK_S)
            except queue.Empty:
                continue
            break
        self._supervisor.stopping()
        self._end()

    def _prepare(self) -> None:
        with FleetTables(self._address) as tables:
            if not tables.listens():
                raise StateError(
                    str(self._address),
                    "what is notified does not arrive: a pooler stands between",
                    "Connect to PostgreSQL itself.",
                )
        self._engine.prepare()

    def _dispatch(self) -> None:
        """Have every instance that is due served by whoever has a free place. One worker's turn at a time."""
        tables: FleetTables | None = None
        while not self._stop.wait(DISPATCH_S):
            try:
                tables = tables or FleetTables(self._address)
                for name in tables.due():
                    self._engine.defer(name)
            except StateError:
                if tables is not None:
                    tables.close()
                tables = None
        if tables is not None:
            tables.close()

    def _to_the_end(self, work: Callable[[], None]) -> None:
        """A thread of the worker: without any of them it must not look alive."""
        try:
            work()
        except Exception as error:  # noqa: BLE001 - whatever it is, systemd starts the worker again
            if not self._stop.is_set():
                self._log.error(
                    "worker-failed", kind=type(error).__name__, traceback=traceback.format_exc()[-450:]
                )
                os._exit(1)

    def _end(self) -> None:
        """Let every turn end, and give its lease back; what has not ended by then is killed."""
        self._stop.set()
        self._turns.end_all()
        self._engine.stop()
        latest = time.monotonic() + END_S
        while self._turns.running() and time.monotonic() < latest:
            time.sleep(0.05)
        left = self._turns.running()
        self._log.info("stopped", in_flight=bool(left) or None)
