"""At rest, whatever a service makes of what it is sent; and zone rules that differ."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from connectors.errors import UnavailableError
from connectors.memory import Lost, MemoryConnector
from connectors.memory.service import MemoryEvent
from mapping.model import DayOffset, Days, ObservedEvent
from syncd.config.zone_data import in_use
from syncd.reconcile.retrying import retry
from syncd.reporting.cycle_log import summary_sentence
from syncd.reporting.status import SiteFacts, as_text, read_status
from tests.support.rig import EXAM, KEY, ONE, OPEN, TWO, Rig, pool

DEVIATIONS: dict[str, Callable[[MemoryEvent], MemoryEvent]] = {
    "cuts titles": lambda event: replace(event, title=event.title[:2]),
    "drops marks": lambda event: replace(event, marker=None),
    "adds to texts": lambda event: replace(event, body=f"<p>Added.</p>{event.body}"),
    "loses dates": lambda event: replace(event, days=None),
    "drops marks and cuts titles and loses dates": lambda event: replace(
        event, marker=None, title="x", days=None
    ),
}
COUNTED = {"n": 0}


def ever_different(event: MemoryEvent) -> MemoryEvent:
    COUNTED["n"] += 1
    return replace(event, title=f"title {COUNTED['n']}")


DEVIATIONS["stores something else each time"] = ever_different


@pytest.mark.parametrize("what", sorted(DEVIATIONS))
def test_a_service_that_stores_something_else_is_left_at_rest_within_three_cycles(
    rig: Rig, what: str
) -> None:
    rig.canvas.makes = rig.google.makes = DEVIATIONS[what]
    for _ in range(3):
        report = rig.cycle()
        assert not report.failures
    before = rig.touched()
    rig.cycle()
    rig.cycle()
    report = rig.cycle()
    assert rig.touched() == before
    assert "not stored as sent" in summary_sentence(report)
    assert not report.failures
    dry = rig.cycle(dry=True)
    assert dict(dry.pending()) == {}
    assert "In step but for" in "".join(as_text(read_status(rig.state, SiteFacts(), now=rig.now)))


def test_it_is_tried_again_by_one_event_of_a_calendar_a_day(rig: Rig) -> None:
    rig.canvas.makes = DEVIATIONS["cuts titles"]
    for _ in range(4):
        rig.cycle()
    before = len(rig.canvas.touches)
    rig.now += 86400.0
    dry = rig.cycle(dry=True)
    assert dict(dry.pending()) == {}
    rig.cycle()
    assert sorted(touch.context for touch in rig.canvas.touches[before:]) == [ONE, TWO]
    rig.cycle()
    assert len(rig.canvas.touches) == before + 2


def test_it_is_tried_again_when_the_operator_says_so_and_is_well_once_it_is_stored(rig: Rig) -> None:
    rig.canvas.makes = DEVIATIONS["cuts titles"]
    for _ in range(4):
        rig.cycle()
    rig.canvas.makes = lambda event: event
    assert retry(rig.state.events, ONE, now=rig.now).startswith("The next cycle sends 2 events that")
    rig.cycle()
    rig.cycle()
    (event,) = [one for one in rig.canvas.events(ONE) if one.marker and one.marker.key == KEY]
    assert len(event.title) > 2
    assert set(rig.state.events.unstored_everywhere()) == {TWO}


def test_where_nothing_rests_it_is_said_so(rig: Rig) -> None:
    rig.cycle()
    assert retry(rig.state.events, "", now=rig.now).startswith("Nothing rests or fails in any calendar")
    assert retry(rig.state.events, ONE, now=rig.now).startswith(f"Nothing rests or fails in {ONE}")


def test_messages_are_counted_also_for_a_write_whose_answer_was_lost(rig: Rig) -> None:
    rig.strike({"operation": "create", "context": ONE, "moment": "after"}, Lost())
    report = rig.cycle()
    made = {context: len(rig.canvas.events(context)) for context in (ONE, TWO)}
    assert report.done.messages >= 20 * sum(made.values())


def test_messages_are_counted_also_for_a_moved_day_that_was_stored_though_the_service_said_it_was_in_trouble(
    rig: Rig,
) -> None:
    """A change of dates may be repeated, so such an answer is no unclear outcome; the message went out all the same."""
    rig.cycle()
    rig.lines["entry-1"] = replace(EXAM, first=EXAM.first + 1)
    error = UnavailableError("502", operation="update event", context=ONE)
    rig.strike({"operation": "update", "context": ONE, "moment": "after"}, error, times=10)
    before = len(rig.canvas.touches)
    report = rig.cycle()
    moved = len(rig.canvas.touches) - before
    assert report.failures
    assert report.done.messages == 20 * moved


def test_another_title_counts_for_no_message_unless_the_service_moves_the_day_with_it(rig: Rig) -> None:
    rig.cycle()
    rig.lines["entry-1"] = replace(EXAM, words=EXAM.words + 1)
    report = rig.cycle()
    assert report.done.by_kind["update", "canvas"] > 0
    assert report.done.messages == 0
    rig.canvas.makes = lambda event: replace(
        event,
        days=Days(event.days.start + timedelta(1), event.days.end + timedelta(1)) if event.days else None,
    )
    rig.lines["entry-1"] = replace(EXAM, words=EXAM.words + 2)
    report = rig.cycle()
    assert report.done.messages == 20 * report.done.by_kind["update", "canvas"]


class Rules:
    """Lets Canvas lay another offset on one-day events, as a server with older zone rules does."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.old = True
        observe = MemoryConnector._observed

        def observed(
            connector: MemoryConnector, context: str, event: MemoryEvent, *given: Any
        ) -> ObservedEvent:
            seen = observe(connector, context, event, *given)
            if connector.kind != "canvas" or seen.days is None or seen.days.count != 1:
                return seen
            laid = self.laid.setdefault(event.version, self.old)
            offset = DayOffset(day=seen.days.start, ours=5 * 3600, theirs=(6 if laid else 5) * 3600)
            return replace(
                seen, offset=offset, days=None if laid else seen.days, when="01:00" if laid else seen.when
            )

        self.laid: dict[int, bool] = {}
        monkeypatch.setattr(MemoryConnector, "_observed", observed)


