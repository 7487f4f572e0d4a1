"""What runs in the measured processes; each function answers with plain values."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import university
from bench.bench_site import Noted, Site, SiteFiles
from bench.in_own_process import measuring

if TYPE_CHECKING:
    from mapping.model import DesiredEvent, ObservedEvent, Record
    from mapping.planning.plan import Situation

PATIENCE_S = 300.0


def sweep(files: SiteFiles, times: int = 1) -> dict[str, Any]:
    """Sweeps over everything; the answer is about the last one."""
    with Site(files) as site:
        site.runtime()
        for _ in range(times - 1):
            site.cycle().close()
        with measuring() as effort:
            report = site.cycle()
        found = {"unchanged": report.unchanged, "applied": dict(report.applied)}
        report.close()
    return {**asdict(effort), **found}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One request of a sweep. ``at``: seconds since 1970."""

    at: float
    remaining: float | None
    refused: bool
    listed: bool


def sweep_while(files: SiteFiles, times: int) -> list[Told]:
    """The requests of some sweeps, one after the other."""
    noted = Noted()
    with Site(files, on_request=noted) as site:
        for _ in range(times):
            site.cycle().close()
    began = time.time() - (time.monotonic() - noted.began)
    return [
        Told(
            at=began + at,
            remaining=note.remaining,
            refused=note.throttled,
            listed=note.operation == "list events",
        )
        for at, _, note in noted.notes
    ]


def google(files: SiteFiles, speed: float) -> dict[str, Any]:
    """A first fill, then a sweep without changes, on clocks that run so much faster."""
    noted = Noted()
    with Site(files, on_request=noted) as site:
        _hasten(site, speed, noted)
        began = time.monotonic()
        with measuring() as effort:
            report = site.cycle()
        filled_s = (time.monotonic() - began) * speed
        applied = dict(report.applied)
        report.close()
        throttled = sum(note.throttled for _, _, note in noted.notes)
        units = sum(note.cost or 0.0 for _, _, note in noted.notes)
        last_write = max(at for at, _, note in noted.notes if note.method != "GET") * speed
        noted.start()
        site.cycle().close()
        lists = len(noted.notes)
    return {
        **asdict(effort),
        "filled_s": filled_s,
        "last_write_s": last_write,
        "applied": applied,
        "throttled": throttled,
        "units": units,
        "lists": lists,
    }


def _hasten(site: Site, speed: float, noted: Noted) -> None:
    """Put a Google connector in place whose clock runs faster; the simulator's runs with it."""
    from connectors.google_calendar.connector import GoogleCalendarConnector  # noqa: PLC0415
    from connectors.google_calendar.settings import GoogleSettings  # noqa: PLC0415

    site.runtime()
    site.connectors["google"].close()
    site.connectors["google"] = GoogleCalendarConnector(
        GoogleSettings(
            credentials_file=Path(str(site.settings.google.credentials_file)),
            owner=university.OWNER,
            timezone=university.ZONE,
            endpoint=site.settings.google.endpoint,
            units_per_minute=site.settings.google.units_per_minute,
            clock=lambda: time.monotonic() * speed,
            sleep=lambda seconds: site.stop.wait(seconds / speed),
            stop=site.stop,
            on_request=lambda note: noted("google", note),
        )
    )


class _Log:
    """Takes the daemon's log lines, with the moment of each."""

    def __init__(self) -> None:
        self.lines: list[tuple[float, str, dict[str, Any]]] = []
        self.cpu: list[float] = []

    def bind(self, **_: object) -> _Log:
        return self

    def info(self, event: str, **fields: Any) -> None:
        self.cpu.append(time.process_time())
        self.lines.append((time.monotonic(), event, fields))

    debug = warning = error = exception = info

    def moment(self, event: str, nth: int = 0) -> float | None:
        """When a line of this name was written for the nth time."""
        moments = [at for at, name, _ in list(self.lines) if name == event]
        return moments[nth] if len(moments) > nth else None


