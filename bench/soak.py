"""`python -m bench.soak [CYCLES]`: one daemon through thousands of cycles with mixed faults; prints what it holds.

The simulators and the people who meddle live in a process of their own, so that memory, descriptors and
threads are the daemon's alone. Its waits are cut short and it is asked for the next cycle as soon as one has
ended; all else is as in service: state, journal, fast lane, status page, metrics. The last line compares
the last quarter with the second one, since the first fills caches.
"""

from __future__ import annotations

import gc
import itertools
import multiprocessing
import os
import random
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import mean
from typing import Any

from syncd.config.settings import load_settings
from syncd.daemon.loop import Daemon, Fittings
from syncd.daemon.snapshot import Snapshot
from syncd.daemon.watchdog import Watchdog
from syncd.logs import set_up_logging
from syncd.state.store import State
from syncd.web.server import WebServer

CYCLES = 10_000
LINES = 20
"""Lines of the table."""
LISTEN = "127.0.0.1:8597"
PAGES = ("/?lang=en", "/metrics", "/readyz", "/calendar/law.en.ics")
SHARE = 0.01
"""Of all requests, struck by each kind of fault."""
SHARE_THROTTLED = 0.0002
"""By a refusal for pace: each lets the reserve of the bucket refill for some twenty seconds, by the clock."""
MEDDLE_S = 0.4
EDIT_EVERY = 50
"""Cycles between two edits of the calendar."""
COURSES = (101, 102)
LAW = "law@group.calendar.google.com"
TARGETS = f"""\
owner: mnu
timezone: Asia/Almaty
targets:
  - {{name: law, kind: google, calendar_id: {LAW}, school: law, programme: semester, languages: [kk, ru, en]}}
  - {{name: pilot, kind: canvas, courses: [101, 102], year: 2025-2026, school: law, programme: semester,
     terms: [autumn], languages: [en]}}
"""
ENTRY, EARLY, LATE = "re-registration-autumn", "end: 2025-09-12", "end: 2025-09-13"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the process holds after so many cycles."""

    cycles: int
    mb: float
    descriptors: int
    threads: int


@dataclass(slots=True)
class Soak:
    """Drives one daemon to its last cycle and keeps what it held on the way."""

    folder: Path
    cycles: int
    seen: list[Held] = field(default_factory=list)
    done: int = 0
    failed: int = 0
    """Cycles in which something failed."""
    daemon: Daemon = field(init=False)
    began: float = field(default_factory=time.monotonic)

    def run(self) -> None:
        """Serve until the last cycle has ended."""
        settings = load_settings()
        stop = threading.Event()
        state = State.open(settings.state_folder, now=time.time())
        log = set_up_logging("json", "CRITICAL")
        self.daemon = Daemon(
            settings, state, Fittings(log=log, stop=stop, waiting=_short_wait, on_change=self._changed)
        )
        web = WebServer(self.daemon, settings.http_listen, log)
        web.start()
        threading.Thread(target=_read_pages, args=(stop,), daemon=True).start()
        self.daemon.run()
        web.close()
        state.close()

    def _changed(self, snapshot: Snapshot) -> None:
        if snapshot.phase != "waiting":
            return
        self.done += 1
        self.failed += bool(snapshot.failures or snapshot.problem)
        if self.done % max(self.cycles // LINES, 1) == 0:
            self._look()
        if self.done % EDIT_EVERY == 0:
            _edit(self.folder / "calendar", late=self.done % (2 * EDIT_EVERY) == 0)
            self.daemon.wake.edit()
        if self.done >= self.cycles:
            self.daemon.stop.set()
        self.daemon.wake.ask("soak")

    def _look(self) -> None:
        gc.collect()
        held = Held(
            cycles=self.done, mb=_resident_mb(), descriptors=_descriptors(), threads=threading.active_count()
        )
        self.seen.append(held)
        changes = sum(self.daemon.board.read().applied_ever.values())
        print(
            f"{held.cycles:7,} cycles {time.monotonic() - self.began:7.0f} s {held.mb:7.1f} MB "
            f"{held.descriptors:4} descriptors {held.threads:4} threads {self.failed:6,} with failures {changes:7,} writes",
            flush=True,
        )


def compared(seen: list[Held]) -> str:
    """The last quarter against the second one."""
    quarter = max(len(seen) // 4, 1)
    before, after = seen[quarter : 2 * quarter] or seen, seen[-quarter:]
    pairs = [
        ("MB", mean(one.mb for one in before), mean(one.mb for one in after)),
        ("descriptors", mean(one.descriptors for one in before), mean(one.descriptors for one in after)),
        ("threads", mean(one.threads for one in before), mean(one.threads for one in after)),
    ]
    return ", ".join(f"{then:.1f} to {now:.1f} {what}" for what, then, now in pairs)


def _short_wait(_watchdog: Watchdog, stop: threading.Event) -> Callable[[float], object]:
    """Connectors wait a hundredth of a second where they would wait for retries, pace or quota."""
    return lambda seconds: stop.wait(min(seconds, 0.01))


def _read_pages(stop: threading.Event) -> None:
    for page in itertools.cycle(PAGES):
        if stop.wait(1.0):
            return
        try:
            with urllib.request.urlopen(f"http://{LISTEN}{page}") as answer:
                answer.read()
        except urllib.error.HTTPError as told:
            told.read()


def _edit(calendar: Path, *, late: bool) -> None:
    """Move one deadline there and back."""
    before, after = (EARLY, LATE) if late else (LATE, EARLY)
    for path in sorted(calendar.glob("*/*.yaml")):
        head, found, rest = path.read_text(encoding="utf-8").partition(f"id: {ENTRY}\n")
        if found:
            path.write_text(head + found + rest.replace(before, after, 1), encoding="utf-8")


def _resident_mb() -> float:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise LookupError("the kernel does not tell VmRSS")


def _descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


# --- the other process -----------------------------------------------------------------------------


def _services(pipe: Connection, folder: Path) -> None:
    """Both simulators with faults on, and people who meddle, until the pipe closes."""
    from syncd.sandbox.pair import Pair  # noqa: PLC0415 - only in the other process

    with Pair.seeded() as pair:
        variables = pair.write_site(folder, calendar_dir=str(folder / "calendar"))
        (folder / "targets.yaml").write_text(TARGETS, encoding="utf-8")
        _strike(pair)
        pipe.send(variables)
        rng = random.Random(2025)  # noqa: S311 - a storm that can be repeated
        while not pipe.poll(MEDDLE_S):
            _meddle(pair, rng)


def _strike(pair: Any) -> None:
    from syncd.sandbox.faults import Kind, Rule  # noqa: PLC0415

    spoilt: list[dict[str, Any]] = [
        {"kind": Kind.DROP},
        {"kind": Kind.DROP, "when": "after"},
        {"kind": Kind.RESET},
        {"kind": Kind.HTML, "status": 502},
        {"kind": Kind.HTML, "status": 200},
        {"kind": Kind.JSON, "status": 500},
        {"kind": Kind.JSON, "status": 403},
        {"kind": Kind.THROTTLE_429, "probability": SHARE_THROTTLED},
        {"kind": Kind.THROTTLE_403, "probability": SHARE_THROTTLED},
        {"kind": Kind.MALFORMED_JSON},
    ]
    for faults in (pair.canvas_site.faults, pair.google_faults):
        for one in spoilt:
            faults.add(Rule(**{"times": None, "probability": SHARE} | one))
    pair.canvas_site.faults.add(Rule(kind=Kind.TRUNCATED_PAGE, times=None, probability=SHARE))


def _meddle(pair: Any, rng: random.Random) -> None:
    """One thing that a person does to one of our events."""
    from syncd.sandbox.canvas.people import People as CanvasPeople  # noqa: PLC0415
    from syncd.sandbox.google.people import People as GooglePeople  # noqa: PLC0415

    if rng.random() < 0.5:
        events = pair.canvas.course_events(rng.choice(COURSES))
        if events:
            CanvasPeople(pair.canvas).edit(rng.choice(events).id, title=f"Changed {rng.random()}")
        return
    rows = pair.google.events(LAW)
    if rows:
        row, staff = rng.choice(rows), GooglePeople(pair.google)
        if rng.random() < 0.5:
            staff.edit(LAW, row.id, summary=f"Changed {rng.random()}")
        else:
            staff.delete(LAW, row.id)


def main() -> int:
    """Run; the exit code says only whether it came to the end."""
    from importlib.resources import files  # noqa: PLC0415
    from shutil import copytree  # noqa: PLC0415

    cycles = int(sys.argv[1]) if len(sys.argv) > 1 else CYCLES
    folder = Path(tempfile.mkdtemp(prefix="soak-"))
    copytree(str(files("data")), folder / "calendar")
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    other = context.Process(target=_services, args=(theirs, folder), daemon=True)
    other.start()
    os.environ.update(ours.recv() | SOAKED)
    soak = Soak(folder, cycles)
    soak.run()
    ours.send("end")
    other.join(10)
    print(f"{soak.done:,} cycles; second quarter to last: {compared(soak.seen)}")
    print(f"state: {(folder / 'state' / 'state.db').stat().st_size / 1e6:.1f} MB, {folder}")
    return 0


SOAKED = {
    "SYNCD_TODAY": "2025-09-01",
    "SYNCD_REMOVAL_DELAY": "0",
    "SYNCD_HTTP_LISTEN": LISTEN,
    "SYNCD_GUARDS__FILL_MESSAGES": "1000000",
    "SYNCD_GUARDS__MESSAGES_EACH": "1000000",
    "SYNCD_GOOGLE__UNITS_PER_MINUTE": "1000000",
}
"""Limits that would wait for a person or a minute are out of reach."""

if __name__ == "__main__":
    sys.exit(main())
