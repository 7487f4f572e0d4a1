"""A site in a folder, the real program as a process, and what both simulated worlds hold afterwards.

Nothing here believes the program's own words: events, writers and mails are read from the worlds, requests
from the simulators' record.
"""

import copy
import json
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from syncd.sandbox.canvas.acts import raw_event
from syncd.sandbox.canvas.model import Event
from syncd.sandbox.canvas.people import People as CanvasPeople
from syncd.sandbox.google.people import People as GooglePeople
from syncd.sandbox.google.rows import Row
from syncd.sandbox.pair import Pair
from tests.support import state_address

ROOT = Path(__file__).resolve().parents[2]
TODAY = "2025-08-20"
"""Inside the shipped calendar's academic year, before its autumn begins."""
CAMPUS = "Asia/Almaty"
LAW = "law@group.calendar.google.com"
CANARY = "canary-7d1f0c2e9b"
"""The Canvas token of every site: it may appear in no output."""
PYTHON = {
    "PATH": os.environ.get("PATH", ""),
    "PYTHONPATH": str(ROOT),
    "PYTHONSAFEPATH": "1",
    "PYTHONWARNINGS": "error",
}
"""All that a run gets from this process: the way to Python and to the package."""
PATIENCE_S = 60.0
"""Longest wait for anything: no test measures time, this only ends one that would hang."""

