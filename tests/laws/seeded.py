"""Faults put into the product on purpose, each with the way it is put in: what the laws must find.

Every one is a single wrong line that a hurried change could bring.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any

import pytest

from connectors.errors import ConnectorError, UnclearOutcomeError
from connectors.port import LastLook, Observation
from mapping.model import Action, Context, ContextPlan, ObservedEvent, Record
from mapping.planning.approval import Decision, Terms, _Deciding, decide
from mapping.planning.guards import GuardHit, Limits, TargetTally, guard_fills
from mapping.planning.ownership import Census, Judged, Standing, id_order, judge, take_census
from mapping.planning.plan import Situation, plan_context
from syncd.reconcile.apply import Applier
from syncd.reconcile.observe import Observer
from syncd.reconcile.write import JournalledWriter
from tests.laws.machine import CALENDAR, LATE, World
from tests.laws.storm import Strike
from tests.support.almanac import Line


@dataclass(frozen=True, slots=True)
class Seeded:
    """One fault. ``wrong``: what the product would do; ``put_in`` makes it do so."""

    name: str
    wrong: str
    put_in: Callable[[pytest.MonkeyPatch], None]
    shows_in: Callable[[World], None]
    """What happens in a world until the fault shows, at the latest when it settles."""
    law: int


def _without_updates(patch: pytest.MonkeyPatch) -> None:
    def plan(situation: Situation) -> ContextPlan:
        made = plan_context(situation)
        return replace(made, changes=tuple(one for one in made.changes if one.action is not Action.UPDATE))

    patch.setattr("syncd.reconcile.planning.plan_context", plan)


def _blind_to_duplicates(patch: pytest.MonkeyPatch) -> None:
    def census(*args: Any, **given: Any) -> Census:
        return replace(take_census(*args, **given), copies=())

    patch.setattr("mapping.planning.plan.take_census", census)


def _takes_failed_for_empty(patch: pytest.MonkeyPatch) -> None:
    observe = Observer._observe

    def wrong(self: Observer, connector: Any, contexts: Any) -> Iterator[tuple[Context, Observation]]:
        for context, seen in observe(self, connector, contexts):
            if isinstance(seen, Observation):
                yield context, seen
            else:
                yield context, Observation(context=context.id, events=())

    look = Applier._look

    def wrong_look(self: Applier, connector: Any, context: Context) -> Observation:
        try:
            return look(self, connector, context)
        except ConnectorError:
            return Observation(context=context.id, events=())

    patch.setattr(Observer, "_observe", wrong)
    patch.setattr(Applier, "_look", wrong_look)


def _repeats_blindly(patch: pytest.MonkeyPatch) -> None:
    write = JournalledWriter.write

    def again(self: JournalledWriter, *args: Any) -> None:
        try:
            write(self, *args)
        except UnclearOutcomeError:
            write(self, *args)

    patch.setattr(JournalledWriter, "write", again)


def _judging(patch: pytest.MonkeyPatch, wrongly: Callable[[Judged, ObservedEvent], Judged]) -> None:
    def wrong(event: ObservedEvent, **given: Any) -> Judged:
        return wrongly(judge(event, **given), event)

    patch.setattr("mapping.planning.ownership.judge", wrong)


def _takes_copies_for_ours(patch: pytest.MonkeyPatch) -> None:
    def wrongly(right: Judged, event: ObservedEvent) -> Judged:
        ours = right.standing in (Standing.COPY, Standing.PERSONAL)
        return Judged(event, Standing.OURS, right.key) if ours else right

    _judging(patch, wrongly)


def _takes_any_owner(patch: pytest.MonkeyPatch) -> None:
    def wrongly(right: Judged, event: ObservedEvent) -> Judged:
        return Judged(event, Standing.OURS, event.marker.key) if event.marker is not None else right

    _judging(patch, wrongly)


def _believes_the_id_alone(patch: pytest.MonkeyPatch) -> None:
    def wrongly(right: Judged, event: ObservedEvent) -> Judged:
        return Judged(event, Standing.STRIPPED, right.key) if right.standing is Standing.TAKEN else right

    _judging(patch, wrongly)


def _forgets_deletions(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("syncd.state.looks._replace_respected", lambda *_: None)


def _forgets_its_deletes(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("syncd.state.events.Events.deletes_under_way", lambda *_: frozenset())


def _keeps_records_of_a_refill(patch: pytest.MonkeyPatch) -> None:
    def keep(plan: ContextPlan, **given: Any) -> ContextPlan:
        return replace(plan, **({} if given == {"records": ()} else given))

    patch.setattr("syncd.reconcile.apply.replace", keep)


def _ignores_the_past(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("mapping.planning.plan._skip_past", lambda *_: False)


def _removes_copies_that_were_written_in(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("mapping.planning.plan.untouched", lambda _: True)


def _keeps_the_youngest(patch: pytest.MonkeyPatch) -> None:
    def seniority(one: Judged, _: Mapping[str, Record]) -> tuple[int, str]:
        length, text = id_order(one.event.remote_id)
        return (-length, "".join(chr(0x10FFF - ord(character)) for character in text))

    patch.setattr("mapping.planning.ownership._seniority", seniority)


def _admits_whoever_comes_later(patch: pytest.MonkeyPatch) -> None:
    right = _Deciding._by_context

    def wrong(self: _Deciding, hit: GuardHit) -> GuardHit:
        return replace(hit, parts={}) if any(True for _ in self._terms(hit)) else right(self, hit)

    patch.setattr(_Deciding, "_by_context", wrong)


def _forgets_what_went_out(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("syncd.state.ledger.Ledger.unapproved_share", lambda *_, **__: 0.0)


def _counts_the_first_fill_alone(patch: pytest.MonkeyPatch) -> None:
    def wrong(tallies: list[TargetTally], limits: Limits, *, recent: int) -> tuple[GuardHit, ...]:
        first = [one for one in tallies if one.kept <= sum(len(part.entries) for part in one.fills.values())]
        return guard_fills(first, limits, recent=recent)

    patch.setattr("syncd.reconcile.decide.guard_fills", wrong)


def _never_spends_an_approval(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("syncd.reconcile.cycle.settle_approvals", lambda *_, **__: None)


def _binds_no_calendar(patch: pytest.MonkeyPatch) -> None:
    def wrong(hits: Any, now: Terms, approved: list[Terms], *, spare: int) -> Decision:
        bound = [replace(one, calendar=now.calendar) for one in approved]
        return decide(hits, now, bound, spare=spare)

    patch.setattr("syncd.reconcile.decide.decide", wrong)


def _counts_forged_marks_over_the_target(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("mapping.planning.plan._Planner._is_unknown", lambda *_: False)


def _short_way_whatever_is_desired(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        "syncd.reconcile.short_way.still_settled", lambda remembered, _basis, _today: bool(remembered)
    )


def _short_way_by_ids_alone(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        LastLook, "is_shown_by", lambda look, rows: rows.keys() == {**look.ours, **look.others}.keys()
    )


def _short_way_past_further_events(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(LastLook, "is_shown_by", lambda look, rows: look.ours.items() <= rows.items())


def _ignores_zone_rules(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("syncd.reconcile.write.check_offset", lambda *_: None)
    patch.setattr("syncd.reconcile.planning.check_context", lambda *_: None)


def _has_no_net(patch: pytest.MonkeyPatch) -> None:
    for module in ("observe", "apply"):
        patch.setattr(f"syncd.reconcile.{module}.contained", lambda *_: nullcontext())


def _blames_all_for_one(patch: pytest.MonkeyPatch) -> None:
    observe = Observer._observe

    def wrong(self: Observer, connector: Any, contexts: Any) -> Iterator[tuple[Context, Any]]:
        found = list(observe(self, connector, contexts))
        error = next((seen for _, seen in found if isinstance(seen, ConnectorError)), None)
        yield from ((context, error or seen) for context, seen in found)

    patch.setattr(Observer, "_observe", wrong)


# --- worlds in which they show --------------------------------------------------------------------


def _filled(world: World, *, second: str = "autumn") -> None:
    """Three entries of all terms and one of the autumn, in two courses and a calendar, in step."""
    everywhere = {f"entry-{number}": Line(number, 1, 0, "all") for number in range(1, 4)}
    lines = everywhere | {"entry-4": Line(4, 1, 0, "michaelmas")}
    world.begin(lines=lines, places=["", second, ""], revives=True, filled=True)


def _event(world: World, context: str, entry: str = "entry-1") -> int:
    """Where in the list of all living events the one of an entry stands, as the rules of people pick it."""
    rows = world.rows()
    (found,) = (
        number
        for number, row in enumerate(rows)
        if row.context == context
        and row.genuine
        and row.marker is not None
        and f":{entry}:" in row.marker.key
    )
    return found


def _edited_once_settled(world: World) -> None:
    _filled(world)
    world.quiet_cycle()
    world.put_entry(name="entry-1", line=Line(1, 1, 2, "all"))


def _retitled_once_settled(world: World) -> None:
    _filled(world)
    world.quiet_cycle()
    world.person_edits(pick=_event(world, CALENDAR), what="title")


def _duplicated_once_settled(world: World) -> None:
    _filled(world)
    world.quiet_cycle()
    world.person_duplicates(pick=_event(world, "course_1"), shift=0)


def _edited(world: World) -> None:
    _filled(world)
    world.put_entry(name="entry-1", line=Line(1, 1, 2, "all"))


def _duplicated(world: World) -> None:
    _filled(world)
    world.person_duplicates(pick=_event(world, "course_1"), shift=0)


def _duplicated_at_google(world: World) -> None:
    _filled(world)
    world.person_duplicates(pick=_event(world, CALENDAR), shift=0)


def _unreadable(world: World) -> None:
    _filled(world)
    world.state_is_lost()
    twice = [Strike("read", number, "missing", after=False) for number in (1, 3)]
    world.cycle_in_a_storm(strikes=twice, hold=False)


def _answer_lost(world: World) -> None:
    world.begin(lines={"entry-1": Line(1, 1, 0, "all")}, places=["", "", ""], revives=True, filled=False)
    world.cycle_in_a_storm(strikes=[Strike("write", 0, "lost", after=True)], hold=False)


def _neighbour(world: World) -> None:
    _filled(world)
    world.neighbour_writes(pick=0)


def _taken(world: World) -> None:
    _filled(world)
    world.person_strips(pick=_event(world, "course_1"), alone=False)


def _deleted(world: World) -> None:
    _filled(world)
    world.person_deletes(pick=_event(world, "course_1"))
    world.quiet_cycle()


def _removed_unseen(world: World) -> None:
    _filled(world)
    line = world.almanac.lines.pop("entry-1")
    world.cycle_in_a_storm(strikes=[Strike("write", 0, "unavailable", after=True)], hold=False)
    world.put_entry(name="entry-1", line=line)


def _emptied(world: World) -> None:
    _filled(world)
    world.person_empties(context="course_1")
    world.quiet_cycle()
    world.approve()
    world.cycle_is_killed(kill=Strike("write", 1, "kill", after=False), hold=False)


def _over(world: World) -> None:
    _filled(world)
    world.put_entry(name="entry-5", line=Line(-3, 1, 0, "all"))


def _written_in(world: World) -> None:
    _filled(world)
    world.course_import(source="course_1", goal="course_2", shift=0)
    copy = next(
        number for number, row in enumerate(world.rows()) if row.context == "course_2" and not row.genuine
    )
    world.person_edits(pick=copy, what="tail")


def _large(world: World, *lines: int) -> None:
    """Course 1 alone, with these entries; its fill sends more than may go out unasked where they are six or more."""
    entries = {f"entry-{number}": Line(number, 1, 0, "all") for number in lines}
    world.begin(lines=entries, places=["", "", ""], revives=True, filled=False)
    world.quiet_cycle()


def _joined_after_the_look(world: World) -> None:
    _large(world, 1, 2, 3, 4, 5, 6, 7)
    world.approve()
    for name in LATE:
        world.course_joins(name=name, to="autumn")
    world.quiet_cycle()


def _one_by_one(world: World) -> None:
    _large(world, 1, 2, 3)
    for name in LATE:
        world.course_joins(name=name, to="autumn")
        world.quiet_cycle()


def _widened(world: World) -> None:
    _large(world, 1, 2, 3)
    for _ in range(24):
        world.quiet_cycle()
    for name in LATE:
        world.course_joins(name=name, to="autumn")
    world.quiet_cycle()


def _removed_twice(world: World) -> None:
    world.begin(
        lines={f"entry-{number}": Line(number, 1, 0, "all") for number in range(1, 6)},
        places=["", "", ""],
        revives=True,
        filled=True,
    )
    for _ in range(2):
        lines = dict(world.almanac.lines)
        world.remove_many(names={"entry-1", "entry-2", "entry-3"})
        world.quiet_cycle()
        if lines.keys() - world.in_force().lines.keys():
            return
        world.approve()
        world.quiet_cycle()
        world.almanac.lines.update(lines)
        world.quiet_cycle()


def _another_removal(world: World) -> None:
    world.begin(
        lines={f"entry-{number}": Line(number, 1, 0, "all") for number in range(1, 7)},
        places=["", "", ""],
        revives=True,
        filled=True,
    )
    kept = world.almanac.lines["entry-4"]
    world.remove_many(names={"entry-1", "entry-2", "entry-3", "entry-4"})
    world.quiet_cycle()
    world.approve()
    world.put_entry(name="entry-4", line=kept)
    world.quiet_cycle()


def _forged(world: World) -> None:
    _filled(world)
    world.person_forges(pick=_event(world, "course_1"), count=4)
    world.quiet_cycle()


SHORT_WAYS = (
    Seeded(
        "short way for an edit",
        "plans no context anew whose events are as recorded, whatever the calendar says now",
        _short_way_whatever_is_desired,
        _edited_once_settled,
        1,
    ),
    Seeded(
        "short way by ids",
        "takes events for unchanged whose ids are as recorded",
        _short_way_by_ids_alone,
        _retitled_once_settled,
        1,
    ),
    Seeded(
        "short way past a copy",
        "looks for what is on record and not for what has come besides",
        _short_way_past_further_events,
        _duplicated_once_settled,
        1,
    ),
)


def _under_other_rules(world: World) -> None:
    _filled(world)
    world.zone_rules(others=True)
    for number in (5, 6, 7):
        world.put_entry(name=f"entry-{number}", line=Line(3 * number, 1, 0, "all"))
    for _ in range(3):
        world.quiet_cycle()


def _oddly_answered(world: World) -> None:
    _edited(world)
    world.cycle_in_a_storm(strikes=[Strike("plan", 0, "odd", after=False)], hold=False)


def _dripping(world: World) -> None:
    _filled(world)
    world.cycle_in_a_storm(strikes=[Strike("read", 0, "drip", after=False)], hold=False)


BROKEN_PLANNERS = (
    Seeded("without updates", "plans no update", _without_updates, _edited, 1),
    Seeded("blind to duplicates", "sees no copy and no second event", _blind_to_duplicates, _duplicated, 1),
)
FAULTS = (
    Seeded(
        "failed is empty",
        "takes a read that failed for an empty calendar",
        _takes_failed_for_empty,
        _unreadable,
        3,
    ),
    Seeded(
        "repeats blindly", "sends a create again whose answer was lost", _repeats_blindly, _answer_lost, 3
    ),
    Seeded(
        "copies are ours",
        "takes a person's copy for its own",
        _takes_copies_for_ours,
        _duplicated_at_google,
        2,
    ),
    Seeded("any owner", "takes every marker for its own", _takes_any_owner, _neighbour, 2),
    Seeded("id alone", "marks an event again that a person made theirs", _believes_the_id_alone, _taken, 2),
    Seeded("forgets deletions", "does not remember what people deleted", _forgets_deletions, _deleted, 1),
    Seeded(
        "forgets its deletes",
        "takes its own lost delete for a person's",
        _forgets_its_deletes,
        _removed_unseen,
        1,
    ),
    Seeded(
        "refill cut short", "takes the rest of a refill for deleted", _keeps_records_of_a_refill, _emptied, 1
    ),
    Seeded("ignores the past", "fills days that are over", _ignores_the_past, _over, 1),
    Seeded(
        "copies written in",
        "removes copies with a person's words",
        _removes_copies_that_were_written_in,
        _written_in,
        2,
    ),
    Seeded(
        "keeps the youngest", "of two events of a key keeps the later", _keeps_the_youngest, _duplicated, 5
    ),
    Seeded(
        "admits later courses",
        "fills courses that joined after the look on that approval",
        _admits_whoever_comes_later,
        _joined_after_the_look,
        7,
    ),
    Seeded("forgets what went out", "counts no fill of before", _forgets_what_went_out, _one_by_one, 7),
    Seeded(
        "first fill alone",
        "counts no messages once a course of the target is filled",
        _counts_the_first_fill_alone,
        _widened,
        7,
    ),
    Seeded(
        "never spends",
        "lets an approval admit the same slip again",
        _never_spends_an_approval,
        _removed_twice,
        7,
    ),
    Seeded(
        "binds no calendar", "admits another edit that removes less", _binds_no_calendar, _another_removal, 7
    ),
    Seeded(
        "forged marks freeze a target",
        "counts marks that no record knows over the target",
        _counts_forged_marks_over_the_target,
        _forged,
        8,
    ),
    Seeded("has no net", "lets what nobody foresaw end the cycle", _has_no_net, _oddly_answered, 9),
    Seeded(
        "blames all for one",
        "takes a list for unreadable since one of its courses is",
        _blames_all_for_one,
        _dripping,
        9,
    ),
    Seeded(
        "ignores zone rules",
        "goes on writing where the service applies another offset",
        _ignores_zone_rules,
        _under_other_rules,
        10,
    ),
)
