"""Worlds over real HTTP: both simulators, the real clients, a real state, and chance from a seed.

The same laws as in memory, told from what the simulators hold. Chance picks who does what and which
requests are struck; a seed makes the same world again.
"""

from __future__ import annotations

import json
import re
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, Final
from urllib.parse import parse_qs

from connectors.canvas.connector import CanvasConnector
from connectors.canvas.settings import CanvasSettings
from connectors.google_calendar.connector import GoogleCalendarConnector
from connectors.google_calendar.settings import GoogleSettings
from connectors.port import Connector, Observation
from mapping.model import Context, DesiredEvent, ObservedEvent, Target, Targets
from mapping.planning.ownership import untouched
from syncd.reconcile.cycle import Cycle, Scope
from syncd.reconcile.editions import IN_FORCE_FACT
from syncd.reconcile.report import CycleReport
from syncd.reconcile.runtime import Runtime
from syncd.sandbox.canvas.acts import raw_event
from syncd.sandbox.canvas.people import People as CanvasPeople
from syncd.sandbox.canvas.seed import ADMIN_TOKEN
from syncd.sandbox.faults import Faults, Kind, Rule, When
from syncd.sandbox.google.keys import write_service_account_file
from syncd.sandbox.google.people import People as GooglePeople
from syncd.state.files import FILE_NAME
from syncd.state.store import State
from tests.acceptance.sites import LAW, Stage
from tests.laws.consent import FORGED, BeforeCycle, Consent, look_at
from tests.laws.machine import LIMITS, MOST_REFUSALS, NoLog
from tests.laws.storm import Killed, Storm, Strike
from tests.support.almanac import FIRST_DAY, OWNER, TARGETS, Almanac, Line

COURSES: Final = {101: 120, 102: 64}
"""Courses from the start, each with its participants."""
LATE: Final = {402: 25, 401: 27}
"""Courses that come up in the middle of a world."""
ZONE: Final = "Asia/Almaty"
TOTALS: Counter[str] = Counter()
"""Worlds, cycles, struck requests and kills over HTTP."""
KINDS: Final = (
    Kind.DROP, Kind.RESET, Kind.HTML, Kind.JSON, Kind.THROTTLE_429, Kind.THROTTLE_403,
    Kind.TRUNCATED_PAGE, Kind.MALFORMED_JSON, Kind.ODD_VALUE, Kind.ACT, Kind.HEADERS,
)  # fmt: skip
DRIP_S: Final = 120.0
"""Longer than any answer may take, by the world's clock."""
_NO_TEXT: Final = ("5", "[[]]", '{"a": 1}')
_DATES: Final = ('"9999-12-31T23:00:00Z"', '"0001-01-01T00:00:00Z"', "1e400", "null")
ODD: Final = {
    "id": ("null", "[[]]", '{"a": 1}', "1e400"),
    "title": _NO_TEXT,
    "summary": _NO_TEXT,
    "description": _NO_TEXT,
    "updated_at": (*_NO_TEXT, "null"),
    "start_at": (*_NO_TEXT, *_DATES),
    "start": (*_NO_TEXT, *_DATES),
    "extendedProperties": ("5", "[[]]"),
}
"""Field to JSON that may stand there instead: never such as a well-behaved service could mean."""


