"""Everything the status page says, gathered from what the daemon knows: values for the template.

Shows the calendar in force and our own words about it. Titles that people gave their events, names of
courses and of persons are not shown here: plan and journal show them to whoever decides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from mapping.identity import split_key
from mapping.model import CanonicalCalendar, Days, Entry
from mapping.text.typography import unbroken
from syncd.daemon.snapshot import Snapshot
from syncd.daemon.view import DaemonView
from syncd.reporting.design.grid import month_of
from syncd.reporting.feed import events_of
from syncd.state.events import ContextNote
from syncd.state.ledger import RecentChange
from syncd.web.months import Shown, drawn_weeks, in_month
from syncd.web.words import PageWords, guard_words

RECENT_S = 30 * 86400.0
RECENT_SHOWN = 20
FAILURES_SHOWN = 12


Attention = tuple[str, list[tuple[str, str]], str]
"""What a person should look at, details each with their language, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """What a reader may choose, already checked."""

    language: str
    school: str
    month: date | None


class Page:
    """One answer."""

    def __init__(
        self, daemon: DaemonView, calendar: CanonicalCalendar, request: PageRequest, *, now: float
    ) -> None:
        self._daemon = daemon
        self._calendar = calendar
        self._asked = request
        self._now = now
        zone = daemon.targets.timezone if daemon.targets is not None else "UTC"
        self._words = PageWords(calendar, request.language, zone)
        self._today = daemon.today()

    def values(self) -> dict[str, Any]:
        """For the template."""
        snapshot = self._daemon.board.read()
        notes = self._daemon.state.events.notes()
        university = self._calendar.university
        return {
            "say": self._words,
            "lang": self._asked.language,
            "languages": [(code, spec.name) for code, spec in university.languages.items()],
            "university": self._words.voice.say(university.name),
            "schools": [(key, self._words.voice.say(one.name)) for key, one in university.schools.items()],
            "school": self._asked.school,
            "snapshot": snapshot,
            **self._month(),
            "attention": list(self._attention(snapshot, notes)),
            "summary": self._summary(snapshot, notes),
            "targets": list(self._targets(snapshot, notes)),
            "recent": list(self._recent()),
            "review": (review := list(self._review())),
            "questions": sum(len(notes) for _, notes in review),
        }

    # --- the month ---------------------------------------------------------------------------------

    def _month(self) -> dict[str, Any]:
        shown = list(self._shown())
        months = sorted(
            {month_of(day).start for event in shown for day in (event.days.start, event.days.last)}
        )
        wanted = month_of(self._asked.month or self._today)
        if months and not months[0] <= wanted.start <= months[-1]:
            wanted = month_of(months[0] if wanted.start < months[0] else months[-1])
        listed = in_month(shown, wanted)
        before, after = month_of(wanted.start.replace(day=1)), wanted.end
        earlier = [month for month in months if month < before.start]
        return {
            "month": wanted,
            "month_name": self._month_name(wanted.start),
            "weeks": list(
                drawn_weeks(wanted, shown, today=self._today, working_week=self._working_week(wanted))
            ),
            "listed": [(self._words.days(event.days), event) for event in listed],
            "legend": sorted({(event.colour, event.category) for event in listed}, key=lambda one: one[1]),
            "earlier": self._month_link(earlier[-1]) if earlier else None,
            "later": self._month_link(after) if months and after <= months[-1] else None,
            "now": self._month_link(month_of(self._today).start),
            "weekdays": [self._words(f"weekday_{number}") for number in range(1, 8)],
        }

    def _month_link(self, first: date) -> tuple[str, str]:
        return f"{first:%Y-%m}", self._month_name(first)

    def _month_name(self, first: date) -> str:
        return self._words("month_year", month=self._words(f"month_{first.month}"), year=first.year)

    def _shown(self) -> Iterator[Shown]:
        """What people see of the school: the same titles and days as its published calendar."""
        university = self._calendar.university
        entries = _entries(self._calendar)
        events = events_of(
            self._calendar, school=self._asked.school, language=self._asked.language, today=self._today
        )
        for key, event in events.items():
            year, name, _ = split_key(key)
            category = university.categories[entries[year, name].category]
            yield Shown(
                title=unbroken(event.title),
                days=event.days,
                category=self._words.voice.say(category.name),
                colour=category.colour,
                day_off=category.day_off,
            )

    def _working_week(self, month: Days) -> frozenset[int]:
        """Of the year that reaches into the month; all days where none does."""
        for year in self._calendar.years.values():
            if any(entry.days is not None and entry.days.overlaps(month) for entry in year.entries):
                return year.working_week
        return frozenset(range(1, 8))

    # --- how things stand ---------------------------------------------------------------------------

    def _summary(self, snapshot: Snapshot, notes: Mapping[str, ContextNote]) -> str:
        if not snapshot.context_targets:
            return self._words("starting")
        done = sum(1 for name in snapshot.context_targets if _in_step(notes.get(name)))
        checked = self._words("checked", when=self._words.moment(snapshot.attempted_at))
        if done == len(snapshot.context_targets):
            return f"{self._words('all_in_step')} {checked}"
        sentence = self._words("some_in_step", done=done, all=len(snapshot.context_targets))
        return f"{sentence} {checked}"

    def _attention(self, snapshot: Snapshot, notes: Mapping[str, ContextNote]) -> Iterator[Attention]:
        """Everything that a person should look at."""
        say = self._words
        if snapshot.problem:
            yield (
                say("cycle_problem", when=say.moment(snapshot.problem_since)),
                _in_english([snapshot.problem]),
                "",
            )
        if snapshot.data_problem:
            yield say("data_problem"), [], ""
        if snapshot.paused:
            yield say("paused"), [], ""
        if snapshot.refused:
            counts = {name: snapshot.planned.get(name, 0) for name in ("create", "update", "delete")}
            details = [(guard_words(say, hit), say.language) for hit in snapshot.refused]
            do = f"{say('planned', **counts)} {say('plan_do', command=snapshot.decide)}"
            yield say("plan_waits", when=say.moment(snapshot.waiting_since)), details, do
        if snapshot.clashes:
            yield say("fails", when=say.moment(snapshot.attempted_at)), _in_english(snapshot.clashes), ""
        resting = self._daemon.state.events.unstored_everywhere()
        if resting:
            yield say("not_stored", count=sum(map(len, resting.values()))), [], ""
        yield from self._failures(snapshot, notes)

    def _failures(self, snapshot: Snapshot, notes: Mapping[str, ContextNote]) -> Iterator[Attention]:
        """Each failure once, with since when; a thousand courses that fail alike are counted."""
        seen: Counter[str] = Counter()
        for one in snapshot.failures:
            alike = one.sentence.replace(one.where, "")
            seen[alike] += 1
            if seen[alike] > 1 or len(seen) > FAILURES_SHOWN:
                continue
            note = notes.get(one.where)
            since = note.failing_since if note is not None and note.failing_since else snapshot.attempted_at
            yield self._words("fails", when=self._words.moment(since)), _in_english([one.sentence]), ""
        more = len(snapshot.failures) - min(len(seen), FAILURES_SHOWN)
        if more > 0:
            yield self._words("fails_more", count=more), [], ""

    def _targets(
        self, snapshot: Snapshot, notes: Mapping[str, ContextNote]
    ) -> Iterator[tuple[str, int, int, str]]:
        """(target, calendars, of them as approved, when last all were seen so)."""
        for name in snapshot.targets:
            contexts = [one for one, target in snapshot.context_targets.items() if target == name]
            in_step = [one for one in contexts if _in_step(notes.get(one))]
            seen = [note.in_step_at for one in contexts if (note := notes.get(one)) is not None]
            oldest = min((at for at in seen if at is not None), default=None) if None not in seen else None
            yield name, len(contexts), len(in_step), self._words.moment(oldest)

    def _recent(self) -> Iterator[tuple[str, RecentChange, str]]:
        """(when, change, its entry's title in our words)."""
        changes = self._daemon.state.ledger.recent(since=self._now - RECENT_S, limit=RECENT_SHOWN)
        entries = _entries(self._calendar)
        shown = events_of(self._calendar, school=None, language=self._asked.language, today=self._today)
        # With the lead: opening and last day of one entry would read the same.
        titles = {key: event.title for key, event in shown.items()}
        for change in changes:
            year, name, _ = split_key(change.key)
            entry = entries.get((year, name))
            title = self._words.voice.say(entry.title) if entry is not None else name
            yield self._words.moment(change.at), change, unbroken(titles.get(change.key, title))

    def _review(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        for year in self._calendar.years.values():
            for entry in year.entries:
                if entry.review:
                    title = f"{entry.ref} {self._words.voice.say(entry.title)}".strip()
                    yield unbroken(title), entry.review


def _in_english(sentences: Iterable[str]) -> list[tuple[str, str]]:
    """What services and loader say is in English on every page."""
    return [(one, "en") for one in sentences]


def _entries(calendar: CanonicalCalendar) -> Mapping[tuple[str, str], Entry]:
    return {(name, entry.id): entry for name, year in calendar.years.items() for entry in year.entries}


def _in_step(note: ContextNote | None) -> bool:
    return note is not None and note.is_in_step
