"""Canvas and Google simulated in a process of their own, with worlds that are filled directly.

The bench's own process only asks: `Simulators` starts the other one and passes calls on. A filled course
looks as if syncd had filled it: one event of each kind is written through the simulator's own saving, with
the form the connector would have sent, and copied from there into the other courses under their own marker.
"""

from __future__ import annotations

import multiprocessing
import re
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from bench import university

if TYPE_CHECKING:
    from mapping.model import DesiredEvent
    from syncd.sandbox.canvas.model import Event

LATENCY_S = 0.05
LONG_AGO = timedelta(hours=1)
"""Age of what is written directly: `updated_at` counts as settled."""
PEOPLES_EACH, SECTIONS_EACH = 10, 30
"""Courses to one with a teacher's own event, and to one with an event for its sections."""
FIELD = re.compile(r"calendar_event\[(\w+)\]")


class Simulators(AbstractContextManager["Simulators"]):
    """Handle on the other process. Every public method of `_Services` may be called on it."""

    def __init__(self, *, speed: float = 1.0) -> None:
        """``speed``: how much faster than ours the simulators' clocks run."""
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, speed), daemon=True)

    def __enter__(self) -> Self:
        self._process.start()
        self.addresses: dict[str, str] = self._call("addresses")
        return self

    def __exit__(self, *_: object) -> None:
        self._pipe.send(None)
        self._process.join(10)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *args, **kwargs: self._call(name, *args, **kwargs)

    def _call(self, name: str, *args: Any, **kwargs: Any) -> Any:
        self._pipe.send((name, args, kwargs))
        fine, answer = self._pipe.recv()
        if not fine:
            raise RuntimeError(f"simulators: {answer}")
        return answer


def _serve(pipe: Connection, speed: float) -> None:
    services = _Services(speed)
    try:
        while (asked := pipe.recv()) is not None:
            name, args, kwargs = asked
            try:
                pipe.send((True, getattr(services, name)(*args, **kwargs)))
            except Exception as error:  # noqa: BLE001 - told to the process that asked
                pipe.send((False, repr(error)))
    finally:
        services.stop()


