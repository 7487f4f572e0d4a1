"""The program with one of its safeguards taken out: `python -m tests.system.fleet.broken NAME,NAME words...`.

Negative controls: what an acceptance test asserts must turn out otherwise here, or it proves nothing. Each break
is also a context manager's worth of patches for tests within one process.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

from connectors.canvas.connector import CanvasConnector
from connectors.sockets import OpenSockets
from syncd import cli
from syncd.daemon.remembered import Remembered
from syncd.reconcile import cycle
from syncd.reconcile.fast_lane import Memory
from syncd.state import events, intents, looks, schema
from syncd.state.candidates import Candidates, Offer
from syncd.state.events import Events
from syncd.state.lease_stop import LeaseStop
from syncd.state.postgresql import connection as server_connection
from syncd.state.postgresql import database as postgres
from syncd.state.postgresql import fleet_connection, lease


def _deadline() -> Iterator[Any]:
    """Whoever holds the lease believes so for ever: no look at the clock, neither in the loops nor at the socket."""
    yield mock.patch.object(lease.Lease, "is_held", lambda self: not self._lost)
    yield mock.patch.object(OpenSockets, "check", return_value=None)
    yield mock.patch.object(LeaseStop, "is_set", lambda self: self._flag)
    yield mock.patch.object(lease.Lease, "lose", return_value=None)


def _epoch() -> Iterator[Any]:
    """State writes under no epoch."""
    begin = postgres.PostgresDatabase.__init__

    def unfenced(self: Any, address: Any, connection: Any, held: Any) -> None:
        begin(self, address, connection, None)
        self.lease = held
        self._fence = None

    yield mock.patch.object(postgres.PostgresDatabase, "__init__", unfenced)
    for module in (events, intents, looks):
        yield mock.patch.object(module, "check_epoch", return_value=None)
    open_intent = Events.open_intent

    def whoever(self: Any, context: str, epoch: int, *words: Any, **given: Any) -> int:
        return open_intent(self, context, self.notes_epoch(context), *words, **given)

    def notes_epoch(self: Any, context: str) -> int:
        row = self._database.one("SELECT epoch FROM contexts WHERE context = ?", (context,))
        return int(row[0])

    yield mock.patch.object(Events, "notes_epoch", notes_epoch, create=True)
    yield mock.patch.object(Events, "open_intent", whoever)


def _idle() -> Iterator[Any]:
    """No server-side limit on a transaction that nobody goes on with."""
    kept = tuple(one for one in server_connection._SESSION if "idle_in_transaction" not in one)
    yield mock.patch.object(server_connection, "_SESSION", kept)


def _reconnect() -> Iterator[Any]:
    """A connection that was lost stays lost."""
    yield mock.patch.object(
        postgres.PostgresDatabase, "_outlive_restart", lambda self, ask: ask(self._session)
    )
    yield mock.patch.object(fleet_connection.FleetConnection, "reconnect_where_lost", return_value=False)


def _deletes() -> Iterator[Any]:
    """A look settles every delete, an earlier holder's too."""

    def drop(self: Any, connection: Any, context: str, now: float) -> None:
        connection.execute("DELETE FROM intents WHERE context = ?", (context,))
        self._inherited.discard(context)

    yield mock.patch.object(Events, "_keep_deletes", drop)


def _memory() -> Iterator[Any]:
    """What a process knows ends with it."""
    yield mock.patch.object(Remembered, "schedule", return_value=None)
    yield mock.patch.object(Remembered, "read", side_effect=lambda *_: Memory())


def _folder() -> Iterator[Any]:
    """What lies on disk and differs from what is served is an edit, on whatever machine."""
    offer = Candidates.offer

    def believed(self: Any, kind: Any, digest: str, **given: Any) -> Offer:
        return offer(self, kind, digest, **(given | {"by_hand": True}))

    yield mock.patch.object(Candidates, "offer", believed)


def _numbers() -> Iterator[Any]:
    """The next epoch is one more than the last that the database knows."""
    claim = lease._claim

    def next_number(connection: Any, address: Any, holder: str) -> int:
        before = connection.execute("SELECT epoch FROM fence WHERE name = %s", (address.instance,)).fetchone()
        claim(connection, address, holder)
        number = (before[0] if before else 0) + 1
        for table in ("fence", "lease"):
            connection.execute(
                f"UPDATE {table} SET epoch = %s WHERE name = %s",  # noqa: S608 - two names
                (number, address.instance),
            )
        return int(number)

    yield mock.patch.object(lease, "_claim", next_number)


def _shares() -> Iterator[Any]:
    """Each turn takes a credential for its own."""
    from syncd.state.postgresql.fleet_tables import FleetTables  # noqa: PLC0415 - only where a fleet is served

    yield mock.patch.object(FleetTables, "share", return_value=1)


