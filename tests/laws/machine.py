"""Generated worlds: registrar, people, imports, courses, faults and kills in any order, then the laws.

Each rule is one thing somebody does. `settle` lets faults stop and a person approve what guards hold
back, and holds the world against the laws after two cycles; every world ends with it.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from connectors.memory import Behaviour
from mapping.model import Change, Context, Days, Delete, DesiredEvent, Target, Targets
from mapping.planning.guards import Limit, Limits
from mapping.planning.unstored import MOST_SENT
from syncd.errors import StateError
from syncd.reconcile.cycle import Cycle, Scope
from syncd.reconcile.editions import IN_FORCE_FACT
from syncd.reconcile.passes import Failure
from syncd.reconcile.report import CycleReport
from syncd.reconcile.retrying import retry
from syncd.reconcile.runtime import Runtime
from syncd.state.files import FILE_NAME
from syncd.state.store import State
from tests.laws.chance import KILLS, LINES, MAKES, NAMES, ODD_ROWS, PICK, STRIKES
from tests.laws.consent import FORGED, Consent, look_at
from tests.laws.service import Course, Row, Service
from tests.laws.storm import OF_ONE, Killed, Storm, Strike
from tests.laws.watch import DAY_S, Witness
from tests.support.almanac import FIRST_DAY, OWNER, TARGETS, Almanac, Line
from tests.support.state_address import state_address

COURSES: Final = ("course_1", "course_2", "course_3")
LATE: Final = ("course_4", "course_5")
"""Courses that come up in the middle of a world."""
STUDENTS: Final = 20
CALENDAR: Final = "open@calendars"
LIMITS: Final = Limits(removed=Limit(2), moved=Limit(2), fill_messages=150, messages_each=3)
MOST_REFUSALS: Final = 6
"""Cycles in a row that guards may refuse, each naming something new to approve."""
TOTALS: Counter[str] = Counter()
"""Worlds, cycles, writes, faults and kills of all machines of this process."""
SHARED_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a thousand worlds would wear a disk out


class NoLog:
    """A log that nobody reads."""

    def info(self, *_: object, **__: object) -> None:
        """Say nothing."""

    warning = error = exception = info

    def bind(self, **_: object) -> NoLog:
        return self


@dataclass(slots=True)
class Memory:
    """What the test knows of the world's history and the laws may excuse.

    ``removed``: (context, key) whose last event a person took away; ``mourned``: those of them where that is
    respected. ``undetectable``: keys whose record came back with an old state although we had deleted the
    event ourselves since. ``held``: where each event stood when all was in step; ``moved_on``: those whose id
    may be another one now.
    """

    removed: set[tuple[str, str]] = field(default_factory=set)
    undetectable: set[tuple[str, str]] = field(default_factory=set)
    mourned: set[tuple[str, str]] = field(default_factory=set)
    held: dict[tuple[str, str], str] = field(default_factory=dict)
    moved_on: set[tuple[str, str]] = field(default_factory=set)
    foreign: dict[tuple[str, str], tuple[object, ...]] = field(default_factory=dict)
    """Events of other owners, as people left them."""
    pending: dict[str, int] = field(default_factory=dict)
    """What the last cycle planned."""


class World(RuleBasedStateMachine):
    """One university."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(
            tempfile.mkdtemp(prefix="syncd-law-", dir=SHARED_MEMORY if SHARED_MEMORY.is_dir() else None)
        )
        self.now = 1_000_000.0
        self.midnight = self.now - DAY_S + 3600.0
        self.today = FIRST_DAY
        self.almanac = Almanac()
        self.shown: dict[str, dict[str, Line]] = {}
        """Digest of each calendar that a cycle met to its entries."""
        self.storm = Storm(waits=self._time_passes)
        self.canvas = Service(
            Behaviour.CANVAS, OWNER, [Course(context=name, target="autumn") for name in COURSES]
        )
        self.google = Service(Behaviour.GOOGLE, OWNER, [Course(context=CALENDAR, target="open")])
        self.state = State.open(state_address(self.folder / "state"), now=self.now)
        self.witnesses = {
            service.kind: Witness(
                service,
                self.storm,
                known=self.recorded,
                today=lambda: self.today,
                mourned=lambda: self.memory.mourned,
                refilled=self.refilled,
                went_out=self._went_out,
                clock=lambda: self.now,
            )
            for service in (self.canvas, self.google)
        }
        self.consent = Consent(messages=LIMITS.fill_messages, removals=LIMITS.removed.value)
        self.rules_differed = False
        """Canvas had other zone rules since all was last held against the laws."""
        self.hit: set[str] = set()
        """Contexts of which a call was struck in the last cycle."""
        self._filling: frozenset[str] = frozenset()
        """Courses that were never in step when the cycle began."""
        self.memory = Memory()
        self.backup: Path | None = None
        self.waiting = ""
        self.copies = 0
        TOTALS["worlds"] += 1

    # --- the registrar -----------------------------------------------------------------------------

    @initialize(
        lines=st.dictionaries(NAMES, LINES, min_size=2, max_size=5),
        places=st.lists(st.sampled_from(["autumn", "spring", "", "autumn+spring"]), min_size=3, max_size=3),
        revives=st.booleans(),
        filled=st.booleans(),
    )
    def begin(self, lines: dict[str, Line], places: list[str], revives: bool, filled: bool) -> None:
        self.almanac.lines.update(lines)
        self.google.memory.revival = revives
        for name, target in zip(COURSES, ["autumn", *places[1:]], strict=True):
            self.canvas.courses[name].target = target
        if filled:
            self.settle()

    @rule(name=NAMES, line=LINES)
    def put_entry(self, name: str, line: Line) -> None:
        """Add an entry, or change its dates, words and term at once."""
        self.almanac.lines[name] = line

    @precondition(lambda self: self.almanac.lines)
    @rule(pick=PICK)
    def remove_entry(self, pick: int) -> None:
        del self.almanac.lines[_choose(sorted(self.almanac.lines), pick)]

    @precondition(lambda self: self.almanac.lines)
    @rule(pick=PICK, by=st.integers(-9, 9))
    def move_entry(self, pick: int, by: int) -> None:
        name = _choose(sorted(self.almanac.lines), pick)
        line = self.almanac.lines[name]
        self.almanac.lines[name] = replace(line, first=line.first + by)

    @rule(names=st.sets(NAMES, min_size=3))
    def remove_many(self, names: set[str]) -> None:
        for name in names:
            self.almanac.lines.pop(name, None)

    @rule(what=st.sampled_from(MAKES), google=st.booleans())
    def service_makes(self, what: str, google: bool) -> None:
        """From now on a service stores something else than it is sent, or all as sent again."""
        (self.google if google else self.canvas).makes = what

    @rule(others=st.booleans())
    def zone_rules(self, others: bool) -> None:
        """Canvas gets zone rules that are an hour off, or ours again."""
        self.canvas.other_rules = others
        self.rules_differed |= others

    @rule(days=st.integers(1, 5))
    def days_pass(self, days: int) -> None:
        """A first midnight may come an hour after the beginning; no two are less than a day apart."""
        for _ in range(days):
            self.now = self.midnight = max(self.now, self.midnight + DAY_S)
        self.today += timedelta(days=days)

    @precondition(lambda self: self.waiting)
    @rule()
    def approve(self) -> None:
        self.state.ledger.approve(self.waiting, who="registrar", now=self.now)
        self.consent.is_given()

    # --- people --------------------------------------------------------------------------------------

    @rule(
        context=st.sampled_from([*COURSES, CALENDAR]),
        like=st.booleans(),
        day=st.integers(0, 30),
        pick=PICK,
    )
    def person_types(self, context: str, like: bool, day: int, pick: int) -> None:
        names = sorted(self.almanac.lines)
        title = f"Papur {_choose(names, pick)} 0" if like and names else "Field trip"
        days = _days(self.today + timedelta(days=day))
        self._note_new(self._service(context).type_event(context, title, days))

    @rule(context=st.sampled_from([*COURSES, CALENDAR]), year=st.sampled_from([None, 1, 9999]))
    def person_types_an_odd_date(self, context: str, year: int | None) -> None:
        """An event whose days cannot be had, or lie where no calendar goes on."""
        ends = date(year, 1, 1) if year is not None else None
        self._note_new(self._service(context).type_odd_event(context, ends))

    @precondition(lambda self: self.rows())
    @rule(pick=PICK, what=st.sampled_from(["title", "days", "dates", "words", "tail"]))
    def person_edits(self, pick: int, what: str) -> None:
        row = _choose(self.rows(), pick)
        self._after_hands(self._service(row.context).edit(row, what))

    @precondition(lambda self: self.rows())
    @rule(pick=PICK)
    def person_deletes(self, pick: int) -> None:
        self._person_deletes(_choose(self.rows(), pick))

    @precondition(lambda self: self.rows("canvas"))
    @rule(pick=PICK, alone=st.booleans())
    def person_strips(self, pick: int, alone: bool) -> None:
        """Lose the marker; not alone: title and days too, so that nothing says it was ours."""
        chosen = _choose(self.rows("canvas"), pick)
        said = chosen.marker.key if chosen.marker is not None else ""
        row = self.canvas.strip(chosen)
        if not alone and row.event.days is not None:
            row = self.canvas.edit(self.canvas.edit(row, "title"), "days")
        self._after_hands(row, said=said)

    @precondition(lambda self: self.rows("canvas"))
    @rule(pick=PICK, goal=st.sampled_from(COURSES))
    def person_moves(self, pick: int, goal: str) -> None:
        row = _choose(self.rows("canvas"), pick)
        if row.context != goal:
            self._after_hands(self.canvas.move(row, goal), row.context)
            self._brought(row, goal)
        if row.marker is not None and row.marker.context == goal:
            # Come home, it may be the elder of two: without a record the lower id stays.
            self.memory.moved_on.add((goal, row.marker.key))

    @precondition(lambda self: self.rows())
    @rule(pick=PICK, shift=st.sampled_from([0, 1, 7]))
    def person_duplicates(self, pick: int, shift: int) -> None:
        row = _choose(self.rows(), pick)
        self._note_new(self._service(row.context).duplicate(row, row.context, shift))

    @rule(source=st.sampled_from(COURSES), goal=st.sampled_from(COURSES), shift=st.sampled_from([0, 0, 7]))
    def course_import(self, source: str, goal: str, shift: int) -> None:
        for row in self.canvas.alive(source):
            if source != goal:
                self._note_new(self.canvas.duplicate(row, goal, shift))
                self._brought(row, goal)

    @precondition(lambda self: self.rows())
    @rule(context=st.sampled_from([*COURSES, CALENDAR]))
    def person_empties(self, context: str) -> None:
        for row in self._service(context).alive(context):
            self._person_deletes(row)

    def _person_deletes(self, row: Row) -> None:
        self._after_hands(self._service(row.context).delete(row))

    @rule(pick=PICK)
    def neighbour_writes(self, pick: int) -> None:
        """Another owner's tool puts an event with its own marker beside ours."""
        rows = [row for row in self.rows("canvas") if row.marker is not None]
        if not rows:
            return
        copy = self.canvas.duplicate(_choose(rows, pick), _choose(list(COURSES), pick))
        self._note_new(self.canvas.give_to(copy, "neighbour"))

    @precondition(lambda self: self.rows("canvas"))
    @rule(pick=PICK, count=st.integers(1, 4))
    def person_forges(self, pick: int, count: int) -> None:
        """Write our mark into events of one's own, of entries that no calendar wants, by the public rule."""
        rows = [row for row in self.rows("canvas") if row.genuine and row.marker is not None]
        if not rows:
            return
        row = _choose(rows, pick)
        for _ in range(count):
            self.copies += 1
            self.canvas.forge(row, f"2031-2032:{FORGED}{self.copies}:main")
            self.consent.is_forged(f"{FORGED}{self.copies}")

    # --- courses ----------------------------------------------------------------------------------------

    @rule(name=st.sampled_from(COURSES), to=st.sampled_from(["autumn", "spring", "", "autumn+spring"]))
    def course_passes(self, name: str, to: str) -> None:
        self.canvas.courses[name].target = to
        self._mourn_no_more(name)

    @rule(name=st.sampled_from(LATE), to=st.sampled_from(["autumn", "autumn", "spring"]))
    def course_joins(self, name: str, to: str) -> None:
        if name not in self.canvas.courses:
            self.canvas.join(Course(context=name, target=to))

    @rule(
        name=st.sampled_from([*COURSES, CALENDAR]),
        state=st.sampled_from(["open", "open", "forbidden", "gone"]),
    )
    def course_changes(self, name: str, state: str) -> None:
        self._service(name).courses[name].state = state

    @rule()
    def user_moves_zone(self) -> None:
        self.canvas.zone = "Asia/Tokyo" if self.canvas.zone == "Europe/London" else "Europe/London"

    # --- the daemon and its disk -----------------------------------------------------------------------

    @rule(strikes=STRIKES, hold=st.booleans())
    def cycle_in_a_storm(self, strikes: list[Strike], hold: bool) -> None:
        self._cycle(strikes, hold=hold)

    @rule(kill=KILLS, hold=st.booleans())
    def cycle_is_killed(self, kill: Strike, hold: bool) -> None:
        self._cycle([kill], hold=hold)

    @rule(strikes=STRIKES)
    def start_in_a_storm(self, strikes: list[Strike]) -> None:
        """The process is started anew: nothing that only memory held is left."""
        self._end_process()
        self._start_process()
        self._cycle(strikes)

    @rule()
    def quiet_cycle(self) -> None:
        self._cycle([])

    @rule()
    def state_is_lost(self) -> None:
        self._forgotten()
        self._end_process()
        self._wipe()
        self._start_process()

    @rule(cut=st.booleans())
    def state_is_damaged(self, cut: bool) -> None:
        self._forgotten()
        self._end_process()
        path = self.folder / "state" / FILE_NAME
        content = path.read_bytes()
        path.write_bytes(content[: len(content) // 2] if cut else b"\0" * len(content))
        self._start_process()

    @rule(sql=st.sampled_from(ODD_ROWS))
    def state_holds_an_odd_value(self, sql: str) -> None:
        self._forgotten()
        self._end_process()
        with closing(sqlite3.connect(self.folder / "state" / FILE_NAME)) as connection:
            connection.execute(sql)
            connection.commit()
        self._start_process()

    @rule()
    def state_is_saved(self) -> None:
        self.backup = self._copy("backup")
        self.consent.is_saved()

    @precondition(lambda self: self.backup is not None)
    @rule()
    def state_is_restored(self) -> None:
        assert self.backup is not None
        self._forgotten()
        self._end_process()
        self._wipe()
        shutil.copytree(self.backup, self.folder / "state", dirs_exist_ok=True)
        self.consent.is_restored()
        self._start_process()
        self._note_undetectable()

    # --- the laws -----------------------------------------------------------------------------------------

    @rule()
    def settle(self) -> None:
        """Faults stop, refusals are approved; within two cycles the world is as the laws say."""
        for course in (*self.canvas.courses.values(), *self.google.courses.values()):
            if course.state == "forbidden":
                course.state = "open"
        self.canvas.other_rules = False
        self._forget_rules()
        differed = self.rules_differed
        admitted = refused = told = 0
        while admitted < (4 if self._makes_another() else 2):
            report = self._cycle([])
            assert report is not None
            if report.refused:
                self.state.ledger.approve(report.digest, who="registrar", now=self.now)
                self.consent.is_given()
                refused += 1
                assert refused <= MOST_REFUSALS, [hit.sentence for hit in report.refused]
            elif differed:
                # Whoever mended the rules says so; otherwise a day passes until it is tried.
                differed = any(_is_about_rules(one) for one in report.failures)
                retry(self.state.events, "", now=self.now)
                told += 1
                assert told <= MOST_REFUSALS, report.failures
            else:
                admitted += 1
        self._hold_against_the_laws()

    @invariant()
    def nothing_was_ever_breached(self) -> None:
        for witness in self.witnesses.values():
            assert not witness.breaches, witness.breaches
        assert not self.consent.breaches, self.consent.breaches
        there = {row.name: row.content for row in self.rows()}
        for name, content in self.memory.foreign.items():
            assert there.get(name) == content, f"law 2: {name} was {content} and is {there.get(name)}"

    def teardown(self) -> None:
        try:
            self.settle()
            self.nothing_was_ever_breached()
        finally:
            TOTALS.update(self.storm.struck)
            for witness in self.witnesses.values():
                TOTALS["writes"] += witness.writes.total()
            self.state.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    def _hold_against_the_laws(self) -> None:
        self.nothing_was_ever_breached()
        held: dict[tuple[str, str], str] = {}
        for context, target in self._served():
            held |= self._law_1(context, target)
        self._law_4()
        for place, remote_id in held.items():
            before = self.memory.held.get(place)
            if before is not None and place not in self.memory.moved_on:
                assert before == remote_id, f"law 5: {place} was {before} and is {remote_id}"
        self.memory.held, self.memory.moved_on = held, set()
        self.memory.removed -= set(held)

    def _law_1(self, context: str, target: Target) -> dict[tuple[str, str], str]:
        """Exactly the desired events that are not past, each once."""
        service, desired = self._service(context), self._desired(target)
        ours: dict[str, list[Row]] = {}
        for row in service.ours(context):
            assert row.marker is not None
            ours.setdefault(row.marker.key, []).append(row)
        held = {}
        for key, wish in desired.items():
            rows = [row for row in ours.get(key, []) if _is(row, wish) or self._is_told(row, wish)]
            if wish.days.last < self.today:
                continue
            if not rows:
                self._must_be_respected(context, key, target)
                assert not ours.get(key), f"law 1: {key} in {context} is not as desired"
                continue
            held[context, key] = self._keeper(context, key, rows).event.id
            plain = [row for row in rows if not row.story.edited or row.event.id == held[context, key]]
            assert len(plain) == 1, f"law 1: {key} stands {len(plain)} times in {context}"
        for row in service.alive(context):
            if row.marker is None or row.marker.owner != OWNER or row.event.id in held.values():
                continue
            last = row.event.days.last if row.event.days is not None else row.event.ends
            past = last is not None and last < self.today
            theirs = service.kind == "google" and not row.genuine
            unknown = row.story.altered and row.event.id not in self.recorded(context)
            kept = unknown or bool(row.story.edited & {"title", "words", "tail"})
            assert past or theirs or kept, f"law 1: {row} is still in {context}"
        return held

    def _is_told(self, row: Row, wish: DesiredEvent) -> bool:
        """Whether the product tells that the service stores this wish otherwise, as far as that is so: of the event on record."""
        known = self.state.events.unstored(row.context).get(wish.key)
        if row.event.id not in self.recorded(row.context):
            return False
        return known is not None and known.wish == str(wish.fingerprint) and known.times >= MOST_SENT

    def _makes_another(self) -> bool:
        """Whether something is stored otherwise than it is sent, or was and is not tried again yet."""
        kept = self.state.events.unstored_everywhere()
        return bool(self.canvas.makes or self.google.makes or kept)

    def _keeper(self, context: str, key: str, rows: list[Row]) -> Row:
        """Of several that are as desired the one on record; others may hold a person's words below the line."""
        record = self.state.events.records(context).get(key)
        return next((row for row in rows if record is not None and row.event.id == record.remote_id), rows[0])

    def _must_be_respected(self, context: str, key: str, target: Target) -> None:
        place = (context, key)
        assert target.respect_deletions, f"law 1: {key} is missing in {context}"
        assert key in self.state.events.respected(context), (
            f"law 1: {key} is missing in {context} without a word"
        )
        excused = place in self.memory.removed or place in self.memory.undetectable
        assert excused, f"law 1: {key} is missing in {context}, and no person deleted it"

    def _law_4(self) -> None:
        tried = [one.tried_at for ones in self.state.events.unstored_everywhere().values() for one in ones]
        if tried and min(tried) < self.now - 22 * 3600.0:
            # The one try a day is due, or nearly so: it is no unrest.
            self.now += DAY_S
            self._cycle([])
        before = self._writes()
        report = self._cycle([])
        assert report is not None
        assert not report.refused, report.refused
        assert not self.memory.pending, f"law 4: {self.memory.pending}"
        assert self._writes() == before, "law 4: something was written"

    def _law_9(self, report: CycleReport, struck: set[str]) -> None:
        """What one context answers fails that context alone."""
        if not struck or struck - OF_ONE or "" in self.hit:
            return
        failed = {one.where for one in report.failures if not (self.rules_differed and _is_about_rules(one))}
        served = {context for context, _ in self._served()}
        assert not (failed & served) - self.hit, f"law 9: {failed} failed, struck were {self.hit}"

    # --- helpers of all that ---------------------------------------------------------------------------------

    def _cycle(self, strikes: list[Strike], *, hold: bool = False) -> CycleReport | None:
        """One cycle; None where the process was killed in it, and started again."""
        TOTALS["cycles"] += 1
        self.now += 3600.0
        self._let_go_of_what_is_not_wanted()
        before = look_at(self.state, self.canvas.courses)
        self._filling = before.filling
        targets = {course.target for course in self.canvas.courses.values()} - {""}
        self.consent.begins(targets, before.on_record)
        self.storm.begin(strikes)
        for witness in self.witnesses.values():
            witness.begin_cycle()
        cycle = Cycle(
            runtime=self._runtime(),
            scope=Scope(why="law", hold_removals=hold),
            candidate=self.almanac.candidate(),
        )
        try:
            report = cycle.run()
        except Killed:
            self._after_kill()
            return None
        except Exception as error:
            raise AssertionError(f"law 9: one context's answer ended the cycle: {error!r}") from error
        finally:
            self.hit = set(self.storm.hit)
            self.storm.begin([])
            for witness in self.witnesses.values():
                witness.end_cycle()
        self._law_9(report, {strike.what for strike in strikes})
        self.consent.is_shown(report.hits, self.almanac.candidate().calendar.digest)
        self.consent.is_held(report.refused)
        TOTALS["contexts as recorded"] += report.as_recorded
        TOTALS["contexts planned"] += len(report.observed) - report.as_recorded
        self._note_what_is_served(before.in_force)
        self.waiting = report.digest if report.refused else ""
        self.memory.pending = {action: count for action, count in report.pending().items() if count}
        report.close()
        return report

    def _note_what_is_served(self, before: str) -> None:
        now = self.state.ledger.fact(IN_FORCE_FACT)
        if now != before and before in self.shown:
            gone = self.shown[before].keys() - self.shown.get(now, self.almanac.lines).keys()
            self.consent.comes_into_force(now, len(gone))

    def _went_out(self, context: Context, change: Change) -> None:
        if context.id in self._filling and not isinstance(change, Delete) and change.notifies:
            self.consent.goes_out(context.id, STUDENTS, now=self.now)

    def _runtime(self) -> Runtime:
        return Runtime(
            connectors=dict(self.witnesses),
            targets=self._targets(),
            state=self.state,
            clock=lambda: self.now,
            today=lambda: self.today,
            stop=threading.Event(),
            log=NoLog(),
            limits=LIMITS,
            workers=1,
        )

    def _targets(self) -> Targets:
        return TARGETS

    def _time_passes(self, seconds: float) -> None:
        self.now += seconds

    def _forget_rules(self, context: str = "") -> None:
        for witness in self.witnesses.values():
            witness.forget_rules(context)

    def _after_kill(self) -> None:
        """What is on disk at this moment is what the next process finds."""
        TOTALS["kills"] += 1
        self._forget_rules()
        self.consent.is_cut_short(STUDENTS)
        left = self._copy("killed")
        self._end_process()
        self._wipe()
        shutil.copytree(left, self.folder / "state", dirs_exist_ok=True)
        shutil.rmtree(left)
        self._start_process()

    def _copy(self, name: str) -> Path:
        self.copies += 1
        goal = self.folder / f"{name}-{self.copies}"
        goal.mkdir()
        for path in (self.folder / "state").iterdir():
            if path.name in {FILE_NAME, f"{FILE_NAME}-wal"}:
                shutil.copy(path, goal / path.name)
        return goal

    def _wipe(self) -> None:
        shutil.rmtree(self.folder / "state")

    def _end_process(self) -> None:
        self.state.close()

    def _start_process(self) -> None:
        self.state = State.open(state_address(self.folder / "state"), now=self.now)
        self.storm.dead = False
        self.storm.reach(self.state)

    def _forgotten(self) -> None:
        """Whatever lost its marker is foreign from now on, and stays as it is; its key may be filled anew."""
        self.waiting = ""
        self._forget_rules()
        self.consent.is_forgotten()
        self._mourn_no_more()
        for row in self.rows():
            if row.marker is None and row.story.last is not None:
                self._move_on(row)

    def _note_undetectable(self) -> None:
        """Records of the old state whose events we deleted ourselves since: they look deleted by people."""
        for context in (*self.canvas.courses, CALENDAR):
            for key, record in self.state.events.records(context).items():
                story = self._service(context).stories.get(record.remote_id)
                if story is not None and story.gone == "us":
                    self.memory.undetectable.add((context, key))
                row = self._service(context).find(record.remote_id)
                if row is not None and row.marker is None:
                    # Stripped, forgotten, and now known again: the elder comes back into its right.
                    self.memory.moved_on.add((context, key))
            self.memory.undetectable |= {(context, key) for key in self.state.events.respected(context)}

    def _after_hands(self, row: Row, context: str = "", said: str = "") -> None:
        """A person was at this event: what the laws may excuse because of it. ``said``: key of a marker now gone."""
        if row.name in self.memory.foreign:
            self.memory.foreign[row.name] = row.content
            if row.story.gone:
                del self.memory.foreign[row.name]
        here = context or row.context
        self._forget_rules(here)
        unknown = row.marker is None and row.event.id not in self.recorded(here)
        if row.story.gone or context or row.taken or unknown or self._is_off_record(row, here):
            self._move_on(row, here, said)
            self._mourn(row, here)

    def _is_off_record(self, row: Row, context: str) -> bool:
        """Nothing is left of what is on record but the id: so for a duplicate too, that we never wrote ourselves."""
        if row.marker is not None:
            return False
        records = self.state.events.records(context).values()
        return any(
            record.remote_id == row.event.id
            and record.title != row.event.title
            and record.days != row.event.days
            for record in records
        )

    def _move_on(self, row: Row, context: str = "", said: str = "") -> None:
        here = context or row.context
        keys = [
            key
            for (place, key), remote_id in self.memory.held.items()
            if remote_id == row.event.id and place == here
        ]
        if row.marker is not None:
            keys.append(row.marker.key)
        if said:
            keys.append(said)
        records = self.state.events.records(here).items()
        keys += [key for key, record in records if record.remote_id == row.event.id]
        for key in keys:
            self.memory.moved_on.add((here, key))
            if not self._service(here).ours(here, key):
                self.memory.removed.add((here, key))

    def _mourn(self, row: Row, context: str) -> None:
        """Respected from now on: a recorded event went, and the course was not emptied by it."""
        if not self._service(context).ours(context):
            self._mourn_no_more(context)
            return
        records = self.state.events.records(context).items()
        gone = {key for key, record in records if record.remote_id == row.event.id}
        respecting = {place: target.respect_deletions for place, target in self._served()}
        if respecting.get(context) and row.event.id not in self.state.events.deletes_under_way(context):
            self.memory.mourned |= {(context, key) for key in gone}

    def _mourn_no_more(self, context: str = "") -> None:
        self.memory.mourned = {place for place in self.memory.mourned if context not in {"", place[0]}}

    def _brought(self, row: Row, goal: str) -> None:
        """Who brings an event of ours ends the deletion of its entry there, whatever becomes of it."""
        if row.marker is not None:
            self.memory.mourned.discard((goal, row.marker.key))

    def _note_new(self, row: Row) -> None:
        if row.marker is None or row.marker.owner != OWNER:
            self.memory.foreign[row.name] = row.content

    def _let_go_of_what_is_not_wanted(self) -> None:
        """A key that is not desired while a cycle runs may come back under another id."""
        wanted = {(context, key) for context, target in self._served() for key in self._desired(target)}
        self.memory.moved_on |= self.memory.held.keys() - wanted
        # A deletion that no cycle saw while the entry was wanted and to come was never there to be respected.
        to_come = self._to_come(self.almanac) & self._to_come(self.in_force())
        self.memory.mourned = {
            (context, key)
            for context, key in self.memory.mourned
            if (context, key) in to_come or key in self.state.events.respected(context)
        }

    def _to_come(self, almanac: Almanac) -> set[tuple[str, str]]:
        """Where which key is wanted on a day that is not over."""
        return {
            (context, key)
            for context, target in self._served()
            for key, wish in almanac.desired(target.name, self.today).items()
            if wish.days.last >= self.today
        }

    def in_force(self) -> Almanac:
        """The entries that the next cycle serves for certain: those now, or while they wait those before them."""
        self.shown[self.almanac.candidate().calendar.digest] = dict(self.almanac.lines)
        digest = self.state.ledger.fact(IN_FORCE_FACT) or ""
        return Almanac(self.shown.get(digest, dict(self.almanac.lines)))

    def _served(self) -> Iterable[tuple[str, Target]]:
        """Contexts that exactly one target names and that can be read."""
        targets = {target.name: target for target in self._targets().targets}
        for service in (self.canvas, self.google):
            for course in service.courses.values():
                if course.state == "open" and course.target in targets:
                    yield course.context, targets[course.target]

    def _desired(self, target: Target) -> Mapping[str, DesiredEvent]:
        return self.almanac.desired(target.name, self.today)

    def _service(self, context: str) -> Service:
        return self.google if context == CALENDAR else self.canvas

    def rows(self, kind: str = "") -> list[Row]:
        services = [one for one in (self.canvas, self.google) if kind in {"", one.kind}]
        return [row for service in services for row in service.all_alive()]

    def refilled(self, context: str) -> None:
        """A person approved that all of it comes back: no deletion there is an excuse any more."""
        self.memory.removed = {place for place in self.memory.removed if place[0] != context}

    def recorded(self, context: str) -> set[str]:
        """Ids on record there, as the state says right now."""
        try:
            return {record.remote_id for record in self.state.events.records(context).values()}
        except StateError:
            return set()

    def _writes(self) -> int:
        return sum(witness.writes.total() for witness in self.witnesses.values())


def _is(row: Row, wish: DesiredEvent) -> bool:
    said = row.marker.fingerprint if row.marker is not None else ""
    return (row.event.title, row.event.days, row.words, said) == (
        wish.title,
        wish.days,
        wish.body_hash,
        str(wish.fingerprint),
    )


def _is_about_rules(failure: Failure) -> bool:
    return "zone rules" in failure.sentence


def _choose(some: list[Any], pick: int) -> Any:
    return some[pick % len(some)]


def _days(first: date) -> Days:
    return Days(first, first + timedelta(days=1))
