"""The guards: limits that hold a plan back until a person has approved exactly it.

Guards count what a person did (entries removed, entries moved), not its copies in a thousand
courses, and are asked before the first write of a cycle, by dry run and real run alike. Each guard
that strikes is a `GuardHit` with the figure, the limit and its *subjects*: names of the guarded
changes. An approval is a set of subjects and admits every plan whose subjects it contains, so a new
course or a half-applied plan does not void it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from mapping.drafts import unconfirmed_names, unconfirmed_words
from mapping.identity import day_words
from mapping.model import AcademicYear, CanonicalCalendar, ContextPlan, Create, Days, DesiredEvent, Entry, Why


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
    new_courses: int = 25
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
    CONTEXT = "context"


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
    names: Mapping[str, str] = field(default_factory=dict)
    """Names and values in the sentence besides scope, found and limit, for whoever words it in another language."""

    def admitted_by(self, approved: frozenset[str]) -> bool:
        return self.subjects <= approved


_LEVELS = {
    "year-emptied": GuardLevel.EDIT,
    "file-emptied": GuardLevel.EDIT,
    "removed": GuardLevel.EDIT,
    "moved": GuardLevel.EDIT,
    "into-past": GuardLevel.EDIT,
    "publish": GuardLevel.EDIT,
    "unconfirmed": GuardLevel.EDIT,
    "context-emptied": GuardLevel.CONTEXT,
}


# --- the edit itself --------------------------------------------------------------------------


def guard_edit(
    before: CanonicalCalendar, after: CanonicalCalendar, *, today: date, limits: Limits
) -> tuple[GuardHit, ...]:
    """The data files against the calendar last in force, one academic year at a time."""
    hits: list[GuardHit] = []
    for name, year in before.years.items():
        hits.extend(_guard_year(name, year, after.years.get(name), today, limits))
    return tuple(hits)


def _guard_year(
    name: str, old: AcademicYear, new: AcademicYear | None, today: date, limits: Limits
) -> Iterator[GuardHit]:
    entries = {entry.id: entry for entry in old.entries}
    now = {entry.id: entry for entry in new.entries} if new is not None else {}
    if entries and not now:
        yield _hit("year-emptied", name, len(entries), 0, f"the year {name} lost all its entries", [name])
        return
    yield from _guard_files(name, old, now)
    removed = sorted(entries.keys() - now.keys())
    allowed = limits.removed.of(len(entries))
    if len(removed) > allowed:
        sentence = _counted(len(removed), f"entries removed from {name}", allowed)
        yield _hit("removed", name, len(removed), allowed, sentence, removed)
    moved = [
        (entries[key], now[key])
        for key in sorted(entries.keys() & now.keys())
        if _moved(entries[key], now[key])
    ]
    allowed = limits.moved.of(len(entries))
    if len(moved) > allowed:
        subjects = [f"{new.id}@{day_words(new.days)}" for _, new in moved]
        sentence = _counted(len(moved), f"entries moved in {name}", allowed)
        yield _hit("moved", name, len(moved), allowed, sentence, subjects)
    into_past = [
        f"{new.id}@{day_words(new.days)}" for was, new in moved if _into_past(was.days, new.days, today)
    ]
    if into_past:
        what = "entry" if len(into_past) == 1 else "entries"
        sentence = _counted(len(into_past), f"{what} of {name} moved into the past", 0)
        yield _hit("into-past", name, len(into_past), 0, sentence, into_past)


def _guard_files(name: str, old: AcademicYear, now: Mapping[str, Entry]) -> Iterator[GuardHit]:
    """A calendar (file) of the year that has no entry left."""
    left = {entry.calendar for entry in now.values()}
    for calendar in sorted({entry.calendar for entry in old.entries} - left):
        lost = [entry.id for entry in old.entries if entry.calendar == calendar]
        sentence = f"calendar {calendar} of {name} lost all its entries"
        yield _hit("file-emptied", name, len(lost), 0, sentence, lost, calendar=calendar)


def _moved(old: Entry, new: Entry) -> bool:
    return old.days != new.days and old.days is not None


def _into_past(old: Days | None, new: Days | None, today: date) -> bool:
    return old is not None and new is not None and old.last >= today > new.last


def guard_unconfirmed(before: CanonicalCalendar, after: CanonicalCalendar) -> Iterator[GuardHit]:
    """Years that would be published with proposals nobody has confirmed, other than those in force already."""
    for name, year in after.years.items():
        known = unconfirmed_names(before.years[name]) if name in before.years else frozenset()
        doubts = unconfirmed_names(year) - known
        if doubts:
            sentence = (
                f"{unconfirmed_words(year)} in {name}; confirm them, or write draft: true in its year.yaml"
            )
            yield _hit("unconfirmed", name, len(doubts), 0, sentence, doubts)


def guard_publishing(digest: str) -> GuardHit:
    """With manual publishing every edit waits, however small. ``digest``: the edited calendar's."""
    sentence = "the calendar was edited and is published only by hand"
    return _hit("publish", "calendar", 1, 0, sentence, [digest])


