"""How everything stands: what is in step, what waits, what fails and since when.

Read from the state and the data files, or by the daemon from what it serves: the answer is the same. Needs no
network, and writes nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import tzinfo
from itertools import islice
from typing import Any

from mapping.model import Unstored
from mapping.planning.edit_guards import publishing_decides
from mapping.text.printable import printable
from syncd.reconcile.binding import campus_zone
from syncd.reconcile.editions import IN_FORCE_FACT, PINNED_FACT
from syncd.reconcile.health import DATA, PASS, Trouble, recall
from syncd.reporting.english import counted, moment
from syncd.state.approvals import WaitingPlan
from syncd.state.context_notes import ContextNote
from syncd.state.events import Events
from syncd.state.ledger import NOTHING, TERM_WAITS_FACT, WAITING_FACT, Ledger
from syncd.state.pause import is_paused
from syncd.state.store import State

RUNS_SHOWN = 5
_ACTION = re.compile(r"\b(\d+) (create|update|delete)\b")
UNDO_LINE = (
    "An undo is in force: the calendar of an earlier run is served instead of the data files, until these change "
    "or `syncd undo --release`. Mend the files first: any edit of them ends the undo."
)
RUNS_READ = 200
"""Runs looked through for those that changed something."""
NOT_STORED_SHOWN = 3
"""Events of one calendar that are named."""
SHOWN = 20
"""Failing calendars and respected deletions that the text names one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFacts:
    """What the state does not hold. ``targets``: names in the targets file, None where it cannot be read.

    ``troubles``: what is wrong now besides what the last pass left. ``lines``: sentences that are worth reading
    and change no exit code.
    """

    targets: tuple[str, ...] | None = None
    troubles: tuple[Trouble, ...] = ()
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """``waiting``: the plan that the last cycle left to a person, with ``approved`` True once one has spoken.

    ``notes``: calendars that a target claims. ``left_behind``: those with events of ours that none claims any
    more. ``unread``: targets whose calendars were never found. ``runs``: those that changed something.
    """

    calendar: str
    notes: tuple[ContextNote, ...]
    left_behind: tuple[ContextNote, ...]
    waiting: WaitingPlan | None
    approved: bool
    respected: tuple[tuple[str, str, float], ...]
    open_writes: int
    runs: tuple[tuple[str, float, str, str, str], ...]
    paused: bool
    zone: tzinfo
    troubles: tuple[Trouble, ...] = ()
    unread: tuple[str, ...] = ()
    term_waits: tuple[str, ...] = ()
    """Targets whose term is not there yet, a sentence each."""
    bare: tuple[str, ...] = ()
    """Targets that were read and have no calendar now: none fits them any more, or other targets name theirs."""
    lines: tuple[str, ...] = ()
    not_stored: Mapping[str, Sequence[Unstored]] = field(default_factory=dict)
    """Context to what its service does not store as it was sent, and is left so."""

    @property
    def failing(self) -> list[ContextNote]:
        return [note for note in self.notes if note.is_failing]

    @property
    def in_step(self) -> list[ContextNote]:
        return [note for note in self.notes if note.is_in_step]

    @property
    def behind(self) -> list[ContextNote]:
        return [note for note in self.notes if note.is_behind]

    @property
    def needs_a_person(self) -> bool:
        """Something goes on only once a person has spoken."""
        waits = self.waiting is not None and not self.approved
        return waits or self.paused

    @property
    def is_in_step(self) -> bool:
        """Every calendar of every target was read and is as desired, and nothing fails anywhere."""
        return (
            bool(self.notes or self.term_waits)
            and len(self.in_step) == len(self.notes)
            and not (self.troubles or self.unread)
        )


def read_status(state: State, site: SiteFacts, *, now: float) -> Status:
    """The status as of now; ``now`` in seconds since the epoch."""
    ledger = state.ledger
    waiting = ledger.waiting_plan(ledger.fact(WAITING_FACT) or "-")
    health = recall(ledger)
    notes = state.events.notes()
    waits = tuple(filter(None, ledger.fact(TERM_WAITS_FACT).split("\n")))
    waiting_targets = {one.partition(" ")[0] for one in waits}
    claimed = tuple(note for name, note in notes.items() if name not in health.left_behind)
    known = health.read | {note.target for note in claimed}
    now_seen = tuple(
        replace(one, since=health.since(one.where, one.target, one.since)) for one in site.troubles
    )
    placed = {(one.where, one.target) for one in now_seen}
    kept = tuple(one for one in health.troubles if (one.where, one.target) not in placed)
    failing = {name for one in (*now_seen, *kept) for name in (one.where, one.target)}
    served = {note.target for note in claimed} | waiting_targets | failing
    return Status(
        calendar=ledger.fact(IN_FORCE_FACT),
        notes=claimed,
        left_behind=tuple(notes[name] for name in health.left_behind if name in notes),
        waiting=waiting,
        approved=waiting is not None and _is_approved(ledger, waiting, now),
        respected=tuple(state.events.respected_everywhere()),
        open_writes=sum(len(keys) for keys in state.events.open_intents().values()),
        runs=tuple(islice(_runs_that_wrote(ledger), RUNS_SHOWN)),
        paused=is_paused(ledger),
        zone=campus_zone(ledger),
        troubles=(*now_seen, *kept),
        unread=tuple(
            name for name in site.targets or () if name not in known and name not in waiting_targets
        ),
        term_waits=tuple(f"{one}." for one in waits),
        bare=tuple(name for name in site.targets or () if name in health.read and name not in served),
        lines=(*undo_lines(ledger), *not_stored_lines(state.events), *site.lines),
        not_stored=state.events.unstored_everywhere(),
    )


