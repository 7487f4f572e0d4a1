"""The state's own calls, timed: in this process, or as `python -m bench.state_calls` in one of its own.

There it measures a state in a file, of whichever revision `PYTHONPATH` names first.
"""

from __future__ import annotations

import json
import ssl  # noqa: F401 - every process of the service loads it: which module asks for OpenSSL first tells nothing of the state
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from bench.in_own_process import measuring
from mapping.model import Action, Context, ContextPlan, Days, Record
from syncd.state.ledger import JournalLine
from syncd.state.store import State

try:
    from syncd.state.looks import Look
except ModuleNotFoundError:  # an earlier revision
    from syncd.state.events import Look  # type: ignore[attr-defined]

EVENTS = 36
CONTEXTS = 100
TIMES = 300
OF_THE_FLEET = {"psycopg", "procrastinate"}


@dataclass(frozen=True, slots=True, kw_only=True)
class StateFigures:
    """``write_ms``: least mean of three rounds of a write with its confirmation. ``reads_s``: most of three rounds.

    ``write_cpu_ms``, ``read_cpu_ms``: processor time of this process for one of each, least of three rounds.
    """

    write_ms: float
    reads_s: float
    write_cpu_ms: float
    read_cpu_ms: float


def measure(address: Any) -> StateFigures:
    """Of a state at this address, which is new."""
    state = State.open(address, now=0.0)
    try:
        contexts = [Context(id=f"course_{number}", kind="canvas", target="t") for number in range(CONTEXTS)]
        epochs = state.events.take(contexts)
        days = Days(date(2031, 3, 11), date(2031, 3, 12))
        records = tuple(
            Record(
                key=f"y:entry-{number}:main", remote_id=str(number), title="T", days=days, fingerprint="f", body_hash="b"
            )
            for number in range(EVENTS)
        )  # fmt: skip
        state.events.observed([_look(one.id, epochs[one.id], records) for one in contexts], now=1.0)
        epoch = epochs["course_0"]
        writes = [_round(lambda turn: _done_write(state, epoch, records[0], turn)) for _ in range(3)]
        reads = [_round(lambda turn: state.events.records(f"course_{turn % CONTEXTS}")) for _ in range(3)]
        return StateFigures(
            write_ms=1000 * min(wall_s for wall_s, _ in writes),
            reads_s=1 / min(wall_s for wall_s, _ in reads),
            write_cpu_ms=1000 * min(cpu_s for _, cpu_s in writes),
            read_cpu_ms=1000 * min(cpu_s for _, cpu_s in reads),
        )
    finally:
        state.close()


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


def _round(work: Callable[[int], object]) -> tuple[float, float]:
    """Seconds of one on the wall and of processor time."""
    before = time.process_time()
    wall_s = mean_s(work)
    return wall_s, (time.process_time() - before) / TIMES


def mean_s(work: Callable[[int], object]) -> float:
    """Seconds of one, over many."""
    began = time.perf_counter()
    for turn in range(TIMES):
        work(turn)
    return (time.perf_counter() - began) / TIMES


def main() -> None:
    """One state in a file; the figures as JSON, with its bytes, the process's memory and what was imported."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        with measuring() as effort:
            figures = measure(Path(name))
        told = {
            **asdict(figures),
            "bytes": sum(path.stat().st_size for path in Path(name).iterdir()),
            "peak_mb": effort.peak_mb,
            "imported": sorted({one.partition(".")[0] for one in sys.modules} & OF_THE_FLEET),
        }
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