SMALL = """\
owner: mnu
timezone: Asia/Almaty
defaults: {school: law, programme: semester}
targets:
  - name: law-calendar
    kind: google
    calendar_id: law@group.calendar.google.com
    languages: [kk, ru, en]
  - name: law-autumn
    kind: canvas
    account: "sis_account_id:LAW"
    enrollment_term: "sis_term_id:2025A"
    except: [{sub_account: LAW-MA}]
    year: 2025-2026
    terms: [autumn]
    languages: [en, kk]
"""
"""Targets of most tests: three courses (101, 102 and the unpublished 104) and one Google calendar."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run of the program ended."""

    code: int
    out: str
    err: str

    @property
    def plan(self) -> dict[str, Any]:
        """The plan that a dry run printed as JSON."""
        told: dict[str, Any] = json.loads(self.out)
        return told

    @property
    def digest(self) -> str:
        return str(self.plan["digest"])

    @property
    def changes(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.plan["changes"]
        return found


@dataclass(frozen=True, slots=True)
class Worlds:
    """Both worlds and a state folder, as they were at one moment."""

    canvas: dict[str, Any]
    google: dict[str, Any]
    state: Path | None


class Warm:
    """Client of `tests.acceptance.warm`: runs of the program that begin with everything imported."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.acceptance.warm"],
            env=PYTHON,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, words: Sequence[str], environment: Mapping[str, str], folder: Path) -> Outcome:
        """One run to its end."""
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        told = {
            "words": words,
            "environment": environment,
            "folder": str(folder),
            "output": str(folder.parent),
        }
        with self._turn:
            self._server.stdin.write(json.dumps(told) + "\n")
            self._server.stdin.flush()
            ready, _, _ = select.select([self._server.stdout], [], [], PATIENCE_S)
            assert ready, f"{' '.join(words)} does not end"
            code = int(self._server.stdout.readline())
            out, err = ((folder.parent / name).read_text(encoding="utf-8") for name in ("out", "err"))
        return Outcome(code, out, err)

    def close(self) -> None:
        self._server.kill()
        self._server.communicate()


@dataclass(slots=True)
class Stage:
    """The two simulators of a whole test run; tests use them one after the other."""

    pair: Pair
    warm: "Warm"
    empty: Worlds | None = None

    def keep(self, state: Path | None = None) -> Worlds:
        """Remember everything as it is now."""
        return Worlds(_kept(self.pair.canvas), _kept(self.pair.google), state)

    def back_to(self, worlds: Worlds) -> None:
        """Put both worlds back, faults and records ended."""
        for faults in (self.pair.canvas_site.faults, self.pair.google_faults):
            faults.clear()
            faults.forget()
        for world, kept in ((self.pair.canvas, worlds.canvas), (self.pair.google, worlds.google)):
            with world.lock:
                vars(world).update(_copied(kept, world.lock))
        self.pair.google.quota.clear()


def _kept(world: Any) -> dict[str, Any]:
    with world.lock:
        return _copied({name: value for name, value in vars(world).items() if name != "lock"}, world.lock)


def _copied(attributes: dict[str, Any], lock: object) -> dict[str, Any]:
    # Keys of service accounts are no plain data and never change: they are shared.
    accounts = attributes["access"].accounts.values() if "access" in attributes else ()
    keys = [key for account in accounts for key in account.keys.values()]
    return copy.deepcopy(attributes, {id(one): one for one in (lock, *keys)})


@dataclass(slots=True)
class Site:
    """What a registrar has on disk, and the services it is pointed at."""

    stage: Stage = field(repr=False)
    folder: Path
    variables: dict[str, str] = field(repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo(CAMPUS))

    @classmethod
    def lay_out(cls, stage: Stage, folder: Path, *, targets: str, calendar: Path) -> "Site":
        """Write settings, credentials, targets and a calendar of its own."""
        variables = stage.pair.write_site(folder / "etc", calendar_dir=str(folder / "calendar"))
        site = cls(stage, folder, {**variables, "SYNCD_TODAY": TODAY})
        site.token_file.write_text(CANARY + "\n", encoding="utf-8")
        site.secrets = (CANARY, *_pieces_of(Path(variables["SYNCD_GOOGLE__CREDENTIALS_FILE"])))
        site.targets_file.write_text(targets, encoding="utf-8")
        shutil.copytree(
            calendar, site.calendar, ignore=shutil.ignore_patterns("*.py", "*.pyc", "__pycache__", "schema")
        )
        (folder / "home").mkdir()
        return site

    # --- on disk ----------------------------------------------------------------------------------

    @property
    def pair(self) -> Pair:
        return self.stage.pair

    @property
    def calendar(self) -> Path:
        return self.folder / "calendar"

    @property
    def targets_file(self) -> Path:
        return Path(self.variables["SYNCD_TARGETS_FILE"])

    @property
    def token_file(self) -> Path:
        return Path(self.variables["SYNCD_CANVAS__TOKEN_FILE"])

    @property
    def state(self) -> Path:
        return Path(self.variables["SYNCD_STATE_DIR"])

    def retarget(self, old: str, new: str) -> None:
        """Change a piece of the targets file."""
        text = self.targets_file.read_text(encoding="utf-8")
        assert old in text, old
        self.targets_file.write_text(text.replace(old, new), encoding="utf-8")

    def edit(self, entry: str, old: str, new: str) -> None:
        """Change a piece of one entry of the calendar, as a person with an editor would."""
        path, block = self.find(entry)
        assert old in block, (entry, old)
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(block, block.replace(old, new, 1)), encoding="utf-8")

    def remove(self, *entries: str) -> None:
        """Take entries out of the calendar."""
        for entry in entries:
            path, block = self.find(entry)
            path.write_text(path.read_text(encoding="utf-8").replace(block, ""), encoding="utf-8")

    def find(self, entry: str) -> tuple[Path, str]:
        """File and lines of an entry."""
        for path in sorted(self.calendar.glob("*/*.yaml")):
            text = path.read_text(encoding="utf-8")
            found = re.search(rf"^  - id: {re.escape(entry)}\n(?:(?!  - id: |\S).*\n?)*", text, re.MULTILINE)
            if found:
                return path, found[0]
        raise LookupError(f"no entry {entry} in {self.calendar}")

    # --- running ----------------------------------------------------------------------------------

    def environment(self, settings: Mapping[str, object]) -> dict[str, str]:
        """Nothing of this process but the way to Python and to the package."""
        given = {f"SYNCD_{name.upper()}": str(value) for name, value in settings.items()}
        there = state_address.environment(self.state) if "SYNCD_STATE_DIR" in self.variables else {}
        variables = PYTHON | {"HOME": str(self.folder / "home")} | there | self.variables | given
        return {name: value for name, value in variables.items() if value != "None"}

    def syncd(self, *words: str, **settings: object) -> Outcome:
        """Run the program to its end; settings are its variables, lower case, without prefix.

        In a fork that need not import the program first: importing is most of what a run on a small site costs.
        """
        done = self.stage.warm.run(words, self.environment(settings), self.folder / "home")
        return self._looked_at(done)

    def once(self, *words: str, **settings: object) -> Outcome:
        """One cycle."""
        return self.syncd("--once", *words, **settings)

    def dry(self, *words: str, **settings: object) -> Outcome:
        """The plan as JSON."""
        return self.syncd("--dry-run", "--format", "json", *words, **settings)

    def _looked_at(self, done: Outcome) -> Outcome:
        self.keeps_secrets(done.out + done.err)
        assert "Traceback" not in done.err, done.err
        return done

    def keeps_secrets(self, text: str) -> None:
        """Fails where a secret stands in the text."""
        for secret in self.secrets:
            assert secret not in text, f"a secret was told: {secret[:6]}..."

    def running(self, **settings: object) -> AbstractContextManager["Daemon"]:
        """The daemon, for as long as the context lasts."""
        return self.running_as(("-m", "syncd"), settings)

    @contextmanager
    def running_as(self, program: Sequence[str], settings: Mapping[str, object]) -> Iterator["Daemon"]:
        """The same, by another program: what Python runs before the word ``run``."""
        log = self.folder / f"daemon-{len(list(self.folder.glob('daemon-*')))}.log"
        with log.open("w", encoding="utf-8") as output:
            process = subprocess.Popen(
                [sys.executable, *program, "run"],
                env=self.environment(settings),
                cwd=self.folder / "home",
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        daemon = Daemon(process, log)
        try:
            yield daemon
        finally:
            process.kill()
            process.wait()
            self.keeps_secrets(daemon.said)

    # --- the worlds --------------------------------------------------------------------------------

    @property
    def teacher(self) -> CanvasPeople:
        """Somebody at work in Canvas's web interface."""
        return CanvasPeople(self.pair.canvas)

    @property
    def staff(self) -> GooglePeople:
        """Somebody at work in Google Calendar's web interface."""
        return GooglePeople(self.pair.google)

    def writes(self) -> list[str]:
        """Every request so far, to either service, that was not a read: method and path."""
        logs = (*self.pair.canvas_site.faults.log(), *self.pair.google_faults.log())
        return [
            f"{one.method} {one.path}"
            for one in logs
            if one.method not in ("GET", "HEAD") and one.path != "/token"
        ]

    def forget(self) -> None:
        """Empty the records of requests and the outboxes."""
        self.pair.canvas_site.faults.forget()
        self.pair.google_faults.forget()
        self.pair.canvas.mail.forget()

    def course(self, number: int) -> list[Event]:
        """Live events of a course, by id."""
        return self.pair.canvas.course_events(number)

    def rows(self, calendar: str = LAW) -> list[Row]:
        """Live events of a Google calendar."""
        return self.pair.google.events(calendar)

    def event(self, number: int, key: str) -> Event:
        """The one live event of a course whose marker names this entry and part (``entry:part``)."""
        (found,) = [one for one in self.course(number) if f":{key};" in (one.description or "")]
        return found

    def row(self, key: str, calendar: str = LAW) -> Row:
        """The one live event of a Google calendar that stands for this entry and part."""
        (found,) = [one for one in self.rows(calendar) if key_of(one).endswith(f":{key}")]
        return found

    def courses(self) -> dict[int, list[Event]]:
        """Every course that has live events."""
        return {number: rows for number in self.pair.canvas.courses if (rows := self.course(number))}

    def prints(self) -> dict[str, str]:
        """Everything both worlds hold, deleted events included, byte for byte."""
        with self.pair.canvas.lock:
            found = {
                f"canvas {number}": json.dumps(raw_event(one))
                for number, one in self.pair.canvas.events.items()
            }
        with self.pair.google.lock:
            for name, calendar in self.pair.google.calendars.items():
                found |= {f"google {name} {key}": repr(row) for key, row in calendar.rows.items()}
        return found

    def days(self, event: Event) -> tuple[date, date]:
        """First and last local day of a course's event. Fails unless they are whole days of the campus."""
        return local_days(event, self.zone)

    def shown(self, number: int) -> set[tuple[str, date, date]]:
        """Title, with plain blanks, and local days of a course's events."""
        return {(plain(one.title), *self.days(one)) for one in self.course(number)}

    def shown_in(self, calendar: str) -> set[tuple[str, date, date]]:
        """Title and days of a Google calendar's events, the last day included."""
        return {(plain(str(one.fields["summary"])), *days_of(one)) for one in self.rows(calendar)}


def plain(title: str | None) -> str:
    """A title with blanks that may break, as the data has it."""
    return (title or "").replace("\N{NO-BREAK SPACE}", " ")


@dataclass(slots=True)
class Daemon:
    """The running daemon."""

    process: "subprocess.Popen[bytes]"
    log: Path

    @property
    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def lines(self, event: str) -> list[dict[str, Any]]:
        """Log lines of one kind."""
        found = []
        for line in self.said.splitlines():
            try:
                told = json.loads(line)
            except json.JSONDecodeError:
                continue
            if told.get("event") == event:
                found.append(told)
        return found

    def until(self, true: Callable[[], object], what: str) -> None:
        """Wait until something has come true. Fails if the daemon ends meanwhile."""
        latest, pause = time.monotonic() + PATIENCE_S, threading.Event()
        while not true():
            assert self.process.poll() is None, f"ended with {self.process.returncode}:\n{self.said}"
            assert time.monotonic() < latest, f"{what} did not come true:\n{self.said}"
            pause.wait(0.02)

    def until_cycles(self, count: int) -> None:
        """Wait until so many cycles are over."""
        self.until(lambda: len(self.lines("cycle")) >= count, f"cycle {count}")

    def tell(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def end(self) -> int:
        """SIGTERM, and the exit code."""
        self.tell(signal.SIGTERM)
        return self.process.wait(PATIENCE_S)


def local_days(event: Event, zone: ZoneInfo) -> tuple[date, date]:
    """First and last local day. Fails unless the event is drawn on exactly these whole days."""
    start, end = event.dates.start, event.dates.end
    assert start is not None
    assert end is not None
    first, last = start.astimezone(zone), end.astimezone(zone)
    day_before = (start - timedelta(seconds=1)).astimezone(zone)
    assert day_before.date() < first.date(), f"{event.title} begins at {first}, not with the day"
    if event.dates.all_day:
        assert start == end, f"{event.title} is all-day from {first} to {last}"
        assert event.dates.all_day_date == first.date(), event.title
    else:
        assert last.date() > first.date(), f"{event.title} is neither a day nor a span: {first} to {last}"
        assert (last.hour, last.minute, last.second) == (23, 59, 0), f"{event.title} ends at {last}"
    return first.date(), last.date()


def days_of(row: Row) -> tuple[date, date]:
    """First and last day of an all-day row of Google's, whose stored end is exclusive."""
    assert row.start.day is not None
    assert row.end.day is not None
    return row.start.day, row.end.day - timedelta(days=1)


def key_of(row: Row) -> str:
    """The key that one of our rows carries; '' for others'."""
    return row.private.get("syncdKey", "")


def moment(text: str, zone: str = CAMPUS) -> datetime:
    """A local time as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def _pieces_of(key_file: Path) -> Sequence[str]:
    told = json.loads(key_file.read_text(encoding="utf-8"))
    body = [line for line in told["private_key"].splitlines() if not line.startswith("-")]
    return (body[1], body[-2])
