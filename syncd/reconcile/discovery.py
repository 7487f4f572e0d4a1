"""Which contexts there are to keep: who we are at each service, what each target finds, and who may have it.

Reads, writes nothing. A service that does not answer, or a target that is read in part, takes no context
from another target and loses none to it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from connectors.errors import ConnectorError, MissingTermError, StoppedError
from connectors.port import Account, Discovery, discover_by_lengths, sign_in
from connectors.registry import course_context
from mapping.model import Context, Target
from mapping.planning.claims import Clash, settle_claims
from syncd.reconcile.binding import check_endpoint
from syncd.reconcile.containment import contained
from syncd.reconcile.passes import Failure, failure
from syncd.reconcile.runtime import Runtime
from syncd.state.ledger import FOUND_FACT, Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What there is to keep in step, of the services that answer."""

    accounts: Mapping[str, Account]
    """Kind to who we are there."""
    contexts: Mapping[str, Context]
    """Every context that one target claims, of the targets asked for."""
    targets: tuple[str, ...]
    """The targets asked for."""
    clashes: tuple[Clash, ...]
    left_behind: Mapping[str, int]
    """Contexts with events of ours that no target claims any more, and how many; empty while a read fails."""
    failures: tuple[Failure, ...]
    term_waits: tuple[TermWait, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TermWait:
    """A target whose term the service does not have yet, which is no failure before the term's first day."""

    target: str
    term: str
    first_day: date

    def __str__(self) -> str:
        return f"{self.target} is waiting for term {self.term}, which begins on {self.first_day.isoformat()}"


def discover(
    runtime: Runtime, only: frozenset[str], first_day: Callable[[Target], date | None] = lambda _: None
) -> Found:
    """Ask every service who we are and what each target names. ``only``: the targets asked for, empty for all.

    ``first_day``: of a target's terms in the calendar, None where it has no such term.

    Raises `RefusedError` where the state was written against another server, `StoppedError` where it was told
    to stop: what was not asked is not missing.
    """
    return ContextDiscovery(runtime=runtime, only=only, first_day=first_day).run()


def lengths(ledger: Ledger) -> dict[str, int]:
    """Target to how many contexts it had when all were last asked for; it decides nothing, so that an odd value is none."""
    try:
        kept = json.loads(ledger.fact(FOUND_FACT) or "{}")
        return {str(name): int(count) for name, count in kept.items()}
    except (ValueError, AttributeError, TypeError, OverflowError):
        return {}


def remember_lengths(ledger: Ledger, found: Found) -> None:
    """Keep for the next time how many contexts each target has; of what could not be read, what was known."""
    unread = {one.target for one in found.failures}
    known = lengths(ledger) if found.failures else {}
    counted = Counter(one.target for one in found.contexts.values() if one.target not in unread)
    ledger.set_fact(FOUND_FACT, json.dumps(known | counted, sort_keys=True))


@dataclass(slots=True, kw_only=True)
class ContextDiscovery:
    """Lives for one pass. Targets that are not asked for keep their claims."""

    runtime: Runtime
    only: frozenset[str]
    first_day: Callable[[Target], date | None] = lambda _: None
    _term_waits: list[TermWait] = field(default_factory=list)
    _signed_in: dict[str, Callable[[], Account]] = field(default_factory=dict)
    """Kind to what waits for its account."""
    _accounts: dict[str, Account] = field(default_factory=dict)
    _failures: list[Failure] = field(default_factory=list)

    def run(self) -> Found:
        """Everything that was found."""
        self._sign_in()
        wanted = self.runtime.targets.targets
        found: dict[str, list[Context]] = {}
        unread: set[str] = set()
        for discovery in self._discoveries(wanted):
            found[discovery.target] = list(discovery.contexts)
            if not discovery.complete:
                unread.add(discovery.target)
            for error in discovery.errors:
                if isinstance(error, StoppedError):
                    raise error
                wait = self._term_wait(discovery.target, error)
                if wait is not None:
                    self._term_waits.append(wait)
                else:
                    where = error.context or discovery.target
                    self._failures.append(failure(where, discovery.target, error))
        self._keep_from_others(found, unread)
        claims = settle_claims(found, wanted)
        claimed = {context.id for context in claims.contexts}
        claimed.update(clash.context for clash in claims.clashes)
        return Found(
            accounts=self._accounts,
            contexts={one.id: one for one in claims.contexts if self._is_asked(one.target)},
            targets=tuple(target.name for target in wanted if self._is_asked(target.name)),
            clashes=claims.clashes,
            left_behind=self._left_behind(claimed),
            failures=tuple(self._failures),
            term_waits=tuple(one for one in self._term_waits if self._is_asked(one.target)),
        )

    def _term_wait(self, name: str, error: ConnectorError) -> TermWait | None:
        """A term that is not there is waited for until the day on which the calendar has it begin."""
        if not isinstance(error, MissingTermError):
            return None
        target = next(one for one in self.runtime.targets.targets if one.name == name)
        first = self.first_day(target)
        if first is None or self.runtime.today() >= first:
            return None
        return TermWait(target=name, term=error.term.rpartition(":")[2], first_day=first)

    def _sign_in(self) -> None:
        """At each service; one that does not answer is left out of this pass."""
        for kind, connector in self.runtime.connectors.items():
            try:
                with contained(self.runtime, "sign in", ""):
                    self._signed_in[kind] = sign_in(connector)
            except StoppedError:
                raise
            except ConnectorError as error:
                self._failures.append(failure(kind, "", error))

    def _meets_account(self, kind: str) -> bool:
        """Who we are there; a service that does not say is left out as well."""
        try:
            with contained(self.runtime, "sign in", ""):
                account = self._signed_in[kind]()
        except StoppedError:
            raise
        except ConnectorError as error:
            self._failures.append(failure(kind, "", error))
            return False
        check_endpoint(self.runtime.state.ledger, kind, account)
        self._accounts[kind] = account
        return True

    def _is_asked(self, target: str) -> bool:
        return not self.only or target in self.only

    def _discoveries(self, wanted: Sequence[Target]) -> Iterator[Discovery]:
        for kind in self._signed_in:
            of_kind = [target for target in wanted if target.kind == kind]
            # Asked for beside the account: nothing of it is taken before that is known to be the state's.
            discoveries = list(self._discover(kind, of_kind)) if of_kind else []
            if self._meets_account(kind):
                yield from discoveries

    def _discover(self, kind: str, targets: Sequence[Target]) -> Iterator[Discovery]:
        """As the port, but an error of the whole sweep becomes one of each target not yet told of."""
        left = {target.name for target in targets}
        try:
            with contained(self.runtime, "discover", ""):
                expected = lengths(self.runtime.state.ledger)
                for discovery in discover_by_lengths(self.runtime.connectors[kind], targets, expected):
                    left.discard(discovery.target)
                    yield discovery
        except StoppedError:
            raise
        except ConnectorError as error:
            for name in sorted(left):
                yield Discovery(target=name, contexts=(), errors=(error,), complete=False)

    def _keep_from_others(self, found: Mapping[str, list[Context]], unread: set[str]) -> None:
        """Leave contexts of a target that could not be read whole to nobody, for this cycle.

        Another target would take them for its own, and delete there what only the first one wants.
        """
        if not unread:
            return
        partly = [target for target in self.runtime.targets.targets if target.name in unread]
        swept = {target.name for target in partly if target.account}
        notes = self.runtime.state.events.notes().values()
        theirs = {note.context: note.target for note in notes if note.target in swept}
        theirs |= {course_context(number): target.name for target in partly for number in target.courses}
        for name, contexts in found.items():
            contexts[:] = [one for one in contexts if theirs.get(one.id, name) == name]

    def _left_behind(self, claimed: set[str]) -> Mapping[str, int]:
        if self._failures:
            return {}
        events = self.runtime.state.events
        recorded = events.recorded()
        others = [name for name in sorted(recorded.keys() - claimed) if recorded[name] in self._accounts]
        # Of few out of thousands: closed courses, and those of targets that were taken out.
        return {name: events.count(name) for name in others}