def _quota() -> Iterator[Any]:
    """What a turn spent of Google's quota is forgotten with its end."""
    from syncd.state.postgresql.fleet_tables import FleetTables  # noqa: PLC0415 - only where a fleet is served

    yield mock.patch.object(FleetTables, "spent", return_value={})


def _collation() -> Iterator[Any]:
    """Texts are sorted as the database sorts them by itself."""
    yield mock.patch.object(schema, "_WORDS", tuple(one for one in schema._WORDS if "COLLATE" not in one[1]))


def _lease() -> Iterator[Any]:
    """Whoever is handed an instance serves it: the engine's queue alone keeps two from one."""

    def granted(connection: Any, address: Any, holder: str) -> int:
        connection.execute("INSERT INTO fence VALUES (%s, 1) ON CONFLICT DO NOTHING", (address.instance,))
        return 1

    def renewed(self: Any, connection: Any) -> bool:
        self._deadline = lease.boot_clock() + self._address.lease_ttl_s
        self._tell(self._deadline)
        return True

    yield mock.patch.object(lease, "_claim", granted)
    yield mock.patch.object(lease.Lease, "_renew", renewed)
    yield mock.patch.object(lease.Lease, "is_held", return_value=True)


def _intents() -> Iterator[Any]:
    """Nothing is noted of a write before it is sent."""
    yield mock.patch.object(Events, "open_intent", return_value=0)


def _soon() -> Iterator[Any]:
    """No safeguard is out: a turn counts as a long one after a second, so that a test need not wait."""
    from syncd.fleet import turns  # noqa: PLC0415 - only where a fleet is served

    yield mock.patch.object(turns, "LONG_S", 1.0)


def _places() -> Iterator[Any]:
    """A turn keeps its place for as long as it takes."""
    from syncd.fleet.turns import Turns  # noqa: PLC0415 - only where a fleet is served

    yield mock.patch.object(Turns, "_yield_where_others_wait", return_value=None)


BREAKS: dict[str, Callable[[], Iterator[Any]]] = {
    "deadline": _deadline,
    "epoch": _epoch,
    "idle": _idle,
    "reconnect": _reconnect,
    "deletes": _deletes,
    "memory": _memory,
    "folder": _folder,
    "numbers": _numbers,
    "shares": _shares,
    "quota": _quota,
    "collation": _collation,
    "places": _places,
    "lease": _lease,
    "intents": _intents,
    "soon": _soon,
}


@contextmanager
def broken(*names: str) -> Iterator[None]:
    """Those safeguards out, for as long as the context lasts."""
    with ExitStack() as stack:
        for name in names:
            if name.startswith("kill:"):
                stack.enter_context(_killed_around(*name.split(":")[1:]))
                continue
            if name.startswith("kill-"):
                stack.enter_context(_killed_at(int(name.removeprefix("kill-"))))
                continue
            for patch in BREAKS[name]():
                stack.enter_context(patch)
        yield


MOMENTS: dict[str, tuple[Any, str]] = {
    "claim": (lease, "_claim"),
    "intent": (Events, "open_intent"),
    "send": (OpenSockets, "send"),
    "write": (CanvasConnector, "apply"),
    "confirm": (Events, "confirm"),
    "promotion": (cycle, "put_in_force"),
    "release": (lease.Lease, "give_back"),
}
"""What a process may be killed before or after; a send is the head of a request that writes."""


def _killed_around(when: str, what: str, number: str) -> Any:
    """SIGKILL before or after the call of that number, 0 the first."""
    place, name = MOMENTS[what]
    original, count = getattr(place, name), [0]

    def watched(*words: Any, **given: Any) -> Any:
        counts = what != "send" or not bytes(words[2]).startswith((b"GET", b"{", b"grant"))
        here = count[0]
        count[0] += counts
        strikes = counts and here == int(number)
        if strikes and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        answer = original(*words, **given)
        if strikes and when == "after":
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    return mock.patch.object(place, name, watched)


def _killed_at(number: int) -> Any:
    """SIGKILL at the transaction of that number: before it for even ones, right after its commit for odd ones."""
    write, count = postgres.PostgresDatabase.write, [0]

    @contextmanager
    def watched(self: Any) -> Iterator[Any]:
        outermost = self._batch is None
        here = count[0]
        count[0] += outermost
        if outermost and here * 2 == number:
            os.kill(os.getpid(), signal.SIGKILL)
        with write(self) as session:
            yield session
        if outermost and here * 2 + 1 == number:
            os.kill(os.getpid(), signal.SIGKILL)

    return mock.patch.object(postgres.PostgresDatabase, "write", watched)


if __name__ == "__main__":
    with broken(*(name for name in sys.argv[1].split(",") if name)):
        sys.argv = ["syncd", *sys.argv[2:]]
        sys.exit(cli.main(sys.argv[1:]))
