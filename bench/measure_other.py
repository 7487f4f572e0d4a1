"""The rows about Google, edits, audits, planning and start-up."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from math import ceil
from pathlib import Path

from bench import bounds, measured, university
from bench.bench_site import SiteFiles
from bench.in_own_process import run_apart
from bench.measure_canvas import learn, scene
from bench.simulators import LATENCY_S, Simulators
from bench.table import Row

SPEED = 6.0
"""How much faster than ours Google's and the connector's clocks run: its quota is one of minutes."""
RUNS = 7
ONE_FIELD = "from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    a: int = 1\nS()\n"


def google(calendars: int, events: int) -> list[Row]:
    """A first fill at full quota, then a look without changes."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name, Simulators(speed=SPEED) as simulators:
        folder = Path(name)
        simulators.add_calendars(calendars)
        files = SiteFiles(
            folder=folder / "site",
            calendar=university.write_calendar(folder / "calendar", events),
            canvas=simulators.addresses["canvas"],
            google=simulators.addresses["google"],
            courses=False,
            calendars=calendars,
        )
        files.folder.mkdir()
        simulators.write_google_key(str(files.folder / "google.json"))
        told = run_apart(measured.google, files, SPEED)
        methods = simulators.requests()
    least = bounds.google_seconds(int(told["units"]))
    per_minute = 60.0 * told["units"] / told["last_write_s"]
    return [
        Row(
            what=f"Google, {calendars} calendars x {events} events, without changes",
            goal="one list call a calendar",
            reached=f"{told['lists']} requests",
            met=told["lists"] == calendars,
        ),
        Row(
            what="the same: first fill",
            goal=">= 95 % of 600 units a minute without one quota error",
            reached=f"{told['units']:.0f} units in {told['last_write_s']:.0f} s, {per_minute:.0f} a minute; "
            f"{told['throttled']} quota errors",
            met=told["throttled"] == 0 and per_minute >= 0.95 * bounds.UNITS_PER_MINUTE,
            note=f"least possible: {least:.0f} s, since a window may be spent at once; clocks of simulator and connector "
            f"ran {SPEED:.0f} times faster than the wall's. {methods.get('google PATCH', 0)} PATCH",
        ),
    ]


def edit(courses: int, events: int, calendars: int) -> list[Row]:
    """A date edited under a running daemon."""
    with scene(courses, events, filled=True, calendars=calendars) as at:
        learn(at)
        told = run_apart(measured.edit, at.files, events, 3)
    rate = told["canvas_writes"] / max(told["canvas_s"] - told["first_write_s"], 0.001)
    per_write = bounds.WRITE_COST + bounds.LIST_COST / bounds.COURSES_A_CALL
    allowed = bounds.OUTFLOW_PER_S / per_write
    what = f"one date edited, {courses:,} courses and {calendars} calendars"
    return [
        Row(
            what=f"{what}: first remote write",
            goal="< 1 s after the edit is acted on",
            reached=f"{told['first_write_s']:.2f} s",
            met=told["first_write_s"] < 1.0,
            note=f"{told['first_write_cpu_s']:.2f} s of CPU and {told['gets_before_first_write']} reads before it; the "
            f"edit was taken up {told['to_notice_s']:.1f} s after it was told: files are read until they rest",
        ),
        Row(
            what="the same: all Google calendars",
            goal="within 3 s",
            reached=f"{told['google_s']:.2f} s for {told['google_writes']} writes",
            met=told["google_s"] < 3.0 and told["google_writes"] == calendars,
        ),
        Row(
            what="the same: all courses",
            goal="at the full write rate, nearest dates first",
            reached=f"{told['canvas_writes']} writes in {told['canvas_s']:.1f} s, {rate:.0f} a second, "
            f"{100 * rate / allowed:.0f} % of what the bucket allows for good",
            met=told["canvas_writes"] == courses and rate >= 0.9 * allowed,
            note=f"{allowed:.1f} a second with a list for each ten courses; {told['refused']} refused; the cycle that reads "
            f"everything concerned was over after {told['cycle_s']:.1f} s",
        ),
    ]


