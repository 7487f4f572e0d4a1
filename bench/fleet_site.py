"""A fleet of the bench: universities over one simulated Canvas, served by `syncd worker` processes over PostgreSQL."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from bench import university
from bench.builds import event_of
from bench.simulators import Simulators
from syncd.config.settings import PREFIX
from syncd.state.address import DatabaseAddress
from syncd.state.postgresql.fleet_tables import FleetTables, InstanceRow
from syncd.state.store import State
from tests.support.postgresql import Cluster

PATIENCE_S = 300.0
TICK_S = 1 / os.sysconf("SC_CLK_TCK")
_QUIET_S = 3600
"""Interval of the universities: nothing of them falls due by itself while they are measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class University:
    """Courses from ``first`` to ``last`` in an account of the simulated Canvas, read with a token of its own."""

    name: str
    first: int
    last: int

    def targets(self) -> str:
        """Its targets file."""
        return (
            f"owner: {university.OWNER}\ntimezone: {university.ZONE}\ntargets:\n"
            f'  - {{name: courses, kind: canvas, account: "sis_account_id:{self.name}", '
            f'enrollment_term: "sis_term_id:T1", year: {university.YEAR}, school: law, programme: semester, '
            "terms: [autumn], languages: [en, kk]}\n"
        )


@dataclass(slots=True)
class Log:
    """A process whose output is read as it comes; each line with the moment it was read."""

    process: subprocess.Popen[str]
    lines: list[tuple[float, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self.process.stdout is not None  # noqa: S101 - asked for by who made it
        for line in self.process.stdout:
            self.lines.append((time.monotonic(), line))

    def count(self, event: str) -> int:
        """How many lines of that name there are."""
        return sum(event_of(line) == event for _, line in list(self.lines))

    def cpu_s(self) -> float:
        """Processor seconds of every process that it began, those included that are gone."""
        return processor_s(session=self.process.pid)


@dataclass(slots=True, kw_only=True)
class Fleet:
    """``folder``: below it lies what each machine has in /etc/syncd."""

    folder: Path
    events: int
    canvas: str
    address: DatabaseAddress
    universities: Sequence[University]
    places: int
    settings: dict[str, str] = field(default_factory=dict)

    def machine(self, name: str) -> Path:
        """That machine's folder, laid out at its first use."""
        folder = self.folder / name
        if folder.exists():
            return folder
        for one in self.universities:
            own = folder / one.name
            own.mkdir(parents=True)
            university.write_calendar(own / "calendar", self.events)
            (own / "calendar" / "targets.yaml").write_text(one.targets(), encoding="utf-8")
            given = {
                "CANVAS__BASE_URL": self.canvas, "CANVAS__TOKEN": one.name, "INTERVAL": str(_QUIET_S),
                "TODAY": university.TODAY.isoformat(), **self.settings,
            }  # fmt: skip
            path = folder / f"{one.name}.env"
            path.write_text(
                "".join(f"{PREFIX}{key}={value}\n" for key, value in given.items()), encoding="utf-8"
            )
            path.chmod(0o600)
        return folder

    @contextmanager
    def worker(self, machine: str) -> Iterator[Log]:
        """A worker there, ended by SIGTERM."""
        environment = _plain() | {
            f"{PREFIX}DATABASE": self.address.url,
            f"{PREFIX}FLEET__INSTANCES_DIR": str(self.machine(machine)),
            f"{PREFIX}FLEET__PLACES": str(self.places),
            f"{PREFIX}LOG_FORMAT": "json",
        }
        with running(("worker",), environment, self.folder) as log:
            yield log

    @contextmanager
    def workers(self, *machines: str) -> Iterator[list[Log]]:
        """Workers on several machines."""
        with ExitStack() as stack:
            logs = [stack.enter_context(self.worker(machine)) for machine in machines]
            until(lambda: all(log.count("worker") for log in logs))
            yield logs

    def ask(self) -> None:
        """Have a turn made of every university, as a person does by `syncd retry`."""
        for one in self.universities:
            state = State.open_beside(replace(self.address, instance=one.name))
            state.ledger.ask(now=time.time())
            state.close()
        with FleetTables(self.address) as tables:
            for one in self.universities:
                tables.wake(one.name)

    def turns(self) -> float:
        """Ask for one of each, and wait for them: seconds until the last lease was given back."""
        self.ask()
        began = time.monotonic()
        self.rest()
        return time.monotonic() - began

    def rest(self) -> list[InstanceRow]:
        """Wait until every university was served and none is under way. Raises RuntimeError where a turn failed."""
        with FleetTables(self.address) as tables:
            until(lambda: _at_rest(tables.instances(), len(self.universities)))
            rows = tables.instances()
        failed = [
            row
            for row in rows
            if row.result != "done" or row.board.get("problem") or row.board.get("failures")
        ]
        if failed:
            raise RuntimeError(f"turns failed: {failed[:2]}")
        return rows


def _at_rest(rows: Sequence[InstanceRow], count: int) -> bool:
    return len(rows) == count and all(
        row.result and row.done >= row.wanted and row.age_s < 0 and not row.holder for row in rows
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Of a fleet. ``name``: also of its database. ``places``: of each worker. ``settings``: of each university."""

    name: str
    universities: int
    courses: int
    events: int
    places: int
    settings: dict[str, str] = field(default_factory=dict)


def make_fleet(postgresql: Cluster, simulators: Simulators, folder: Path, size: Size) -> Fleet:
    """Universities whose courses are filled, in a database of their own; nothing is known of them yet."""
    database = f"bench_{size.name}"
    postgresql.run("createdb", "-h", "127.0.0.1", "-p", str(postgresql.port), "-U", "postgres", database)
    calendar = university.write_calendar(folder / f"calendar-{size.name}", size.events)
    universities = [
        University(name=f"{size.name}{at}", first=1 + at * size.courses, last=(at + 1) * size.courses)
        for at in range(size.universities)
    ]
    for one in universities:
        simulators.add_university(one.name, one.first, one.last)
        simulators.fill_courses(one.first, one.last, str(calendar))
    return Fleet(
        folder=folder / f"machines-{size.name}",
        events=size.events,
        canvas=simulators.addresses["canvas"],
        address=DatabaseAddress(url=f"{postgresql.url.rpartition('/')[0]}/{database}", instance="bench"),
        universities=universities,
        places=size.places,
        settings=size.settings,
    )


@contextmanager
def running(words: Sequence[str], environment: dict[str, str], folder: Path) -> Iterator[Log]:
    """`syncd` with these words, in a session of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    process = subprocess.Popen(  # noqa: S603 - ourselves
        [sys.executable, "-m", "syncd", *words],
        env=environment, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip
    log = Log(process)
    try:
        yield log
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _plain() -> dict[str, str]:
    """Of our own environment, what any process needs."""
    root = str(Path(__file__).resolve().parent.parent)
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ} | {
        "PYTHONPATH": root
    }


def until(true: Callable[[], object]) -> float:
    """Wait; the seconds it took."""
    began = time.monotonic()
    while not true():
        if time.monotonic() - began > PATIENCE_S:
            raise TimeoutError("the fleet did not get there")
        time.sleep(0.02)
    return time.monotonic() - began


def processor_s(*, session: int = 0, parent: int = 0) -> float:
    """Processor seconds of all processes of a session, or of one and its children; with those that they saw end."""
    ticks = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            values = path.read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        if int(values[3]) == session or (parent and parent in (int(values[1]), int(path.parent.name))):
            ticks += sum(map(int, values[11:15]))
    return ticks * TICK_S
