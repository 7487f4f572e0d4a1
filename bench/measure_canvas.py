"""The rows about Canvas: sweeps, first fills, a shared token, growth."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench import bounds, measured, university
from bench.bench_site import SiteFiles
from bench.in_own_process import run_apart
from bench.simulators import LATENCY_S, Simulators, desired_of
from bench.table import Growth, Row

IN_FLIGHT = 8
"""Most requests in flight for one token."""
RESERVE = 0.3
PEER = Path("..") / "shared" / "peers" / "naive_canvas.py"
PEER_COURSES = 50
OTHERS = 7
CLOSED_EACH = 20
"""Courses to one that was concluded."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Simulators with courses, and a site for them."""

    simulators: Simulators
    files: SiteFiles


@contextmanager
def scene(
    courses: int, events: int, *, filled: bool, calendars: int = 0, peoples: bool = False
) -> Iterator[Scene]:
    """Courses as syncd would have left them, or empty ones; ``peoples``: with what people put there, some of them closed."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name, Simulators() as simulators:
        folder = Path(name)
        calendar = university.write_calendar(folder / "calendar", events)
        simulators.add_courses(1, courses)
        if filled:
            simulators.fill_courses(1, courses, str(calendar))
        if peoples:
            simulators.add_peoples_events(1, courses)
            simulators.conclude_courses(1, courses // CLOSED_EACH)
        simulators.add_calendars(calendars)
        files = SiteFiles(
            folder=folder / "site",
            calendar=calendar,
            canvas=simulators.addresses["canvas"],
            google=simulators.addresses["google"],
            calendars=calendars,
        )
        if calendars:
            files.folder.mkdir()
            simulators.write_google_key(str(files.folder / "google.json"))
        yield Scene(simulators, files)


def learn(at: Scene) -> None:
    """One sweep that rebuilds the ids, without waiting for the simulators."""
    at.simulators.set_latency(0.0)
    at.simulators.set_bucket(enabled=False)
    run_apart(measured.sweep, at.files)
    at.simulators.free_google_quota()
    at.simulators.set_latency(LATENCY_S)
    at.simulators.set_bucket(enabled=True)
    at.simulators.forget()


def quiet_sweep(courses: int, events: int) -> tuple[Growth, list[Row]]:
    """A sweep without changes, against the bound and against the peer."""
    with scene(courses, events, filled=True) as at:
        learn(at)
        told = run_apart(measured.sweep, at.files)
        counted = at.simulators.requests()
        growth = _growth(courses, events, told, counted)
        rows = [
            _requests_row(courses, events, growth, counted),
            _peer_row(at, courses, told["seconds"]),
        ]
    return growth, rows


def peoples_sweep(courses: int, events: int, plain: Growth) -> Row:
    """A sweep without changes over courses as they really are, against the same without people's events."""
    with scene(courses, events, filled=True, peoples=True) as at:
        learn(at)
        told = run_apart(measured.sweep, at.files)
        full, counted = at.simulators.full_lists(), at.simulators.requests()
    seen = (courses - courses // CLOSED_EACH) * events
    ratio = (told["cpu_s"] / seen) / (plain.cpu_s / plain.events)
    return Row(
        what="the same, with a teacher's own event in each tenth course, sections, and one course in twenty closed",
        goal="<= 1.3 x the processor time an event; no list with descriptions",
        reached=f"{ratio:.2f} x; {full} of {counted['canvas lists']} lists with descriptions",
        met=ratio <= 1.3 and full == 0,
        note=f"{told['seconds']:.1f} s, {told['cpu_s']:.2f} s of CPU",
    )


def _growth(courses: int, events: int, told: dict[str, Any], counted: dict[str, int]) -> Growth:
    return Growth(
        courses=courses,
        events=courses * events,
        requests=counted["canvas lists"] + counted["canvas discovery"],
        least=bounds.list_calls(courses, events) + bounds.discovery_pages(courses),
        seconds=told["seconds"],
        cpu_s=told["cpu_s"],
        peak_mb=told["peak_mb"],
    )


def _requests_row(courses: int, events: int, growth: Growth, counted: dict[str, int]) -> Row:
    lists, least = counted["canvas lists"], bounds.list_calls(courses, events)
    return Row(
        what=f"Canvas sweep without changes, {courses:,} courses x {events}",
        goal="requests <= 1.05 x the least possible, plus discovery",
        reached=f"{lists} lists, {lists / least:.3f} x {least}; {counted['canvas discovery']} of discovery",
        met=lists <= 1.05 * least,
        note=f"{growth.seconds:.1f} s, {growth.cpu_s:.1f} s of CPU, {counted['refused']} refused",
    )


def _peer_row(at: Scene, courses: int, seconds: float) -> Row:
    what, goal = (
        f"the same, against the naive peer on {PEER_COURSES} courses",
        ">= 40 x faster, scaled by course",
    )
    if not PEER.is_file():
        return Row(what=what, goal=goal, reached="not measured", met=None, note=f"{PEER} is not there")
    wanted = at.files.folder / "peer.json"
    wanted.write_text(json.dumps(_as_peer_wants(at.files.calendar)), encoding="utf-8")
    last = str(min(PEER_COURSES, courses) + 1)
    done = subprocess.run(  # noqa: S603 - the peer beside the checkout
        [sys.executable, str(PEER), at.files.canvas, str(wanted), "1", last],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        return Row(what=what, goal=goal, reached="not measured", met=None, note=done.stderr[-200:])
    told = json.loads(done.stdout)
    scaled = told["seconds"] * courses / min(PEER_COURSES, courses)
    return Row(
        what=what,
        goal=goal,
        reached=f"{scaled / seconds:.0f} x ({scaled:.0f} s against {seconds:.1f} s)",
        met=scaled >= 40 * seconds,
        note=f"the peer took {told['seconds']} s for {last} courses less one, and made {told['writes']} writes",
    )


def _as_peer_wants(calendar: Path) -> list[dict[str, str]]:
    """The same events as the peer's file has them."""
    from datetime import UTC, datetime  # noqa: PLC0415
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    from connectors.canvas.translate import date_fields  # noqa: PLC0415

    found = []
    for one in desired_of(calendar):
        fields = date_fields(one.days, ZoneInfo(university.ZONE))
        start = datetime.fromisoformat(fields["start_at"]).astimezone(UTC)
        found.append(
            {"title": one.title, "description": one.body, **fields, "_utc": f"{start:%Y-%m-%dT%H:%M:%SZ}"}
        )
    return found


def memory(large: int, small: int, events: int) -> tuple[Growth, list[Row]]:
    """The same sweep over many and over few courses: memory and processor time."""
    grown = []
    for courses in (small, large):
        with scene(courses, events, filled=True) as at:
            learn(at)
            told = run_apart(measured.sweep, at.files)
            grown.append(_growth(courses, events, told, at.simulators.requests()))
    few, many = grown
    more_mb = many.peak_mb - few.peak_mb
    per_event = 1e6 * many.cpu_s / many.events
    return many, [
        Row(
            what=f"{large:,} courses x {events}: memory of a sweep",
            goal="<= 200 MB, independent of the number of courses",
            reached=f"{many.peak_mb:.0f} MB; {few.peak_mb:.0f} MB with {small:,} courses",
            met=many.peak_mb <= 200,
            note=f"{1024 * more_mb / (large - small):.1f} kB more a course: its name, its state, its epoch",
        ),
        Row(
            what=f"{large:,} courses x {events}: processor time",
            goal="<= 60 us an observed event",
            reached=f"{per_event:.0f} us",
            met=per_event <= 60,
            note=f"{many.cpu_s:.1f} s of CPU for {many.events:,} events, {many.requests:,} requests included",
        ),
    ]


def fill_memory(large: int, small: int, events: int) -> Row:
    """First fills without bucket and waiting: memory only."""
    peaks: list[float] = []
    told: dict[str, Any] = {}
    for courses in (small, large):
        with scene(courses, events, filled=False) as at:
            at.simulators.set_latency(0.0)
            at.simulators.set_bucket(enabled=False)
            told = run_apart(measured.sweep, at.files)
            peaks.append(told["peak_mb"])
            if told["applied"] != {"create": courses * events}:
                raise RuntimeError(f"not all was written: {told['applied']}")
    return Row(
        what=f"first fill of {large * events:,} events: memory",
        goal="<= 200 MB, independent of the number of courses",
        reached=f"{peaks[1]:.0f} MB; {peaks[0]:.0f} MB with {small * events:,} events",
        met=peaks[1] <= 200,
        note=f"bucket off, no latency: {told['seconds']:.0f} s, {1e3 * told['cpu_s'] / (large * events):.1f} ms of "
        "CPU an event",
    )


def fill(courses: int, events: int) -> list[Row]:
    """A first fill with bucket and latency."""
    writes = courses * events
    with scene(courses, events, filled=False) as at:
        at.simulators.forget()
        told = run_apart(measured.sweep, at.files)
        counted = at.simulators.requests()
    lists = counted["canvas lists"]
    allowed = bounds.write_rate(LATENCY_S, IN_FLIGHT)
    rate = writes / told["seconds"]
    others = {
        name: count
        for name, count in counted.items()
        if name not in ("canvas POST", "canvas lists", "canvas discovery", "refused")
    }
    return [
        Row(
            what=f"first fill, {courses} courses x {events}: requests",
            goal="one POST an event and nothing else but the lists",
            reached=f"{counted['canvas POST']} POST, {lists} lists, {counted['canvas discovery']} of discovery",
            met=counted["canvas POST"] == writes and not others and lists <= -(-courses // 10) + courses,
            note="a list for ten courses to find out, and one for each right before it is filled",
        ),
        Row(
            what="the same: pace",
            goal=">= 90 % of the rate that bucket and concurrency allow",
            reached=f"{rate:.1f} a second, {100 * rate / allowed:.0f} % of {allowed:.0f}",
            met=rate >= 0.9 * allowed,
            note=f"the bucket's outflow allows {allowed:.0f} a second for good; with what an empty bucket gives at once "
            f"{writes} writes take {bounds.fill_seconds(writes, LATENCY_S, IN_FLIGHT, RESERVE):.0f} s at least, "
            f"and took {told['seconds']:.0f}",
        ),
        Row(
            what="the same: refused",
            goal="< 0.5 %",
            reached=f"{100 * counted['refused'] / (writes + lists):.2f} %",
            met=counted["refused"] < 0.005 * writes,
        ),
    ]


def shared_token(courses: int, events: int) -> Row:
    """Sweeps while others use the same token for a while."""
    with scene(courses, events, filled=True) as at:
        learn(at)
        others = _Others(at.files.canvas)
        sweeps = max(4, 5_000 // courses)
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(run_apart, measured.sweep_while, at.files, sweeps)
            _until_busy(at.simulators)
            time.sleep(4.0)
            busy_from = time.time()
            others.run(seconds=6.0, at_once=OTHERS)
            busy_to = time.time()
            notes = running.result()
    lists = [one for one in notes if one.listed]
    before = [one for one in notes if one.at < busy_from - 0.2]
    slow = _rate([one for one in lists if busy_from + 1.0 < one.at < busy_to])
    fast = (
        _rate([one for one in lists if one.at < busy_from]),
        _rate([one for one in lists if one.at > busy_to + 1.0]),
    )
    least = min((one.remaining for one in before if one.remaining is not None), default=0.0)
    refused = sum(one.refused for one in notes)
    return Row(
        what=f"a token shared with others, who keep {OTHERS} requests in flight for 6 s",
        goal="a reserve of 30 % is never taken; the remaining quota told sets the pace, up and down",
        reached=f"never below {least:.0f} of 600 left while alone; {fast[0]:.0f} lists a second before, {slow:.0f} "
        f"meanwhile, {fast[1]:.0f} after",
        met=least >= bounds.HIGH_WATER * RESERVE and slow < 0.7 * min(fast),
        note=f"{refused} of our {len(notes)} requests refused, {others.refused} of their {others.sent}",
    )


def _until_busy(simulators: Simulators) -> None:
    """Wait until the measured process has begun to list."""
    latest = time.monotonic() + 60.0
    while not simulators.requests().get("canvas lists"):
        if time.monotonic() > latest:
            raise TimeoutError("no sweep began")
        time.sleep(0.1)


def _rate(told: list[measured.Told]) -> float:
    moments = sorted(one.at for one in told)
    return (len(moments) - 1) / (moments[-1] - moments[0]) if len(moments) > 1 else 0.0


class _Others:
    """Somebody else who lists with the same token, so many at once."""

    def __init__(self, base: str) -> None:
        self._host = urlsplit(base).netloc
        self.sent = self.refused = 0

    def run(self, *, seconds: float, at_once: int) -> None:
        threads = [
            threading.Thread(target=self._ask, args=(time.monotonic() + seconds,)) for _ in range(at_once)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _ask(self, until: float) -> None:
        headers = {"Authorization": f"Bearer {university.TOKEN}", "User-Agent": "others"}
        line = http.client.HTTPConnection(self._host)
        while time.monotonic() < until:
            line.request("GET", "/api/v1/users/self/profile", headers=headers)
            answer = line.getresponse()
            answer.read()
            self.sent += 1
            self.refused += answer.status != 200
        line.close()


def growth(sizes: list[int], events: int) -> list[Growth]:
    """Sweeps without changes over more and more courses."""
    found = []
    for courses in sizes:
        with scene(courses, events, filled=True) as at:
            learn(at)
            told = run_apart(measured.sweep, at.files)
            found.append(_growth(courses, events, told, at.simulators.requests()))
    return found
