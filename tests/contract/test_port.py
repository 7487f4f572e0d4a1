"""The promises of `connectors.port.Connector`, held by every kind of target against a simulated service."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from connectors.errors import (
    AuthenticationError,
    ConflictError,
    ConnectorError,
    TransientError,
    UnclearOutcomeError,
)
from connectors.port import KnowsUnchanged, LastLook, Observation, Unchanged
from mapping.identity import visible_words
from mapping.model import Days, Fate
from mapping.planning.compare import as_record, differences
from tests.contract.world import A_SPAN, ONE_DAY, TIMED, TIMED_SPAN, Desk, Moment, World, creation


@pytest.mark.parametrize("days", [ONE_DAY, A_SPAN, TIMED, TIMED_SPAN])
def test_a_created_event_is_observed_as_it_was_wished(desk: Desk, days: Days) -> None:
    desired = desk.wish(days=days)
    created = desk.create(desired)
    (seen,) = desk.read()
    for event in (created, seen):
        assert differences(event, desired) == ()
        assert (event.context, event.remote_id) == (desk.here.id, created.remote_id)
        assert (event.genuine, event.writable, event.tail) == (True, True, "")
        assert event.last_day == days.last
        assert event.marker is not None
        assert event.marker.key == desired.key


@pytest.mark.parametrize("days", [ONE_DAY, A_SPAN, TIMED, TIMED_SPAN])
@pytest.mark.parametrize("before", [ONE_DAY, A_SPAN, TIMED, TIMED_SPAN])
def test_whole_days_and_times_turn_into_each_other(desk: Desk, before: Days, days: Days) -> None:
    event = desk.create(desk.wish(days=before))
    desired = desk.wish(days=days)
    if before != days:
        assert desk.update(desired, event).deviation == ""
    (seen,) = desk.read()
    assert differences(seen, desired) == ()


def test_the_service_holds_one_event_in_that_context_alone(desk: Desk) -> None:
    desk.create(desk.wish("Day off"))
    assert desk.world.events(desk.here) == ["Day off"]
    assert desk.world.events(desk.there) == []


def test_other_peoples_events_are_seen_and_carry_no_marker(desk: Desk) -> None:
    remote_id = desk.world.type_event(desk.here, "Office hours", date(2025, 10, 27))
    (seen,) = desk.read()
    assert (seen.remote_id, seen.title, seen.marker, seen.genuine) == (remote_id, "Office hours", None, False)
    assert seen.last_day == date(2025, 10, 27)
    assert seen.days is None or seen.days.clock


def test_writing_leaves_other_peoples_events_alone(desk: Desk) -> None:
    desk.world.type_event(desk.here, "Office hours", date(2025, 10, 27))
    event = desk.create(desk.wish())
    desk.update(desk.wish("Moved", A_SPAN), event)
    desk.remove(desk.ours()[0])
    assert desk.world.events(desk.here) == ["Office hours"]


def test_every_context_is_yielded_exactly_once_and_one_bad_one_spoils_none(desk: Desk) -> None:
    desk.create(desk.wish())
    asked = [desk.here, desk.world.unreadable, desk.there]
    seen = list(desk.connector.observe(asked))
    assert sorted(context.id for context, _ in seen) == sorted(context.id for context in asked)
    outcomes = {context.id: outcome for context, outcome in seen}
    error = outcomes[desk.world.unreadable.id]
    assert isinstance(error, ConnectorError)
    assert error.context == desk.world.unreadable.id
    here = outcomes[desk.here.id]
    assert isinstance(here, Observation)
    assert len(here.events) == 1


def test_reading_writes_nothing(desk: Desk) -> None:
    desk.create(desk.wish())
    before = desk.world.writes()
    list(desk.connector.observe([desk.here, desk.there]))
    desk.connector.account()
    desk.connector.fate(desk.here, desk.read()[0].remote_id)
    assert desk.world.writes() == before


def test_an_update_keeps_the_id_and_brings_every_field_in_step(desk: Desk) -> None:
    event = desk.create(desk.wish())
    desired = desk.wish("Another day off", A_SPAN, words="By another law.")
    written = desk.update(desired, event)
    assert written.event is not None
    assert written.deviation == ""
    (seen,) = desk.read()
    assert seen.remote_id == event.remote_id
    assert differences(seen, desired) == differences(written.event, desired) == ()


def test_an_event_edited_by_a_person_shows_what_was_edited(desk: Desk) -> None:
    desired = desk.wish()
    event = desk.create(desired)
    desk.world.retitle(desk.here, event.remote_id, "My title")
    (seen,) = desk.read()
    assert [change.name for change in differences(seen, desired)] == ["title"]
    assert seen.genuine


def test_words_below_the_line_are_no_drift_and_survive_updates(desk: Desk) -> None:
    event = desk.create(desk.wish())
    desk.world.write_below(desk.here, event.remote_id, "Room 5 for us")
    for title in ("One", "Two", "Three"):
        (seen,) = desk.read()
        assert "Room 5 for us" in seen.tail
        assert "text" not in {change.name for change in differences(seen, desk.wish())}
        written = desk.update(desk.wish(title), seen)
        assert written.deviation == ""
        assert written.event is not None
        assert visible_words(written.event.tail).count("Room 5 for us") == 1


def test_a_second_observation_of_the_same_world_is_equal(desk: Desk) -> None:
    desk.create(desk.wish())
    desk.world.type_event(desk.here, "Office hours", date(2025, 10, 27))
    assert sorted(desk.read(), key=lambda event: event.remote_id) == sorted(
        desk.read(), key=lambda event: event.remote_id
    )


def test_known_events_are_observed_as_they_were(desk: Desk) -> None:
    desk.create(desk.wish())
    (seen,) = desk.read()
    (again,) = desk.read(records=[as_record(seen, desk.wish().key, None)])
    assert replace(again, body_known=True) == replace(seen, body_known=True)


def outcome(desk: Desk, look: LastLook) -> Observation | Unchanged | ConnectorError:
    """What a read of the first calendar comes to after a last look at it."""
    if not isinstance(desk.connector, KnowsUnchanged):
        ((_, seen),) = desk.connector.observe([desk.here])
        return seen
    ((_, told),) = desk.connector.observe_changes([desk.here], {}, {desk.here.id: look})
    return told


def test_nothing_but_what_its_last_look_showed_is_ever_told_as_unchanged(desk: Desk) -> None:
    event = desk.create(desk.wish())
    desk.world.type_event(desk.here, "Office hours", date(2025, 10, 27))
    seen = {one.remote_id: one.version for one in desk.read()}
    ours = {event.remote_id: seen.pop(event.remote_id)}
    knows = isinstance(desk.connector, KnowsUnchanged)
    assert isinstance(outcome(desk, LastLook(ours, seen, suffices=True)), Unchanged) is knows
    for look in (
        LastLook(ours, seen),
        LastLook(ours, {}, suffices=True),
        LastLook({}, seen, suffices=True),
        LastLook({**ours, "99": "v"}, seen, suffices=True),
        LastLook(dict.fromkeys(ours, "an older one"), seen, suffices=True),
        LastLook(dict.fromkeys(ours, ""), seen, suffices=True),
        LastLook({}, suffices=True),
    ):
        assert isinstance(outcome(desk, look), Observation)
    desk.world.retitle(desk.here, event.remote_id, "My title")
    assert isinstance(outcome(desk, LastLook(ours, seen, suffices=True)), Observation)


def test_known_events_that_changed_are_observed_as_they_are(desk: Desk) -> None:
    event = desk.create(desk.wish())
    (seen,) = desk.read()
    desk.world.write_below(desk.here, event.remote_id, "Room 5")
    (again,) = desk.read(records=[as_record(seen, desk.wish().key, None)])
    assert "Room 5" in again.tail
    assert again.body_known


# --- what is gone -----------------------------------------------------------------------------


def test_a_delete_takes_the_event_away_and_a_second_one_succeeds(desk: Desk) -> None:
    event = desk.create(desk.wish())
    for _ in range(2):
        assert desk.remove(event).event is None
        assert desk.world.events(desk.here) == []


def test_a_delete_of_what_a_person_deleted_succeeds(desk: Desk) -> None:
    event = desk.create(desk.wish())
    desk.world.delete(desk.here, event.remote_id)
    assert desk.remove(event).event is None


def test_an_update_of_what_a_person_deleted_is_a_conflict(desk: Desk) -> None:
    event = desk.create(desk.wish())
    desk.world.delete(desk.here, event.remote_id)
    with pytest.raises(ConflictError):
        desk.update(desk.wish("New"), event)
    assert desk.world.events(desk.here) == []


def test_the_fate_of_recorded_events_is_told(desk: Desk) -> None:
    event = desk.create(desk.wish())
    assert desk.connector.fate(desk.here, event.remote_id) is Fate.PRESENT
    desk.world.delete(desk.here, event.remote_id)
    assert desk.connector.fate(desk.here, event.remote_id) is Fate.DELETED


def test_an_event_in_another_calendar_was_moved(desk: Desk) -> None:
    if not desk.world.moves:
        pytest.skip("people cannot move events here under the same id")
    event = desk.create(desk.wish())
    desk.world.move(desk.here, event.remote_id, desk.there)
    assert desk.connector.fate(desk.here, event.remote_id) is Fate.MOVED
    assert desk.read() == ()


# --- faults -----------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_create_whose_answer_is_lost_never_makes_two_events(
    desk: Desk, world: World, moment: Moment
) -> None:
    world.break_writes(moment)
    change = creation(desk.wish(), desk.here)
    if world.lost_creates_are_unclear:
        with pytest.raises(UnclearOutcomeError):
            desk.connector.apply(desk.here, change)
        if not desk.ours():
            desk.create(desk.wish())
    else:
        desk.connector.apply(desk.here, change)
    assert world.events(desk.here) == ["Day off"]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_updates_and_deletes_whose_answer_is_lost_are_done_once_told_so(
    desk: Desk, world: World, moment: Moment
) -> None:
    event = desk.create(desk.wish())
    world.break_writes(moment)
    written = desk.update(desk.wish("New"), event)
    assert written.event is not None
    assert world.events(desk.here) == ["New"]
    world.break_writes(moment)
    desk.remove(written.event)
    assert world.events(desk.here) == []


def test_a_read_that_fails_is_an_error_and_never_an_empty_calendar(desk: Desk, world: World) -> None:
    desk.create(desk.wish())
    world.break_reads()
    for _, outcome in desk.connector.observe([desk.here, desk.there]):
        assert isinstance(outcome, TransientError)


def test_a_fate_that_cannot_be_told_is_an_error(desk: Desk, world: World) -> None:
    event = desk.create(desk.wish())
    world.break_reads()
    with pytest.raises(ConnectorError):
        desk.connector.fate(desk.here, event.remote_id)


def test_a_refused_credential_is_told_as_such_everywhere(desk: Desk, world: World) -> None:
    event = desk.create(desk.wish())
    world.refuse_the_credential()
    for _, outcome in desk.connector.observe([desk.here, desk.there]):
        assert isinstance(outcome, AuthenticationError)
    with pytest.raises(AuthenticationError):
        desk.connector.account()
    with pytest.raises(AuthenticationError):
        desk.create(desk.wish("Other", key="2025-2026:off-2:main"))
    with pytest.raises(AuthenticationError):
        desk.remove(event)
    assert world.events(desk.here) == ["Day off"]


def test_a_closed_connector_gives_errors_and_hangs_nowhere(desk: Desk) -> None:
    desk.connector.close()
    for _, outcome in desk.connector.observe([desk.here]):
        assert isinstance(outcome, ConnectorError)
