"""What `syncd check` asks the services: access to each target, its term, the clock, what several targets claim."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from connectors.errors import ConnectorError, MissingTermError
from connectors.port import Connector, KnowsTerms, Severity, TellsTime
from mapping.drafts import first_term_day
from mapping.model import CanonicalCalendar, Context, Days, Target, Targets
from mapping.planning.claims import settle_claims
from mapping.routing import years_of
from syncd.checks.lines import Line, failed, note, ok, refused
from syncd.config.settings import Settings
from syncd.errors import RefusedError
from syncd.exits import FAILED
from syncd.reconcile.binding import check_endpoint, check_owner
from syncd.reporting.english import counted, days
from syncd.reporting.status import not_stored_lines
from syncd.state.store import State
from syncd.wiring import state_address, today_of

MOST_SKEW_S = 120.0
"""Seconds by which this machine's clock may differ from the services'."""


@dataclass(slots=True, kw_only=True)
class Online:
    """``connectors``: by kind; one whose service does not answer is taken out."""

    settings: Settings
    calendar: CanonicalCalendar
    targets: Targets
    connectors: dict[str, Connector]
    _found: dict[str, tuple[Context, ...]] = field(default_factory=dict)
    _complete: bool = True

    def lines(self) -> Iterator[Line]:
        """Each target's access, then what only all of them together show."""
        state = State.open_for_reading(state_address(self.settings))
        try:
            yield from self._binding(state, self.targets.owner)
            for target in self.targets.targets:
                if target.kind in self.connectors:
                    yield from self._access(self.connectors[target.kind], target)
            yield from self._claims(state)
            for line in not_stored_lines(state.events):
                yield note("not stored", line.strip())
        finally:
            state.close()

    def _binding(self, state: State, owner: str) -> Iterator[Line]:
        try:
            check_owner(state.ledger, owner)
        except RefusedError as error:
            yield refused("state", str(error))
        for kind, connector in list(self.connectors.items()):
            try:
                account = connector.account()
            except ConnectorError as error:
                yield failed(kind, str(error))
                self._complete = False
                del self.connectors[kind]
                continue
            user = f"; the credential is that of user {account.user}" if account.user else ""
            yield ok(kind, f"{account.endpoint} answers{user}.")
            yield from clock_lines(kind, connector)
            try:
                check_endpoint(state.ledger, kind, account)
            except RefusedError as error:
                yield refused("state", str(error))

    def _access(self, connector: Connector, target: Target) -> Iterator[Line]:
        if (wait := self._term_wait(connector, target)) is not None:
            yield note(target.name, wait)
            self._complete = False
            return
        try:
            for finding in connector.check(target):
                code = FAILED if finding.severity == Severity.PROBLEM else 0
                yield Line(about=target.name, severity=finding.severity, message=finding.message, code=code)
            yield from self._terms(connector, target)
            discovery = next(iter(connector.discover([target])))
        except ConnectorError as error:
            yield failed(target.name, str(error))
            self._complete = False
            return
        self._found[target.name] = discovery.contexts
        self._complete = self._complete and discovery.complete

    def _term_wait(self, connector: Connector, target: Target) -> str | None:
        """The sentence for a term that the service does not have yet and need not have; None otherwise."""
        first = first_term_day(self.calendar, target)
        if not isinstance(connector, KnowsTerms) or first is None:
            return None
        try:
            connector.terms_of(target)
        except MissingTermError as error:
            if today_of(self.settings, self.targets)() < first:
                term = error.term.rpartition(":")[2]
                return f"waiting for term {term}, which begins on {first.isoformat()} in the calendar."
        except ConnectorError:
            pass
        return None

    def _terms(self, connector: Connector, target: Target) -> Iterator[Line]:
        """A service's own term must overlap the data's: courses of last year would be filled otherwise."""
        if not target.enrollment_terms or not isinstance(connector, KnowsTerms):
            return
        ours = list(terms_of_target(self.calendar, target))
        for term in connector.terms_of(target):
            if term.start is None or term.end is None or not ours:
                continue
            theirs = Days.inclusive(min(term.start.date(), term.end.date()), term.end.date())
            if not any(theirs.overlaps(one) for one in ours):
                known = ", ".join(days(one) for one in ours)
                yield refused(
                    target.name,
                    f"the term {term.reference} ({term.name}) lasts {days(theirs)}, which has no day in common "
                    f"with {', '.join(target.terms) or 'the year'} in the data ({known}); "
                    "correct enrollment_term, year or terms in the targets file.",
                )

    def _claims(self, state: State) -> Iterator[Line]:
        """Contexts that two targets claim, and contexts with events of ours that none claims any more."""
        claims = settle_claims(self._found, self.targets.targets)
        yield from (refused("targets", str(clash)) for clash in claims.clashes)
        if not self._complete:
            return
        claimed = {context.id for context in claims.contexts}
        claimed.update(clash.context for clash in claims.clashes)
        for context, count in sorted(left_behind(state, claimed, self.connectors).items()):
            stay = "stays" if count == 1 else "stay"
            yield note(
                "left behind",
                f"{context}: no target claims it any more; {counted(count, 'event')} of ours {stay} there.",
            )


def clock_lines(kind: str, connector: Connector) -> Iterator[Line]:
    """This machine's clock against the service's: days and tokens go by it."""
    skew_s = connector.skew_s if isinstance(connector, TellsTime) else None
    if skew_s is not None and abs(skew_s) > MOST_SKEW_S:
        way = "behind" if skew_s > 0 else "ahead of"
        yield failed(
            kind,
            f"this machine's clock is {abs(skew_s) / 60:,.0f} minutes {way} the service's: set it (NTP). By a wrong "
            "clock what is past, what is due and whether a token is good are judged wrongly.",
        )


def terms_of_target(calendar: CanonicalCalendar, target: Target) -> Iterator[Days]:
    """The data's terms that a target shows."""
    for year in years_of(calendar, target):
        for (programme, term), span in year.terms.items():
            if target.programmes and programme not in target.programmes:
                continue
            if not target.terms or term in target.terms:
                yield span


def left_behind(state: State, claimed: set[str], kinds: Mapping[str, object]) -> dict[str, int]:
    """Contexts on record that nobody claims, of the kinds that answer, with the number of our events there."""
    notes = state.events.notes()
    return {
        name: count
        for name, count in state.events.counts().items()
        if name not in claimed and name in notes and notes[name].kind in kinds
    }