def _runs_that_wrote(ledger: Ledger) -> Iterator[tuple[str, float, str, str, str]]:
    """Newest first. One without an end wrote something only if the journal says so."""
    for run in ledger.runs(RUNS_READ):
        if run[4] != NOTHING and (run[4] or ledger.has_written(run[0], run[1])):
            yield run


def undo_lines(ledger: Ledger) -> tuple[str, ...]:
    """The undo that is in force, if one is: the data files say something else than what people see."""
    if not ledger.fact(PINNED_FACT):
        return ()
    return (UNDO_LINE,)


def not_stored_lines(events: Events) -> tuple[str, ...]:
    """In which calendars events are left as the service makes them, first in sum, then each."""
    found = events.unstored_everywhere()
    if not found:
        return ()
    total = sum(map(len, found.values()))
    where = "this calendar stores" if len(found) == 1 else f"{len(found):,} calendars store"
    first = (
        f"In step but for {counted(total, 'event')} that {where} otherwise than sent; one a day is tried again, all "
        "of them after `syncd retry`:"
    )
    shown = [
        f"  {context} {one.key}: {one.words}"
        for context, ones in list(found.items())[:SHOWN]
        for one in ones[:NOT_STORED_SHOWN]
    ]
    return (first, *shown[:SHOWN])


def _is_approved(ledger: Ledger, plan: WaitingPlan, now: float) -> bool:
    return any(
        one.digest == plan.digest if one.terms is None else one.terms.admits(plan.terms)
        for one in ledger.approvals(now=now)
    )


# --- for programs ---------------------------------------------------------------------------------


def as_json(status: Status) -> dict[str, Any]:
    """The status as JSON; moments are seconds since the epoch."""
    plan = status.waiting
    return {
        "calendar": status.calendar,
        "contexts": {
            "known": len(status.notes),
            "in_step": len(status.in_step),
            "behind": len(status.behind),
            "failing": len(status.failing),
        },
        "targets": {name: dict(counts) for name, counts in sorted(_by_target(status).items())},
        "failing": [
            {
                "context": note.context,
                "name": note.name,
                "target": note.target,
                "since": note.failing_since,
                "failures": note.failures,
                "retry_at": note.retry_at,
                "error": note.error,
            }
            for note in status.failing
        ],
        "waiting": None
        if plan is None
        else {
            "digest": plan.digest,
            "at": plan.at,
            "why": list(plan.sentences),
            "approved": status.approved,
        },
        "respected_deletions": [
            {"context": context, "key": key, "since": since} for context, key, since in status.respected
        ],
        "troubles": [asdict(one) for one in status.troubles],
        "never_read": list(status.unread),
        "term_waits": list(status.term_waits),
        "left_behind": [note.context for note in status.left_behind],
        "lines": list(status.lines),
        "not_stored": [
            {
                "context": context,
                "key": one.key,
                "what": one.words,
                "times": one.times,
                "tried_at": one.tried_at,
            }
            for context, ones in status.not_stored.items()
            for one in ones
        ],
        "open_writes": status.open_writes,
        "paused": status.paused,
        "runs": [
            {"run": run, "at": at, "calendar": calendar, "why": why, "summary": summary}
            for run, at, calendar, why, summary in status.runs
        ],
    }


def _by_target(status: Status) -> dict[str, Counter[str]]:
    counts: dict[str, Counter[str]] = {}
    for word, notes in (("in_step", status.in_step), ("behind", status.behind), ("failing", status.failing)):
        for note in notes:
            counts.setdefault(note.target, Counter())[word] += 1
    for name in status.bare:
        counts[name] = Counter(in_step=0)
    return counts


# --- for people -------------------------------------------------------------------------------------


