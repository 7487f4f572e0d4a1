"""The command line in this process, with nothing of this machine's settings."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from syncd.cli import main


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting, an empty folder, an English terminal."""
    for name in [one for one in os.environ if one.upper().startswith("SYNCD_")]:
        monkeypatch.delenv(name)
    for name in ("LC_ALL", "LC_MESSAGES", "STATE_DIRECTORY", "RUNTIME_DIRECTORY", "CREDENTIALS_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.setenv("SYNCD_STATE_DIR", str(tmp_path / "state"))
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(home)


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where folders that many tests begin from are kept, each made by the first test that wants it."""
    return tmp_path_factory.mktemp("kept")


def made_once(kept: Path, name: str, into: Path, make: Callable[[], None]) -> None:
    """``into`` as ``make`` fills it: the first time by calling it, later from a copy of that."""
    if (kept / name).exists():
        shutil.copytree(kept / name, into)
    else:
        make()
        shutil.copytree(into, kept / name)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run one command line."""

    def command(*words: str) -> Ran:
        capsys.readouterr()
        try:
            code = main(words)
        except SystemExit as end:
            code = int(str(end.code))
        said = capsys.readouterr()
        assert "Traceback" not in said.err, said.err
        return Ran(code, said.out, said.err)

    return command


def init(run: Run, folder: Path) -> None:
    """The shipped calendar where a site keeps its own."""
    assert run("init", str(folder)).code == 0
