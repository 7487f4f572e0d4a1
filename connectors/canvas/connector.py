"""The port's Canvas side: contexts spread over tokens, reads streamed, writes passed on.

Decides nothing about events and keeps nothing between calls but connections and pace.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from itertools import chain, zip_longest
from typing import assert_never

from connectors.canvas.access import Checker
from connectors.canvas.accounts import Accounts, EnrollmentTerm
from connectors.canvas.client import CanvasClient
from connectors.canvas.discovery import KIND, Discoverer
from connectors.canvas.failures import PROFILE, Call
from connectors.canvas.pace import WRITE_COST
from connectors.canvas.packing import pack
from connectors.canvas.reading import Known, Reader
from connectors.canvas.reads import Batch, Read, Reads
from connectors.canvas.settings import CONTEXTS_A_CALL, CanvasSettings
from connectors.canvas.single_events import as_answered, find_row, in_context
from connectors.canvas.translate import Place
from connectors.canvas.writing import Writer
from connectors.containment import contained
from connectors.counting import RequestCounter
from connectors.errors import (
    AccessDeniedError,
    AuthenticationError,
    ConnectorError,
    ScopesError,
    StoppedError,
    TooSlowError,
)
from connectors.port import (
    AccessFinding,
    Account,
    CallCounts,
    Discovery,
    LastLook,
    Observation,
    Severity,
    Unchanged,
    Written,
)
from connectors.sockets import OpenSockets
from mapping.model import (
    Change,
    Context,
    Create,
    Days,
    Delete,
    Fate,
    ObservedEvent,
    Record,
    Target,
    Update,
)

_MOST_ALONE = 20
"""Contexts that failed last time and are listed one by one."""


class _Token:
    """What belongs to one token."""

    def __init__(self, client: CanvasClient, place: Place) -> None:
        self.client = client
        self.reader = Reader(client, place)
        self._place = place

    def writer_at(self, target: str) -> Writer:
        """Writes in the target's zone."""
        return Writer(self.client, self._place.at(target))


