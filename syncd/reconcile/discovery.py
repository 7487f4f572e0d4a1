"""Which contexts there are to keep: who we are at each service, what each target finds, and who may have it.

Reads, writes nothing. A service that does not answer, or a target that is read in part, takes no context
from another target and loses none to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from connectors.errors import ConnectorError
from connectors.port import Account, Discovery
from mapping.model import Context, Target
from mapping.planning.claims import settle_claims
from syncd.reconcile.binding import check_endpoint
from syncd.reconcile.observe import failure
from syncd.reconcile.report import CycleReport
from syncd.reconcile.runtime import Runtime


@dataclass(slots=True, kw_only=True)
class ContextDiscovery:
    """Lives for one cycle. ``only``: targets that are asked for, empty for all; the others keep their claims."""

    runtime: Runtime
    report: CycleReport
    only: frozenset[str]
    accounts: dict[str, Account] = field(default_factory=dict)
    """Kind to who we are there; only of services that answer."""

    def meet_accounts(self) -> None:
        """Who we are at each service; one that does not answer is left out of this cycle.

        Raises `RefusedError` where the state was written against another server.
        """
        for kind, connector in self.runtime.connectors.items():
            try:
                account = connector.account()
            except ConnectorError as error:
                self.report.failures.append(failure(kind, "", error))
                continue
            check_endpoint(self.runtime.state.ledger, kind, account)
            self.accounts[kind] = account

    def find_contexts(self) -> list[Context]:
        """Every context that one target claims, of the services that answer; who claims what is in the report."""
        wanted = self.runtime.targets.targets
        found: dict[str, list[Context]] = {}
        unread: set[str] = set()
        for discovery in self._discoveries(wanted):
            found[discovery.target] = list(discovery.contexts)
            if not discovery.complete:
                unread.add(discovery.target)
            self.report.failures.extend(
                failure(error.context or discovery.target, discovery.target, error)
                for error in discovery.errors
            )
        self._keep_from_others(found, unread)
        claims = settle_claims(found, wanted)
        chosen = [context for context in claims.contexts if self._is_asked(context.target)]
        self.report.clashes = claims.clashes
        self.report.contexts = {context.id: context for context in chosen}
        self.report.targets = tuple(target.name for target in wanted if self._is_asked(target.name))
        claimed = {context.id for context in claims.contexts}
        claimed.update(clash.context for clash in claims.clashes)
        self._note_left_behind(claimed)
        return chosen

    def _is_asked(self, target: str) -> bool:
        return not self.only or target in self.only

    def _discoveries(self, wanted: Sequence[Target]) -> Iterator[Discovery]:
        for kind in self.accounts:
            of_kind = [target for target in wanted if target.kind == kind]
            if of_kind:
                yield from self._discover(kind, of_kind)

    def _discover(self, kind: str, targets: Sequence[Target]) -> Iterator[Discovery]:
        """As the port, but an error of the whole sweep becomes one of each target not yet told of."""
        left = {target.name for target in targets}
        try:
            for discovery in self.runtime.connectors[kind].discover(targets):
                left.discard(discovery.target)
                yield discovery
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
        theirs |= {f"course_{number}": target.name for target in partly for number in target.courses}
        for name, contexts in found.items():
            contexts[:] = [one for one in contexts if theirs.get(one.id, name) == name]

    def _note_left_behind(self, claimed: set[str]) -> None:
        """Contexts with events of ours that no target claims any more; not said while a read failed."""
        if self.report.failures:
            return
        counts = self.runtime.state.events.counts()
        kinds = {name: note.kind for name, note in self.runtime.state.events.notes().items()}
        self.report.left_behind = {
            name: count
            for name, count in counts.items()
            if name not in claimed and kinds.get(name) in self.accounts
        }
