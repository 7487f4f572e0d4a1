"""A site made and filled by the first release goes on under this one: nothing moves, nobody is told.

The first release itself fills the calendars: its tree is taken from the repository's history, and runs on the
packages of this environment.
"""

import io
import os
import shutil
import subprocess
import sys
import tarfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from syncd.sandbox.pair import Pair
from tests.acceptance.sites import SMALL, TODAY

pytestmark = pytest.mark.system

FIRST = "3870269"
"""The commit that was released as 0.1.0."""


@dataclass(frozen=True, slots=True)
class Upgraded:
    """``tree`` of the code that runs, by name; the folder of the site, and its settings."""

    old: Path
    new: Path
    folder: Path
    pair: Pair
    variables: dict[str, str]

    def run(self, tree: Path, *words: str) -> subprocess.CompletedProcess[str]:
        environment = {
            "PATH": os.environ.get("PATH", ""),
            "HOME": str(self.folder),
            "PYTHONPATH": str(tree),
            "PYTHONSAFEPATH": "1",
        }
        return subprocess.run(
            [sys.executable, "-m", "syncd", *words],
            cwd=self.folder,
            env=environment | self.variables,
            capture_output=True,
            text=True,
            check=False,
        )

    def events(self) -> dict[tuple[str, str], tuple[str, str]]:
        """(context, id) of every live event to its days."""
        found = {}
        for number in self.pair.canvas.courses:
            for event in self.pair.canvas.course_events(number):
                found[f"course_{number}", str(event.id)] = (str(event.dates.start), str(event.dates.end))
        for name in self.pair.google.calendars:
            for row in self.pair.google.events(name):
                found[name, row.id] = (str(row.start), str(row.end))
        return found

    def writes(self) -> Counter[str]:
        """Requests that changed something, by method and path, to both services."""
        logs = (*self.pair.canvas_site.faults.log(), *self.pair.google_faults.log())
        return Counter(
            f"{one.method} {one.path}"
            for one in logs
            if one.method not in {"GET", "HEAD"} and one.path != "/token"
        )

    def forget(self) -> None:
        self.pair.canvas_site.faults.forget()
        self.pair.google_faults.forget()
        self.pair.canvas.mail.forget()


@pytest.fixture(scope="module")
def upgraded(root_of_module: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Upgraded]:
    """A site that the first release made with `syncd init` and filled."""
    folder = tmp_path_factory.mktemp("upgrade")
    old = _tree_of_first_release(root_of_module, folder / "first")
    with Pair.seeded() as pair:
        variables = pair.write_site(folder / "etc", calendar_dir=str(folder / "site"))
        site = Upgraded(
            old=old,
            new=root_of_module,
            folder=folder,
            pair=pair,
            variables={**variables, "SYNCD_TODAY": TODAY, "SYNCD_GUARDS__FILL_MESSAGES": "100000"},
        )
        made = site.run(old, "init", str(folder / "site"))
        assert made.returncode == 0, made.stderr
        Path(variables["SYNCD_TARGETS_FILE"]).write_text(SMALL, encoding="utf-8")
        done = site.run(old, "--once")
        assert done.returncode == 0, done.stderr
        yield site


@pytest.fixture(scope="module")
def root_of_module() -> Path:
    return Path(__file__).resolve().parents[2]


def _tree_of_first_release(root: Path, folder: Path) -> Path:
    if shutil.which("git") is None or not (root / ".git").exists():
        pytest.skip("the first release is taken from the repository's history, and there is none here")
    archived = subprocess.run(["git", "archive", FIRST], cwd=root, capture_output=True, check=False)
    if archived.returncode:
        pytest.skip("this clone is shallow: the first release is not in it")
    with tarfile.open(fileobj=io.BytesIO(archived.stdout)) as tree:
        tree.extractall(folder, filter="data")
    return folder


def test_the_first_release_filled_the_calendars(upgraded: Upgraded) -> None:
    contexts = {context for context, _ in upgraded.events()}
    assert {"course_101", "course_102", "course_104", "law@group.calendar.google.com"} <= contexts


def test_its_folder_is_sound(upgraded: Upgraded) -> None:
    checked = upgraded.run(upgraded.new, "check")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_no_event_moves_is_doubled_or_lost_and_each_is_written_once_at_most(upgraded: Upgraded) -> None:
    before = upgraded.events()
    upgraded.forget()
    done = upgraded.run(upgraded.new, "--once")
    assert done.returncode == 0, done.stdout + done.stderr
    assert upgraded.events() == before, "the same ids on the same days"
    written = upgraded.writes()
    assert {name: count for name, count in written.items() if count > 1} == {}
    assert not [name for name in written if name.startswith(("POST", "DELETE"))]
    assert upgraded.pair.canvas.mail.mails == [], "nobody is told"
    upgraded.forget()
    assert upgraded.run(upgraded.new, "--once").returncode == 0
    assert upgraded.writes() == Counter(), "and then it is at rest"


def test_status_and_history_know_what_the_first_release_wrote(upgraded: Upgraded) -> None:
    assert upgraded.run(upgraded.new, "status").returncode == 0
    told = upgraded.run(upgraded.new, "history", "--entry", "re-registration-autumn")
    assert "course_101" in told.stdout
