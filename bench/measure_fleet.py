"""The state in PostgreSQL beside the one in a file: the same calls, over a private cluster on loopback."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import psycopg

from bench.table import Row
from mapping.model import Action, Context, ContextPlan, Days, Record
from syncd.state.address import Address, DatabaseAddress
from syncd.state.ledger import JournalLine
from syncd.state.looks import Look
from syncd.state.store import State
from tests.support.postgresql import cluster, programs

EVENTS = 36
CONTEXTS = 100
TIMES = 300
IMPORTED = (
    "import sys, syncd.commands.run, syncd.commands.cycle, syncd.state.store; "
    "from pathlib import Path; import tempfile, time; "
    "syncd.state.store.State.open(Path(tempfile.mkdtemp()), now=time.time()).close(); "
    "print(sorted({name.partition('.')[0] for name in sys.modules} & {'psycopg', 'procrastinate'}))"
)


def state() -> list[Row]:
    """Done-writes and reads a second in both, and what the file's path imports."""
    if programs() is None:
        return [
            Row(what="state in PostgreSQL", goal="", reached="not measured", met=None, note="no server here")
        ]
    with tempfile.TemporaryDirectory() as folder, cluster() as postgresql:
        file = _Measured(Path(folder))
        there = _Measured(DatabaseAddress(url=postgresql.url, instance="bench"))
        raw_ms = _raw_ms(postgresql.url)
        rows = [
            Row(
                what="PostgreSQL: a done-write with its two commits",
                goal="<= 1.5 ms",
                reached=f"{there.write_ms:.2f} ms",
                met=there.write_ms <= 1.5,
                note=(
                    f"fsync on; two bare commits of a row {raw_ms:.2f} ms (x {there.write_ms / raw_ms:.1f}), "
                    f"in the file {file.write_ms:.2f} ms, in the same run"
                ),
            ),
            Row(
                what="PostgreSQL: records of a context, 36 each",
                goal=">= 3,000 a second",
                reached=f"{there.reads_s:,.0f} a second",
                met=there.reads_s >= 3000,
                note=f"from the file {file.reads_s:,.0f} a second in the same run",
            ),
        ]
    done = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-c", IMPORTED], capture_output=True, text=True, check=True
    )
    found = done.stdout.strip()
    return [
        *rows,
        Row(
            what="SQLite: psycopg and Procrastinate imported",
            goal="none",
            reached="none" if found == "[]" else found,
            met=found == "[]",
        ),
    ]


class _Measured:
    """``write_ms``: least mean of three rounds. ``reads_s``: most of three rounds."""

    def __init__(self, address: Address) -> None:
        state = State.open(address, now=0.0)
        try:
            contexts = [
                Context(id=f"course_{number}", kind="canvas", target="t") for number in range(CONTEXTS)
            ]
            epochs = state.events.take(contexts)
            days = Days(date(2031, 3, 11), date(2031, 3, 12))
            records = tuple(
                Record(
                    key=f"y:entry-{number}:main", remote_id=str(number), title="T", days=days,
                    fingerprint="f", body_hash="b",
                )
                for number in range(EVENTS)
            )  # fmt: skip
            state.events.observed([_look(one.id, epochs[one.id], records) for one in contexts], now=1.0)
            epoch = epochs["course_0"]
            self.write_ms = (
                min(_mean(lambda turn: _done_write(state, epoch, records[0], turn)) for _ in range(3)) * 1000
            )
            self.reads_s = max(
                1 / _mean(lambda turn: state.events.records(f"course_{turn % CONTEXTS}")) for _ in range(3)
            )
        finally:
            state.close()


def _raw_ms(url: str) -> float:
    """The same server's own time for two commits of one row each: what no program over it can be faster than."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE raw (number bigint)")

        def commit_twice(turn: int) -> None:
            for number in (turn, -turn):
                connection.execute("INSERT INTO raw VALUES (%s)", (number,))

        return min(_mean(commit_twice) for _ in range(3)) * 1000


def _look(context: str, epoch: int, records: tuple[Record, ...]) -> Look:
    plan = ContextPlan(
        context=context, changes=(), unchanged=0, findings=(), records=records, respected=frozenset()
    )
    return Look(context=context, epoch=epoch, plan=plan, events_seen=len(records), view="v")


def _done_write(state: State, epoch: int, record: Record, turn: int) -> None:
    """As `syncd.reconcile.write` does it: the intent, then its confirmation with a line of history."""
    intent = state.events.open_intent("course_0", epoch, record.key, Action.UPDATE, now=1.0, remote_id="1")
    with state.database.write():
        state.events.confirm("course_0", epoch, intent, record.key, record)
        state.ledger.write_line(
            JournalLine(
                run="r", at=float(turn), target="t", context="course_0", key=record.key, action="update", why="edit",
                remote_id="1", outcome="done", fields={"title": ("a", "b")}, title="T", days=record.days, text="x",
            ),
            "hash",
        )  # fmt: skip


def _mean(work: Callable[[int], object]) -> float:
    """Seconds of one, over many."""
    began = time.perf_counter()
    for turn in range(TIMES):
        work(turn)
    return (time.perf_counter() - began) / TIMES
