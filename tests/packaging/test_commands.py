"""Whoever follows the Makefile, the guides or a message installs what the lock names, and nothing else."""

from pathlib import Path

from tests.packaging.commands import installations, pip_commands
from tests.packaging.locks import EXTRAS, LOCKS


def fault(command: str) -> str:
    """What a command leaves open; empty where it leaves nothing."""
    words = command.split()
    if "-r" in words:
        lock = words[words.index("-r") + 1].rstrip(".,")
        if lock not in {*LOCKS, "requirements-{extra}.txt"}:
            return f"{lock} is no lock"
        return "" if {"--no-deps", "--require-hashes"} <= set(words) else "pip may choose other releases"
    if words[-1] == ".":
        return (
            "" if {"--no-deps", "--no-build-isolation"} <= set(words) else "pip may choose what to build with"
        )
    return "names packages without a lock"


def test_no_command_leaves_pip_anything_to_choose(root: Path) -> None:
    found = list(pip_commands(root))
    assert {"Makefile", "README.md", "docs/operate.md", "syncd/config/extras.py"} <= {
        file for file, _ in found
    }
    assert [(file, command, fault(command)) for file, command in found if fault(command)] == []


def test_a_command_that_resolves_is_found() -> None:
    assert fault("/opt/syncd/bin/pip install .")
    assert fault("~/syncd/bin/pip install --require-hashes -r requirements.txt")
    assert fault("pip install syncd")


def test_readme_and_guide_install_in_one_way(root: Path) -> None:
    ways = {
        tuple(line.replace("~/syncd", "/opt/syncd").replace("-sandbox.txt", ".txt") for line in way)
        for guide in (root / "README.md", root / "docs" / "operate.md")
        for way in installations(guide)
    }
    assert ways == {
        (
            "python3.11 -m venv --clear /opt/syncd",
            "/opt/syncd/bin/pip install --no-deps --require-hashes -r requirements.txt",
            "/opt/syncd/bin/pip install --no-deps --no-build-isolation .",
            "/opt/syncd/bin/pip check",
        )
    }


def test_the_guide_has_one_command_for_each_extra(root: Path) -> None:
    wanted = {
        f"/opt/syncd/bin/pip install --no-deps --require-hashes -r requirements-{extra}.txt"
        for extra in (*EXTRAS, "dev")
    }
    assert wanted <= {command for file, command in pip_commands(root) if file == "docs/operate.md"}
