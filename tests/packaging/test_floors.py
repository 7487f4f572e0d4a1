"""The import contracts hold, and an import that runs upward or past its room turns them red."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHECK = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The packages and their contracts, in a folder where they may be spoilt."""
    for package in ("syncd", "connectors", "mapping", "data"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def check(folder: Path) -> subprocess.CompletedProcess[str]:
    """What `lint-imports` says of it, each contract on a line of its own."""
    wide = {**os.environ, "COLUMNS": "400"}
    return subprocess.run(
        [sys.executable, "-c", CHECK], cwd=folder, env=wide, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("module", "planted", "contract"),
    [
        ("syncd/reconcile/cycle.py", "import syncd.commands", "Inside syncd"),
        ("syncd/reconcile/decide.py", "import syncd.reconcile.write", "Only the two applying steps"),
        ("mapping/routing.py", "import mapping.planning.plan", "Inside mapping"),
    ],
)
def test_a_planted_import_breaks_its_contract(copy: Path, module: str, planted: str, contract: str) -> None:
    spoilt = copy / module
    head, mark, tail = spoilt.read_text().partition("from __future__ import annotations\n")
    assert mark
    spoilt.write_text(f"{head}{mark}\n{planted}\n{tail}")
    done = check(copy)
    assert done.returncode == 1
    (broken,) = (line for line in done.stdout.splitlines() if line.rstrip().endswith("BROKEN"))
    assert broken.startswith(contract)
