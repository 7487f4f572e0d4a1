"""One context planned in every edition, from one complete read of it. Asks for fates; writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from connectors.errors import IncompleteReadError
from connectors.port import Connector, Observation
from mapping.model import Context, ContextPlan, Fate, Past, Record, Target, Unstored
from mapping.planning.plan import Policy, Situation, open_questions, plan_context
from syncd.reconcile.passes import Pass
from syncd.reconcile.zone_rules import check_context
from syncd.state.events import Events
from syncd.state.looks import Look
from syncd.state.plans import Edition

RETRY_EVERY_S = 86400.0
"""Seconds after which one event that a service does not store as sent is sent once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exceptions:
    """What the state knows of a context besides records: of most contexts nothing. See the methods of `Events`."""

    unstored: Mapping[str, Unstored] = field(default_factory=dict)
    unclear_writes: frozenset[str] = frozenset()
    respected: frozenset[str] = frozenset()
    deletes_under_way: frozenset[str] = frozenset()


NO_EXCEPTIONS = Exceptions()


def exceptions_of(events: Events, context: str) -> Exceptions:
    """All of them, as of now."""
    return Exceptions(
        unstored=events.unstored(context),
        unclear_writes=events.unclear_writes(context),
        respected=events.respected(context),
        deletes_under_way=events.deletes_under_way(context),
    )


def plan_editions(
    one_pass: Pass,
    connector: Connector,
    context: Context,
    seen: Observation,
    records: Mapping[str, Record],
    known: Exceptions,
) -> dict[Edition, ContextPlan]:
    """The context's plan in every edition. Raises `IncompleteReadError` where the read was not whole.

    ``records``: what the state knows of the context's events, by event key.
    """
    unstored = known.unstored
    tries = may_try(one_pass, context, unstored)
    target = one_pass.targets[context.target]
    if not tries:
        check_context(context, seen.events, records, known.unclear_writes, told_from(one_pass, context))
    situations = {
        edition: Situation(
            context=context,
            owner=one_pass.runtime.targets.owner,
            adopt_from=one_pass.adopt_from,
            desired=sets.desired(target),
            observed=seen.events,
            records=records,
            respected=known.respected,
            deleted_by_us=known.deletes_under_way,
            today=one_pass.runtime.today(),
            policy=policy_of(target, connector),
            unstored=unstored,
            retry=tried_again(unstored) if tries else frozenset(),
            on_record=target.name in one_pass.on_record,
            keeps_records=one_pass.keeps_looks,
        )
        for edition, sets in one_pass.desired.items()
    }
    fates = ask_fates(connector, context, situations.values())
    return {
        edition: plan_context(replace(situation, fates=fates)) for edition, situation in situations.items()
    }


def may_try(one_pass: Pass, context: Context, unstored: Mapping[str, Unstored]) -> bool:
    """Whether it is time to send what the service did not store as sent once more: once a day, by no dry run."""
    note = one_pass.notes.get(context.id)
    tried = [one.tried_at for one in unstored.values()]
    if note is not None and note.failing_since is not None:
        tried.append(note.failing_since)
    return not one_pass.dry and bool(tried) and max(tried) <= one_pass.runtime.clock() - RETRY_EVERY_S


def told_from(one_pass: Pass, context: Context) -> date:
    """The first day whose event still tells of the service's zone rules: what is over is left as it lies, whatever they are.

    But for yesterday's in a calendar that fails: what was written minutes before midnight tells until the try of the
    day. Elsewhere it would bring a failure that nothing ends where all still to come has clock times, which show no
    offset.
    """
    if one_pass.targets[context.target].past is Past.SYNC:
        return date.min
    note = one_pass.notes.get(context.id)
    return one_pass.runtime.today() - timedelta(days=int(note is not None and note.is_failing))


def tried_again(unstored: Mapping[str, Unstored]) -> frozenset[str]:
    """The one event of a context whose turn it is."""
    turn = sorted(unstored.values(), key=lambda one: (one.tried_at, one.key))
    return frozenset(one.key for one in turn[:1])


def look_at(
    one_pass: Pass, context: Context, plan: ContextPlan, events_seen: int, records: Mapping[str, Record]
) -> Look:
    """What to remember of a read. ``records``: what was known before it."""
    return Look(
        context=context.id,
        epoch=one_pass.epochs[context.id],
        plan=plan,
        known=records,
        events_seen=events_seen,
        view=one_pass.desired[Edition.IN_FORCE].digest(one_pass.targets[context.target]),
    )


def policy_of(target: Target, connector: Connector) -> Policy:
    """What the target allows, and whether copies there are ours to clear."""
    return Policy(
        drift=target.drift,
        respect_deletions=target.respect_deletions,
        copies=target.copies,
        past=target.past,
        copies_are_ours=connector.copies_are_ours,
    )


def ask_fates(connector: Connector, context: Context, situations: Iterable[Situation]) -> dict[str, Fate]:
    """The fate of every recorded event the read does not show. Raises `IncompleteReadError`."""
    asked = {record.remote_id for situation in situations for record in open_questions(situation)}
    fates: dict[str, Fate] = {}
    for remote_id in sorted(asked):
        fates[remote_id] = connector.fate(context, remote_id)
        if fates[remote_id] is Fate.PRESENT:
            raise IncompleteReadError(
                f"event {remote_id} is there but the list did not show it.",
                operation="list",
                context=context.id,
            )
    return fates
