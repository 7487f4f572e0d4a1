"""The laws over calendars of other shapes than the invented one: made universities, faults, people's hands, then rest."""

from __future__ import annotations

import os
import threading
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from connectors.errors import UnavailableError
from connectors.memory import Behaviour, Lost, MemoryConnector, MemoryEvent, MemoryService, Step
from mapping.model import Context, Days, DesiredEvent, Drift, Target
from mapping.planning.guards import Limits
from syncd.reconcile.cycle import Cycle, Scope
from syncd.reconcile.desired import DesiredSets
from syncd.reconcile.editions import Candidate
from syncd.reconcile.runtime import Runtime
from syncd.state.store import State
from tests.laws.machine import NoLog
from tests.support import made_sites
from tests.support.state_address import state_address

SEARCH = os.environ.get("HYPOTHESIS_PROFILE") == "laws"
COURSES_EACH = 2
FAULTS_IN_A_HUNDRED = 15


class University:
    """One made university over two services in memory; chance decides what fails and what people do."""

    def __init__(self, name: str, folder: Path, seed: int) -> None:
        self.rng = Random(seed)  # noqa: S311 - chance, no secret
        calendar = made_sites.calendar_of(name)
        self.candidate = Candidate(calendar=calendar, files=made_sites.files_of(name))
        self.targets = made_sites.targets_of(name, calendar)
        self.today = made_sites.today_of(calendar)
        self.services = {kind.value: MemoryService(kind) for kind in (Behaviour.CANVAS, Behaviour.GOOGLE)}
        self.places: dict[str, Target] = {}
        for target in self.targets.targets:
            count = COURSES_EACH if target.kind == "canvas" else 1
            for number in range(count):
                context = Context(id=f"{target.name}_{number}", kind=target.kind, target=target.name)
                self.places[self.services[target.kind].add(context).id] = target
        self.state = State.open(state_address(folder), now=0.0)
        self.desired_sets = DesiredSets(calendar, self.today)
        self.foreign: dict[tuple[str, str], MemoryEvent] = {}
        self.deleted: set[tuple[str, str]] = set()
        self.now = 1_000_000.0

    def cycle(self, *, storm: bool = False) -> None:
        """One pass over everything, an hour after the one before."""
        self.now += 3600.0
        for service in self.services.values():
            service.fault = self._fault if storm else lambda _: None
        Cycle(
            runtime=Runtime(
                connectors={
                    kind: MemoryConnector(service, owner=self.targets.owner)
                    for kind, service in self.services.items()
                },
                targets=self.targets,
                state=self.state,
                clock=lambda: self.now,
                today=lambda: self.today,
                stop=threading.Event(),
                log=NoLog(),
                limits=Limits(fill_messages=1_000_000),
                workers=1,
                publish="auto",
                stragglers=None,
            ),
            scope=Scope(why="test"),
            candidate=self.candidate,
        ).run()

    def _fault(self, step: Step) -> BaseException | None:
        if self.rng.randrange(100) >= FAULTS_IN_A_HUNDRED:
            return None
        if step.moment == "after" or self.rng.random() < 0.5:
            return Lost()
        return UnavailableError("no answer", operation=step.operation, context=step.context)

    def people(self) -> None:
        """Somebody types an event of his own, and edits, moves, copies or deletes some of ours."""
        for context, target in self.places.items():
            service = self.services[target.kind]
            typed = service.type_event(context, "Seminar", Days(self.today, self.today + timedelta(days=1)))
            self.foreign[context, typed.id] = typed
            ours = self.ours(context)
            # One stays: a calendar that somebody emptied waits for a person.
            for key in self.rng.sample(sorted(ours), k=max(0, min(3, len(ours) - 1))):
                event = ours[key]
                act = self.rng.randrange(3)
                if act == 0:
                    service.edit(context, event.id, title="Something else")
                elif act == 1 and service.behaviour is Behaviour.CANVAS:
                    # At Google a copy has an id that is not of our making, and is the person's own.
                    service.duplicate(context, event.id)
                else:
                    service.delete(context, event.id)
                    self.deleted.add((context, key))

    def ours(self, context: str) -> dict[str, MemoryEvent]:
        """Key to living event; fails where a key has two."""
        service = self.services[self.places[context].kind]
        marked = [event for event in service.events(context) if event.marker is not None]
        found = {event.marker.key: event for event in marked if event.marker is not None}
        assert len(found) == len(marked), f"{context}: twice"
        return found

    def writes(self) -> int:
        return sum(len(service.touches) for service in self.services.values())

    def desired(self, context: str) -> dict[str, DesiredEvent]:
        """What stands there by right: all that the calendar wants, but for deletions that are respected."""
        target = self.places[context]
        return {
            key: event
            for key, event in self.desired_sets.desired(target).items()
            if not (target.respect_deletions and (context, key) in self.deleted)
        }


@pytest.mark.parametrize("seed", range(40 if SEARCH else 2))
@pytest.mark.parametrize("name", made_sites.NAMES)
def test_after_a_storm_a_made_university_is_as_desired_and_nothing_foreign_was_touched(
    name: str, seed: int, tmp_path: Path
) -> None:
    world = University(name, tmp_path, seed)
    assert all(target.drift is Drift.REPAIR for target in world.targets.targets)
    for storm in (True, True, False, False):
        world.cycle(storm=storm)
    ids = {context: {key: event.id for key, event in world.ours(context).items()} for context in world.places}
    world.people()
    for storm in (True, True, False, False):
        world.cycle(storm=storm)
    for context in world.places:
        held, wanted = world.ours(context), world.desired(context)
        assert {key: (event.title, event.days) for key, event in held.items()} == {
            key: (event.title, event.days) for key, event in wanted.items()
        }
        kept = {key: one for key, one in ids[context].items() if (context, key) not in world.deleted}
        assert {key: held[key].id for key in kept} == kept
    for (context, remote_id), typed in world.foreign.items():
        assert world.services[world.places[context].kind].get(context, remote_id) == typed
    before = world.writes()
    world.cycle()
    assert world.writes() == before
