"""Faults put into the product on purpose, each with the way it is put in: what the laws must find.

Every one is a single wrong line that a hurried change could bring.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from connectors.errors import UnclearOutcomeError
from mapping.model import Action, Change, ContextPlan, ObservedEvent, Record
from mapping.ownership import Census, Judged, Standing, id_order, judge, take_census
from mapping.plan import Situation, plan_context
from syncd.apply import Application
from syncd.pen import Pen


@dataclass(frozen=True, slots=True)
class Seeded:
    """One fault. ``wrong``: what the product would do; ``put_in`` makes it do so."""

    name: str
    wrong: str
    put_in: Callable[[pytest.MonkeyPatch], None]


def _without_updates(patch: pytest.MonkeyPatch) -> None:
    def plan(situation: Situation) -> ContextPlan:
        made = plan_context(situation)
        return replace(made, changes=tuple(one for one in made.changes if one.action is not Action.UPDATE))

    patch.setattr("syncd.sweep.plan_context", plan)


def _blind_to_duplicates(patch: pytest.MonkeyPatch) -> None:
    def census(*args: Any, **given: Any) -> Census:
        return replace(take_census(*args, **given), copies=())

    patch.setattr("mapping.plan.take_census", census)


def _asks_no_fate(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("syncd.sweep.open_questions", lambda _: ())


def _repeats_blindly(patch: pytest.MonkeyPatch) -> None:
    write = Pen.write

    def again(self: Pen, *args: Any) -> None:
        try:
            write(self, *args)
        except UnclearOutcomeError:
            write(self, *args)

    patch.setattr(Pen, "write", again)


def _judging(patch: pytest.MonkeyPatch, wrongly: Callable[[Judged, ObservedEvent], Judged]) -> None:
    def wrong(event: ObservedEvent, **given: Any) -> Judged:
        return wrongly(judge(event, **given), event)

    patch.setattr("mapping.ownership.judge", wrong)


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
    patch.setattr("syncd.state.events._replace_respected", lambda *_: None)


def _forgets_its_deletes(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("syncd.state.events.Events.deletes_under_way", lambda *_: frozenset())


def _keeps_records_of_a_refill(patch: pytest.MonkeyPatch) -> None:
    def keep(plan: ContextPlan, **given: Any) -> ContextPlan:
        return replace(plan, **({} if given == {"records": ()} else given))

    patch.setattr("syncd.apply.replace", keep)


def _ignores_the_past(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("mapping.plan._skip_past", lambda *_: False)


def _removes_copies_that_were_written_in(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("mapping.plan.untouched", lambda _: True)


def _keeps_the_youngest(patch: pytest.MonkeyPatch) -> None:
    def seniority(one: Judged, _: Mapping[str, Record]) -> tuple[int, str]:
        length, text = id_order(one.event.remote_id)
        return (-length, "".join(chr(0x10FFF - ord(character)) for character in text))

    patch.setattr("mapping.ownership._seniority", seniority)


def _fills_from_memory(patch: pytest.MonkeyPatch) -> None:
    """Writes the checked rows without the look right before."""
    make = Application._fresh

    def stale(self: Application, context: Any, rows: Iterable[Any], seen: Any) -> Sequence[Change]:
        rows = list(rows)
        changes = make(self, context, rows, seen)
        views = self.sweep.views[self.edition].desired(self.sweep.targets[context.target])
        known = {change.key for change in changes}
        return [
            *changes,
            *(
                Change(
                    context=context.id, action=row.action, why=row.why, key=row.key, desired=views[row.key]
                )
                for row in rows
                if row.action is Action.CREATE and row.key in views and row.key not in known
            ),
        ]

    patch.setattr(Application, "_fresh", stale)


BROKEN_PLANNERS = (
    Seeded("without updates", "plans no update", _without_updates),
    Seeded("blind to duplicates", "sees no copy and no second event of a key", _blind_to_duplicates),
)
FAULTS = (
    Seeded("asks no fate", "takes what a list did not show for deleted", _asks_no_fate),
    Seeded("repeats blindly", "sends a create again whose answer was lost", _repeats_blindly),
    Seeded(
        "copies are ours",
        "takes an event whose marker names another context for its own",
        _takes_copies_for_ours,
    ),
    Seeded("any owner", "takes every marker for its own", _takes_any_owner),
    Seeded("id alone", "puts its marker back on an event that a person made theirs", _believes_the_id_alone),
    Seeded("forgets deletions", "does not remember what people deleted", _forgets_deletions),
    Seeded("forgets its deletes", "takes its own unconfirmed delete for a person's", _forgets_its_deletes),
    Seeded("refill cut short", "takes the rest of a refill for deleted", _keeps_records_of_a_refill),
    Seeded("ignores the past", "fills and clears days that are over", _ignores_the_past),
    Seeded(
        "copies written in", "removes copies that a person wrote in", _removes_copies_that_were_written_in
    ),
    Seeded("keeps the youngest", "of two events of a key keeps the later one", _keeps_the_youngest),
    Seeded("fills from memory", "writes the checked plan without looking again", _fills_from_memory),
)
