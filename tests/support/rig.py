"""A registrar's files, two services in memory and a real state: one cycle after another, in a few words."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from connectors.errors import UnavailableError
from connectors.memory import Behaviour, MemoryConnector, MemoryService, Step
from connectors.port import Account, Discovery
from mapping.model import Context, Target
from mapping.planning.guards import Limits
from syncd.reconcile.cycle import Cycle, Scope
from syncd.reconcile.report import CycleReport
from syncd.reconcile.runtime import Runtime
from syncd.reconcile.stragglers import Stragglers
from syncd.state.store import State
from tests.laws.machine import NoLog
from tests.support.almanac import FIRST_DAY, OWNER, TARGETS, Almanac, Line
from tests.support.state_address import state_address

ONE = "course_1"
TWO = "course_2"
OPEN = "open@calendars"
EXAM = Line(10, 1, 0, "all")
KEY = "2031-2032:entry-1:main"


class Talking(MemoryConnector):
    """A memory connector that can be told to name a zone, to fail its discovery, or to know less."""

    zone = ""
    unread: frozenset[str] = frozenset()
    """Targets whose courses cannot be found this time."""
    broken = False

    def account(self) -> Account:
        return replace(super().account(), timezone=self.zone)

    def discover(self, targets: Any) -> Any:
        if self.broken:
            raise UnavailableError("no answer", operation="discover")
        error = UnavailableError("no answer", operation="discover")
        for one in super().discover(targets):
            if one.target in self.unread:
                yield Discovery(target=one.target, contexts=(), errors=(error,), complete=False)
            else:
                yield one


@dataclass(slots=True)
class Rig:
    """``autumn`` respects deletions and has two courses; ``open`` is a calendar at Google's."""

    folder: Path
    lines: dict[str, Line] = field(default_factory=lambda: {"entry-1": EXAM})
    canvas: MemoryService = field(init=False)
    google: MemoryService = field(init=False)
    connectors: dict[str, Talking] = field(init=False)
    state: State = field(init=False)
    now: float = 1_000_000.0
    today: date = FIRST_DAY
    limits: Limits = field(default_factory=lambda: Limits(fill_messages=10_000))
    stop: threading.Event = field(default_factory=threading.Event)
    targets: tuple[Target, ...] = TARGETS.targets
    publish: str = "auto"
    stragglers: Stragglers | None = None
    log: Any = field(default_factory=NoLog)
    progress: Callable[[str, int, int], None] = lambda _stage, _done, _all: None

    def __post_init__(self) -> None:
        self.canvas, self.google = MemoryService(Behaviour.CANVAS), MemoryService(Behaviour.GOOGLE)
        for name in (ONE, TWO):
            self.canvas.add(course(name))
        self.google.add(Context(id=OPEN, kind="google", target="open"))
        self.connectors = {
            service.behaviour.value: Talking(service, owner=OWNER) for service in (self.canvas, self.google)
        }
        self.state = State.open(state_address(self.folder), now=self.now)

    def cycle(self, **scope: Any) -> CycleReport:
        """One pass over everything, an hour after the one before."""
        self.now += 3600.0
        return Cycle(
            runtime=Runtime(
                connectors=dict(self.connectors),
                targets=replace(TARGETS, targets=self.targets),
                state=self.state,
                clock=lambda: self.now,
                today=lambda: self.today,
                stop=self.stop,
                log=self.log,
                limits=self.limits,
                workers=1,
                publish=self.publish,
                stragglers=self.stragglers,
                progress=self.progress,
            ),
            scope=Scope(**({"why": "test"} | scope)),
            candidate=Almanac(dict(self.lines)).candidate(),
        ).run()

    def approve(self, report: CycleReport) -> None:
        self.state.ledger.approve(report.digest, who="registrar", now=self.now)

    def keys(self, context: str = ONE) -> dict[str, str]:
        """Key to id of the living events there that carry a marker."""
        service = self.google if context == OPEN else self.canvas
        return {event.marker.key: event.id for event in service.events(context) if event.marker is not None}

    def entries(self, context: str = ONE) -> set[str]:
        """Entries of the pool that have an event there."""
        return {key.split(":")[1] for key in self.keys(context)} & {
            f"entry-{number}" for number in range(1, 9)
        }

    def touched(self) -> int:
        """Writes so far."""
        return len(self.canvas.touches) + len(self.google.touches)

    def steps(self) -> list[Step]:
        """Records every step at Canvas from now on."""
        seen: list[Step] = []

        def note(step: Step) -> None:
            seen.append(step)

        self.canvas.fault = note
        return seen

    def strike(self, wanted: Mapping[str, Any], error: BaseException, *, times: int = 1) -> None:
        """Let Canvas answer steps with these fields with an error."""
        left = [times]

        def fault(step: Step) -> BaseException | None:
            if left[0] and all(getattr(step, name) == value for name, value in wanted.items()):
                left[0] -= 1
                return error
            return None

        self.canvas.fault = fault


def course(name: str, target: str = "autumn", **given: Any) -> Context:
    values: dict[str, Any] = {"kind": "canvas", "students": 20, "published": True}
    return Context(id=name, target=target, **(values | given))


def pool(*numbers: int, first: int = 10) -> dict[str, Line]:
    """One-day entries of every term."""
    return {f"entry-{number}": Line(first, 1, 0, "all") for number in numbers}
