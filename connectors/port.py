"""The port every kind of target is reached through, its nouns, promises and errors.

*context*: one remote calendar. *observation*: everything one complete read of a context showed.
A connector talks and translates; it decides nothing: whose an event is and what should happen to it
is `mapping`'s to say. It keeps no state between calls but connections, pace and credentials.
Connectors are thread-safe: several threads call one connector at once, each for other contexts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from connectors.errors import ConnectorError
from mapping.model import Change, Context, Days, Fate, ObservedEvent, Record, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One complete read of a context: every event in it, ours or not, each id once."""

    context: str
    events: tuple[ObservedEvent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The confirmed result of a change: the event as the service answered. None after a delete.

    ``deviation`` says in words where the answer differs from the wish ('' if it does not): it is
    reported, and the next cycle sees the same difference as drift.
    """

    event: ObservedEvent | None
    deviation: str = ""
    sent: int = 1
    """Requests that each may have told the participants, where the change is one they are told of."""


@dataclass(frozen=True, slots=True)
class LastLook:
    """What the last complete read of a context showed: remote id to version, '' where that may have changed unseen.

    ``ours``: of the events on record. ``others``: of other people's, as far as they are remembered. ``suffices``: a read
    that shows exactly these, each at its version, may be told as `Unchanged`.
    """

    ours: Mapping[str, str]
    others: Mapping[str, str] = field(default_factory=dict)
    suffices: bool = False

    @property
    def events(self) -> int:
        """How many it knows."""
        return len(self.ours) + len(self.others)

    def is_shown_by(self, rows: Mapping[str, object]) -> bool:
        """Whether these are exactly its events, each at its version; ``rows``: remote id to version."""
        return rows == {**self.ours, **self.others} and all(rows.values())


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A complete read of a context that showed exactly the events of its `LastLook`, each at its version.

    Nothing else is told of them: it stands in for an observation only where the caller said that it may.
    """

    context: str


class Severity(StrEnum):
    """What a line of ``syncd check`` calls for."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessFinding:
    """One line of ``syncd check``: what was asked of a target, and what is missing, in plain words."""

    target: str
    severity: Severity
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """The contexts a target names right now, each once, and what could not be read.

    ``complete`` False: some of the sweep failed; the contexts it knew before must be kept.
    """

    target: str
    contexts: tuple[Context, ...]
    errors: tuple[ConnectorError, ...] = ()
    complete: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Whom the credential is and where: what the state file is bound to, and the alarm on its zone."""

    endpoint: str
    """Host and root account (Canvas), endpoint root (Google)."""
    user: str = ""
    timezone: str = ""
    """Profile zone of the token's user, IANA; '' where the service has none."""


class Connector(Protocol):
    """One kind of target.

    Every method may raise `ConnectorError`; retries that are safe were made inside.
    """

    kind: str
    copies_are_ours: bool
    """True where an event whose marker names another context is a copy an import made (Canvas);
    False where it is a person's own (Google)."""

    def account(self) -> Account:
        """Whom and where we are. Raises `AuthenticationError`."""
        ...

    def discover(self, targets: Sequence[Target]) -> Iterator[Discovery]:
        """The contexts each target names, in the order given; a target that fails is a Discovery with errors."""
        ...

    def observe(
        self, contexts: Sequence[Context], known: Mapping[str, Mapping[str, Record]] = {}
    ) -> Iterator[tuple[Context, Observation | ConnectorError]]:
        """Read each context completely, packed into as few calls as the service allows.

        Yields every context exactly once, as soon as it is complete, with its observation or the
        error that kept it from being read; one bad context never fails another. ``known`` maps
        context id to (remote id -> Record): descriptions of events whose id and version are as
        recorded need not be read (``body_known`` False, ``body_hash``/``marker`` from the record).
        """
        ...

    def fate(self, context: Context, remote_id: str) -> Fate:
        """What became of an event that a complete read of the context did not show."""
        ...

    def apply(self, context: Context, change: Change) -> Written:
        """Make one change, checked against the event as it is at this moment.

        create: Canvas POST once, `UnclearOutcomeError` if the answer is lost; Google insert by
        derived id, 409 is read and decided (ours and equal: done; ours and old: updated; tombstone:
        revived, or the next generation; foreign: `OwnershipConflictError`).
        update, delete: Canvas relies on the caller having observed the context right before, and
        keeps ``observed.tail``; Google reads the event and writes with If-Match. An event
        that is gone makes an update raise `ConflictError` and a delete succeed.
        """
        ...

    def check(self, target: Target) -> Iterator[AccessFinding]:
        """What the credential may and may not do at this target, in plain words."""
        ...

    def close(self) -> None:
        """Give back connections. Blocked calls of other threads end with an error soon after."""
        ...


@runtime_checkable
class QuickLook(Protocol):
    """What a connector may offer besides: a look at single events of contexts that were read before.

    Good for writing a known event as it is now. Nothing may be decided from an event that is not shown.
    """

    contexts_a_look: int
    """Contexts that one call of `reread` reads together."""

    def reread(self, contexts: Sequence[Context], days: Days) -> Iterator[ObservedEvent]:
        """Events of the contexts on and around these days, with descriptions, in few calls; may show none."""
        ...

    def read_event(self, context: Context, remote_id: str) -> ObservedEvent | None:
        """One event as it is now; None if it is deleted, or in another context."""
        ...


@runtime_checkable
class KnowsUnchanged(Protocol):
    """What a connector may offer besides: to say of a context that nothing in it has changed."""

    def observe_changes(
        self,
        contexts: Sequence[Context],
        known: Mapping[str, Mapping[str, Record]],
        looks: Mapping[str, LastLook],
    ) -> Iterator[tuple[Context, Observation | Unchanged | ConnectorError]]:
        """As `Connector.observe`; `Unchanged` for none but contexts whose last look suffices.

        Descriptions of other people's events whose version is as in the last look need not be read either.
        """
        ...


def observe_by_looks(
    connector: Connector,
    contexts: Sequence[Context],
    known: Mapping[str, Mapping[str, Record]],
    looks: Mapping[str, LastLook],
) -> Iterator[tuple[Context, Observation | Unchanged | ConnectorError]]:
    """`Connector.observe`, by the last looks where the connector can tell that nothing has changed since."""
    if isinstance(connector, KnowsUnchanged):
        return connector.observe_changes(contexts, known, looks)
    return connector.observe(contexts, known)


@runtime_checkable
class KnowsLengths(Protocol):
    """What a connector may offer besides: to ask for a long list's pages together, by how long it was."""

    def discover_expecting(
        self, targets: Sequence[Target], expected: Mapping[str, int]
    ) -> Iterator[Discovery]:
        """As `Connector.discover`. ``expected``: target to how many contexts it had last time.

        What is found does not depend on it. Only where a hundred contexts or more are gone at once are pages asked for
        in vain.
        """
        ...


def discover_by_lengths(
    connector: Connector, targets: Sequence[Target], expected: Mapping[str, int]
) -> Iterator[Discovery]:
    """`Connector.discover`, by how many contexts there were where the connector can make use of it."""
    if isinstance(connector, KnowsLengths):
        return connector.discover_expecting(targets, expected)
    return connector.discover(targets)


@runtime_checkable
class SignsIn(Protocol):
    """What a connector may offer besides: to say that its credential is good before all is known of its user."""

    def sign_in(self) -> Callable[[], Account]:
        """What waits for `Connector.account`, the rest of which is asked for meanwhile; both raise as that does."""
        ...


def sign_in(connector: Connector) -> Callable[[], Account]:
    """`Connector.account` in two steps where the connector can: after the first one the credential is known to be good."""
    if isinstance(connector, SignsIn):
        return connector.sign_in()
    account = connector.account()
    return lambda: account


class ServiceTerm(Protocol):
    """A term as the service has it: campus time, None where it has no dates."""

    @property
    def reference(self) -> str:
        """As a target names it."""

    @property
    def name(self) -> str:
        """As people of the service read it."""

    @property
    def start(self) -> datetime | None:
        """Its first moment."""

    @property
    def end(self) -> datetime | None:
        """Its last."""


@runtime_checkable
class KnowsTerms(Protocol):
    """What a connector may offer besides: the service's own terms, for comparison with the data's."""

    def terms_of(self, target: Target) -> Sequence[ServiceTerm]:
        """The terms a target names; empty where it names none."""
        ...


@runtime_checkable
class TellsTime(Protocol):
    """What a connector may tell of the service's clock."""

    @property
    def skew_s(self) -> float | None:
        """Seconds by which it was ahead of this machine's at the last answer; None before one."""
        ...


@runtime_checkable
class Paced(Protocol):
    """What a connector may tell of its quota, for estimates."""

    @property
    def writes_per_s(self) -> float:
        """Writes a second that the service allows for good, where nobody else uses the credential."""
        ...


@dataclass(slots=True)
class CallCounts:
    """Running totals of a connector, for metrics and exact-count tests."""

    requests: int = 0
    throttled: int = 0
    retried: int = 0
    by_operation: dict[str, int] = field(default_factory=dict)
