"""A worker's turns: each under its instance's lease, in a child process that ends with the lease.

Places are few: a turn that takes long gives its place back where more than half of them are taken by such turns and
somebody waits. It goes on later from where it stopped.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from multiprocessing import forkserver
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from mapping.errors import SyncdError
from syncd.config.settings import Settings
from syncd.errors import LockedError, StateError
from syncd.fleet.child import AWAY, DONE, FAILED, STOPPED, YIELD, TurnJob, TurnResult, run
from syncd.fleet.instances import read_instance
from syncd.fleet.shares import RENEW_S, Shares
from syncd.state.address import DatabaseAddress
from syncd.state.postgresql.database import claim_lease
from syncd.state.postgresql.fleet_tables import FleetTables

LONG_S = 20.0
"""Seconds after which a turn counts as a long one."""
LOOK_S = 0.2
END_S = 4.0
"""Seconds that a child gets to end by itself; then it is killed and its lease left to run out."""
AGAIN_S = 30.0
"""Seconds after which a machine that could not begin a turn tries again."""
SOON_S = 2.0
"""The same where what kept it from the turn will pass by itself."""
YIELDED_S = 10.0
YIELDED = "yielded"
PRELOAD = (
    "syncd.fleet.child",
    "connectors.canvas.connector",
    "connectors.google_calendar.wire",
    "mapping.document.targets",
)
"""What a turn imports beside its own module, in time or late: read once, for all turns."""


@dataclass(slots=True)
class _Running:
    name: str
    began: float
    process: Any
    told_to_yield: bool = False


class _OtherSettingsError(Exception):
    """This machine's settings of an instance are not those that all serve it with; said where they are compared."""


