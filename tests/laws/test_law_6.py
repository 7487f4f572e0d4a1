"""Law 6: once faults stop, writes without an edit end within three cycles, whatever a service makes of what it is sent.

And the messages that may have gone out never exceed those that were told. The one daily try is left out: no
world here lasts a day. Every seeded fault turns one of the two red.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.memory import Lost, MemoryEvent, Step
from mapping.model import Days, Unstored
from mapping.planning import unstored
from syncd.reconcile.passes import Outcome
from syncd.reconcile.retrying import retry
from tests.support.rig import ONE, OPEN, TWO, Rig, pool

STUDENTS = 20
WITHIN = 3
"""Cycles until nothing is written any more."""


@dataclass
class Makes:
    """What a service makes of what it is sent, in any mix: constant, or another thing each time."""

    what: frozenset[str]
    count: int = field(default=0)

    def __call__(self, event: MemoryEvent) -> MemoryEvent:
        self.count += 1
        if "cuts titles" in self.what:
            event = replace(event, title=event.title[:3])
        if "numbers titles" in self.what:
            event = replace(event, title=f"{event.title} {self.count}")
        if "drops marks" in self.what:
            event = replace(event, marker=None)
        if "adds to texts" in self.what:
            event = replace(event, body=f"<p>Added.</p>{event.body}")
        if "shifts days" in self.what and event.days is not None:
            day = timedelta(days=1)
            event = replace(event, days=Days(event.days.start + day, event.days.end + day))
        if "loses dates" in self.what:
            event = replace(event, days=None)
        return event


WHAT = ["cuts titles", "numbers titles", "drops marks", "adds to texts", "shifts days", "loses dates"]
ACTS = ["edit", "add", "person edits", "answer lost", "cycle", "ends", "begins anew"]


def messages_sent(rig: Rig, since: int) -> int:
    """The most that Canvas may have sent: a new event or another date, to each of a published course."""
    return STUDENTS * sum(
        touch.after is not None and (touch.before is None or touch.before.days != touch.after.days)
        for touch in rig.canvas.touches[since:]
    )


def act(rig: Rig, what: str, makes: Makes) -> None:
    """One thing that happens between two cycles."""
    if what == "edit":
        line = rig.lines["entry-1"]
        rig.lines["entry-1"] = replace(line, first=line.first + 1)
    elif what == "add":
        rig.lines |= pool(2, first=12)
    elif what == "person edits":
        for event in rig.canvas.events(ONE)[:1]:
            rig.canvas.edit(ONE, event.id, title="A person's title")
    elif what == "answer lost":
        rig.strike({"operation": "create", "context": TWO, "moment": "after"}, Lost())
    elif what == "ends":
        rig.canvas.makes = rig.google.makes = lambda event: event
    elif what == "begins anew":
        rig.canvas.makes = rig.google.makes = makes


def live(what: frozenset[str], acts: list[str]) -> None:
    """One world: acts and cycles, then rest, then a service that stores all as sent again."""
    with tempfile.TemporaryDirectory() as folder:
        rig = Rig(Path(folder))
        makes = Makes(what)
        rig.canvas.makes = rig.google.makes = makes
        for one in acts:
            act(rig, one, makes)
            _cycle(rig)
        rig.canvas.fault = _no_fault
        for _ in range(WITHIN):
            _cycle(rig)
        before = rig.touched()
        for _ in range(2):
            _cycle(rig)
        assert rig.touched() == before, f"law 6: {rig.touched() - before} writes without an edit"
        rig.canvas.makes = rig.google.makes = lambda event: event
        retry(rig.state.events, "", now=rig.now)
        for _ in range(WITHIN):
            _cycle(rig)
        for context in (ONE, TWO, OPEN):
            assert len(rig.keys(context)) == len(rig.state.events.records(context)), (
                "law 1: a mark is missing"
            )
            assert not rig.state.events.unstored(context), "law 6: still told as not stored"
        rig.state.close()


def _cycle(rig: Rig) -> None:
    since = len(rig.canvas.touches)
    report = rig.cycle()
    sent = messages_sent(rig, since)
    assert report.done.messages >= sent, f"law 6: {sent} messages sent, {report.done.messages} told"


def _no_fault(_: Step) -> None:
    return None


@settings(max_examples=25)
@given(what=st.frozensets(st.sampled_from(WHAT)), acts=st.lists(st.sampled_from(ACTS), max_size=5))
def test_writes_end_and_messages_are_told_whatever_a_service_makes_of_them(
    what: frozenset[str], acts: list[str]
) -> None:
    live(what, acts)


def _sends_for_ever(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("mapping.planning.plan.is_at_rest", lambda *_: False)


def _forgets_answers(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("syncd.reconcile.write.after_write", lambda *_, **__: None)
    patch.setattr("mapping.planning.plan.after_read", lambda *_: None)


def _counts_from_one(patch: pytest.MonkeyPatch) -> None:
    def after_write(_: Unstored | None, *given: Any, **named: Any) -> Unstored | None:
        return unstored.after_write(None, *given, **named)

    patch.setattr("syncd.reconcile.write.after_write", after_write)
    patch.setattr("mapping.planning.plan.after_read", lambda before, *_: before)


def _knows_no_time(patch: pytest.MonkeyPatch) -> None:
    def at_rest(known: Unstored | None, event: Any) -> bool:
        return unstored.is_at_rest(known, replace(event, stamp=""))

    patch.setattr("mapping.planning.plan.is_at_rest", at_rest)
    patch.setattr(unstored, "as_made", lambda event: event.stamp)


def _tells_no_messages(patch: pytest.MonkeyPatch) -> None:
    applied = Outcome.applied

    def quiet(self: Outcome, context: Any, change: Any, deviation: str, *, sent: int) -> None:
        applied(self, context, change, deviation, sent=0 if deviation else sent)

    patch.setattr(Outcome, "applied", quiet)


def _forgets_lost_answers(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Outcome, "unclear", lambda *_: None)


@pytest.mark.parametrize(
    ("put_in", "what", "acts"),
    [
        (_sends_for_ever, {"cuts titles"}, []),
        (_forgets_answers, {"cuts titles"}, []),
        (_counts_from_one, {"adds to texts"}, []),
        (_knows_no_time, {"drops marks"}, []),
        (_tells_no_messages, {"shifts days"}, []),
        (_forgets_lost_answers, set(), ["answer lost"]),
    ],
    ids=lambda one: getattr(one, "__name__", None),
)
def test_a_seeded_fault_turns_law_6_red(
    put_in: Callable[[pytest.MonkeyPatch], None],
    what: set[str],
    acts: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    live(frozenset(what), acts)
    put_in(monkeypatch)
    with pytest.raises(AssertionError, match="law 6"):
        live(frozenset(what), acts)
