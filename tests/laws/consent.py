"""What people said yes to, and what went out: laws 7 and 8, kept from the outside.

Law 7: no more goes out than was shown and approved. Fills that nobody approved keep within the limit over any
24 hours, and a calendar that takes more entries away than may go unasked is in force only after it was approved,
once for each time. Law 8: what one course's people can do holds no other course.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from mapping.planning.guards import GuardHit, GuardLevel
from syncd.reconcile.editions import IN_FORCE_FACT
from syncd.state.store import State

DAY_S = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class BeforeCycle:
    """What the state said as a cycle began. ``filling``: courses that were never in step."""

    in_force: str
    filling: frozenset[str]
    on_record: frozenset[str]
    """Targets that the state has records of."""


def look_at(state: State, courses: Collection[str]) -> BeforeCycle:
    notes, counts = state.events.notes(), state.events.counts()
    return BeforeCycle(
        in_force=state.ledger.fact(IN_FORCE_FACT) or "",
        filling=frozenset(name for name in courses if name not in notes or notes[name].in_step_at is None),
        on_record=frozenset(notes[name].target for name, count in counts.items() if count and name in notes),
    )


FORGED = "forged-"
"""How the entries of marks begin that a person wrote."""


@dataclass(slots=True, kw_only=True)
class Consent:
    """``messages``: that fills may send unasked in a day; ``removals``: entries that an edit may take away unasked."""

    messages: int
    removals: int
    breaches: list[str] = field(default_factory=list)
    _shown: dict[str, int] = field(default_factory=dict)
    """Course to the messages that its fill would send, as the last cycle told."""
    _shown_calendar: str = ""
    _allowed: dict[str, int] = field(default_factory=dict)
    _calendars: set[str] = field(default_factory=set)
    _saved: tuple[dict[str, int], set[str]] = field(default_factory=lambda: ({}, set()))
    """What was approved and not yet done as the state was saved."""
    _sent: list[tuple[float, int]] = field(default_factory=list)
    _forged: set[str] = field(default_factory=set)
    """Entries that were forged while the target was on record."""
    _unknown: int = 0
    """Messages that the product could not know of, since it was killed between a write and its line."""

    def is_shown(self, hits: Collection[GuardHit], calendar: str) -> None:
        """A cycle told what waits."""
        self._shown = {}
        for hit in hits:
            # An emptied course is filled again on an approval that names its messages too.
            for name, part in hit.parts.items() if hit.guard in {"fill-messages", "context-emptied"} else ():
                self._shown[name] = max(part.messages, self._shown.get(name, 0))
        self._shown_calendar = calendar

    def is_given(self) -> None:
        """A person approved what was shown last."""
        self._allowed |= self._shown
        self._calendars.add(self._shown_calendar)

    def is_forgotten(self) -> None:
        """The state that counted is gone: the day begins anew."""
        self._sent.clear()
        self._forged.clear()
        self._unknown = 0

    def is_saved(self) -> None:
        """The state is copied, with the approvals that it holds."""
        self._saved = dict(self._allowed), set(self._calendars)

    def is_restored(self) -> None:
        """The copy is in force: what it holds approved may be done once more."""
        allowed, calendars = self._saved
        self._allowed = {
            name: max(allowed.get(name, 0), self._allowed.get(name, 0)) for name in allowed | self._allowed
        }
        self._calendars |= calendars

    def is_cut_short(self, messages: int) -> None:
        """One write more may have gone out than the state can know."""
        self._unknown += messages

    def goes_out(self, context: str, messages: int, *, now: float) -> None:
        """A fill sends messages to the participants of a course."""
        covered = min(self._allowed.get(context, 0), messages)
        if covered:
            self._allowed[context] -= covered
        self._sent.append((now, messages - covered))
        total = sum(count for at, count in self._sent if at > now - DAY_S)
        if total > self.messages + self._unknown:
            self.breaches.append(
                f"law 7: {total} messages of fills that nobody approved, the last in {context}"
            )

    def comes_into_force(self, calendar: str, removed: int) -> None:
        """An edit is served. ``removed``: entries it takes away from what was in force before."""
        if removed > self.removals and calendar not in self._calendars:
            self.breaches.append(f"law 7: {removed} entries were taken away and nobody approved that")
        self._calendars.discard(calendar)

    def is_forged(self, entry: str) -> None:
        """A person writes our mark for an entry that there is not."""
        self._forged.add(entry)

    def begins(self, targets: Collection[str], on_record: Collection[str]) -> None:
        """A cycle begins. Where a target has no record at all, what bears our mark is taken on record as it stands."""
        if set(targets) - set(on_record):
            self._forged.clear()

    def is_held(self, hits: Collection[GuardHit]) -> None:
        """A guard refused these."""
        for hit in hits:
            forged = [
                one for one in self._forged if any(subject.endswith(f":{one}") for subject in hit.subjects)
            ]
            if hit.level is GuardLevel.TARGET and forged:
                self.breaches.append(f"law 8: a forged mark holds the target {hit.scope}: {hit.sentence}")