def as_text(status: Status) -> Iterator[str]:
    """The status in lines, each with its line end; what fails and what waits before the rest."""
    yield from _troubles(status)
    if not (status.notes or status.bare):
        yield "Nothing has been read or written yet: syncd --dry-run shows what would be.\n"
    else:
        total = len(status.notes)
        are = "is" if total == 1 else "are"
        yield f"{len(status.in_step):,} of {counted(total, 'calendar')} {are} in step"
        yield f", {len(status.behind):,} wait" if status.behind else ""
        yield f", {len(status.failing):,} fail" if status.failing else ""
        unread = len(status.unread)
        yield f"; {counted(unread, 'target')} {'was' if unread == 1 else 'were'} never read" if unread else ""
        bare = len(status.bare)
        yield f"; {counted(bare, 'target')} {'has' if bare == 1 else 'have'} none" if bare else ""
        yield ".\n"
        yield from _targets(status)
    if status.unread:
        named = ", ".join(status.unread[:SHOWN])
        more = f" and {len(status.unread) - SHOWN:,} more" if len(status.unread) > SHOWN else ""
        yield f"Never read or written: {named}{more}\n"
    yield from (f"{line}\n" for line in (*status.term_waits, *status.lines))
    if status.paused:
        yield "Paused: nothing is written until `syncd resume`.\n"
    yield from _failing(status)
    yield from _waiting(status)
    yield from _respected(status)
    if status.open_writes:
        were = "was" if status.open_writes == 1 else "were"
        yield f"{counted(status.open_writes, 'write')} {were} begun and not confirmed; what a run that was cut off left so, "
        yield "the next cycle settles by looking.\n"
    yield from _runs(status)


_OPENINGS = {
    DATA: "The data files cannot be used, and the last good calendar is served",
    PASS: "No cycle can be made",
}


def _troubles(status: Status) -> Iterator[str]:
    for one in status.troubles[:SHOWN]:
        named = _OPENINGS.get(one.where) or " of ".join(dict.fromkeys(filter(None, (one.where, one.target))))
        sentence = printable(one.sentence, lines=True).replace("\n", "\n  ")
        yield f"{named}, since {moment(one.since, status.zone)}: {sentence}\n"
    yield from _rest(len(status.troubles))
    if status.troubles:
        yield "\n"


def _targets(status: Status) -> Iterator[str]:
    for name, counts in sorted(_by_target(status).items()):
        if name in status.bare:
            yield f"  {name}: no calendar fits it now, or other targets name those that do; see syncd check\n"
            continue
        seen = [note.in_step_at for note in status.notes if note.target == name and note.in_step_at]
        last = f"last in step {moment(max(seen), status.zone)}" if seen else "never in step"
        others = "".join(f", {counts[word]} {word}" for word in ("behind", "failing") if counts[word])
        yield f"  {name}: {counts['in_step']} in step{others}; {last}\n"
    if status.left_behind:
        yield f"  no longer looked after, since no target claims them: {len(status.left_behind):,}\n"


def _failing(status: Status) -> Iterator[str]:
    if status.failing:
        yield "\nFailing\n"
    for note in status.failing[:SHOWN]:
        retry = f" Tried again {moment(note.retry_at, status.zone)}." if note.retry_at else ""
        since, error = moment(note.failing_since, status.zone), printable(note.error or "")
        yield f"  {_named(note)}, since {since} ({counted(note.failures, 'time')}): {error}{retry}\n"
    yield from _rest(len(status.failing))


def _waiting(status: Status) -> Iterator[str]:
    plan = status.waiting
    if plan is None:
        return
    word = "is approved and carried out in the next cycle" if status.approved else "waits for a person"
    yield f"\nPlan {plan.digest} {word} (since {moment(plan.at, status.zone)})\n"
    yield from (f"  - {printable(sentence)}\n" for sentence in plan.sentences)
    if not status.approved:
        verb = "publish" if publishing_decides({one.guard for one in plan.terms.hits}) else "approve"
        yield f"  Look: syncd --dry-run. To let it through: syncd {verb} {plan.digest}\n"


def _respected(status: Status) -> Iterator[str]:
    if not status.respected:
        return
    yield f"\n{len(status.respected):,} deleted by people and left so (syncd restore ENTRY --course N brings one back)\n"
    yield from (
        f"  {context}: {key}, since {moment(since, status.zone)}\n"
        for context, key, since in status.respected[:SHOWN]
    )
    yield from _rest(len(status.respected))


def _runs(status: Status) -> Iterator[str]:
    if status.runs:
        yield "\nLast runs that changed something\n"
    for run, at, _, why, summary in status.runs:
        yield f"  {run}  {moment(at, status.zone)}  {printable(why)}: {_made(summary)}\n"


def _made(summary: str) -> str:
    """``286 created, 2 updated``, as the state has it of a run: ``286 create, 2 update``."""
    return _ACTION.sub(lambda one: f"{int(one[1]):,} {one[2]}d", summary) or "under way or cut off"


def _rest(count: int) -> Iterator[str]:
    if count > SHOWN:
        yield f"  and {count - SHOWN:,} more (syncd status --json lists all)\n"


def _named(note: ContextNote) -> str:
    return (
        f"{note.context} ({printable(note.name)}) of {note.target}"
        if note.name
        else f"{note.context} of {note.target}"
    )
