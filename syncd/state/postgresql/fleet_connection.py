"""A connection to the schema `fleet`, opened anew where it was lost."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from types import TracebackType
from typing import Concatenate, ParamSpec, Self, TypeVar

from syncd.errors import StateError
from syncd.state.address import FLEET_SCHEMA, DatabaseAddress
from syncd.state.postgresql.connection import as_state_error, connect
from syncd.state.postgresql.schema import bring_up_fleet

P = ParamSpec("P")
C = TypeVar("C", bound="FleetConnection")
T = TypeVar("T")


class FleetConnection:
    """One thread's. Raises `StateError` where the database does not answer."""

    def __init__(self, address: DatabaseAddress) -> None:
        self._address = address
        with as_state_error(address):
            self._connection = connect(address, FLEET_SCHEMA)
            try:
                bring_up_fleet(self._connection)
            except BaseException:
                self._connection.close()
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._connection.close()

    def reconnect_where_lost(self) -> bool:
        """Whether the connection was lost, and there is a new one. Raises `StateError` where none can be made."""
        if not self._connection.closed:
            return False
        with as_state_error(self._address):
            self._connection = connect(self._address, FLEET_SCHEMA)
        return True


def over_a_restart(work: Callable[Concatenate[C, P], T]) -> Callable[Concatenate[C, P], T]:
    """Do it once more where the connection was lost meanwhile: for what does no harm by being done twice."""

    @wraps(work)
    def done(tables: C, /, *words: P.args, **given: P.kwargs) -> T:
        try:
            return work(tables, *words, **given)
        except StateError:
            if not tables.reconnect_where_lost():
                raise
            return work(tables, *words, **given)

    return done