class _Services:
    """What runs in the other process."""

    def __init__(self, speed: float) -> None:
        import time  # noqa: PLC0415 - only in the other process

        from syncd.sandbox.canvas.app import Canvas  # noqa: PLC0415
        from syncd.sandbox.canvas.throttle import Throttle  # noqa: PLC0415
        from syncd.sandbox.canvas.world import World  # noqa: PLC0415
        from syncd.sandbox.google.app import create_app  # noqa: PLC0415
        from syncd.sandbox.google.wire import google_faults  # noqa: PLC0415
        from syncd.sandbox.google.world import World as GoogleWorld  # noqa: PLC0415
        from syncd.sandbox.serve import Loopback  # noqa: PLC0415

        began, monotonic = time.time(), time.monotonic()
        self.world = World(name="University", default_zone=university.ZONE)
        self.site = Canvas(self.world, throttle=Throttle(clock=lambda: time.monotonic() * speed))
        self.google = GoogleWorld(clock=lambda: began + (time.monotonic() - monotonic) * speed)
        self.google_faults = google_faults()
        self.site.faults.latency_s = LATENCY_S / speed
        self.google_faults.latency_s = LATENCY_S / speed
        self._servers = [
            Loopback(self.site.app, on_stop=self.site.faults.release).start(),
            Loopback(create_app(self.google, self.google_faults), on_stop=self.google_faults.release).start(),
        ]
        self.world.root.sis_id = "UNI"
        self._term = self.world.add_term("Autumn", sis_id="T1")
        self._admin = self.world.add_admin("Calendar service", time_zone=university.ZONE)
        self.world.add_token(self._admin, university.TOKEN)
        self._patterns: list[Event] = []
        self._began = time.monotonic()

    def addresses(self) -> dict[str, str]:
        """Base URLs by kind."""
        return {"canvas": self._servers[0].url, "google": self._servers[1].url + "/"}

    def stop(self) -> None:
        for server in self._servers:
            server.stop()

    # --- filling ----------------------------------------------------------------------------

    def add_courses(self, first: int, last: int) -> None:
        """Published courses without students: nobody is told, so no guard has a say."""
        for number in range(first, last + 1):
            self.world.add_course(f"Course {number}", number=number, term=self._term, code=f"C{number}")

    def add_university(self, name: str, first: int, last: int) -> None:
        """Such courses in an account of that name, and a token of that name which reads them at a quota of its own."""
        account = self.world.add_account(name, sis_id=name)
        self.world.add_token(self._admin, name)
        for number in range(first, last + 1):
            self.world.add_course(
                f"Course {number}", number=number, term=self._term, code=f"C{number}", account=account
            )

    def fill_courses(self, first: int, last: int, calendar: str) -> int:
        """Put a calendar folder's events into courses; the answer is how many events that were."""
        self._patterns = self._as_saved(first, desired_of(Path(calendar)))
        for number in range(first, last + 1):
            self._copy(f"course_{first}", f"course_{number}")
        return len(self._patterns) * (last - first + 1)

    def copy_course(self, pattern: int, first: int, last: int) -> None:
        """Put what stands in one course into others, as if each had been filled a while ago, and that one too."""
        self._patterns = list(self.world.course_events(pattern))
        saved = datetime.now(UTC).replace(microsecond=0) - LONG_AGO
        for event in self._patterns:
            event.created_at = event.updated_at = saved
            event.rendered.clear()
        for number in range(first, last + 1):
            self._copy(f"course_{pattern}", f"course_{number}")

    def _as_saved(self, number: int, desired: list[DesiredEvent]) -> list[Event]:
        """The events as the simulator saves them in one course."""
        from zoneinfo import ZoneInfo  # noqa: PLC0415

        from connectors.canvas.translate import Place, create_form  # noqa: PLC0415
        from syncd.sandbox.canvas.events import Author  # noqa: PLC0415

        author = Author(self.world, self._admin, notify=False)
        course = self.world.courses[number]
        place = Place(
            owner=university.OWNER, zone=ZoneInfo(university.ZONE), origin=self.addresses()["canvas"]
        )
        drafts = []
        for one in desired:
            form = create_form(one, f"course_{number}", place)
            params = {found[1]: value for name, value in form if (found := FIELD.fullmatch(name))}
            drafts.append(author.draft(course, params))
        return drafts

    def _copy(self, pattern: str, context: str) -> None:
        from dataclasses import replace  # noqa: PLC0415

        saved = datetime.now(UTC).replace(microsecond=0) - LONG_AGO
        for event in self._patterns:
            text = (event.description or "").replace(f";{pattern};", f";{context};")
            copy = replace(
                event,
                id=self.world.next_id("event"),
                context=context,
                description=text,
                created_at=saved,
                updated_at=saved,
                children=[],
                rendered={},
            )
            self.world.put(copy)

    def add_peoples_events(self, first: int, last: int) -> None:
        """What people put into courses: a teacher's event in each tenth, in each thirtieth one for its sections."""
        for number in range(first, last + 1):
            if number % PEOPLES_EACH == 0:
                self._add_teachers_event(number)
            if number % SECTIONS_EACH == 0:
                self._add_sections_event(number)

    def _add_teachers_event(self, number: int) -> None:
        dates = {"start_at": "2031-10-06T05:00:00Z", "end_at": "2031-10-06T06:00:00Z"}
        self._put_teachers(
            number, {"title": "Consultation", "description": "<p>Room 204, bring your drafts.</p>", **dates}
        )

    def _add_sections_event(self, number: int) -> None:
        """One event whose dates are its sections': hidden behind a row for each section, as Canvas keeps it."""
        course = self.world.courses[number]
        parent = self._put_teachers(number, {"title": "Laboratory", "description": "<p>Bring a coat.</p>"})
        for day, name in ((7, "A"), (8, "B")):
            section = self.world.add_section(course, name)
            child = self._put_teachers(
                number,
                {"title": "Laboratory", "start_at": f"2031-10-{day:02}T05:00:00Z"},
                context=f"course_section_{section.id}",
                effective_context=f"course_{number}",
                parent_id=parent.id,
            )
            parent.children.append(child.id)

    def _put_teachers(self, number: int, params: dict[str, str], **given: Any) -> Event:
        from dataclasses import replace  # noqa: PLC0415

        from syncd.sandbox.canvas.events import Author  # noqa: PLC0415

        saved = datetime.now(UTC).replace(microsecond=0) - LONG_AGO
        draft = Author(self.world, self._admin, notify=False).draft(self.world.courses[number], params)
        event = replace(
            draft, id=self.world.next_id("event"), created_at=saved, updated_at=saved, children=[], rendered={}, **given
        )  # fmt: skip
        return self.world.put(event)

    def conclude_courses(self, first: int, last: int) -> None:
        """Close courses: they keep their events, and no target names them any more."""
        for number in range(first, last + 1):
            self.world.set_course_state(number, "completed")

    def empty_courses(self) -> None:
        """Take all events out of the world."""
        self.world.events.clear()
        self.world.by_context.clear()

    def remove_courses(self) -> None:
        """An empty world again."""
        self.empty_courses()
        self.world.courses.clear()

    def add_calendars(self, count: int) -> None:
        """Empty Google calendars."""
        for at in range(count):
            self.google.add_calendar(
                university.calendar_id(at),
                summary=f"School {at}",
                time_zone=university.ZONE,
                writers=(self.google.service_account,),
            )

    def write_google_key(self, path: str) -> None:
        """A service account's key file for this Google."""
        from syncd.sandbox.google.keys import write_service_account_file  # noqa: PLC0415

        write_service_account_file(self.google, self._servers[1].url, Path(path))

    # --- limits -----------------------------------------------------------------------------

    def set_latency(self, seconds: float) -> None:
        self.site.faults.latency_s = seconds

    def set_bucket(self, *, enabled: bool) -> None:
        self.site.throttle.limits.enabled = enabled

    def fill_bucket(self, count: float) -> None:
        """Set the token's bucket, as others using the token would."""
        self.site.throttle.fill(university.TOKEN, count)

    def drain_bucket(self) -> None:
        self.site.throttle.fill(university.TOKEN, 0.0)

    def free_google_quota(self) -> None:
        """As if a minute had gone by: another process's requests do not count against the next one's."""
        self.google.quota.clear()

    def bucket(self) -> float:
        return float(self.site.throttle.count(university.TOKEN))

    # --- looking ----------------------------------------------------------------------------

    def forget(self) -> None:
        """Empty both records of requests."""
        self.site.faults.forget()
        self.google_faults.forget()

    def requests(self) -> dict[str, int]:
        """Recorded requests at both services, by kind of request."""
        counted: dict[str, int] = {}
        for service, faults in (("canvas", self.site.faults), ("google", self.google_faults)):
            for line in faults.log():
                name = _kind_of(service, line.method, line.path)
                counted[name] = counted.get(name, 0) + 1
                refused = line.status in (403, 429)
                counted["refused"] = counted.get("refused", 0) + refused
        return counted

    def first_writes(self) -> list[str]:
        """Which service took each write, in the order of the record: canvas, google."""
        return [line.method for line in self.site.faults.log() if line.method != "GET"]

    def peak(self) -> int:
        """Most Canvas requests ever inside at once."""
        return self.site.faults.peak

    def events(self) -> int:
        """Living events at Canvas."""
        return sum(event.state != "deleted" for event in self.world.events.values())

    def full_lists(self) -> int:
        """Canvas lists that came with descriptions, since requests were last forgotten."""
        return sum(
            line.method == "GET" and line.path.endswith("/calendar_events") and "excludes" not in line.query
            for line in self.site.faults.log()
        )

    def add_teachers_event(self, number: int) -> None:
        """A teacher's own event in one course."""
        self._add_teachers_event(number)

    def writes(self) -> int:
        """Requests that were no GET, at both services, since they were last forgotten."""
        logs = (*self.site.faults.log(), *self.google_faults.log())
        return sum(line.method != "GET" and not line.path.endswith("/token") for line in logs)

    def cpu_s(self) -> float:
        """CPU seconds this process has used."""
        import time  # noqa: PLC0415

        return time.process_time()


def _kind_of(service: str, method: str, path: str) -> str:
    if path.endswith(("/calendar_events", "/events")) and method == "GET":
        return f"{service} lists"
    if path.endswith("/token"):
        return f"{service} tokens"
    if "/calendar_events" in path or "/events" in path:
        return f"{service} {method}"
    return f"{service} discovery"


def desired_of(calendar: Path) -> list[DesiredEvent]:
    """What the bench's course target wants of a calendar folder."""
    from connectors.registry import TARGET_FIELDS  # noqa: PLC0415
    from mapping.desired import desired_events, drawing_for  # noqa: PLC0415
    from syncd.source.folder import load_calendar, targets_from  # noqa: PLC0415

    loaded, _ = load_calendar(calendar)
    text = university.targets_text(courses=True).encode()
    target = targets_from("targets.yaml", text, loaded, TARGET_FIELDS).targets[0]
    return list(desired_events(loaded, target, drawing_for(target), university.TODAY).values())
