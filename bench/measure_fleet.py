"""The state in PostgreSQL beside the one in a file, and that beside the file's before there were two."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from bench.state_calls import mean_s, measure
from bench.table import Row
from syncd.state.address import DatabaseAddress
from tests.support.postgresql import Cluster, cluster, programs

ROOT = Path(__file__).resolve().parent.parent
BEFORE = "c0848de"
"""The last revision whose state lay in a file alone."""
PACKAGES = ("mapping", "connectors", "syncd", "data")
ROUNDS = 3
IMPORTED = (
    "import sys, syncd.commands.run, syncd.commands.cycle, syncd.state.store; "
    "from pathlib import Path; import tempfile, time; "
    "syncd.state.store.State.open(Path(tempfile.mkdtemp()), now=time.time()).close(); "
    "print(sorted({name.partition('.')[0] for name in sys.modules} & {'psycopg', 'procrastinate'}))"
)
_ALSO = {
    "bytes": ": each table begun since takes a page of 4,096, however little it holds",
    "peak_mb": ", and what it imports for that; OpenSSL, which the service loads anyway, is in both",
}
ABSENT = "not measured: Debian's package postgresql is not installed"


def over_postgresql(work: Callable[[Cluster], list[Row]], what: str) -> Callable[[], list[Row]]:
    """That measurement over a private cluster; one row that says so where there is no server."""

    def measured() -> list[Row]:
        if programs() is None:
            return [Row(what=what, goal="", reached=ABSENT, met=None)]
        with cluster() as postgresql:
            return work(postgresql)

    return measured


def state(postgresql: Cluster) -> list[Row]:
    """Done-writes and reads a second in both."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        file = measure(Path(folder))
    there = measure(DatabaseAddress(url=postgresql.url, instance="bench"))
    raw_ms = _raw_ms(postgresql.url)
    return [
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


def _raw_ms(url: str) -> float:
    """The same server's own time for two commits of one row each: what no program over it can be faster than."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE raw (number bigint)")

        def commit_twice(turn: int) -> None:
            for number in (turn, -turn):
                connection.execute("INSERT INTO raw VALUES (%s)", (number,))

        return min(mean_s(commit_twice) for _ in range(3)) * 1000


# --- the state in a file ------------------------------------------------------------------------------


def file() -> list[Row]:
    """What the file's path imports, and what it takes beside the revision before PostgreSQL."""
    found = _imported(IMPORTED)
    # The control: where they are asked for, they are seen.
    if _imported(f"import syncd.state.postgresql.database, syncd.fleet.engine; {IMPORTED}") == found:
        raise RuntimeError("what is imported is not seen")
    imports = Row(
        what="SQLite: psycopg and Procrastinate imported",
        goal="none",
        reached="none" if found == "[]" else found,
        met=found == "[]",
    )
    return [imports, *_beside_the_one_before()]


def _imported(program: str) -> str:
    done = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def _beside_the_one_before() -> Iterator[Row]:
    what = f"SQLite beside {BEFORE}, the last revision without PostgreSQL"
    try:
        with _tree_of(BEFORE) as tree:
            # In turns, so that what else the machine does strikes both alike.
            rounds = [(_told_by(ROOT), _told_by(tree)) for _ in range(ROUNDS)]
    except subprocess.CalledProcessError:
        yield Row(what=what, goal="", reached="not measured: no history of the repository here", met=None)
        return
    for name, words, form in (
        ("write_cpu_ms", "processor time of a done-write", "{:.3f} ms"),
        ("read_cpu_ms", "processor time of a context's records", "{:.3f} ms"),
        ("bytes", "bytes of the same state", "{:,.0f}"),
        ("peak_mb", "memory of the process", "{:.1f} MB"),
    ):
        here, there = (min(one[side][name] for one in rounds) for side in (0, 1))
        ratios = [one[0][name] / one[1][name] for one in rounds]
        spread = f"ratios of {ROUNDS} rounds in turns {min(ratios):.2f} to {max(ratios):.2f}, then the least of each"
        yield Row(
            what=f"{what}: {words}",
            goal="no slower" if name.endswith("_ms") else "no larger",
            reached=f"{statistics.median(ratios):.2f} x ({form.format(here)}, {form.format(there)})",
            met=_told(ratios),
            note=f"{spread}; whatever the state has learnt to keep since then counts{_ALSO.get(name, '')}",
        )


def _told(ratios: list[float]) -> bool | None:
    """Whether the goal is reached; None where rounds disagree."""
    return None if min(ratios) <= 1.0 < max(ratios) else max(ratios) <= 1.0


@contextmanager
def _tree_of(revision: str) -> Iterator[Path]:
    """The packages of a revision in a folder. Raises CalledProcessError where git does not have it."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        packed = subprocess.run(  # noqa: S603 - the repository's own git
            ["git", "-C", str(ROOT), "archive", revision, *PACKAGES],  # noqa: S607
            check=True,
            capture_output=True,
        )
        subprocess.run(["tar", "-x", "-C", name], input=packed.stdout, check=True)  # noqa: S603, S607
        yield Path(name)


def _told_by(tree: Path) -> dict[str, Any]:
    environment = {**os.environ, "PYTHONPATH": f"{tree}:{ROOT}"}
    done = subprocess.run(
        [sys.executable, "-P", "-m", "bench.state_calls"],
        env=environment, cwd="/", check=True, capture_output=True, text=True,
    )  # fmt: skip
    told: dict[str, Any] = json.loads(done.stdout)
    return told
