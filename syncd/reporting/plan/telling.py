"""What a plan's changes are called and counted as, in sentences that every view shares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from connectors.registry import is_course
from mapping.identity import read_day_words
from mapping.model import Action, CanonicalCalendar, Entry, Field, Kind, Part, Shape, Why
from syncd.reconcile.report import CycleReport
from syncd.reporting.plan.changes import Edge, EntryChange, entry_changes
from syncd.reporting.plan.voice import PlanVoice
from syncd.state.plans import PlanGroup

_REPAIRS = frozenset({Why.DRIFT, Why.COPY, Why.MARKER, Why.GONE, Why.OWNER})
"""Reasons that lie in a calendar, not in an edit."""
_SAID_ALREADY = frozenset({Why.FILL, Why.EDIT, Why.ORPHAN})
_DEADLINES = frozenset({Shape.TASK, Shape.UNTIL})


class Happening(StrEnum):
    """What happens to an entry; the value begins the keys of its phrases."""

    DEADLINE_MOVES = "deadline_moves"
    DATE_MOVES = "date_moves"
    NEW = "new"
    REMOVED = "removed"
    REWORDED = "reworded"
    REPAIRED = "repaired"


_OPENING = f":{Part.OPENING}"
_UNREAD_NAMED = 3
"""Services and calendars that a headline names; the rest stands in the section about them."""


@dataclass(frozen=True, kw_only=True)
class Telling:
    """One plan as one reader is told it. ``only``: the changes of this entry alone, '' for all."""

    report: CycleReport
    voice: PlanVoice
    only: str = ""

    @cached_property
    def changes(self) -> list[EntryChange]:
        """The changes that are shown, by day."""
        return entry_changes(self.groups())

    def groups(self) -> Iterator[PlanGroup]:
        """Their events, by target and day."""
        return (
            group
            for group in self.report.plans.groups(self.report.edition)
            if not self.only or group.entry == self.only
        )

    @cached_property
    def students(self) -> Mapping[str, int]:
        """Context to its students."""
        return {name: context.students for name, context in self.report.contexts.items()}

    @cached_property
    def _entries(self) -> Mapping[tuple[str, str], Entry]:
        calendar = self.report.calendar
        if calendar is None:
            return {}
        years = _with_drafts(calendar, self.report).years
        return {(name, entry.id): entry for name, year in years.items() for entry in year.entries}

    def headlines(self) -> list[str]:
        """``1 deadline moves, in 3 places: 13 -> 10 September``, one for each that happens, or that nothing does.

        Last of all what could not be read, since there anything may change. Of an entry that is shown alone and does
        not change, that alone: the plan may well change others.
        """
        unread = list(dict.fromkeys(one.where for one in self.report.failures))
        if not self.changes and not unread:
            return [self.voice("unchanged", entry=self.only) if self.only else self.voice("nothing")]
        by_what: dict[Happening, list[EntryChange]] = {}
        for change in self.changes:
            by_what.setdefault(self.what(change), []).append(change)
        lines = [self._headline(what, by_what[what]) for what in Happening if what in by_what]
        if unread:
            more = ", ..." if len(unread) > _UNREAD_NAMED else ""
            lines.append(f"{self.voice('unread')}: {', '.join(unread[:_UNREAD_NAMED])}{more}")
        return lines

    def what(self, change: EntryChange) -> Happening:
        """What happens to the entry."""
        if change.why in _REPAIRS:
            return Happening.REPAIRED
        if change.action is Action.CREATE:
            return Happening.NEW
        if change.action is Action.DELETE:
            return Happening.REMOVED
        if not change.moves:
            return Happening.REWORDED
        return Happening.DEADLINE_MOVES if self._is_deadline(change) else Happening.DATE_MOVES

    def title(self, change: EntryChange) -> str:
        """What its event is called where the reader's language is the first, else the entry's own title there."""
        return self.title_said(change)[0]

    def title_said(self, change: EntryChange) -> tuple[str, str]:
        """The title, and the language that it is in."""
        entry = self._entries.get((change.year, change.entry))
        own = (
            (self.voice.name(entry.title), self.voice.source(entry.title)) if entry is not None else ("", "")
        )
        if own[0] and _is_parted(change):
            # Its events are called "Opens: ..." and "Last day: ...", and the change is about both.
            return own
        said = [group for group in change.groups if self._first_language(group) == self.voice.language]
        told = next((one for one in said if not one.key.endswith(_OPENING)), None)
        if told is not None or said:
            return (told or said[0]).title, self.voice.language
        if own[0]:
            return own
        return change.groups[0].title, self._first_language(change.groups[0])

    def entry(self, year: str, name: str) -> Entry | None:
        """The entry as the calendar shown has it; None for one that is no longer there."""
        return self._entries.get((year, name))

    def entry_title(self, year: str, name: str) -> str:
        """Its own title in the reader's language or its fallbacks, '' where there is none."""
        entry = self.entry(year, name)
        return self.voice.name(entry.title) if entry is not None else ""

    def _first_language(self, group: PlanGroup) -> str:
        target = self.report.target_values.get(group.target)
        return target.languages[0] if target is not None and target.languages else ""

    def moved(self, change: EntryChange) -> str:
        """``13 -> 10 September``; both ends where both move; hours where only those do."""
        words = []
        for edge in Edge:
            old, new = change.edges.get(edge, (None, None))
            if old is None or new is None:
                continue
            if old[0] != new[0]:
                words.append(self.voice.from_to(old[0], new[0]))
            elif old[1] != new[1]:
                hours = (
                    f"{one:%H:%M}" if one is not None else self.voice("whole_day") for one in (old[1], new[1])
                )
                words.append(f"{self.voice.short_day(new[0])},{self.voice.blank}{self.voice.change(*hours)}")
        return ", ".join(dict.fromkeys(words))

    def shift(self, change: EntryChange) -> str:
        """``3 days earlier``, or ``begins 2 days later`` where only its first day moves; '' where no day does."""
        for edge in (Edge.ENDS, Edge.BEGINS):
            old, new = change.edges.get(edge, (None, None))
            if old is None or new is None or old[0] == new[0]:
                continue
            count = (new[0] - old[0]).days
            words = self.voice.counted("later" if count > 0 else "earlier", abs(count))
            is_second = edge is Edge.BEGINS and len(change.edges) == 1 and _is_wide(change)
            return self.voice("begins", shift=words) if is_second else words
        return ""

    def reason(self, change: EntryChange) -> str:
        """Why it is made, '' where it goes without saying."""
        return self._why(change.why)

    def group_reason(self, group: PlanGroup) -> str:
        """The same of one event, with its shift."""
        (change,) = entry_changes([group])
        return ", ".join(filter(None, (self.shift(change), self._why(group.why))))

    def _why(self, why: Why) -> str:
        return "" if why in _SAID_ALREADY else self.voice(f"why_{why}")

    def details(self, change: EntryChange) -> Iterator[str]:
        """Old and new of what changes, a line each."""
        if change.moves:
            days = self.voice.change(self.voice.days(change.before), self.voice.days(change.after))
            shift = self.shift(change)
            yield self.voice("date", change=f"{days} ({shift})" if shift else days)
        titles = [
            (self._first_language(group) != self.voice.language, one.old, one.new)
            for group in change.groups
            for one in group.fields
            if one.name is Field.TITLE
        ]
        for _, old, new in sorted(titles, key=lambda one: one[0])[:1]:
            # In the reader's language, where a place has it.
            yield self.voice("renamed", change=self.voice.change(old, new))
        if len({(old, new) for _, old, new in titles}) > 1:
            yield self.voice("renamed_elsewhere")
        if Field.TEXT in change.fields:
            yield self.voice("text")

    def field_lines(self, group: PlanGroup) -> Iterator[str]:
        """The same of one event."""
        for one in group.fields:
            if one.name is Field.DAYS:
                old, new = (self._days_words(text) for text in (one.old, one.new))
                yield self.voice("date", change=self.voice.change(old, new))
            elif one.name is Field.TITLE:
                yield self.voice("renamed", change=self.voice.change(one.old, one.new))
            elif one.name is Field.TEXT:
                yield self.voice("text")

    def places(self, contexts: Sequence[str]) -> str:
        """``8 courses, 4 other calendars``; one by its name."""
        if len(contexts) == 1:
            return contexts[0]
        courses = sum(map(is_course, contexts))
        others = len(contexts) - courses
        return ", ".join(
            [
                *([self.voice.counted("courses", courses)] if courses else []),
                *([self.voice.counted("others" if courses else "calendars", others)] if others else []),
            ]
        )

    def reach(self, contexts: Sequence[str], messages: int) -> str:
        """Where, and whom it may reach: ``2 courses, about 137 students, up to 137 messages``."""
        students = sum(self.students.get(one, 0) for one in contexts)
        return ", ".join(
            [
                self.places(contexts),
                *([self.voice.counted("students", students)] if students else []),
                *([self.voice.counted("messages", messages)] if messages else []),
            ]
        )

    def _days_words(self, text: str) -> str:
        days = read_day_words(text)
        return self.voice.days(days) if days is not None else text or self.voice("none")

    def _headline(self, what: Happening, changes: Sequence[EntryChange]) -> str:
        contexts = {context for change in changes for context in change.contexts}
        where = self.voice.counted("in_places", len(contexts))
        words = f"{self.voice.counted(what, len(changes))}, {where}"
        if len(changes) > 1:
            return words
        return f"{words}: {self.moved(changes[0]) if changes[0].moves else self.title(changes[0])}"

    def _is_deadline(self, change: EntryChange) -> bool:
        entry = self._entries.get((change.year, change.entry))
        if entry is None or Edge.ENDS not in change.edges:
            return False
        return entry.kind in {Kind.UNTIL, Kind.RULE} or entry.shape in _DEADLINES or entry.hours.is_deadline


def _is_parted(change: EntryChange) -> bool:
    """Whether its first and its last day are events of their own somewhere, and both come, go or move."""
    return len(change.edges) > 1 and len({group.key.endswith(_OPENING) for group in change.groups}) > 1


def _is_wide(change: EntryChange) -> bool:
    return any(group.days is not None and group.days.count > 1 for group in change.groups)


def _with_drafts(calendar: CanonicalCalendar, report: CycleReport) -> CanonicalCalendar:
    return calendar.with_drafts() if report.drafts else calendar
