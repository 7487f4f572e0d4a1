"""Plans that wait for a person, and what people have approved of them: contracts, kept by whole digests."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from mapping.planning.approval import DIGEST_LENGTH, Terms
from syncd.errors import RefusedError, UsageError
from syncd.state.port import Row, StateDatabase, decoded

APPROVAL_LIFE_S = 24 * 3600.0
"""How long an approval admits anything, in seconds."""
WAITING_LIFE_S = 7 * 24 * 3600.0
"""How long a plan that waits no longer can still be named, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A person's word on one plan. ``terms``: what is still open of it; None: known only by its digest so far."""

    digest: str
    at: float
    who: str
    terms: Terms | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingPlan:
    """A plan that a guard holds back, and what it was shown to be about."""

    digest: str
    at: float
    terms: Terms
    sentences: tuple[str, ...]

    @property
    def calendar(self) -> str:
        """Digest of the calendar that it would put in force."""
        return self.terms.calendar


class Approvals:
    """Waiting plans and approvals over one database."""

    def __init__(self, database: StateDatabase) -> None:
        self._database = database

    def remember_waiting(self, digest: str, terms: Terms, sentences: Sequence[str], *, now: float) -> None:
        """A plan that waits for a person, by its digest; those that have not waited for long are forgotten."""
        text = terms.as_json()
        with self._database.write() as connection:
            connection.execute("DELETE FROM waiting WHERE at < ?", (now - WAITING_LIFE_S,))
            # The same digest over other terms: whoever approved it would not know which he meant.
            connection.execute(
                "INSERT INTO waiting (digest, at, terms, sentences) VALUES (?, ?, ?, ?) ON CONFLICT (digest) DO "
                "UPDATE SET at = excluded.at, contested = "
                "CASE WHEN waiting.terms <> excluded.terms THEN 1 ELSE waiting.contested END",
                (digest, now, text, json.dumps(list(sentences), ensure_ascii=False)),
            )
            connection.execute(
                "UPDATE approvals SET terms = ? WHERE digest = ? AND terms IS NULL", (text, digest)
            )

    def waiting_plan(self, digest: str) -> WaitingPlan | None:
        """A waiting plan, or one that waited and was neither carried out nor forgotten yet."""
        row = self._database.one("SELECT at, terms, sentences FROM waiting WHERE digest = ?", (digest,))
        if row is None:
            return None
        return next(decoded(self._database, [(digest, *row)], _waiting))

    def whole_digest(self, typed: str, *besides: str) -> str:
        """The digest that was typed, or that begins with what was; '' where none is known that does.

        ``besides``: digests that are known without being kept here. Raises `UsageError` for an ambiguous one.
        """
        kept = self._database.rows(
            "SELECT digest FROM waiting WHERE substr(digest, 1, ?) = ? UNION "
            "SELECT digest FROM approvals WHERE substr(digest, 1, ?) = ?",
            (len(typed), typed, len(typed), typed),
        )
        found = {row[0] for row in kept} | {one for one in besides if one.startswith(typed)}
        if len(found) > 1:
            raise UsageError(
                f"{typed} is the beginning of {len(found)} plans ({', '.join(sorted(found))}); type more of it."
            )
        return str(found.pop()) if found else (typed if len(typed) == DIGEST_LENGTH else "")

    def approve(self, digest: str, *, who: str, now: float, only: Collection[str] = ()) -> bool:
        """Record an approval; one short write. False where no waiting plan of that digest is known here.

        ``digest``: whole. ``only``: the guards that are meant, where not all are; they add to what was said of the
        same plan before. Raises `RefusedError` for a digest that stands for two plans.
        """
        row = self._database.one("SELECT terms, contested FROM waiting WHERE digest = ?", (digest,))
        if row is not None and row[1]:
            raise RefusedError(
                f"Plan {digest} stands for two different plans, so nothing was approved. Change the calendar in "
                "any word and look at the dry run of that."
            )
        terms: str | None = row[0] if row is not None else None
        if terms is not None and only:
            before = [one.terms for one in self.approvals(now=now) if one.digest == digest]
            guards = {one.guard for kept in before if kept is not None for one in kept.hits}
            terms = Terms.from_json(terms).only({*only, *guards}).as_json()
        with self._database.write() as connection:
            connection.execute(
                "INSERT INTO approvals (digest, at, who, terms) VALUES (?, ?, ?, ?) ON CONFLICT (digest) DO UPDATE "
                "SET at = excluded.at, who = excluded.who, terms = excluded.terms",
                (digest, now, who, terms),
            )
        return row is not None

    def approvals(self, *, now: float) -> list[Approval]:
        """Those that are not older than `APPROVAL_LIFE_S`, the newest first."""
        rows = self._database.rows(
            "SELECT digest, at, who, terms FROM approvals WHERE at > ? ORDER BY at DESC, digest",
            (now - APPROVAL_LIFE_S,),
        )
        return list(decoded(self._database, rows, _approval))

    def check(self) -> None:
        """Read every plan and approval once. Raises `StateError` for one that cannot be what was written."""
        rows = self._database.rows("SELECT digest, at, terms, sentences FROM waiting")
        for _ in decoded(self._database, rows, _waiting):
            pass
        for _ in decoded(
            self._database, self._database.rows("SELECT digest, at, who, terms FROM approvals"), _approval
        ):
            pass

    def leave_open(self, digest: str, terms: Terms) -> None:
        """Keep of an approval what is not done yet."""
        with self._database.write() as connection:
            connection.execute("UPDATE approvals SET terms = ? WHERE digest = ?", (terms.as_json(), digest))

    def spend(self, digest: str) -> None:
        """End an approval whose plan was carried out."""
        with self._database.write() as connection:
            connection.execute("DELETE FROM approvals WHERE digest = ?", (digest,))
            connection.execute("DELETE FROM waiting WHERE digest = ?", (digest,))


def _waiting(row: Row) -> WaitingPlan:
    digest, at, terms, sentences = row
    told = json.loads(sentences)
    return WaitingPlan(digest=digest, at=at, terms=Terms.from_json(terms), sentences=tuple(map(str, told)))


def _approval(row: Row) -> Approval:
    digest, at, who, terms = row
    return Approval(
        digest=digest, at=at, who=who, terms=Terms.from_json(terms) if terms is not None else None
    )