class WireWorld:
    """One seed's world. ``folder``: an empty one of its own."""

    def __init__(self, stage: Stage, folder: Path, seed: int) -> None:
        assert stage.empty is not None
        stage.back_to(stage.empty)
        self.pair, self.folder, self.rng = stage.pair, folder, Random(seed)  # noqa: S311 - chance, no secret
        # The simulator's bucket leaks by the wall's clock, ours by the world's: refusals come from the storm alone.
        self.pair.canvas_site.throttle.limits.enabled = False
        # Each look at Canvas's clock lets a second pass, half a day behind its answers' Date: no two changes share a
        # second, and each version is old enough to be trusted, however fast this machine is.
        ticks, began = count(1), datetime.now(UTC) - timedelta(hours=12)
        self.pair.canvas.now = lambda: began + timedelta(seconds=next(ticks))
        self.now, self.seconds = 1_000_000.0, 0.0
        self.almanac = Almanac({f"entry-{number}": self._line() for number in range(1, 5)})
        self.teacher, self.staff = CanvasPeople(self.pair.canvas), GooglePeople(self.pair.google)
        self.storm = Storm()
        self.foreign: dict[str, str] = {}
        self.touched_by_people: set[tuple[str, str]] = set()
        self.held: dict[tuple[str, str], str] = {}
        self.courses = dict(COURSES)
        self.consent = Consent(messages=LIMITS.fill_messages, removals=LIMITS.removed.value)
        self.shown: dict[str, set[str]] = {}
        """Digest of each calendar that a cycle met to its entries."""
        self.forged = 0
        self.waiting = ""
        key = write_service_account_file(self.pair.google, self.pair.google_server.url, folder / "key.json")
        self.connectors: dict[str, Connector] = {"canvas": self._canvas(), "google": self._google(key)}
        self.state = self._open()
        TOTALS["worlds"] += 1

    # --- building -------------------------------------------------------------------------------

    def _canvas(self) -> Connector:
        return CanvasConnector(
            CanvasSettings(
                base_url=self.pair.canvas_server.url,
                tokens=(ADMIN_TOKEN,),
                owner=OWNER,
                timezone=ZONE,
                clock=lambda: self.seconds,
                sleep=self._sleep,
                rng=self.rng,
            )
        )

    def _google(self, key: Path) -> Connector:
        return GoogleCalendarConnector(
            GoogleSettings(
                credentials_file=key,
                owner=OWNER,
                timezone=ZONE,
                endpoint=self.pair.google_server.url + "/",
                clock=lambda: self.seconds,
                sleep=self._sleep,
                rng=self.rng,
            )
        )

    def _sleep(self, seconds: float) -> None:
        self.seconds += seconds

    def _open(self) -> State:
        state = State.open(self.folder / "state", now=self.now)
        self.storm.reach(state)
        return state

    def _targets(self) -> Targets:
        autumn, _, calendar = TARGETS.targets
        return Targets(
            owner=OWNER,
            timezone=ZONE,
            targets=(
                replace(autumn, account="", courses=tuple(self.courses)),
                replace(calendar, calendar_id=LAW),
            ),
        )

    # --- what happens ---------------------------------------------------------------------------------

    def live(self, steps: int) -> None:
        """So many things happen, then everything settles and is held against the laws."""
        acts: list[Callable[[], object]] = [
            self._edit, self._edit, self._hand_in_canvas, self._hand_in_canvas, self._hand_in_google,
            self._import, self._storm, self._storm, self._storm, self._kill, self._lose_state, self.settle,
            self._join, self._forge, self._approve, self._odd_date,
        ]  # fmt: skip
        for _ in range(steps):
            self.rng.choice(acts)()
            self._nothing_foreign_was_touched()
            self.nothing_went_out_unasked()
        self.settle()

    def close(self) -> None:
        for connector in self.connectors.values():
            connector.close()
        self.state.close()

    def _edit(self) -> None:
        name = f"entry-{self.rng.randint(1, 6)}"
        if name in self.almanac.lines and self.rng.random() < 0.4:
            del self.almanac.lines[name]
        else:
            self.almanac.lines[name] = self._line()

    def _line(self) -> Line:
        return Line(
            self.rng.randint(1, 30),
            self.rng.choice([1, 1, 2, 5, 20]),
            self.rng.randint(0, 3),
            self.rng.choice(["all", "all", "michaelmas", "hilary"]),
        )

    def _hand_in_canvas(self) -> None:
        course = self.rng.choice(list(COURSES))
        ours = [event for event in self.pair.canvas.course_events(course) if self._is_ours(event.id)]
        if not ours or self.rng.random() < 0.3:
            event = self.teacher.add(f"course_{course}", title="Field trip", start_at="2031-10-27T05:00:00Z")
            self.foreign[f"canvas {event.id}"] = json.dumps(raw_event(event))
            return
        event = self.rng.choice(ours)
        if (act := self.rng.randrange(5)) == 0:
            self.teacher.edit(event.id, title=f"Renamed {self.rng.random()}")
        elif act == 1:
            self.teacher.edit(event.id, start_at="2031-11-05T05:00:00Z", end_at="2031-11-05T06:00:00Z")
        elif act == 2:
            self._hands_on("canvas", str(event.id))
            self.teacher.delete(event.id)
        elif act == 3:
            self.teacher.duplicate(event.id)
        else:
            self._hands_on("canvas", str(event.id))
            self.teacher.move(event.id, f"course_{self.rng.choice(list(COURSES))}")

    def _hand_in_google(self) -> None:
        rows = [row for row in self.pair.google.events(LAW) if f"google {row.id}" not in self.foreign]
        if not rows or self.rng.random() < 0.3:
            self._note_foreign_row(self.staff.create(LAW, "Faculty party", "2031-10-28"))
            return
        row = self.rng.choice(rows)
        if (act := self.rng.randrange(4)) == 0:
            self.staff.edit(LAW, row.id, summary=f"Renamed {self.rng.random()}")
        elif act == 1:
            self.staff.reschedule(LAW, row.id, 3)
        elif act == 2:
            self._hands_on("google", row.id)
            self.staff.delete(LAW, row.id)
        else:
            self._note_foreign_row(self.staff.duplicate(LAW, row.id))

    def _import(self) -> None:
        source, goal = self.rng.sample(list(COURSES), 2)
        for event in self.teacher.copy_course(source, goal, shift_days=self.rng.choice([0, 0, 7])):
            if "data-syncd" not in (event.description or ""):
                self.foreign[f"canvas {event.id}"] = json.dumps(raw_event(event))

    def _join(self) -> None:
        self.courses |= dict([self.rng.choice(list(LATE.items()))])
        if self.rng.random() < 0.5:
            self.cycle()

    def _approve(self) -> None:
        if self.waiting:
            self.state.ledger.approve(self.waiting, who="registrar", now=self.now)
            self.consent.is_given()

    def _forge(self, count: int = 4) -> None:
        """A person writes our mark into events of one's own, of entries that no calendar wants."""
        course = self.rng.choice(list(COURSES))
        ours = [
            event
            for event in self.pair.canvas.course_events(course)
            if "data-syncd" in (event.description or "")
        ]
        if not ours:
            return
        for _ in range(count):
            self.forged += 1
            name = f"{FORGED}{self.forged}"
            copy = self.teacher.duplicate(self.rng.choice(ours).id)
            text = re.sub(r"2031-2032:[^;]+;", f"2031-2032:{name}:main;", copy.description or "", count=1)
            self.teacher.edit(copy.id, description=text)
            self.consent.is_forged(name)

    def _odd_date(self) -> None:
        """A lecturer's event at the end of time, as other programs write "never"."""
        moment = datetime(self.rng.choice([1, 9999]), 12, 31, 23, tzinfo=UTC)
        course = self.rng.choice(list(COURSES))
        event = self.teacher.add(f"course_{course}", title="Never", start_at="2031-10-27T05:00:00Z")
        with self.pair.canvas.lock:
            event.dates = replace(event.dates, start=moment, end=moment)
        self.foreign[f"canvas {event.id}"] = json.dumps(raw_event(event))

    def _storm(self) -> None:
        if self.rng.random() < 0.7:
            self._edit()
        for faults in (self.pair.canvas_site.faults, self.pair.google_faults):
            rules = [self._rule() for _ in range(self.rng.randint(1, 4))]
            cutting = [rule for rule in rules if rule.kind is Kind.TRUNCATED_PAGE]
            for rule in rules:
                if rule not in cutting:
                    faults.add(rule)
            # One list may lie about its end. Were each look told the same lie, nobody could tell with the state lost.
            for rule in cutting[:1]:
                faults.add(replace(rule, times=1))
        self.cycle()

    def _rule(self) -> Rule:
        kind = self.rng.choice(KINDS)
        if kind in (Kind.ODD_VALUE, Kind.ACT, Kind.HEADERS):
            return self._rule_of_one_answer(kind)
        status = self.rng.choice([200, 500, 502, 503]) if kind is Kind.HTML else 503
        when: When = self.rng.choice(("before", "after"))
        return Rule(
            kind=kind,
            # Who throttles says so before anything is done; were it a lie, what is sent once more would go out twice.
            when="before" if kind in (Kind.THROTTLE_429, Kind.THROTTLE_403) else when,
            method=self.rng.choice([None, "POST", "PUT", "DELETE", "GET", "GET"]),
            path="calendar" if self.rng.random() < 0.8 else "",
            skip=self.rng.randint(0, 4),
            times=self.rng.choice([1, 1, 2, 12]),
            status=status,
        )

    def _rule_of_one_answer(self, kind: Kind) -> Rule:
        """An odd value, an answer that takes too long by the world's clock, or pages that never end."""
        about: dict[str, Any] = {
            "kind": kind, "method": "GET", "path": "calendar", "skip": self.rng.randint(0, 4),
            "times": self.rng.choice([1, 1, 2, 12]),
        }  # fmt: skip
        if kind is Kind.ODD_VALUE:
            name = self.rng.choice(sorted(ODD))
            return Rule(**about, at=name, body=self.rng.choice(ODD[name]))
        if kind is Kind.ACT:
            return Rule(**about, action=self._drips)
        again = f"{self.pair.canvas_server.url}/api/v1/calendar_events?page=bookmark:{self.rng.random()}"
        return Rule(**about, headers={"Link": f'<{again}>; rel="next"'})

    def _drips(self) -> None:
        self.seconds += DRIP_S

    def _kill(self) -> None:
        self._edit()
        self.storm.begin([Strike("commit", self.rng.randint(0, 25), "kill", self.rng.random() < 0.5)])
        self.cycle()

    def _lose_state(self) -> None:
        if self.rng.random() < 0.4:
            self.state.close()
            for path in (self.folder / "state").glob(f"{FILE_NAME}*"):
                path.unlink()
            self.state = self._open()
            self.waiting = ""
            self.consent.is_forgotten()

    # --- one cycle --------------------------------------------------------------------------------------

    def cycle(self) -> CycleReport | None:
        """One pass; None where it was killed, and the process started again. Faults end with it."""
        TOTALS["cycles"] += 1
        self.now += 3600.0
        self.seconds += 3600.0
        self.pair.google.quota.clear()
        self._let_go()
        before = look_at(self.state, [f"course_{number}" for number in self.courses])
        self.consent.begins({TARGETS.targets[0].name}, before.on_record)
        candidate = self.almanac.candidate()
        self.shown[candidate.calendar.digest] = set(self.almanac.lines)
        try:
            report = Cycle(runtime=self._runtime(), scope=Scope(why="law"), candidate=candidate).run()
            TOTALS["contexts as recorded"] += report.as_recorded
            TOTALS["contexts planned"] += len(report.observed) - report.as_recorded
        except Killed:
            TOTALS["kills"] += 1
            self.consent.is_cut_short(max(self.courses.values()))
            self.state.close()
            self.state = self._open()
            report = None
        self.storm.begin([])
        self._note_what_went_out(before)
        if report is not None:
            self.consent.is_shown(report.hits, candidate.calendar.digest)
            self.consent.is_held(report.refused)
            self.waiting = report.digest if report.refused else ""
        for faults in (self.pair.canvas_site.faults, self.pair.google_faults):
            TOTALS["struck requests"] += _struck(faults)
            faults.clear()
            faults.forget()
        return report

    def _note_what_went_out(self, before: BeforeCycle) -> None:
        """What the simulator stored of fills, and which calendar is served now."""
        for line in self.pair.canvas_site.faults.log():
            if line.method == "POST" and line.path.endswith("calendar_events") and line.applied:
                form = parse_qs(line.content.decode())
                (context,) = form["calendar_event[context_code]"]
                if context in before.filling:
                    number = int(context.removeprefix("course_"))
                    self.consent.goes_out(context, self.courses[number], now=self.now)
        now = self.state.ledger.fact(IN_FORCE_FACT) or ""
        if now != before.in_force and before.in_force in self.shown:
            gone = self.shown[before.in_force] - self.shown.get(now, set(self.almanac.lines))
            self.consent.comes_into_force(now, len(gone))

    def nothing_went_out_unasked(self) -> None:
        """Laws 7 and 8."""
        assert not self.consent.breaches, self.consent.breaches

    def _runtime(self) -> Runtime:
        return Runtime(
            connectors=self.connectors,
            targets=self._targets(),
            state=self.state,
            clock=lambda: self.now,
            today=lambda: FIRST_DAY,
            stop=threading.Event(),
            log=NoLog(),
            limits=LIMITS,
            workers=3,
        )

    # --- the laws -----------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Refusals are approved; after two cycles the worlds are as the laws say."""
        admitted = refused = 0
        while admitted < 2:
            report = self.cycle()
            assert report is not None
            assert not report.failures, report.failures
            if report.refused:
                self._approve()
                refused += 1
                assert refused <= MOST_REFUSALS, [hit.sentence for hit in report.refused]
            else:
                admitted += 1
            report.close()
        self._as_desired()
        last = self.cycle()
        assert last is not None
        pending = {action: count for action, count in last.pending().items() if count}
        assert not pending, f"law 4: {pending}"
        assert not last.applied, "law 4"
        last.close()
        self._nothing_foreign_was_touched()
        self.nothing_went_out_unasked()

    def _as_desired(self) -> None:
        held: dict[tuple[str, str], str] = {}
        for context, target in self._contexts():
            ours = self._ours(context)
            for key, wish in self._desired(target).items():
                found = [event for event in ours if _stands_for(event, key, wish)]
                if not found:
                    respected = target.respect_deletions and key in self.state.events.respected(context.id)
                    assert respected, f"law 1: {key} is missing in {context.id}"
                    assert (context.id, key) in self.touched_by_people, f"law 1: nobody deleted {key}"
                    continue
                assert len(found) == 1, f"law 1: {key} stands {len(found)} times in {context.id}"
                held[context.id, key] = found[0].remote_id
            kept = {remote_id for (place, _), remote_id in held.items() if place == context.id}
            strange = [event for event in ours if event.remote_id not in kept and untouched(event)]
            assert not strange, f"law 1: {strange} is still in {context.id}"
        for place, remote_id in held.items():
            if place not in self.touched_by_people:
                assert self.held.get(place, remote_id) == remote_id, f"law 5: {place}"
        self.held = held
        self.touched_by_people -= set(held)

    def _ours(self, context: Context) -> list[ObservedEvent]:
        ((_, seen),) = self.connectors[context.kind].observe([context])
        assert isinstance(seen, Observation), seen
        return [event for event in seen.events if event.genuine]

    def _contexts(self) -> list[tuple[Context, Target]]:
        autumn, calendar = self._targets().targets
        courses = [
            Context(id=f"course_{number}", kind="canvas", target=autumn.name) for number in self.courses
        ]
        return [(course, autumn) for course in courses] + [
            (Context(id=LAW, kind="google", target=calendar.name), calendar)
        ]

    def _desired(self, target: Target) -> Mapping[str, DesiredEvent]:
        return self.almanac.desired(target.name, FIRST_DAY)

    def _nothing_foreign_was_touched(self) -> None:
        with self.pair.canvas.lock:
            there = {
                f"canvas {number}": json.dumps(raw_event(one))
                for number, one in self.pair.canvas.events.items()
            }
        with self.pair.google.lock:
            rows = self.pair.google.calendars[LAW].rows
            there |= {
                f"google {key}": repr((row.status, row.fields, row.start, row.end))
                for key, row in rows.items()
            }
        for name, content in self.foreign.items():
            assert there.get(name) == content, f"law 2: {name} was {content} and is {there.get(name)}"

    # --- what people did --------------------------------------------------------------------------------------

    def _let_go(self) -> None:
        """Keys that are not desired while a cycle runs may come back under another id."""
        wanted = {(context.id, key) for context, target in self._contexts() for key in self._desired(target)}
        self.held = {place: remote_id for place, remote_id in self.held.items() if place in wanted}

    def _hands_on(self, kind: str, remote_id: str) -> None:
        """A person takes this event away from where it is."""
        for context, _ in self._contexts():
            if context.kind == kind:
                for event in self._ours(context):
                    if event.remote_id == remote_id and event.marker is not None:
                        self.touched_by_people.add((context.id, event.marker.key))

    def _is_ours(self, number: int) -> bool:
        return f"canvas {number}" not in self.foreign

    def _note_foreign_row(self, remote_id: str) -> None:
        row = self.pair.google.calendars[LAW].rows[remote_id]
        self.foreign[f"google {remote_id}"] = repr((row.status, row.fields, row.start, row.end))


def _stands_for(event: ObservedEvent, key: str, wish: DesiredEvent) -> bool:
    seen = (event.marker.key if event.marker else "", event.title, event.days, event.body_hash)
    return seen == (key, wish.title, wish.days, wish.body_hash)


def _struck(faults: Faults) -> int:
    return sum(line.fault is not None for line in faults.log())