@dataclass(slots=True, kw_only=True)
class Turns:
    """One worker's. ``serve`` is called from several threads, each with another instance."""

    address: DatabaseAddress
    folder: Path
    places: int
    log: Any
    log_format: str
    agrees: Callable[[str, FleetTables], bool] = lambda _name, _tables: True
    """Whether this machine's settings of an instance are those that all serve it with."""
    stop: threading.Event = field(default_factory=threading.Event)
    _running: dict[str, _Running] = field(default_factory=dict)
    _serving: set[str] = field(default_factory=set)
    """Instances whose turn has begun and is not wholly noted down, or whose lease is not given back."""
    _rests_until: dict[str, float] = field(default_factory=dict)
    """Instances that this machine cannot serve, to the monotonic second of the next try."""
    _agreed_at: dict[str, float] = field(default_factory=dict)
    """Monotonic second at which `may_serve` was told last."""
    _mutex: threading.Lock = field(default_factory=threading.Lock)
    _context: Any = field(init=False)

    def __post_init__(self) -> None:
        # Forked from a process without threads, with everything imported once.
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(list(PRELOAD))

    @staticmethod
    def warm_up() -> None:
        """Begin to import what a turn needs, so that the first one does not wait for it."""
        forkserver.ensure_running()

    def serve(self, name: str) -> None:
        """One turn of an instance, unless another holds it. Never raises what only time or a person can mend."""
        if self.stop.is_set() or not (self.folder / f"{name}.env").exists():
            return
        with self._mutex:
            if name in self._serving or time.monotonic() < self._rests_until.get(name, 0.0):
                return
            self._rests_until.pop(name, None)
            self._serving.add(name)
        try:
            self._serve_reporting(name)
        finally:
            with self._mutex:
                self._serving.discard(name)

    def _serve_reporting(self, name: str) -> None:
        began, rest_s = time.monotonic(), 0.0
        try:
            self._serve(name)
        except LockedError:
            rest_s = 0.0
        except _OtherSettingsError:
            rest_s = AGAIN_S
        except StateError as error:
            self.log.warning("database-away", instance=name, problem=error.reason)
            rest_s = SOON_S
        except SyncdError as error:
            self.log.error("turn-failed", instance=name, problem=str(error))  # noqa: TRY400 - for the operator
            # What keeps this machine from it need not keep another: nothing is said of the instance itself.
            rest_s = AGAIN_S
        except Exception as error:
            self.log.exception("unexpected", instance=name, worker="turn", kind=type(error).__name__)
            rest_s = AGAIN_S
        with self._mutex:
            # What the turn began with may have been put right meanwhile: that was told once, and is not told again.
            if rest_s and self._agreed_at.get(name, 0.0) < began:
                self._rest(name, rest_s)

    def _rest(self, name: str, seconds: float) -> None:
        self._rests_until[name] = time.monotonic() + seconds

    def may_serve(self, name: str) -> None:
        """What kept this machine from serving an instance is over."""
        with self._mutex:
            self._agreed_at[name] = time.monotonic()
            self._rests_until.pop(name, None)

    def running(self) -> list[str]:
        """Instances whose turn is under way here, until it is noted down and its lease given back."""
        with self._mutex:
            return sorted(self._serving)

    def end_all(self) -> None:
        """Tell every turn to stop; each gives its lease back once its child is gone."""
        self.stop.set()
        with self._mutex:
            for one in self._running.values():
                one.process.terminate()

    # --- one turn -----------------------------------------------------------------------------

    def _serve(self, name: str) -> None:
        address = replace(self.address, instance=name)
        settings = read_instance(name, self.folder / f"{name}.env", calendars=self.folder)
        with FleetTables(address) as tables:
            if not self.agrees(name, tables):
                raise _OtherSettingsError
            must_wait = self._must_wait(name, tables)
            lease = claim_lease(address)
            gone = True
            try:
                if must_wait:
                    tables.end(name, lease.epoch, wanted=None, due_in_s=YIELDED_S, result=YIELDED)
                    return
                wanted, _ = tables.begin(name)
                gone = False
                result, gone = self._in_child(name, address, settings, lease, tables)
                self._note(name, lease.epoch, tables, result, wanted)
            finally:
                if gone:
                    lease.give_back()
                else:
                    lease.abandon()

    def _in_child(
        self, name: str, address: DatabaseAddress, settings: Settings, lease: Any, tables: FleetTables
    ) -> tuple[TurnResult | None, bool]:
        """The child's answer, and whether it ended by itself: only then nothing of it can be under way."""
        deadline = self._context.Value("d", lease.deadline, lock=False)
        lease.follow(lambda moment: setattr(deadline, "value", moment))
        ours, theirs = self._context.Pipe(duplex=False)
        # Longer than between two tellings, however short a lease is: a use that lapses in between is no use.
        use_s = max(address.lease_ttl_s, 3 * RENEW_S)
        shares = Shares(
            name=name, settings=settings, tables=tables, context=self._context, log=self.log, use_s=use_s
        )
        job = TurnJob(
            address=address, settings=self.folder / f"{name}.env", calendars=self.folder, epoch=lease.epoch,
            holder=lease.holder, log_format=self.log_format, spent=tuple(shares.before),
        )  # fmt: skip
        process = self._context.Process(
            target=run, args=(job, deadline, shares.among, shares.told, theirs), name=f"turn {name}"
        )
        process.start()
        theirs.close()
        running = _Running(name, time.monotonic(), process)
        with self._mutex:
            self._running[name] = running
        lease.when_lost(process.kill)
        try:
            result = self._until_ended(running, ours, shares)
            # One that was told to end has had its seconds by now.
            process.join(0.0 if result is None and self.stop.is_set() else END_S)
            # One that fell without a word may have requests on their way: its lease must run out first.
            by_itself = result is not None and process.exitcode is not None and lease.is_held()
        finally:
            if process.exitcode is None:
                # Whatever came in between: no turn goes on that nobody watches.
                process.kill()
                process.join()
            with self._mutex:
                del self._running[name]
            ours.close()
            with suppress(StateError):
                shares.keep()
                shares.leave()
        return result, by_itself

    def _until_ended(self, running: _Running, ours: Any, shares: Shares) -> TurnResult | None:
        told_at = time.monotonic()
        stopped_at = 0.0
        while not wait([ours, running.process.sentinel], LOOK_S):
            now = time.monotonic()
            # Without the database the turn goes on for as long as its lease lasts, as a daemon does.
            with suppress(StateError):
                shares.renew()
            if self.stop.is_set():
                if not stopped_at:
                    # Also one that had begun when all were told, and was not yet among them.
                    running.process.terminate()
                    stopped_at = now
                if now - stopped_at > END_S:
                    return None
            elif now - told_at > 1.0 and not running.told_to_yield:
                told_at = now
                with suppress(StateError):
                    self._yield_where_others_wait(running, shares.tables)
        try:
            answer: TurnResult = ours.recv()
        except EOFError:
            return None
        return answer

    def _yield_where_others_wait(self, running: _Running, tables: FleetTables) -> None:
        if time.monotonic() - running.began < LONG_S or not self._too_many_long(running):
            return
        if len(self._running) >= self.places and tables.others_wait():
            running.told_to_yield = True
            os.kill(running.process.pid, YIELD)
            self.log.info("turn-yields", instance=running.name)

    def _too_many_long(self, this: _Running) -> bool:
        """Whether long turns take more than half of the places, this one the longest of them."""
        with self._mutex:
            now = time.monotonic()
            long = [
                one for one in self._running.values() if now - one.began >= LONG_S and not one.told_to_yield
            ]
        return len(long) > self.places // 2 and min(long, key=lambda one: one.began) is this

    def _must_wait(self, name: str, tables: FleetTables) -> bool:
        """Whether this one gave its place back before, and others would wait for it again."""
        row = next((one for one in tables.instances() if one.name == name), None)
        if row is None or row.result != YIELDED:
            return False
        with self._mutex:
            taken = len(self._running)
        return taken >= self.places // 2

    def _note(
        self, name: str, epoch: int, tables: FleetTables, result: TurnResult | None, wanted: int
    ) -> None:
        """When the next turn is due, and what this one came to."""
        if result is None:
            tables.end(name, epoch, wanted=None, due_in_s=0.0, result="killed")
            return
        if result.board:
            tables.show(name, epoch, result.board)
        if result.ended == DONE:
            tables.end(name, epoch, wanted=wanted, due_in_s=result.due_in_s, result=DONE)
        elif result.ended == STOPPED:
            stops = self.stop.is_set()
            later, how = (0.0, STOPPED) if stops else (YIELDED_S, YIELDED)
            tables.end(name, epoch, wanted=None, due_in_s=later, result=how)
        else:
            away = result.ended == AWAY
            if away:
                self._rest(name, SOON_S)
            tables.show(name, epoch, {"problem": result.problem, "problem_since": time.time()})
            done = None if away else wanted
            tables.end(name, epoch, wanted=done, due_in_s=result.due_in_s, result=FAILED)
