"""Credentials that several instances share: who uses one now, and what of its quota was spent."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable

from syncd.state.postgresql.connection import as_state_error
from syncd.state.postgresql.fleet_connection import FleetConnection, over_a_restart
from syncd.state.postgresql.lease import NOW

QUOTA_WINDOW_S = 60.0
"""Longest that what was spent of a quota counts."""
_CLOCK_S = 1.0
"""Seconds by which a moment may lie in the future before the database's clock must have been set back."""


class CredentialUse(FleetConnection):
    """Credentials are known by a digest under `key`, never by what they are."""

    @over_a_restart
    def share(self, name: str, credentials: Iterable[str], *, for_s: float) -> int:
        """Among how many running turns the busiest of these credentials is shared, this one included."""
        most = 1
        with as_state_error(self._address):
            for credential in credentials:
                self._connection.execute(
                    f"INSERT INTO credential_use (credential, instance, until) VALUES (%s, %s, {NOW} + %s) "  # noqa: S608
                    "ON CONFLICT (credential, instance) DO UPDATE SET until = excluded.until",
                    (credential, name, for_s),
                )
                row = self._connection.execute(
                    f"SELECT count(*) FROM credential_use WHERE credential = %s AND until > {NOW}",  # noqa: S608
                    (credential,),
                ).fetchone()
                most = max(most, int(row[0]) if row else 1)
        return most

    @over_a_restart
    def spent(self, credential: str) -> dict[str, list[tuple[float, int]]]:
        """Instance to what it spent of the credential's quota: seconds until it is free again, and units.

        By the database's clock. What that noted before it was set back counts no more.
        """
        with as_state_error(self._address):
            rows = self._connection.execute(
                f"SELECT instance, {NOW} - at, spent FROM credential_spent WHERE credential = %s "  # noqa: S608
                f"AND at <= {NOW} + %s",
                (credential, _CLOCK_S),
            ).fetchall()
        found = {}
        for instance, age_s, spent in rows:
            left = ((min(free_in_s, QUOTA_WINDOW_S) - age_s, units) for free_in_s, units in json.loads(spent))
            found[str(instance)] = [(free_in_s, int(units)) for free_in_s, units in left if free_in_s > 0]
        return found

    @over_a_restart
    def note_spent(self, name: str, credential: str, spent: Iterable[tuple[float, int]]) -> None:
        """What an instance spent of the credential's quota, in place of what was noted before; see `spent`."""
        with as_state_error(self._address):
            self._connection.execute(
                f"DELETE FROM credential_spent WHERE at NOT BETWEEN {NOW} - %s AND {NOW} + %s",  # noqa: S608
                (QUOTA_WINDOW_S, _CLOCK_S),
            )
            self._connection.execute(
                f"INSERT INTO credential_spent (credential, instance, at, spent) VALUES (%s, %s, {NOW}, %s) "  # noqa: S608
                "ON CONFLICT (credential, instance) DO UPDATE SET at = excluded.at, spent = excluded.spent",
                (credential, name, json.dumps([[math.ceil(free_in_s), units] for free_in_s, units in spent])),
            )

    @over_a_restart
    def leave(self, name: str) -> None:
        """The instance uses no credential any more."""
        with as_state_error(self._address):
            self._connection.execute("DELETE FROM credential_use WHERE instance = %s", (name,))

    @over_a_restart
    def key(self) -> str:
        """A random key of this database: without it a hash of a credential says nothing."""
        with as_state_error(self._address):
            row = self._connection.execute("SELECT key FROM fleet_key").fetchone()
        return str(row[0]) if row else ""
