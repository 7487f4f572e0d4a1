"""mutmut's mutants of one module, each against the tests that reach its function, the fastest first.

    python -m tests.support.mutation mapping/planning/plan.py tests/unit/mapping/planning

The tests are collected once, in a copy of the repository; each mutant is a fork of that process and ends at the first
test that fails. A test counts only where it passes without a mutant.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol
from mutmut.mutation.file_mutation import mutate_file_contents
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state
from mutmut.utils.format_utils import mangled_name_from_mutant_name

COPIED = ("bench", "connectors", "data", "deploy", "docs", "mapping", "syncd", "tests", "pyproject.toml")
STRAIGHT_S, TIMES_AS_LONG = 20, 10
"""A mutant that takes so many seconds and so many times as long as its tests do without it goes round."""


class Mutants:
    """A plugin that runs the collected tests once for each mutant. ``found``: mutant to what became of it."""

    def __init__(self, names: list[str]) -> None:
        self.names = names
        self.found: dict[str, str] = {}

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        reach: dict[str, list[pytest.Item]] = defaultdict(list)
        took: dict[pytest.Item, float] = {}
        set_mutant_under_test("stats")
        for item in session.items:
            state()._stats.clear()
            began = time.monotonic()
            if not _passes(item):
                raise pytest.UsageError(f"{item.nodeid} fails without any mutant")
            took[item] = time.monotonic() - began
            for function in state()._stats:
                reach[function].append(item)
        for name in self.names:
            items = sorted(reach[mangled_name_from_mutant_name(name)], key=took.__getitem__)
            limit_s = STRAIGHT_S + TIMES_AS_LONG * sum(map(took.__getitem__, items))
            self.found[name] = _tried(name, items, limit_s) if items else "not reached"
        return True


def _passes(item: pytest.Item) -> bool:
    return not any(report.failed for report in runtestprotocol(item, log=False, nextitem=None))


def _tried(name: str, items: list[pytest.Item], limit_s: float) -> str:
    """What became of one mutant, in a process of its own."""
    child = os.fork()
    if child == 0:
        noticed = True
        try:
            signal.alarm(int(limit_s))
            set_mutant_under_test(name)
            noticed = not all(map(_passes, items))
        finally:
            os._exit(noticed)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return "went round"
    return "noticed" if os.WEXITSTATUS(status) else "survived"


def main(module: str, tests: list[str]) -> int:
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name)
        for part in map(Path, COPIED):
            if part.is_dir():
                shutil.copytree(part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(part, copy / part)
        mutated = mutate_file_contents(module, (copy / module).read_text())
        (copy / module).write_text(mutated.code)
        os.chdir(copy)
        sys.path.insert(0, str(copy))
        dotted = module.removesuffix(".py").replace("/", ".")
        mutants = Mutants([f"{dotted}.{one}" for one in mutated.mutant_names])
        code = pytest.main(
            ["-q", "-p", "no:cacheprovider", "-m", "not system and not slow", *tests], [mutants]
        )
    left = [f"{outcome}: {mutant}\n" for mutant, outcome in mutants.found.items() if outcome != "noticed"]
    counts = ", ".join(f"{count} {outcome}" for outcome, count in Counter(mutants.found.values()).items())
    sys.stdout.write(f"{''.join(left)}{counts}\n")
    return int(code)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