def _hit(
    guard: str, scope: str, found: int, limit: int, sentence: str, subjects: Iterable[str], **names: str
) -> GuardHit:
    return GuardHit(
        guard=guard,
        level=_LEVELS.get(guard, GuardLevel.TARGET),
        scope=scope,
        found=found,
        limit=limit,
        sentence=sentence,
        subjects=frozenset(f"{guard}:{scope}:{subject}" for subject in subjects),
        names=names,
    )


def _counted(found: int, what: str, limit: int) -> str:
    return f"{found} {what}, the limit is {limit}"


# --- what it does in each target ----------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetTally:
    """What a cycle's plan would do in one target, counted while the contexts are planned.

    ``removed``: entries (``year:id``) with a delete, untouched copies not counted. ``kept``: entries
    that stay in some context. ``year_size``: entries of the target's years. ``fill_messages``:
    up to, in contexts never filled before. ``filled_before``: some context of the target was.
    ``new_courses``: contexts filled for the first time now. ``fill_entries``: entries created there.
    ``worst_each``: per context in step before, the messages one participant may get.
    """

    target: str
    removed: frozenset[str] = frozenset()
    kept: int = 0
    year_size: int = 0
    filled_before: bool = False
    new_courses: int = 0
    fill_messages: int = 0
    fill_entries: frozenset[str] = frozenset()
    worst_each: Mapping[str, int]
    noisy_entries: frozenset[str] = frozenset()
    emptied: Mapping[str, tuple[str, ...]]
    """Contexts found empty after they were filled, with the keys that would be refilled."""


def guard_target(tally: TargetTally, limits: Limits) -> tuple[GuardHit, ...]:
    """The plan of one target. Emptied contexts come as one hit each, so that each waits alone."""
    return tuple(_guard_target(tally, limits))


def _guard_target(tally: TargetTally, limits: Limits) -> Iterator[GuardHit]:
    allowed = limits.removed.of(tally.year_size)
    if tally.removed and not tally.kept:
        sentence = f"every event of target {tally.target} would be deleted"
        yield _hit("target-emptied", tally.target, len(tally.removed), 0, sentence, tally.removed)
    elif len(tally.removed) > allowed:
        what = f"entries would disappear from target {tally.target}"
        sentence = _counted(len(tally.removed), what, allowed)
        yield _hit("removed-there", tally.target, len(tally.removed), allowed, sentence, tally.removed)
    first = not tally.filled_before
    if tally.fill_messages > limits.fill_messages and (first or tally.new_courses > limits.new_courses):
        by = "a first fill" if first else f"{tally.new_courses} new courses"
        what = f"messages may be sent by {by} of target {tally.target}"
        sentence = _counted(tally.fill_messages, what, limits.fill_messages)
        yield _hit(
            "fill-messages",
            tally.target,
            tally.fill_messages,
            limits.fill_messages,
            sentence,
            tally.fill_entries,
        )
    worst = max(tally.worst_each.values(), default=0)
    if worst > limits.messages_each:
        what = f"messages may reach one participant in target {tally.target} from this one cycle"
        sentence = _counted(worst, what, limits.messages_each)
        yield _hit("messages-each", tally.target, worst, limits.messages_each, sentence, tally.noisy_entries)
    for context, keys in sorted(tally.emptied.items()):
        sentence = f"{context} was filled before and is empty now; approval fills it again"
        yield _hit("context-emptied", context, len(keys), 0, sentence, keys)


def guard_zone(what: str, before: str, now: str, *, kind: str = "") -> tuple[GuardHit, ...]:
    """The campus zone (``kind`` ''), or that of a kind's user, against the one the state was written under."""
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


def guard_older_state(target: str, showing: int, waiting: str) -> GuardHit:
    """Where events already show the edit that waits, the state is older than they are.

    What it holds to be in force would take back what people have seen. ``showing``: events that do;
    ``waiting``: digest of the calendar that waits, so that an approval is about this one only.
    """
    sentence = (
        f"events of target {target} already show the edit that waits, so this state is older than they are; "
        "approving the edit ends this"
    )
    return _hit("state-older", target, showing, 0, sentence, [waiting])


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


def plan_digest(rows: Iterable[str], hits: Iterable[GuardHit]) -> str:
    """12 hex digits that name exactly this plan: its rows (any order) and its guarded changes."""
    digest = hashlib.sha256()
    for line in sorted(rows):
        digest.update(line.encode() + b"\n")
    for subject in sorted({subject for hit in hits for subject in hit.subjects}):
        digest.update(b"!" + subject.encode() + b"\n")
    return digest.hexdigest()[:12]
