"""A fleet in folders: several universities over one pair of simulated services, served by worker processes."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psycopg

from syncd.state.address import DatabaseAddress
from tests.acceptance.sites import PYTHON, Daemon, Outcome, Site

TARGETS = """\
owner: {name}
timezone: Asia/Almaty
defaults: {{school: law, programme: semester}}
targets:
  - {{name: courses, kind: canvas, courses: {courses}, year: 2025-2026, terms: [autumn], languages: [en]}}
"""


@dataclass(slots=True)
class Fleet:
    """``courses``: by instance. Machines have folders of their own under one."""

    site: Site
    address: DatabaseAddress
    courses: Mapping[str, Sequence[int]]
    settings: Mapping[str, object] = field(default_factory=dict)
    places: int = 4

    def machine(self, name: str) -> Path:
        """The folder ``/etc/syncd`` of a machine, laid out at its first use."""
        folder = self.site.folder.parent / f"etc-{name}"
        if folder.exists():
            return folder
        folder.mkdir()
        for instance, courses in self.courses.items():
            own = folder / instance
            own.mkdir()
            shutil.copytree(self.site.calendar, own / "calendar")
            (own / "calendar" / "targets.yaml").write_text(
                TARGETS.format(name=instance, courses=list(courses))
            )
            variables = {
                name: value
                for name, value in self.site.environment({}).items()
                if name.startswith(("SYNCD_CANVAS__", "SYNCD_GOOGLE__", "SYNCD_TODAY"))
            }
            given = {f"SYNCD_{key.upper()}": str(value) for key, value in self.settings.items()}
            lines = variables | {"SYNCD_GUARDS__FILL_MESSAGES": "100000", "SYNCD_INTERVAL": "3600"} | given
            path = folder / f"{instance}.env"
            path.write_text("".join(f"{key}={value}\n" for key, value in lines.items()))
            path.chmod(0o600)
        return folder

    def site_on(self, machine: str, instance: str) -> Site:
        """One instance's folder on a machine, to be edited."""
        folder = self.machine(machine) / instance
        return Site(self.site.stage, folder, self.site.variables, self.site.secrets, self.site.zone)

    def environment(self, machine: str) -> dict[str, str]:
        """Of a worker, and of verbs for people on that machine."""
        return PYTHON | {
            "HOME": str(self.site.folder / "home"),
            "SYNCD_DATABASE": self.address.url,
            "SYNCD_LEASE_TTL": str(self.address.lease_ttl_s),
            "SYNCD_LEASE_GRACE": str(self.address.lease_grace_s),
            "SYNCD_FLEET__INSTANCES_DIR": str(self.machine(machine)),
            "SYNCD_FLEET__PLACES": str(self.places),
            "SYNCD_LOG_FORMAT": "json",
        }

    @contextmanager
    def worker(self, machine: str, *breaks: str) -> Iterator[Daemon]:
        """A worker process on that machine. ``breaks``: safeguards taken out, see `tests.system.fleet.broken`."""
        program = ("-m", "tests.system.fleet.broken", ",".join(breaks)) if breaks else ("-m", "syncd")
        number = len(list(self.site.folder.parent.glob(f"worker-{machine}-*")))
        log = self.site.folder.parent / f"worker-{machine}-{number}.log"
        with log.open("w", encoding="utf-8") as output:
            process = subprocess.Popen(
                [sys.executable, *program, "worker"],
                env=self.environment(machine),
                cwd=self.site.folder / "home",
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        daemon = Daemon(process, log)
        try:
            yield daemon
        finally:
            daemon.tell(signal.SIGCONT)
            process.kill()
            process.wait()
            self.site.keeps_secrets(daemon.said)

    def verb(self, *words: str, machine: str = "one", instance: str = "") -> Outcome:
        """A person's command there, in a fork that need not import the program first."""
        environment = self.environment(machine)
        if instance:
            environment["SYNCD_ENV_FILE"] = str(self.machine(machine) / f"{instance}.env")
            environment["SYNCD_INSTANCE"] = instance
        return self.site.stage.warm.run(words, environment, self.site.folder / "home")

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        """Straight from the schema `fleet`."""
        with psycopg.connect(self.address.url, autocommit=True) as connection:
            connection.execute("SET search_path = fleet")
            return connection.execute(sql.encode()).fetchall()

    def copies(self, instance: str) -> int:
        """Machines that were seen to have settings of that instance."""
        with psycopg.connect(self.address.url, autocommit=True) as connection:
            schema = replace(self.address, instance=instance).schema
            row = connection.execute(
                f"SELECT count(*) FROM \"{schema}\".copies WHERE kind = 'settings'".encode()  # noqa: S608
            ).fetchone()
        return row[0] if row else 0

    def standing(self) -> dict[str, dict[str, Any]]:
        """What `syncd fleet --json` says, by instance."""
        told = json.loads(self.verb("fleet", "--json").out)
        return {one["instance"]: one for one in told["instances"]}

    def at_rest(self, *names: str) -> bool:
        """Whether the last turn of these instances (none: of all) is noted down, and none is wanted or under way."""
        standing = self.rows(
            "SELECT i.name, result, done >= wanted, coalesce(l.free_at, 0) <= extract(epoch FROM clock_timestamp()) "
            "FROM instance i LEFT JOIN lease l ON l.name = i.name"
        )
        resting = {name for name, *how in standing if how == ["done", True, True]}
        return resting >= set(names or self.courses)

    def count(self, course: int, owner: str) -> int:
        """Live events of an instance in a course."""
        return sum(f"v1;{owner};" in (one.description or "") for one in self.site.course(course))
