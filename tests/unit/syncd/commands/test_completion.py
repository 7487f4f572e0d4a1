"""The completion script offers what the grammar has."""

import shutil
import subprocess

import pytest

from tests.unit.syncd.commands.conftest import Run

bash = pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")


def offered(script: str, *words: str) -> set[str]:
    """What a shell would offer after these words; the last one is being typed."""
    typed = " ".join(f"'{word}'" for word in ("syncd", *words))
    program = f"{script}\nCOMP_WORDS=({typed}); COMP_CWORD={len(words)}; _syncd; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    done = subprocess.run(["bash", "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@bash
def test_bash_offers_verbs_options_and_choices(run: Run) -> None:
    script = run("completion", "bash").out
    assert {"entries", "as-of", "--once", "--dry-run"} <= offered(script, "")
    assert offered(script, "ent") == {"entries"}
    assert {"--school", "--term", "--on", "--json"} <= offered(script, "entries", "--")
    assert {"ics", "csv"} <= offered(script, "export", "--format", "")


@bash
def test_zsh_loads_the_same_by_its_compatibility(run: Run) -> None:
    script = run("completion", "zsh").out
    assert script.startswith("#compdef syncd")
    assert run("completion", "bash").out in script


def test_an_unknown_shell_is_a_usage_error(run: Run) -> None:
    assert run("completion", "tcsh").code == 64
