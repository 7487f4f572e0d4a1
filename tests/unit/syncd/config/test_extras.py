"""A package that only an extra brings is asked for by name, in one sentence."""

import sys
from importlib import import_module

import pytest

from syncd.cli import main
from syncd.config.extras import needs_extra


@pytest.mark.parametrize("verb", ["demo", "sandbox"])
def test_a_server_without_the_sandbox_says_how_to_get_it(
    verb: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [
        name for name in sys.modules if name.startswith(("syncd.sandbox", f"syncd.commands.{verb}"))
    ]:
        monkeypatch.delitem(sys.modules, name)
    # As Python marks a module that cannot be imported.
    monkeypatch.setitem(sys.modules, "nh3", None)
    assert main([verb]) == 64
    (sentence,) = capsys.readouterr().err.splitlines()
    assert sentence.startswith(f"syncd: syncd {verb} needs the extra sandbox")
    assert "pip install --no-deps --require-hashes -r requirements-sandbox.txt" in sentence


def test_a_module_of_ours_that_is_missing_is_no_question_of_extras() -> None:
    with pytest.raises(ModuleNotFoundError), needs_extra("sandbox", "syncd demo"):
        import_module("syncd.no_such_module")