def test_other_zone_rules_fail_the_calendar_at_its_first_event_and_nothing_is_repaired(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    Rules(monkeypatch)
    rig.lines = pool(1, 2, 3)
    report = rig.cycle()
    assert sorted(one.where for one in report.failures) == [ONE, TWO]
    sentence = report.failures[0].sentence
    assert f"on {rig.canvas.events(ONE)[0].days.start} the service applies UTC+06:00" in sentence  # type: ignore[union-attr]
    assert "say UTC+05:00" in sentence
    assert f"tzdata {in_use().version}" in sentence
    assert len(rig.canvas.touches) == 2
    assert report.done.messages >= 40
    for _ in range(3):
        again = rig.cycle()
        assert sorted(one.where for one in again.failures) == [ONE, TWO]
    assert len(rig.canvas.touches) == 2
    assert len(rig.entries(OPEN)) == 3


def test_other_zone_rules_are_seen_at_the_first_event_too_where_the_answer_to_its_write_was_lost(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    Rules(monkeypatch)
    rig.lines = pool(1, 2, 3)
    rig.strike({"operation": "create", "context": ONE, "moment": "after"}, Lost())
    report = rig.cycle()
    assert sorted(one.where for one in report.failures) == [ONE, TWO]
    assert all("zone rules" in one.sentence for one in report.failures)
    assert len(rig.canvas.touches) == 2
    rig.cycle()
    assert len(rig.canvas.touches) == 2


def test_once_the_rules_agree_the_calendar_is_filled_by_itself_after_a_day(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = Rules(monkeypatch)
    rig.lines = pool(1, 2, 3)
    rig.cycle()
    rules.old = False
    rig.cycle()
    assert len(rig.canvas.touches) == 2
    rig.now += 86400.0
    assert not rig.cycle().failures
    report = rig.cycle()
    assert not report.failures
    assert dict(report.pending()) == {}
    assert len(rig.entries(ONE)) == 3


def test_once_the_rules_agree_the_operator_need_not_wait(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = Rules(monkeypatch)
    rig.lines = pool(1, 2, 3)
    rig.cycle()
    rules.old = False
    retry(rig.state.events, "", now=rig.now)
    rig.cycle()
    report = rig.cycle()
    assert not report.failures
    assert dict(report.pending()) == {}
    assert len(rig.entries(ONE)) == 3


def test_midnight_lets_nothing_more_go_out_under_other_rules(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    Rules(monkeypatch)
    rig.lines = pool(1, first=0) | pool(2, 3)
    rig.cycle()
    rig.today += timedelta(days=1)
    assert sorted(one.where for one in rig.cycle().failures) == [ONE, TWO]
    assert len(rig.canvas.touches) == 2


def test_a_calendar_with_nothing_to_write_fails_no_longer_than_a_day_for_what_is_over(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = Rules(monkeypatch)
    rules.old = False
    rig.cycle()
    rules.old = True
    rig.lines = pool(1, first=0)
    assert sorted(one.where for one in rig.cycle().failures) == [ONE, TWO]
    rig.today += timedelta(days=1)
    rig.now += 86400.0
    assert not rig.cycle().failures
    rig.state.events.retry((ONE, TWO), since=rig.now)
    before = len(rig.canvas.touches)
    assert not rig.cycle().failures
    assert len(rig.canvas.touches) == before


def test_rules_that_become_older_later_fail_the_calendar_and_rewrite_nothing(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = Rules(monkeypatch)
    rules.old = False
    rig.lines = pool(1, 2, 3)
    rig.cycle()
    before = len(rig.canvas.touches)
    rules.laid = dict.fromkeys(rules.laid, True)
    report = rig.cycle()
    assert sorted(one.where for one in report.failures) == [ONE, TWO]
    assert len(rig.canvas.touches) == before