class CanvasConnector:
    """Canvas course and account calendars, see `connectors.port.Connector`."""

    kind = KIND
    copies_are_ours = True
    contexts_a_look = CONTEXTS_A_CALL

    def __init__(self, settings: CanvasSettings) -> None:
        self._settings = settings
        self._place = Place(
            owner=settings.owner, zone=settings.zone, origin=settings.origin, zones=settings.own_zones
        )
        self._counter = RequestCounter(settings.on_request)
        self._sockets = OpenSockets(settings.may_send)
        self._tokens = [
            _Token(CanvasClient(settings, token, self._counter, self._sockets), self._place)
            for token in settings.tokens
        ]
        self._workers = settings.pace.most * len(self._tokens)
        self._pool = ThreadPoolExecutor(self._workers, thread_name_prefix="canvas")

    @property
    def counts(self) -> CallCounts:
        """Running totals of requests."""
        return self._counter.counts

    @property
    def skew_s(self) -> float | None:
        """Seconds by which Canvas's clock was ahead at its last answer."""
        return self._counter.skew_s

    @property
    def writes_per_s(self) -> float:
        """What the outflow of all tokens' buckets allows."""
        return len(self._tokens) * self._settings.pace.outflow_per_s / WRITE_COST

    def account(self) -> Account:
        """The first token's user, its host and root account. Raises `AuthenticationError`."""
        return self.sign_in()()

    def sign_in(self) -> Callable[[], Account]:
        """The same in two steps: once the token may read its profile, the account is asked for beside what follows."""
        accounts = Accounts(self._tokens[0].client)
        with contained(PROFILE):
            profile = self._profile(self._tokens[0].client)
        asked: Future[int | None] | None = None
        with suppress(RuntimeError):  # closed, which the call itself says
            asked = self._pool.submit(accounts.root)

        def account() -> Account:
            with contained(PROFILE):
                # Not behind lists that take every place.
                root = accounts.root() if asked is None or asked.cancel() else asked.result()
            address = self._settings.address.partition("://")[2]
            return Account(
                endpoint=f"{address}/accounts/{root}" if root is not None else address,
                user=str(profile.get("id") or ""),
                timezone=str(profile.get("time_zone") or ""),
            )

        return account

    def discover(self, targets: Sequence[Target]) -> Iterator[Discovery]:
        """The contexts each target names, in the order given."""
        return self.discover_expecting(targets, {})

    def discover_expecting(
        self, targets: Sequence[Target], expected: Mapping[str, int]
    ) -> Iterator[Discovery]:
        """The same; of a list that was long its pages are asked for together."""
        with contained("discover"):
            yield from Discoverer(self._tokens[0].client, self._pool).discover(targets, expected)

    def observe(
        self, contexts: Sequence[Context], known: Mapping[str, Mapping[str, Record]] = {}
    ) -> Iterator[tuple[Context, Observation | ConnectorError]]:
        """Read each context completely, ten to a call; outcomes stream in the order they are done."""
        for context, outcome in self.observe_changes(contexts, known, {}):
            # Nothing was said to suffice, so nothing is told as unchanged.
            assert not isinstance(outcome, Unchanged)  # noqa: S101
            yield context, outcome

    def observe_changes(
        self, contexts: Sequence[Context], known: Known, looks: Mapping[str, LastLook]
    ) -> Iterator[tuple[Context, Observation | Unchanged | ConnectorError]]:
        """The same, but what is exactly as its last look left it is told as unchanged where that suffices."""
        refused: dict[int, AuthenticationError] = {}
        reads = Reads(
            self._pool,
            lambda batch: self._read(batch, known, looks, refused),
            places=max(1, self._workers // 2),
        )
        for batch in self._batches(contexts):
            if self._sockets.are_cut():
                stopped = StoppedError("the connection was closed.", operation="list events")
                yield from ((context, in_context(stopped, context.id)) for context in batch.contexts)
                continue
            if reads.running >= 2 * self._workers:
                yield from reads.next_done()
            reads.begin(batch)
        while reads.running:
            yield from reads.next_done(part_after_s=self._settings.timeouts.part_s)

    def fate(self, context: Context, remote_id: str) -> Fate:
        """What became of an event that a complete read did not show."""
        with contained("read event", context.id):
            found = find_row(self._token(context).client, context.id, remote_id)
        if found is None:
            return Fate.DELETED
        return Fate.PRESENT if found[0].get("context_code") == context.id else Fate.MOVED

    def reread(self, contexts: Sequence[Context], days: Days) -> Iterator[ObservedEvent]:
        """Events of up to ten contexts on and around these days, in one list a token."""
        each: dict[int, list[Context]] = {}
        for context in contexts:
            each.setdefault(self._index(context), []).append(context)
        for at, group in each.items():
            with contained("list events around a date"):
                yield from self._tokens[at].reader.reread(group, days)

    def read_event(self, context: Context, remote_id: str) -> ObservedEvent | None:
        """One event as it is now; None if it is deleted, or in another context."""
        with contained("read event", context.id):
            found = find_row(self._token(context).client, context.id, remote_id)
            if found is None or found[0].get("context_code") != context.id:
                return None
            return as_answered(*found, context.id, self._place.at(context.target))

    def apply(self, context: Context, change: Change) -> Written:
        """Make one change; the caller has observed the context right before."""
        with contained(f"{change.action.value} event", context.id, write=True):
            return self._apply(context, change)

    def _apply(self, context: Context, change: Change) -> Written:
        writer = self._token(context).writer_at(context.target)
        match change:
            case Create():
                return writer.create(context.id, change.desired)
            case Update():
                return writer.update(context.id, change)
            case Delete():
                return writer.delete(context.id, change.remote_id)
            case _:
                assert_never(change)

    def check(self, target: Target) -> Iterator[AccessFinding]:
        """What the token may and may not do at this target, in plain words."""
        with contained("check"):
            yield from self._check(target)

    def _check(self, target: Target) -> Iterator[AccessFinding]:
        token = self._tokens[0]
        zone = str(self._profile(token.client).get("time_zone") or "")
        yield from Checker(
            token.client, token.reader, profile_zone=zone, zone=self._place.at(target.name).zone
        ).check(target)
        for number, other in enumerate(self._tokens[1:], start=2):
            try:
                self._profile(other.client)
            except ConnectorError as error:
                message = f"token {number} of {len(self._tokens)}: {error}"
                yield AccessFinding(target=target.name, severity=Severity.PROBLEM, message=message)

    def terms_of(self, target: Target) -> tuple[EnrollmentTerm, ...]:
        """The enrollment terms a target names, for comparison with the data's; empty where it names none."""
        if not target.account or not target.enrollment_terms:
            return ()
        with contained("list terms"):
            accounts = Accounts(self._tokens[0].client)
            zone = self._place.at(target.name).zone
            return tuple(accounts.terms(target.account, target.enrollment_terms, zone))

    def close(self) -> None:
        """Cut connections: blocked calls of other threads end with an error soon after."""
        self._sockets.cut()
        self._pool.shutdown(wait=False, cancel_futures=True)
        for token in self._tokens:
            token.client.close()

    def _token(self, context: Context) -> _Token:
        return self._tokens[self._index(context)]

    def _index(self, context: Context) -> int:
        """Which token a context belongs to, always the same for the same number of tokens."""
        return zlib.crc32(context.id.encode()) % len(self._tokens)

    def _batches(self, contexts: Sequence[Context]) -> Iterator[Batch]:
        """Calls of all tokens in turn, so that each token's bucket is used from the start; what failed comes last."""
        of_token: dict[int, list[Context]] = {}
        for context in {one.id: one for one in contexts}.values():
            of_token.setdefault(self._index(context), []).append(context)
        for failing in (False, True):
            packed = [
                [Batch(at, some, failing) for some in _calls([one for one in all_ if one.failing == failing])]
                for at, all_ in of_token.items()
            ]
            yield from (batch for batch in chain.from_iterable(zip_longest(*packed)) if batch is not None)

    def _read(
        self,
        batch: Batch,
        known: Known,
        looks: Mapping[str, LastLook],
        refused: dict[int, AuthenticationError],
    ) -> Read:
        """One call's outcomes; once a token is refused it is not used again in this observation."""
        error = refused.get(batch.token)
        if error is not None:
            return Read([(context, in_context(error, context.id)) for context in batch.contexts])
        later: list[Sequence[Context]] = []
        try:
            with contained("list events"):
                outcomes = self._tokens[batch.token].reader.read(
                    batch.contexts, known, looks, later, brief=batch.brief
                )
        except ConnectorError as failed:
            return Read([(context, in_context(failed, context.id)) for context in batch.contexts])
        for _, outcome in outcomes:
            if isinstance(outcome, AuthenticationError):
                refused[batch.token] = outcome
        if batch.brief and any(isinstance(outcome, TooSlowError) for _, outcome in outcomes):
            return Read([], [replace(batch, failing=True, brief=False)])
        return Read(
            outcomes,
            [
                replace(batch, contexts=tuple(part), brief=len(part) == 1 and not batch.failing)
                for part in later
            ],
        )

    def _profile(self, client: CanvasClient) -> Mapping[str, object]:
        call = Call(operation=PROFILE)
        try:
            profile: Mapping[str, object] = client.get("users/self/profile", (), call).data
        except ScopesError:
            raise
        except AccessDeniedError as error:
            raise AuthenticationError(
                f"the token may not even read its own profile: {error.message}",
                operation=call.operation,
                status=error.status,
            ) from error
        return profile


def _calls(contexts: Sequence[Context]) -> list[tuple[Context, ...]]:
    """What to list together, of contexts that all failed last time or of others: those that did spoil nobody's list.

    Where many failed the service did, and a list for each would be a flood.
    """
    if len(contexts) <= _MOST_ALONE and all(context.failing for context in contexts):
        return [(context,) for context in contexts]
    return pack(contexts)
