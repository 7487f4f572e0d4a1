"""How the calendars stand, for operators: what fails and what to do, what waits, what was written, open questions.

Shows the calendar in force and our own words about it. Titles that people gave their events, names of
courses and of persons are not shown here: plan and journal show them to whoever decides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mapping.identity import split_key
from mapping.planning.told import told_together
from mapping.text.typography import unbroken
from syncd.daemon.snapshot import Snapshot
from syncd.reconcile.editions import PINNED_FACT
from syncd.reconcile.passes import Failure
from syncd.reporting.cycle_log import failure_words
from syncd.reporting.feed import events_of
from syncd.reporting.page_words import guard_words
from syncd.state.context_notes import ContextNote
from syncd.state.ledger import RecentChange
from syncd.web.frame import Frame

RECENT_S = 30 * 86400.0
RECENT_SHOWN = 20
FAILURES_SHOWN = 12


Attention = tuple[str, list[tuple[str, str]], str]
"""What a person should look at, details each with their language, and what to do."""


class StatusPage:
    """One answer."""

    def __init__(self, frame: Frame, *, now: float) -> None:
        self._daemon = frame.daemon
        self._frame = frame
        self._calendar = frame.calendar
        self._words = frame.say
        self._now = now

    def values(self) -> dict[str, Any]:
        """For the template."""
        snapshot = self._daemon.board.read()
        notes = self._daemon.state.events.notes()
        asked = self._frame.asked
        candidate = self._daemon.candidate
        drafts = candidate.calendar.drafts if candidate is not None else {}
        return {
            **self._frame.values(),
            "attention": (attention := list(self._attention(snapshot, notes))),
            "summary": self._summary(snapshot, notes, calm=not attention),
            "targets": list(self._targets(snapshot, notes)),
            "recent": list(self._recent()),
            "review": (review := list(self._review())),
            "questions": sum(len(notes) for _, notes in review),
            "drafts": [(asked.draft_link(name), name) for name in drafts],
        }

    # --- how things stand ---------------------------------------------------------------------------

    def _summary(self, snapshot: Snapshot, notes: Mapping[str, ContextNote], *, calm: bool) -> str:
        if not snapshot.context_targets:
            return self._words("starting")
        done = sum(1 for name in snapshot.context_targets if _in_step(notes.get(name)))
        checked = self._words("checked", when=self._words.moment(snapshot.attempted_at))
        if done == len(snapshot.context_targets):
            if not calm:
                return checked
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
        if self._daemon.state.ledger.fact(PINNED_FACT):
            yield say("undone"), [], ""
        if snapshot.paused:
            yield say("paused"), [], ""
        if snapshot.refused:
            counts = {name: snapshot.planned.get(name, 0) for name in ("create", "update", "delete")}
            details = [(guard_words(say, one), say.language) for one in told_together(snapshot.refused)]
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
            do = self._words("status_do", do=self._words(_remedy(one)))
            yield self._words("fails", when=self._words.moment(since)), _in_english([failure_words(one)]), do
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
        entries = self._frame.entries
        shown = events_of(self._calendar, school=None, language=self._words.language, today=self._frame.today)
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


def _remedy(failure: Failure) -> str:
    """The words for what to do about a failure."""
    if failure.credential:
        return "do_credential"
    return "do_wait" if failure.transient else "do_look"


def _in_step(note: ContextNote | None) -> bool:
    return note is not None and note.is_in_step
