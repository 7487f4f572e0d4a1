"""Servers of one university or of a fleet, as processes of their own over one database and one pair of services."""

from __future__ import annotations

import shutil
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg

from syncd.state.address import DatabaseAddress
from tests.acceptance.sites import PATIENCE_S, Daemon, Site


@dataclass(slots=True)
class Servers:
    """Machines that share nothing but the database: each has a copy of the site's folder."""

    site: Site
    address: DatabaseAddress
    settings: Mapping[str, object] = field(default_factory=dict)
    _sites: dict[str, Site] = field(default_factory=dict)

    def on(self, machine: str) -> Site:
        """The site's folder as that machine has it."""
        if machine not in self._sites:
            folder = self.site.folder.parent / machine
            shutil.copytree(self.site.folder, folder, ignore=shutil.ignore_patterns("daemon-*", "state*"))
            moved = {
                name: value.replace(str(self.site.folder), str(folder))
                for name, value in self.site.variables.items()
            }
            self._sites[machine] = Site(self.site.stage, folder, moved, self.site.secrets, self.site.zone)
        return self._sites[machine]

    def variables(self, **settings: object) -> dict[str, object]:
        """Settings of every process over this database."""
        return {
            "database": self.address.url, "instance": self.address.instance,
            "lease_ttl": self.address.lease_ttl_s, "lease_grace": self.address.lease_grace_s,
            "guards__fill_messages": 100_000, **self.settings, **settings,
        }  # fmt: skip

    @contextmanager
    def running(self, machine: str, *breaks: str, **settings: object) -> Iterator[Daemon]:
        """The daemon on that machine. ``breaks``: safeguards taken out of it, see `tests.system.fleet.broken`."""
        program = ("-m", "tests.system.fleet.broken", ",".join(breaks)) if breaks else ("-m", "syncd")
        with self.on(machine).running_as(program, self.variables(**settings)) as daemon:
            try:
                yield daemon
            finally:
                daemon.tell(signal.SIGCONT)

    def lease(self) -> tuple[int, str]:
        """The epoch in force, and the machine (with its process) that holds it."""
        with psycopg.connect(self.address.url, autocommit=True) as connection:
            row = connection.execute(
                "SELECT epoch, machine FROM fleet.lease WHERE name = %s", (self.address.instance,)
            ).fetchone()
        assert row is not None
        return row[0], row[1]

    def claim_behind_its_back(self) -> None:
        """Raise the epoch as a claim does, for a holder that does not show up."""
        with psycopg.connect(self.address.url, autocommit=True) as connection:
            connection.execute(
                "UPDATE fleet.fence SET epoch = epoch + 1 WHERE name = %s", (self.address.instance,)
            )

    def is_up_to_date(self, machine: str) -> bool:
        """Whether that machine's copy of the calendar was seen to be what is served."""
        with psycopg.connect(self.address.url, autocommit=True) as connection:
            row = connection.execute(
                f'SELECT 1 FROM "{self.address.schema}".copies c JOIN "{self.address.schema}".facts f '  # noqa: S608
                "ON f.name = 'candidate-calendar' AND f.value = c.digest "
                "WHERE c.kind = 'calendar' AND c.machine LIKE %s".encode(),
                (f"%{self.on(machine).calendar}",),
            ).fetchone()
        return row is not None

    def holds(self, daemon: Daemon) -> bool:
        """Whether that process holds the lease."""
        return f"(process {daemon.process.pid})" in self.lease()[1]


def seconds_until(true: Callable[[], object]) -> float:
    """How long it takes until something has come true."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < PATIENCE_S
        time.sleep(0.02)
    return time.monotonic() - began
