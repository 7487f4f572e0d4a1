"""One write between its intent and its confirmation: what state, history, counts and log hold of it afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connectors.errors import (
    ConnectorError,
    RejectedError,
    StoppedError,
    UnavailableError,
    UnclearOutcomeError,
    ZoneRulesError,
)
from connectors.port import Written
from mapping.model import (
    Change,
    Context,
    Create,
    DayOffset,
    Delete,
    DesiredEvent,
    Field,
    FieldChange,
    Record,
    Update,
    Why,
)
from mapping.planning.guards import Limits
from syncd.reconcile.passes import Applied, Outcome, Pass
from syncd.reconcile.runtime import Runtime
from syncd.reconcile.write import JournalledWriter
from syncd.state.ledger import JournalLine
from syncd.state.store import State
from tests.support.almanac import FIRST_DAY, TARGETS
from tests.support.events import COURSE, course, days_from_today, desired, observed, record
from tests.support.state_address import state_address

NOW = 1_000_000.0
LINE = course(students=20)
EXAM, RETAKE = desired("exam"), desired("retake")
MOVED = desired("exam", days=days_from_today(20))
REFUSED = RejectedError("too long", operation="create", context=COURSE)
NO_ANSWER = UnavailableError("502", operation="create", context=COURSE)
LOST = UnclearOutcomeError("no answer", operation="create", context=COURSE)
STOPPED = StoppedError("stopping", operation="create", context=COURSE)


class Desk:
    """A writer over a real state, and a service that answers as told: as it was asked unless told otherwise."""

    kind = "canvas"

    def __init__(
        self, folder: Path, fills: dict[str, int] | None = None, *, fill_messages: int = 100
    ) -> None:
        self.state = State.open(state_address(folder), now=NOW)
        self.answers: list[Written | ConnectorError] = []
        self.logged: list[tuple[str, dict[str, Any]]] = []
        self.outcome = Outcome()
        runtime = Runtime(
            connectors={"canvas": self},  # type: ignore[dict-item]
            targets=TARGETS,
            state=self.state,
            clock=lambda: NOW,
            today=lambda: FIRST_DAY,
            stop=None,  # type: ignore[arg-type]
            log=self,
            limits=Limits(fill_messages=fill_messages),
        )
        one_pass = Pass(
            run="run-1",
            runtime=runtime,
            targets={},
            desired={},
            notes={},
            epochs=self.state.events.take([LINE]),
        )
        self.writer = JournalledWriter(one_pass, self.outcome, fills or {})

    def info(self, event: str, **values: Any) -> None:
        self.logged.append((event, values))

    def apply(self, context: Context, change: Change) -> Written:
        if self.answers:
            answer = self.answers.pop(0)
            if isinstance(answer, ConnectorError):
                raise answer
            return answer
        return Written(event=None if isinstance(change, Delete) else observed(change.desired))

    def write(self, *changes: Change, context: Context = LINE) -> None:
        """One after the other, each told what follows; the first that fails ends it."""
        for change, following in zip(changes, [*changes[1:], None], strict=True):
            self.writer.write(context, change, following)

    def fail(self, change: Change, error: ConnectorError) -> None:
        self.answers.append(error)
        with pytest.raises(type(error)):
            self.writer.write(LINE, change)

    @property
    def done(self) -> Applied:
        return self.outcome.result()

    @property
    def records(self) -> dict[str, Record]:
        return dict(self.state.events.records(COURSE))

    @property
    def begun(self) -> dict[str, list[str]]:
        return self.state.events.open_intents()

    @property
    def history(self) -> list[JournalLine]:
        return list(self.state.ledger.history(texts=True))

    @property
    def unapproved(self) -> float:
        """Messages that nobody approved, of the last day."""
        return round(100 * self.state.ledger.unapproved_share(now=NOW), 6)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.state.close()


@pytest.fixture
def filling(tmp_path: Path) -> Iterator[Desk]:
    """Where a context is filled with fifty messages approved."""
    desk = Desk(tmp_path, {COURSE: 50})
    yield desk
    desk.state.close()


def create(wish: DesiredEvent, **given: Any) -> Create:
    values: dict[str, Any] = {"why": Why.FILL, "notifies": True}
    return Create(context=COURSE, desired=wish, **(values | given))


def update(wish: DesiredEvent, **given: Any) -> Update:
    field = FieldChange(name=Field.DAYS, old="then", new="now")
    values: dict[str, Any] = {"why": Why.EDIT, "observed": observed(EXAM), "fields": (field,)}
    return Update(context=COURSE, desired=wish, **(values | given))


def delete(wish: DesiredEvent, why: Why = Why.ORPHAN) -> Delete:
    return Delete(context=COURSE, why=why, key=wish.key, observed=observed(wish))


# --- done -----------------------------------------------------------------------------------


def test_a_change_is_in_the_history_with_everything_it_said(desk: Desk) -> None:
    desk.write(update(MOVED))
    (line,) = desk.history
    assert line == JournalLine(
        run="run-1",
        at=NOW,
        target=LINE.target,
        context=COURSE,
        key=EXAM.key,
        action="update",
        why="edit",
        remote_id="100",
        outcome="done",
        fields={"days": ("then", "now")},
        title=MOVED.title,
        days=MOVED.days,
        text=MOVED.body,
    )


def test_a_delete_is_in_the_history_with_the_event_that_is_gone_and_no_text(desk: Desk) -> None:
    desk.write(create(EXAM), delete(EXAM))
    line = desk.history[-1]
    assert (line.action, line.remote_id, line.title, line.days, line.text) == (
        "delete", "100", EXAM.title, EXAM.days, "",
    )  # fmt: skip


def test_what_was_written_is_on_record_as_wished_and_not_as_it_came_back(desk: Desk) -> None:
    desk.answers.append(Written(event=observed(EXAM, title="Exa", days=None, stamp="t1", tail="mine")))
    desk.write(create(EXAM))
    assert desk.records == {
        EXAM.key: replace(
            record(EXAM, title=EXAM.title, days=EXAM.days, has_tail=True, version="", stamp="t1"),
            wish=str(EXAM.fingerprint),
        )
    }


def test_a_change_of_owner_puts_no_wish_on_record(desk: Desk) -> None:
    desk.answers.append(Written(event=observed(EXAM, title="Exa"), deviation="title differs"))
    desk.write(update(EXAM, why=Why.OWNER))
    assert desk.records[EXAM.key].wish == ""
    assert desk.state.events.unstored(COURSE) == {}


def test_a_deleted_event_is_on_record_no_more(desk: Desk) -> None:
    desk.write(create(EXAM), create(RETAKE), delete(EXAM))
    assert desk.records.keys() == {RETAKE.key}


def test_a_copy_that_is_deleted_leaves_the_original_on_record(desk: Desk) -> None:
    desk.write(create(EXAM), delete(EXAM, Why.COPY))
    assert desk.records.keys() == {EXAM.key}


def test_what_was_not_stored_as_sent_is_told_and_remembered(desk: Desk) -> None:
    desk.answers.append(Written(event=observed(EXAM, title="Exa"), deviation="title is cut"))
    desk.write(create(EXAM))
    assert desk.done.deviations == (f"{COURSE} {EXAM.key}: title is cut",)
    kept = desk.state.events.unstored(COURSE)[EXAM.key]
    assert (kept.words, kept.times, kept.tried_at) == ("title is cut", 1, NOW)


def test_how_often_a_wish_came_back_different_is_counted_over_its_writes(desk: Desk) -> None:
    for times in (1, 2):
        desk.answers.append(Written(event=observed(EXAM, title="Exa"), deviation="title is cut"))
        desk.write(update(EXAM))
        assert desk.state.events.unstored(COURSE)[EXAM.key].times == times


def test_each_change_is_one_line_of_the_log(desk: Desk) -> None:
    desk.answers += [Written(event=observed(EXAM), deviation="title is cut"), Written(event=observed(MOVED))]
    desk.write(create(EXAM), update(MOVED))
    about = {"context": COURSE, "target": LINE.target, "key": EXAM.key}
    assert desk.logged == [
        ("change", {**about, "action": "create", "why": "fill", "deviation": "title is cut"}),
        ("change", {**about, "action": "update", "why": "edit", "deviation": None}),
    ]


def test_changes_are_counted_by_what_was_done_and_messages_by_whom_they_reach(desk: Desk) -> None:
    desk.write(create(EXAM), create(RETAKE, notifies=False), delete(RETAKE))
    assert desk.done.by_kind == {("create", "canvas"): 2, ("delete", "canvas"): 1}
    assert desk.done.messages == 20


def test_a_day_that_the_service_moves_by_itself_is_a_message_and_where_none_was_seen_before_it_is_not(
    desk: Desk,
) -> None:
    title = FieldChange(name=Field.TITLE, old="then", new="now")
    for before, sent in [(observed(EXAM), 20), (observed(EXAM, days=None), 0), (observed(MOVED), 0)]:
        already = desk.done.messages
        desk.answers.append(Written(event=observed(MOVED)))
        desk.write(update(EXAM, observed=before, fields=(title,)))
        assert desk.done.messages - already == sent


def test_nobody_is_told_of_a_moved_day_in_a_course_that_is_not_published(desk: Desk) -> None:
    desk.answers.append(Written(event=observed(MOVED)))
    desk.write(update(EXAM, fields=()), context=replace(LINE, published=False))
    assert desk.done.messages == 0


def test_a_write_under_other_zone_rules_is_done_counted_and_then_told(desk: Desk) -> None:
    offset = DayOffset(day=EXAM.days.start, ours=18000, theirs=21600)
    desk.answers.append(Written(event=observed(EXAM, offset=offset)))
    with pytest.raises(ZoneRulesError):
        desk.write(create(EXAM))
    assert desk.records.keys() == {EXAM.key}
    assert (desk.begun, desk.done.messages) == ({}, 20)


# --- what follows ---------------------------------------------------------------------------


def test_the_next_writes_intent_stands_once_this_one_is_confirmed(desk: Desk) -> None:
    desk.writer.write(LINE, create(EXAM), create(RETAKE))
    assert desk.begun == {COURSE: [RETAKE.key]}
    assert desk.records.keys() == {EXAM.key}


def test_an_intent_that_was_stored_ahead_is_the_one_that_is_confirmed(desk: Desk) -> None:
    desk.write(create(EXAM), create(RETAKE))
    assert desk.begun == {}


def test_what_was_to_follow_and_is_left_counts_as_never_begun(filling: Desk) -> None:
    filling.write(create(EXAM), create(RETAKE))
    filling.writer.write(LINE, create(desired("third")), create(desired("fourth")))
    assert filling.unapproved == 10 + 20
    filling.writer.leave(LINE)
    assert (filling.begun, filling.unapproved) == ({}, 10)


def test_leaving_gives_an_approval_back_what_it_covered_and_what_is_on_record_stays(filling: Desk) -> None:
    filling.writer.write(LINE, create(EXAM), update(MOVED, notifies=True))
    filling.writer.leave(LINE)
    assert filling.records.keys() == {EXAM.key}
    filling.write(create(RETAKE), update(MOVED, notifies=True))
    assert filling.unapproved == 10


def test_leaving_what_took_up_nothing_takes_nothing_away(filling: Desk) -> None:
    """Its intent may have the number of an earlier one that took up some."""
    filling.write(*(create(desired(f"entry-{number}")) for number in range(3)))
    filling.writer.write(LINE, create(EXAM, notifies=False), create(RETAKE, notifies=False))
    filling.writer.leave(LINE)
    assert filling.unapproved == 10


def test_leaving_where_nothing_was_to_follow_changes_nothing(desk: Desk) -> None:
    desk.write(create(EXAM))
    desk.writer.leave(LINE)
    assert desk.begun == {}
    assert desk.records.keys() == {EXAM.key}


def test_another_change_than_the_one_that_was_to_follow_begins_anew(desk: Desk) -> None:
    desk.writer.write(LINE, create(EXAM), create(RETAKE))
    desk.writer.write(LINE, update(MOVED))
    assert desk.begun == {COURSE: [RETAKE.key]}


# --- not done -------------------------------------------------------------------------------


def test_a_lost_answer_leaves_the_intent_open_and_counts_its_messages(desk: Desk) -> None:
    desk.fail(create(EXAM), LOST)
    assert desk.begun == {COURSE: [EXAM.key]}
    assert [(line.outcome, line.remote_id) for line in desk.history] == [("unclear", "")]
    assert desk.done.messages == 20


@pytest.mark.parametrize(("error", "messages"), [(REFUSED, 0), (STOPPED, 0), (NO_ANSWER, 20)])
def test_a_create_that_failed_is_begun_no_more_and_counts_where_it_may_have_told_people(
    desk: Desk, error: ConnectorError, messages: int
) -> None:
    desk.fail(create(EXAM), error)
    assert (desk.begun, desk.records, desk.done.messages) == ({}, {}, messages)


def test_an_update_that_failed_leaves_the_event_on_record_as_it_was(desk: Desk) -> None:
    desk.write(create(EXAM))
    before = desk.records
    desk.fail(update(MOVED), REFUSED)
    assert desk.records == before


def test_a_delete_that_failed_stays_begun_until_the_next_look(desk: Desk) -> None:
    desk.write(create(EXAM))
    desk.fail(delete(EXAM), REFUSED)
    assert desk.begun == {COURSE: [EXAM.key]}
    assert desk.state.events.deletes_under_way(COURSE) == {"100"}


# --- messages of fills ----------------------------------------------------------------------


def test_messages_of_a_fill_beyond_its_approval_count_as_unapproved(filling: Desk) -> None:
    for number, unapproved in enumerate([0, 0, 10, 30]):
        filling.write(create(desired(f"entry-{number}")))
        assert filling.unapproved == unapproved


def test_what_tells_nobody_takes_nothing_of_an_approval(filling: Desk) -> None:
    filling.write(*(create(desired(f"entry-{number}"), notifies=False) for number in range(3)))
    filling.write(create(EXAM), create(RETAKE))
    assert filling.unapproved == 0


def test_messages_where_nothing_is_filled_are_no_matter_of_the_guard_on_fills(desk: Desk) -> None:
    desk.write(create(EXAM))
    assert desk.unapproved == 0


@pytest.mark.parametrize(("error", "left"), [(REFUSED, 10), (STOPPED, 10), (NO_ANSWER, 30)])
def test_an_approval_gets_back_what_a_write_that_told_nobody_took(
    filling: Desk, error: ConnectorError, left: int
) -> None:
    filling.fail(create(EXAM), error)
    filling.write(*(create(desired(f"entry-{number}")) for number in range(3)))
    assert filling.unapproved == left


@pytest.mark.parametrize(("error", "unapproved"), [(REFUSED, 10), (NO_ANSWER, 30)])
def test_what_a_refused_write_would_have_sent_counts_no_more_and_what_may_have_gone_out_does(
    filling: Desk, error: ConnectorError, unapproved: int
) -> None:
    filling.write(*(create(desired(f"entry-{number}")) for number in range(3)))
    filling.fail(create(EXAM), error)
    assert filling.unapproved == unapproved


def test_a_refused_write_that_took_up_nothing_takes_nothing_away(filling: Desk) -> None:
    """Its intent may have the number of an earlier one that took up some."""
    filling.write(*(create(desired(f"entry-{number}")) for number in range(3)))
    filling.fail(create(EXAM, notifies=False), REFUSED)
    assert filling.unapproved == 10


def test_where_the_guard_allows_no_message_each_is_one_too_many(tmp_path: Path) -> None:
    desk = Desk(tmp_path, {COURSE: 0}, fill_messages=0)
    desk.write(create(EXAM))
    assert desk.state.ledger.unapproved_share(now=NOW) == 20
    desk.state.close()


def test_a_course_of_nobody_takes_up_nothing_although_an_approval_covers_it(filling: Desk) -> None:
    filling.write(create(EXAM), context=replace(LINE, students=0))
    filling.write(*(create(desired(f"entry-{number}")) for number in range(2)))
    assert filling.unapproved == 0