def audit(courses: int, events: int, lists_a_sweep: int, sweep_courses: int, discovery: int) -> Row:
    """What the daemon's looks cost a token when nothing changes, from the audit and measured requests."""
    from syncd.config.settings import Settings  # noqa: PLC0415
    from syncd.daemon.audit import AuditSelection  # noqa: PLC0415

    settings = Settings(_env_file=None)
    audit = AuditSelection(interval_s=settings.interval, audit_s=settings.audit_interval)
    read = min(courses, audit.share(courses))
    lists = lists_a_sweep * read / sweep_courses + discovery
    share = bounds.share_of_quota(lists, settings.interval)
    return Row(
        what=f"drift audit, a quiet daemon with {courses:,} courses x {events}",
        goal="every course within 6 h, spread evenly; < 2 % of one token's quota",
        reached=f"{100 * share:.2f} %; each course every {courses * settings.interval / read / 3600:.1f} h",
        met=share < 0.02 and courses * settings.interval / read <= settings.audit_interval,
        note=f"computed: every {settings.interval} s {read:,} courses are read, {lists:.0f} requests with discovery",
    )


def planning(events: int) -> Row:
    """Desired against observed on one thread."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        told = run_apart(measured.planning, university.write_calendar(Path(name) / "calendar", events), 2_000)
    slowest = min(told.values())
    return Row(
        what="planning, desired against observed, one thread",
        goal=">= 100,000 events a second",
        reached=", ".join(f"{rate:,.0f} {name}" for name, rate in told.items()),
        met=slowest >= 100_000,
        note="per second of processor time, cycles collected as seldom as in a sweep",
    )


def start() -> list[Row]:
    """How soon the program answers."""
    helped = _times([sys.executable, "-m", "syncd", "--help"])
    entries = _times([sys.executable, "-m", "syncd", "entries"])
    bare = _times([sys.executable, "-c", ONE_FIELD])
    return [
        Row(
            what="start: syncd --help",
            goal="< 0.15 s",
            reached=f"{helped[0]:.3f} s, {helped[1]:.3f} s of CPU",
            met=helped[0] < 0.15,
            note=f"the shortest of {RUNS} runs",
        ),
        Row(
            what="start: syncd entries",
            goal="<= 2 x a process that only builds a one-field BaseSettings",
            reached=f"{entries[1] / bare[1]:.2f} x ({entries[1]:.3f} s against {bare[1]:.3f} s of CPU)",
            met=entries[1] <= 2 * bare[1],
            note=f"{entries[0]:.3f} s against {bare[0]:.3f} s on the wall",
        ),
    ]


def _times(command: list[str]) -> tuple[float, float]:
    """Least wall seconds and least CPU seconds of some runs."""
    walls, cpus = [], []
    environment = {**os.environ, "SYNCD_CALENDAR_DIR": "shipped"}
    for _ in range(RUNS):
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        done = subprocess.run(command, env=environment, capture_output=True, check=False)  # noqa: S603
        walls.append(time.perf_counter() - began)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpus.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.decode()[-300:])
    return min(walls), min(cpus)


def on_paper(cpu_us: float, lists_a_course: float) -> str:
    """What a hundred thousand courses would ask for, from measured figures."""
    courses, events, tokens = 100_000, 40, 10
    lists = courses * lists_a_course
    waiting_s = lists / tokens * LATENCY_S / 8
    quota_s = lists / tokens * bounds.LIST_COST / bounds.OUTFLOW_PER_S
    cpu_s = courses * events * cpu_us / 1e6
    writes_s = courses / (tokens * bounds.OUTFLOW_PER_S / (bounds.WRITE_COST + bounds.LIST_COST / 10))
    audit = 100 * bounds.share_of_quota(lists / tokens, 21_600)
    return (
        f"It rests on {lists_a_course:.2f} lists a course and {cpu_us:.0f} us of processor time an observed event, both "
        "measured above; on 50 ms\nan answer, eight requests in flight and ten units a second for each token.\n\n"
        f"With {tokens} tokens, {courses:,} courses of {events} events:\n\n"
        f"- A sweep is {lists:,.0f} lists, {lists / tokens:,.0f} for each token: {waiting_s:.0f} s by latency, "
        f"{quota_s:.0f} s by quota.\n"
        f"- It takes {cpu_s:.0f} s of processor time. A process uses one core, so one machine needs {cpu_s / 60:.0f} "
        f"minutes, and\n  {ceil(cpu_s / quota_s)} processes, each with its own tokens, targets and state, would keep up "
        "with the quota.\n"
        f"- One date edited everywhere is {courses:,} writes: {writes_s / 60:.0f} minutes at the full write rate of all "
        "tokens.\n"
        f"- An audit within 6 h spends {audit:.1f} % of each token's quota.\n"
        "- State is one SQLite file for each process. Its rows carry the epoch under which a context was taken, so that "
        "a\n  shared database could stand in its place. Nothing of this was run.\n"
    )
