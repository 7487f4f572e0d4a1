"""The guards: limits that hold a plan back until a person has approved exactly it.

Guards count what a person did (entries removed, entries moved), not its copies in a thousand
courses, and are asked before the first write of a cycle, by dry run and real run alike. Each guard
that strikes is a `GuardHit` with the figure, the limit, its *subjects* (names of the guarded changes)
and the contexts it is about. What an approval admits of them is decided in `mapping.planning.approval`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from mapping.model import ContextPlan, Create, DesiredEvent, Why


@dataclass(frozen=True, slots=True)
class Limit:
    """A count, or a percentage (of the year's entries) where ``percent``."""

    value: int
    percent: bool = False

    def of(self, total: int) -> int:
        """The largest count allowed out of ``total``."""
        return total * self.value // 100 if self.percent else self.value

    @classmethod
    def parse(cls, text: str) -> Limit:
        """``"10"`` or ``"5%"``. Raises ValueError."""
        words = text.strip()
        return cls(int(words.removesuffix("%")), percent=words.endswith("%"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """All numbers of the guards; each may be exceeded only by approval."""

    removed: Limit = Limit(10)
    moved: Limit = Limit(10)
    fill_messages: int = 1000
    """Messages that fills which nobody approved may send within 24 hours, over all targets."""
    messages_each: int = 10
    """Messages one participant of a course that had been in step may get from one cycle."""


class GuardLevel(StrEnum):
    """How much one guard holds back."""

    ALL = "all"
    KIND = "kind"
    """Every target of a kind."""
    EDIT = "edit"
    """The whole edit of the calendar."""
    TARGET = "target"
    CONTEXTS = "contexts"
    """The contexts of the hit's parts alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One context's share of a hit. ``entries``: what is guarded there; ``messages``: up to, from it."""

    entries: frozenset[str]
    messages: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardHit:
    """One guard that struck. ``level`` says what it holds back, ``scope`` names it."""

    guard: str
    level: GuardLevel
    scope: str
    found: int
    limit: int
    sentence: str
    subjects: frozenset[str]
    names: Mapping[str, str | int] = field(default_factory=dict)
    """Names and values in the sentence besides scope, found and limit, for whoever words it in another language."""
    parts: Mapping[str, Part] = field(default_factory=dict)
    """Context to its share; empty for what is about no context in particular."""


_LEVELS = {
    "year-emptied": GuardLevel.EDIT,
    "file-emptied": GuardLevel.EDIT,
    "removed": GuardLevel.EDIT,
    "moved": GuardLevel.EDIT,
    "into-past": GuardLevel.EDIT,
    "publish": GuardLevel.EDIT,
    "unconfirmed": GuardLevel.EDIT,
    "further-year": GuardLevel.EDIT,
    "fill-messages": GuardLevel.CONTEXTS,
    "messages-each": GuardLevel.CONTEXTS,
    "context-emptied": GuardLevel.CONTEXTS,
    "unknown-marks": GuardLevel.CONTEXTS,
    "state-older": GuardLevel.CONTEXTS,
}


CAMPUS_SCOPE = "campus zone"
"""The scope of a hit about the campus zone; that about a user's zone has the kind, as ``canvas``."""


def strike(
    guard: str,
    scope: str,
    found: int,
    limit: int,
    sentence: str,
    subjects: Iterable[str] = (),
    parts: Mapping[str, Part] | None = None,
    level: GuardLevel | None = None,
    **names: str | int,
) -> GuardHit:
    """``subjects``: what is guarded, where that is not what the ``parts`` say. ``level``: where not the guard's own."""
    parts = parts or {}
    named = {*subjects, *(entry for part in parts.values() for entry in part.entries)}
    return GuardHit(
        guard=guard,
        level=level or _LEVELS.get(guard, GuardLevel.TARGET),
        scope=scope,
        found=found,
        limit=limit,
        sentence=sentence,
        subjects=frozenset(f"{guard}:{scope}:{subject}" for subject in named),
        names=names,
        parts=parts,
    )


def counted(found: int, what: str, limit: int) -> str:
    """A sentence with its figure and its limit."""
    return f"{found:,} {what}, the limit is {limit:,}"


# --- what it does in each target ----------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetTally:
    """What a cycle's plan would do in one target, counted while the contexts are planned.

    ``removed``: per context the entries (``year:id``) with a delete, untouched copies not counted.
    ``kept``: entries that stay in some context. ``year_size``: entries of the target's years.
    ``fills``: contexts never in step before, with what is written there.
    ``noisy``: contexts in step before, with what is written there that may send messages; ``noisy_edit``: as
    much of it as the calendar itself asks for.
    ``emptied``: contexts found empty after they were filled, with the keys that would be refilled.
    ``unknown``: entries whose mark stands in a context and is on no record of it.
    """

    target: str
    removed: Mapping[str, Part] = field(default_factory=dict)
    kept: int = 0
    year_size: int = 0
    fills: Mapping[str, Part] = field(default_factory=dict)
    noisy: Mapping[str, Part] = field(default_factory=dict)
    noisy_edit: Mapping[str, Part] = field(default_factory=dict)
    emptied: Mapping[str, Part] = field(default_factory=dict)
    unknown: Mapping[str, Part] = field(default_factory=dict)


def guard_target(tally: TargetTally, limits: Limits) -> tuple[GuardHit, ...]:
    """The plan of one target, its fills left out. Emptied contexts come as one hit each, so that each waits alone.

    What one course's people can do by themselves holds that course and no other.
    """
    return tuple(_guard_target(tally, limits))


def _guard_target(tally: TargetTally, limits: Limits) -> Iterator[GuardHit]:
    target, allowed = tally.target, limits.removed.of(tally.year_size)
    removed = len({entry for part in tally.removed.values() for entry in part.entries})
    if removed and not tally.kept:
        sentence = f"every event of target {target} would be deleted"
        yield strike("target-emptied", target, removed, 0, sentence, parts=tally.removed)
    elif removed > allowed:
        sentence = counted(removed, f"entries would disappear from target {target}", allowed)
        yield strike("removed-there", target, removed, allowed, sentence, parts=tally.removed)
    yield from _guard_noise(tally, limits.messages_each)
    for context, part in sorted(tally.emptied.items()):
        sentence = f"{context} was filled before and is empty now; approval fills it again"
        yield strike("context-emptied", context, len(part.entries), 0, sentence, parts={context: part})
    for context, part in sorted(tally.unknown.items()):
        if len(part.entries) > allowed:
            what = f"events in {context} that bear our mark and are on no record would be removed"
            sentence = counted(len(part.entries), what, allowed)
            yield strike(
                "unknown-marks", context, len(part.entries), allowed, sentence, parts={context: part}
            )


def _guard_noise(tally: TargetTally, limit: int) -> Iterator[GuardHit]:
    """Messages to one participant: an edit waits in the whole target, what a course's people did in that course."""
    what = f"messages may reach one participant in target {tally.target} from this one cycle"
    of_edit = {name: len(part.entries) for name, part in tally.noisy_edit.items()}
    worst = max(of_edit.values(), default=0)
    if worst > limit:
        sentence = counted(worst, what, limit)
        yield strike(
            "messages-each",
            tally.target,
            worst,
            limit,
            sentence,
            parts=tally.noisy_edit,
            level=GuardLevel.TARGET,
        )
    loud = {
        name: part
        for name, part in tally.noisy.items()
        if len(part.entries) > limit
        and (of_edit.get(name, 0) <= limit or len(part.entries) - of_edit[name] > limit)
    }
    if loud:
        worst = max(len(part.entries) for part in loud.values())
        sentence = counted(worst, what, limit)
        yield strike("messages-each", tally.target, worst, limit, sentence, parts=loud)


def guard_fills(tallies: Iterable[TargetTally], limits: Limits, *, recent: int) -> tuple[GuardHit, ...]:
    """The fills of all targets together, one hit for each target that has some.

    ``recent``: messages that fills of the last 24 hours may have sent and that nobody approved.
    """
    total = recent
    waiting: list[TargetTally] = []
    for tally in sorted(tallies, key=lambda one: one.target):
        messages = sum(part.messages for part in tally.fills.values())
        total += messages
        if messages:
            waiting.append(tally)
    if total <= limits.fill_messages:
        return ()
    return tuple(fill_hit(one.target, one.fills, limits.fill_messages, total) for one in waiting)


def fill_hit(target: str, parts: Mapping[str, Part], limit: int, total: int) -> GuardHit:
    """Fills of one target that wait. ``total``: messages with all other fills that nobody approved."""
    found = sum(part.messages for part in parts.values())
    calendars = "1 calendar" if len(parts) == 1 else f"{len(parts):,} calendars"
    others = f" ({total:,} with other fills of the last 24 hours)" if total > found else ""
    what = f"messages may be sent by the first fill of {calendars} of target {target}{others}"
    return strike(
        "fill-messages", target, found, limit, counted(found, what, limit), parts=parts, total=total
    )


def guard_zone(what: str, before: str, now: str, *, kind: str = "") -> tuple[GuardHit, ...]:
    """A zone against the one the state was written under: `CAMPUS_SCOPE`, or with ``kind`` that of its user."""
    if not before or before == now:
        return ()
    sentence = f"the {what} changed from {before} to {now}; every date may be read differently"
    return (
        GuardHit(
            guard="zone",
            level=GuardLevel.KIND if kind else GuardLevel.ALL,
            scope=kind or what,
            found=1,
            limit=0,
            sentence=sentence,
            subjects=frozenset({f"zone:{what}:{now}"}),
            names={"before": before, "now": now},
        ),
    )


def guard_older_state(target: str, showing: Mapping[str, int], waiting: str) -> GuardHit:
    """Where events already show the edit that waits, the state is older than they are.

    What it holds to be in force would take back what people have seen. ``showing``: context to the events
    there that do; ``waiting``: digest of the calendar that waits, so that an approval is about this one only.
    """
    sentence = (
        f"events of target {target} already show the edit that waits, so this state is older than they are; "
        "approving the edit ends this"
    )
    parts = {context: Part(entries=frozenset({waiting})) for context in showing}
    return strike("state-older", target, sum(showing.values()), 0, sentence, parts=parts)


def shows_waiting(plan: ContextPlan, waiting: Mapping[str, DesiredEvent]) -> int:
    """How many events a plan would change although their markers say what ``waiting`` desires."""
    return sum(
        not isinstance(change, Create)
        and change.observed.marker is not None
        and change.key in waiting
        and change.observed.marker.fingerprint == str(waiting[change.key].fingerprint) != change.mark
        for change in plan.changes
        if change.why is not Why.COPY
    )
