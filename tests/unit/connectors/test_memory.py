"""Services in memory: the behaviour of Canvas and of Google, people's hands, and faults where they are asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from connectors.errors import ConflictError, NotFoundError, UnavailableError, UnclearOutcomeError
from connectors.memory import Behaviour, Hidden, Lost, MemoryConnector, MemoryService, Step
from connectors.port import Observation
from mapping.errors import OwnershipConflictError
from mapping.identity import body_hash, fingerprint, google_event_id
from mapping.model import (
    Context,
    Create,
    Days,
    Delete,
    DesiredEvent,
    Fate,
    ObservedEvent,
    Part,
    Record,
    Target,
    Update,
    Why,
)
from mapping.planning.compare import as_record, differences

DAY = Days.inclusive(date(2025, 10, 27), date(2025, 10, 27))
KEY = "2025-2026:off:main"


class Killed(BaseException):
    """Stands for the end of the process."""


class Desk:
    """A service, its connector, and two calendars in it."""

    def __init__(self, behaviour: Behaviour, **service: Any) -> None:
        self.service = MemoryService(behaviour, **service)
        self.connector = MemoryConnector(self.service, owner="mnu", timezone="Asia/Almaty")
        self.here = self.service.add(Context(id="course_1", kind=behaviour.value, target="law"))
        self.there = self.service.add(Context(id="course_2", kind=behaviour.value, target="other"))

    def create(self, event: DesiredEvent | None = None) -> ObservedEvent:
        event = event or wish()
        change = Create(context="course_1", why=Why.FILL, desired=event)
        written = self.connector.apply(self.here, change).event
        assert written is not None
        return written

    def update(self, seen: ObservedEvent, event: DesiredEvent) -> ObservedEvent:
        change = Update(
            context="course_1", why=Why.EDIT, desired=event, observed=seen, fields=differences(seen, event)
        )
        written = self.connector.apply(self.here, change).event
        assert written is not None
        return written

    def delete(self, seen: ObservedEvent) -> None:
        self.connector.apply(
            self.here,
            Delete(context="course_1", why=Why.ORPHAN, key=KEY, observed=seen),
        )

    def read(self, context: Context | None = None, *records: Record) -> Observation:
        context = context or self.here
        known = {context.id: {record.remote_id: record for record in records}}
        ((_, result),) = self.connector.observe([context], known)
        assert isinstance(result, Observation), result
        return result


def wish(title: str = "Day off", days: Days = DAY) -> DesiredEvent:
    body = "Section I"
    told = body_hash(body)
    return DesiredEvent(
        key=KEY,
        entry="off",
        part=Part.MAIN,
        title=title,
        body=body,
        body_hash=told,
        days=days,
        colour="",
        fingerprint=fingerprint(title, told, days),
    )


def strike(
    moment: str, operation: str, what: BaseException, times: int = 1
) -> Callable[[Step], BaseException | None]:
    left = [times]

    def fault(step: Step) -> BaseException | None:
        if (step.moment, step.operation) != (moment, operation) or not left[0]:
            return None
        left[0] -= 1
        return what

    return fault


@pytest.fixture(params=list(Behaviour))
def desk(request: pytest.FixtureRequest) -> Desk:
    return Desk(request.param)


def test_a_target_finds_its_own_contexts(desk: Desk) -> None:
    targets = [
        Target(name=name, kind=desk.connector.kind, place="course", languages=("en",))
        for name in ("law", "none")
    ]
    assert [found.contexts for found in desk.connector.discover(targets)] == [(desk.here,), ()]
    assert [finding.severity for finding in desk.connector.check(targets[0])] == ["ok"]


def test_a_dropped_or_lost_calendar_is_not_found_and_never_empty(desk: Desk) -> None:
    desk.create()
    desk.service.lost.add("course_1")
    desk.service.drop("course_2")
    results = [result for _, result in desk.connector.observe([desk.here, desk.there])]
    assert all(isinstance(result, NotFoundError) for result in results)
    desk.service.lost.clear()
    assert len(desk.read().events) == 1


def test_every_write_is_remembered_as_a_touch_and_no_act_of_a_person(desk: Desk) -> None:
    seen = desk.create()
    desk.service.edit("course_1", seen.remote_id, title="Mine")
    desk.delete(desk.update(desk.read().events[0], wish("Later")))
    assert [(touch.before is None, touch.after is None) for touch in desk.service.touches] == [
        (True, False),
        (False, False),
        (False, True),
    ]


def test_events_that_shifted_out_of_a_read_are_there_when_asked_for(desk: Desk) -> None:
    seen = desk.create()
    desk.service.fault = strike("after", "observe", Hidden([seen.remote_id]))
    read = desk.read()
    assert read.events == ()
    assert desk.connector.fate(desk.here, seen.remote_id) is Fate.PRESENT
    assert len(desk.read().events) == 1


def test_a_read_whose_answer_is_lost_is_made_once_more_and_no_oftener(desk: Desk) -> None:
    desk.service.fault = strike("after", "observe", Lost(), times=1)
    assert desk.read().events == ()
    desk.service.fault = strike("after", "observe", Lost(), times=2)
    ((_, result),) = desk.connector.observe([desk.here])
    assert isinstance(result, UnavailableError)


def test_the_end_of_the_process_passes_through(desk: Desk) -> None:
    desk.service.fault = strike("after", "create", Killed())
    with pytest.raises(Killed):
        desk.create()
    assert len(desk.service.events("course_1")) == 1


def test_a_timed_event_ends_on_its_day(desk: Desk) -> None:
    desk.service.type_event("course_1", "Seminar", None, ends=date(2025, 10, 28))
    (seen,) = desk.read().events
    assert (seen.days, seen.last_day, seen.marker) == (None, date(2025, 10, 28), None)


def test_single_events_are_looked_at_again(desk: Desk) -> None:
    seen = desk.create()
    desk.service.type_event("course_1", "Seminar", None)
    assert list(desk.connector.reread([desk.here, desk.there], DAY)) == [seen]
    assert list(desk.connector.reread([desk.here], Days.inclusive(date(2026, 1, 1), date(2026, 1, 2)))) == []
    assert desk.connector.read_event(desk.here, seen.remote_id) == seen
    assert desk.connector.read_event(desk.there, seen.remote_id) is None


# --- as Canvas ------------------------------------------------------------------------------


def test_canvas_gives_ids_and_a_lost_create_is_unclear() -> None:
    desk = Desk(Behaviour.CANVAS, fault=strike("after", "create", Lost()))
    with pytest.raises(UnclearOutcomeError):
        desk.create()
    desk.create()
    assert [event.id for event in desk.service.events("course_1")] == ["1", "3"]


def test_a_course_copy_brings_events_whose_marker_names_the_other_course() -> None:
    desk = Desk(Behaviour.CANVAS)
    seen = desk.create()
    desk.service.copy_all("course_1", "course_2")
    (copy,) = desk.read(desk.there).events
    assert (copy.genuine, copy.marker) == (False, seen.marker)
    assert desk.connector.copies_are_ours


def test_canvas_keeps_the_tail_that_was_read_and_loses_the_marker_with_the_text() -> None:
    desk = Desk(Behaviour.CANVAS)
    seen = desk.create()
    desk.service.edit("course_1", seen.remote_id, tail="Room 5")
    desk.service.strip("course_1", seen.remote_id)
    (seen,) = desk.read().events
    written = desk.update(seen, wish("Later"))
    assert (written.tail, written.genuine) == ("Room 5", True)


def test_at_canvas_a_known_event_is_read_without_its_text() -> None:
    desk = Desk(Behaviour.CANVAS)
    seen = desk.create()
    record = as_record(seen, KEY, None)
    assert desk.read(None, record).events == (replace(seen, body_known=False),)
    desk.service.edit("course_1", seen.remote_id, tail="Room 5")
    assert desk.read(None, record).events[0].tail == "Room 5"


def test_at_canvas_an_event_in_another_course_was_moved() -> None:
    desk = Desk(Behaviour.CANVAS)
    seen = desk.create()
    desk.service.move("course_1", seen.remote_id, "course_2")
    assert desk.connector.fate(desk.here, seen.remote_id) is Fate.MOVED
    assert not desk.read(desk.there).events[0].genuine


# --- as Google ------------------------------------------------------------------------------


def id_of(generation: int = 0) -> str:
    return google_event_id("mnu", "course_1", KEY, generation)


def test_google_takes_our_id_and_a_lost_create_is_made_once_more() -> None:
    desk = Desk(Behaviour.GOOGLE, fault=strike("after", "create", Lost()))
    assert desk.create().remote_id == id_of()
    assert len(desk.service.events("course_1")) == 1
    assert len(desk.service.touches) == 1


def test_a_tombstone_is_revived_or_else_the_next_generation_is_taken() -> None:
    for revival, generation in ((True, 0), (False, 1)):
        desk = Desk(Behaviour.GOOGLE, revival=revival)
        desk.create()
        desk.service.delete("course_1", id_of())
        assert desk.create().remote_id == id_of(generation)
        assert desk.read().events[0].genuine


def test_a_purged_id_stays_burnt_and_a_restored_event_lives_beside_the_next_generation() -> None:
    desk = Desk(Behaviour.GOOGLE)
    desk.create()
    desk.service.delete("course_1", id_of())
    desk.service.purge("course_1")
    assert desk.create().remote_id == id_of(1)
    desk.service.restore("course_1", id_of())
    assert all(event.genuine for event in desk.read().events)
    assert len(desk.read().events) == 2


def test_ids_do_not_last_for_ever() -> None:
    desk = Desk(Behaviour.GOOGLE, revival=False)
    for _ in range(20):
        desk.service.delete("course_1", desk.create().remote_id)
    with pytest.raises(ConflictError, match="used up"):
        desk.create()


def test_a_foreign_event_under_our_id_is_left_alone() -> None:
    desk = Desk(Behaviour.GOOGLE)
    desk.create()
    desk.service.strip("course_1", id_of())
    with pytest.raises(OwnershipConflictError):
        desk.create()


def test_a_create_that_meets_an_older_event_of_ours_brings_it_up_to_date() -> None:
    desk = Desk(Behaviour.GOOGLE)
    desk.create()
    desk.create()
    assert len(desk.service.touches) == 1
    assert desk.create(wish("Later")).title == "Later"


def test_a_stripped_event_is_repaired_unless_it_became_another() -> None:
    desk = Desk(Behaviour.GOOGLE)
    desk.create()
    desk.service.strip("course_1", id_of())
    (seen,) = desk.read().events
    assert desk.update(seen, wish("Later")).genuine
    desk.service.strip("course_1", id_of())
    (seen,) = desk.read().events
    later = Days.inclusive(date(2025, 12, 1), date(2025, 12, 1))
    desk.service.edit("course_1", id_of(), title="Party", days=later)
    for act in (lambda: desk.update(seen, wish()), lambda: desk.delete(seen)):
        with pytest.raises(ConflictError):
            act()


def test_an_event_whose_id_is_not_ours_is_not_repaired() -> None:
    desk = Desk(Behaviour.GOOGLE)
    typed = desk.service.type_event("course_1", "Day off", DAY)
    (seen,) = desk.read().events
    with pytest.raises(ConflictError, match="not derived"):
        desk.update(seen, wish())
    assert desk.service.get("course_1", typed.id) == typed


def test_a_duplicate_is_a_persons_own() -> None:
    desk = Desk(Behaviour.GOOGLE)
    desk.create()
    desk.service.duplicate("course_1", id_of())
    assert sorted(event.genuine for event in desk.read().events) == [False, True]
    assert not desk.connector.copies_are_ours


def test_at_google_an_event_that_was_moved_away_looks_deleted() -> None:
    desk = Desk(Behaviour.GOOGLE)
    desk.create()
    desk.service.move("course_1", id_of(), "course_2")
    assert desk.connector.fate(desk.here, id_of()) is Fate.DELETED


def test_only_the_days_are_written_where_only_they_differ() -> None:
    desk = Desk(Behaviour.GOOGLE)
    seen = desk.create()
    moved = desk.service.edit(
        "course_1", id_of(), title="Mine", days=Days.inclusive(date(2025, 12, 1), date(2025, 12, 1))
    )
    desk.update(replace(seen, days=moved.days), wish())
    event = desk.service.get("course_1", id_of())
    assert event is not None
    assert (event.title, event.days, event.marker) == ("Mine", DAY, seen.marker)


@pytest.mark.parametrize("changed", [{"key": "2025-2026:other:main"}, {"owner": "neighbour"}])
def test_an_event_marked_for_another_key_or_owner_is_left_alone(changed: dict[str, Any]) -> None:
    desk = Desk(Behaviour.GOOGLE)
    seen = desk.create()
    assert seen.marker is not None
    desk.service.edit("course_1", id_of(), marker=replace(seen.marker, **changed))
    with pytest.raises(ConflictError, match="another's"):
        desk.delete(seen)
    assert len(desk.service.events("course_1")) == 1


def test_emptying_the_trash_leaves_what_lives() -> None:
    desk = Desk(Behaviour.GOOGLE)
    desk.create()
    desk.service.purge("course_1")
    kept = desk.service.get("course_1", id_of())
    assert kept is not None
    assert kept.readable
