"""History and decisions: facts, journal, runs, approvals, waiting plans, calendars by content.

The journal keeps what was written when and why, texts once per content hash, until retention ends.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mapping.model import Days
from syncd.state.approvals import Approvals
from syncd.state.port import Row, decoded

FILLS_COUNT_S = 24 * 3600.0
"""Seconds over which the messages of fills that nobody approved are added up."""
NOTHING = "nothing"
"""Summary of a run that ended without a change."""
_ASKED = "asked"
_AS_JSON = json.JSONEncoder(ensure_ascii=False)
WAITING_FACT = "waiting-plan"
"""Fact: digest of the plan that the last cycle left waiting, '' where it left none."""
TERM_WAITS_FACT = "term-waits"
"""A sentence a line for each target whose term the service does not have yet; each begins with the target."""
FOUND_FACT = "found"
"""How many contexts each target had when all were last asked for, as JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalLine:
    """One remote write. ``fields``: name to (old, new), in words. ``at``: seconds since the epoch."""

    run: str
    at: float
    target: str
    context: str
    key: str
    action: str
    why: str
    remote_id: str
    outcome: str
    fields: Mapping[str, tuple[str, str]]
    title: str
    days: Days | None
    text: str = ""
    """Body as written, '' where it was not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecentChange:
    """The same write in so many contexts of one run. ``at``: seconds since the epoch, of the last of them."""

    run: str
    at: float
    action: str
    key: str
    contexts: int


class Ledger(Approvals):
    """Facts, journal, approvals and calendars over one database."""

    # --- facts ----------------------------------------------------------------------------

    def fact(self, name: str) -> str:
        """A remembered fact, '' where unknown."""
        row = self._database.one("SELECT value FROM facts WHERE name = ?", (name,))
        return str(row[0]) if row else ""

    def set_fact(self, name: str, value: str) -> None:
        if self.fact(name) == value:
            return
        with self._database.write() as connection:
            connection.execute(
                "INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (name, value),
            )

    def asked(self) -> str:
        """Another value whenever a person asked for something on a machine that does not hold the lease."""
        return self.fact(_ASKED)

    def ask(self, *, now: float) -> None:
        """Have whoever holds the lease look at once."""
        self.set_fact(_ASKED, f"{now:.6f}")

    def remembered(self, name: str) -> bytes | None:
        """What an earlier process left under that name."""
        row = self._database.one("SELECT value FROM remembered WHERE name = ?", (name,))
        return bytes(row[0]) if row else None

    def remember(self, name: str, value: bytes) -> None:
        """Leave something for the next process."""
        with self._database.write() as connection:
            connection.execute(
                "INSERT INTO remembered (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE "
                "SET value = excluded.value",
                (name, value),
            )

    # --- journal --------------------------------------------------------------------------

    def begin_run(self, run: str, *, calendar: str, why: str, now: float) -> None:
        with self._database.write() as connection:
            connection.execute(
                "INSERT INTO runs (run, at, calendar, why, summary) VALUES (?, ?, ?, ?, '') ON CONFLICT (run) DO UPDATE "
                "SET at = excluded.at, calendar = excluded.calendar, why = excluded.why, summary = ''",
                (run, now, calendar, why),
            )

    def end_run(self, run: str, summary: str) -> None:
        with self._database.write() as connection:
            connection.execute("UPDATE runs SET summary = ? WHERE run = ?", (summary, run))

    def runs(self, limit: int = 50) -> list[tuple[str, float, str, str, str]]:
        """(run, at, calendar digest, why, summary), newest first."""
        return [
            (row[0], row[1], row[2], row[3], row[4])
            for row in self._database.rows(
                "SELECT run, at, calendar, why, summary FROM runs ORDER BY at DESC, run DESC LIMIT ?",
                (limit,),
            )
        ]

    def has_written(self, run: str, since: float) -> bool:
        """Whether the journal has a line of this run, which began at ``since``."""
        found = self._database.one(
            "SELECT EXISTS (SELECT 1 FROM journal WHERE at >= ? AND run = ?)", (since, run)
        )
        return bool(found and found[0])

    def write_line(self, line: JournalLine, text_hash: str = "") -> None:
        with self._database.write() as connection:
            if line.text and text_hash:
                connection.execute(
                    "INSERT INTO texts (hash, body) VALUES (?, ?) ON CONFLICT (hash) DO NOTHING",
                    (text_hash, line.text),
                )
            connection.execute(
                "INSERT INTO journal (run, at, target, context, key, action, why, remote_id, outcome, fields, title, "
                "first_day, end_day, text) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    line.run,
                    line.at,
                    line.target,
                    line.context,
                    line.key,
                    line.action,
                    line.why,
                    line.remote_id,
                    line.outcome,
                    _AS_JSON.encode(line.fields),
                    line.title,
                    *(line.days.as_texts() if line.days else (None, None)),
                    text_hash,
                ),
            )

    def unapproved_share(self, *, now: float) -> float:
        """Share of the guard's limit on fills that what nobody approved took up in the last `FILLS_COUNT_S`.

        Of every write that was begun, but for those that are known to have had no effect.
        """
        row = self._database.one(
            "SELECT coalesce(sum(share), 0) FROM unapproved WHERE at > ?", (now - FILLS_COUNT_S,)
        )
        return float(row[0]) if row else 0.0

    def history(
        self,
        *,
        entry: str = "",
        target: str = "",
        context: str = "",
        since: float = 0.0,
        until: float = 1e12,
        texts: bool = False,
    ) -> Iterator[JournalLine]:
        """Lines in the order they were written, as they are read; ``entry`` is an entry id.

        ``texts``: with the bodies that were written, which are many times as long as all the rest.
        """
        # The plus keeps the index on time out: in its order all lines would be sorted before the first is given.
        body = "coalesce((SELECT body FROM texts WHERE texts.hash = journal.text), '')" if texts else "''"
        rows = self._database.stream(
            "SELECT run, at, target, context, key, action, why, remote_id, outcome, fields, title, first_day, end_day, "  # noqa: S608
            f"{body} FROM journal WHERE +at >= ? AND +at <= ? AND (? = '' OR target = ?) AND (? = '' OR context = ?) "
            "AND (? = '' OR replace(key, ':' || ? || ':', '') <> key) ORDER BY entry",
            (since, until, target, target, context, context, entry.lower(), entry.lower()),
        )
        return decoded(self._database, rows, _line)

    def recent(self, *, since: float, limit: int) -> list[RecentChange]:
        """Confirmed writes by run, action and key, newest first."""
        rows = self._database.rows(
            "SELECT run, max(at), action, key, count(*) FROM journal WHERE at >= ? AND outcome = 'done' "
            "GROUP BY run, action, key ORDER BY max(at) DESC, key LIMIT ?",
            (since, limit),
        )
        return [
            RecentChange(run=row[0], at=row[1], action=row[2], key=row[3], contexts=row[4]) for row in rows
        ]

    def prune(self, before: float) -> int:
        """Drop journal lines, runs and texts older than ``before``. Returns the number of lines dropped."""
        with self._database.write() as connection:
            dropped = connection.execute("DELETE FROM journal WHERE at < ?", (before,)).rowcount
            connection.execute("DELETE FROM runs WHERE at < ?", (before,))
            connection.execute(
                "DELETE FROM unapproved WHERE at < (SELECT max(at) FROM unapproved) - ?", (FILLS_COUNT_S,)
            )
            connection.execute("DELETE FROM texts WHERE hash NOT IN (SELECT text FROM journal)")
        return dropped

    # --- calendars ------------------------------------------------------------------------

    def keep_calendar(self, digest: str, files: Mapping[str, bytes], *, now: float) -> None:
        """Keep a calendar's files under its content digest."""
        if self._database.one("SELECT 1 FROM calendars WHERE digest = ?", (digest,)):
            return
        packed = zlib.compress(json.dumps({name: raw.decode() for name, raw in files.items()}).encode())
        with self._database.write() as connection:
            connection.execute(
                "INSERT INTO calendars (digest, at, files) VALUES (?, ?, ?) ON CONFLICT (digest) DO NOTHING",
                (digest, now, packed),
            )

    def calendar_files(self, digest: str) -> dict[str, bytes] | None:
        row = self._database.one("SELECT files FROM calendars WHERE digest = ?", (digest,))
        if row is None:
            return None
        return next(decoded(self._database, [row], _files))


def _files(row: Row) -> dict[str, bytes]:
    try:
        packed = zlib.decompress(row[0])
    except zlib.error as error:
        raise ValueError(str(error)) from error
    return {name: text.encode() for name, text in json.loads(packed).items()}


def _line(row: tuple[object, ...]) -> JournalLine:
    run, at, target, context, key, action, why, remote_id, outcome, fields, title, first, end, text = row
    days = Days.from_texts(str(first), str(end)) if first else None
    return JournalLine(
        run=str(run),
        at=float(str(at)),
        target=str(target),
        context=str(context),
        key=str(key),
        action=str(action),
        why=str(why),
        remote_id=str(remote_id),
        outcome=str(outcome),
        fields={name: (old, new) for name, (old, new) in json.loads(str(fields)).items()},
        title=str(title),
        days=days,
        text=str(text),
    )
