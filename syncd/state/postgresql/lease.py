"""The lease of one instance in PostgreSQL: one holder at a time, each under an epoch of its own.

A claim raises the epoch, so that whoever held the lease before can write nothing more; renewals keep it.
The holder counts its own deadline from before the renewal was sent, by a clock that also runs while the
machine sleeps; the next holder waits ``grace`` longer than that. All other times are the database's.
"""

from __future__ import annotations

import os
import socket
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psycopg

from syncd.errors import LockedError
from syncd.state.address import FLEET_SCHEMA, DatabaseAddress

Connect = Callable[[DatabaseAddress, str], psycopg.Connection[Any]]
_RETRY_S = 1.0
"""Seconds between two tries to renew while the database does not answer."""
NOW = "extract(epoch FROM clock_timestamp())::float8"


def boot_clock() -> float:
    """Seconds that go on while the machine is suspended."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class Lease:
    """Held from `claim` until `give_back`, the deadline, or the moment another holder is seen. Thread-safe."""

    def __init__(
        self, address: DatabaseAddress, connect: Connect, *, holder: str, epoch: int, deadline: float
    ) -> None:
        self.holder = holder
        self.epoch = epoch
        self.instance = address.instance
        self._address = address
        self._connect = connect
        self._deadline = deadline
        self._tell: Callable[[float], None] = lambda _deadline: None
        self._lost = False
        self._ended = threading.Event()
        self._on_lost: list[Callable[[], None]] = []
        self._mutex = threading.Lock()
        self._thread = threading.Thread(target=self._keep, name=f"lease {address.instance}", daemon=True)

    @classmethod
    def claim(
        cls, address: DatabaseAddress, connect: Connect, shared: psycopg.Connection[Any], *, holder: str = ""
    ) -> Lease:
        """Take the lease over ``shared`` where it is free, or was held under the name ``holder``.

        Only who knows that nothing of that holder is under way any more may give its name. Raises
        `LockedError` naming the machine that holds it, psycopg.Error.
        """
        holder = holder or uuid.uuid4().hex
        sent_at = boot_clock()
        epoch = _claim(shared, address, holder)
        lease = cls(address, connect, holder=holder, epoch=epoch, deadline=sent_at + address.lease_ttl_s)
        lease._thread.start()
        return lease

    def is_held(self) -> bool:
        """False for good once the deadline has passed or another holder was seen. Asks nobody."""
        if not self._lost and boot_clock() >= self._deadline:
            self.lose()
        return not self._lost

    @property
    def deadline(self) -> float:
        """Second of `boot_clock` until which it is held for certain."""
        return self._deadline

    def follow(self, tell: Callable[[float], None]) -> None:
        """Have every new deadline told, to another process for instance."""
        self._tell = tell
        tell(self._deadline)

    def when_lost(self, act: Callable[[], None]) -> None:
        """Call ``act`` once the lease is lost; at once where it is already."""
        with self._mutex:
            if not self._lost:
                self._on_lost.append(act)
                return
        act()

    def lose(self) -> None:
        """Say that the lease is another's now."""
        with self._mutex:
            if self._lost or self._ended.is_set():
                return
            self._lost = True
            acts, self._on_lost = self._on_lost, []
        self._ended.set()
        for act in acts:
            act()

    def give_back(self) -> None:
        """End it at once, so that another may begin without waiting. Only when nothing is under way any more."""
        held = self.is_held() and not self._ended.is_set()
        self._ended.set()
        if not held:
            return
        self._thread.join(timeout=2 * _RETRY_S)
        with suppress(psycopg.Error), self._connect(self._address, FLEET_SCHEMA) as connection:
            connection.execute(
                f"UPDATE lease SET free_at = {NOW} WHERE name = %s AND epoch = %s",  # noqa: S608 - a constant
                (self.instance, self.epoch),
            )

    def abandon(self) -> None:
        """Stop renewing without giving it back: something may still be under way, so it must run out."""
        self._ended.set()

    def _keep(self) -> None:
        """Renew four times in the time it lasts; each second where the database does not answer."""
        connection: psycopg.Connection[Any] | None = None
        wait_s = self._address.lease_ttl_s / 4
        while not self._ended.wait(max(0.0, min(wait_s, self._deadline - boot_clock()))):
            if not self.is_held():
                break
            try:
                connection = connection or self._connect(self._address, FLEET_SCHEMA)
                wait_s = self._address.lease_ttl_s / 4
                if not self._renew(connection):
                    self.lose()
            except (psycopg.Error, OSError):
                wait_s = _RETRY_S
                if connection is not None:
                    connection.close()
                connection = None
        if connection is not None:
            connection.close()

    def _renew(self, connection: psycopg.Connection[Any]) -> bool:
        sent_at = boot_clock()
        renewed = connection.execute(
            f"UPDATE lease SET free_at = {NOW} + %s WHERE name = %s AND epoch = %s",  # noqa: S608 - a constant
            (self._address.lease_ttl_s + self._address.lease_grace_s, self.instance, self.epoch),
        ).rowcount
        if not renewed:
            return False
        self._deadline = sent_at + self._address.lease_ttl_s
        self._tell(self._deadline)
        return True


def _claim(connection: psycopg.Connection[Any], address: DatabaseAddress, holder: str) -> int:
    """The new epoch. The row is locked first and the clock read after: `now()` is the time before the wait."""
    machine = f"{socket.gethostname()} (process {os.getpid()})"
    name, length = address.instance, address.lease_ttl_s + address.lease_grace_s
    connection.execute(
        "INSERT INTO fence (name, epoch) VALUES (%s, 0) ON CONFLICT (name) DO NOTHING", (name,)
    )
    connection.execute(
        "INSERT INTO lease (name, epoch, holder, machine, since, free_at) VALUES (%s, 0, '', '', 0, 0) "
        "ON CONFLICT (name) DO NOTHING",
        (name,),
    )
    with connection.transaction():
        connection.execute("SELECT 1 FROM lease WHERE name = %s FOR UPDATE", (name,))
        free = connection.execute(
            f"SELECT free_at <= {NOW} OR holder = %s, machine, since, free_at - {NOW} FROM lease WHERE name = %s",  # noqa: S608
            (holder, name),
        ).fetchone()
        if free is None or not free[0]:
            _, machine, since, free_in_s = free or (False, "", 0.0, 0.0)
            raise LockedError(str(address), holder=machine, since=since, free_in_s=free_in_s)
        # A replica that was promoted without the last commits must not give a number out twice.
        raised = connection.execute(
            f"UPDATE fence SET epoch = greatest(epoch + 1, (1000 * {NOW})::bigint) WHERE name = %s RETURNING epoch",  # noqa: S608
            (name,),
        ).fetchone()
        epoch = int(raised[0]) if raised else 0
        connection.execute(
            f"UPDATE lease SET epoch = %s, holder = %s, machine = %s, since = {NOW}, free_at = {NOW} + %s "  # noqa: S608
            "WHERE name = %s",
            (epoch, holder, machine, length, name),
        )
    return epoch