def edit(files: SiteFiles, events: int, moved: int) -> dict[str, Any]:
    """A running daemon whose calendar file is edited: when what was written, seconds from the edit taken up."""
    from syncd.daemon.loop import Daemon, Fittings  # noqa: PLC0415
    from syncd.daemon.request_counts import RequestCounts  # noqa: PLC0415

    noted, log = Noted(), _Log()
    with Site(files) as site:
        fittings = Fittings(log=log, stop=site.stop, request_counts=RequestCounts(noted))
        daemon = Daemon(site.settings, site.state, fittings)
        with _running(daemon.run, site.stop):
            _until(lambda: log.moment("cycle"))
            time.sleep(2.0)  # an edit within the second of our own reading would be another matter
            noted.start()
            began = noted.began
            university.write_calendar(files.calendar, events, moved=moved)
            told = time.monotonic() - began
            fittings.wake.edit()
            # Two cycles end after the edit: none but the second is the edit's own.
            _until(lambda: log.moment("cycle", 1))
    acted = (log.moment("edit") or began) - began
    ahead = (log.moment("fast-lane") or began) - began
    cycle = (log.moment("cycle", 1) or began) - began
    writes = [(at, kind) for at, kind, note in noted.notes if note.method != "GET"]
    first = next(at for at, (_, _, note) in enumerate(noted.notes) if note.method != "GET")
    edited = next(at for at, (_, name, _) in enumerate(log.lines) if name == "edit")
    return {
        "to_notice_s": acted - told,
        "first_write_cpu_s": noted.cpu[first] - log.cpu[edited],
        "first_write_s": min((at for at, _ in writes), default=0.0) - acted,
        "google_s": max((at for at, kind in writes if kind == "google"), default=0.0) - acted,
        "canvas_s": max((at for at, kind in writes if kind == "canvas"), default=0.0) - acted,
        "canvas_writes": sum(kind == "canvas" for _, kind in writes),
        "google_writes": sum(kind == "google" for _, kind in writes),
        "ahead_s": ahead - acted,
        "cycle_s": cycle - acted,
        "refused": sum(note.throttled for _, _, note in noted.notes),
        "gets_before_first_write": sum(
            note.method == "GET" and acted < at < min((one for one, _ in writes), default=0.0)
            for at, _, note in noted.notes
        ),
    }


@contextmanager
def _running(work: Callable[[], None], stop: threading.Event) -> Iterator[None]:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(30)


def _until(true: Callable[[], object]) -> None:
    latest = time.monotonic() + PATIENCE_S
    while not true():
        if time.monotonic() > latest:
            raise TimeoutError("the daemon did not get there")
        time.sleep(0.05)


def planning(calendar: Path, contexts: int) -> dict[str, float]:
    """Events planned a second by one thread: a context in step, and one where an edit changes every text."""
    from bench.simulators import desired_of  # noqa: PLC0415
    from mapping.planning.plan import plan_context  # noqa: PLC0415
    from syncd.garbage import YOUNG_VALUES  # noqa: PLC0415

    wished = {one.key: one for one in desired_of(calendar)}
    edited = {
        key: replace(one, body_hash="0" * 16, fingerprint=replace(one.fingerprint, text="0" * 16))
        for key, one in wished.items()
    }
    events = tuple(_as_written(one, number) for number, one in enumerate(wished.values(), start=1))
    records = {record.key: record for record in plan_context(_situation(wished, events, {})).records}
    found = {}
    gc.set_threshold(YOUNG_VALUES)
    for name, desired in (("in step", wished), ("all edited", edited)):
        with measuring() as effort:
            for _ in range(contexts):
                plan_context(_situation(desired, events, records))
        found[name] = contexts * len(desired) / effort.cpu_s
    return found


def _as_written(one: DesiredEvent, number: int) -> ObservedEvent:
    from mapping.model import Marker, ObservedEvent  # noqa: PLC0415

    marker = Marker(owner=university.OWNER, key=one.key, context="course_1", fingerprint=str(one.fingerprint))
    return ObservedEvent(
        context="course_1",
        remote_id=str(number),
        title=one.title,
        days=one.days,
        when="",
        last_day=one.days.last,
        marker=marker,
        genuine=True,
        body_hash=one.body_hash,
        version="v",
    )


def _situation(
    desired: Mapping[str, DesiredEvent], events: tuple[ObservedEvent, ...], records: Mapping[str, Record]
) -> Situation:
    from mapping.model import Context, Copies, Drift, Past  # noqa: PLC0415
    from mapping.planning.plan import Policy, Situation  # noqa: PLC0415

    return Situation(
        context=Context(id="course_1", kind="canvas", target="courses"),
        owner=university.OWNER,
        desired=desired,
        observed=events,
        records=records,
        today=university.TODAY,
        policy=Policy(
            drift=Drift.REPAIR,
            respect_deletions=True,
            copies=Copies.ADOPT,
            past=Past.KEEP,
            copies_are_ours=True,
        ),
    )
